"""How much memory a process had at most."""

from __future__ import annotations

import os
import re
from pathlib import Path


def peak_kib(pid: int | None = None) -> int:
    """Resident memory of a process at its highest, in KiB; of this one without a pid.

    From /proc (Linux): what getrusage says is at least what the process had that started it.
    """
    status = Path(f"/proc/{pid or os.getpid()}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found, "Memory is measured on Linux alone."
    return int(found[1])


def peak_gib() -> float:
    """Of this process."""
    return peak_kib() / 2**20
