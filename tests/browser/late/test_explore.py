"""Explore: an answer that comes late opens nothing that was closed, and selects and tags nothing but what was meant."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.late.held import Held
from tests.browser.pages import WAIT_MS, ask

pytestmark = pytest.mark.browser


@pytest.fixture
def explored(open_tab, context, ids, demo):
    """Opens digits under a model in a view of the page -> (page, path of the exploration in REST)."""

    def explored(view, more=""):
        body = {"dataset": ids["digits"], "models": [ids["digits_cnn"]], "layers": None}
        made = context.request.post(f"{demo.base}/api/v1/explorations", data=body).json()["exploration"]["id"]
        path = f"/explore#dataset={ids['digits']}&models={ids['digits_cnn']}&view={view}&run={made}{more}"
        page = open_tab(path).page
        page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
        return page, f"/explorations/{made}"

    return explored


def test_a_search_that_was_closed_opens_nothing(explored):
    page, _ = explored("table", "&sort=index&order=asc")
    page.locator("#tray .tr.d").nth(2).click()
    held = Held(page, r"/neighbours\?")
    page.locator("#find-similar").click()
    held.wait()
    page.get_by_role("button", name="Close the image").click()
    expect(page.locator("#inspector")).to_be_hidden()
    held.release()
    expect(page.locator("#inspector")).to_be_hidden()


def test_the_key_selects_the_image_that_was_gone_to_and_not_the_one_still_shown(explored):
    page, at = explored("map", "&image=2")
    expect(page.locator("#inspector .facts-l")).to_contain_text("Index2")
    held = Held(page, rf"{at}/images/\d+$")
    page.get_by_role("button", name="Next image").click()
    held.wait()
    page.keyboard.press("s")
    expect(page.locator("#tray-count")).to_have_text("1 image")
    held.release()
    expect(page.locator("#inspector .facts-l")).not_to_contain_text("Index2")
    expect(page.locator("#image-select")).to_have_text("Unselect")


def test_fields_change_the_map_whose_fields_they_are(explored, ids):
    """Those of the other side come with the layers of its model."""
    page, _ = explored("map", f"&maps={ids['digits_cnn']}:pca:30:15:0,pixels:pca:30:15:0")
    held = Held(page, r"/layers$", first=9)
    page.reload()
    settings = page.locator("#map-settings")
    settings.locator("[value=left]").check()
    held.wait()
    settings.locator("[name=map-method][value=tsne]").check()
    page.wait_for_url(re.compile("pixels:tsne:"))
    assert re.search("maps=digits_cnn[^:]*:pca:", page.url)
    held.release()
    expect(settings.locator("[name=map-method][value=pca]")).to_be_checked()


def test_undo_brings_the_tag_back_to_its_own_image(explored, demo):
    page, at = explored("table", "&sort=index&order=asc")
    rows = page.locator("#tray .tr.d")
    rows.nth(2).click()
    page.locator("#image-tag").click()
    name = page.locator(".naming:popover-open").get_by_label("New tag")
    page.route(re.compile("/tags$"), lambda route: route.abort(), times=1)
    name.press_sequentially("x" * 70)
    page.keyboard.press("Enter")
    expect(name).to_be_focused()
    expect(name).to_have_value("x" * 60)  # as it was written, after it could not be added
    name.fill("odd")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove the tag odd").click()
    undo = page.locator("#toasts button", has_text="Undo")
    undo.wait_for()
    rows.nth(4).click()
    expect(page.locator("#inspector .facts-l")).to_contain_text("Index4")
    with page.expect_response(re.compile("/tags$")):
        undo.click()
    assert [ask(demo, f"{at}/images/{row}")["tags"] for row in (2, 4)] == [["odd"], []]


def test_what_a_query_found_does_not_replace_a_newer_selection(explored):
    page, _ = explored("table", "&sort=index&order=asc")
    page.locator("#query").fill("index < 9")
    button = page.locator("#query-select")
    expect(button).to_have_text("Select these 9")
    held = Held(page, r"/selections$", "POST")
    button.click()
    held.wait()
    page.locator("#tray .tr.d input[type=checkbox]").first.check()
    expect(page.locator("#tray-count")).to_have_text("1 image")
    held.release()
    expect(page.locator("#tray-count")).to_have_text("1 image")


def test_the_images_of_a_cell_do_not_replace_a_newer_selection(explored):
    page, _ = explored("confusion")
    page.get_by_role("button", name=re.compile("label 2, A says 2")).click()
    page.locator("#wall-select").wait_for()
    held = Held(page, r"/selections/[^/]+$")
    page.locator("#wall-select").click()
    held.wait()
    page.locator("#wall-plane").click(position={"x": 60, "y": 40})
    page.locator("#image-select").click()
    expect(page.locator("#tray-count")).to_have_text("1 image")
    held.release()
    expect(page.locator("#tray-count")).to_have_text("1 image")


def test_the_picture_of_the_wall_that_was_pressed_last_is_opened(explored):
    page, _ = explored("confusion")
    held = Held(page, r"/wall/[^/?]+\?start", first=3)
    page.get_by_role("button", name=re.compile("label 2, A says 2")).click()
    plane = page.locator("#wall-plane")
    page.locator("#wall-select").wait_for()
    plane.click(position={"x": 60, "y": 40})
    held.wait()
    page.locator("#wall-close").click()
    expect(page.locator("#wall")).to_be_hidden()
    held.release()
    expect(page.locator("#inspector")).to_be_hidden()


def test_the_files_of_all_images_do_not_wait_for_the_selection(explored):
    page, _ = explored("table", "&sort=index&order=asc")
    held = Held(page, r"/selections$", "POST")
    page.locator("#tray .tr.d input[type=checkbox]").first.check()
    held.wait()
    page.locator("#export").click()
    menu = page.locator("#export-menu")
    expect(menu).to_contain_text("All 1\u202f797 images")
    expect(menu).not_to_contain_text("selected")
    held.release()
    expect(menu).to_contain_text("The 1 selected")


def test_what_is_kept_of_one_request_begins_no_other(open_tab, ids):
    page = open_tab("/help").page
    page.route(re.compile(r"/explorations/kept$"), lambda route: route.fulfill(json={"kept": False}))
    held = Held(page, r"/explorations/kept$", "POST")
    begun = []
    page.on(
        "request",
        lambda one: begun.append(one.url) if one.method == "POST" and one.url.endswith("/explorations") else None,
    )
    page.goto(re.match(r"https?://[^/]+", page.url)[0] + f"/explore#dataset={ids['digits']}&models={ids['digits_cnn']}")
    held.wait()
    page.locator(f"#chip-{ids['digits_mlp']}").check(force=True)
    held.release(body={"kept": True})
    assert begun == []
