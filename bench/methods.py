"""What iNNvestigate costs, method by method, relative to a plain forward pass of the same batch in the same process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

BATCH = 8
REPEATS = 5
MODEL = Path(__file__).resolve().parents[1] / "sample_models" / "digits_cnn.keras"


def measure() -> dict:
    """Ask two processes: one for the blueprint (Keras 3), one for the measurement (tf_keras)."""
    environment = {**os.environ, "TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    blueprint = _python("bench.blueprint", {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}, str(MODEL))
    rows = json.loads(_python("bench.forward", environment, blueprint.strip(), str(BATCH), str(REPEATS)))
    Path(blueprint.strip()).unlink()
    return {"model": MODEL.stem, "batch": BATCH, "rows": rows}


def _python(module: str, environment: dict, *arguments: str) -> str:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()[-1]
