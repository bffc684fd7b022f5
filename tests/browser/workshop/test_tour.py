"""The tour of the Workshop in real Chromium: three clicks that show what else a network has to know makes a picture."""

import re
import time

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems
from tests.browser.pages import WAIT_MS, ask

pytestmark = pytest.mark.browser

LINES = ("vertical_line", "horizontal_line")
MOST_S = 120  # for a person who has never seen the page


def lines(demo, place):
    """|r| of both lines in a run, and the signed r of the upright one with the flat one."""
    run = ask(demo, "/workshop/runs")["runs"][place]
    films = {film["class"]: film for film in run["trials"][0]["films"]}
    return np.array([films[name]["r"] for name in LINES]), films["vertical_line"]["others"]["horizontal_line"]


def test_three_clicks_show_that_lines_grow_clearer_with_what_else_there_is(workshop, demo):
    tab = workshop()
    page, began = tab.page, time.monotonic()
    expect(page.locator("#story-title")).to_have_text("See what a network looks for")
    assert problems(page) == []
    page.locator("#tour-first").click()
    bar = page.locator("#tour-bar")
    expect(bar.locator("strong")).to_have_text("Each line is shown by the absence of the other.", timeout=WAIT_MS)
    expect(page.locator("#tour-next")).to_be_focused()
    assert lines(demo, 0)[1] < -0.3
    expect(page.locator("[data-run] .film .frame").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(bar.locator("strong")).to_have_text("Now each line is drawn itself.", timeout=WAIT_MS)
    page.locator("#tour-next").click()
    expect(bar.locator("strong")).to_have_text("More to tell apart, more to draw.", timeout=WAIT_MS)
    assert time.monotonic() - began < MOST_S
    third, second, first = (lines(demo, place)[0] for place in range(3))
    assert second.mean() - first.mean() >= 0.08 and third.mean() - second.mean() >= 0.04
    expect(bar).to_contain_text(f"{third[0]:.2f} and {third[1]:.2f}")
    shown = page.locator("[data-run] [data-class=vertical_line] .rc-r b")
    expect(shown).to_have_text([f"{mean[0]:.2f}" for mean in (third, second, first)])
    tops = [box["y"] for box in (one.bounding_box() for one in page.locator("[data-run]").all())]
    assert tops == sorted(tops) and page.locator(".run-more").count() == 0
    assert problems(page) == [] and tab.complaints == [] and tab.foreign == []
    page.locator("#tour-end").click()
    expect(bar).to_be_empty()


def test_a_skipped_tour_stays_away_and_can_be_called_back(workshop):
    tab = workshop()
    page = tab.page
    page.locator("#tour-skip").click()
    expect(page.locator("#story")).to_contain_text("Runs appear here")
    page.reload()
    expect(page.locator("#tour-again")).to_be_visible()
    assert page.locator("#tour-first").count() == 0
    page.locator("#tour-again").click()
    expect(page.locator("#tour-first")).to_be_focused()
    assert tab.complaints == []


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "dark"), (390, 844, "light")])
def test_the_story_fits_both_screens_and_the_help_lists_its_keys(workshop, width, height, scheme):
    page = workshop(width=width, height=height, scheme=scheme).page
    expect(page.locator("#tour-first")).to_be_visible()
    assert problems(page) == [] and page.evaluate("document.documentElement.scrollWidth") == width
    page.keyboard.press("?")
    for words in ("Duplicate it with a change", "Rename the focused run", "Train and visualize", "W: Workshop"):
        expect(page.locator("#help")).to_contain_text(words)
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url(re.compile("/models"))
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url(re.compile("/workshop"))
