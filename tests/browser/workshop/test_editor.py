"""The editor of the Workshop in real Chromium: drawn by mouse, by finger and by keys; marks; images as a class."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems
from tests.browser.pages import WAIT_MS, ask

pytestmark = pytest.mark.browser

SIDE = 28


def centre(box, row, column):
    """Of a pixel, in the window."""
    return box["x"] + (column + 0.5) * box["width"] / SIDE, box["y"] + (row + 0.5) * box["height"] / SIDE


def stroke(page, start, end):
    box = page.locator("#pad").bounding_box()
    page.mouse.move(*centre(box, *start))
    page.mouse.down()
    page.mouse.move(*centre(box, *end), steps=2)
    page.mouse.up()


def stroke_by_finger(page, start, end):
    """Touches as a phone sends them: they become pointer events only where the page does not scroll instead."""
    box = page.locator("#pad").bounding_box()
    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    for kind, place in (("touchStart", start), ("touchMove", end)):
        x, y = centre(box, *place)
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    touch.detach()


def size(page, wide):
    page.locator(f"[name=brush-size][value='{wide}']").check()


def saved(page):
    """The drawing of the newest custom class, as it is posted -> (28, 28)."""
    page.locator("#editor-save").click()
    expect(page.locator("#editor")).to_be_hidden()
    with page.expect_response("**/workshop/runs") as answer:
        page.locator("#run").click()
    drawn = answer.value.request.post_data_json["classes"][-1]["pixels"]
    return np.array(drawn).reshape(SIDE, SIDE)


@pytest.fixture
def board(workshop):
    """A page with the drawing board open, the brush one pixel wide."""
    tab = workshop("classes=box,disk")
    tab.page.locator("#draw-class").click()
    size(tab.page, 1)
    return tab


def test_a_stroke_of_the_mouse_is_the_line_between_its_ends(board):
    stroke(board.page, (14, 5), (14, 20))
    expected = np.zeros((SIDE, SIDE), int)
    expected[14, 5:21] = 255
    np.testing.assert_array_equal(saved(board.page), expected)
    assert board.complaints == []


def test_a_finger_draws_and_the_page_stays_where_it_is(workshop):
    page = workshop("classes=box,disk", width=390, height=844).page
    page.locator("#panel > summary").click()
    page.locator("#draw-class").click()
    size(page, 1)
    before = page.evaluate("[scrollY, document.querySelector('#editor').scrollTop]")
    stroke_by_finger(page, (6, 8), (20, 8))
    assert page.evaluate("[scrollY, document.querySelector('#editor').scrollTop]") == before
    assert problems(page) == []
    expected = np.zeros((SIDE, SIDE), int)
    expected[6:21, 8] = 255
    np.testing.assert_array_equal(saved(page), expected)


def test_keys_move_paint_erase_and_undo(board):
    page = board.page
    page.locator("#pad").focus()
    for key in ["Space", *["ArrowRight"] * 2, "Space", *["Shift+ArrowDown"] * 3, "ArrowLeft", "Space", "Control+z"]:
        page.keyboard.press(key)
    page.locator("[name=tool][value=eraser]").check()
    page.locator("#pad").focus()
    for key in ["ArrowRight", "Space"]:
        page.keyboard.press(key)
    expected = np.zeros((SIDE, SIDE), int)
    expected[14, [14, 16]] = 255
    expected[15:17, 16] = 255  # the lowest one is erased again
    np.testing.assert_array_equal(saved(page), expected)


def test_a_house_is_a_triangle_on_a_box_mirrored_and_undone(board):
    page = board.page
    for tile in ("triangle", "corner box, top"):
        page.get_by_role("button", name=f"Add {tile}", exact=True).click()
    page.locator("#editor-undo").click()
    page.locator("[name=mirror][value=sides]").check()
    stroke(page, (20, 8), (24, 8))
    drawn = saved(page)
    assert drawn[20:25, 8].all() and drawn[20:25, 19].all() and not drawn[:6, :6].any()
    assert drawn[18, 5:24].all() and drawn[9, 14]


def test_what_cannot_be_learned_is_said_and_nothing_is_lost(board):
    page = board.page
    page.locator("#editor-save").click()
    expect(page.locator("#editor-problem")).to_have_text("The drawing is empty. Paint at least one pixel.")
    page.get_by_role("button", name="Add ring", exact=True).click()
    page.locator("#editor-save").click()
    expect(page.locator("#editor-problem")).to_contain_text("same as ring")
    page.locator("#editor-name").fill("disk")
    page.locator("#editor-save").click()
    expect(page.locator("#editor-problem")).to_contain_text("There is a class disk already")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Go on drawing").click()
    size(page, 3)
    stroke(page, (14, 14), (14, 14))
    page.locator("#editor-name").fill("target")
    page.locator("#editor-save").click()
    tile = page.locator("[data-class=target]")
    expect(tile).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(tile).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Change target").click(force=True)
    page.get_by_role("button", name="Remove class").click()
    expect(tile).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(tile).to_have_attribute("aria-pressed", "true")


def test_marks_have_signs_are_shown_on_tiles_and_what_they_do_comes_first(workshop, demo):
    tab = workshop("classes=box,disk&epochs=50")
    page = tab.page
    page.locator("#mark-open").click()
    size(page, 5)
    for row in (9, 13, 18):
        stroke(page, (row, 9), (row, 12))
    page.locator("[name=tool][value=plus]").check()
    stroke(page, (14, 19), (14, 19))
    expect(page.locator(".count")).to_contain_text("+ 25")
    assert problems(page) == []
    page.locator("#editor-save").click()
    expect(page.get_by_role("button", name="box, marked")).to_be_visible()
    expect(page.locator("#cost")).to_contain_text("with and without marks")
    page.locator("#run").click()
    behaviour = page.locator("[data-run] .behaviour")
    expect(behaviour).to_contain_text("Right with the marked part replaced", timeout=WAIT_MS)
    without, with_marks = ask(demo, "/workshop/runs")["runs"][0]["trials"]
    assert (without["way"], with_marks["way"]) == ("none", "filling")
    numbers = [f"{trial['replaced_accuracy']:.2f}" for trial in (without, with_marks)]
    expect(behaviour.locator("svg[role=img]").first).to_have_attribute(
        "aria-label", f"Right with the marked part replaced: {numbers[0]} without, {numbers[1]} with"
    )
    first, name = behaviour.bounding_box(), page.locator("[data-run] h2").bounding_box()
    assert first["y"] < name["y"] and problems(page) == [] and tab.complaints == []


def test_all_of_a_class_cannot_be_marked(workshop):
    page = workshop("classes=box,disk").page
    page.locator("#mark-open").click()
    size(page, 5)
    for row in range(2, SIDE, 5):
        stroke(page, (row, 0), (row, SIDE - 1))
    stroke(page, (SIDE - 1, 0), (SIDE - 1, SIDE - 1))
    page.locator("#editor-save").click()
    expect(page.locator("#editor-problem")).to_contain_text("nothing is left to look at")


def test_a_late_answer_about_images_changes_no_newer_choice(workshop, ids):
    page, held = workshop("classes=box").page, []
    page.route(re.compile(r"/images\?label=0"), lambda route: held.append(route))
    page.locator("#pictures-class").click()
    page.locator("#pictures-dataset").select_option(ids["digits"])
    expect(page.locator("#pictures-save")).to_be_disabled()
    page.locator("#pictures-which").select_option("label:3")
    expect(page.locator("#pictures")).to_contain_text("183 images")
    assert held
    with page.expect_response(re.compile(r"/images\?label=0")):
        for route in held:
            route.continue_()
    expect(page.locator("#pictures-save")).to_be_enabled()
    expect(page.locator("#pictures")).to_contain_text("183 images")
    assert page.locator("#pictures-name").input_value() == "3"


def test_images_of_a_dataset_are_a_class(workshop, demo, ids):
    tab = workshop("classes=box&epochs=3")
    page = tab.page
    page.locator("#pictures-class").click()
    page.locator("#pictures-dataset").select_option(ids["digits"])
    page.locator("#pictures-which").select_option("label:3")
    expect(page.locator("#pictures")).to_contain_text("183 images")
    page.locator("#pictures-name").fill("three")
    assert problems(page) == []
    page.locator("#pictures-save").click()
    page.locator("#run").click()
    expect(page.locator("[data-run] [data-class=three] .rc-r")).to_contain_text("mean", timeout=WAIT_MS)
    run = ask(demo, "/workshop/runs")["runs"][0]
    assert run["classes"][1]["n_pictures"] == 183
    page.locator("[data-run]").focus()
    page.keyboard.press("d")
    expect(page.locator("[data-class=three]").first).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("#cost")).to_contain_text("repeatable")
    expect(page.locator("#run")).to_be_enabled()
    assert tab.complaints == []
