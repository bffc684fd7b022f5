"""What a network does on held-out images: right as usual, right with the painted part replaced, where it looks."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from innv_gui.runtimes.keras.networks.network import BATCH, Network
from innv_gui.runtimes.keras.predict.feeding import Feeding
from innv_gui.runtimes.keras.retraining import loop
from innv_gui.runtimes.keras.retraining.learned import values
from innv_gui.runtimes.keras.retraining.pictures import Pictures
from innv_gui.workshop.retraining import MOST_MEASURED, Behaviour, RetrainPlan

ONE_CLASS = 0.95  # of the answers: more than this of one class, where the labels are of several
UNCLEAR = 0.04  # of the way from 1 / K to 1: the mean of the largest probability
SETTLED = 0.8  # of the labels: a class with more is really the usual one


def measured_rows(plan: RetrainPlan, shown: Pictures) -> np.ndarray:
    """Held-out images that can be read, at most MOST_MEASURED, spread over all."""
    rows = np.flatnonzero(shown.used & plan.held)
    if len(rows) <= MOST_MEASURED:
        return rows
    return rows[np.linspace(0, len(rows) - 1, MOST_MEASURED).round().astype(int)]


def measured(network: Network, found: list, weights, plan: RetrainPlan, shown: Pictures) -> Behaviour:
    """weights: None are the network's own."""
    weights = tensors([values(one) for _, one in found] if weights is None else weights)
    rows = measured_rows(plan, shown)
    labels = plan.labels[rows]
    p = _probabilities(network, found, weights, shown.x[rows])
    shares = _shares(network, found, weights, plan, shown, rows)
    replaced, n_replaced = _replaced(network, found, weights, plan, shown, rows)
    known = shares[np.isfinite(shares)]
    share = float(known.mean()) if len(known) else float("nan")
    answers = p.argmax(axis=1)
    undecided = _undecided(p, labels)
    return Behaviour(len(rows), _mean(answers == labels), replaced, share, shares, answers, undecided, n_replaced)


def rights(network: Network, found: list, weights, plan: RetrainPlan, shown: Pictures) -> tuple[float, float]:
    """(right as usual, right with the painted part replaced), of the held-out images."""
    rows = measured_rows(plan, shown)
    answers = _probabilities(network, found, weights, shown.x[rows]).argmax(axis=1)
    return _mean(answers == plan.labels[rows]), _replaced(network, found, weights, plan, shown, rows)[0]


def as_pictures(plan: RetrainPlan, x: np.ndarray) -> np.ndarray:
    """(n, H, W, C) network input -> uint8."""
    return Feeding(plan.preprocessing, plan.source.hooks).pictures(x)


def tensors(arrays) -> list:
    """As the compiled functions take them."""
    return [tf.constant(one) for one in arrays]


def _mean(right: np.ndarray) -> float:
    return float(np.mean(right)) if len(right) else float("nan")


def _replaced(network: Network, found: list, weights, plan: RetrainPlan, shown: Pictures, rows) -> tuple[float, int]:
    """Each painted image once, with the painted part of an image of another class; NaN where none is painted.

    Also of how many images.
    """
    pool = np.flatnonzero(shown.used & plan.painted)
    rows = rows[plan.painted[rows]]
    donors = _of_other_classes(plan.labels, rows, pool, plan.seed)
    rows, donors = rows[donors >= 0], donors[donors >= 0]
    if not len(rows):
        return float("nan"), 0
    masks = plan.masks_of(rows)
    p = _probabilities(network, found, weights, shown.filled(rows, masks, donors))
    return _mean(p.argmax(axis=1) == plan.labels[rows]), len(rows)


def _of_other_classes(labels: np.ndarray, rows: np.ndarray, pool: np.ndarray, seed: int) -> np.ndarray:
    """(n,) for each row an image of the pool whose label is another; -1 where there is none."""
    found = np.full(len(rows), -1)
    for place, row in enumerate(rows):
        others = pool[labels[pool] != labels[row]]
        if len(others):
            found[place] = np.random.default_rng((seed, int(row))).choice(others)
    return found


def _shares(network, found: list, weights, plan: RetrainPlan, shown: Pictures, rows: np.ndarray) -> np.ndarray:
    """(n,): of the positive gradient times (input - black) of the label's score; NaN without any, or without paint."""
    masks = plan.masks_of(rows)
    positive = relevance(network, found, weights, plan, shown, rows)
    whole, inside = positive.sum(axis=(1, 2)), (positive * masks).sum(axis=(1, 2))
    known = (whole > 0) & masks.any(axis=(1, 2))
    return np.divide(inside, whole, out=np.full(len(rows), np.nan), where=known)


def relevance(network, found: list, weights, plan: RetrainPlan, shown: Pictures, rows: np.ndarray) -> np.ndarray:
    """(n, H, W) float32: the positive part of gradient times (input - black), of the score of each label's class."""
    weights = tensors([values(one) for _, one in found] if weights is None else weights)
    run = network.function(("retrain relevance",), lambda: _trace_relevance(network, [one for _, one in found]))
    maps = _in_batches(run, weights, shown.x[rows], plan.labels[rows].astype(np.int32), low=shown.low)
    return np.maximum(maps, 0)


def _trace_relevance(network: Network, variables: list):
    """Compiled: (weights, x, labels, low) -> (n, H, W)."""

    @tf.function(reduce_retracing=True, autograph=False)
    def relevance(weights, x, labels, low):
        with tf.GradientTape() as tape:
            tape.watch(x)
            given = loop.scores(network, variables, weights, x)
            total = tf.reduce_sum(tf.gather(given, labels, batch_dims=1))
        return tf.reduce_sum(tape.gradient(total, x) * (x - low), -1)

    return relevance


def _probabilities(network: Network, found: list, weights, x: np.ndarray) -> np.ndarray:
    """(n, K), of the network with these weights."""
    variables = [one for _, one in found]
    run = network.function(("retrain scores",), lambda: _trace_scores(network, variables))
    return network.probabilities(_in_batches(run, weights, x))


def _trace_scores(network: Network, variables: list):
    @tf.function(reduce_retracing=True, autograph=False)
    def scores(weights, x):
        return loop.scores(network, variables, weights, x)

    return scores


def _in_batches(run, weights, x: np.ndarray, *each: np.ndarray, **same: np.ndarray) -> np.ndarray:
    constants = {name: tf.constant(one) for name, one in same.items()}
    parts = []
    for start in range(0, len(x), BATCH):
        part = slice(start, start + BATCH)
        parts.append(run(weights, tf.constant(x[part]), *(tf.constant(one[part]) for one in each), **constants).numpy())
    return np.concatenate(parts)


def _undecided(p: np.ndarray, labels: np.ndarray) -> bool:
    """Whether it has stopped deciding: one class for (nearly) all, or no class clearly before the others."""
    usual = np.bincount(labels).max() / len(labels)
    most = np.bincount(p.argmax(axis=1)).max() / len(p)
    unclear = float(p.max(axis=1).mean()) < 1 / p.shape[1] + UNCLEAR * (1 - 1 / p.shape[1])
    return bool((most > ONE_CLASS and usual < SETTLED) or unclear)
