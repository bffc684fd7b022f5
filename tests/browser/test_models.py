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


def rule(mode, words, right, current=False):
    share = right / 200
    of_rule = {"rule": {"mode": mode, "channels": "rgb"}, "words": words, "resize": "stretch", "percent": "99 %"}
    counts = {"right": right, "n": 200, "accuracy": share, "low": 0.95, "high": 0.99, "assigned": None}
    return of_rule | counts | {"current": current, "advised": False, "tied": False}


def test_shares_of_images_have_the_decimals_that_tell_them_apart(open_tab, ids):
    page = open_tab("/help").page
    rows = [rule("unit", "scaled", 199, True), rule("none", "as they are", 198), rule("caffe", "caffe", 105)]
    rows += [rule("tf", "tf", 200), rule("torch", "torch", 0)]
    found = {"model": ids["weather_clean"], "state": "done", "n": 200, "rows": rows, "notes": [], "verdict": ""}
    answer = found | {"dataset": {"name": "weather"}}
    page.route(re.compile(r"/models/[^/]+/probe$"), lambda route: route.fulfill(json=answer))
    base = re.match(r"https?://[^/]+", page.url)[0]
    page.goto(f"{base}/models#model={ids['weather_clean']}")
    shares = page.locator("#probe tbody .probe > .strong")
    expect(shares).to_have_text(["100 %", "99.5 %", "99.0 %", "52.5 %", "0 %"])


def test_a_long_name_is_cut_and_leaves_the_other_columns_in_view(open_tab, ids):
    page, name = open_tab("/help").page, "a_name_without_any_break_" * 5

    def renamed(route):
        answer = route.fetch()
        found = answer.json()
        next(one for one in found["models"] if one["id"] == ids["weather_clean"])["name"] = name
        route.fulfill(response=answer, json=found)

    page.route(re.compile(r"/api/v1/models$"), renamed)
    base = re.match(r"https?://[^/]+", page.url)[0]
    page.goto(f"{base}/models")
    shown = page.locator(f".name-b[title={name}]")
    shown.wait_for()
    for width in (1440, 1100, 760, 701):
        page.set_viewport_size({"width": width, "height": 900})
        sides = page.locator(".models").evaluate("one => [one.offsetWidth, one.closest('.card').clientWidth]")
        assert sides[0] <= sides[1], width
        expect(page.get_by_role("button", name=f"Remove {name}")).to_be_in_viewport(ratio=1)
        assert shown.evaluate("one => one.scrollWidth > one.clientWidth")
