"""A job: one piece of long work with progress and cancel, run in a thread of the web process.

The thread only hands out tasks and collects results; the work is in the worker processes.
"""

from __future__ import annotations

import errno
import os
import threading
import time
import traceback
import uuid
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from innv_gui.errors import Cancelled, InnvError, NotFound, StorageFailed, WorkFailed

KEPT = 100  # finished jobs that are still answered for: each holds what came of it
RATE_OVER_S = 20.0  # the rate is that of the last seconds: loading a model at the start is no measure of what follows
_NUMBERS = {FileNotFoundError: errno.ENOENT, PermissionError: errno.EACCES}
ENDED = ("done", "failed", "cancelled")


class Job:
    """One run of something long. Its thread calls `step` and `check`; any thread may call `cancel`."""

    def __init__(self, kind: str, title: str, total: int, unit: str):
        self.id = f"j-{uuid.uuid4().hex[:12]}"
        self.kind, self.title, self.unit = kind, title, unit
        self.follows: str | None = None  # the id of another job that does a part of this one's work
        self.total, self.done = total, 0
        self.status = "queued"
        self.error: InnvError | None = None
        self.message = ""
        self.result = None
        self.cancelled = threading.Event()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._started = self._finished = time.monotonic()
        self._marks: deque[tuple[float, int]] = deque([(self._started, 0)])  # when how many were done

    def step(self, count: int = 1) -> None:
        """Say that `count` more units are done."""
        with self._lock:
            self.done += count
            now = time.monotonic()
            self._marks.append((now, self.done))
            while len(self._marks) > 2 and self._marks[1][0] < now - RATE_OVER_S:
                self._marks.popleft()

    def skip(self, count: int) -> None:
        """Say that `count` units were done before this job; they are no part of its rate."""
        with self._lock:
            self.done += count
            self._marks = deque([(time.monotonic(), self.done)])

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
        """Block until the job's thread has finished; raises what made it fail."""
        self._ended.wait(timeout_s)
        if self.error is not None:
            raise self.error
        if self.status == "cancelled":
            raise Cancelled("The work was cancelled.")
        return self

    def ended(self, timeout_s: float | None = 0) -> bool:
        """Whether the job's thread has finished, waiting for it at most `timeout_s`; None: as long as it takes."""
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
        except OSError as error:  # a file of the workspace that was there a moment ago
            traceback.print_exc()
            self._end("failed", _lost(self.title, error))
        except BaseException as error:  # the border around a job: whatever happens, the server goes on
            traceback.print_exc()
            self._end("failed", WorkFailed(f"{self.title} failed: {type(error).__name__}: {error}."))
        finally:
            self._ended.set()

    def _begin(self) -> None:
        with self._lock:
            self._started = time.monotonic()
            self._marks = deque([(self._started, self.done)])
            self.message = ""
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

    @property
    def rate(self) -> float | None:
        """Units per second: recently while it runs, over all of it once it has ended."""
        with self._lock:
            first, last = self._marks[0], self._marks[-1]
            seconds = (self._finished if self.status in ENDED else last[0]) - first[0]
            return (last[1] - first[1]) / seconds if last[1] > first[1] and seconds > 0 else None

    def as_json(self) -> dict:
        """The REST form."""
        rate = self.rate
        left = (self.total - self.done) / rate if rate and self.status == "running" else None
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "follows": self.follows,
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


def _lost(title: str, error: OSError) -> StorageFailed:
    file = Path(os.fsdecode(error.filename or str(error))).name[:80]  # Arrow says nothing but the path
    why = error.strerror or os.strerror(_NUMBERS.get(type(error), errno.EIO))
    return StorageFailed(
        f"{title} failed: {file} cannot be used ({why}).",
        "Check that the workspace exists and can be read and written, then start again: kept results are reused.",
    )


class Jobs:
    """All jobs of a session: started in order, many at a time; their threads only wait for workers."""

    def __init__(self, at_once: int = 32):
        self._jobs: dict[str, Job] = {}
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="job")
        self._lines: dict[str, ThreadPoolExecutor] = {}
        self._last: dict[str, Job] = {}
        self._lock = threading.Lock()

    def start(
        self,
        kind: str,
        title: str,
        work: Callable[[Job], object],
        total: int = 1,
        unit: str = "steps",
        line: str | None = None,
        follows: Job | None = None,
    ) -> Job:
        """Queue work; returns at once. Jobs of one `line` run one after the other, in the order they were started.

        follows: another job, which does a part of this one's work.
        """
        job = Job(kind, title, total, unit)
        job.follows = follows.id if follows else None
        with self._lock:
            self._jobs[job.id] = job
            self._forget()
            threads = self._threads if line is None else self._line(line, job)
        threads.submit(job.run, work)
        return job

    def _line(self, line: str, job: Job) -> ThreadPoolExecutor:
        before = self._last.get(line)
        if before is not None and not before.ended():
            job.message = f"Waiting for: {before.title}."
        self._last[line] = job
        return self._lines.setdefault(line, ThreadPoolExecutor(1, thread_name_prefix=line))

    def _forget(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.status in ENDED]
        for id in ended[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[id]

    def get(self, id: str) -> Job:
        """The job of this id."""
        with self._lock:
            if id not in self._jobs:
                raise NotFound(f"There is no job {id}.", "Finished jobs are forgotten after a while.", field="job")
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
        for threads in (self._threads, *self._lines.values()):
            threads.shutdown(wait=False, cancel_futures=True)
