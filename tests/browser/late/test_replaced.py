"""A picture that was replaced under its name is not shown under another one's heatmap without a word."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pages import WAIT_MS, maps_are_drawn, pixels, uploaded

pytestmark = pytest.mark.browser


def half(path, above):
    """White above or below the middle."""
    picture = np.zeros((32, 32), np.uint8)
    picture[:16] = 255 * above
    picture[16:] = 255 * (not above)
    Image.fromarray(picture).save(path)


def is_white_above(page):
    """Of the picture itself: Bare hides the heatmap."""
    page.keyboard.down("h")
    page.wait_for_timeout(200)
    found = pixels(page.locator("#result canvas").first)
    page.keyboard.up("h")
    return found[:8].mean() > found[-8:].mean()


def test_it_is_said_and_explained_again_with_the_picture_that_is_there(open_tab, ids, demo, tmp_path):
    half(tmp_path / "replaced.png", above=True)
    tab = open_tab("/images")
    page = tab.page
    dataset = uploaded(page, [tmp_path / "replaced.png"])
    page.goto(
        f"{demo.base}/visualize#models={ids['digits_mlp']}&dataset={dataset}&images=0&method=gradient&go=1",
    )
    maps_are_drawn(page, 1)
    assert is_white_above(page)
    (file,) = (demo.log.parent / "w").rglob("replaced.png")
    half(file, above=False)
    page.reload()
    strip = page.locator("#strip")
    expect(strip).to_contain_text("replaced.png was replaced after it was explained", timeout=WAIT_MS)
    strip.get_by_role("button", name="Explain again").click()
    expect(strip).to_be_hidden(timeout=WAIT_MS)
    maps_are_drawn(page, 1)
    assert not is_white_above(page)
    assert "run=" in page.url and not tab.complaints
