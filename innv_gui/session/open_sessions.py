"""Sessions that are still open when Python ends: they are closed, so that a script that forgot to does end.

Python waits for the threads of jobs before it calls what `atexit` knows. By then the cluster is gone, and a job that
waits for its worker would wait without end.
"""

from __future__ import annotations

import atexit
import contextlib
import threading
import weakref
from typing import Protocol


class Closes(Protocol):
    """What of a session is needed here."""

    def close(self) -> None: ...


_open: weakref.WeakSet[Closes] = weakref.WeakSet()


def close_at_end(session: Closes) -> None:
    """Close a session when Python ends, if nothing else has; one that is closed twice stays closed."""
    _open.add(session)


def _close_all() -> None:
    for session in list(_open):
        with contextlib.suppress(Exception):  # the next one is closed all the same
            session.close()


# As concurrent.futures has itself called before threads are waited for; what was registered last is called first.
getattr(threading, "_register_atexit", atexit.register)(_close_all)
