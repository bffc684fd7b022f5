"""Explanations by iNNvestigate: a blueprint, a batch and a method in, relevance out.

Images go through one by one: a map never depends on what else is in the batch, so the command line, Python, REST
and a run that was started again give the same numbers.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from innv_gui import analyzers
from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import Blueprint, Maps, Target
from innv_gui.runtimes.innvestigate import averages, bridge
from innv_gui.runtimes.innvestigate.engines import Engine, engine


def explain(
    blueprint: Blueprint,
    x: np.ndarray,
    analyzer: str,
    params: dict[str, Any],
    target: Target,
    unchecked: bool,
    probabilities: np.ndarray,
    scores: np.ndarray | None = None,
) -> Maps:
    """Relevance of x (N, H, W, C) for each image's target: Maps with values (N, 1, H, W, C) float32.

    probabilities (N, K) tell the predicted class; scores (N, K), when given, are what the rebuilt model must give
    (without them the probabilities are compared). unchecked: run although iNNvestigate does not know a layer.
    Raises AnalyzerRefused (method, model and layer named; field "unchecked" when running unchecked would help).
    """
    started = time.perf_counter()
    params = analyzers.check(analyzer, params)
    _refuse_what_is_not_ours(analyzer, target)
    outputs = _outputs(target, probabilities)
    run = _runner(blueprint, x.shape[1:], analyzer, params, unchecked)
    values, found = np.zeros((len(x), 1, *x.shape[1:]), np.float32), np.zeros(probabilities.shape, np.float32)
    for i in range(len(x)):
        values[i], found[i] = run.one(x[i : i + 1], outputs[i : i + 1])
    _self_check(found, scores, probabilities, target, blueprint)
    return Maps(
        values=values,
        targets=outputs[:, None],
        seconds=time.perf_counter() - started,
        engine="innvestigate",
        notes=run.notes,
        activations=found[np.arange(len(x)), outputs][:, None],
    )


def _refuse_what_is_not_ours(analyzer: str, target: Target) -> None:
    if "innvestigate" not in analyzers.get(analyzer).runtimes:
        raise AnalyzerRefused(
            f"{analyzer} is not one of iNNvestigate's methods.", "Choose the native engine.", "engine"
        )
    if target.layer is not None or target.neuron is not None or target.top_neurons is not None:
        message = "iNNvestigate's engine explains the model's output; other layers and neurons cannot be chosen."
        raise AnalyzerRefused(message, "Leave layer and neuron empty.", "layer")


def _outputs(target: Target, probabilities: np.ndarray) -> np.ndarray:
    """Index of the output to explain for every image, (N,) int64."""
    n_images, n_classes = probabilities.shape
    if target.class_ == "predicted":
        return np.argmax(probabilities, axis=1).astype(np.int64)
    if not isinstance(target.class_, int | np.integer) or not 0 <= target.class_ < n_classes:
        message = f"The class must be an index from 0 to {n_classes - 1}; got {target.class_}."
        raise BadInput(message, "", "class", (f"0 to {n_classes - 1}",))
    return np.full(n_images, target.class_, np.int64)


class _Plain:
    """A method that is one run of an engine."""

    def __init__(self, made: Engine):
        self._engine = made
        self.notes = (made.objection.message,) if made.objection else ()

    def one(self, x: np.ndarray, output: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x (1, H, W, C) -> relevance (1, H, W, C), scores (1, K)."""
        return self._engine.run(x, output)


class _Averaged(_Plain):
    """A method that averages gradients over many inputs."""

    def __init__(self, made: Engine, average, params: dict[str, Any]):
        super().__init__(made)
        self._average, self._params = average, params

    def one(self, x: np.ndarray, output: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x (1, H, W, C) -> relevance (1, H, W, C), scores (1, K)."""
        _, scores = self._engine.run(x, output)

        def gradient(inputs: np.ndarray) -> np.ndarray:
            return self._engine.run(inputs, np.repeat(output, len(inputs)))[0]

        return self._average(gradient, x[0].astype(np.float32), self._params)[None], scores


def _runner(blueprint: Blueprint, shape: tuple[int, ...], analyzer: str, params: dict, unchecked: bool) -> _Plain:
    average = averages.BY_NAME.get(analyzer)
    name, settings = ("gradient", {"postprocess": params["postprocess"]}) if average else (analyzer, params)
    key = (blueprint.sha256, shape, analyzer, tuple(sorted(settings.items())), unchecked)
    made = engine(key, blueprint, shape, name, settings, unchecked, analyzer)
    return _Averaged(made, average, params) if average else _Plain(made)


def _self_check(found, scores, probabilities, target: Target, blueprint: Blueprint) -> None:
    """Compare with Keras's scores, or with its probabilities where these are all that is known or what is explained."""
    if scores is not None and not target.softmax:
        bridge.agree(found, scores, blueprint)
        return
    sums_to_one = np.allclose(probabilities.sum(axis=1), 1, atol=1e-3)
    explained = found if target.softmax or not sums_to_one else _softmax(found)
    bridge.agree(explained, probabilities, blueprint)


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
