"""A job: one piece of long work with progress and cancel, run in a thread of the web process.

The thread only hands out tasks and collects results; the work is in the worker processes.
"""

from __future__ import annotations

import threading
import time
import traceback
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from innv_gui.errors import Cancelled, InnvError, NotFound, WorkFailed

KEPT = 200  # finished jobs that are still answered for
ENDED = ("done", "failed", "cancelled")


class Job:
    """One run of something long. Its thread calls `step` and `check`; anybody may call `cancel`."""

    def __init__(self, kind: str, title: str, total: int, unit: str):
        self.id = f"j-{uuid.uuid4().hex[:12]}"
        self.kind, self.title, self.unit = kind, title, unit
        self.total, self.done = total, 0
        self.status = "queued"
        self.error: InnvError | None = None
        self.message = ""
        self.result = None
        self.cancelled = threading.Event()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._started = self._finished = time.monotonic()

    def step(self, count: int = 1) -> None:
        """Say that `count` more units are done."""
        with self._lock:
            self.done += count

    def check(self) -> None:
        """Raise Cancelled when the person has stopped the job."""
        if self.cancelled.is_set():
            raise Cancelled("The work was cancelled.")

    def cancel(self) -> None:
        """Stop: the status says so at once, the work ends within seconds."""
        with self._lock:
            self.cancelled.set()
            if self.status not in ENDED:
                self.status = "cancelled"
                self._finished = time.monotonic()

    def wait(self, timeout_s: float | None = None) -> Job:
        """Block until the job's thread is through; raises what made it fail."""
        self._ended.wait(timeout_s)
        if self.error is not None:
            raise self.error
        if self.status == "cancelled":
            raise Cancelled("The work was cancelled.")
        return self

    def ended(self, timeout_s: float = 0) -> bool:
        """Whether the job's thread is through, waiting for it at most `timeout_s`."""
        return self._ended.wait(timeout_s)

    def run(self, work: Callable[[Job], object]) -> None:
        """Do the work in this thread and end in one of the end states."""
        try:
            self._begin()
            self.result = work(self)
            self._end("done")
        except Cancelled:
            self._end("cancelled")
        except InnvError as error:
            self._end("failed", error)
        except Exception as error:  # the border around a job: whatever happens, the server goes on
            traceback.print_exc()
            self._end("failed", WorkFailed(f"{self.title} failed: {type(error).__name__}: {error}."))
        finally:
            self._ended.set()

    def _begin(self) -> None:
        with self._lock:
            self._started = time.monotonic()
            if self.cancelled.is_set():
                raise Cancelled("The work was cancelled.")
            self.status = "running"

    def _end(self, status: str, error: InnvError | None = None) -> None:
        with self._lock:
            if self.status not in ENDED:
                self.status, self.error, self._finished = status, error, time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return (self._finished if self.status in ENDED else time.monotonic()) - self._started

    def as_json(self) -> dict:
        """The REST form."""
        rate = self.done / self.seconds if self.done and self.seconds > 0 else None
        left = (self.total - self.done) / rate if rate and self.status == "running" else None
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "status": self.status,
            "done": self.done,
            "total": self.total,
            "unit": self.unit,
            "rate": rate,
            "seconds": round(self.seconds, 3),
            "seconds_left": left,
            "message": self.message,
            "error": self.error.as_json()["error"] if self.error else None,
        }


class Jobs:
    """All jobs of a session: started in order, many at a time; their threads only wait for workers."""

    def __init__(self, at_once: int = 32):
        self._jobs: dict[str, Job] = {}
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="job")
        self._lock = threading.Lock()

    def start(self, kind: str, title: str, work: Callable[[Job], object], total: int = 1, unit: str = "steps") -> Job:
        """Queue work; returns at once."""
        job = Job(kind, title, total, unit)
        with self._lock:
            self._jobs[job.id] = job
            self._forget()
        self._threads.submit(job.run, work)
        return job

    def _forget(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.status in ENDED]
        for id in ended[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[id]

    def get(self, id: str) -> Job:
        """The job of this id."""
        with self._lock:
            if id not in self._jobs:
                raise NotFound(f"There is no job {id}.", "Ended jobs are forgotten after a while.", field="job")
            return self._jobs[id]

    def all(self) -> list[Job]:
        """Newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def close(self) -> None:
        """Cancel what runs."""
        for job in self.all():
            if job.status not in ENDED:
                job.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)
