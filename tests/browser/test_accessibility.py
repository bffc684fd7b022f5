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
    "explore": "/explore#dataset={digits}&models={digits_cnn},{digits_mlp}",
    "explore table": "/explore#dataset={digits}&models={digits_cnn},{digits_mlp}&view=table&go=1",
}
READY = {"grid", "slideshow", "neurons", "methods", "trust"}


@pytest.mark.parametrize("screen", [(1440, 900, "light"), (390, 844, "dark")], ids=["desk", "phone"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_serious(open_tab, ids, view, screen):
    width, height, scheme = screen
    page = open_tab(VIEWS[view].format(**ids), width=width, height=height, scheme=scheme).page
    if view == "trust":
        page.locator("#run-label", has_text="Measure 2 × 2").wait_for(state="attached")
        page.keyboard.press("Control+Enter")
    if view in READY:
        page.locator("body[data-state=ready]").wait_for(timeout=2 * WAIT_MS)
    page.wait_for_load_state("networkidle")
    assert problems(page) == []


@pytest.mark.parametrize("screen", [(1440, 900, "dark"), (390, 844, "light")], ids=["desk", "phone"])
def test_axe_finds_nothing_serious_in_a_ranking(open_tab, ids, screen):
    width, height, scheme = screen
    page = open_tab("/images", width=width, height=height, scheme=scheme).page
    base, basket = page.url.split("/images")[0], {"dataset": ids["digits"], "images": [3, 7, 700]}
    page.context.request.put(f"{base}/api/v1/basket", data=basket)
    page.goto(f"{base}{VIEWS['evidence'].format(**ids)}&images=selection&answers=all{unused_method()}")
    page.locator("#run-label", has_text="Rank 3 × 2").wait_for(state="attached")
    page.keyboard.press("Control+Enter")
    page.locator("#ranking .item").nth(2).wait_for(timeout=WAIT_MS)
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    assert problems(page) == []
    page.locator("#ranking .item .open").first.click()
    assert problems(page) == []


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
