"""What every page has: an answer that comes late opens, names and cancels nothing that was not chosen last."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.late.held import Held

pytestmark = pytest.mark.browser


def test_the_method_that_was_asked_about_last_is_told_of(visualize):
    page = visualize("digits_cnn", method="gradient").page
    held = Held(page, r"/help/methods/gradient$")
    page.locator("#method-about").click()
    held.wait()
    page.locator("#method").select_option("lrp.z")
    page.locator("#method-about").click()
    expect(page.locator("#about-title")).to_contain_text("lrp.z")
    held.release()
    expect(page.locator("#about-title")).to_contain_text("lrp.z")


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/visualize", ["method-about", "find-method"]),
        ("/suggest?by=evidence", ["method-about"]),
        ("/features", ["preset-about"]),
    ],
)
def test_what_tells_of_a_choice_can_be_pressed_once_there_is_one(context, demo, path, names):
    page = context.new_page()
    held = Held(page, r"/api/v1/models$", first=99)
    page.goto(demo.base + path)
    held.wait()
    assert all(page.locator(f"#{name}").is_disabled() for name in names)
    held.first = 0
    for place in range(len(held.routes)):
        held.release(place)
    for name in names:
        page.locator(f"#{name}:enabled").wait_for(state="attached")


def job(id, title):
    return {"id": id, "kind": "rank", "title": title, "status": "running", "done": 0, "total": 9, "seconds_left": None}


def tell_jobs(page, *jobs):
    page.unroute("**/api/v1/jobs")
    page.route("**/api/v1/jobs", lambda route: route.fulfill(json={"jobs": list(jobs)}))
    page.evaluate("() => { dispatchEvent(new Event('innv:job')); }")


def test_the_job_that_was_pressed_is_the_one_that_is_told_as_cancelled(open_tab):
    page = open_tab("/models").page
    page.evaluate("() => addEventListener('innv:cancelled', ({ detail }) => { window.told = detail.id; })")
    held = Held(page, r"/jobs/one$", "DELETE")
    tell_jobs(page, job("one", "First"))
    title = page.locator("[data-job=title]")
    expect(title).to_have_text("First")
    page.locator("[data-job=cancel]").click()
    held.wait()
    tell_jobs(page, job("two", "Second"))
    expect(title).to_have_text("Second")
    held.release(body={})
    assert page.evaluate("() => window.told") == "one"


def test_the_newest_list_of_jobs_is_shown(open_tab):
    page = open_tab("/models").page
    tell_jobs(page, job("one", "First"))
    expect(page.locator("[data-job=title]")).to_have_text("First")
    page.unroute("**/api/v1/jobs")
    held = Held(page, r"/api/v1/jobs$")
    held.wait()
    tell_jobs(page, job("two", "Second"))
    expect(page.locator("[data-job=title]")).to_have_text("Second")
    held.release(body={"jobs": []})
    assert page.locator("[data-job=title]").is_visible()
    assert page.locator("[data-job=title]").inner_text() == "Second"


def test_of_two_session_files_the_last_one_is_told_of(open_tab, tmp_path):
    page = open_tab("/models").page
    held = Held(page, r"/api/v1/session$", "POST", first=2)
    page.locator("#session-open").click()
    for place, name in enumerate(("first.json", "second.json")):
        (tmp_path / name).write_text(json.dumps({}))
        page.locator("#session-file").set_input_files(str(tmp_path / name))
        held.wait(place + 1)
    answer = {"runs": 0, "left_out": 0, "missing": []}
    held.release(1, answer)
    held.release(0, answer)
    expect(page.locator("#session-told strong")).to_have_text("second.json")
