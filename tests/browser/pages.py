"""Pages in real Chromium, for the tests in this folder."""

import io
import itertools
import json
import re
import shutil
from urllib.parse import quote

import numpy as np
from PIL import Image
from playwright.sync_api import TimeoutError, expect

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Of Chromium; the first is the same without windows, menus, profiles: a page takes a sixth less of the processor."""
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)


FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# Tabs of one context share a process, which takes longer to start than a page to load; so does the empty page they are.
FLAGS += ["--process-per-site", "--renderer-process-limit=1"]


WAIT_MS = 60_000
OF_THE_DRIVER = (
    "GL Driver Message"  # how fast a browser without a graphics card copies what WebGL drew; the page is not meant
)
expect.set_options(timeout=30_000)  # ms: a machine with several tests at a time is slow to draw


class Tab:
    """A page with everything it complained about, and every address outside the server that it asked for."""

    def __init__(self, context, base, width, height, scheme):
        self.page = context.new_page()
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # a moving page costs half a processor
        self.page.set_default_timeout(WAIT_MS)
        self.complaints, self.foreign = [], []
        self.page.on("console", self._wrote)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url, base))

    def _wrote(self, message):
        if message.type in ("error", "warning") and OF_THE_DRIVER not in message.text:
            self.complaints.append(message.text)

    def _asked(self, url, base):
        if not url.startswith((base, "data:", "blob:")):
            self.foreign.append(url)


_turns = itertools.count(1)


def unused_method():
    """A method for an address with a setting that no other test of this process asks for, so that no map is kept."""
    return f"&method=lrp.epsilon&params={quote(json.dumps({'epsilon': next(_turns) / 1000}))}"


def maps_are_drawn(page, count):
    """Wait until `count` maps are there and have painted something."""
    canvases = page.locator("#result canvas")
    try:
        expect(canvases).to_have_count(count, timeout=WAIT_MS)
    except AssertionError as error:
        run = re.search(r"run=([\w-]+)", page.url)
        base = re.match(r"https?://[^/]+", page.url)[0]
        found = page.context.request.get(f"{base}/api/v1/explanations/{run[1]}").json() if run else None
        said = page.locator("#canvas").inner_text()
        raise AssertionError(f"{error}\n{page.url}\n{said}\n{json.dumps(found)[:4000]}") from None
    expect(page.locator("#strip")).to_be_hidden(timeout=WAIT_MS)
    return canvases


def pixels(canvas):
    return np.asarray(Image.open(io.BytesIO(canvas.screenshot())).convert("RGB")).astype(int)


NAMELESS = """() => [...document.querySelectorAll("button, a, input, select, summary, [tabindex='0'], meter, img")]
  .filter(element => element.checkVisibility({ checkVisibilityCSS: true }) && !element.closest("[aria-hidden=true]"))
  .filter(element => element.tagName !== "IMG" || !element.hasAttribute("alt"))
  .filter(element => {
    const labelled = (element.getAttribute("aria-labelledby") || "").split(" ").map(id => document.getElementById(id));
    const words = [element.getAttribute("aria-label"), element.getAttribute("title"), element.textContent]
      .concat([...(element.labels || [])].map(label => label.textContent), labelled.map(other => other?.textContent));
    return !words.some(text => (text || "").trim());
  }).map(element => element.outerHTML.slice(0, 120))"""


def ask(demo, path):
    return json.loads(demo.get(f"/api/v1{path}").read())


def is_ready(page):
    """Waits, and tells what the page says instead where it does not become ready."""
    try:
        page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    except TimeoutError:
        said = page.evaluate("[document.body.dataset.state, document.querySelector('#strip')?.innerText]")
        jobs = page.context.request.get(re.match(r"https?://[^/]+", page.url)[0] + "/api/v1/jobs").json()
        raise AssertionError((said, jobs)) from None


def uploaded(page, files):
    """Opens files as a dataset on the page Images -> its id."""
    page.locator("#dataset option").nth(1).wait_for(state="attached", timeout=WAIT_MS)
    before = page.locator("#dataset option").count()
    page.locator("#files").set_input_files([str(path) for path in files])
    page.locator("#dataset option").nth(before).wait_for(state="attached", timeout=WAIT_MS)
    page.locator(".tile").first.wait_for(timeout=WAIT_MS)
    return re.search(r"dataset=([^&]+)", page.url)[1]


def ready(page):
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
