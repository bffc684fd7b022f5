"""How a command without a server ends when the system asks it to: as after Ctrl-C, with nothing left behind."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Generator

SIGNALS = (signal.SIGTERM, signal.SIGHUP)
AGAIN_S = 15.0  # a signal that comes sooner after another would only disturb the end that has begun


class Ended(KeyboardInterrupt):
    """A signal has come. exit_code: what a shell gives for it, 143 for SIGTERM, 129 for SIGHUP."""

    def __init__(self, number: int):
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


@contextlib.contextmanager
def ended_by_signals() -> Generator[None, None, None]:
    """SIGTERM and SIGHUP raise Ended in this block. One that is ignored, as nohup does, or handled already stays so."""
    came: list[tuple[int, float]] = []

    def end(number: int, _frame) -> None:
        if not came or time.monotonic() - came[-1][1] > AGAIN_S:
            came.append((number, time.monotonic()))
            raise Ended(number)

    is_main = threading.current_thread() is threading.main_thread()  # no other may set handlers
    taken = [number for number in SIGNALS if is_main and signal.getsignal(number) is signal.SIG_DFL]
    for number in taken:
        signal.signal(number, end)
    try:
        yield
    except OSError:
        if came:  # the terminal is gone, too: its progress bar cannot be cleared
            raise Ended(came[0][0]) from None
        raise
    finally:
        for number in taken:
            signal.signal(number, signal.SIG_DFL)
