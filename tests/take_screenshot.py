"""`make screenshot`: the README's picture, taken of the running demo."""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.browser.pages import CHROMIUM, FLAGS, WAIT_MS
from tests.conftest import ROOT, Server

TARGET = ROOT / "docs" / "screenshot.png"


def main():
    """Start the demo, wait for the story, take the picture."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server("demo", "--port", "0", "--workspace", f"{folder}/w", log=Path(folder) / "log")
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.goto(server.address)
            page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
            for place in range(4):
                expect(page.locator("#result canvas").nth(place)).to_have_attribute("data-drawn", re.compile(".*"))
            expect(page.locator(".job")).to_be_hidden(timeout=WAIT_MS)
            page.wait_for_timeout(500)  # the last map fades in
            page.screenshot(path=str(TARGET))
            browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
