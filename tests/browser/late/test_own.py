"""Workshop, your model: what is chosen or begun meanwhile stays when an older answer comes."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.late.held import Held
from tests.browser.pages import WAIT_MS

pytestmark = pytest.mark.browser


@pytest.fixture
def retraining(ids):
    """What the server says of one that only measures: retraining("a", "running")."""

    def retraining(id, status):
        return {
            "id": id,
            "status": status,
            "step": 0,
            "options": {"steps": 0, "way": "filling", "fill": "pictures", "seed": 0},
            "job": {"id": f"j-{id}", "status": status, "error": None},
            "model": {"id": ids["weather_shortcut"], "name": "weather_shortcut"},
            "dataset": ids["weather"],
            "examples": [{"index": 3, "name": "three.png"}],
            "before": None,
            "after": None,
            "finding": None,
        }

    return retraining


def test_a_model_that_is_chosen_while_a_run_goes_on_stays(open_tab, ids, retraining):
    page = open_tab("/help").page
    answer = {"now": retraining("a", "running")}
    page.route(re.compile(r"/retrainings/a$"), lambda route: route.fulfill(json=answer["now"]))
    page.goto(re.match(r"https?://[^/]+", page.url)[0] + "/workshop?mode=own#run=a")
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    model = page.locator("#own-model")
    expect(page.locator("#own-images")).to_have_value(ids["weather"])
    expect(model).to_have_value(ids["weather_shortcut"])
    model.select_option(ids["digits_cnn"])
    answer["now"] = retraining("a", "done")
    with page.expect_response(re.compile(r"/retrainings/a$")):
        pass
    page.wait_for_load_state("networkidle")
    expect(model).to_have_value(ids["digits_cnn"])


def test_one_that_goes_on_does_not_replace_one_that_is_begun_meanwhile(open_tab, ids, retraining):
    chosen = f"model={ids['weather_shortcut']}&dataset={ids['weather']}&image=3&regions=0_0_1_0.5"
    page = open_tab("/help").page
    known = {"a": retraining("a", "cancelled"), "b": retraining("b", "running")}
    page.route(re.compile(r"/retrainings/[ab]$"), lambda route: route.fulfill(json=known[route.request.url[-1]]))
    begun = {"retraining": retraining("b", "running")}
    page.route(re.compile(r"/workshop/retrainings$"), lambda route: route.fulfill(status=202, json=begun))
    page.goto(re.match(r"https?://[^/]+", page.url)[0] + f"/workshop?mode=own#{chosen}&run=a")
    page.locator("#run:not([disabled])").wait_for(timeout=WAIT_MS)
    held = Held(page, r"/retrainings/a/resume$", "POST")
    page.get_by_role("button", name="Go on").click()
    held.wait()
    page.locator("#run").click()
    page.wait_for_url(re.compile("run=b"))
    held.release(body={"retraining": retraining("a", "cancelled")})
    assert "run=b" in page.url
