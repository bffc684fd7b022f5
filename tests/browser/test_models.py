"""Models: what a link leads to, and how the table and the cards show what they hold."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

BIRD = {"label": "bird", "n": 3, "class": None, "name": None, "by_hand": False}


def with_labels(page, rows):
    """Each dataset has these labels, and three images without a class."""
    answer = {"labels": rows, "n_images": 8, "n_without_class": 3, "n_unmapped": len(rows), "without_class": ""}
    page.route(re.compile(r"/labels\?dataset="), lambda route: route.fulfill(json=answer))


def opened(open_tab, ids, rows):
    page = open_tab("/help", width=1200, height=600).page
    with_labels(page, rows)
    base = re.match(r"https?://[^/]+", page.url)[0]
    page.goto(f"{base}/models#model={ids['weather_clean']}&show=labels")
    page.locator("#details #class-lines").wait_for(state="attached")
    return page


def test_a_link_to_map_labels_leads_to_them(open_tab, ids):
    page = opened(open_tab, ids, [BIRD])
    section = page.locator("#label-classes")
    expect(section).to_be_focused()
    expect(section).to_be_in_viewport()
    expect(page.locator("#model-name")).to_have_value("weather_clean")


def test_where_no_label_is_there_nothing_is_to_be_mapped(open_tab, ids):
    with_answers = re.compile(r"/labels\?dataset=")
    page = opened(open_tab, ids, [])
    with page.expect_response(with_answers):
        page.reload()
    expect(page.locator("#label-classes")).to_be_hidden()
