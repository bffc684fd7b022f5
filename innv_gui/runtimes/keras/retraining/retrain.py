"""The tasks: beginning, some steps, what a model does, and the new model as a file.

Each is a function of its arguments alone: a worker that dies, or another one, gives the same numbers.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from innv_gui.datasets import png_of
from innv_gui.errors import BadInput, WorkFailed
from innv_gui.records import Problem
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.retraining import behaviour, file, loop
from innv_gui.runtimes.keras.retraining.learned import beginning, checked
from innv_gui.runtimes.keras.retraining.pictures import Pictures, pictures
from innv_gui.workshop.retraining import Behaviour, RetrainPlan, RetrainSlice, RetrainState

SLOWEST = 0.02  # of the first learning rate, at the last step


def begin(plan: RetrainPlan) -> tuple[RetrainState, tuple[Problem, ...]]:
    """Where training begins, and the images that cannot be read. Raises AnalyzerRefused, BadInput."""
    network = loading.load(plan.source)
    found, shown = checked(network, plan.forget), pictures(network, plan)
    _check_classes(plan, shown)
    weights = beginning(network, found, plan.forget, plan.seed)
    empty = tuple(np.zeros_like(one) for one in weights)
    return RetrainState(weights, empty, empty, 0, _scale(network, found, plan, shown)), shown.problems


def step(plan: RetrainPlan, state: RetrainState, count: int, stopped: Callable, make_way: Callable) -> RetrainSlice:
    """At most `count` steps on from `state`; fewer where somebody waits for the worker. Raises WorkFailed."""
    began, network = time.monotonic(), loading.load(plan.source)
    found, shown = checked(network, plan.forget), pictures(network, plan)
    run = _compiled(network, found, plan)
    now = [[tf.constant(one) for one in each] for each in (state.weights, state.first, state.second)]
    losses, looks = [], []
    for at in range(state.step, min(state.step + count, plan.steps)):
        if stopped() or losses and make_way():
            break
        *now, loss = run(*[*now, *_batch(plan, shown, at), *_settings(plan, state, at)])
        losses.append(_finite(float(loss), at))
        if (at + 1) % plan.every == 0 or at + 1 == plan.steps:
            looks.append((at + 1, *behaviour.rights(network, found, now[0], plan, shown)))
    weights, first, second = (tuple(one.numpy() for one in each) for each in now)
    after = RetrainState(weights, first, second, state.step + len(losses), state.scale)
    rows = np.asarray(looks, np.float64).reshape(-1, 3)
    return RetrainSlice(after, np.asarray(losses, np.float32), rows, time.monotonic() - began)


def measure(plan: RetrainPlan, state: RetrainState | None) -> Behaviour:
    """What the model does, of the plan's file (None) or with the weights of a state."""
    network = loading.load(plan.source)
    found, shown = checked(network, 0.0), pictures(network, plan)
    return behaviour.measured(network, found, None if state is None else state.weights, plan, shown)


def made(plan: RetrainPlan, state: RetrainState, recipe: dict) -> bytes:
    """The new model as a .keras file, which carries how it was made."""
    network = loading.load(plan.source)
    return file.made(network, checked(network, 0.0), state.weights, recipe)


def shown(plan: RetrainPlan, row: int, seed: int) -> bytes:
    """PNG of what training shows of an image, its painted part filled."""
    network = loading.load(plan.source)
    known, rng = pictures(network, plan), np.random.default_rng((seed, row))
    return png_of(behaviour.as_pictures(plan, _filled(plan, known, np.array([row]), rng))[0])


def relevance(plan: RetrainPlan, state: RetrainState | None, row: int) -> tuple[np.ndarray, np.ndarray]:
    """(picture (H, W, C) uint8, positive relevance (H, W) of the label's class), of the model or of a state."""
    network = loading.load(plan.source)
    found, known = checked(network, 0.0), pictures(network, plan)
    weights = None if state is None else state.weights
    return behaviour.as_pictures(plan, known.x[row : row + 1])[0], behaviour.relevance(
        network, found, weights, plan, known, np.array([row])
    )[0]


def _compiled(network: Network, found: list, plan: RetrainPlan):
    penalised = plan.way != "filling"
    variables = [one for _, one in found]
    return network.function(("retrain", penalised), lambda: loop.trace(network, variables, penalised))


def _settings(plan: RetrainPlan, state: RetrainState, at: int) -> tuple:
    left = 1 - at / plan.steps
    rate = plan.learning_rate * (SLOWEST + (1 - SLOWEST) * left)
    return tuple(tf.constant(one, tf.float32) for one in (state.scale, rate, at + 1))


def _batch(plan: RetrainPlan, shown: Pictures, at: int) -> tuple:
    """(x, masks, labels) of one step; drawn from the seed and the step alone."""
    rng = np.random.default_rng((plan.seed, at))
    rows = rng.choice(np.flatnonzero(shown.used & ~plan.held), plan.batch)
    x = shown.x[rows] if plan.way == "penalty" else _filled(plan, shown, rows, rng)
    masks = plan.masks_of(rows).astype(np.float32)
    return tuple(map(tf.constant, (x, masks, plan.labels[rows].astype(np.int32))))


def _filled(plan: RetrainPlan, shown: Pictures, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    masks = plan.masks_of(rows)
    if plan.fill != "pictures":
        return shown.plain(rows, masks, plan.fill, rng)
    known = np.flatnonzero(shown.used & ~plan.held & plan.painted)
    return shown.filled(rows, masks, rng.choice(known, len(rows)))


def _scale(network: Network, found: list, plan: RetrainPlan, shown: Pictures) -> float:
    """So that at strength 1 the first batch's penalty, of the model as it is, costs as much as knowing no class."""
    if plan.way == "filling":
        return 0.0
    variables = [one for _, one in found]
    run = network.function(("retrain parts",), lambda: loop.trace_parts(network, variables))
    _, penalty = run([tf.constant(one.numpy()) for one in variables], *_batch(plan, shown, 0))
    if not float(penalty) > 0:
        message = f"{network.file}: its answer does not change with the painted pixels, so a penalty changes nothing."
        raise BadInput(message, "Paint where the model looks, or choose filling.", "regions")
    return plan.strength * math.log(network.n_classes) / float(penalty)


def _check_classes(plan: RetrainPlan, shown: Pictures) -> None:
    left = shown.used & ~plan.held
    if len(np.unique(plan.labels[left])) < 2:
        raise BadInput("Training needs readable images of at least two classes.", "Choose more images.", "images")
    if not (plan.painted & left).any():
        raise BadInput("None of the images to train on is painted.", "Paint more of them.", "regions")


def _finite(loss: float, at: int) -> float:
    if not math.isfinite(loss):
        message = f"Training failed at step {at + 1}: its numbers are no longer finite."
        raise WorkFailed(message, "Choose a smaller learning rate or strength.")
    return loss
