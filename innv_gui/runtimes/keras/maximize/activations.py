"""How strongly images activate chosen classes, neurons or channels of one layer."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from innv_gui import datasets
from innv_gui.errors import ImageRefused
from innv_gui.records import Features, ImageRef, ModelSource, Preprocessing, Problem
from innv_gui.runtimes.keras.maximize import objective
from innv_gui.runtimes.keras.maximize.starts import as_input
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import BATCH, Network


def activations(
    source: ModelSource, rule: Preprocessing, refs: tuple[ImageRef, ...], features: Features
) -> tuple[np.ndarray, list[Problem]]:
    """(N, T) float32 and the images that could not be used; their rows are NaN.

    A class: its score before the softmax. A neuron: its value at its strongest position. A channel: its mean.
    """
    network = loading.load(source)
    layer = objective.check(network, features)
    run = network.function(("pooled", layer, features.kind), lambda: _trace(network, layer, features.kind))
    values, problems = np.full((len(refs), len(features.index)), np.nan, np.float32), []
    for begin in range(0, len(refs), BATCH):
        rows, images = _decoded(refs[begin : begin + BATCH], problems)
        if images:
            found = run(tf.constant(as_input(network, source, rule, images))).numpy()
            values[begin + np.asarray(rows)] = found[:, list(features.index)]
    return values, problems


def _decoded(refs: tuple[ImageRef, ...], problems: list[Problem]) -> tuple[list[int], list[np.ndarray]]:
    """Places and pixels of the images that can be read; the others join `problems`."""
    rows, images = [], []
    for row, ref in enumerate(refs):
        try:
            images.append(datasets.decode(ref))
            rows.append(row)
        except ImageRefused as error:
            problems.append(Problem(ref.name, str(error)))
    return rows, images


def _trace(network: Network, layer: str, kind: str):
    """Compiled: (N, H, W, C) -> (N, U)."""
    model = keras.Model(network.model.inputs[0], network.flat.tensors[layer])
    pool = tf.reduce_mean if kind == "channel" else tf.reduce_max

    @tf.function(input_signature=[network.signature()], autograph=False)
    def run(x):
        end = tf.cast(model(x, training=False), tf.float32)
        return pool(tf.reshape(end, [tf.shape(end)[0], -1, end.shape[-1]]), axis=1)

    return run
