"""The page Features in real Chromium: choose, grow, look, cancel, send on; by keyboard, at 390 px, in the dark."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pages import WAIT_MS

pytestmark = pytest.mark.browser


@pytest.fixture
def features(open_tab):
    """A tab on the page with digits_cnn chosen."""

    def features(**more):
        tab = open_tab("/features", **more)
        choose_model(tab.page, "digits_cnn")
        return tab

    return features


def choose_model(page, name):
    option = page.locator("#model option", has_text=re.compile(f"· {name}$"))
    expect(option).to_have_count(1, timeout=WAIT_MS)
    for dataset in ("digits", "weather"):
        expect(page.locator("#dataset option", has_text=dataset)).not_to_have_count(0, timeout=WAIT_MS)
    if not page.locator("#panel").get_attribute("open"):
        page.locator("#panel").evaluate("panel => { panel.open = true; }")
    page.locator("#model").select_option(option.get_attribute("value"))


def few_steps(page):
    """For what does not depend on how far the pictures have grown."""
    page.locator("#param-iterations").fill("20")


def is_in_state(page, *names):
    page.locator(",".join(f"body[data-state={name}]" for name in names)).wait_for(timeout=WAIT_MS)


def pixels(image):
    return np.asarray(Image.open(io.BytesIO(image.screenshot())).convert("L")).astype(int)


def test_ten_digits_grow_as_a_grid_and_say_why_they_stopped(features):
    tab = features()
    page = tab.page
    expect(page.locator("#run")).to_contain_text("Maximise 10 classes")
    expect(page.locator("#presets label", has_text="Modern").locator("input")).to_be_checked()
    page.locator("#presets label", has_text="Plain").click()
    page.keyboard.press("Control+Enter")
    is_in_state(page, "ready")
    cards = page.locator("#made .gen")
    expect(cards).to_have_count(10)
    for place in range(10):
        expect(cards.nth(place).locator(".stop")).to_have_text(re.compile(r"p > 0\.99 · \d+ steps"))
        expect(cards.nth(place).locator("svg.spark")).to_have_count(1)
    assert np.ptp(pixels(cards.first.locator("img"))) > 100
    page.locator("#detail .acts a").nth(17).wait_for()
    first = page.locator("#detail .acts a").first
    expect(first).to_have_attribute("aria-label", re.compile(r", 0: \d+\.\d\d\. Explain"), timeout=WAIT_MS)
    cards.nth(8).click()
    expect(page.locator("#detail h2")).to_have_text("Class 8")
    expect(page.locator("#detail .acts a").first).to_have_attribute("aria-label", re.compile(r", 8: "), timeout=WAIT_MS)
    assert tab.complaints == [] and tab.foreign == []


def test_a_link_shows_the_same_ascent_and_going_on_sends_images_to_visualize(features, open_tab):
    page = features().page
    few_steps(page)
    page.locator("#targets input[value='3']").uncheck()
    page.locator("#starts input[value=blurred]").check()
    page.locator("#run").click()
    is_in_state(page, "ready")
    again = open_tab(page.url.split("/", 3)[3].join(["/", ""])).page
    is_in_state(again, "ready")
    expect(again.locator("#made .gen")).to_have_count(9)
    assert again.locator("#starts input[value=blurred]").is_checked()
    again.locator("#send").click()
    again.wait_for_url(re.compile("/visualize"))
    expect(again.locator("#image-count")).to_have_text("18")


STEPS = """async () => {
  const root = document.querySelector("link[rel=icon]").href.replace("/favicon.svg", "/js/features/growing-picture.js");
  const { growingPicture, showPicture } = await import(root);
  const image = growingPicture();
  const icon = document.querySelector("link[rel=icon]").href;
  for (const step of [1, 2, 3]) showPicture(image, `${icon}?step=${step}`);
  const first = image.getAttribute("src").at(-1);
  await new Promise(done => image.addEventListener("load", done));
  await image.decode();
  return [first, image.getAttribute("src").at(-1), image.naturalWidth > 0];
}"""


def test_a_step_that_is_on_its_way_is_seen_before_the_newest_one_is_asked_for(features):
    assert features().page.evaluate(STEPS) == ["1", "3", True]


def test_channels_of_a_layer_found_by_typing_grow_in_sight_and_are_cancelled(features):
    page = features().page
    page.locator("#kind label", has_text="Channel").click()
    layer = page.locator("#layer")
    layer.click()
    expect(page.locator("#layer-list li[aria-disabled] .why").first).to_be_visible()
    layer.fill("conv_2")
    expect(page.locator("#layer-list li").first).to_contain_text("16×16×16")
    layer.press("Enter")
    expect(layer).to_have_value(re.compile("conv_2"))
    page.locator("#presets label", has_text="Modern").click()
    page.locator("#param-iterations").fill("9000")
    page.keyboard.press("Control+Enter")
    is_in_state(page, "partial")
    image = page.locator("#made .gen img").first
    seen = image.get_attribute("src")
    expect(image).not_to_have_attribute("src", seen, timeout=WAIT_MS)
    page.locator("#strip button", has_text="Cancel").click()
    is_in_state(page, "cancelled")
    expect(page.locator("#strip")).to_contain_text("channel 0 shows step")
    expect(image).to_be_visible()
    page.locator("#strip button", has_text="Resume").click()
    is_in_state(page, "running", "partial")
    page.locator("#strip button", has_text="Cancel").click()
    is_in_state(page, "cancelled")


def test_a_setting_out_of_range_is_said_at_its_field(features):
    page = features().page
    page.locator("#param-step").fill("5")
    expect(page.locator("#param-step-error")).to_contain_text("above 0, at most 1")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#param-step")).to_be_focused()
    is_in_state(page, "empty")


def test_a_failed_request_says_what_to_do_and_keeps_the_pictures(features):
    page = features().page
    few_steps(page)
    page.locator("#run").click()
    is_in_state(page, "ready")
    page.route("**/api/v1/maximizations", lambda route: route.fulfill(status=500, body="no"))
    page.locator("#run").click()
    is_in_state(page, "error")
    expect(page.locator("#strip")).to_contain_text("500")
    expect(page.locator("#made .gen")).to_have_count(10)


def test_cards_are_walked_by_the_arrow_keys(features):
    page = features().page
    few_steps(page)
    page.locator("#run").click()
    is_in_state(page, "ready")
    page.locator("#made .gen").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#made .gen").nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#detail h2")).not_to_have_text("Class 1")
    assert page.locator("#made .gen[aria-pressed=true]").count() == 1


def test_the_page_holds_at_390_px_and_in_the_dark(features):
    tab = features(width=390, height=844, scheme="dark")
    page = tab.page
    few_steps(page)
    page.locator("#run").click()
    is_in_state(page, "ready")
    page.locator("#detail .acts a").nth(17).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(".tabs a[aria-current]")).to_have_text("Features")
    low = page.locator("#made .gen").first.evaluate("card => getComputedStyle(card).backgroundColor")
    assert max(int(one) for one in re.findall(r"\d+", low)[:3]) < 60
    assert tab.complaints == []


def test_one_feature_is_compared_over_starts_and_models(features):
    page = features().page
    few_steps(page)
    page.locator("#run").click()
    is_in_state(page, "ready")
    page.locator("#compare-run").click()
    images = page.locator("#compare td img")
    expect(images.nth(7)).to_be_visible(timeout=WAIT_MS)
    assert page.locator("#compare tbody tr").count() >= 2
    names = page.locator("#compare tbody th").all_inner_texts()
    assert any("digits_mlp" in name for name in names) and not any("weather" in name for name in names)
