"""Attribution by our own engine: a model, a batch, a method and a target in, relevance out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import Maps, ModelSource, Target
from innv_gui.runtimes.keras import loading
from innv_gui.runtimes.keras.attribution import METHODS, averages, deep_taylor, lrp, targets, traces
from innv_gui.runtimes.keras.network import Network
from innv_gui.runtimes.keras.quoting import quoted

BATCH = 8
LAYERED = {**lrp.METHODS, **deep_taylor.METHODS}  # rules layer by layer; all others are gradients
SIZES = {"abs": np.abs, "square": np.square, "none": lambda values: values}

Run = Callable[[np.ndarray, np.ndarray], np.ndarray]  # x (n, H, W, C), weights (n, U) -> (n, H, W, C)


def explain(
    source: ModelSource,
    x: np.ndarray,
    analyzer: str,
    params: dict[str, Any],
    target: Target,
    unchecked: bool,
    probabilities: np.ndarray,
) -> Maps:
    """x (N, H, W, C) network input -> Maps with values (N, T, H, W, C); T is 1 but for the top neurons.

    params: complete and checked. probabilities (N, K) tell the predicted class. unchecked: go on where the method has
    nothing for a layer. Raises AnalyzerRefused naming method and layer (field "unchecked" when running so would help).
    """
    started = time.perf_counter()
    if analyzer not in METHODS:
        raise BadInput(f"{quoted(analyzer)} does not run here.", field="analyzer", allowed=METHODS)
    network = loading.load(source)
    x = np.ascontiguousarray(x, dtype=np.float32)
    _check_settings(network, params)
    aim = targets.aim(network, x, target, probabilities)
    run, notes = _run(network, x.shape[1:], analyzer, params, target, unchecked, aim.layer)
    batches = _Batches()
    parts = [batches.over(run, x, weights) for weights in aim.weights]
    return Maps(
        values=np.stack(parts, axis=1).astype(np.float32, copy=False),
        targets=aim.targets,
        seconds=time.perf_counter() - started,
        engine="native",
        notes=(*notes, *aim.notes, *batches.notes()),
        activations=aim.activations,
    )


def _check_settings(network: Network, params: dict[str, Any]) -> None:
    last, index = len(network.flat.operations) - 1, params.get("until_layer_idx", 0)
    if index > last:
        message = f"until_layer_idx must be a layer of this model, from 0 to {last}; got {index}."
        raise BadInput(message, "", "params.until_layer_idx", (f"0 to {last}",))


def _run(network, shape, analyzer: str, params: dict, target: Target, unchecked: bool, layer: str):
    """(what explains a batch, notes)."""
    softmax = target.softmax and network.takes_softmax and layer == network.explained_layer
    if analyzer in ("input", "random"):
        return lambda x, weights: averages.random(x, params) if analyzer == "random" else x.copy(), ()
    if analyzer in LAYERED:
        if softmax and not unchecked:
            message = f"{analyzer} hands down scores, not probabilities: their softmax is no layer it has a rule for."
            raise AnalyzerRefused(message, "Explain the score, or run it unchecked.", "unchecked", (True,))
        key = (analyzer, tuple(sorted(params.items())))
        method = LAYERED[analyzer](params)
        back = traces.relevance(network, key, analyzer, method, layer, shape, (softmax, unchecked))
        return _called(back), ()
    back = _called(traces.gradient(network, _way(analyzer), layer, shape, softmax, unchecked))
    return _gradient_run(analyzer, params, back), ()


def _way(analyzer: str) -> str:
    """Gradients differ in the trace by what they do at a ReLU alone."""
    return analyzer if analyzer in ("deconvnet", "guided_backprop") else "gradient"


def _called(back) -> Run:
    return lambda x, weights: back(tf.constant(x), tf.constant(weights)).numpy()


def _gradient_run(analyzer: str, params: dict[str, Any], back: Run) -> Run:
    """The gradient, with what is done to it before neurons are averaged."""
    size = SIZES[params.get("postprocess", "none")]
    is_linear = params.get("postprocess", "none") == "none" and analyzer not in ("deconvnet", "guided_backprop")

    def one(x, weights):
        found = size(back(x, weights))
        return x * found if analyzer == "input_t_gradient" else found

    def averaged(x, weights):
        average = averages.BY_NAME[analyzer]
        rows = [
            average(lambda many, row=row: one(many, np.repeat(row[None], len(many), axis=0)), image, params)
            for image, row in zip(x, weights, strict=True)
        ]
        return np.stack(rows) if rows else np.zeros_like(x)

    run = averaged if analyzer in averages.BY_NAME else one
    return run if is_linear else _neuron_by_neuron(run)


def _neuron_by_neuron(run: Run) -> Run:
    """For methods of which the mean over neurons is not the method of the mean: one map a neuron, then the mean."""

    def each(x, weights):
        if (np.count_nonzero(weights, axis=1) <= 1).all():
            return run(x, weights)
        total = np.zeros_like(x)
        rows, columns = np.nonzero(weights)
        for start in range(0, len(rows), BATCH):
            row, column = rows[start : start + BATCH], columns[start : start + BATCH]
            maps = run(x[row], np.eye(weights.shape[1], dtype=np.float32)[column])
            np.add.at(total, row, maps * weights[row, column][:, None, None, None])
        return total

    return each


@dataclass
class _Batches:
    """Runs images in batches; where memory runs out, in smaller ones from then on."""

    size: int = BATCH

    def over(self, run: Run, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """x (N, H, W, C) and weights (N, U) -> (N, H, W, C)."""
        found, start = np.zeros_like(x), 0
        while start < len(x):
            stop = start + self.size
            try:
                found[start:stop] = run(x[start:stop], weights[start:stop])
            except tf.errors.ResourceExhaustedError:
                if self.size == 1:
                    raise
                self.size //= 2
                continue
            start = stop
        return found

    def notes(self) -> tuple[str, ...]:
        """What a person should know of it."""
        if self.size == BATCH:
            return ()
        return (f"Memory was short: images were explained {self.size} at a time instead of {BATCH}.",)
