"""How often a wrong token may be shown. The right one is never counted and always works."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from innv_gui.errors import InnvError

MOST = 10
WITHIN_S = 60.0


class TooMany(InnvError):
    """More wrong tokens than anybody mistypes."""

    status = 429


class WrongTokens:
    """The wrong tokens of the last minute, from whoever they came: all of this server's callers are one machine."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock, self._times, self._lock = clock, deque(maxlen=MOST), threading.Lock()

    def note(self) -> None:
        """One more; raises TooMany when there were MOST within the last minute."""
        with self._lock:
            now = self._clock()
            if len(self._times) == MOST and now - self._times[0] < WITHIN_S:
                wait_s = int(WITHIN_S - (now - self._times[0])) + 1
                raise TooMany(
                    f"More than {MOST} wrong tokens came within a minute.",
                    f"Wait {wait_s} s, or open the whole address that innv-gui printed.",
                )
            self._times.append(now)
