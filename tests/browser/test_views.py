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
    page.click("#run")
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
