"""Methods that change what a ReLU does on the way back.

guided backprop (Springenberg et al. 2014): relu'(z) * max(g, 0). deconvnet (Zeiler and Fergus 2014): max(g, 0), whether
the ReLU was active or not.
"""

from __future__ import annotations

from contextlib import contextmanager

import keras
import tensorflow as tf

_FUNCTIONS = (keras.activations.relu, keras.activations.relu6)
_OPERATIONS = frozenset({"ReLU", "Relu", "Relu6"})


@contextmanager
def bent_relus(operations, way: str):
    """While inside, the ReLUs of these operations are bent ("guided" or "deconvnet"); what is traced then stays so."""
    swapped = []
    try:
        for operation in _with_inner(operations):
            attribute = _attribute(operation)
            if attribute:
                original = getattr(operation, attribute)
                swapped.append((operation, attribute, original))
                setattr(operation, attribute, _bent(original, way))
        yield
    finally:
        for operation, attribute, original in swapped:
            setattr(operation, attribute, original)


def _with_inner(operations):
    """Layers inside layers, too: wrapped ones, and those of a custom layer."""
    for operation in operations:
        yield from operation._flatten_layers() if isinstance(operation, keras.Layer) else (operation,)


def _bent(relu, way: str):
    def with_gradient(x, *args, **kwargs):
        @tf.custom_gradient
        def run(x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = relu(x, *args, **kwargs)

            def back(gradient):
                positive = tf.nn.relu(gradient)
                return positive if way == "deconvnet" else tape.gradient(y, x, output_gradients=positive)

            return y, back

        return run(tf.convert_to_tensor(x))

    return with_gradient


def _attribute(operation) -> str | None:
    """Where an operation holds its ReLU: in `activation`, or it is one itself."""
    if any(getattr(operation, "activation", None) is relu for relu in _FUNCTIONS):
        return "activation"
    return "call" if type(operation).__name__ in _OPERATIONS else None
