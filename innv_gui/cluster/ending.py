"""How a worker process ended, in words: memory that ran out, a signal, or an exit code with what it said."""

from __future__ import annotations

import contextlib
import signal
from dataclasses import dataclass
from pathlib import Path

LOST_SCHEDULER = 78  # exit code of a worker whose scheduler is gone
ASKED_TO_END = 79  # exit code of a worker whose task was cancelled
LONGEST_WORDS = 200  # characters
LOG_TAIL = 2**16  # bytes
VMSTAT = Path("/proc/vmstat")


@dataclass(frozen=True)
class Ending:
    """code: as `subprocess` has it, negative for a signal; None when the process could not be started at all.

    last_words: the last line that this process (and none before it) wrote to its log. connected: whether it ever worked
    for a scheduler.
    """

    code: int | None
    out_of_memory: bool = False
    last_words: str = ""
    connected: bool = False

    @property
    def of_itself(self) -> bool:
        """Whether it ended itself; others were killed, or never ran."""
        return self.code is not None and self.code >= 0

    def __str__(self) -> str:
        if self.code is None:
            return f"the system does not start it: {self.last_words}"
        if self.code < 0:
            return self._signal()
        # Only Python's own end over an error leaves its reason as the last line.
        return f"exit code {self.code}{f': {self.last_words}' if self.code == 1 and self.last_words else ''}"

    def _signal(self) -> str:
        if self.code == -signal.SIGKILL and self.out_of_memory:
            return "the system killed it because memory ran out"
        try:
            name = signal.Signals(-self.code).name
        except ValueError:
            name = "unknown"
        more = ", most often because memory ran out" if self.code == -signal.SIGKILL else ""
        return f"killed by signal {-self.code} ({name}){more}"


def oom_kills() -> int:
    """How many processes of this machine were killed for lack of memory since it started; 0 where unknown."""
    with contextlib.suppress(OSError, ValueError):
        for line in VMSTAT.read_text().splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill":
                return int(count)
    return 0


def words_since(log: Path, start: int) -> str:
    """The last line of a log behind byte `start`; "" without one."""
    with contextlib.suppress(OSError), open(log, "rb") as stream:
        stream.seek(max(start, log.stat().st_size - LOG_TAIL))
        lines = stream.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:LONGEST_WORDS] if lines else ""
    return ""
