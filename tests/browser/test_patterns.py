"""A method that learns from images first says so beside its name, with the button that does it."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import WAIT_MS, ask, maps_are_drawn

pytestmark = pytest.mark.browser


def test_patterns_are_fitted_where_the_method_is_chosen(visualize, demo, ids):
    tab = visualize("digits_mlp", method="gradient")
    page = tab.page
    box, fit = page.locator("#patterns"), page.locator("#patterns-fit")
    expect(box).to_be_hidden()
    page.locator("#method").select_option("pattern.attribution")
    expect(fit).to_have_text("Fit patterns on digits (1 pass over 1 797 images)", timeout=WAIT_MS)
    page.locator("#run").click()
    expect(page.locator("#result")).to_contain_text("needs patterns fitted on images", timeout=WAIT_MS)
    fit.click()
    expect(box).to_contain_text("learnt from 1 797 images of digits", timeout=4 * WAIT_MS)
    expect(fit).to_have_count(0)
    assert ask(demo, f"/models/{ids['digits_mlp']}/patterns")["fit"]["n_images"] == 1797
    page.locator("#run").click()
    maps_are_drawn(page, 2)
    page.locator("#method").select_option("gradient")
    expect(box).to_be_hidden()
