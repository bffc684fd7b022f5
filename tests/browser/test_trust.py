"""The view Trust: measured, sorted, opened, left for Grid, found again; on a phone; with a region drawn by keys."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems
from tests.browser.pages import WAIT_MS, is_ready

pytestmark = pytest.mark.browser
FAST = "view=trust&method=gradient&test=gradient,grad_cam&metrics=difference,sanity,sparseness&fills=blur"


@pytest.fixture
def trust(open_tab, ids):
    """Opens Trust on three images of digits: trust(more, **screen)."""

    def trust(more="", view=FAST, **screen):
        images = f"models={ids['digits_cnn']}&dataset={ids['digits']}&images=3,500,700"
        return open_tab(f"/visualize#{images}&{view}&{more}", **screen)

    return trust


def measured(page):
    """The table once all of it is there; numbers that are kept need no press."""
    page.locator("#run:enabled", has_text="Measure").wait_for(state="attached", timeout=WAIT_MS)
    page.keyboard.press("Control+Enter")
    page.locator("body[data-view=trust][data-state=ready]").wait_for(timeout=3 * WAIT_MS)
    return page.locator("tr.method-row")


def test_a_table_is_measured_sorted_opened_and_left_for_grid(trust):
    tab = trust()
    page = tab.page
    expect(page.locator("#empty-title")).to_have_text("Which explanation should I trust for digits_cnn?")
    expect(page.locator("#cost")).to_have_text(re.compile(r"\d forward passes"), timeout=WAIT_MS)
    rows = measured(page)
    expect(rows).to_have_count(5)  # two methods, three controls
    expect(rows.locator(".value b")).to_have_count(2 * 3 + 3 * 2)  # no control has a sanity check
    expect(page.locator(".answer h2")).to_have_text("Which explanation should I trust for digits_cnn?")
    head = page.locator("[data-sort=sanity]")
    head.click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Sanity check")
    values = [float(text.replace("−", "-")) for text in rows.locator("[data-metric=sanity] b").all_inner_texts()]
    assert values == sorted(values) and len(values) == 2
    name = page.locator("[data-row-name=grad_cam]")
    name.focus()
    page.keyboard.press("Enter")
    expect(name).to_have_attribute("aria-expanded", "true")
    pictures = page.locator(".opened-in img")
    expect(pictures).to_have_count(6 + 4, timeout=WAIT_MS)
    expect(page.locator(".stepper")).to_contain_text("1 of 3")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".stepper")).to_contain_text("2 of 3")
    page.wait_for_load_state("networkidle")
    assert pictures.evaluate_all("all => Promise.all(all.map(one => one.decode())).then(() => all.length)") == 10
    assert problems(page) == []
    page.locator(".opened-in button", has_text="Show in Grid").click()
    expect(page.locator("#result canvas")).to_have_count(3, timeout=WAIT_MS)  # kept: without a press
    assert page.locator("#method").input_value() == "grad_cam"
    assert tab.complaints == [] and tab.foreign == []


def test_side_by_side_the_columns_fill_the_table_whatever_row_is_open(open_tab, ids):
    models = f"{ids['digits_cnn']},{ids['digits_mlp']}"
    view = "view=trust&method=gradient&test=gradient&metrics=difference,deletion,insertion,sparseness&fills=blur"
    page = open_tab(f"/visualize#models={models}&dataset={ids['digits']}&images=3,500&{view}&row=gradient").page
    measured(page)
    page.locator(".opened-in").wait_for(timeout=WAIT_MS)
    expect(page.locator(".board-table thead th")).to_have_count(5)
    page.locator(".model-switch label", has_text="side by side").click()
    expect(page.locator(".board-table thead th")).to_have_count(3)
    ends = page.locator(".board-table").evaluate(
        "table => [table, table.querySelector('th:last-child')].map(one => one.getBoundingClientRect().right)"
    )
    assert abs(ends[0] - ends[1]) < 2


def test_a_table_that_is_kept_is_there_without_a_press_and_a_link_holds_it_all(trust):
    page = trust().page
    measured(page)
    again = trust("sort=sparseness&row=gradient&at=1").page
    again.locator("body[data-view=trust][data-state=ready]").wait_for(timeout=WAIT_MS)
    expect(again.locator("[data-row-name=gradient]")).to_have_attribute("aria-expanded", "true")
    expect(again.locator(".stepper")).to_contain_text("2 of 3", timeout=WAIT_MS)
    expect(again.locator("th[aria-sort]")).to_contain_text("Sparseness")
    again.locator("[data-row-name=gradient]").focus()
    again.keyboard.press("Escape")
    expect(again.locator(".opened-in")).to_have_count(0)
    expect(again.locator("[data-row-name=gradient]")).to_be_focused()
    again.locator("#test-grad_cam").uncheck()
    expect(again.locator("#apart-words")).to_contain_text("different methods")
    again.locator("#export").click()
    with again.expect_download() as download:
        again.locator("#export-menu a", has_text="Every number").click()
    assert "sparseness" in Path(download.value.path()).read_text(encoding="utf-8")


def test_a_phone_shows_one_metric_and_a_row_as_a_sheet(trust):
    page = trust(width=390, height=844, scheme="dark").page
    rows = measured(page)
    expect(page.locator("thead th:visible")).to_have_count(2)
    page.locator(".metric-choice select").select_option("sparseness")
    expect(rows.first.locator("td:visible")).to_have_attribute("data-metric", "sparseness")
    page.locator("[data-row-name=grad_cam]").click()
    expect(page.locator("dialog.sheet-of")).to_be_visible()
    expect(page.locator(".sheet-of img")).to_have_count(10, timeout=WAIT_MS)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert problems(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("dialog.sheet-of")).to_be_hidden()
    expect(page.locator("[data-row-name=grad_cam]")).to_be_focused()


def test_a_method_is_looked_for_from_grid(trust):
    page = trust(view="method=gradient&go=1").page
    is_ready(page)
    page.locator("#find-method").click()
    expect(page.locator("#image-count")).to_have_text("16")
    expect(page.locator("#run-label")).to_have_text(re.compile(r"Measure 1\d methods"))
    ticked = page.locator("#metric-list input:checked")
    assert ticked.evaluate_all("all => all.map(one => one.id)") == [
        "metric-difference",
        "metric-deletion",
        "metric-insertion",
    ]
    assert problems(page) == []
    page.locator(".toast button").click()
    expect(page.locator("#image-count")).to_have_text("3")
    page.keyboard.press("1")
    expect(page.locator("body[data-view=grid]")).to_have_count(1)
    page.keyboard.press("4")
    expect(page.locator("body[data-view=trust]")).to_have_count(1)


def test_a_region_is_drawn_by_keys_and_by_mouse(trust):
    page = trust().page
    expect(page.locator("#metric-pointing")).to_be_disabled()
    page.locator("#region-open").click()
    page.keyboard.press("Enter")  # add a box
    box = page.locator("button.region-box")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    assert "regions=3:0.28_0.3_0.68_0.72" in page.url
    page.locator("#regions-stage img").evaluate("picture => picture.decode()")
    stage = page.locator("#regions-stage").bounding_box()
    page.mouse.move(stage["x"] + 4, stage["y"] + 4)
    page.mouse.down()
    page.mouse.move(stage["x"] + 60, stage["y"] + 50)
    page.mouse.up()
    expect(box).to_have_count(2)
    assert problems(page) == []
    page.keyboard.press("Delete")
    expect(box).to_have_count(1)
    page.locator("#regions-everywhere").click()
    page.locator("#regions-done").click()
    expect(page.locator("#region-words")).to_have_text("drawn on 3 pictures")
    expect(page.locator("#metric-pointing")).to_be_enabled()


def test_the_method_that_suits_the_kind_of_network_is_one_press_away(open_tab, ids):
    tab = open_tab(f"/visualize#models={ids['digits_cnn']}&dataset={ids['digits']}&images=3&method=random")
    offer = tab.page.locator("#method-suggested button")
    expect(tab.page.locator("#method-suggested")).to_contain_text("VGG-like networks")
    method = offer.get_attribute("data-suggested")
    offer.click()
    expect(tab.page.locator("#method")).to_have_value(method)
    expect(tab.page.locator("#method-suggested")).to_be_hidden()


def test_what_is_wrong_with_a_map_leads_to_trust_with_its_method(trust):
    page = trust(view="method=gradient.baseline&softmax=1&go=1").page
    is_ready(page)
    badge = page.locator("#result .health").first
    expect(badge).to_contain_text("softmax on")
    badge.click()
    checks = page.locator("#health-pop li")
    expect(checks.first).to_have_text("all numbers are finite")
    expect(checks.nth(2)).to_contain_text("Switch “explain logits” on.")
    assert problems(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#health-pop")).to_be_hidden()
    expect(page.locator("body[data-view=grid]")).to_have_count(1)
    badge.click()
    page.locator("#health-pop button", has_text="Open Trust").click()
    expect(page.locator("#tested input:checked[id='test-gradient.baseline']")).to_have_count(1)
