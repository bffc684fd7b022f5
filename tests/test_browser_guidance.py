"""A newcomer is never left guessing: what is shown says what it is, what it is not, and what to do next."""

import pytest
from playwright.sync_api import expect

from tests.test_browser import WAIT_MS, browser, maps_are_drawn, open_tab  # noqa: F401 - fixtures

pytestmark = pytest.mark.browser


def test_maps_of_other_settings_are_dimmed_and_say_whose_they_are(open_tab):  # noqa: F811
    page = open_tab().page
    canvas = maps_are_drawn(page, 16).first
    apart = page.locator("#apart")
    expect(apart).to_be_hidden()
    page.locator("#method").select_option("lrp.epsilon")
    expect(apart).to_contain_text("These are grad_cam maps. Press Explain for lrp.epsilon.")
    assert "grayscale" in canvas.evaluate("one => getComputedStyle(one).filter")
    page.locator("#method").select_option("grad_cam")
    expect(apart).to_be_hidden()
    page.locator("#target-kind input[value=class]").check(force=True)
    expect(apart).to_contain_text("other settings (class)")
    page.locator("#target-kind input[value=predicted]").check(force=True)
    page.locator("#model-chips label:has(input:not(:checked):enabled)").first.click()
    expect(apart).to_have_text("1 model is not explained yet. Press Explain.Explain")
    assert "grayscale" not in canvas.evaluate("one => getComputedStyle(one).filter")


def test_kept_maps_are_shown_without_a_press(open_tab):  # noqa: F811
    page = open_tab().page
    facts = page.locator("#run-facts")
    maps_are_drawn(page, 16)
    page.locator("#method").select_option("gradient")
    page.locator("#run").click()
    expect(facts).to_contain_text("gradient · 16 maps", timeout=WAIT_MS)
    page.locator("#method").select_option("grad_cam")
    expect(facts).to_contain_text("grad_cam · 16 maps · kept from before")
    expect(page.locator("#apart")).to_be_hidden()
    page.locator("#view label", has_text="Methods").click()
    expect(facts).to_contain_text("32 maps · kept from before")
    expect(page.locator("#cost")).to_have_text("32 of 96 maps are there")
    expect(page.locator("#result .kept").first).to_have_text("not computed yet")
    expect(page.locator("#strip")).to_be_hidden()
