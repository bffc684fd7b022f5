"""Who comes back to a page finds models and datasets as they are by now, and what was made before is said to be so."""

import io
import itertools
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from innv_gui.samples import digits
from tests.browser.pages import WAIT_MS, ask
from tests.conftest import SAMPLES

pytestmark = pytest.mark.browser
EVERY = 60
PAGES = {  # with a model and a dataset chosen
    "visualize": "/visualize#models={model}&dataset={dataset}&images=3,20&method=gradient",
    "suggest": "/suggest#models={model}&dataset={dataset}",
    "explore": "/explore#models={model}&dataset={dataset}",
    "features": "/features#model={model}&dataset={dataset}",
    "views": "/views#models={model}&dataset={dataset}&images=3,20",
    "own": "/workshop?mode=own#model={model}&dataset={dataset}",
}
COME_BACK = "() => { dispatchEvent(new Event('focus')); }"
_turns = itertools.count(1)


def _pictures():
    pictures, labels = digits.pictures()
    content = io.BytesIO()
    np.savez(content, x=pictures[::EVERY], y=labels[::EVERY])
    return content.getvalue()


def _record(demo, kind, id):
    return next(one for one in ask(demo, f"/{kind}s")[f"{kind}s"] if one["id"] == id)


@pytest.fixture
def no_jobs(context):
    """The page hears of no job: a probe of a new model would lead it to ask for the models before the return does."""
    context.route("**/api/v1/jobs", lambda route: route.fulfill(json={"jobs": []}))


@pytest.fixture
def passing(context, demo, ids):
    """add() adds a model and a dataset as another tab would -> (ids, names); remove() takes them away again."""
    api, turn, added = f"{demo.base}/api/v1", next(_turns), {}
    names = {"model": f"passing_{turn}", "dataset": f"passing_{turn}.npz"}
    contents = {"model": (SAMPLES / "digits_mlp.keras").read_bytes(), "dataset": _pictures()}

    def add():
        for kind, field, ending in (("model", "file", ".keras"), ("dataset", "images", "")):
            file = {"name": names[kind] + ending, "mimeType": "application/octet-stream", "buffer": contents[kind]}
            answer = context.request.post(f"{api}/{kind}s", multipart={field: file})
            added[kind] = answer.json()[kind]["id"]
            while _record(demo, kind, added[kind])["status"] == "loading":
                pass
        return added, names

    def remove():
        for kind, id in added.items():
            context.request.delete(f"{api}/{kind}s/{id}")

    yield add, remove
    remove()


@pytest.mark.parametrize("name", PAGES)
def test_what_is_gone_is_chosen_no_longer_and_it_is_said(open_tab, passing, name):
    add, remove = passing
    added, names = add()
    tab = open_tab(PAGES[name].format(**added))
    page, panel = tab.page, tab.page.locator("#request")
    expect(page.locator("#cost, #own-sources").first).to_be_visible(timeout=WAIT_MS)
    expect(panel).to_contain_text(names["model"])
    expect(panel).to_contain_text(names["dataset"])
    page.wait_for_load_state("networkidle")
    remove()
    page.evaluate(COME_BACK)
    said = page.locator("#toasts")
    expect(said).to_contain_text("are no longer open: they have been removed from the session.")
    expect(said).to_contain_text(names["dataset"])
    expect(panel).not_to_contain_text("passing")
    assert "passing" not in page.url
    assert [line for line in tab.complaints if "404" not in line] == []


@pytest.mark.usefixtures("no_jobs")
def test_images_lists_the_datasets_of_now(open_tab, passing):
    add, remove = passing
    page = open_tab("/images").page
    listed = page.locator("#dataset")
    expect(listed).to_contain_text("digits")
    _, names = add()
    expect(listed).not_to_contain_text(names["dataset"])
    page.evaluate(COME_BACK)
    expect(listed).to_contain_text(names["dataset"])
    remove()
    page.evaluate(COME_BACK)
    expect(listed).not_to_contain_text(names["dataset"])


@pytest.mark.usefixtures("no_jobs")
def test_models_lists_the_models_of_now_and_keeps_what_is_being_typed(open_tab, passing):
    add, remove = passing
    page = open_tab("/models").page
    rows = page.locator("#rows")
    expect(rows).to_contain_text("digits_cnn", timeout=WAIT_MS)
    page.locator("#rule-mode").select_option("standardize")
    page.locator("#rule-mean").fill("12")
    _, names = add()
    expect(rows).not_to_contain_text(names["model"])
    page.evaluate(COME_BACK)
    expect(rows).to_contain_text(names["model"])
    expect(page.locator("#rule-mean")).to_have_value("12")
    remove()
    page.evaluate(COME_BACK)
    expect(rows).not_to_contain_text(names["model"])


def test_a_model_that_was_changed_in_another_tab_is_named_at_once(open_tab, context, demo, ids):
    body = {"dataset": ids["digits"], "models": [ids["digits_mlp"]], "layers": None}
    made = context.request.post(f"{demo.base}/api/v1/explorations", data=body).json()["exploration"]["id"]
    page = open_tab(f"/explore#dataset={ids['digits']}&models={ids['digits_mlp']}&view=table&run={made}").page
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    apart = page.locator("#apart")
    expect(apart).to_be_hidden()
    address = f"{demo.base}/api/v1/models/{ids['digits_mlp']}"
    before = _record(demo, "model", ids["digits_mlp"])["preprocessing"]
    try:
        assert context.request.patch(address, data={"preprocessing": {"mode": "none"}}).ok
        page.evaluate(COME_BACK)
        expect(apart).to_contain_text("The preprocessing of digits_mlp has changed since these predictions were made.")
    finally:
        assert context.request.patch(address, data={"preprocessing": before}).ok
    page.evaluate(COME_BACK)
    expect(apart).to_be_hidden()


def test_a_query_about_a_model_that_is_not_among_the_next_ones_is_cleared_and_said(open_tab, ids):
    both = f"{ids['digits_cnn']},{ids['digits_mlp']}"
    page = open_tab(f"/explore#dataset={ids['digits']}&models={both}&view=table&query=B.right").page
    page.locator("#run:enabled, body[data-state=ready]").first.wait_for(timeout=WAIT_MS)
    if page.locator("body[data-state=ready]").count() == 0:
        page.locator("#run").click()
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    expect(page.locator("#query")).to_have_value("B.right")
    chip = {name: page.locator(f"#model-chips input[value={ids[name]}]") for name in ("digits_cnn", "digits_mlp")}
    chip["digits_cnn"].uncheck()
    expect(page.locator("#query")).to_have_value("A.right")  # the same model has another letter
    chip["digits_cnn"].check()
    expect(page.locator("#query")).to_have_value("B.right")
    chip["digits_mlp"].uncheck()
    expect(page.locator("#toasts")).to_contain_text("was about a model that is no longer here. It is cleared.")
    expect(page.locator("#query")).to_have_value("")
    assert re.search("query", page.url) is None
