"""Parts of pages on their own, without a server: what they say and what room they take."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_browser import browser  # noqa: F401 - fixture

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent
TALL = "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='900'/>"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
CSS = ("tokens", "base", "visualize", "slideshow")


@pytest.fixture(scope="module")
def parts(browser):  # noqa: F811
    """A page that has the style sheets and may import every module of the product."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})

    def fulfil(route):
        path = route.request.url.removeprefix("http://parts.test/")
        if path == "":
            links = "".join(f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in CSS)
            route.fulfill(content_type="text/html", body=f"<!doctype html>{links}<body></body>")
        elif path == "tall.svg":
            route.fulfill(content_type=TYPES[".svg"], body=TALL)
        else:
            file = ROOT / path
            route.fulfill(content_type=TYPES[file.suffix], body=file.read_bytes())

    page.route("http://parts.test/**", fulfil)
    page.goto("http://parts.test/")
    yield page
    page.close()


def test_a_tall_picture_keeps_to_its_square_and_covers_nothing_beneath_it(parts):
    parts.evaluate(
        """async () => {
          document.body.innerHTML = `<article class="big" style="width: 300px"><header>Input</header>
            <div class="map"><img class="tall" src="/tall.svg"></div><dl class="facts-l"><dt>File</dt></dl></article>`;
          await document.querySelector("img").decode();
        }"""
    )
    picture, below = (parts.locator(one).bounding_box() for one in (".map img", "dl"))
    assert picture["y"] + picture["height"] <= below["y"] + 1
