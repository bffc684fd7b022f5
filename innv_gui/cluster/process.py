"""One worker process: started, watched, started again when it dies."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from distributed.security import Security

from innv_gui.cluster.tasks import ENVIRONMENTS

RESTART_PAUSE_S = 0.1
QUICK_DEATH_S = 5.0  # a process that dies sooner than this after its start cannot start at all
PACKAGE_PARENT = str(Path(__file__).resolve().parents[2])


def _certificates(safety: Security | None) -> dict:
    """As file names or as text, whichever they were given as."""
    worker = safety.get_tls_config_for_role("worker") if safety is not None else {}
    return {"authority": worker.get("ca_file"), "certificate": worker.get("cert"), "key": worker.get("key")}


class WorkerProcess:
    """Keeps one worker process alive until `close`."""

    def __init__(self, kind: str, scheduler: str, safety: Security | None, folder: Path, **more):
        """safety: None is without encryption. more: host ("": as seen from the scheduler), machine, roots."""
        self._kind = kind
        self._folder = folder
        self._greeting = {"scheduler": scheduler, "folder": str(folder / "dask"), **_certificates(safety), **more}
        self._closed = threading.Event()
        self.last_exit: int | None = None
        self.failed_starts = 0  # in a row; killing it on purpose does not count
        self._on_purpose = False
        self._process = self._start()
        threading.Thread(target=self._watch, daemon=True, name=f"watch-{kind}").start()

    @property
    def pid(self) -> int:
        """Of the process that runs now."""
        return self._process.pid

    def _start(self) -> subprocess.Popen:
        logs = self._folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        path = os.pathsep.join(filter(None, [PACKAGE_PARENT, os.environ.get("PYTHONPATH", "")]))
        environment = {**os.environ, **ENVIRONMENTS[self._kind], "PYTHONPATH": path}
        with open(logs / f"{self._kind}.log", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "innv_gui.cluster.worker", self._kind],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,  # Ctrl-C in the terminal is the server's to handle
            )
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(self._greeting).encode() + b"\n")
            process.stdin.flush()
        return process

    def _watch(self) -> None:
        while not self._closed.is_set():
            started = time.monotonic()
            self.last_exit = self._process.wait()
            quick = time.monotonic() - started < QUICK_DEATH_S and not self._on_purpose
            self.failed_starts = self.failed_starts + 1 if quick else 0
            self._on_purpose = False
            self._closed.wait(RESTART_PAUSE_S * 2 ** min(self.failed_starts, 8))
            if not self._closed.is_set():
                self._process = self._start()

    def last_words(self) -> str:
        """The last line of the log: why it died, when it could still say so."""
        with contextlib.suppress(OSError):
            lines = (self._folder / "logs" / f"{self._kind}.log").read_text(errors="replace").strip().splitlines()
            return lines[-1][:200] if lines else ""
        return ""

    def kill(self) -> None:
        """End the process now, whatever it does; a new one starts."""
        self._on_purpose = True
        self._process.kill()

    def close(self) -> None:
        """End the process for good."""
        self._closed.set()
        with contextlib.suppress(BrokenPipeError, OSError):
            self._process.stdin.close()
        self._process.kill()
        self._process.wait()
