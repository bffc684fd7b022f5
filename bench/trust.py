"""What perturbation costs beside the forward passes that it cannot do without, both sides in one process.

The plain side is the network's own compiled prediction of as many pictures, which are there already; the other side
makes them, too. `INNV_BENCH_MODEL=FILE` measures a model file more.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from bench.timing import seconds
from innv_gui import analyzers
from innv_gui.records import ModelSource, Preprocessing
from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.perturbation.occlusion import occlusion
from innv_gui.runtimes.keras.perturbation.rise import rise
from innv_gui.runtimes.keras.predict.feeding import Feeding
from innv_gui.runtimes.keras.trust.replacement import replacement
from innv_gui.trust import ordering

LIMIT = 1.15
REPLACING = 1.2
REPEATS = 7
SAMPLE = Path(__file__).resolve().parents[1] / "sample_models" / "digits_cnn.keras"
SETTINGS = {"occlusion": (occlusion, {"window": 0.1, "positions": 7}), "rise": (rise, {"masks": 100})}


def sources() -> dict[str, ModelSource]:
    """The networks that are measured, by name."""
    more = os.environ.get("INNV_BENCH_MODEL")
    named = {
        SAMPLE.stem: ModelSource("keras", str(SAMPLE)),
        "MobileNetV2": ModelSource("application", application="MobileNetV2", weights="random"),
    }
    return named | ({Path(more).stem: ModelSource("keras", more)} if more else {})


def measure() -> dict:
    """Each method on each network."""
    rows = [row(name, loading.load(source), method) for name, source in sources().items() for method in SETTINGS]
    rows += [replacing(name, source) for name, source in sources().items()]
    return {"rows": rows}


def replacing(name: str, source: ModelSource) -> dict:
    """Deletion and insertion of one picture in 50 steps / as many forward passes; the limit is REPLACING."""
    network, steps = loading.load(source), 50
    height, width, channels = network.input_shape
    passes = 2 * (steps - 1)
    pictures = np.random.default_rng(0).random((passes, height or 224, width or 224, channels), np.float32)
    x = pictures[:1]
    places, fill = ordering.places(x[0].mean(axis=-1), 0)[None], np.zeros((1, *x.shape), np.float32)
    taken, plain = medians(
        lambda: replacement(source, x, fill, places, np.zeros(1, int), steps), lambda: network.scores(pictures)
    )
    return {
        "network": name,
        "analyzer": "deletion, insertion",
        "passes": passes,
        "ratio": taken / plain,
        "limit": REPLACING,
    }


def row(name: str, network: Network, method: str) -> dict:
    """Time of one map / time of its forward passes: medians of rounds."""
    answer, given = SETTINGS[method]
    params = analyzers.check(method, given)
    passes = analyzers.cost(method, params) or 0
    height, width, channels = network.input_shape
    pictures = np.random.default_rng(0).random((passes, height or 224, width or 224, channels), np.float32)
    weights = np.eye(network.n_classes, dtype=np.float32)[:1]
    fed = Feeding(Preprocessing("unit"))

    def explain() -> None:
        answer(
            Question(network, method, params, network.explained_layer, False, False, pictures[:1], weights, feeding=fed)
        )

    taken, plain = medians(explain, lambda: network.scores(pictures))
    return {"network": name, "analyzer": method, "passes": passes, "ratio": taken / plain, "limit": LIMIT}


def medians(*works: Callable[[], object]) -> list[float]:
    """Of each, in turns, so that what else the machine does meets all of them; after a first time that traces."""
    for work in works:
        work()
    rounds = [[seconds(work, 1) for work in works] for _ in range(REPEATS)]
    return [median(times) for times in zip(*rounds, strict=True)]
