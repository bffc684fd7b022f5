"""Work on a Dask scheduler that runs elsewhere, done by `innv-gui worker` processes on any number of machines.

iNNvestigate's worker and that of maps are kept here: started when first needed, connected to the same scheduler.
"""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import dask
from distributed import Client, Future
from distributed.client import ClosedClientError

from innv_gui.cluster.address import Remote
from innv_gui.cluster.code import code
from innv_gui.cluster.pool import CONFIG, Pool
from innv_gui.cluster.process import WorkerProcess
from innv_gui.cluster.reach import answers
from innv_gui.cluster.same_files import call_on_same_files, expected
from innv_gui.cluster.tasks import KINDS, Task, end
from innv_gui.errors import Cancelled, InnvError, NoWorker, WorkerDied

CONNECT_S = 10
LOOK_S = 1.0  # how old the list of workers may be
NO_WORKER_S = 60.0  # how long to wait for a worker to come back, or to come at all
OURS = ("innvestigate", "numbers")  # they share files of the workspace with the server


class RemotePool(Pool):
    """As `Pool`, with workers that come and go by themselves."""

    def __init__(self, folder: Path, remote: Remote):
        self._remote = remote
        self._cluster = None
        self._offers: dict[str, int] = {}
        self._code, self._others = code(), set()
        self._looked = 0.0
        self._seen: dict[str, float] = {}
        self._look_lock, self._connecting = threading.Lock(), threading.Lock()
        super().__init__(folder)

    def _connect(self) -> None:
        self._address, self._security = self._remote.address, self._remote.safety
        answers(self._remote)
        try:
            self._client = Client(self._address, security=self._security, set_as_default=False, timeout=CONNECT_S)
        except (OSError, TimeoutError):
            raise NoWorker(
                f"No scheduler answers at {self._address}.",
                "Start it (dask scheduler --no-dashboard), or check address and certificates.",
            ) from None

    def submit(self, name: str, *args, **more) -> Future:
        self._reconnect()
        try:
            return super().submit(name, *args, **more)
        except ClosedClientError:
            raise self._lost(None) from None

    def run(self, name: str, *args, cancelled: threading.Event | None = None, **more):
        try:
            return super().run(name, *args, cancelled=cancelled, **more)
        except ClosedClientError:  # while it was waited for
            raise self._lost(cancelled) from None

    def _reconnect(self) -> None:
        """To a scheduler that was away for longer than Dask's client looks for it."""
        with self._connecting:
            if self._client.status == "closed" and not self._closed:
                with dask.config.set(CONFIG):
                    self._connect()

    def _is_ours(self, kind: str) -> bool:
        return kind in OURS

    def _process(self, kind: str) -> WorkerProcess:
        return worker_process(kind, self._remote, self._folder)

    def _resources(self, kind: str) -> dict[str, int]:
        """Of a worker elsewhere the same code, too."""
        return {kind: 1} if self._is_ours(kind) else {kind: 1, self._code: 1}

    def _calling(self, task: Task, key: str, args: tuple) -> tuple:
        calling = super()._calling(task, key, args)
        return calling if self._is_ours(task.kind) else (call_on_same_files, expected(task, args), *calling)

    def capacity(self, kind: str) -> int:
        """As many as there are workers of this kind; one when there is none, so that its absence is reported."""
        return max(1, self._offered().get(kind, 0))

    def _offered(self) -> dict[str, int]:
        """Kind -> number of workers. Asked of the scheduler now and then."""
        with self._look_lock:
            now = time.monotonic()
            if now - self._looked > LOOK_S:
                self._looked = now
                self._offers = self._ask()
                self._seen |= dict.fromkeys(self._offers, now)
            return self._offers

    def _ask(self) -> dict[str, int]:
        offers: dict[str, int] = {}
        try:
            workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        except (OSError, KeyError, RuntimeError, TypeError):  # the scheduler is away
            return offers
        others = set()
        for worker in workers:
            offered = set(worker.get("resources", {}))
            for kind in offered & set(KINDS):
                if self._code in offered:
                    offers[kind] = offers.get(kind, 0) + 1
                else:
                    others.add(kind)
        self._others = others - offers.keys()
        return offers

    def _can_start(self, kind: str) -> bool:
        if self._is_ours(kind):
            return super()._can_start(kind)
        if self._client.status not in ("running", "connecting"):
            return False
        with self._look_lock:
            since = self._seen.setdefault(kind, time.monotonic())
        if self._offered().get(kind):
            return True
        return kind not in self._others and time.monotonic() - since < NO_WORKER_S

    def _no_start(self, kind: str) -> NoWorker:
        if self._is_ours(kind):
            return super()._no_start(kind)
        with self._look_lock:
            self._seen.pop(kind, None)
        if self._client.status not in ("running", "connecting"):
            return self._gone()
        if kind in self._others:
            return NoWorker(
                f"The workers at {self._address} run another innv-gui than this server, {self._code}.",
                "Install the same on all machines, then start the workers again.",
            )
        return NoWorker(
            f"No worker at {self._address} offers {kind}.",
            f"Start one on any machine that can reach it: innv-gui worker --scheduler {self._address}",
        )

    def _gone(self) -> NoWorker:
        return NoWorker(
            f"The connection to the scheduler at {self._address} was lost.", "Start it again, then repeat the work."
        )

    def _lost(self, cancelled: threading.Event | None) -> InnvError:
        if self._closed or (cancelled is not None and cancelled.is_set()):
            return Cancelled("The work was cancelled.")
        return self._gone()

    def _death(self, kind: str, about: str) -> WorkerDied:
        if self._is_ours(kind):
            return super()._death(kind, about)
        what = f" on {about}" if about else ""
        return WorkerDied(
            f"Several {kind} workers died{what}.",
            "What innv-gui worker printed on their machines says how they ended. Where memory ran out, use fewer "
            "images at once or a smaller model. The session continues.",
        )

    def _free(self, future: Future, kind: str) -> None:
        """End the worker process that runs the task; `innv-gui worker` starts a new one."""
        if self._is_ours(kind):
            super()._free(future, kind)
            return
        busy = [worker for worker, keys in self._client.processing().items() if future.key in map(str, keys)]
        future.cancel()
        if busy:
            self._client.run(end, workers=busy, wait=False, on_error="ignore")


def worker_process(kind: str, remote: Remote, folder: Path, **more) -> WorkerProcess:
    """A worker process on this machine for a scheduler anywhere."""
    host = "127.0.0.1" if remote.loopback else ""
    return WorkerProcess(kind, remote.address, remote.safety, folder, host=host, machine=socket.gethostname(), **more)
