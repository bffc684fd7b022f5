"""`python -m bench.forward BLUEPRINT BATCH REPEATS`: every method against a forward pass; prints JSON."""

from __future__ import annotations

import json
import pickle
import sys
import time
from collections.abc import Callable

import numpy as np

from bench.timing import seconds
from innv_gui import analyzers
from innv_gui.errors import AnalyzerRefused
from innv_gui.records import Aim, Blueprint
from innv_gui.runtimes.innvestigate.bridge import build
from innv_gui.runtimes.innvestigate.explain import explain
from innv_gui.runtimes.innvestigate.legacy import tf


def forward(blueprint: Blueprint, x: np.ndarray) -> tuple[np.ndarray, Callable[[], np.ndarray]]:
    """(scores of x, a plain forward pass to be timed), in a graph and session of their own."""
    graph = tf.Graph()
    with graph.as_default():
        session = tf.compat.v1.Session(graph=graph)
    with graph.as_default(), session.as_default():
        model = build(blueprint, x.shape[1:])
        run = session.make_callable(model.outputs[0], [model.inputs[0]])
    return run(x), lambda: run(x)


def strongest(scores: np.ndarray) -> Aim:
    """The predicted class of each image."""
    chosen = scores.argmax(axis=1)
    weights = np.eye(scores.shape[1], dtype=np.float32)[chosen]
    return Aim("scores", True, chosen[:, None], (weights,), scores.max(axis=1, keepdims=True), scores)


def row(blueprint: Blueprint, x: np.ndarray, aim: Aim, name: str, plain: float, repeats: int) -> dict:
    """First map, then the ratio of the following batches."""
    work = lambda: explain(blueprint, x, name, analyzers.check(name, {}), aim, False)  # noqa: E731
    started = time.perf_counter()
    try:
        work()
    except AnalyzerRefused:
        return {"analyzer": name, "first_seconds": time.perf_counter() - started, "ratio": None}
    first = time.perf_counter() - started
    return {"analyzer": name, "first_seconds": first, "ratio": seconds(work, repeats) / plain}


def main() -> None:
    """Measure all methods that iNNvestigate does."""
    path, batch, repeats = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with open(path, "rb") as file:
        blueprint = pickle.load(file)  # noqa: S301 - our own file, written a moment ago
    x = np.random.default_rng(0).random((batch, 32, 32, 1), np.float32)
    scores, again = forward(blueprint, x)
    aim = strongest(scores)
    plain = seconds(again, repeats * 4)
    names = [a.name for a in analyzers.all() if "innvestigate" in a.runtimes]
    print(json.dumps([row(blueprint, x, aim, name, plain, repeats) for name in names]))


if __name__ == "__main__":
    main()
