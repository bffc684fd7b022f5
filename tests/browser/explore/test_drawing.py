"""The maps of Explore in real Chromium: what is drawn, what a lasso holds, without WebGL2, files, on a phone."""

import json

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems
from tests.browser.pages import WAIT_MS, pixels

pytestmark = pytest.mark.browser

DRIVER = "GPU stall due to ReadPixels"  # of a browser that draws WebGL2 without a graphics card
CORNERS = [(0.2, 0.25), (0.75, 0.3), (0.55, 0.8), (0.3, 0.7)]  # shares of a map's width and height
PLANE = "#maps .scatter[data-map={}] .plane"


@pytest.fixture
def mapped(open_tab, context, ids, demo):
    """Opens both PCA maps of digits under two models -> (tab, path of the exploration in REST)."""

    def mapped(search="", **screen):
        models = [ids["digits_cnn"], ids["digits_mlp"]]
        body = {"dataset": ids["digits"], "models": models, "layers": None}
        made = context.request.post(f"{demo.base}/api/v1/explorations", data=body).json()["exploration"]
        maps = f"pixels:pca:30:15:0,{models[0]}:pca:30:15:0"
        tab = open_tab(
            f"/explore{search}#dataset={ids['digits']}&models={','.join(models)}&maps={maps}&run={made['id']}", **screen
        )
        tab.page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
        expect(tab.page.locator("#maps .plane[aria-busy=false]")).to_have_count(2, timeout=WAIT_MS)
        return tab, f"/explorations/{made['id']}"

    return mapped


def complaints(tab):
    return [words for words in tab.complaints if DRIVER not in words]


def hues(page, side):
    """Colours that are no greys among the pixels of a map, by 32 levels of each channel."""
    seen = pixels(page.locator(PLANE.format(side))).reshape(-1, 3)
    vivid = seen[np.ptp(seen, axis=1) > 60] // 32
    return {tuple(colour) for colour in vivid.tolist()}


def draw_around(page, side="right"):
    """Draws a lasso."""
    box = page.locator(PLANE.format(side)).bounding_box()
    corners = [(round(x * box["width"]), round(y * box["height"])) for x, y in CORNERS]
    page.keyboard.press("l")
    page.mouse.move(box["x"] + corners[0][0], box["y"] + corners[0][1])
    page.mouse.down()
    for x, y in corners[1:]:
        page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.up()


def selected(page):
    expect(page.locator("#tray-count")).to_contain_text("image")
    return int("".join(filter(str.isdigit, page.locator("#tray-count").inner_text())))


@pytest.mark.parametrize("search", ["", "?webgl=off"])
def test_both_maps_show_the_classes(mapped, search):
    tab, _ = mapped(search)
    page = tab.page
    for side in ("left", "right"):
        assert len(hues(page, side)) >= 6
    missing = page.locator("use").evaluate_all(
        "all => all.map(one => one.getAttribute('href')).filter(name => !document.querySelector(name))"
    )
    assert missing == [] and problems(page) == [] and complaints(tab) == []


def test_shift_adds_and_alt_takes_away(mapped):
    page = mapped()[0].page
    draw_around(page)
    n = selected(page)
    page.keyboard.down("Alt")
    draw_around(page)
    page.keyboard.up("Alt")
    expect(page.locator("#tray-count")).not_to_contain_text(str(n))
    page.keyboard.press("Escape")
    expect(page.locator("#tray")).to_contain_text("None selected")


def test_a_map_is_saved_as_a_picture_and_as_a_drawing_with_a_dot_an_image(mapped):
    page = mapped()[0].page
    files = {}
    for words in ("PNG", "SVG"):
        page.locator("#export").click()
        with page.expect_download() as waited:
            page.locator("#export-menu").get_by_role("button", name=words).first.click()
        files[words] = waited.value.path().read_bytes()
        page.keyboard.press("Escape")
    assert files["PNG"].startswith(b"\x89PNG")
    drawing = files["SVG"].decode()
    assert drawing.startswith("<svg") and drawing.count("<circle") + drawing.count("<use") >= 1797


def pointed_at(page, plane):
    """Moves to the right until a dot of the map shows its card -> (card, x, y)."""
    box, card = plane.bounding_box(), page.locator("#maps .hover")
    y = box["y"] + 0.5 * box["height"]
    for x in box["x"] + np.linspace(0.2, 0.8, 25) * box["width"]:
        page.mouse.move(x, y)
        page.wait_for_timeout(150)
        if card.is_visible():
            break
    expect(card).to_contain_text("digit_")
    return card, x, y


def test_what_is_pointed_at_is_told_and_gone_when_the_map_moves_away(mapped):
    page = mapped()[0].page
    plane = page.locator(PLANE.format("right"))
    plane.focus()
    page.keyboard.press("ArrowLeft")
    card, x, y = pointed_at(page, plane)
    page.mouse.down()
    page.mouse.move(x + 90, y + 60, steps=3)
    expect(card).to_be_hidden()
    page.mouse.up()


def test_the_card_of_an_image_is_gone_when_its_column_opens(mapped):
    page = mapped()[0].page
    card, _, _ = pointed_at(page, page.locator(PLANE.format("right")))
    page.mouse.down()
    page.mouse.up()
    expect(page.locator("#inspector")).to_be_visible()
    page.wait_for_timeout(600)  # a card that was asked for meanwhile would have come
    expect(card).to_be_hidden()


def test_a_phone_shows_one_map_at_a_time(mapped):
    tab, _ = mapped(width=390, height=844)
    page = tab.page
    expect(page.locator("#maps .scatter:visible")).to_have_count(1)
    page.locator("#maps").get_by_role("radio", name="Pixels").check()
    expect(page.locator(PLANE.format("left"))).to_be_visible()
    expect(page.locator(PLANE.format("right"))).to_be_hidden()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390 and problems(page) == [], json.dumps(wide)
