"""A large grid on the page: when its first map is drawn, how it grows, and whether drawing or scrolling ever stalls.

Real Chromium, driven by Playwright, which is installed for the tests only.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.server import Running

MODELS = ("digits_cnn", "digits_mlp", "digits_resnet", "digits_cnn_legacy")
METHODS = ("gradient", "lrp.epsilon", "lrp.alpha_1_beta_0", "smoothgrad")
N_IMAGES = 16
FIRST_CELL_S, LONG_TASK_MS = 2.0, 200
WAIT_MS = 120_000
FRAME_MS = 16
STEP_PX = 120  # of a mouse wheel
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WATCH = """() => {
  const seen = (window.seen = { clicked: null, appeared: [], drawn: [], tasks: [] });
  addEventListener("click", event => {
    if (event.target.closest("#run")) seen.clicked = performance.now();
  }, true);
  new PerformanceObserver(list => list.getEntries().forEach(task => seen.tasks.push([task.startTime, task.duration])))
    .observe({ type: "longtask" });
  new MutationObserver(changes => changes.forEach(({ type, addedNodes }) => {
    if (type === "attributes") seen.drawn.push(performance.now());
    else for (const node of addedNodes)
      if (node.querySelector?.("canvas") && node.closest("td")) seen.appeared.push(performance.now());
  })).observe(document, { subtree: true, childList: true, attributeFilter: ["data-drawn"] });
}"""


def measure() -> dict:
    """One run; or `skipped`, a sentence, where a browser cannot be driven."""
    return with_chromium(_large_grid)


def with_chromium(work: Callable[..., dict]) -> dict:
    """What work(browser) finds; or `skipped`, a sentence."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {"skipped": "Playwright is not installed; `make install-test` adds it."}
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return {"skipped": "There is no Chromium on this machine; install the package chromium."}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        found = work(browser)
        browser.close()
    return found


def _large_grid(browser) -> dict:
    with tempfile.TemporaryDirectory() as folder, _running(Path(folder)) as server:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.request.get(f"{server.base}/?token={server.token}")
        return _walk(context, server)


@contextlib.contextmanager
def _running(folder: Path):
    server = Running(folder)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


def _loaded(server: Running) -> tuple[list[str], str, int]:
    """Ids of the models and of the digits, and how many of them there are; waits until they are loaded."""
    known = {}

    def ready():
        for kind in ("models", "datasets"):
            for one in server.ask(f"/{kind}")[kind]:
                known[one["name"]] = one
        return all(known.get(name, {}).get("status") == "ready" for name in (*MODELS, "digits"))

    server.until(ready)
    return [known[name]["id"] for name in MODELS], known["digits"]["id"], known["digits"]["n"]


def _walk(context, server: Running) -> dict:
    models, dataset, n = _loaded(server)
    chosen = f"models={','.join(models)}&dataset={dataset}&method={METHODS[0]}&methods={','.join(METHODS)}"
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{server.base}/visualize#{chosen}&images=1&view=methods")
    _is_ready(page, len(MODELS) * len(METHODS))
    warm = server.ask("/history")["runs"][0]["id"]
    page.close()
    return _measured(context, f"{server.base}/visualize#{chosen}&images={_spread(n)}&run={warm}")


def _spread(n: int) -> str:
    return ",".join(str(2 + place * n // N_IMAGES) for place in range(N_IMAGES))


def _is_ready(page, cells: int) -> None:
    page.locator("body[data-state=ready]").wait_for()
    while page.locator(".sheet td canvas").count() < cells:
        time.sleep(0.1)


def _measured(context, address: str) -> dict:
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.add_init_script(f"({WATCH})()")
    page.goto(address)
    page.locator("body[data-state=ready]").wait_for()
    page.locator("#view input[value=methods]").check(force=True)
    page.locator("body[data-state=empty]").wait_for()
    page.locator("#run").click()
    _is_ready(page, len(MODELS) * len(METHODS) * N_IMAGES)
    page.wait_for_timeout(500)
    scrolled_from = page.evaluate("performance.now()")
    _scroll(page)
    seen = page.evaluate("window.seen")
    page.close()
    return _figures(seen, scrolled_from)


def _scroll(page) -> None:
    """From the top to the bottom as a wheel does it."""
    page.mouse.move(900, 500)
    height = page.locator("#canvas").evaluate("canvas => canvas.scrollHeight")
    for _ in range(0, height, STEP_PX):
        page.mouse.wheel(0, STEP_PX)
        page.wait_for_timeout(FRAME_MS)
    page.wait_for_timeout(500)


def _figures(seen: dict, scrolled_from: float) -> dict:
    clicked = seen["clicked"]
    appeared = [at for at in seen["appeared"] if at > clicked]
    drawn = [at for at in seen["drawn"] if at > clicked]
    portions = [at for before, at in zip([-FRAME_MS, *appeared], appeared, strict=False) if at - before > FRAME_MS]
    longest = lambda low, high: max((ms for start, ms in seen["tasks"] if low <= start < high), default=0.0)  # noqa: E731
    return {
        "models": len(MODELS),
        "methods": len(METHODS),
        "images": N_IMAGES,
        "first_cell_seconds": (drawn[0] - clicked) / 1000,
        "all_seconds": (appeared[-1] - clicked) / 1000,
        "cells": len(appeared),
        "moments": len(portions),
        "longest_task_ms": {
            "drawing": longest(clicked, scrolled_from),
            "scrolling": longest(scrolled_from, float("inf")),
        },
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
