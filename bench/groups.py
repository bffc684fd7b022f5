"""ConvNeXtTiny, whose convolutions have one group per channel: by Keras' own compiled passes, and here.

`python -m bench.groups` measures in a process of its own and prints JSON; `measure()` asks for it.
"""

from __future__ import annotations

import json

from bench.attribution import Loaded, asked, fastest

NETWORK = "ConvNeXtTiny"
BATCH = 4
ROUNDS = 3
METHODS = ("gradient", "lrp.z", "lrp.alpha_2_beta_1")


def measure() -> dict:
    """In a process of its own, because the server's own has no TensorFlow."""
    return asked("bench.groups")


def _measured() -> dict:
    loaded = Loaded(NETWORK, BATCH)
    forward, gradient = _keras(loaded.x)
    works = {"forward, Keras": forward, "gradient, Keras": gradient, "forward": loaded.plain}
    works.update({method: loaded.explained(method, {}) for method in METHODS})
    for work in works.values():
        work()  # the trace
    took = dict(zip(works, fastest(list(works.values()), ROUNDS), strict=True))
    ratios = {name: seconds / took["forward, Keras"] for name, seconds in took.items()}
    return {"network": NETWORK, "batch": BATCH, "ratios": ratios}


def _keras(x) -> tuple:
    """Its forward pass, and its gradient of one class."""
    import keras
    import tensorflow as tf

    model = getattr(keras.applications, NETWORK)(weights=None)

    @tf.function
    def forward(x):
        return model(x, training=False)

    @tf.function
    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = model(x, training=False)[:, 0]
        return tape.gradient(score, x)

    given = tf.constant(x)
    return lambda: forward(given).numpy(), lambda: gradient(given).numpy()


if __name__ == "__main__":
    print(json.dumps(_measured()))
