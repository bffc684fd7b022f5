"""Occlusion (Zeiler and Fergus 2014): what the answer loses when a window of the picture is covered."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.perturbation import compiled
from innv_gui.runtimes.keras.perturbation.grid import Grid


def occlusion(question: Question) -> np.ndarray:
    """(n, H, W): the answer without the window minus with it, so that high is important; see `Grid.spread`.

    The answer is a class's probability, at an inner layer the neuron's activation.
    """
    grid = Grid.of(question.shape[:2], question.params["window"], question.params["positions"])
    question.note(grid.words())
    if grid not in question.met:
        question.met[grid] = answers(question, np.concatenate([grid.outside, grid.corners]), grid.window)
    found = np.einsum("nmu,nu->nm", question.met[grid], question.weights)
    lost = (found[:, :1] - found[:, 1:]).reshape(-1, grid.rows.count, grid.columns.count)
    return np.stack([grid.spread(one) for one in lost])


def answers(question: Question, corners: np.ndarray, window: tuple[int, int]) -> np.ndarray:
    """(n, m, U): of each picture with a window at each of the corners (m, 2); probabilities at the output.

    The first corner's answers are left as the question's own values: it is to lie outside the picture, if any does.
    """
    run = compiled.covered(question.network, question.layer, question.shape)
    pictures, fills = tf.constant(question.x), tf.constant(question.filled(question.params["fill"]))
    n, m, size = len(question.x), len(corners), np.array(window, np.int32)
    which, corners = np.repeat(np.arange(n, dtype=np.int32), m), np.tile(corners.astype(np.int32), (n, 1))
    parts, batch = [], compiled.at_once(question.shape)
    for start in range(0, n * m, batch):
        question.check()
        rows = slice(start, start + batch)
        parts.append(run(pictures, fills, which[rows], corners[rows], size).numpy())
    met, said = answered(question, np.concatenate(parts))
    question.values = met.reshape(n, m, -1)[:, 0]
    return said.reshape(n, m, -1)


def answered(question: Question, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a layer gave (m, U) -> as the person asked for it, and what perturbation looks at: the probabilities."""
    network = question.network
    if question.layer != network.explained_layer:
        return values, values
    probabilities = network.probabilities(values)
    return probabilities if question.softmax else values, probabilities
