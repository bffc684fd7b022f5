"""The tour, the entry of a method, tips by keyboard, and what is said where a refused model is missed."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems
from tests.browser.pages import WAIT_MS

pytestmark = pytest.mark.browser

KEPT = "localStorage.getItem('innv-tour')"
ASK = "localStorage.setItem('innv-tour', 'ask'); sessionStorage.clear()"
STRIP = """async retry => {
  const root = document.querySelector("link[rel=icon]").href.replace("/favicon.svg", "/js/visualize/strip.js");
  const { drawStrip } = await import(root);
  const error = { message: "It failed.", hint: "", retry };
  const explanation = { cells: [], models: [], images: [], job: { status: "failed", error } };
  const strip = document.createElement("div");
  drawStrip(strip, { explanation }, { run() {} });
  return [...strip.querySelectorAll("button")].map(button => button.textContent);
}"""


def ready(page):
    page.locator("body[data-state=ready]").wait_for(timeout=2 * WAIT_MS)


def test_the_tour_starts_from_help_and_is_walked_by_keyboard(open_tab):
    page = open_tab("/models").page
    page.locator("#rows tr").first.wait_for()
    page.keyboard.press("?")
    page.locator("#tour-start").focus()
    page.keyboard.press("Enter")
    tour = page.locator("#tour")
    for step, name in enumerate(("Models", "Images", "Method", "Explain", "Suggest"), 1):
        expect(tour.locator("h2")).to_have_text(name)
        expect(tour).to_contain_text(f"{step} of 5")
        expect(page.locator(".toured")).to_be_in_viewport()
        assert problems(page) == []
        page.keyboard.press("Enter")
    expect(tour).to_be_hidden()
    assert page.locator(".toured").count() == 0 and page.evaluate(KEPT) == "done"
    assert "tour" not in page.url
    page.keyboard.press("?")
    page.locator("#tour-start").click()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(tour).to_contain_text("1 of 5")
    expect(tour.get_by_role("button", name="Next")).to_be_focused()
    page.keyboard.press("Escape")
    expect(tour).to_be_hidden()


def test_the_tour_stays_beside_what_it_points_at_on_a_phone(open_tab):
    page = open_tab("/visualize?tour", width=390, height=844).page
    for _ in range(5):
        expect(page.locator("#tour")).to_be_visible()
        boxes = [page.locator(one).bounding_box() for one in ("#tour", ".toured")]
        tops = sorted((box["y"], box["y"] + box["height"]) for box in boxes)
        assert tops[0][1] <= tops[1][0] and tops[1][1] <= 845
        page.keyboard.press("Enter")
    expect(page.locator("#panel")).not_to_have_attribute("open", "")


def test_the_tour_is_offered_once_never_to_a_view_that_was_sent_and_leaves_the_focus(open_tab):
    page = open_tab("/visualize").page
    ready(page)
    offer = page.locator(".tour-offer")
    assert offer.count() == 0, "a browser that is driven was not asked"
    view = page.url
    page.evaluate(ASK)
    page.goto("about:blank")
    page.goto(view)
    ready(page)
    assert offer.count() == 0
    page.evaluate(ASK)
    page.goto(view.partition("#")[0] + "?")
    expect(offer).to_be_visible()
    assert page.evaluate("document.activeElement === document.body") and problems(page) == []
    offer.get_by_role("button", name="Don't show again").click()
    expect(offer).to_have_count(0)
    assert page.evaluate(KEPT) == "done"


def test_the_entry_of_a_method_opens_from_its_name_and_gives_the_focus_back(open_tab):
    page = open_tab("/visualize").page
    ready(page)
    about = page.locator("#about")
    page.locator("#method").select_option("lrp.epsilon")
    page.locator("#method-about").focus()
    page.keyboard.press("Enter")
    expect(about).to_contain_text("Definition")
    expect(about.locator("h2").first).to_contain_text("LRP-ε")
    assert problems(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#method-about")).to_be_focused()
    page.locator("#method").select_option("grad_cam")  # maps of the other method may be kept, and shown
    page.locator("#run-facts .about", has_text="grad_cam").click()
    expect(about.locator("h2").first).to_contain_text("Grad-CAM")
    page.locator("#about-page").click()
    expect(page.locator("h1")).to_contain_text("Grad-CAM")
    assert problems(page) == []
    page.goto(page.url.partition("/help")[0] + "/help")
    assert problems(page) == []
    page.goto(page.url.partition("/help")[0] + "/features")
    page.locator("#presets label", has_text="Plain").click()
    page.locator("#preset-about").focus()
    page.keyboard.press("Enter")
    expect(about.locator("h2").first).to_contain_text("Plain ascent")
    page.keyboard.press("Escape")
    expect(page.locator("#preset-about")).to_be_focused()


def test_a_word_of_the_glossary_says_its_meaning_to_keyboard_and_touch(open_tab):
    page = open_tab("/visualize").page
    ready(page)
    tip = page.locator("#tip")
    page.locator("#clip").focus()
    expect(tip).to_contain_text("Where the full colour of a heatmap begins.")
    expect(page.locator("#clip")).to_have_attribute("aria-describedby", "tip")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.locator("#run-facts .term").last.click()
    expect(tip).to_contain_text("Our own computation of a method")
    page.locator("#method").select_option("deconvnet")
    page.evaluate("location.hash += '&unchecked=1'")
    page.locator("#cost .term", has_text="unchecked").click()
    expect(tip).to_contain_text("plain gradient")
    tab = "button => button.tabIndex"
    stops = page.locator("#result .verdict").evaluate_all(f"all => all.map({tab})")
    assert stops[0] == 0 and set(stops[1:]) == {-1}


def test_try_again_is_offered_only_where_the_error_says_that_it_may_help(open_tab):
    page = open_tab("/visualize").page
    ready(page)
    assert page.evaluate(STRIP, False) == [] and page.evaluate(STRIP, True) == ["Retry"]


def test_a_refused_model_is_said_in_every_picker_with_the_way_to_its_row(open_tab, demo):
    page = open_tab("/models").page
    file = {"name": "broken.keras", "mimeType": "application/octet-stream", "buffer": b"PK\x03\x04 cut short"}
    made = page.context.request.post(
        f"{demo.base}/api/v1/models", multipart={"file": file}, headers={"Origin": demo.base}
    )
    model = made.json()["model"]["id"]
    try:
        while page.context.request.get(f"{demo.base}/api/v1/models/{model}").json()["status"] == "loading":
            page.wait_for_timeout(100)
        for path in ("/visualize", "/suggest", "/features"):
            page.goto(demo.base + path)
            line = page.locator("#panel [data-refused=models] .refused")
            expect(line).to_contain_text("broken.keras was refused: it is damaged or cut short", timeout=WAIT_MS)
            expect(line).to_contain_text("See Models for details.")
        line.get_by_role("link").click()
        expect(page.locator(f"#rows tr[data-model={model}] .name-b")).to_be_focused()
    finally:
        page.context.request.delete(f"{demo.base}/api/v1/models/{model}", headers={"Origin": demo.base})
