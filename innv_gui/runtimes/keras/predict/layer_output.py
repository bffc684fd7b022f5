"""What a layer gives for a batch."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from innv_gui.errors import BadInput
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import BATCH


def layer_output(source: ModelSource, x: np.ndarray, layer: str) -> np.ndarray:
    """(N, H, W, C) network input -> (N, ...) float32 output of the layer of that name."""
    network = loading.load(source)
    if layer not in network.flat.tensors:
        known = tuple(network.flat.tensors)
        raise BadInput(
            f"{network.file} has no layer {quoted(layer)}.",
            f"Expected one of {', '.join(known[:8])}, …",
            "layer",
            known,
        )
    network.check_single(layer)

    def trace():
        model = keras.Model(network.model.inputs, network.flat.tensors[layer])
        return tf.function(lambda batch: model(batch, training=False), reduce_retracing=True, autograph=False)

    run = network.function(f"output of {layer}", trace)
    parts = [run(tf.constant(x[i : i + BATCH])).numpy() for i in range(0, len(x), BATCH)]
    return np.concatenate(parts).astype(np.float32)
