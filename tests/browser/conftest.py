"""A Chromium for each file of tests, and tabs on the demo."""

import time

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.pages import CHROMIUM, FLAGS, Tab, ask


@pytest.fixture(scope="module")
def browser():
    assert CHROMIUM, "Chromium is missing: install the package chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_tab(browser, demo):
    contexts = []

    def open_tab(path="/visualize", width=1440, height=900, scheme="light", context=None):
        if context is None:
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True
            )
            contexts.append(context)
            context.request.get(demo.address)
        tab = Tab(context, demo.base)
        tab.page.goto(demo.base + path)
        return tab

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def ids(demo):
    """Names of the demo's models and datasets -> ids, once all of them are loaded."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        found = ask(demo, "/models")["models"] + ask(demo, "/datasets")["datasets"]
        if all(record["status"] != "loading" for record in found):
            return {record["name"]: record["id"] for record in found if record["status"] == "ready"}
        time.sleep(0.3)
    raise AssertionError(found)


@pytest.fixture
def visualize(open_tab, ids):
    """Opens two images of digits under some models: visualize("digits_cnn", method=..., **screen)."""

    def visualize(*models, more="", method="lrp.epsilon", **screen):
        chosen = ",".join(ids[name] for name in models)
        path = f"/visualize#models={chosen}&dataset={ids['digits']}&images=3,700&method={method}&{more}&go=1"
        return open_tab(path, **screen)

    return visualize
