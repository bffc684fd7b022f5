"""Attribution by our own engine: a model, a batch, a method and a target in, relevance out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import Maps, ModelSource, Target
from innv_gui.runtimes import averages
from innv_gui.runtimes.keras.attribution import METHODS, deep_taylor, lrp, targets
from innv_gui.runtimes.keras.attribution import compiled as traces
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import Network

BATCH = 8
LAYERED = {**lrp.METHODS, **deep_taylor.METHODS}  # rules layer by layer; all others are gradients
SIZES = {"abs": np.abs, "square": np.square, "none": lambda values: values}

# x (n, H, W, C), weights (n, U) -> maps (n, H, W, C) and the neurons' values (n, U), or None
Run = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray | None]]


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
    memory = _Memory()
    run, notes = _run(network, x.shape[1:], analyzer, params, target, unchecked, aim.layer, memory)
    parts = [_over(run, x, weights) for weights in aim.weights]
    activations = aim.activations
    if activations is None:
        met = parts[0][1]
        met = targets.neurons(network, aim.layer, x, target.softmax and network.has_link) if met is None else met
        activations = np.take_along_axis(met, aim.targets, axis=1)
    return Maps(
        values=np.stack([maps for maps, _ in parts], axis=1),
        targets=aim.targets,
        seconds=time.perf_counter() - started,
        engine="native",
        notes=(*aim.notes, *notes, *memory.notes()),
        activations=activations,
    )


def _check_settings(network: Network, params: dict[str, Any]) -> None:
    last, index = len(network.flat.operations) - 1, params.get("until_layer_idx", 0)
    if index > last:
        message = f"until_layer_idx must be a layer of this model, from 0 to {last}; got {index}."
        raise BadInput(message, "", "params.until_layer_idx", (f"0 to {last}",))


def _run(
    network, shape, analyzer: str, params: dict, target: Target, unchecked: bool, layer: str, memory
) -> tuple[Run, tuple[str, ...]]:
    """What explains a batch, and what a person should know of it."""
    softmax = target.softmax and network.has_link and layer == network.explained_layer
    if analyzer in ("input", "random"):
        return lambda x, weights: (averages.random(x, params) if analyzer == "random" else x, None), ()
    if analyzer in LAYERED:
        if softmax and not unchecked:
            message = f"{analyzer} hands down scores, not probabilities: their softmax is no layer it has a rule for."
            raise AnalyzerRefused(message, "Explain the score, or run it unchecked.", "unchecked", (True,))
        key = (analyzer, tuple(sorted(params.items())))
        method = LAYERED[analyzer](params)
        back, notes = traces.relevance(network, key, analyzer, method, layer, shape, (softmax, unchecked))
        return partial(memory.call, back), notes
    back = traces.gradient(network, _way(analyzer), layer, shape, softmax, unchecked)
    return _gradient_run(analyzer, params, partial(memory.call, back)), ()


def _way(analyzer: str) -> str:
    """Gradients differ in the trace by what they do at a ReLU alone."""
    return analyzer if analyzer in ("deconvnet", "guided_backprop") else "gradient"


def _gradient_run(analyzer: str, params: dict[str, Any], back: Run) -> Run:
    """The gradient, with what is done to it before neurons are averaged."""
    size = SIZES[params.get("postprocess", "none")]
    is_linear = params.get("postprocess", "none") == "none" and analyzer not in ("deconvnet", "guided_backprop")

    def one(x, weights):
        found, values = back(x, weights)
        return x * size(found) if analyzer == "input_t_gradient" else size(found), values

    def averaged(x, weights):
        def gradient(copies):
            return one(copies, np.tile(weights, (len(copies) // len(weights), 1)))[0]

        return averages.BY_NAME[analyzer](gradient, x, params), None

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
            maps, _ = run(x[row], np.eye(weights.shape[1], dtype=np.float32)[column])
            np.add.at(total, row, maps * weights[row, column][:, None, None, None])
        return total, None

    return each


def _over(run: Run, x: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """x (N, H, W, C) and weights (N, U) -> maps (N, H, W, C), values (N, U) where the method met them, by batches."""
    found, values = np.zeros_like(x), np.zeros_like(weights)
    for start in range(0, len(x), BATCH):
        rows = slice(start, start + BATCH)
        found[rows], met = run(x[rows], weights[rows])
        values = None if met is None or values is None else values
        if values is not None:
            values[rows] = met
    return found, values


@dataclass
class _Memory:
    """Calls compiled functions with all rows at once; where memory runs out, with half as many from then on."""

    at_once: int | None = None
    wished: int = 0

    def call(self, back: Callable, x: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x (n, H, W, C), weights (n, U) -> what `back` makes of them."""
        parts, start = [], 0
        while start < len(x):
            stop = min(start + (self.at_once or len(x)), len(x))
            try:
                parts.append(
                    [one.numpy() for one in back(tf.constant(x[start:stop]), tf.constant(weights[start:stop]))]
                )
            except tf.errors.ResourceExhaustedError:
                if stop - start == 1:
                    raise
                self.wished = max(self.wished, stop - start)
                self.at_once = (stop - start) // 2
                continue
            start = stop
        return tuple(parts[0]) if len(parts) == 1 else tuple(map(np.concatenate, zip(*parts, strict=True)))

    def notes(self) -> tuple[str, ...]:
        """What a person should know of it."""
        if self.at_once is None:
            return ()
        return (f"Memory was short: images were explained {self.at_once} at a time instead of {self.wished}.",)
