"""Score-CAM (Wang et al. 2020): a channel counts as much as the class gains when only its region is shown.

H_k = the channel's activation, enlarged to the input and brought to [0, 1]; w_k = p_c(x H_k) - p_c(0), p_c after the
softmax; evidence = relu(sum_k w_k A_k). The baseline 0 is what a mask of zeros leaves. A channel that is the same
everywhere has no region: its mask is zero and so is its weight. No gradient is needed, but one prediction per channel.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from innv_gui.runtimes.keras.networks import coverage
from innv_gui.runtimes.keras.networks.network import BATCH, Network


def evidence(network: Network, layer: str, x: np.ndarray, classes: np.ndarray, channels: int):
    """(N, H, W, C), (N,) -> evidence (N, H, W, 1) at the input's size, scores (N, K) of the images themselves.

    channels: how many are tried, those with the largest activation first; 0: all.
    """
    see = network.function(("features", layer), lambda: _trace_features(network, layer))
    features, scores = (part.numpy() for part in see(tf.constant(x)))
    empty = network.probabilities(network.scores(np.zeros_like(x[:1])))[0]
    maps = [
        _one(network, layer, image, maps, int(class_), float(empty[class_]), channels)
        for image, maps, class_ in zip(x, features, classes, strict=True)
    ]
    return coverage.placed(np.stack(maps), tf.constant(x.shape[1:3]), network.regions[layer]).numpy(), scores


def notes(network: Network, layer: str, params: dict) -> tuple[str, ...]:
    """How many channels were tried, where it was not all of them."""
    known = network.flat.tensors[layer].shape[-1]
    if params["channels"] in (0, known) or params["channels"] > known:
        return ()
    return (f"The {params['channels']} most active of {known} channels of {layer} were tried, chosen for each image.",)


def _one(network: Network, layer: str, image, features, class_: int, empty: float, channels: int) -> np.ndarray:
    """One image (H, W, C) with its features (h, w, K) -> (h, w, 1)."""
    chosen = strongest(features, channels)
    tried = features[..., chosen]
    region = network.regions[layer]
    run = network.function(("masked", region), lambda: _trace_masked(network, region))
    parts = [
        run(tf.constant(image), tf.constant(tried[..., i : i + BATCH])).numpy() for i in range(0, len(chosen), BATCH)
    ]
    gains = network.probabilities(np.concatenate(parts))[:, class_] - empty
    gains[np.ptp(tried, axis=(0, 1)) == 0] = 0
    return np.maximum(tried @ gains[:, None], 0)


def strongest(features: np.ndarray, channels: int) -> np.ndarray:
    """Indices of the channels of (h, w, K) with the largest maximum over space; all of them, in order, for 0."""
    if channels in (0, features.shape[-1]):
        return np.arange(features.shape[-1])
    return np.argsort(-features.max(axis=(0, 1)), kind="stable")[:channels]


def _trace_features(network: Network, layer: str):
    """Compiled: (N, H, W, C) -> features (N, h, w, K), scores (N, K)."""
    seeing = keras.Model(network.model.inputs[0], [network.flat.tensors[layer], network.model.outputs[0]])

    @tf.function(input_signature=[network.signature()], autograph=False)
    def see(x):
        features, output = seeing(x, training=False)
        return tf.cast(features, tf.float32), tf.cast(output, tf.float32)

    return see


def _trace_masked(network: Network, region: coverage.Region):
    """Compiled: image (H, W, C), features (h, w, k) -> scores (k, K) of the image under each channel's mask."""
    image, features = tf.TensorSpec(network.input_shape, tf.float32), tf.TensorSpec([None, None, None], tf.float32)

    @tf.function(input_signature=[image, features], autograph=False)
    def masked(image, features):
        masks = coverage.placed(features[None], tf.shape(image)[:2], region)[0]
        low = tf.reduce_min(masks, axis=(0, 1))
        masks = tf.math.divide_no_nan(masks - low, tf.reduce_max(masks, axis=(0, 1)) - low)
        masks = tf.transpose(masks, (2, 0, 1))[..., None]
        return tf.cast(network.model(masks * image, training=False), tf.float32)

    return masked
