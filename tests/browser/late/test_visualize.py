"""Visualize, Trust and Views: an answer that comes late is not shown under another name."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.late.held import Held
from tests.browser.pages import WAIT_MS, maps_are_drawn, ready

pytestmark = pytest.mark.browser


def test_numbers_of_the_other_measure_do_not_come_under_this_one(visualize):
    page = visualize("digits_cnn", "digits_mlp", method="gradient").page
    maps_are_drawn(page, 4)
    page.keyboard.press("2")
    part = page.locator(".agreement").first
    numbers = part.locator("table").first
    expect(numbers).to_be_visible(timeout=WAIT_MS)
    before = numbers.inner_text()
    held = Held(page, r"agreement\?measure=iou")
    button = part.locator("button").first
    button.click()
    held.wait()
    button.click()
    held.release()
    expect(button).to_have_text("Agreement, Spearman")
    assert numbers.inner_text() == before


def test_names_of_one_dataset_are_not_those_of_another(visualize, ids):
    page = visualize("digits_cnn", method="gradient").page
    maps_are_drawn(page, 2)
    names = page.locator("#thumbs [data-image]")
    expect(names.first).to_have_attribute("title", re.compile("digit_"))
    Held(page, rf"/datasets/{ids['weather']}/images\?per_page")
    page.locator(f"#dataset-choice [value='{ids['weather']}']").check()
    expect(page.locator(f"#thumbs img[src*='/{ids['weather']}/']").first).to_be_attached()
    titles = names.evaluate_all("all => all.map(one => one.title)")
    assert not any("digit_" in title for title in titles), titles


def test_the_earlier_run_that_was_pressed_last_is_opened(visualize):
    runs = []
    for method in ("gradient", "lrp.z"):
        page = visualize("digits_cnn", method=method).page
        ready(page)
        runs.append(re.search(r"run=([\w-]+)", page.url)[1])
    page = visualize("digits_cnn", method="lrp.flat").page
    ready(page)
    held = Held(page, rf"/explanations/{runs[0]}$")
    for run in runs:
        page.locator("#history").click()
        page.locator(f"[data-run='{run}'] .open").click()
    held.wait()
    page.wait_for_url(re.compile(f"run={runs[1]}"))
    held.release()
    ready(page)
    assert f"run={runs[1]}" in page.url and page.locator("#method").input_value() == "lrp.z"


def test_an_earlier_list_of_runs_brings_none_back(visualize, demo):
    for method in ("gradient", "lrp.z"):
        page = visualize("digits_cnn", method=method).page
        ready(page)
    page.locator("#history").click()
    rows = page.locator("#history-menu li")
    rows.nth(1).wait_for()
    held = Held(page, r"/api/v1/history$")
    gone = [row.get_attribute("data-run") for row in rows.all()[:2]]
    page.locator(f"[data-run='{gone[0]}']").get_by_role("button", name=re.compile("Delete")).click()
    held.wait()
    page.locator(f"[data-run='{gone[1]}']").get_by_role("button", name=re.compile("Delete")).click()
    for run in gone:
        expect(page.locator(f"[data-run='{run}']")).to_have_count(0)
    left = rows.evaluate_all("all => all.map(row => row.dataset.run)")
    held.release(body={"runs": []})
    assert rows.evaluate_all("all => all.map(row => row.dataset.run)") == left


def test_an_address_that_was_left_is_not_shown(visualize, ids):
    page = visualize("digits_cnn", method="gradient").page
    ready(page)
    held = Held(page, r"/explanations/nowhere$")
    request = f"dataset={ids['digits']}&images=3"
    page.evaluate(
        "hash => { location.hash = hash; }", f"models=dogs~0123456789ab&{request}&method=lrp.flat&run=nowhere"
    )
    held.wait()
    page.evaluate("hash => { location.hash = hash; }", f"models={ids['digits_cnn']}&{request}&method=lrp.z&go=1")
    ready(page)
    expect(page.locator("#method")).to_have_value("lrp.z")
    held.release(body={"error": {"message": "gone"}}, status=404)
    expect(page.locator("#method")).to_have_value("lrp.z")
    assert "method=lrp.z" in page.url


def test_a_row_that_could_not_be_opened_does_not_close_the_next(open_tab, ids):
    fast = "view=trust&method=gradient&test=gradient,grad_cam&metrics=difference,sparseness&fills=blur"
    page = open_tab(f"/visualize#models={ids['digits_cnn']}&dataset={ids['digits']}&images=3,500,700&{fast}").page
    page.locator("#run:enabled", has_text="Measure").wait_for(state="attached", timeout=WAIT_MS)
    page.keyboard.press("Control+Enter")
    page.locator("body[data-view=trust][data-state=ready]").wait_for(timeout=3 * WAIT_MS)
    first, second = (Held(page, rf"/trust/[\w-]+/.*{name}") for name in ("gradient", "grad_cam"))
    page.locator("[data-row-name=gradient]").click()
    first.wait()
    page.locator("[data-row-name=grad_cam]").click()
    second.wait()
    first.release(body={"error": {"message": "No."}}, status=500)
    second.release()
    expect(page.locator(".opened-head h3")).to_have_text("grad_cam")


def test_a_theme_that_is_switched_meanwhile_leaves_the_view_that_was_asked_for(open_tab, ids):
    page = open_tab(f"/views#models={ids['digits_cnn']}&dataset={ids['digits']}&images=3").page
    page.locator("#run-label", has_text="Show").wait_for()
    page.locator("#run").click()
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    before = re.search(r"run=([\w-]+)", page.url)[1]
    held = Held(page, r"/api/v1/views$", "POST")
    page.locator("#run").click()
    held.wait()
    page.locator("#theme").click()
    page.locator("body[data-state=ready], body[data-state=running]").first.wait_for()
    held.release()
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    assert re.search(r"run=([\w-]+)", page.url)[1] != before


def test_an_export_menu_that_was_opened_too_early_gets_its_files(open_tab, ids):
    page = open_tab("/help").page
    held = Held(page, r"/explanations$", "POST")
    path = f"/visualize#models={ids['digits_cnn']}&dataset={ids['digits']}&images=3,700&method=gradient&go=1"
    page.goto(page.url.split("/help")[0] + path)
    held.wait()
    page.locator("#export").click()
    menu = page.locator("#export-menu")
    expect(menu).to_have_text("There is no map to export yet.")
    held.release()
    expect(menu.locator("a").first).to_be_visible(timeout=WAIT_MS)
