"""Installs a lock file by several processes of pip at once: `python tools/install_lock.py requirements.lock`.

Unpacking and compiling take most of the time, and one pip does that on one core. A lock file holds all that is needed,
so that nothing has to be resolved and the order does not matter. Runs in the environment that is to be filled.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PIP = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--ignore-requires-python")
LARGEST = "tensorflow"  # takes as long as half of the rest: first, and alone
PART_SIZE = 12  # requirements one pip installs: it takes half a second to start
MOST_PROCESSES = 4


def main(arguments: list[str]) -> int:
    """Exit status of the first pip that failed, or 0; what pip says goes through."""
    parts = divided(requirements(Path(arguments[0]).read_text()))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_PROCESSES)) as pool:
        files = [Path(folder, f"part-{number}.lock") for number in range(len(parts))]
        for file, part in zip(files, parts, strict=True):
            file.write_text("".join(part))
        statuses = pool.map(lambda file: subprocess.run([*PIP, "-r", str(file)]).returncode, files)
        return next(filter(None, statuses), 0)


def requirements(lock: str) -> list[str]:
    """The text of each requirement with its hashes, as the lock file has it; without comments."""
    lines = [line for line in lock.splitlines(keepends=True) if line.strip() and not line.lstrip().startswith("#")]
    return re.split(r"^(?=\S)", "".join(lines), flags=re.MULTILINE)[1:]


def divided(requirements: list[str]) -> list[list[str]]:
    """Parts for a pip each, the one that takes longest first."""
    largest = [one for one in requirements if one.startswith(f"{LARGEST}=")]
    others = [one for one in requirements if one not in largest]
    parts = [others[start : start + PART_SIZE] for start in range(0, len(others), PART_SIZE)]
    return [largest, *parts] if largest else parts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
