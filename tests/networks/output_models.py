"""Small networks with every kind of output, for either Keras: what they end in times what stands behind it."""

from __future__ import annotations

import numpy as np

from tests.files.short_weights import Weights

SHAPE = (12, 10, 3)

# name -> (units, activation of the last Dense layer, what follows it)
ENDS = {
    "softmax": (4, "softmax", ()),
    "softmax layer": (4, None, ("Softmax",)),
    "softmax activation": (4, None, ("softmax",)),
    "logits": (4, None, ()),
    "one sigmoid": (1, "sigmoid", ()),
    "one sigmoid activation": (1, None, ("sigmoid",)),
    "one logit": (1, None, ()),
    "one hard sigmoid": (1, "hard_sigmoid", ()),
    "several sigmoids": (3, "sigmoid", ()),
    "several hard sigmoids": (3, "hard_sigmoid", ()),
}
TAILS = {
    "nothing": (),
    "dropout": ("Dropout",),
    "reshape": ("Reshape", "Flatten"),
    "pooling": ("Reshape", "Pooling"),
}
OF_KERAS_3 = {
    "log softmax": (4, "log_softmax", ()),
    "log softmax activation": (4, None, ("log_softmax",)),
    "one log sigmoid": (1, "log_sigmoid", ()),
    "several log sigmoids": (3, "log_sigmoid", ()),
}
BLENDS = ("mean of softmaxes", "softmax pooled", "p and 1 - p", "mean of sigmoids")


def _layer(keras, name: str, units: int):
    layers = keras.layers
    if name == "Reshape":
        return layers.Reshape((1, 1, units))
    made = {
        "Softmax": layers.Softmax,
        "Dropout": lambda: layers.Dropout(0.3),
        "Flatten": layers.Flatten,
        "Pooling": layers.GlobalAveragePooling2D,
    }.get(name, lambda: layers.Activation(name))
    return made()


def _features(keras):
    image = keras.Input(SHAPE)
    x = keras.layers.Conv2D(4, 3, activation="relu")(keras.layers.Rescaling(1 / 255)(image))
    return image, x


def ended(keras, end: tuple, tail: tuple):
    """A network with this end and tail."""
    units, activation, behind = end
    image, x = _features(keras)
    x = keras.layers.Dense(units, activation=activation, name="scores")(keras.layers.GlobalAveragePooling2D()(x))
    for name in (*behind, *tail):
        x = _layer(keras, name, units)(x)
    return keras.Model(image, x)


def blended(keras, name: str):
    """A network whose probabilities come of several others."""
    image, x = _features(keras)
    layers, pooled = keras.layers, keras.layers.GlobalAveragePooling2D()(x)
    if name == "softmax pooled":
        return keras.Model(image, layers.GlobalAveragePooling2D()(layers.Softmax()(layers.Conv2D(4, 3)(x))))
    if name == "p and 1 - p":
        p = layers.Dense(1, activation="sigmoid")(pooled)
        return keras.Model(image, layers.Concatenate()([layers.Rescaling(-1.0, 1.0)(p), p]))
    kind = "sigmoid" if "sigmoid" in name else "softmax"
    several = [layers.Dense(4, activation=kind)(pooled) for _ in range(2)]
    return keras.Model(image, layers.Average()(several))


def all_of(keras, version: int) -> dict:
    """(end, tail) -> network; of Keras 3 with what only that has."""
    ends = ENDS | (OF_KERAS_3 if version == 3 else {})
    rows = {(end, tail): ended(keras, ends[end], TAILS[tail]) for end in ends for tail in TAILS}
    return rows | {(name, "nothing"): blended(keras, name) for name in BLENDS}


def save(keras, folder: str, version: int, endings: tuple[str, ...]) -> None:
    """Every network in a file, and its own output of some images.

    Endings ("" is a SavedModel folder) take turns: each end has a file of every ending, before one tail or another, and
    a blend, which has no tail, one of each.
    """
    generator = np.random.default_rng(0)
    x = generator.uniform(0, 255, (3, *SHAPE)).astype("f4")
    drawn = Weights()
    for number, ((end, tail), model) in enumerate(all_of(keras, version).items()):
        for weight in model.weights:
            weight.assign(drawn.uniform(-1, 1, weight.shape))
        base = f"{folder}/{end}+{tail}"
        for ending in endings if end in BLENDS else endings[number % len(endings) :][:1]:
            model.save(base + (ending or "+folder"))
        np.savez(base + ".npz", x=x, y=np.asarray(model(x, training=False)))
