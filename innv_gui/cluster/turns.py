"""Who may use a worker next: what a person waits for goes before work in the background, each in the order it came.

Where persons keep a worker busy all the time, the background has a short turn now and then, so that it goes on, too.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator

from innv_gui.errors import Cancelled

POLL_S = 0.05
PATIENCE_S = 2.0  # of the background; then one task of it is next
SPARED_S = 0.4  # such a task is not asked to make way before


class Turns:
    """As many tasks at a time as `capacity()` says."""

    def __init__(self, capacity: Callable[[], int] = lambda: 1):
        self._capacity = capacity
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._waiting: list[tuple[bool, int]] = []
        self._running = 0
        self._served_s = 0.0  # when the background began or ended its last turn, or began to wait
        self._persons, self._last_person_s = 0, -math.inf

    @contextlib.contextmanager
    def turn(self, cancelled: threading.Event | None = None, background: bool = False) -> Iterator[bool]:
        """Hold a worker for the time of the block. Gives whether a person waits who had to let the background go first.

        Raises Cancelled when the waiting is given up.
        """
        self._note_person(0 if background else 1)
        try:
            is_late = self._wait((background, next(self._numbers)), cancelled)
            try:
                yield is_late
            finally:
                with self._changed:
                    self._running -= 1
                    self._served_s = time.monotonic() if background else self._served_s
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
            return self._has(background=False)

    def _has(self, background: bool) -> bool:
        return any(ticket[0] == background for ticket in self._waiting)

    def _next(self) -> tuple[bool, int]:
        """The first that waits; of the background where that has had no turn for long."""
        late = self._has(background=True) and time.monotonic() - self._served_s > PATIENCE_S
        return min(ticket for ticket in self._waiting if ticket[0] or not late)

    def _wait(self, ticket: tuple[bool, int], cancelled: threading.Event | None) -> bool:
        with self._changed:
            if ticket[0] and not self._has(background=True):
                self._served_s = time.monotonic()
            self._waiting.append(ticket)
            try:
                while self._next() != ticket or self._running >= self._capacity():
                    if cancelled is not None and cancelled.is_set():
                        raise Cancelled("The work was cancelled.")
                    self._changed.wait(POLL_S)
                self._running += 1
                self._served_s = time.monotonic() if ticket[0] else self._served_s
                return ticket[0] and self._has(background=False)
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
