"""The two maps of Explore in real Chromium: what a lasso holds, hidden classes, keys; with and without WebGL2."""

import base64

import numpy as np
import pytest
from playwright.sync_api import expect

from innv_gui.explore.bits import unpacked
from tests.browser.axe import problems
from tests.browser.pages import WAIT_MS, ask
from tests.explore.polygon import inside

pytestmark = pytest.mark.browser

N = 1797
CORNERS = [(0.21, 0.25), (0.74, 0.33), (0.62, 0.41), (0.71, 0.83), (0.28, 0.61), (0.43, 0.52)]  # shares of the plane
PLANE = """plane => {
  const { left, top } = plane.getBoundingClientRect();
  return [left, top, plane.clientWidth, plane.clientHeight];
}"""


@pytest.fixture
def mapped(open_tab, context, ids, demo):
    """Opens both maps of digits by PCA, once they are drawn -> (tab, path of the exploration, id of the model)."""

    def mapped(search="", **screen):
        model = ids["digits_mlp"]
        body = {"dataset": ids["digits"], "models": [model], "layers": None}
        made = context.request.post(f"{demo.base}/api/v1/explorations", data=body).json()
        maps = f"&maps=pixels:pca,{model}:pca"
        tab = open_tab(f"/explore{search}#dataset={ids['digits']}&models={model}{maps}", **screen)
        ready = tab.page.locator("body[data-state=ready], body[data-state=empty] #run:enabled").first
        ready.wait_for(timeout=WAIT_MS)
        if tab.page.locator("body").get_attribute("data-state") == "empty":
            tab.page.locator("#run").click()
        expect(tab.page.locator("#map-words-right")).to_contain_text("Coloured by label", timeout=WAIT_MS)
        expect(tab.page.locator("#maps [data-map=right] .plane")).to_have_attribute(
            "aria-busy", "false", timeout=WAIT_MS
        )
        return tab, f"/explorations/{made['exploration']['id']}", model

    return mapped


def lasso(page, shares):
    """Draws on the right map -> corners in pixels of the plane, and its size."""
    left, top, width, height = page.locator("#maps [data-map=right] .plane").evaluate(PLANE)
    pixels = [(round(left + width * x), round(top + height * y)) for x, y in shares]
    page.mouse.move(*pixels[0])
    page.mouse.down()
    for pixel in pixels[1:]:
        page.mouse.move(*pixel)
    page.mouse.up()
    return np.array(pixels) - (left, top), (width, height)


def on_the_map(corners, size):
    """Pixels as places, as static/js/explore/map/view.js has it."""
    scale = min(size) / 2 * 0.9
    return np.column_stack([(corners[:, 0] - size[0] / 2) / scale, (size[1] / 2 - corners[:, 1]) / scale])


def chosen(page, act):
    """Rows that the page has told the server of."""
    with page.expect_request(lambda one: one.url.endswith("/selections") and one.method == "POST") as told:
        act()
    return unpacked(base64.b64decode(told.value.post_data_json["bits"]), N)


@pytest.mark.parametrize("search", ["", "?webgl=off"])
def test_a_lasso_selects_the_rows_that_the_server_finds_inside(mapped, demo, search):
    tab, at, model = mapped(search)
    page = tab.page
    made = ask(demo, at)["maps"]
    right = next(one["id"] for one in made if one["of"] == model and one["method"] == "pca")
    points = np.frombuffer(demo.get(f"/api/v1{at}/maps/{right}/points").read(), "<f4").reshape(N, 2)
    page.locator("[data-tool=lasso]").click()
    drawn = []
    held = chosen(page, lambda: drawn.extend(lasso(page, CORNERS)))
    wanted = inside(points, on_the_map(*drawn))
    assert 50 < wanted.sum() < N - 50
    assert np.array_equal(held, wanted)
    expect(page.locator("#maps [role=status]")).to_have_text(f"{wanted.sum()} images selected")
    assert tab.complaints == []


def test_hidden_classes_are_not_selected_and_are_shown_again(mapped, demo):
    tab, _, _ = mapped()
    page = tab.page
    three = page.locator("#legend [data-name='3']")
    n = int(three.locator(".num").inner_text())
    three.click()
    expect(three).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("b")
    held = chosen(page, lambda: lasso(page, [(0.01, 0.01), (0.99, 0.99)]))
    assert held.sum() == N - n
    page.get_by_role("button", name="Show all").click()
    expect(three).to_have_attribute("aria-pressed", "true")
    three.dblclick()
    expect(page.locator("#legend [aria-pressed=true]")).to_have_count(1)
    assert problems(page) == [] and tab.complaints == []


def test_without_a_mouse_the_ringed_image_is_opened(mapped):
    tab, _, _ = mapped()
    page = tab.page
    plane = page.locator("#maps [data-map=right] .plane")
    plane.focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    expect(plane.locator(".hover")).to_contain_text("digit_")
    expect(page.locator("#maps [data-map=right] .shown")).to_contain_text("in view")
    page.keyboard.press("Enter")
    expect(page.locator("#inspector")).to_be_visible()
    page.keyboard.press("0")
    expect(page.locator("#maps [data-map=right] .shown")).to_be_empty()
    assert tab.complaints == []
