"""Images: files that cannot be read are found by themselves, and their tiles say so."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pages import WAIT_MS, uploaded

pytestmark = pytest.mark.browser


@pytest.fixture
def three(open_tab, demo, tmp_path):
    """The page with three images of which one holds text."""
    for name in ("a.png", "c.png"):
        Image.new("RGB", (16, 16), "teal").save(tmp_path / name)
    (tmp_path / "b.png").write_text("no picture")
    page = open_tab("/images").page
    uploaded(page, sorted(tmp_path.glob("*.png")))
    expect(page.locator(".tile")).to_have_count(3, timeout=WAIT_MS)
    yield page
    id = page.locator("#dataset").input_value()
    assert page.context.request.delete(f"{demo.base}/api/v1/datasets/{id}").ok


def test_a_bad_file_of_an_upload_is_found_by_itself_and_its_tile_says_so(three):
    expect(three.locator("#problems-title")).to_have_text("1 bad file", timeout=WAIT_MS)
    expect(three.locator("#counts")).to_contain_text("Not readable1")
    bad = three.locator(".tile.unread")
    expect(bad).to_have_count(1)
    expect(bad).to_contain_text("cannot be read")
    expect(bad).to_have_attribute("aria-label", "b.png, cannot be read")
    assert bad.locator("img").count() == 0
    bad.focus()
    three.keyboard.press("Enter")
    expect(three.locator(".bad-files")).to_be_focused()
    expect(three.locator("#large")).to_be_hidden()
