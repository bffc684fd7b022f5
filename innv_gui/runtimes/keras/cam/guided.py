"""Guided backprop: on the way back, every ReLU lets only positive gradients pass (Springenberg et al. 2015)."""

from __future__ import annotations

from contextlib import contextmanager

import keras
import tensorflow as tf

_RELU_FUNCTIONS = (keras.activations.relu, keras.activations.relu6)
_RELU_OPERATIONS = ("ReLU", "Relu", "Relu6")


@contextmanager
def guided_relus(operations):
    """While inside, the ReLUs of these layers are guided; what is traced then stays so."""
    swapped = []
    try:
        for operation in operations:
            attribute = _relu_attribute(operation)
            if attribute:
                original = getattr(operation, attribute)
                swapped.append((operation, attribute, original))
                setattr(operation, attribute, guided(original))
        yield
    finally:
        for operation, attribute, original in swapped:
            setattr(operation, attribute, original)


def guided(relu):
    """The same function, whose gradient is (g > 0) * relu'(x) * g."""

    def with_gradient(x, *args, **kwargs):
        @tf.custom_gradient
        def run(x):
            def back(gradient):
                with tf.GradientTape() as tape:
                    tape.watch(x)
                    y = relu(x, *args, **kwargs)
                return tape.gradient(y, x, output_gradients=tf.nn.relu(gradient))

            return relu(x, *args, **kwargs), back

        return run(tf.convert_to_tensor(x))

    return with_gradient


def _relu_attribute(operation) -> str | None:
    """Where an operation holds its ReLU: in `activation`, or it is one itself."""
    if any(getattr(operation, "activation", None) is relu for relu in _RELU_FUNCTIONS):
        return "activation"
    return "call" if type(operation).__name__ in _RELU_OPERATIONS else None
