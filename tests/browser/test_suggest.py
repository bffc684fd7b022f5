"""Suggest in real Chromium: score, press a bin or a point, choose, explain, come back; by mouse, keys, on a phone."""

import contextlib
import csv
import io
import re
import time
import urllib.parse
from functools import partial

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import TimeoutError as Overdue
from playwright.sync_api import expect

from innv_gui.plots.suggest_figures import drawn_y
from tests.browser.pages import NAMELESS, WAIT_MS, Tab, ask, is_ready, pixels, uploaded

pytestmark = pytest.mark.browser

THREE = ("digits_cnn", "digits_mlp", "digits_resnet")
EDGE_PX = 12  # of a figure, right of its frame


LONG_LABEL = """() => document.querySelectorAll(".plots select").forEach(
  one => one.add(new Option("label sulphur-crested cockatoo, Kakatoe galerita (n01819313) · 1", "", true, true)))"""
CROWDED = """() => [...document.querySelectorAll(".plots > .card > header")].filter(header => {
  const [choice, tools] = ["select", ".tools"].map(one => header.querySelector(one)?.getBoundingClientRect());
  return choice && choice.right > tools.left && choice.bottom > tools.top && choice.top < tools.bottom;
}).map(header => header.innerText)"""


@pytest.fixture
def suggest(open_tab, context, ids, demo):
    """Opens the page on digits with nothing selected: suggest(models, more state, size)."""

    def suggest(models=THREE, more="", **screen):
        chosen = ",".join(ids[name] for name in models)
        context.request.put(f"{demo.base}/api/v1/basket", data={"dataset": None, "images": []})
        return open_tab(f"/suggest#dataset={ids['digits']}&models={chosen}&{more}", **screen)

    return suggest


@pytest.fixture(scope="module")
def shared(person, lasting, demo, ids):
    """One tab for tests that look at the scores of all three models and choose nothing for good."""
    tab = Tab(person, demo.base, 1440, 900, "light")
    lasting.append(tab.page)
    chosen = ",".join(ids[name] for name in THREE)
    tab.page.goto(f"{demo.base}/suggest#dataset={ids['digits']}&models={chosen}&")
    score(tab.page)
    yield tab
    lasting.remove(tab.page)
    tab.page.close()


@pytest.fixture
def scores(context, shared):
    """Its page as it is after scoring, and again afterwards: no image chosen, no gallery open, nothing pointed at."""
    page = shared.page
    yield page
    page.mouse.move(0, 0)
    for part, close in (("#gallery", "#gallery-close"), ("#basket", "#basket-clear")):
        if page.locator(part).is_visible():
            page.locator(close).click()
        expect(page.locator(part)).to_be_hidden()
    page.evaluate("() => scrollTo(0, 0)")
    assert shared.complaints == []


def score(page, press=None):
    """Press Score; scores that are kept may be on the page already, those of the press bring plots of their own."""
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/suggestions")):
        press() if press else page.locator("#run").click()
    scored(page)


def scored(page, plots=("scatter", "distance")):
    """Wait until scoring is over and the plots have drawn all of it."""
    is_ready(page)
    for kind in plots:
        page.locator(f"[data-plot={kind}] .figure[data-n='1797']").wait_for(timeout=WAIT_MS)
        page.locator(f"[data-plot={kind}] .drawn").wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(200)


def figure(page, kind):
    return page.locator(f"[data-plot={kind}] .figure")


def enter_first_bin(page, kind):
    """With the keyboard, again where the last numbers came between the two keys: the plot is then drawn again."""
    for _ in range(5):
        figure(page, kind).focus()
        page.keyboard.press("Home")
        page.keyboard.press("Enter")
        with contextlib.suppress(Overdue):
            return page.locator("#gallery .item").first.wait_for(timeout=5000)


def press_last_bin(page, kind):
    """With the mouse, above the bar: a bin's whole column can be pressed."""
    box = figure(page, kind).bounding_box()
    page.mouse.click(box["x"] + box["width"] - EDGE_PX - 10, box["y"] + box["height"] / 2)


def suggestion_of(page):
    return urllib.parse.parse_qs(page.url.split("#")[1])["run"][0]


def gallery_names(page):
    page.locator("#gallery .item").first.wait_for(timeout=WAIT_MS)
    return page.locator("#gallery .item input").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")


def state(page):
    """What a person sees of the page's state."""
    return {
        "address": page.url,
        "names": gallery_names(page),
        "title": page.locator("#gallery-title").inner_text(),
        "chosen": page.locator("#gallery .item input:checked").count(),
        "basket": page.locator("#basket-count").inner_text(),
        "table": page.locator("[data-plot=distance] .plot-table").is_visible(),
        "sort": page.locator("#gallery-sort").input_value(),
        "models": page.locator("#model-chips input:checked").evaluate_all("all => all.map(one => one.value)"),
    }


def test_a_person_walks_from_scoring_to_an_explanation_and_back_to_the_same_view(suggest):
    tab = suggest()
    page = tab.page
    expect(page.locator("#run-label")).to_have_text("Score 1\u202f797 × 3")
    score(page)
    page.get_by_role("button", name="Show as table").nth(1).click()
    press_last_bin(page, "distance")
    names = gallery_names(page)
    expect(page.locator("#gallery-title")).to_have_text(re.compile(rf"^{len(names)} images? in bin \[.+, .+\]$"))
    page.locator("#gallery .item input").first.check()
    page.locator("#gallery-sort").select_option("name")
    expect(page.locator("#basket-count")).to_have_text("1 image")
    before = state(page)

    page.locator("#basket-explain").click()
    page.wait_for_url(re.compile("/visualize"))
    expect(page.locator("#result canvas").first).to_be_visible(timeout=WAIT_MS)
    page.locator("#method").select_option("gradient")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#run-facts")).to_contain_text("gradient", timeout=WAIT_MS)
    expect(page.locator("#result canvas")).to_have_count(3)

    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url(re.compile("/suggest"))
    scored(page)
    expect(page.locator("#basket-count")).to_have_text("1 image")
    assert state(page) == before
    assert tab.complaints == [] and tab.foreign == []


def test_the_browsers_own_way_back_finds_the_view_too(suggest):
    page = suggest().page
    score(page)
    press_last_bin(page, "distance")
    page.locator("#gallery .item input").first.check()
    expect(page.locator("#basket-count")).to_have_text("1 image")
    before = state(page)
    page.locator("#basket-explain").click()
    page.wait_for_url(re.compile("/visualize"))
    page.go_back()
    scored(page)
    expect(page.locator("#basket-count")).to_have_text("1 image")
    assert state(page) == before


def test_a_link_opens_the_same_view_in_another_tab(suggest, open_tab):
    page = suggest(more="show=scatter,distance,layer&rule=20&table=distance").page
    score(page)
    page.locator("[data-plot=distance] select").select_option("8")
    expect(page.locator("[data-plot=distance] h2")).to_have_text("Distance to class 8")
    figure(page, "distance").and_(page.locator("[aria-busy=false]")).wait_for()
    page.locator("[data-plot=distance] .plot-table button").last.click()
    gallery_names(page)
    before = state(page)
    again = open_tab(page.url[page.url.index("/suggest") :]).page
    again.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    again.locator("[data-plot=distance] .plot-table td").first.wait_for(timeout=WAIT_MS)
    assert state(again) == before
    expect(again.locator("#rule")).to_have_value("20")
    expect(again.locator("[data-plot=distance] h2")).to_have_text("Distance to class 8")


def test_the_point_of_least_agreement_is_found_by_its_image(scores, demo):
    page = scores
    figure(page, "scatter").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    expect(page.locator("[data-plot=scatter] [role=status]")).to_have_text(re.compile("confidence .* classes"))
    page.keyboard.press("Enter")
    name = page.locator("#gallery .item input").first.get_attribute("aria-label").removeprefix("Select ")
    table = ask(demo, f"/suggestions/{suggestion_of(page)}/plots/scatter")["table"]
    assert name == table[0]["name"], "the surest of those with most classes"
    item = page.locator("#gallery .item").first
    assert item.locator(".groups li").count() == table[0]["n_classes"]
    expect(item).to_contain_text(f"{table[0]['confidence']:.1f} %")


def test_all_of_it_works_by_keyboard_alone(suggest):
    tab = suggest()
    page = tab.page
    page.locator("body[data-state=empty], body[data-state=ready]").wait_for(timeout=WAIT_MS)  # kept scores are shown
    by_keyboard = partial(page.keyboard.press, "Control+Enter")
    score(page, by_keyboard)
    figure(page, "distance").focus()
    score(page, by_keyboard)
    expect(figure(page, "distance")).to_be_focused()
    page.keyboard.press("Home")
    first = page.locator("[data-plot=distance] [role=status]")
    expect(first).to_have_text(re.compile(r"images? in bin \[0"))
    page.keyboard.press("ArrowRight")
    expect(first).not_to_have_text(re.compile(r"in bin \[0\.00,"))
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    gallery_names(page)
    page.locator("#gallery .item input").first.focus()
    page.keyboard.press("Space")
    expect(page.locator("#basket-count")).to_have_text("1 image")
    page.keyboard.press("s")
    expect(page.locator("#basket")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("#large")).to_be_visible()
    assert page.locator("#large .five").count() == 3
    page.keyboard.press("Escape")
    expect(page.locator("#large")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#gallery")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_contain_text("Show the images of a bin or point")
    assert tab.complaints == []


def test_a_box_takes_the_dots_that_are_in_it(scores, demo):
    page = scores
    box = figure(page, "scatter").bounding_box()
    page.mouse.move(box["x"] + 50, box["y"] + 16)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 60, steps=3)
    page.mouse.move(box["x"] + box["width"] - 14, box["y"] + 120, steps=5)
    page.mouse.up()
    expect(page.locator("#gallery-title")).to_have_text(re.compile("images in the selection"), timeout=WAIT_MS)
    shown = int(page.locator("#gallery-title").inner_text().split()[0])
    x0, x1, y0, y1 = (float(end) for end in re.search(r"look=box:scatter:([\d.:-]+)", page.url)[1].split(":"))
    rows = ask(demo, f"/suggestions/{suggestion_of(page)}/images?plot=scatter&size=200&sort=n_classes&order=desc")[
        "images"
    ]
    high = drawn_y([row["index"] for row in rows], [row["values"]["n_classes"] for row in rows])
    inside = [
        row["name"]
        for row, y in zip(rows, high, strict=True)
        if x0 <= row["values"]["confidence"] <= x1 and y0 <= y <= y1
    ]
    assert 0 < shown == len(inside)
    assert {name.removeprefix("Select ") for name in gallery_names(page)} <= set(inside)


def test_zoom_goes_into_the_address_and_the_whole_plot_comes_back(suggest):
    page = suggest().page
    score(page)
    figure(page, "scatter").focus()
    before = pixels(figure(page, "scatter"))
    page.keyboard.press("+")
    page.wait_for_url(re.compile("view="))
    assert np.abs(pixels(figure(page, "scatter")) - before).max() > 50
    page.reload()
    scored(page)
    assert "view=" in page.url
    page.get_by_role("button", name="Show the whole plot").first.click()
    page.wait_for_timeout(500)
    assert "view=" not in page.url
    page.mouse.move(0, 0)
    page.locator("body").click(position={"x": 2, "y": 890})
    page.wait_for_timeout(300)
    assert np.abs(pixels(figure(page, "scatter")) - before).mean() < 1


def test_the_card_under_the_pointer_shows_the_image_and_who_says_what(scores):
    page = scores
    box = figure(page, "distance").bounding_box()
    page.mouse.move(box["x"] + box["width"] - EDGE_PX - 10, box["y"] + 80)
    card = page.locator("[data-plot=distance] .hover")
    expect(card).to_contain_text("in bin [")
    expect(card.locator("img").first).to_be_visible()
    figure(page, "scatter").focus()
    page.keyboard.press("ArrowRight")
    card = page.locator("[data-plot=scatter] .hover")
    expect(card).to_contain_text(re.compile(r"digit_\d+\.png"))
    expect(card.locator("li").first).to_contain_text("says")


def test_plots_grow_while_the_job_runs_without_being_drawn_anew(open_tab, ids, tmp_path):
    n = 4000  # scored in seconds, in twenty parts
    np.savez(tmp_path / "many.npz", images=np.random.default_rng(0).integers(0, 255, (n, 8, 8), np.uint8))
    tab = open_tab("/images")
    page = tab.page
    dataset = uploaded(page, [tmp_path / "many.npz"])
    models = ",".join(ids[name] for name in THREE)
    page.goto(page.url.split("/images")[0] + f"/suggest#dataset={dataset}&models={models}&show=scatter")
    page.locator("#run").click()
    grown = page.locator("[data-plot=scatter] .figure[data-n]:not([data-n='0'])")
    grown.wait_for(timeout=WAIT_MS)
    drawn = page.locator("[data-plot=scatter] .drawn")
    drawn.first.evaluate("element => element.setAttribute('data-marked', 'first')")
    assert 0 < int(grown.get_attribute("data-n")) < n
    expect(page.locator("#strip")).to_contain_text(re.compile("of 12.000 scores"))
    page.locator("body[data-state=ready]").wait_for(timeout=2 * WAIT_MS)
    page.locator(f"[data-plot=scatter] .figure[data-n='{n}']").wait_for(timeout=WAIT_MS)
    expect(drawn).to_have_count(1)
    expect(drawn).to_have_attribute("data-marked", "first")
    assert tab.complaints == []


def test_cancel_keeps_what_is_there_and_resume_goes_on(suggest):
    page = suggest(models=("digits_cnn_legacy", "digits_resnet", "weather_clean")).page
    page.locator("#run").click()
    page.locator("#strip").get_by_role("button", name="Cancel").click()
    expect(page.locator("#strip")).to_contain_text("Cancelled at", timeout=WAIT_MS)
    page.locator("body[data-state=cancelled]").wait_for()
    page.locator("#strip").get_by_role("button", name="Resume").click()
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    expect(page.locator("#strip")).to_be_hidden()


def test_the_question_about_the_class_is_answered_from_labels_and_can_be_answered_otherwise(suggest):
    page = suggest().page
    score(page)
    title = page.locator("[data-plot=distance] h2")
    expect(title).to_have_text("Distance to the label")
    page.locator("#class-open").click()
    dialog = page.locator("#class-ask")
    expect(dialog.get_by_label("each image against its own label")).to_be_checked()
    dialog.get_by_label("Class", exact=True).select_option("3")
    expect(dialog.get_by_label("Yes, all show one class")).to_be_checked()
    dialog.get_by_role("button", name="Use this").click()
    expect(title).to_have_text("Distance to class 3")
    page.locator("[data-plot=distance] .figure[data-n='1797']").wait_for()
    page.locator("[data-plot=distance] select").select_option("3")
    page.locator("[data-plot=distance] .figure[data-n='183']").wait_for()
    press_last_bin(page, "distance")
    expect(page.locator("#gallery .item .why").first).to_have_text(re.compile(r"says? 3\."))


def test_images_without_labels_are_asked_about_before_distance_is_drawn(open_tab, ids, tmp_path):
    for number in range(4):
        Image.fromarray(np.full((8, 8), 60 * number, np.uint8)).save(tmp_path / f"grey_{number}.png")
    page = open_tab("/images").page
    dataset = uploaded(page, sorted(tmp_path.glob("*.png")))
    models = ",".join(ids[name] for name in THREE)
    page.goto(page.url.split("/images")[0] + f"/suggest#dataset={dataset}&models={models}&show=scatter")
    page.locator("#run").click()
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    page.locator("#pick-distance").click()
    expect(page.locator("#class-ask")).to_contain_text("no labels")
    page.keyboard.press("Escape")
    expect(page.locator("#pick-distance")).not_to_be_checked()
    page.locator("#pick-distance").click()
    page.locator("#class-name").select_option("7")
    page.get_by_role("button", name="Use this").click()
    expect(page.locator("[data-plot=distance] h2")).to_have_text("Distance to class 7")
    page.locator("[data-plot=distance] .figure[data-n='4']").wait_for(timeout=WAIT_MS)


def test_a_list_shows_its_images_each_with_its_reason(scores):
    page = scores
    card = page.locator("[data-list=disagreement]")
    whys = page.locator("#kinds .why").all_inner_texts()
    assert len(whys) >= 7 and all(whys) and not re.search("[{}]", "".join(whys))
    expect(page.locator("[data-list^=only_right] .why").first).to_contain_text("digits_cnn names the label")
    card.click()
    expect(card).to_have_attribute("aria-pressed", "true")
    gallery_names(page)
    reasons = page.locator("#gallery .item > .why").all_inner_texts()
    assert len(reasons) == page.locator("#gallery .item").count() and all(reasons)
    assert "look=list:disagreement" in page.url
    expect(page.locator("#gallery .item").first).to_be_in_viewport(ratio=1)
    card.click()
    expect(page.locator("#gallery")).to_be_hidden()


def test_all_images_of_a_bin_are_paged_and_can_be_added_at_once(scores):
    page = scores
    enter_first_bin(page, "distance")
    first = gallery_names(page)
    total = int(re.sub(r"\D", "", page.locator("#gallery-title").inner_text().split(" image")[0]))
    assert total > len(first) == 24
    page.get_by_role("button", name="Next images").click()
    expect(page.locator(".pages")).to_contain_text("25–48")
    assert not set(first) & set(gallery_names(page))
    page.locator("#gallery-add").click()
    expect(page.locator("#basket-count")).to_have_text(re.compile(rf"^{total // 1000}.?{total % 1000:03} images$"))
    expect(page.locator("#gallery .item input:checked")).to_have_count(24)
    page.locator("#basket-clear").click()
    expect(page.locator("#gallery .item input:checked")).to_have_count(0)
    expect(page.locator("#canvas")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#basket-clear")).to_be_focused()


def test_the_basket_goes_out_as_a_list_and_comes_back(scores, tmp_path):
    page = scores
    press_last_bin(page, "distance")
    names = [name.removeprefix("Select ") for name in gallery_names(page)]
    page.locator("#gallery-add").click()
    with page.expect_download() as download:
        page.locator("#list-save").click()
    text = download.value.path().read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sorted(next(value for value in row.values() if "digit_" in value) for row in rows) == sorted(names)
    page.locator("#basket-clear").click()
    (tmp_path / "list.csv").write_text(text + "99999,not_there.png,\n")
    page.locator("#list-file").set_input_files(str(tmp_path / "list.csv"))
    expect(page.locator("#basket-count")).to_have_text(f"{len(names)} image{'s' if len(names) > 1 else ''}")
    expect(page.locator("#toasts")).to_contain_text("Not in this dataset: not_there.png")
    page.locator("#basket-clear").click()
    (tmp_path / "unicode.txt").write_bytes(f"{text}99999,Äpfel.png,\n".replace(",", "\t").encode("utf-16"))
    page.locator("#list-file").set_input_files(str(tmp_path / "unicode.txt"))
    expect(page.locator("#basket-count")).to_have_text(f"{len(names)} image{'s' if len(names) > 1 else ''}")
    expect(page.locator("#toasts")).to_contain_text("Not in this dataset: Äpfel.png")


def test_a_plot_is_saved_as_a_picture_and_as_numbers(scores):
    page = scores
    for words, check in (("Picture, PNG", is_drawn), ("Numbers, CSV", counts_all)):
        page.locator("[data-plot=distance]").get_by_role("button", name="Save this plot").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=words).click()
        check(download.value.path())
    page.locator("#scores").click()
    with page.expect_download() as download:
        page.locator("#scores-menu a").first.click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert len(rows) == 1797 and {"image", "confidence", "n_classes", "distance"} <= set(rows[0])


def is_drawn(path):
    picture = np.asarray(Image.open(path).convert("RGB")).astype(int)
    assert min(picture.shape[:2]) > 200 and np.ptp(picture) > 100


def counts_all(path):
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert sum(int(row["count"]) for row in rows) == 1797
    assert all(float(row["low"]) < float(row["high"]) for row in rows)


def test_layer_and_neuron_stand_side_by_side_and_a_wrong_neuron_is_told_in_a_sentence(suggest):
    page = suggest(more="show=layer,neuron").page
    page.locator("#run").click()
    scored(page, ("layer", "neuron"))
    left, right = (page.locator(f"[data-plot={kind}]").bounding_box() for kind in ("layer", "neuron"))
    assert left["y"] == right["y"] and left["x"] < right["x"]
    page.locator("#neuron").fill("9")
    page.keyboard.press("Enter")
    expect(page.locator("[data-plot=neuron] header")).to_contain_text("Neuron 9")
    page.locator("#neuron").fill("99")
    page.keyboard.press("Enter")
    expect(page.locator("[data-plot=neuron] .cannot")).to_contain_text(re.compile("neuron", re.I))
    page.locator("#neuron").fill("many")
    page.keyboard.press("Tab")
    expect(page.locator("#neuron-error")).to_contain_text("whole number")


def corner_once(page, drawn):
    """A pixel of the plot's ground, once it is as told or the time is over."""
    until = time.monotonic() + WAIT_MS / 1000
    while not drawn(corner := pixels(figure(page, "distance"))[4, 4]) and time.monotonic() < until:
        page.wait_for_timeout(100)
    return corner


def test_plots_change_their_colours_with_the_theme(scores):
    page = scores
    assert pixels(figure(page, "distance"))[4, 4].min() > 240
    page.keyboard.press("t")
    assert corner_once(page, lambda corner: corner.max() < 60).max() < 60
    page.keyboard.press("t")
    assert corner_once(page, lambda corner: corner.min() > 240).min() > 240


def test_the_page_holds_at_every_size_and_everything_on_it_has_a_name(suggest):
    """Opened on a phone, where the panel is folded; then in a window and on a desk, in the dark."""
    tab = suggest(more="show=scatter,distance,layer,neuron&table=distance", width=390, height=844)
    page = tab.page
    sideways = "element => element.scrollWidth - element.clientWidth"
    assert page.locator("html").evaluate(sideways) <= 0
    page.locator("#panel > summary").click()
    score(page)
    figure(page, "scatter").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    gallery_names(page)
    page.locator("#gallery .item input").first.check()
    page.evaluate(LONG_LABEL)
    for width, height, scheme in ((390, 844, "light"), (320, 568, "light"), (900, 800, "light"), (1440, 900, "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_timeout(300)
        assert page.evaluate(CROWDED) == [], width
        assert page.locator("html").evaluate(sideways) <= 0, width
        assert page.evaluate(NAMELESS) == [], width
    assert tab.complaints == [] and tab.foreign == []


def test_pages_are_reached_by_two_letters(open_tab):
    page = open_tab("/models").page
    page.locator("body[data-page=models]").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url(re.compile("/suggest"))
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url(re.compile("/images"))
