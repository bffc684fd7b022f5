"""Who may use a worker next: what a person waits for goes before work in the background, each in the order it came."""

from __future__ import annotations

import contextlib
import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator

from innv_gui.errors import Cancelled

POLL_S = 0.05


class Turns:
    """As many tasks at a time as `capacity()` says."""

    def __init__(self, capacity: Callable[[], int] = lambda: 1):
        self._capacity = capacity
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._waiting: list[tuple[bool, int]] = []
        self._running = 0
        self._persons, self._last_person_s = 0, -math.inf

    @contextlib.contextmanager
    def turn(self, cancelled: threading.Event | None = None, background: bool = False) -> Iterator[None]:
        """Hold a worker for the time of the block. Raises Cancelled when the waiting is given up."""
        self._note_person(0 if background else 1)
        try:
            self._wait((background, next(self._numbers)), cancelled)
            try:
                yield
            finally:
                with self._changed:
                    self._running -= 1
                    self._changed.notify_all()
        finally:
            self._note_person(0 if background else -1)

    def _note_person(self, change: int) -> None:
        with self._changed:
            self._persons += change
            self._last_person_s = time.monotonic() if change else self._last_person_s

    def quiet_s(self) -> float:
        """For how many seconds nobody has waited for a task."""
        with self._changed:
            return 0.0 if self._persons else time.monotonic() - self._last_person_s

    def someone_waits(self) -> bool:
        """Whether a person waits for a worker."""
        with self._changed:
            return any(not background for background, _ in self._waiting)

    def _wait(self, ticket: tuple[bool, int], cancelled: threading.Event | None) -> None:
        with self._changed:
            self._waiting.append(ticket)
            try:
                while min(self._waiting) != ticket or self._running >= self._capacity():
                    if cancelled is not None and cancelled.is_set():
                        raise Cancelled("The work was cancelled.")
                    self._changed.wait(POLL_S)
                self._running += 1
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
