"""Suggest, Features, Images, Models, Workshop: an answer that comes late replaces no newer choice."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.late.held import Held
from tests.browser.pages import WAIT_MS, ask, is_ready

pytestmark = pytest.mark.browser
TWO = ("digits_cnn", "digits_mlp")


def scored(open_tab, ids):
    page = open_tab(f"/suggest#dataset={ids['digits']}&models={','.join(ids[name] for name in TWO)}").page
    page.locator("#run:enabled").click()
    is_ready(page)
    return page


def test_images_of_one_dataset_are_not_selected_in_another(open_tab, ids, demo):
    demo.put("/api/v1/basket", {"dataset": None, "images": []})
    page = scored(open_tab, ids)
    page.locator("#lists button, #kinds button").first.click()
    page.locator("#gallery-add:enabled").wait_for(timeout=WAIT_MS)
    held = Held(page, r"/indices\?")
    page.locator("#gallery-add").click()
    held.wait()
    page.locator("#dataset").select_option(ids["weather"])
    held.release()
    expect(page.locator("#basket")).to_be_hidden()


def test_a_list_of_one_dataset_is_not_selected_in_another(open_tab, ids, demo, tmp_path):
    demo.put("/api/v1/basket", {"dataset": None, "images": []})
    page = scored(open_tab, ids)
    (tmp_path / "list.csv").write_text("index\n3\n")
    held = Held(page, r"/list$", "POST")
    page.locator("#list-file").set_input_files(str(tmp_path / "list.csv"))
    held.wait()
    page.locator("#dataset").select_option(ids["weather"])
    held.release(body={"indices": [3], "unknown": []})
    expect(page.locator("#basket")).to_be_hidden()


def test_a_ranking_that_was_left_says_nothing(open_tab, ids, demo):
    demo.put("/api/v1/basket", {"dataset": ids["digits"], "images": [1, 2, 3]})
    choice = f"dataset={ids['digits']}&models={','.join(ids[name] for name in TWO)}&by=evidence&images=selection"
    page = open_tab(f"/suggest#{choice}&method=gradient").page
    held = Held(page, r"/api/v1/rankings$", "POST")
    page.locator("#run:enabled").wait_for()
    page.keyboard.press("Control+Enter")
    held.wait()
    page.evaluate("hash => { location.hash = hash; }", f"{choice}&method=lrp.flat&params=%7B%7D")
    expect(page.locator("#method")).to_have_value("lrp.flat")
    held.release(body={"error": {"message": "Refused."}}, status=400)
    expect(page.locator("body")).to_have_attribute("data-state", "empty")
    expect(page.locator("#empty-title")).to_have_text("Nothing ranked yet")


def test_the_start_that_was_chosen_last_is_taken(open_tab):
    page = open_tab("/features").page
    page.locator("#starts input").first.wait_for(timeout=WAIT_MS)
    held = Held(page, r"/api/v1/basket$")
    page.locator("#starts [value=image]").check()
    held.wait()
    page.locator("#starts [value=white]").check()
    held.release()
    expect(page.locator("#starts [value=white]")).to_be_checked()


def images(open_tab, ids, name):
    page = open_tab(f"/images#dataset={ids[name]}").page
    page.locator(".tile").first.wait_for(timeout=WAIT_MS)
    return page


def test_a_failed_question_about_images_leaves_those_of_the_next(open_tab, ids):
    page = images(open_tab, ids, "digits")
    held = Held(page, r"/images\?.*label=3")
    page.locator("#label").select_option("3")
    held.wait()
    page.locator("#label").select_option("4")
    expect(page.locator("#found")).to_contain_text("181 of")
    held.release(body={"error": {"message": "No."}}, status=500)
    expect(page.locator(".tile")).not_to_have_count(0)
    expect(page.locator("#toasts")).to_be_empty()


def test_a_check_of_files_does_not_bring_its_dataset_back(open_tab, ids):
    page = images(open_tab, ids, "digits")
    held = Held(page, r"/scan$", "POST")
    page.locator("#problems-section").evaluate(
        "one => one.querySelectorAll('details').forEach(fold => { fold.open = true; })"
    )
    page.locator("#scan").click()
    held.wait()
    page.locator("#dataset").select_option(ids["weather"])
    expect(page.locator("#page-title")).to_have_text("weather")
    with page.expect_response(re.compile(r"/api/v1/datasets$")):
        held.release(body={"job": {"id": "j", "status": "done"}})
    page.locator("#scan:enabled").wait_for()
    expect(page.locator("#page-title")).to_have_text("weather")


def test_two_uploads_show_their_own_progress_and_each_is_cancelled_by_itself(open_tab, ids, tmp_path):
    page = images(open_tab, ids, "digits")
    states = {
        name: {"id": name, "title": f"Opening {name}", "status": "running", "total": 8} for name in ("cats", "dogs")
    }
    begun, cancelled = [], []

    def opening(route):
        if route.request.method != "POST":
            return route.fallback()
        begun.append(("cats", "dogs")[len(begun)])
        return route.fulfill(json={"dataset": {"id": begun[-1]}, "job": states[begun[-1]]}, status=202)

    def job(route):
        name = route.request.url.rsplit("/", 1)[1]
        if route.request.method == "DELETE":
            cancelled.append(name)
            states[name]["status"] = "cancelled"
        return route.fulfill(json=states[name] | {"done": begun.index(name) + 1})

    page.route(re.compile(r"/api/v1/datasets(\?|$)"), opening)
    page.route(re.compile(r"/api/v1/jobs/(cats|dogs)$"), job)
    (tmp_path / "a.png").write_bytes(b"")
    strips = page.locator("#strip .strip")
    for count in (1, 2):
        page.locator("#files").set_input_files([str(tmp_path / "a.png")])
        expect(strips).to_have_count(count, timeout=WAIT_MS)
    expect(strips).to_have_text([re.compile("Opening cats: 1 of 8"), re.compile("Opening dogs: 2 of 8")])
    strips.nth(1).get_by_role("button", name="Cancel").focus()
    with page.expect_response(re.compile(r"/jobs/dogs$")):
        pass
    page.keyboard.press("Enter")
    expect(strips).to_have_text([re.compile("Opening cats: 1 of 8")], timeout=WAIT_MS)
    assert cancelled == ["dogs"]
    states["cats"]["status"] = "done"
    expect(page.locator("#strip")).to_be_hidden(timeout=WAIT_MS)


def test_the_last_selection_is_the_one_that_the_server_keeps(open_tab, ids, demo):
    demo.put("/api/v1/basket", {"dataset": None, "images": []})
    page = images(open_tab, ids, "digits")
    held = Held(page, r"/api/v1/basket$", "PUT")
    tiles = page.locator(".tile")
    tiles.nth(0).click()
    held.wait()
    with page.expect_response(re.compile(r"/basket$")):
        tiles.nth(1).click()
    held.release()
    page.wait_for_load_state("networkidle")
    assert len(ask(demo, "/basket")["images"]) == 2


def test_a_list_of_models_from_before_a_change_does_not_take_it_back(open_tab, ids, demo):
    page = open_tab(f"/models#model={ids['digits_cnn']}").page
    row = page.locator(f"#rows tr[data-model='{ids['digits_cnn']}']")
    row.wait_for(timeout=WAIT_MS)
    probe = {"id": "p", "kind": "probe", "title": "Checking", "status": "running", "total": 9, "done": 1}
    page.route("**/api/v1/jobs", lambda route: route.fulfill(json={"jobs": [probe]}))
    held = Held(page, r"/api/v1/models$")
    page.evaluate("() => { dispatchEvent(new Event('innv:job')); }")
    held.wait()
    older = page.context.request.get(re.match(r"https?://[^/]+", page.url)[0] + "/api/v1/models").json()
    name = page.locator("#model-name")
    name.fill("renamed")
    name.press("Enter")
    expect(row.locator(".name-b")).to_have_text("renamed")
    try:
        held.release(body=older)
        assert row.locator(".name-b").inner_text() == "renamed"
    finally:
        page.context.request.patch(f"{demo.base}/api/v1/models/{ids['digits_cnn']}", data={"name": "digits_cnn"})


def test_two_changes_of_a_model_are_sent_in_their_order(open_tab, ids):
    page = open_tab(f"/models#model={ids['digits_mlp']}").page
    rule = page.locator(f"#rows tr[data-model='{ids['digits_mlp']}'] select")
    rule.wait_for(timeout=WAIT_MS)
    before = rule.input_value()
    known = rule.locator("option").evaluate_all("all => all.map(one => one.value)")
    first, second = [value for value in known if value not in (before, "standardize")][:2]
    held = Held(page, rf"/models/{ids['digits_mlp']}$", "PATCH")
    rule.select_option(first)
    held.wait()
    rule.select_option(second)
    try:
        with page.expect_response(
            lambda one: one.request.method == "PATCH" and second in (one.request.post_data or "")
        ):
            held.release()
        expect(rule).to_have_value(second)
    finally:
        rule.select_option(before)
        expect(rule).to_have_value(before)


def test_a_model_that_has_gone_does_not_hide_the_check_of_another(open_tab, ids):
    page = open_tab(f"/models#model={ids['digits_cnn']}").page
    page.locator("#probe header").wait_for(timeout=WAIT_MS)
    held = Held(page, rf"/models/{ids['digits_mlp']}/probe$")
    page.get_by_role("button", name="Show digits_mlp", exact=True).click()
    held.wait()
    page.get_by_role("button", name="Show digits_cnn", exact=True).click()
    expect(page.locator("#probe .key")).to_be_visible()
    held.release(body={"error": {"message": "gone"}}, status=404)
    expect(page.locator("#probe")).to_be_visible()


def test_what_is_recommended_is_for_the_model_that_is_chosen(open_tab, ids):
    chosen = f"model={ids['weather_shortcut']}&dataset={ids['weather']}&image=3"
    page = open_tab(f"/workshop?mode=own#{chosen}").page
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    first, second = (Held(page, rf"/recommended\?model={ids[name]}") for name in ("digits_cnn", "weather_shortcut"))
    model = page.locator("#own-model")
    model.select_option(ids["digits_cnn"])
    first.wait()
    model.select_option(ids["weather_shortcut"])
    second.wait()
    second.release()
    before = page.locator("#panel").inner_text()
    answer = {"steps": 77, "learning_rate": 0.5, "strength": 9, "forget": 0.5}
    first.release(body=answer)
    assert page.locator("#panel").inner_text() == before


def test_the_class_of_images_that_was_pressed_last_is_changed(workshop, ids):
    own = f"one:{ids['digits']}:1-3,two:{ids['digits']}:4-6"
    page = workshop(f"classes=box&own={own}").page
    held = Held(page, r"/api/v1/basket$")
    page.locator("#own-edit-0").click()
    held.wait()
    page.locator("#own-edit-1").click()
    expect(page.locator("#pictures-title")).to_have_text("Change two")
    held.release()
    expect(page.locator("#pictures-title")).to_have_text("Change two")
