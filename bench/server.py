"""From the start of the server to what a person sees: first page, first heatmap, the next, the same again."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

POLL_S = 0.01
ANALYZER = "lrp.epsilon"
AIMS_S = {"first page": 2.0, "first heatmap": 10.0, "second heatmap": 0.3, "same heatmap again": 0.05}


class Running:
    """A server as a person starts it, asked over HTTP."""

    def __init__(self, folder: Path):
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "innv_gui.cli", "demo", "--port", "0", "--workspace", str(folder)],
            stdout=subprocess.PIPE,
            text=True,
        )
        line = self.process.stdout.readline()
        self.base, self.token = re.search(r"(http://\S+?)/\?token=(\S+)", line).groups()

    def ask(self, path: str, body: dict | None = None):
        """JSON of an address below /api/v1 (or the page itself)."""
        path = path if path.startswith("/visualize") else f"/api/v1{path}"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.base + path, content, headers)) as answer:
            text = answer.read()
        return json.loads(text) if path.startswith("/api") and not path.endswith(".f32") else text

    def until(self, ready) -> object:
        """Poll until `ready()` gives something."""
        while not (found := ready()):
            time.sleep(POLL_S)
        return found


def heatmap(server: Running, model: str, dataset: str, image: int) -> float:
    """Seconds from the request to the numbers of the map."""
    started = time.monotonic()
    body = {"models": [model], "dataset": dataset, "images": [image], "analyzer": ANALYZER}
    run = server.ask("/explanations", body)["explanation"]["id"]
    server.until(lambda: server.ask(f"/explanations/{run}")["status"] == "done")
    server.ask(f"/explanations/{run}/maps/{model}/{image}.f32")
    return time.monotonic() - started


def _id(server: Running, kind: str, name: str) -> str:
    """Of a model or dataset that may still be loading: the request waits for it, as an opened link does."""
    return next(item["id"] for item in server.ask(f"/{kind}")[kind] if item["name"] == name)


def measure() -> list[dict]:
    """One run, in this order: start, first page, first heatmap, another image, the same again."""
    with tempfile.TemporaryDirectory() as folder:
        server = Running(Path(folder))
        try:
            server.ask("/visualize")
            page = time.monotonic() - server.started
            model, digits = _id(server, "models", "digits_cnn"), _id(server, "datasets", "digits")
            heatmap(server, model, digits, 0)
            first = time.monotonic() - server.started
            seconds = [page, first, heatmap(server, model, digits, 900), heatmap(server, model, digits, 900)]
        finally:
            server.process.terminate()
            server.process.wait()
    names = ["server start to first page", f"server start to first heatmap (digits_cnn, {ANALYZER})"]
    names += ["second heatmap, another image", "the same heatmap again"]
    rows = zip(names, seconds, AIMS_S.values(), strict=True)
    return [{"what": name, "seconds": took, "aim": aim} for name, took, aim in rows]
