"""axe-core over every page: no serious problem, light and dark, on a desk and on a phone."""

import pytest

from tests.browser.axe import problems
from tests.browser.pages import WAIT_MS, unused_method

pytestmark = pytest.mark.browser

VIEWS = {
    "models": "/models",
    "images": "/images#dataset={digits}",
    "grid": "/visualize#models={digits_cnn},{digits_mlp}&dataset={digits}&images=3,700&method=lrp.epsilon&go=1",
    "slideshow": "/visualize#models={digits_cnn},{digits_mlp}&dataset={digits}&images=3&method=lrp.z&view=slide&go=1",
    "neurons": "/visualize#models={digits_cnn}&dataset={digits}&images=3&method=gradient&neurons=top9&go=1",
    "methods": "/visualize#models={digits_cnn}&dataset={digits}&images=3&method=gradient&view=methods"
    "&methods=gradient,grad_cam",
    "trust": "/visualize#models={digits_cnn},{digits_mlp}&dataset={digits}&images=3,500&method=gradient&view=trust"
    "&test=gradient,grad_cam&metrics=difference,sanity,sparseness&fills=blur&show=all",
    "suggest": "/suggest#dataset={digits}&models={digits_cnn},{digits_mlp}",
    "evidence": "/suggest#dataset={digits}&models={digits_cnn},{digits_mlp}&by=evidence",
    "features": "/features#model={digits_cnn}",
    "workshop": "/workshop",
    "guide": "/help/docs/how_to/find_label_errors.md",
    "explore": "/explore#dataset={digits}&models={digits_cnn},{digits_mlp}",
    "explore table": "/explore#dataset={digits}&models={digits_cnn},{digits_mlp}&view=table&go=1",
}
READY = {"grid", "slideshow", "neurons", "methods", "trust"}


def problems_on(page, *screens):
    """What axe finds on screens of (width, height, colours), one after the other, where it finds anything."""
    found = {}
    for screen in screens:
        width, height, scheme = screen
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_load_state("networkidle")
        found[screen] = problems(page)
    return {screen: said for screen, said in found.items() if said}


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious(open_tab, ids, view):
    page = open_tab(VIEWS[view].format(**ids)).page
    if view == "trust":
        page.locator("#run-label", has_text="Measure 2 × 2").wait_for(state="attached")
        page.keyboard.press("Control+Enter")
    if view in READY:
        page.locator("body[data-state=ready]").wait_for(timeout=2 * WAIT_MS)
    assert problems_on(page, (1440, 900, "light"), (390, 844, "dark")) == {}


def test_axe_finds_nothing_serious_in_a_ranking(open_tab, ids):
    page = open_tab("/images").page
    base, basket = page.url.split("/images")[0], {"dataset": ids["digits"], "images": [3, 7, 700]}
    page.context.request.put(f"{base}/api/v1/basket", data=basket)
    page.goto(f"{base}{VIEWS['evidence'].format(**ids)}&images=selection&answers=all{unused_method()}")
    page.locator("#run-label", has_text="Rank 3 × 2").wait_for(state="attached")
    page.keyboard.press("Control+Enter")
    page.locator("#ranking .item").nth(2).wait_for(timeout=WAIT_MS)
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    screens = (1440, 900, "dark"), (390, 844, "light")
    assert problems_on(page, *screens) == {}
    page.locator("#ranking .item .open").first.click()
    assert problems_on(page, *screens) == {}


def test_axe_finds_nothing_serious_in_what_opens(open_tab, ids):
    """Menus, the list of layers, the help."""
    page = open_tab(VIEWS["grid"].format(**ids)).page
    page.locator("body[data-state=ready]").wait_for(timeout=2 * WAIT_MS)
    for opener in ("#history", "#export", "#session-open", "#help-open"):
        page.locator(opener).click()
        assert problems(page) == [], opener
        page.keyboard.press("Escape")
    page.locator("#layer-choice summary").click()
    page.locator("[role=combobox]").first.click()
    assert problems(page) == []
