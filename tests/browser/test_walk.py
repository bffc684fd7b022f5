"""A walk through the pages in real Chromium: what a person does from the first page to the download."""

import re
import threading
import time

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pages import WAIT_MS, maps_are_drawn, pixels

pytestmark = pytest.mark.browser


def test_the_demo_opens_on_the_story_and_logs_no_complaint(open_tab):
    tab = open_tab()
    first = maps_are_drawn(tab.page, 16).first
    row = tab.page.locator("#result tbody tr").first
    expect(row.get_by_text("vehicle", exact=True).first).to_be_visible()
    assert np.ptp(pixels(first)) > 50
    cuts = "[...document.querySelectorAll('.cut')].map(name => getComputedStyle(name).display)"
    assert set(tab.page.evaluate(cuts)) == {"flex"}, "long names lose their middle and not their end"
    assert tab.complaints == [] and tab.foreign == []


def test_a_person_walks_from_choosing_to_the_download(open_tab):
    tab = open_tab("/images")
    page = tab.page
    expect(page.locator("#dataset option", has_text="digits · 1")).to_have_count(1, timeout=WAIT_MS)
    page.locator("#dataset").select_option(page.locator("#dataset option", has_text="digits").get_attribute("value"))
    page.locator(".tile").first.focus()
    for key in ("Space", "ArrowRight", "ArrowRight", "Space"):
        page.keyboard.press(key)
    expect(page.locator("#basket-count")).to_contain_text("2")
    page.get_by_role("link", name=re.compile("^Explain")).click()
    page.wait_for_url(re.compile("/visualize"))

    chips = page.locator("#model-chips")
    for name in ("digits_cnn", "digits_resnet"):
        expect(chips.locator(f"label[title='{name}'] input")).to_be_enabled()
        chips.locator(f"label[title='{name}'] input").check()
    told = "boxes => boxes.map(box => [box.value, box.parentElement.title])"
    for value, name in chips.locator("input:checked").evaluate_all(told):
        if name not in ("digits_cnn", "digits_resnet"):
            chips.locator(f"input[value='{value}']").uncheck()
    page.locator("#method").select_option("lrp.epsilon")
    page.keyboard.press("Control+Enter")
    maps_are_drawn(page, 4)

    page.keyboard.press("2")
    counter = page.get_by_text(re.compile(r"^\s*1\s*/\s*2\s*$"))
    expect(counter).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text(re.compile(r"^\s*2\s*/\s*2\s*$"))).to_be_visible()

    canvas = page.locator("#result canvas").first
    before = pixels(canvas)
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.locator("#opacity").fill("15")
    page.wait_for_timeout(300)
    assert np.abs(pixels(canvas) - before).max() > 20
    assert not [url for url in requests if "/explanations" in url], "opacity must not ask the server"

    link = page.url
    again = open_tab(link[link.index("/visualize") :])
    expect(again.page.get_by_text(re.compile(r"^\s*2\s*/\s*2\s*$"))).to_be_visible()
    expect(again.page.locator("#opacity")).to_have_value("15")
    expect(again.page.locator("#method")).to_have_value("lrp.epsilon")
    expect(again.page.locator("#strip")).to_be_hidden()
    again.page.wait_for_timeout(500)
    assert np.abs(pixels(again.page.locator("#result canvas").first) - pixels(canvas)).mean() < 1

    page.locator("#export").click()
    for ending, check in ((".png", is_picture), (".npy", is_map)):
        with page.expect_download() as download:
            page.locator(f"#export-menu a[download$='{ending}']").first.click()
        check(download.value.path())
        if not page.locator("#export-menu").is_visible():
            page.locator("#export").click()
    assert tab.complaints == [] and tab.foreign == []


def is_picture(path):
    assert min(Image.open(path).size) >= 32


def is_map(path):
    assert np.load(path).shape == (1, 32, 32, 1)


def test_a_wrong_parameter_is_told_under_its_field_while_typing(open_tab):
    page = open_tab().page
    maps_are_drawn(page, 16)
    page.locator("#method").select_option("lrp.epsilon")
    field = page.locator("#params input[inputmode], #params input[type=number], #params input[type=text]").first
    field.fill("-3")
    expect(page.locator("#params [aria-invalid=true]")).to_have_count(1)
    expect(page.locator("#params")).to_contain_text(re.compile("greater than|more than|above|must be", re.I))


def test_a_refused_model_says_why_in_its_column_while_the_other_is_shown(open_tab, demo):
    tab = open_tab()
    page = tab.page
    maps_are_drawn(page, 16)
    chips = page.locator("#model-chips")
    chips.locator("label[title='weather_shortcut'] input").uncheck()
    chips.locator("label[title='digits_mlp'] input").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result")).to_contain_text("no layer has spatial output", timeout=WAIT_MS)
    expect(page.locator("#result canvas").first).to_be_visible()


@pytest.mark.parametrize("path", ["/visualize", "/models", "/images"])
def test_pages_hold_at_every_size_without_complaint(open_tab, path):
    tab = open_tab(path, 390, 844)
    page = tab.page
    for width, height, scheme in ((390, 844, "light"), (1440, 900, "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_load_state("networkidle")
        overflow = page.locator("html").evaluate("element => element.scrollWidth - element.clientWidth")
        assert overflow <= 0, width
    assert tab.complaints == [] and tab.foreign == []


def test_a_model_is_added_by_its_file_and_one_that_is_none_is_refused_in_a_sentence(open_tab, tmp_path):
    from tests.conftest import SAMPLES

    page = open_tab("/models").page
    (tmp_path / "broken.keras").write_bytes(b"not a model")
    files = page.locator("input[type=file][multiple]").first
    files.set_input_files([str(SAMPLES / "digits_mlp.keras"), str(tmp_path / "broken.keras")])
    expect(page.get_by_text("digits_mlp-2").first).to_be_visible(timeout=WAIT_MS)
    refusal = page.get_by_text(re.compile("broken.keras is .*not a Keras model")).first
    expect(refusal).to_be_visible(timeout=WAIT_MS)


def test_both_engines_are_shown_with_what_differs_and_the_link_brings_them_back(open_tab):
    tab = open_tab()
    page = tab.page
    maps_are_drawn(page, 16)
    page.locator("#method").select_option("lrp.alpha_2_beta_1")
    page.get_by_text("Engine and softmax").click()
    page.locator("#engine").select_option("both")
    page.keyboard.press("Control+Enter")
    figures = page.locator(".engines .difference")
    expect(figures.first).to_be_visible(timeout=WAIT_MS)
    expect(figures.first).to_have_text(re.compile(r"No value differs|max \|Δ\| .* of max \|R\| · r "))
    cell = page.locator(".cell.both").first
    expect(cell.locator("canvas")).to_have_count(3)
    expect(cell.locator("figcaption").nth(1)).to_have_text("iNNvestigate")
    assert "engine=both" in page.url
    link = page.url
    again = open_tab(link[link.index("/visualize") :])
    expect(again.page.locator(".engines .difference").first).to_be_visible(timeout=WAIT_MS)
    expect(again.page.locator("#engine")).to_have_value("both")
    page.locator("#engine").select_option("native")
    expect(page.locator(".engines")).to_have_count(0)
    assert tab.complaints == [] and again.complaints == [] and tab.foreign == []


@pytest.mark.parametrize("path", ["/visualize", "/suggest", "/features", "/workshop"])
def test_nothing_can_be_pressed_before_the_page_knows_what_it_would_do(open_tab, context, path):
    held, free = [], threading.Event()
    context.route("**/api/v1/models", lambda route: route.continue_() if free.is_set() else held.append(route))
    page = open_tab(path).page
    deadline = time.monotonic() + WAIT_MS / 1000
    while not held and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert held, "The page has not asked for the catalog."
    page.wait_for_timeout(200)
    expect(page.locator("#run")).to_be_disabled()
    free.set()
    for route in held:
        route.continue_()
    expect(page.locator("#run")).to_be_enabled(timeout=WAIT_MS)
