"""Visualize in real Chromium: neurons, layers, methods side by side, agreement, earlier runs."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import NAMELESS, WAIT_MS, ask, ready

pytestmark = pytest.mark.browser


def shown_run(demo, page):
    run = re.search(r"run=([\w-]+)", page.url).group(1)
    return ask(demo, f"/explanations/{run}")


def test_the_neuron_grid_is_what_the_server_says_in_its_order(visualize, demo):
    tab = visualize("digits_cnn")
    page = tab.page
    ready(page)
    page.locator("#target-kind label", has_text="Neurons").click()
    page.locator("#neuron-which").select_option("top4")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".neuron")).to_have_count(8, timeout=WAIT_MS)
    ready(page)
    cells = shown_run(demo, page)["cells"]
    told = [index for cell in cells for index in cell["targets"]]
    assert [int(text) for text in page.locator(".neuron figcaption strong").all_inner_texts()] == told
    assert all(cell["activations"] == sorted(cell["activations"], reverse=True) for cell in cells)
    assert all(cell["targets"][0] == cell["top"][0]["class"] for cell in cells)
    assert "neurons=top4" in page.url and tab.complaints == []


def test_a_neuron_of_a_layer_is_chosen_by_keyboard_and_survives_the_link(visualize, demo, open_tab):
    tab = visualize("digits_cnn")
    page = tab.page
    ready(page)
    page.locator("#target-kind label", has_text="Neurons").click()
    page.locator("#neuron-which").select_option("0")
    page.locator("#neuron-index").fill("-1")
    page.locator("#neuron-index").press("Tab")
    expect(page.locator("#neuron-index-error")).to_have_text("Expected a whole number from 0, got “-1”.")
    expect(page.locator("#neuron-index")).to_have_attribute("aria-invalid", "true")
    page.locator("#neuron-index").fill("2")
    page.locator("#neuron-index").press("Tab")
    expect(page.locator("#neuron-index-error")).to_be_hidden()
    field = page.locator("[role=combobox]").first
    field.click()
    page.keyboard.type("conv")
    options = page.locator("[role=listbox] [role=option]:not([aria-disabled])")
    expect(options.first).to_be_visible()
    name = options.first.get_attribute("data-layer")
    page.keyboard.press("Enter")
    expect(field).to_have_value(name)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".grid thead [data-facts]").first).to_contain_text(name, timeout=WAIT_MS)
    ready(page)
    assert {tuple(cell["targets"]) for cell in shown_run(demo, page)["cells"]} == {(2,)}
    again = open_tab(page.url[page.url.index("/visualize") :])
    ready(again.page)
    expect(again.page.locator("[role=combobox]").first).to_have_value(name)
    expect(again.page.locator("#neuron-index")).to_have_value("2")
    assert tab.complaints == [] and again.complaints == []


def test_layers_that_a_method_cannot_use_say_why(visualize):
    page = visualize("digits_cnn", method="grad_cam").page
    ready(page)
    page.locator("[role=combobox]").first.click()
    page.keyboard.type("flatten")
    unusable = page.locator("[role=option][aria-disabled]").first
    expect(unusable).to_contain_text("needs height, width and channels")
    page.keyboard.press("Escape")
    expect(page.locator("#target-kind input[value=neurons]")).to_be_disabled()


def test_methods_stand_side_by_side_each_with_its_own_colours_and_agree_by_number(visualize):
    tab = visualize("digits_cnn", "digits_mlp", more="view=methods&methods=grad_cam,gradient,lrp.epsilon")
    page = tab.page
    page.locator("body[data-state=ready]").wait_for(timeout=3 * WAIT_MS)
    expect(page.locator(".of-image")).to_have_count(2)
    maps = page.locator(".sheet td canvas")
    expect(maps).to_have_count(2 * (3 + 2), timeout=WAIT_MS)  # Grad-CAM does not apply to the MLP
    for place in (0, 9):
        maps.nth(place).scroll_into_view_if_needed()
        expect(maps.nth(place)).to_have_attribute("data-drawn", re.compile("e-"), timeout=WAIT_MS)
    expect(page.locator(".sheet .fail")).to_have_count(2)
    page.locator(".of-image summary").first.click()
    expect(page.locator(".agree td.num").first).to_have_text(re.compile(r"^[−\d.]+$"))
    assert "methods=grad_cam,gradient,lrp.epsilon" in page.url
    page.keyboard.press("1")
    expect(page.locator(".sheet")).to_have_count(0)
    assert tab.complaints == [] and tab.foreign == []


def test_a_map_that_is_there_stays_while_others_come(visualize):
    methods = "gradient,lrp.epsilon,integrated_gradients,smoothgrad"
    page = visualize("digits_cnn", "digits_mlp", more=f"view=methods&p.epsilon=0.25&methods={methods}").page
    first = page.locator(".sheet td canvas").first
    first.wait_for(timeout=WAIT_MS)
    first.evaluate("canvas => { canvas.dataset.mark = 'mine'; }")
    page.locator("body[data-state=ready]").wait_for(timeout=3 * WAIT_MS)
    expect(page.locator(".sheet td canvas")).to_have_count(2 * 2 * 4, timeout=WAIT_MS)
    expect(page.locator(".sheet [data-mark=mine]")).to_have_count(1)


def test_agreement_of_models_stands_beside_the_input(visualize, demo):
    page = visualize("digits_cnn", "digits_resnet", more="view=slide").page
    ready(page)
    number = page.locator(".agree td.num")
    expect(number).to_have_count(1, timeout=WAIT_MS)
    run = re.search(r"run=([\w-]+)", page.url).group(1)
    found = ask(demo, f"/explanations/{run}/agreement")["images"][0]["matrix"][1][0]
    assert number.inner_text().replace("−", "-") == f"{found:.2f}"
    page.locator(".agreement button").click()
    found = ask(demo, f"/explanations/{run}/agreement?measure=iou")["images"][0]["matrix"][1][0]
    expect(number).to_have_text(f"{found:.2f}")


def test_an_earlier_run_is_named_opened_and_deleted(visualize):
    tab = visualize("digits_cnn", method="gradient")
    page = tab.page
    ready(page)
    first = re.search(r"run=([\w-]+)", page.url).group(1)
    page.locator("#method").select_option("lrp.z")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: first not in url and "run=" in url)
    ready(page)
    page.locator("#history").click()
    row = page.locator(f"[data-run='{first}']")
    row.get_by_role("button", name="Name the run").click()
    row.locator("input").fill("first look")
    row.locator("input").press("Enter")
    opener = row.locator(".open", has_text="first look")
    expect(opener).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(row.locator("input")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(opener).to_be_focused()
    opener.press("Enter")
    page.wait_for_url(re.compile(first))
    ready(page)
    expect(page.locator("#method")).to_have_value("gradient")
    page.locator("#history").click()
    page.locator(f"[data-run='{first}']").get_by_role("button", name="Delete the run").click()
    expect(page.locator(f"[data-run='{first}']")).to_have_count(0)
    expect(page.locator("#history-menu .open:focus")).to_have_count(1)
    assert tab.complaints == []


@pytest.mark.parametrize("more", ["neurons=top9", "view=slide", "view=methods&methods=gradient,lrp.z"])
def test_nothing_scrolls_sideways_on_a_phone_and_every_control_has_a_name(visualize, more):
    page = visualize("digits_cnn", "digits_mlp", more=more, width=390, height=844, scheme="dark").page
    page.locator("body[data-state=ready]").wait_for(timeout=2 * WAIT_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(NAMELESS) == []


def test_exports_of_the_whole_view_come_down(visualize):
    page = visualize("digits_cnn", method="gradient").page
    ready(page)
    page.locator("#export").click()
    for words, ending in (
        ("^PicturePNG", ".png"),
        ("Picture for papers", ".svg"),
        ("Report", ".html"),
        ("Script", ".py"),
    ):
        with page.expect_download() as download:
            page.locator("#export-menu").locator("a").filter(has_text=re.compile(words)).click()
        assert download.value.suggested_filename.endswith(ending)
        content = download.value.path().read_bytes()
        assert len(content) > 500 and json.dumps("gradient")[1:-1].encode() in content or ending == ".png"
