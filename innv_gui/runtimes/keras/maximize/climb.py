"""The task: some steps of an ascent."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from innv_gui.records import Ascent, Features, ModelSource, Start
from innv_gui.runtimes.keras.maximize import ascent, objective
from innv_gui.runtimes.keras.networks import loading

WHOLE = ("iterations", "jitter")
REAL = ("step", "stop_at", "tv", "l2")


def climb(
    source: ModelSource, features: Features, params: dict, start: Start, given: Ascent, seed: int, count: int
) -> Ascent:
    """At most `count` further looks at pictures that have all gone equally far, with a step after each.

    given: u, steps and stops of the T pictures, one for each of features.index. params: complete, of a preset.
    """
    network = loading.load(source)
    layer = objective.check(network, features)
    form = ascent.form_of(features.kind, params, start.bounded)
    shape = start.u.shape
    run = network.function(("ascent", layer, shape, form), lambda: ascent.trace(network, layer, shape, form))
    steps = given.steps[given.stops == 0]
    settings = _settings(params, seed, int(steps[0]) if len(steps) else 0, count)
    arrays = (given.u, start.u, start.low, start.high - start.low)
    whole = (np.asarray(features.index), given.steps, given.stops)
    return _run(run, [*map(_real, arrays), *map(_whole, whole)], settings)


def _settings(params: dict, seed: int, first: int, count: int) -> dict:
    whole = {name: params.get(name, 0) for name in WHOLE} | {"seed": seed, "first": first, "count": count}
    real = {name: params.get(name, 0.0) for name in REAL}
    return {name: _whole(value) for name, value in whole.items()} | {name: _real(value) for name, value in real.items()}


def _real(value):
    return tf.constant(value, tf.float32)


def _whole(value):
    return tf.constant(np.asarray(value, np.int32))


def _run(run, arrays: list, settings: dict) -> Ascent:
    """All pictures at once; where memory runs out, one half after the other."""
    try:
        return Ascent(*(part.numpy() for part in run(*arrays, settings)))
    except tf.errors.ResourceExhaustedError:
        if len(arrays[0]) == 1:
            raise
    middle = len(arrays[0]) // 2
    halves = [_run(run, _part(arrays, rows), settings) for rows in (slice(None, middle), slice(middle, None))]
    return _joined(*halves)


def _part(arrays: list, rows: slice) -> list:
    u, start, low, span, *each = arrays
    return [u[rows], start, low, span, *(one[rows] for one in each)]


def _joined(first: Ascent, second: Ascent) -> Ascent:
    """One half may have stopped sooner than the other: its curves are filled up with NaN."""
    length = max(len(first.values), len(second.values))
    rows = [np.concatenate([getattr(half, name) for half in (first, second)]) for name in ("u", "steps", "stops")]
    curves = [
        np.concatenate([_filled(getattr(half, name), length) for half in (first, second)], axis=1)
        for name in ("values", "probabilities")
    ]
    return Ascent(*rows, *curves)


def _filled(curve: np.ndarray, length: int) -> np.ndarray:
    return np.concatenate([curve, np.full((length - len(curve), curve.shape[1]), np.nan, curve.dtype)])
