"""Your model: painted on by mouse and keyboard, trained, stopped, gone on with, and said what came of it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems
from tests.browser.pages import WAIT_MS

pytestmark = pytest.mark.browser


@pytest.fixture
def own(open_tab, ids):
    """The mode on weather_shortcut and its sample images: own("&steps=20", **screen)."""

    def own(more="", query="", **screen):
        path = f"/workshop?mode=own{query}#model={ids['weather_shortcut']}&dataset={ids['weather']}&image=3{more}"
        tab = open_tab(path, **screen)
        tab.page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
        return tab

    return own


def draw(page, across, down):
    """A stroke from the upper left corner, in shares of the picture."""
    page.locator("#own-pad").scroll_into_view_if_needed()
    box = page.locator("#own-pad").bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + across * box["width"] - 3, box["y"] + down * box["height"] - 3, steps=6)
    page.mouse.up()


def test_a_part_is_painted_by_mouse_and_by_keyboard(own):
    tab = own()
    page = tab.page
    said, run = page.locator("#own-share"), page.locator("#run")
    expect(page.locator("#cost")).to_have_text("Paint what it should not use.")
    expect(run).to_be_disabled()
    page.locator("[name=own-tool][value=box]").check()
    draw(page, 1, 0.5)
    expect(said).to_contain_text("50 %")
    expect(run).to_be_enabled(timeout=WAIT_MS)
    expect(page.locator("#run-label")).to_have_text("Retrain on 300 images", timeout=WAIT_MS)
    page.keyboard.press("Control+z")
    expect(said).to_contain_text("0 %")
    page.locator("[name=own-tool][value=brush]").check()
    page.locator("#own-pad").focus()
    for key in ("Space", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    expect(said).not_to_contain_text(" 0 %")
    assert "regions=" in page.url
    address = page.url
    page.reload()
    expect(said).not_to_contain_text(" 0 %")
    assert page.url == address
    assert not tab.complaints and not tab.foreign


def test_what_came_of_it_is_said_and_what_was_stopped_goes_on(own):
    tab = own("&regions=0_0_1_0.5&way=filling&steps=4000")
    page = tab.page
    page.locator("#run:not([disabled])").click(timeout=WAIT_MS)
    page.locator(".fills img").first.wait_for(timeout=WAIT_MS)
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator(".strip.warn")).to_contain_text(re.compile(r"Stopped at step [\d,]+. Nothing is lost."))
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("progress.thin")).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.goto(re.sub("steps=4000|&run=[^&]*", "", page.url) + "&steps=20")
    page.reload()
    page.locator("#run:not([disabled])").click(timeout=WAIT_MS)
    page.locator(".verdictbox").wait_for(timeout=2 * WAIT_MS)
    expect(page.locator(".mrow")).to_have_count(3)
    expect(page.get_by_role("button", name="1,500 steps")).to_be_visible()
    page.locator(".pair img").first.wait_for(timeout=WAIT_MS)
    assert problems(page) == []
    assert not tab.complaints


def test_it_fits_a_phone_and_axe_finds_nothing_serious(own):
    page = own("&regions=0_0_1_0.5", width=390, height=844, scheme="dark").page
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert problems(page) == []


def test_visualize_leads_here(visualize, ids):
    page = visualize("digits_cnn", more="view=trust", method="gradient").page
    page.locator("#region-open").click(timeout=WAIT_MS)
    retrain = page.locator("#regions-retrain")
    expect(retrain).not_to_have_attribute("href", re.compile("."))
    retrain.hover()
    expect(page.locator("#tip")).to_contain_text("Draw a box first")
    page.locator("#regions-add").click()
    retrain.click()
    page.locator("body[data-state=ready][data-page=workshop]").wait_for(timeout=WAIT_MS)
    expect(page.locator("#own-model")).to_have_value(ids["digits_cnn"])
    expect(page.locator("#own-images")).to_have_value(ids["digits"])
    expect(page.locator("#own-title")).to_contain_text("Image 4 of")
