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

from innv_gui.cluster.ending import Ending, oom_kills, words_since
from innv_gui.cluster.tasks import ENVIRONMENTS
from innv_gui.cluster.worker import CONNECTED
from innv_gui.extensions.sources import folders
from innv_gui.store.files import private, private_folder

RESTART_PAUSE_S = 0.1  # doubled with each quick death in a row, eight times at most
QUICK_DEATH_S = 5.0  # of a life as a connected worker
FAILED_START_S = 25.0  # a process that ends later without having connected was waiting for its scheduler
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
        self._log = folder / "logs" / f"{kind}.log"
        self._greeting = {"scheduler": scheduler, "folder": str(folder / "dask"), **_certificates(safety), **more}
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self.ending: Ending | None = None  # of the process before this one
        self.connected = False  # the present process, to its scheduler
        self.failed_starts = 0  # processes in a row that never connected; killed on purpose does not count
        self.resting = False  # between a death and the next start
        self._quick_deaths = 0
        self._on_purpose = False
        self._process = self._start()
        threading.Thread(target=self._watch, daemon=True, name=f"watch-{kind}").start()

    @property
    def pid(self) -> int:
        """Of the process that runs now, or ran last."""
        return self._process.pid

    def _start(self) -> subprocess.Popen:
        """Raises OSError where the system has no memory, disk or process left for it."""
        private_folder(self._log.parent)
        path = os.pathsep.join(filter(None, [PACKAGE_PARENT, os.environ.get("PYTHONPATH", "")]))
        environment = {**os.environ, **ENVIRONMENTS[self._kind], "PYTHONPATH": path}
        with open(self._log, "ab", opener=private) as log:
            self._log_start, self._oom_kills = log.tell(), oom_kills()
            process = subprocess.Popen(
                [sys.executable, "-m", "innv_gui.cluster.worker", self._kind],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                umask=0o077,  # what it makes is this user's alone
                start_new_session=True,  # Ctrl-C in the terminal is the server's to handle
            )
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(self._greeting | {"plugins": list(map(str, folders()))}).encode() + b"\n")
            process.stdin.flush()
        return process

    def _watch(self) -> None:
        while not self._closed.is_set():
            started = time.monotonic()
            connected = self.connected = any(line == CONNECTED for line in self._process.stdout)
            self.failed_starts = 0 if connected else self.failed_starts
            connected_at = time.monotonic() if connected else None
            code = self._process.wait()
            self.connected = False
            self._note_death(code, started, connected_at)
            self._rest()

    def _note_death(self, code: int, started: float, connected: float | None) -> None:
        """started, connected: seconds of the monotonic clock; connected is None for a process that never did."""
        out_of_memory = oom_kills() > self._oom_kills
        self.ending = Ending(code, out_of_memory, words_since(self._log, self._log_start), connected is not None)
        now = time.monotonic()
        failed = connected is None and now - started < FAILED_START_S
        quick = failed or (connected is not None and now - connected < QUICK_DEATH_S)
        with self._lock:
            self.failed_starts = self.failed_starts + 1 if failed and not self._on_purpose else 0
            self._quick_deaths = self._quick_deaths + 1 if quick and not self._on_purpose else 0
            self._on_purpose = False
            self.resting = True

    def _rest(self) -> None:
        """Pause, then start again; goes on until the system lets a process start."""
        while not self._closed.wait(self.pause_s):
            try:
                process = self._start()
            except OSError as error:
                self.ending = Ending(None, False, error.strerror or str(error))
                self.failed_starts += 1
                self._quick_deaths += 1
                continue
            with self._lock:
                self._process, self.resting = process, False
            return

    @property
    def pause_s(self) -> float:
        """How long the present rest is, from death to next start."""
        return RESTART_PAUSE_S * 2 ** min(self._quick_deaths, 8)

    def kill(self) -> None:
        """End the process now, whatever it does; a new one starts."""
        with self._lock:
            self._on_purpose = not self.resting
            self._process.kill()

    def close(self) -> None:
        """End the process for good."""
        self._closed.set()
        with contextlib.suppress(BrokenPipeError, OSError):
            self._process.stdin.close()
        self._process.kill()
        self._process.wait()
