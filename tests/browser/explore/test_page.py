"""The frame of Explore in real Chromium: facts, what is kept, links from a number to its images, both sizes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems
from tests.browser.pages import WAIT_MS, ask

pytestmark = pytest.mark.browser

TWO = ("digits_cnn", "digits_mlp")


@pytest.fixture
def explore(open_tab, context, ids, demo):
    """Opens digits under two models, once all is scored -> (tab, the exploration as REST has it)."""

    def explore(more="", **screen):
        models = [ids[name] for name in TWO]
        body = {"dataset": ids["digits"], "models": models, "layers": None}
        made = context.request.post(f"{demo.base}/api/v1/explorations", data=body).json()["exploration"]
        tab = open_tab(f"/explore#dataset={ids['digits']}&models={','.join(models)}&run={made['id']}{more}", **screen)
        tab.page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
        return tab, ask(demo, f"/explorations/{made['id']}")

    return explore


def test_facts_of_each_model_are_those_of_rest_and_what_is_kept_needs_no_press(explore, open_tab, ids):
    tab, told = explore("&view=table")
    page = tab.page
    for model in told["facts"]["models"]:
        tile = page.locator(f"[data-model='{model['id']}']")
        expect(tile.locator(".big")).to_have_text(f"{100 * model['right']:.1f} % right")
        expect(tile.locator("rect.low")).to_have_count(sum(one["right"] < 1 for one in model["worst"]))
    for answer in told["facts"]["together"]["answers"]:
        key = page.locator(f"[data-answers='{answer['n_answers']}']")
        expect(key).to_have_attribute("data-tip", re.compile(str(answer["n"] % 1000)))
    tab.page.close()
    again = open_tab(f"/explore#dataset={ids['digits']}&models={','.join(ids[name] for name in TWO)}&view=table")
    expect(again.page.locator(".fact .big")).to_have_count(2, timeout=WAIT_MS)
    assert not again.complaints and not again.foreign


def test_a_worst_class_opens_the_images_it_counts(explore, demo):
    tab, told = explore("&view=confusion")
    page, worst = tab.page, told["facts"]["models"][0]["worst"][0]
    page.locator(".worst-class").first.click()
    wrong = ask(demo, f"/explorations/{told['id']}/query?query=label+%3D+%22{worst['name']}%22+and+not+A.right")["n"]
    assert wrong == round(worst["n"] * (1 - worst["right"])) > 0
    expect(page.locator("#tray")).to_contain_text(f"{wrong} of 1\u202f797 images")
    page.locator("[data-look='B']").click()
    expect(page.locator("#inks [value='B.prediction']")).to_be_checked()
    page.keyboard.press("3")
    expect(page.locator("body")).to_have_attribute("data-view", "table")
    assert "view=table" in page.url and "colour=B.prediction" in page.url
    assert not tab.complaints


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "light"), (390, 844, "dark")])
def test_the_page_is_usable_for_all_at_both_sizes(explore, width, height, scheme):
    tab, _ = explore("&maps=pixels:pca,pixels:pca", width=width, height=height, scheme=scheme)
    expect(tab.page.locator(".fact .big")).to_have_count(2)
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert problems(tab.page) == []
    if width < 700:
        tab.page.locator("#panel > summary").click()
        assert problems(tab.page) == []
    assert not tab.complaints and not tab.foreign
