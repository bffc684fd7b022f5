"""Ten classes as one batch against ten single ascents, on the sample digits network: both to the same cap.

`python -m bench.maximize` measures in a process of its own and prints JSON; `measure()` asks for it.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from bench.attribution import asked

MODEL = Path(__file__).resolve().parents[1] / "sample_models" / "digits_cnn.keras"
CLASSES = 10
ITERATIONS = 100
ROUNDS = 5
LIMIT = 0.4


def measure() -> dict:
    """In a process of its own, because the server's own has no TensorFlow."""
    return asked("bench.maximize")


def _cpu_seconds(work) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _measured() -> dict:
    from innv_gui.analyzers import maximize
    from innv_gui.records import Ascent, Features, ModelSource, Preprocessing
    from innv_gui.runtimes.keras.maximize.climb import climb
    from innv_gui.runtimes.keras.maximize.starts import start

    source = ModelSource("keras", str(MODEL))
    begin = start(source, Preprocessing("unit"), "noise", 0)
    params = maximize.check("plain", {"iterations": ITERATIONS, "stop_at": 1})

    def ascend(*classes: int) -> None:
        features, state = Features("class", None, classes), Ascent.of(begin, len(classes))
        climb(source, features, params, begin, state, 0, ITERATIONS + 1)

    ascend(*range(CLASSES))  # the trace
    together, alone = [], []
    for _ in range(ROUNDS):
        together.append(_cpu_seconds(lambda: ascend(*range(CLASSES))))
        alone.append(_cpu_seconds(lambda: [ascend(one) for one in range(CLASSES)]))
    ratio = min(together) / min(alone)
    return {"model": MODEL.name, "classes": CLASSES, "iterations": ITERATIONS, "ratio": ratio, "limit": LIMIT}


if __name__ == "__main__":
    print(json.dumps(_measured()))
