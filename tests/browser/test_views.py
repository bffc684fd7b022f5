"""The page Views in a real browser: choose, show, read, come back by the address."""

import pytest

pytestmark = pytest.mark.browser
READY = 'body[data-state="ready"]'


def opened(tab):
    tab.page.wait_for_selector("#run:not([disabled])", timeout=60_000)
    return tab.page


def test_a_view_is_shown_and_its_address_opens_it_again(open_tab, ids):
    page = opened(open_tab("/views"))
    page.select_option("#view", "class_probabilities")
    page.click("#empty-acts button")
    page.wait_for_selector(READY, timeout=60_000)
    rows = page.locator(".view-part.table").first.locator("tbody tr")
    assert rows.count() == int(page.inner_text("#image-count"))
    page.wait_for_selector(".view-plot .bk-Figure", timeout=20_000)
    first = rows.first.inner_text()
    page.reload()
    page.wait_for_selector(READY, timeout=60_000)
    assert page.locator(".view-part.table tbody tr").first.inner_text() == first
    page.fill("#param-classes", "0")
    page.wait_for_selector("#param-classes[aria-invalid]", timeout=10_000)


def test_visualize_leads_to_it_with_the_same_selection(open_tab, ids):
    page = opened(open_tab("/visualize"))
    chosen = page.locator("#model-chips input:checked").count()
    page.click("#to-views")
    page.wait_for_selector("#view", timeout=60_000)
    page.wait_for_selector("#run:not([disabled])", timeout=60_000)
    assert page.locator("#model-chips input:checked").count() == chosen


def test_a_place_of_an_occlusion_tells_its_window_and_what_becomes_of_the_classes(open_tab, ids):
    page = opened(open_tab("/views"))
    page.select_option("#view", "partial_occlusion")
    page.click("#run")
    page.wait_for_selector(READY, timeout=120_000)
    part = page.locator(".view-part.grids").first
    places = part.locator(".grids-map").first
    places.wait_for(timeout=20_000)
    assert "unimportant" in part.locator(".heat-legend").inner_text()
    places.focus()
    pictures, values = set(), set()
    for key in ("ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
        pictures.add(part.locator(".grids-picture").evaluate("canvas => canvas.toDataURL()"))
        values.add(part.locator(".grids-values").inner_text())
    assert len(pictures) == 4 and len(values) > 1 and all("→" in one for one in values)


def test_a_picture_shines_through_its_saliency_as_much_as_is_chosen(open_tab, ids):
    page = opened(open_tab("/views"))
    page.select_option("#view", "saliency")
    page.click("#run")
    page.wait_for_selector(READY, timeout=120_000)
    part = page.locator(".view-part.overlay").first
    for share, opacity in ((0, 1), (3, 0.25)):
        part.locator(".seg label").nth(share).click()
        seen = part.locator(".over").first.evaluate("image => getComputedStyle(image).opacity")
        assert float(seen) == opacity
