"""Explanations by iNNvestigate: a blueprint, a batch, a method and an aim in, relevance out.

Images and neurons go through one by one: a map never depends on what else is in the batch, so the command line, Python,
REST and a run that was started again give the same numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from innv_gui import analyzers
from innv_gui.records import Aim, Blueprint, Maps
from innv_gui.runtimes import averages
from innv_gui.runtimes.code import method_of
from innv_gui.runtimes.innvestigate import bridge
from innv_gui.runtimes.innvestigate.engines import Engine, engine


def explain(
    blueprint: Blueprint, x: np.ndarray, analyzer: str, params: dict[str, Any], aim: Aim, unchecked: bool
) -> Maps:
    """Relevance of x (N, H, W, C) for each image's targets: Maps with values (N, T, H, W, C) float32.

    aim: looked up in the same network by Keras 3; the rebuilt one has to give its neurons the same values. unchecked:
    run although iNNvestigate does not know a layer. The neuron is an input of the graph: none is built for another one.
    Raises AnalyzerRefused (method, model and layer named; field "unchecked" when running unchecked would help).
    """
    started = time.perf_counter()
    params = analyzers.check(analyzer, params)
    _, runner = method_of(analyzer, "innvestigate")
    where = (blueprint, x.shape[1:], None if aim.is_output else aim.layer)
    run = runner(partial(_engine, *where, unchecked, analyzer), analyzer, params)
    maps, found = np.zeros((len(x), aim.targets.shape[1], *x.shape[1:]), np.float32), np.zeros_like(aim.values)
    for i in range(len(x)):
        found[i] = run.values(x[i])
    bridge.agree(found, aim.values, blueprint)
    for i in range(len(x)):
        for t, weights in enumerate(aim.weights):
            maps[i, t] = _mean(run, x[i], weights[i])
    return Maps(
        values=maps,
        targets=aim.targets,
        seconds=time.perf_counter() - started,
        engine="innvestigate",
        notes=(*run.notes, *aim.notes),
        activations=aim.activations,
    )


class _Plain:
    """A method that is one run of an engine."""

    def __init__(self, made: Engine):
        self._engine = made
        self.notes = (made.objection.message,) if made.objection else ()

    def values(self, x: np.ndarray) -> np.ndarray:
        """x (H, W, C) -> (U,): each neuron at its strongest position."""
        return self._engine.values(x[None])[0].max(axis=0)

    def one(self, x: np.ndarray, neuron: int) -> np.ndarray:
        """x (H, W, C) -> relevance (H, W, C) of one neuron."""
        return self._engine.run(x[None], np.array([neuron]))[0]


class _Averaged(_Plain):
    """A method that averages gradients over many inputs."""

    def __init__(self, made: Engine, average, params: dict[str, Any]):
        super().__init__(made)
        self._average, self._params = average, params

    def one(self, x: np.ndarray, neuron: int) -> np.ndarray:
        """x (H, W, C) -> relevance (H, W, C) of one neuron."""

        def gradient(inputs: np.ndarray) -> np.ndarray:
            return self._engine.run(inputs, np.full(len(inputs), neuron))

        return self._average(gradient, x[None].astype(np.float32), self._params)[0]


def _mean(run: _Plain, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """x (H, W, C) -> (H, W, C): the relevance of each neuron that has a weight, weighted; weights (U,) add up to 1."""
    chosen = np.flatnonzero(weights)
    if len(chosen) == 1:
        return run.one(x, int(chosen[0]))
    total = np.zeros(x.shape, np.float64)
    for neuron in chosen:
        total += run.one(x, int(neuron)) * np.float64(weights[neuron])
    return total.astype(np.float32)


def _engine(
    blueprint: Blueprint, shape: tuple[int, ...], layer: str | None, unchecked: bool, analyzer: str, name, params
):
    """The engine of the method `name`, which may be another one than the `analyzer` that was asked for."""
    key = (blueprint.sha256, shape, layer, analyzer, tuple(sorted(params.items())), unchecked)
    return engine(key, blueprint, shape, layer, name, params, unchecked, analyzer)


def plain(engine_of: Callable[[str, dict], Engine], analyzer: str, params: dict[str, Any]) -> _Plain:
    """Methods that are one run of an engine: all of iNNvestigate's but two."""
    return _Plain(engine_of(analyzer, params))


def integrated_gradients(engine_of: Callable[[str, dict], Engine], analyzer: str, params: dict[str, Any]) -> _Plain:
    """An average of gradients on the way from a reference."""
    return _Averaged(_gradient(engine_of, params), averages.integrated_gradients, params)


def smoothgrad(engine_of: Callable[[str, dict], Engine], analyzer: str, params: dict[str, Any]) -> _Plain:
    """An average of gradients of noisy copies."""
    return _Averaged(_gradient(engine_of, params), averages.smoothgrad, params)


def _gradient(engine_of: Callable[[str, dict], Engine], params: dict[str, Any]) -> Engine:
    return engine_of("gradient", {"postprocess": params["postprocess"]})
