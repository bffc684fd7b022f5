"""Models that call models, in the ways in which Keras 2 and Keras 3 number such calls. keras: either library."""

from __future__ import annotations

import numpy as np

from tests.files.short_weights import Weights

SHAPE = (6, 6, 3)


def all_of(keras, sequential: bool) -> dict:
    """Models by name; sequential: the called model is a Sequential one."""
    layers = keras.layers

    def inner(name="inner"):
        if sequential:
            return keras.Sequential([keras.Input((4,)), layers.Dense(4, activation="tanh")], name=name)
        start = keras.Input((4,))
        return keras.Model(start, layers.Dense(4, activation="tanh")(start), name=name)

    def deep():
        called, start = inner("first"), keras.Input((4,))
        second = keras.Model(start, layers.Subtract()([called(start), called(called(start))]), name="second")
        start = keras.Input((4,))
        return keras.Model(start, second(layers.ReLU()(second(start))), name="third")

    def whole(build):
        start = keras.Input(SHAPE)
        return keras.Model(start, build(layers.Dense(4)(layers.Flatten()(start))))

    one, two, three, four = inner(), inner(), inner(), inner()
    return {
        "ends in a call": whole(one),
        "ends in the second": whole(lambda y: two(two(y))),
        "ends in the third": whole(lambda y: three(layers.Subtract()([three(y), three(layers.ReLU()(y))]))),
        "twice inside": whole(lambda y: layers.Dense(3)(layers.Subtract()([four(y), four(layers.ReLU()(y))]))),
        "three deep": whole(lambda y: layers.Dense(3)(deep()(y))),
    }


def save(keras, folder: str) -> None:
    """Each as .keras and .h5, and what it gives as .npz."""
    drawn, x = Weights(), np.random.default_rng(0).random((2, *SHAPE), dtype=np.float32)
    for sequential in (False, True):
        for name, model in all_of(keras, sequential).items():
            for weight in model.weights:
                weight.assign(drawn.uniform(-0.6, 0.6, weight.shape))
            base = f"{folder}/{name}, {'sequential' if sequential else 'functional'}"
            model.save(base + ".keras")
            model.save(base + ".h5")
            np.savez(base + ".npz", x=x, y=np.asarray(model(x)))
