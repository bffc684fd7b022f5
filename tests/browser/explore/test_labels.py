"""Twenty wrong labels among digits, found on Explore in the steps of docs/how_to/find_label_errors.md."""

import io
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from innv_gui.samples import digits
from tests.browser.pages import WAIT_MS, ask

pytestmark = pytest.mark.browser

EVERY, WRONG = 6, 20
WHOLE = [(0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98)]


@pytest.fixture
def mislabelled(context, demo):
    """300 digits, 20 of them under another label, as a dataset -> (id, rows with a wrong label)."""
    pictures, labels = digits.pictures()
    pictures, labels = pictures[::EVERY], labels[::EVERY].copy()
    rows = np.sort(np.random.default_rng(4).choice(len(labels), WRONG, replace=False))
    labels[rows] = (labels[rows] + 1 + np.arange(WRONG) % 8) % 10
    content = io.BytesIO()
    np.savez(content, x=pictures, y=labels)
    file = {"name": "some_digits.npz", "mimeType": "application/octet-stream", "buffer": content.getvalue()}
    answer = context.request.post(f"{demo.base}/api/v1/datasets", multipart={"images": file}).json()
    yield answer["dataset"]["id"], rows.tolist()
    context.request.delete(f"{demo.base}/api/v1/datasets/{answer['dataset']['id']}")


def test_twenty_wrong_labels_are_found_by_colour_lasso_and_table(mislabelled, open_tab, ids, demo):
    dataset, wrong = mislabelled
    maps = f"pixels:pca:30:15:0,{ids['digits_cnn']}:pca:30:15:0"
    page = open_tab(f"/explore#dataset={dataset}&models={ids['digits_cnn']}&maps={maps}").page
    page.locator("#run:enabled").click(timeout=WAIT_MS)
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    expect(page.locator("#maps .plane[aria-busy=false]")).to_have_count(2, timeout=WAIT_MS)
    page.get_by_role("radio", name=re.compile("Loss of")).check()
    page.evaluate("document.activeElement.blur()")  # letters are no keys in a field
    page.keyboard.press("o")  # loss stands out
    _draw_around(page)
    expect(page.locator("#tray-count")).to_contain_text("image")
    page.locator("[name=view][value=table]").check()
    page.locator("#query").fill("A.right no and A.confidence > 0.9")
    expect(page.locator("#tray .found")).to_contain_text("of", timeout=WAIT_MS)
    (made,) = [one for one in ask(demo, "/explorations")["explorations"] if one["dataset"]["id"] == dataset]
    at = f"/explorations/{made['id']}/rows?query=A.right%20no%20and%20A.confidence%20%3E%200.9&size=100"
    found = [row["row"] for row in ask(demo, at)["rows"]]
    assert len(set(found) & set(wrong)) >= WRONG - 1 and len(set(found) - set(wrong)) <= 2
    expect(page.locator("#tray .found")).to_contain_text(str(len(found)))


def _draw_around(page):
    box = page.locator("#maps .scatter[data-map=right] .plane").bounding_box()
    corners = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in WHOLE]
    page.keyboard.press("l")
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner)
    page.mouse.up()
