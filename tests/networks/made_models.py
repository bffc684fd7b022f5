"""Small networks, and files of them."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from innv_gui.records import ModelSource

SHAPE = (12, 10, 3)
KINDS = {".keras": "keras", ".h5": "hdf5"}


def saved(model: keras.Model, path: Path) -> ModelSource:
    model.save(path)
    return ModelSource(KINDS[path.suffix], str(path))


def images(n: int, shape=SHAPE) -> np.ndarray:
    return np.random.default_rng(2).uniform(0, 1, (n, *shape)).astype(np.float32)


def backbone(shape=SHAPE, name="backbone") -> keras.Model:
    """BatchNorm, a branch joined by Add, depthwise and separable convolutions, ReLU6, swish."""
    image = keras.Input(shape)
    x = keras.layers.Conv2D(6, 3, padding="same", use_bias=False, name="conv")(image)
    x = keras.layers.BatchNormalization(name="norm")(x)
    x = keras.layers.ReLU(max_value=6.0, name="relu6")(x)
    y = keras.layers.SeparableConv2D(6, 3, padding="same", activation="swish", name="separable")(x)
    y = keras.layers.DepthwiseConv2D(3, padding="same", activation="gelu", name="depthwise")(y)
    x = keras.layers.Add(name="add")([x, y])
    return keras.Model(
        image, keras.layers.Concatenate(name="both")([x, keras.layers.Multiply(name="times")([x, y])]), name=name
    )


def transfer(head_activation="softmax") -> keras.Model:
    """A backbone used as a layer, with a head whose layer has the name of an inner one."""
    image = keras.Input(SHAPE, name="image")
    x = keras.layers.RandomFlip("horizontal", name="flip")(image)
    x = backbone()(x)
    x = keras.layers.Conv2D(4, 3, name="conv")(x)
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(image, keras.layers.Dense(5, activation=head_activation, name="scores")(x), name="transfer")


def randomised(model: keras.Model) -> keras.Model:
    """Weights (moving averages too) that a mix-up would show."""
    random = np.random.default_rng(11)
    model.set_weights([random.uniform(0.1, 0.6, w.shape).astype(w.dtype) for w in model.get_weights()])
    return model
