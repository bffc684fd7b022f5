"""One person's browser on the demo, and tabs in it."""

import time

import pytest

from tests.browser.chromium import browser as browser
from tests.browser.pages import Tab, ask


@pytest.fixture(scope="session")
def person(browser, demo):
    """A browser context that is signed in, with a tab that stays: its process then draws every other tab.

    To start one for each tab takes longer than most of the tests.
    """
    context = browser.new_context(accept_downloads=True)
    context.request.get(demo.address)
    context.new_page().goto(f"{demo.base}/api/v1/start")
    return context


@pytest.fixture(scope="session")
def lasting():
    """Pages of that context that several tests look at; who opens one here closes it as well."""
    return []


@pytest.fixture
def context(person, lasting):
    """The same as a person who was never here finds it; its tabs are closed afterwards."""
    yield person
    first, *others = person.pages
    for page in others:
        if page not in lasting:
            page.close()
    person.unroute_all()
    first.evaluate("localStorage.clear()")


@pytest.fixture
def open_tab(context, demo):
    def open_tab(path="/visualize", width=1440, height=900, scheme="light"):
        tab = Tab(context, demo.base, width, height, scheme)
        tab.page.goto(demo.base + path)
        return tab

    return open_tab


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


@pytest.fixture
def workshop(open_tab, demo, ids):
    """Opens the Workshop without runs, and leaves none: workshop("classes=box,disk", **screen) -> tab."""

    def forget():
        for run in ask(demo, "/workshop/runs")["runs"]:
            if run["job"] and run["status"] in ("queued", "running"):
                demo.delete(f"/api/v1/jobs/{run['job']['id']}")
            demo.delete(f"/api/v1/workshop/runs/{run['id']}")

    def workshop(choice="", **screen):
        tab = open_tab(f"/workshop#{choice}", **screen)
        tab.page.locator("body[data-state=ready], body[data-state=running]").first.wait_for()
        return tab

    forget()
    yield workshop
    forget()
