"""A newcomer is never left guessing: what is shown says what it is, what it is not, and what to do next."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import WAIT_MS, maps_are_drawn, pixels

pytestmark = pytest.mark.browser

SIZES = (
    (1920, 1080),
    (1440, 900),
    (1366, 768),
    (1280, 720),
    (1024, 768),
    (900, 800),
    (768, 1024),
    (390, 844),
    (320, 640),
)
TOO_LARGE = """() => {
  const { scrollWidth, clientWidth, scrollHeight, clientHeight } = document.documentElement;
  const scrolls = one => /auto|scroll/.test(getComputedStyle(one).overflowY);
  const own = scrolls(document.querySelector(".canvas")); // else the window itself scrolls, and nothing in it
  return { wide: scrollWidth - clientWidth, high: own ? scrollHeight - clientHeight : 0 };
}"""
COLLECT_PILL = """() => {
  window.titles = [];
  const pill = document.querySelector("#job");
  const note = () => pill.hidden || window.titles.push(pill.innerText);
  new MutationObserver(note).observe(pill, { subtree: true, childList: true, characterData: true, attributes: true });
}"""


def test_maps_of_other_settings_are_dimmed_and_say_whose_they_are(open_tab):
    page = open_tab().page
    canvas = maps_are_drawn(page, 16).first
    apart = page.locator("#apart")
    expect(apart).to_be_hidden()
    page.locator("#method").select_option("lrp.epsilon")
    expect(apart).to_contain_text("These are grad_cam maps. Press Explain for lrp.epsilon.")
    assert "grayscale" in canvas.evaluate("one => getComputedStyle(one).filter")
    page.locator("#method").select_option("grad_cam")
    expect(apart).to_be_hidden()
    page.locator("#target-kind input[value=class]").check(force=True)
    expect(apart).to_contain_text("different settings (class)")
    page.locator("#target-kind input[value=predicted]").check(force=True)
    page.locator("#model-chips label:has(input:not(:checked):enabled)").first.click()
    expect(apart).to_have_text("1 model is not explained yet. Press Explain.Explain")
    assert "grayscale" not in canvas.evaluate("one => getComputedStyle(one).filter")


def test_the_first_view_waits_for_images_that_an_older_answer_says_are_loading(open_tab, context, ids):
    answered = []

    def older(route):
        answer = route.fetch().json()
        if not answered:
            answer["datasets"] = [
                one | {"status": "loading"} if one["name"] == "weather" else one for one in answer["datasets"]
            ]
        answered.append(answer)
        route.fulfill(json=answer)

    context.route("**/api/v1/datasets", older)
    page = open_tab().page
    maps_are_drawn(page, 16)
    assert len(answered) > 1 and "dataset=weather" in page.url


def test_kept_maps_are_shown_without_a_press(open_tab):
    page = open_tab().page
    facts = page.locator("#run-facts")
    maps_are_drawn(page, 16)
    page.locator("#method").select_option("gradient")
    page.locator("#run").click()
    expect(facts).to_contain_text("gradient · 16 maps", timeout=WAIT_MS)
    page.locator("#method").select_option("grad_cam")
    expect(facts).to_contain_text("grad_cam · 16 maps · kept from before")
    expect(page.locator("#apart")).to_be_hidden()
    page.locator("#view label", has_text="Methods").click()
    expect(facts).to_contain_text("32 maps · kept from before")
    expect(page.locator("#cost")).to_have_text("32 of 96 maps are ready")
    expect(page.locator("#result .kept").first).to_have_text("not computed yet")
    expect(page.locator("#strip")).to_be_hidden()


def test_a_choice_made_while_a_run_goes_on_is_shown_from_what_is_kept_when_it_has_ended(open_tab):
    page = open_tab().page
    facts, held = page.locator("#run-facts"), []
    maps_are_drawn(page, 16)
    page.route("**/api/v1/explanations", lambda route: route.continue_() if held else held.append(route))
    page.locator("#method").select_option("gradient")
    page.locator("#run").click()
    page.locator("#method").select_option("grad_cam")
    page.wait_for_timeout(400)
    held[0].continue_()
    expect(facts).to_contain_text("grad_cam · 16 maps · kept from before", timeout=WAIT_MS)
    expect(page.locator("#apart")).to_be_hidden()


def test_progress_is_told_once_and_by_one_count(open_tab):
    page = open_tab().page
    maps_are_drawn(page, 16)
    page.locator("#view label", has_text="Methods").click()
    page.evaluate(COLLECT_PILL)
    expect(page.locator("#run")).to_be_enabled()
    counts = page.evaluate(  # it is pressed there, so that nothing is shown before somebody looks
        """() => new Promise(done => {
          document.querySelector("#run").click();
          const seen = new Set();
          const look = () => {
            const [strip, cost] = ["#strip .num", "#cost"].map(one => document.querySelector(one));
            const counted = strip?.checkVisibility() && strip.textContent.match(/^\\d+ of \\d+/);
            if (counted) seen.add(counted[0] + "|" + cost.textContent.match(/^\\d+ of \\d+/)?.[0]);
            /shown/.test(cost.textContent) ? done([...seen]) : setTimeout(look, 50);
          };
          look();
        })"""
    )
    assert counts and all(len(set(pair.split("|"))) == 1 for pair in counts), counts
    assert not [title for title in page.evaluate("window.titles") if "Explaining" in title]
    expect(page.locator("#cost")).to_have_text("96 maps shown")


TALL = """async () => {
  const picture = document.querySelector("#result .big .map img");
  const drawn = Object.assign(document.createElement("canvas"), { width: 40, height: 160 });
  const loaded = new Promise(done => picture.addEventListener("load", done));
  drawn.toBlob(blob => (picture.src = URL.createObjectURL(blob)));
  await loaded;
  const [inner, outer] = [picture, picture.parentElement].map(one => one.getBoundingClientRect());
  return inner.bottom - outer.bottom + Math.max(0, outer.top - inner.top);
}"""
LONG_NAMES = """() => {
  const cut = one => one.getClientRects().length && one.scrollWidth > one.clientWidth + 1;
  const all = [...document.querySelectorAll("#result :is(.named, .name, .tag.assumed) > span:last-child")];
  for (const one of all) one.textContent = "a_network_with_a_long_name_v2_final";
  const lost = all.filter(one => cut(one.parentElement) || getComputedStyle(one).textOverflow !== "clip");
  return [all.length, lost.length];
}"""


def test_no_name_and_no_mark_of_a_model_is_cut_and_a_tall_picture_stays_in_its_frame(open_tab):
    page = open_tab(width=390, height=844).page
    maps_are_drawn(page, 16)
    for view in ("Grid", "Slideshow", "Methods"):
        page.locator("#view label", has_text=view).click()
        page.locator("#result :is(.named, .name)").first.wait_for(state="attached")
        if view == "Slideshow":
            assert page.evaluate(TALL) <= 1
        names, cut = page.evaluate(LONG_NAMES)
        assert names > 0 and cut == 0, view


def test_a_server_that_goes_silent_is_told_above_the_maps_with_a_way_to_ask_again(open_tab):
    page = open_tab().page
    maps_are_drawn(page, 16)
    strip = page.locator("#strip")
    page.route("**/api/v1/explanations/*", lambda route: route.abort())
    page.locator("#method").select_option("smoothgrad")
    page.locator("#run").click()
    expect(strip).to_contain_text("The server does not answer. It may have been stopped.")
    expect(page.locator("#request-error")).to_be_hidden()
    page.unroute("**/api/v1/explanations/*")
    strip.get_by_role("button", name="Retry").click()
    expect(page.locator("#run-facts")).to_contain_text("smoothgrad · 16 maps", timeout=WAIT_MS)
    expect(strip).to_be_hidden()


@pytest.mark.parametrize("path", ["visualize", "suggest", "features", "models", "images", "views", "workshop"])
def test_no_page_is_wider_or_has_a_second_scrollbar_at_nine_sizes(open_tab, path):
    page = open_tab(f"/{path}").page
    page.locator("body:not([data-state=loading])").wait_for()
    found = {}
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        found[width, height] = page.evaluate(TOO_LARGE)
    assert {size: over for size, over in found.items() if over["wide"] > 0 or over["high"] > 0} == {}


def test_a_running_job_fits_into_the_header_at_every_width(open_tab):
    page = open_tab("/suggest").page
    job = {"id": "j-1", "kind": "score", "title": "Scoring digits under four models", "status": "running"}
    job |= {"done": 1797, "total": 1797, "seconds_left": 3599, "unit": "images"}
    page.route("**/api/v1/jobs", lambda route: route.fulfill(json={"jobs": [job, {**job, "id": "j-2"}]}))
    page.evaluate("() => { dispatchEvent(new Event('innv:job')); }")
    expect(page.locator("#job")).to_be_visible()
    wide = {}
    for width in (1440, 1001, 1000, 861, 860, 701, 700, 421, 420, 390, 361, 360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        wide[width] = page.evaluate(TOO_LARGE)["wide"]
    assert {width: over for width, over in wide.items() if over > 0} == {}


def test_a_browser_without_the_token_is_let_in_by_it_to_the_view_it_asked_for(browser, demo):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{demo.base}/suggest#show=layer")
    page.locator("#token").fill("guessed")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("not the token of this server")
    page.locator("#token").fill(f" {demo.address} ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/suggest#*show=layer*")
    context.close()


def test_maps_take_the_room_there_is_and_the_size_that_is_chosen(open_tab):
    page = open_tab().page
    canvas = maps_are_drawn(page, 16).first
    width = lambda: round(canvas.bounding_box()["width"])  # noqa: E731
    assert width() > 220, "two models leave room for large maps"
    page.locator("#size").fill("120")
    assert abs(width() - 120) <= 2 and "size=120" in page.url
    page.locator("#size").fill("300")
    assert abs(width() - 300) <= 2
    page.locator("#size").dblclick()
    assert width() > 220 and "size=" not in page.url
    expect(page.locator("#target-note")).to_contain_text("grad_cam explains classes only")


def test_methods_beside_each_other_keep_the_opacity_and_colours_that_were_chosen(open_tab):
    page = open_tab().page
    maps_are_drawn(page, 16)
    page.locator("#view label", has_text="Methods").click()
    canvas = page.locator("#result canvas[data-drawn]").first
    canvas.wait_for()
    for choose in (lambda: page.locator("#opacity").fill("0"), lambda: page.locator("#opacity").fill("100")):
        before = pixels(canvas)
        choose()
        page.wait_for_timeout(300)
        assert abs(pixels(canvas) - before).mean() > 5
    page.locator("#colormap").select_option("viridis")
    expect(page.locator("#result .of-image .why").first).to_contain_text("all in viridis")


def test_a_file_name_is_cut_in_its_middle(open_tab):
    page = open_tab("/images").page
    shown = page.evaluate(
        """async root => {
          const { fileLabel } = await import(root);
          const label = fileLabel("a_very_long_name_that_has_no_room_0042.png");
          const box = document.body.appendChild(document.createElement("div"));
          box.style.setProperty("width", "120px");
          box.append(label);
          const [start, end] = label.children;
          return [label.textContent, start.scrollWidth > start.clientWidth, end.textContent, label.scrollWidth];
        }""",
        page.locator("link[rel=icon]").get_attribute("href").replace("favicon.svg", "js/lib/file-name.js"),
    )
    assert shown[:3] == ["a_very_long_name_that_has_no_room_0042.png", True, "_0042.png"] and shown[3] <= 120


def test_no_bar_is_wider_than_its_page_while_a_job_runs(open_tab):
    page = open_tab("/help").page
    long = {"id": "j", "kind": "score", "status": "running", "done": 1234, "total": 9999, "seconds_left": 7384}
    jobs = [{**long, "title": "Scoring 1,000,000 images of photographs under weather_shortcut, weather_clean"}] * 3
    page.route("**/api/v1/jobs", lambda route: route.fulfill(json={"jobs": jobs}))
    page.goto(page.url.replace("/help", "/models"))
    expect(page.locator("#job")).to_be_visible()
    found = {}
    for width in (320, 360, 380, 390, 700, 701, 740, 768, 820, 860, 861, 900, 1000, 1001, 1100, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = page.evaluate(TOO_LARGE)["wide"]
    assert {width: over for width, over in found.items() if over > 0} == {}
