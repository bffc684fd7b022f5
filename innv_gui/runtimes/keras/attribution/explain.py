"""Attribution by our own engine: a model, a batch, a method and a target in, relevance out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from innv_gui import analyzers
from innv_gui.analyzers.declaration import Analyzer, Targets
from innv_gui.errors import BadInput
from innv_gui.records import Aim, Maps, ModelSource, Target, replace
from innv_gui.runtimes.code import method_of
from innv_gui.runtimes.keras.answers import checked_maps, own_copy
from innv_gui.runtimes.keras.attribution import targets
from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.predict.feeding import AS_IT_IS, Feeding

BATCH = 8

Answer = Callable[[Question], np.ndarray]


def explain(
    source: ModelSource,
    x: np.ndarray,
    analyzer: str,
    params: dict[str, Any],
    target: Target,
    unchecked: bool,
    probabilities: np.ndarray,
    feeding: Feeding = AS_IT_IS,
    stopped: Callable[[], bool] = lambda: False,
    fit: str = "",
) -> Maps:
    """x (N, H, W, C) network input -> Maps with values (N, T, H, W, C); T is 1 but for the top neurons.

    params: complete and checked. probabilities (N, K) tell the predicted class. unchecked: go on where the method has
    nothing for a layer. fit: folder of what was fitted on images, for a method that needs it. Raises AnalyzerRefused
    naming method and layer (field "unchecked" when running so would help).
    """
    started = time.perf_counter()
    method, answer = method_of(analyzer, "native")
    if method.targets == Targets.CAM:
        raise BadInput(f"{analyzer} explains a class at a spatial layer.", field="analyzer")
    network = loading.load(source)
    x = np.ascontiguousarray(x, dtype=np.float32)
    aim = targets.aim(network, x, target, probabilities)
    softmax = target.softmax and network.has_link and aim.layer == network.explained_layer
    question = Question(network, analyzer, params, aim.layer, softmax, unchecked, x, aim.weights[0], fit)
    question.feeding, question.stopped = feeding, stopped
    question.own = own_copy(source, network, analyzer, analyzers.origin(analyzer))
    values, met = _over(answer, method, question, aim.weights)
    return Maps(
        values=values,
        targets=aim.targets,
        seconds=time.perf_counter() - started,
        engine="native",
        notes=(*aim.notes, *question.notes, *question.memory.notes()),
        activations=_activations(question, aim, met),
    )


def _activations(question: Question, aim: Aim, met: np.ndarray | None) -> np.ndarray:
    """(N, T): the values that were explained. met: (N, U), the neurons' values, where the method met them."""
    if aim.activations is not None:
        return aim.activations
    if met is None:
        met = targets.neurons(question.network, aim.layer, question.x, question.softmax)
    return np.take_along_axis(met, aim.targets, axis=1)


def _over(answer: Answer, method: Analyzer, question: Question, weights: tuple[np.ndarray, ...]):
    """Maps (N, T, H, W, C) of T arrays of weights (N, U), and values (N, U) where the method met them, by batches."""
    if not len(question.x):
        return np.zeros((0, len(weights), *question.shape), np.float32), np.zeros_like(question.weights)
    parts, values = [], []
    for start in range(0, len(question.x), BATCH):
        rows = slice(start, start + BATCH)
        asked = replace(question, x=question.x[rows], met={}, values=None)
        parts.append(np.stack([_answer(answer, method, asked, one[rows]) for one in weights], axis=1))
        values.append(asked.values)
    return np.concatenate(parts), None if any(met is None for met in values) else np.concatenate(values)


def _answer(answer: Answer, method: Analyzer, question: Question, weights: np.ndarray) -> np.ndarray:
    question.weights = weights
    return checked_maps(answer, method, question)
