"""The embedded cluster: a Dask scheduler in this process, worker processes of three kinds beside it.

One task at a time is given to a worker: a worker that dies then takes exactly one task with it, and no other job is
blamed. Everything speaks TLS on 127.0.0.1; there is no dashboard. A worker process that dies is started again.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
import uuid
from pathlib import Path

import dask
from distributed import CancelledError, Client, Future, KilledWorker, Scheduler, SpecCluster
from distributed.scheduler import DEFAULT_EXTENSIONS
from distributed.security import Security

from innv_gui.cluster.process import WorkerProcess
from innv_gui.cluster.tasks import TASKS, Task, call, call_stoppable, hurry, stop
from innv_gui.cluster.turns import SPARED_S, Turns
from innv_gui.errors import Cancelled, InnvError, NoWorker, WorkerDied

GRACE_S = 2.0  # how long a cancelled task may go on before its worker is killed
POLL_S = 0.05
FOREGROUND, BACKGROUND = 10, 0  # Dask's priorities
MOST_FAILED_STARTS = 3
CONFIG = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",  # how late its own loop is; its 20 ms take 2 % of a core in each process
    "distributed.scheduler.http.routes": [],
    "distributed.scheduler.work-stealing": False,
    # It would take a fetched network from the worker that uses it, which would fetch it again for the next task.
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.comm.timeouts.connect": "30s",
    "distributed.admin.log-format": "%(asctime)s %(name)s %(message)s",
}
# Each connection remembers its last thousand messages, and with them the images and maps that went over it. Read when
# a worker connects, so it has to hold for longer than the making of the pool.
FOR_GOOD = {
    "distributed.admin.low-level-log-length": 1,
    "distributed.admin.large-graph-warning-threshold": "1GB",  # read with each task; images travel with them
}


class WithoutSpans:
    """Instead of Dask's spans, which keep a record of each request for as long as the scheduler lives."""

    def __init__(self, scheduler: Scheduler):
        pass

    def observe_tasks(self, *_, **__) -> dict:
        """Nothing is noted of new tasks."""
        return {}

    def heartbeat(self, *_) -> None:
        """Nor of what workers measured."""


EXTENSIONS = {name: one for name, one in DEFAULT_EXTENSIONS.items() if name != "stealing"} | {"spans": WithoutSpans}


class Pool:
    """Runs tasks by name. Threads of the web process call `run`, which blocks until the result is there."""

    def __init__(self, folder: Path):
        self._folder = Path(folder)
        self._processes: dict[str, WorkerProcess] = {}
        self._turns: dict[str, Turns] = {}
        self._lock = threading.Lock()
        self._closed = False
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        dask.config.set(FOR_GOOD)
        with dask.config.set(CONFIG):
            self._connect()

    def _connect(self) -> None:
        self._security = Security.temporary()
        options = {
            "host": "127.0.0.1",
            "port": 0,
            "dashboard": False,
            "dashboard_address": "127.0.0.1:0",
            "security": self._security,
            "allowed_failures": 1,
            "extensions": EXTENSIONS,
        }
        scheduler = {"cls": Scheduler, "options": options}
        self._cluster = SpecCluster(
            workers={}, scheduler=scheduler, security=self._security, silence_logs=logging.CRITICAL
        )
        self._client = Client(self._cluster, security=self._security, set_as_default=False)
        self._address = self._cluster.scheduler_address

    def start(self, kind: str) -> None:
        """Make sure that there is a worker of this kind, without waiting until it is ready."""
        with self._lock:
            if self._closed:
                raise Cancelled("The server is shutting down.")
            if kind not in self._turns:
                self._turns[kind] = Turns(lambda: self.capacity(kind))
            if kind not in self._processes and self._is_ours(kind):
                self._processes[kind] = self._process(kind)

    def _process(self, kind: str) -> WorkerProcess:
        return WorkerProcess(kind, self._address, self._security, self._folder)

    def _is_ours(self, kind: str) -> bool:
        """Whether this process keeps the worker of this kind."""
        return True

    def submit(self, name: str, *args, background: bool = False, **kwargs) -> Future:
        """Start a task and keep its result in the worker, to be handed to another task."""
        task = TASKS[name]
        self.start(task.kind)
        key = f"{name}-{uuid.uuid4().hex}"
        options = {
            "resources": self._resources(task.kind),
            "pure": False,
            "key": key,
            "priority": BACKGROUND if background else FOREGROUND,
        }
        return self._client.submit(*self._calling(task, key, args), *args, **options, **kwargs)

    def _calling(self, task: Task, key: str, args: tuple) -> tuple:
        """What a worker calls for a task, with what goes before its arguments."""
        return (call_stoppable, task.address, key) if task.stoppable else (call, task.address)

    def _resources(self, kind: str) -> dict[str, int]:
        """What a worker has to offer for a task of this kind."""
        return {kind: 1}

    def capacity(self, kind: str) -> int:
        """How many tasks of this kind can run at the same time."""
        return 1

    def quiet_s(self, kind: str) -> float:
        """For how many seconds nobody has waited for a worker of this kind."""
        self.start(kind)
        return self._turns[kind].quiet_s()

    def run(
        self, name: str, *args, cancelled: threading.Event | None = None, about: str = "", background=False, **kwargs
    ):
        """Run a task and return its result. `about` names model or file for the sentence when the worker dies.

        background: let every task that a person waits for go first; a stoppable task is asked to make way for it.
        """
        kind = TASKS[name].kind
        self.start(kind)
        with self._turns[kind].turn(cancelled, background) as is_late:
            future = self.submit(name, *args, background=background, **kwargs)
            try:
                self._wait(future, kind, cancelled, TASKS[name].stoppable and background, SPARED_S if is_late else 0.0)
                return future.result()
            except KilledWorker:
                raise self._death(kind, about) from None
            except CancelledError:
                raise self._lost(cancelled) from None
            finally:
                future.release()

    def _wait(
        self, future: Future, kind: str, cancelled: threading.Event | None, gives_way: bool, spared_s: float
    ) -> None:
        finished, began = threading.Event(), time.monotonic()
        future.add_done_callback(lambda _: finished.set())
        while not finished.wait(POLL_S if cancelled is not None else 10 * POLL_S):
            if cancelled is not None and cancelled.is_set():
                self._stop(future, kind, finished)
                raise Cancelled("The work was cancelled.")
            is_spared = time.monotonic() - began < spared_s
            if gives_way and not is_spared and self._turns[kind].someone_waits():
                self._client.run(hurry, future.key, wait=False, on_error="ignore")
                gives_way = False
            if not self._can_start(kind):
                future.cancel()
                raise self._no_start(kind)

    def _can_start(self, kind: str) -> bool:
        """A process that lives is waited for, whatever happened before; so is the next one after few failures."""
        process = self._processes[kind]
        return not process.resting or process.failed_starts < MOST_FAILED_STARTS

    def _lost(self, cancelled: threading.Event | None) -> InnvError:
        return Cancelled("The work was cancelled.")

    def _stop(self, future: Future, kind: str, finished: threading.Event) -> None:
        self._client.run(stop, future.key, wait=False, on_error="ignore")
        if finished.wait(GRACE_S):
            return
        self._free(future, kind)

    def _free(self, future: Future, kind: str) -> None:
        """Take the worker away from a task that does not end."""
        future.cancel()
        self.kill(kind)

    def kill(self, kind: str) -> None:
        """End the worker process of this kind at once; a new one starts by itself."""
        self._processes[kind].kill()

    def pid(self, kind: str) -> int | None:
        """Process id of the worker of this kind, when there is one."""
        process = self._processes.get(kind)
        return process.pid if process else None

    def ready(self, kind: str) -> bool:
        """Whether the present worker of this kind is connected."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return any(worker["name"] == f"{kind}-{self.pid(kind)}" for worker in workers)

    def wait_ready(self, kind: str, timeout_s: float = 120) -> None:
        """Block until a worker of this kind is connected."""
        self.start(kind)
        deadline = time.monotonic() + timeout_s
        while not self.ready(kind):
            if time.monotonic() > deadline or not self._can_start(kind):
                raise self._no_start(kind)
            time.sleep(POLL_S)

    def _death(self, kind: str, about: str) -> WorkerDied:
        what, ending = f" on {about}" if about else "", self._processes[kind].ending
        hint = "Explain fewer images at once or a smaller model."
        if ending and ending.of_itself:
            hint = "It was not killed: code that it ran ended it, of a plug-in or a library."
        return WorkerDied(f"The {kind} worker died twice{what} ({ending}).", f"{hint} The session continues.")

    def _no_start(self, kind: str) -> NoWorker:
        why = self._processes[kind].ending
        return NoWorker(
            f"The {kind} worker cannot start{f' ({why})' if why else ''}.",
            "It is retried after a pause; innv-gui doctor says what is missing. Everything else keeps working.",
        )

    def close(self) -> None:
        """End workers and scheduler."""
        with self._lock:
            self._closed = True
            processes = list(self._processes.values())
        for process in processes:
            process.close()
        with contextlib.suppress(Exception):
            self._client.close(timeout=2)
        if self._cluster is not None:
            with contextlib.suppress(Exception):
                self._cluster.close(timeout=5)
