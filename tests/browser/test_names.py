"""The story of the clothes in real Chromium: a network that is trained here and never told its classes' names, and
folders that sort in another order than its outputs. Assumed is shown at once, the better order is offered, one press
mends every page.
"""

import json
import os
import re

import pytest
from playwright.sync_api import expect

from innv_gui import samples
from innv_gui.records import Preprocessing
from innv_gui.samples.digits import pictures
from tests.browser.pages import WAIT_MS
from tests.probe import probed_models

pytestmark = pytest.mark.browser

NAMES = "Shirt Trouser Pullover Dress Coat Sandal Top Sneaker Bag Boot".split()  # by output
PER_CLASS = 12
ASSUMED = "assumed from the folders of clothes"


@pytest.fixture(scope="module")
def clothes(tmp_path_factory):
    """The sample digits under the names of clothes, one folder per class, with a folder unlike any class."""
    root = tmp_path_factory.mktemp("clothes")
    digits = samples.make(root / "samples", ("digits",))["digits"]
    for number, name in enumerate(NAMES):
        (root / "clothes" / name).mkdir(parents=True)
        for path in sorted((digits / str(number)).iterdir())[:PER_CLASS]:
            os.link(path, root / "clothes" / name / path.name)
    return root / "clothes"


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A small network trained on the same pictures, from numbers alone: it knows no names."""
    pixels, classes = pictures()
    root = tmp_path_factory.mktemp("network")
    return probed_models.trained(root, "rescaling", Preprocessing("none"), pixels[..., None], classes)


@pytest.fixture
def server(serve, clothes, network):
    return serve("--model", network, "--images", clothes)


@pytest.fixture
def page(browser, server):
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.request.get(server.address)
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.base, page.complaints = server.base, []
    page.on("console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    assert page.complaints == []
    context.close()


def model_of(server):
    return known(server, "models")[0]


def known(server, kind):
    return json.load(server.get(f"/api/v1/{kind}"))[kind]


def opened(page, server, path):
    while "loading" in {one["status"] for kind in ("models", "datasets") for one in known(server, kind)}:
        page.wait_for_timeout(100)
    page.goto(page.base + path)


def verdicts(page, dataset_images, model):
    places = ",".join(map(str, dataset_images))
    page.goto(f"{page.base}/visualize#models={model}&dataset=d1&images={places}&method=gradient&go=1")
    page.reload()
    page.locator("body[data-state=ready]").wait_for()
    return page.locator("#result .verdict").all_inner_texts()


def test_assumed_names_are_shown_at_once_and_the_better_order_mends_every_page(page, server):
    opened(page, server, "/models")
    note = page.locator("tr.note .call")
    expect(note).to_contain_text(f"Class names are {ASSUMED}")
    expect(page.locator("#details .tag.assumed")).to_have_text(ASSUMED)
    model = model_of(server)["id"]
    some = range(0, 10 * PER_CLASS, PER_CLASS)  # one of each folder
    wrong = verdicts(page, some, model)
    expect(page.locator("#result thead .tag.assumed")).to_have_text(ASSUMED)
    assert wrong.count("as labelled") < 6
    page.goto(f"{page.base}/features")
    expect(page.locator("#targets .tag.assumed")).to_have_text(ASSUMED)

    page.goto(f"{page.base}/suggest")
    page.locator("#run").click()
    expect(page.locator("#notices .tag.assumed")).to_have_text(ASSUMED)
    offer = page.locator("#notices .call", has_text="another order of the same names")
    expect(offer).to_be_visible()
    page.goto(f"{page.base}/models")
    expect(page.locator("tr.note .call")).to_contain_text("With these names")
    page.goto(f"{page.base}/suggest")
    page.get_by_role("button", name="Use the better order").click()
    expect(page.locator("#notices")).to_be_hidden()
    told = model_of(server)
    assert (told["class_names"], told["class_names_origin"]) == (NAMES, "given")

    right = verdicts(page, some, model)
    assert right.count("as labelled") >= 9 and page.locator(".tag.assumed").count() == 0
    for path in ("/models", "/features", "/suggest"):
        page.goto(page.base + path)
        page.locator("main").wait_for()
        page.wait_for_timeout(500)
        assert page.locator(".tag.assumed").count() == 0, path
    expect(page.locator("#notices")).to_be_hidden()


def test_assumed_names_are_confirmed_dropped_and_edited_on_models(page, server):
    opened(page, server, "/models")
    page.get_by_role("button", name="These are right").click()
    expect(page.locator("tr.note")).to_have_count(0)
    expect(page.locator("#details")).to_contain_text("Given by you.")
    assert model_of(server)["class_names"] == sorted(NAMES)
    page.locator("#details summary", has_text="Edit class names").click()
    page.locator("#class-lines").fill("\n".join(f"kind {number}" for number in range(10)))
    page.get_by_role("button", name="Use these names").click()
    labels = page.locator("#label-classes")
    expect(labels).to_contain_text(f"clothes: {10 * PER_CLASS} of {10 * PER_CLASS} images without a class")
    labels.locator("summary").click()
    labels.get_by_label(re.compile("^Bag")).fill("kind 8")
    labels.get_by_label(re.compile("^Bag")).press("Enter")
    expect(labels).to_contain_text(f"clothes: {9 * PER_CLASS} of {10 * PER_CLASS} images without a class")
    page.goto(f"{page.base}/images")
    expect(page.locator("#left-out")).to_contain_text(f"{9 * PER_CLASS} of {10 * PER_CLASS} images match no class")
    page.goto(f"{page.base}/models")
    page.locator("#details summary", has_text="Edit class names").click()
    page.locator("#class-lines").fill("")
    page.get_by_role("button", name="Use these names").click()
    expect(page.locator("#details")).to_contain_text("Numbers: no names were given.")
    expect(page.locator("tr.note")).to_have_count(0)
