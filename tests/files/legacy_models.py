"""Models written by Keras 2, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

KINDS = {".keras": "keras", ".h5": "hdf5"}


def legacy(program: str, folder, *names: str) -> None:
    """Runs it with Keras 2."""
    environment = {**os.environ, "TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", program, str(folder), *names]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
