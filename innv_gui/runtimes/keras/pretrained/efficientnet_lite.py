"""EfficientNet-Lite 0, 1 and 2 (Tan & Le 2019; the variant without squeeze-and-excitation) from published weights.

Layers are made in the order in which the weights are named, each with its contents, so that one walk makes both.
"""

from __future__ import annotations

import errno
import itertools
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np
from keras import layers

from innv_gui.errors import ModelRefused, StorageFailed
from innv_gui.runtimes.keras.files import torch_file

SIZES_PX = {0: 224, 1: 240, 2: 260}
STAGE_STRIDES = (1, 2, 2, 2, 1, 2, 1)  # of the first block of each of the seven stages
NORM_PARTS = ("weight", "bias", "running_mean", "running_var")
EPSILON, CEILING, N_CLASSES = 1e-3, 6.0, 1000


def made(number: int, weights: str, sha256: str, out: str) -> None:
    """Writes the Keras file of one network. weights: a .pth file with this hash.

    Raises ModelRefused where the weights are others, StorageFailed where `out` cannot be written.
    """
    try:
        stored = torch_file.weights(Path(weights), sha256)
    except OSError as error:
        raise ModelRefused(f"{Path(weights).name} cannot be read: {error.strerror or error}.") from None
    try:
        network(stored, number).save(out)
    except OSError as error:
        why = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
        raise StorageFailed(f"EfficientNet-Lite{number} cannot be written: {why}.", "Free some space.") from None


def network(stored: dict[str, np.ndarray], number: int) -> keras.Model:
    """Input (S, S, 3), red first, with ImageNet's mean and deviation; output (1000,), softmax."""
    walk = Walk(stored)
    x = inputs = layers.Input((SIZES_PX[number], SIZES_PX[number], 3))
    x = walk.active(walk.conv(x, "_conv_stem.weight", "stem", 2), "_bn0", "stem")
    for block, stride in enumerate(_strides(stored)):
        x = _block(walk, x, block, stride)
    x = walk.active(walk.conv(x, "_conv_head.weight", "head"), "_bn1", "head")
    x = layers.Dropout(0.2, name="dropout")(layers.GlobalAveragePooling2D(name="pool")(x))
    last = layers.Dense(N_CLASSES, activation="softmax", name="predictions")
    x = walk.kept(last, x, [stored["_fc.weight"].T, stored["_fc.bias"]])
    model = keras.Model(inputs, x, name=f"efficientnet_lite{number}")
    for layer, contents in walk.contents:
        layer.set_weights(contents)
    return model


def _strides(stored: dict[str, np.ndarray]) -> list[int]:
    """Of each block: a stage begins where the number of channels changes."""
    names = (f"_blocks.{block}._project_conv.weight" for block in itertools.count())
    widths = [len(stored[name]) for name in itertools.takewhile(stored.__contains__, names)]
    strides, steps = [], iter(STAGE_STRIDES)
    for before, width in zip([None, *widths], widths, strict=False):
        strides.append(next(steps) if width != before else 1)
    return strides


def _block(walk: Walk, x, block: int, stride: int):
    """An inverted bottleneck: wider, each channel by itself, narrower; added to its input where the shapes agree."""
    key, name, shortcut = f"_blocks.{block}.", f"block{block}", x
    if key + "_expand_conv.weight" in walk.stored:
        x = walk.conv(x, key + "_expand_conv.weight", f"{name}_expand")
        x = walk.active(x, key + "_bn0", f"{name}_expand")
    x = walk.depthwise(x, key + "_depthwise_conv.weight", f"{name}_depthwise", stride)
    x = walk.active(x, key + "_bn1", f"{name}_depthwise")
    x = walk.norm(walk.conv(x, key + "_project_conv.weight", f"{name}_project"), key + "_bn2", f"{name}_project")
    return layers.Add(name=f"{name}_add")([shortcut, x]) if x.shape == shortcut.shape else x


@dataclass
class Walk:
    """Adds layers and notes what belongs in each."""

    stored: dict[str, np.ndarray]
    contents: list[tuple[layers.Layer, list[np.ndarray]]] = field(default_factory=list)

    def kept(self, layer: layers.Layer, x, contents: list[np.ndarray]):
        """Applies a layer whose weights are set when the network is complete."""
        self.contents.append((layer, contents))
        return layer(x)

    def conv(self, x, key: str, name: str, stride: int = 1):
        """torch's (out, in, rows, columns) -> Keras' (rows, columns, in, out)."""
        kernel = self.stored[key].transpose(2, 3, 1, 0)
        layer = layers.Conv2D(kernel.shape[-1], kernel.shape[0], stride, use_bias=False, name=name)
        return self.kept(layer, _padded(x, len(kernel), stride, name), [kernel])

    def depthwise(self, x, key: str, name: str, stride: int):
        """torch's (channels, 1, rows, columns) -> Keras' (rows, columns, channels, 1)."""
        kernel = self.stored[key].transpose(2, 3, 0, 1)
        layer = layers.DepthwiseConv2D(len(kernel), stride, use_bias=False, name=name)
        return self.kept(layer, _padded(x, len(kernel), stride, name), [kernel])

    def norm(self, x, key: str, name: str):
        """Normalization by the statistics of the training."""
        layer = layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_norm")
        return self.kept(layer, x, [self.stored[f"{key}.{part}"] for part in NORM_PARTS])

    def active(self, x, key: str, name: str):
        """Normalization, then ReLU6."""
        return layers.ReLU(CEILING, name=f"{name}_relu")(self.norm(x, key, name))


def _padded(x, kernel: int, stride: int, name: str):
    """Zeros around x, as TensorFlow's "same" of the network's own input size; what is left over goes behind."""
    if kernel == 1:
        return x
    side = x.shape[1]
    total = max((-(-side // stride) - 1) * stride + kernel - side, 0)
    sides = (total // 2, total - total // 2)
    return layers.ZeroPadding2D((sides, sides), name=f"{name}_pad")(x)
