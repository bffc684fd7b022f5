"""The product as a person starts it, asked over HTTP, with its processes in sight."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_models"
ENDED = ("done", "failed", "cancelled")
WORKER = "innv_gui.cluster.worker"
START_S, WORK_S, STOP_S = 120.0, 300.0, 10.0
POLL_S = 0.02
# Root without the right to read and write what its owner may not.
BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")


def can_be_bound() -> bool:
    """Whether permissions can be made to hold: always but where root lacks setpriv."""
    return os.geteuid() != 0 or shutil.which(BOUND[0]) is not None


class Product:
    """A server with a workspace, models and images. bound: permissions of files hold for it, even where root is."""

    def __init__(self, workspace: Path, models=(), images=(), *more: str, bound: bool = False):
        options = [part for model in models for part in ("--model", str(model))]
        options += [part for folder in images for part in ("--images", str(folder))]
        command = [sys.executable, "-m", "innv_gui.cli", "serve", "--port", "0", "--workspace", str(workspace)]
        self.log = workspace.parent / f"{workspace.name}.log"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        with open(self.log, "a") as log:
            self._from = log.tell()
            started = [*(BOUND if bound and os.geteuid() == 0 else ()), *command, *options, *more]
            self.process = subprocess.Popen(started, stdout=log, stderr=log, env=environment)
        self.base, self.token = self._address()

    def _address(self) -> tuple[str, str]:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            found = re.search(r"(http://[^/\s]+)/\?token=(\S+)", self.said())
            if found:
                return found.groups()
            if self.process.poll() is not None:
                break
            time.sleep(POLL_S)
        raise RuntimeError(f"The server did not start: {self.said().strip()[-300:]}")

    def said(self) -> str:
        """What it wrote since this start."""
        with open(self.log) as log:
            log.seek(self._from)
            return log.read()

    def open(self, path: str, body=None, method: str | None = None, headers: dict | None = None, timeout_s=WORK_S):
        """The answer's bytes. body: bytes, or what JSON can hold. Raises urllib's HTTPError."""
        sent = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        if body is not None and not isinstance(body, bytes):
            body, sent = json.dumps(body).encode(), sent | {"Content-Type": "application/json"}
        asked = urllib.request.Request(self.base + path, body, sent, method=method)
        with urllib.request.urlopen(asked, timeout=timeout_s) as answer:
            return answer.read()

    def ask(self, path: str, body=None, method: str | None = None) -> dict:
        """JSON of an address below /api/v1."""
        return json.loads(self.open(f"/api/v1{path}", body, method) or b"{}")

    def status(self, path: str, body=None, method: str | None = None) -> tuple[int, str]:
        """(HTTP status, the sentence of a refusal)."""
        try:
            self.open(f"/api/v1{path}", body, method)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        return 200, ""

    def upload(self, path: str, field: str, name: str, content: bytes) -> dict:
        """A file as a browser sends it."""
        border = "soak-border"
        head = f'--{border}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{border}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={border}"}
        return json.loads(self.open(f"/api/v1{path}", body, "POST", kind))

    def ready(self, timeout_s: float = WORK_S) -> tuple[list[dict], list[dict]]:
        """(models, datasets) once none is loading."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            known = [self.ask(f"/{kind}")[kind] for kind in ("models", "datasets")]
            if all(one["status"] not in ("loading", "queued") for kind in known for one in kind):
                return known[0], known[1]
            time.sleep(POLL_S)
        raise RuntimeError("Models or images are still loading.")

    def ended(self, job: str, timeout_s: float = WORK_S) -> dict:
        """A job once it has ended."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            found = self.ask(f"/jobs/{job}")
            found = found.get("job", found)
            if found["status"] in ENDED:
                return found
            time.sleep(POLL_S)
        raise RuntimeError(f"A job has not ended within {timeout_s:.0f} s: {found}")

    def running(self, job: str, share: float = 0.0) -> None:
        """Waits until a job runs and has done more than this share."""
        deadline = time.monotonic() + WORK_S
        while time.monotonic() < deadline:
            found = self.ask(f"/jobs/{job}")
            found = found.get("job", found)
            if found["status"] in ENDED or (found["status"] == "running" and found["done"] > share * found["total"]):
                return
            time.sleep(0.005)

    def worker(self, kind: str) -> psutil.Process:
        """The newest worker of a kind."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            found = [one for one in self.workers() if one.cmdline()[-1:] == [kind]]
            if found:
                return max(found, key=lambda one: one.create_time())
            time.sleep(POLL_S)
        raise RuntimeError(f"There is no {kind} worker.")

    def workers(self) -> list[psutil.Process]:
        """All worker processes."""
        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if WORKER in " ".join(child.cmdline()):
                    found.append(child)
            except psutil.NoSuchProcess:
                continue
        return found

    def memory_mib(self) -> dict[str, float]:
        """Memory of its own (USS) of the web process and of the workers by kind."""
        every = {"web": psutil.Process(self.process.pid)} | {one.cmdline()[-1]: one for one in self.workers()}
        return {kind: one.memory_full_info().uss / 2**20 for kind, one in every.items()}

    def stop(self) -> tuple[float, int]:
        """(seconds from SIGTERM to its end, processes left behind)."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(3 * STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
        took = time.monotonic() - started
        _, left = psutil.wait_procs(children, 2)
        for one in left:
            one.kill()
        return took, len(left)

    def kill(self) -> int:
        """kill -9 of the server alone -> how many of its workers are there ten seconds later."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait()
        _, left = psutil.wait_procs(children, STOP_S)
        return len(left)


@contextmanager
def product(workspace: Path, models=(), images=(), *more: str, bound: bool = False):
    """A product that is stopped at the end, whatever happens."""
    found = Product(workspace, models, images, *more, bound=bound)
    try:
        yield found
    finally:
        if found.process.poll() is None:
            found.stop()
