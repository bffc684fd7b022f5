"""A million scored images, three models, on the page: the first drawing, a zoom, a filter, as Chromium shows them.

Drawn: from the navigation to the scatterplot of all images, on a page that was opened before; the server has not read
the scores yet.

`python -m bench.million_page FOLDER N` is the server, with the made-up scores of `bench.suggest`.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.memory import peak_gib
from bench.page import WAIT_MS, with_chromium
from bench.suggest import MEMORY_GIB, N_IMAGES, TOKEN, WHERE, unread

AIMS_S = {"drawn": 2.0, "zoom": 0.3, "filter": 0.5}
ZOOMS = 5
FIGURE = "[data-plot=scatter] .figure[data-n]"
# Waits in the page itself: the figure says how many images it shows. -> seconds
ZOOM = """async figure => {
  const started = performance.now(), shown = figure.dataset.n;
  figure.dispatchEvent(new KeyboardEvent("keydown", { key: "+", bubbles: true }));
  while (figure.dataset.n === shown && performance.now() - started < 20000)
    await new Promise(done => requestAnimationFrame(done));
  return figure.dataset.n === shown ? null : (performance.now() - started) / 1000;
}"""
FILTER = """async address => {
  const started = performance.now(), answer = await fetch(address);
  await answer.json();
  return answer.ok ? (performance.now() - started) / 1000 : null;
}"""


def measure(n: int = N_IMAGES) -> dict:
    """One run; or `skipped`, a sentence, where a browser cannot be driven."""
    return with_chromium(lambda browser: _in(browser, n))


def _in(browser, n: int) -> dict:
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder), n) as (server, base, id):
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.request.get(f"{base}/?token={TOKEN}")
        found = _walk(context.new_page(), base, id)
        context.close()
        server.stdin.close()
        return {"images": n, **found, "memory_gib": json.loads(server.stdout.readline())["memory_gib"]}


@contextlib.contextmanager
def _served(folder: Path, n: int):
    command = [sys.executable, "-m", "bench.million_page", str(folder), str(n)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        started = json.loads(server.stdout.readline())
        yield server, started["base"], started["id"]
    finally:
        server.kill()
        server.wait()


def _walk(page, base: str, id: str) -> dict:
    page.set_default_timeout(WAIT_MS)
    page.goto(f"{base}/suggest")  # where one was in order to score: its files are in the browser
    page.wait_for_timeout(1000)
    page.goto(f"{base}/models")
    page.goto(f"{base}/suggest#dataset=d1&models=m0,m1,m2&show=scatter,distance&run={id}")
    figure = page.locator(FIGURE)
    figure.wait_for()
    drawn = page.evaluate("performance.now() / 1000")
    page.wait_for_timeout(1000)
    zooms = []
    for _ in range(ZOOMS):
        zooms.append(figure.evaluate(ZOOM))
        page.wait_for_timeout(500)
    at = f"/api/v1/suggestions/{id}/plots/scatter?{WHERE}"
    page.evaluate(FILTER, at)
    found = {"drawn": drawn, "zoom": max(zooms), "filter": page.evaluate(FILTER, f"{at}&theme=dark")}
    return {"rows": [{"what": what, "seconds": found[what], "aim": aim} for what, aim in AIMS_S.items()]}


def serve(folder: str, n: int) -> None:
    """Until standard input closes; says where, and at the end how much memory that took."""
    from innv_gui import Session
    from innv_gui.session.models import ModelEntry

    with Session(folder) as session:
        fresh = unread(session, n)
        for model in fresh.models:
            entry = ModelEntry(model.id, model.name, model.letter, "", model.source, status="ready", model=model)
            session.models._entries[model.id] = entry
        print(json.dumps({"base": _start(session), "id": fresh.id}), flush=True)
        sys.stdin.read()
        print(json.dumps({"memory_gib": peak_gib()}), flush=True)


def _start(session) -> str:
    from innv_gui.web.app import create_app
    from innv_gui.web.server import WebServer, listening

    socket = listening(0)
    WebServer(create_app(session, TOKEN, offered=(), start=dict), socket).start()
    return f"http://127.0.0.1:{socket.getsockname()[1]}"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1], int(sys.argv[2]))
    else:
        found = measure()
        print(json.dumps(found | {"aim_gib": MEMORY_GIB}, indent=1))
