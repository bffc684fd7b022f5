"""What Keras 2 computed and Keras 3 does not, under names that no file can mean by chance.

Registered with Keras, so that a configuration that comes through the gate finds them.
"""

from __future__ import annotations

import keras
import tensorflow as tf

PACKAGE = "innv_gui"


@keras.saving.register_keras_serializable(package=PACKAGE)
def hard_sigmoid_of_keras_2(x):
    """clip(0.2 x + 0.5, 0, 1); that of Keras 3 is relu6(x + 3) / 6."""
    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)


@keras.saving.register_keras_serializable(package=PACKAGE)
class LocallyConnected2D(keras.layers.Layer):
    """A convolution with a kernel of its own at each place: (N, H, W, C) -> (N, h, w, filters), no padding.

    kernel: (h w, kernel height x kernel width x C, filters); bias: (h, w, filters).
    """

    def __init__(self, filters, kernel_size, strides=(1, 1), activation=None, use_bias=True, **settings):
        settings = {key: value for key, value in settings.items() if key in ("name", "dtype", "trainable")}
        super().__init__(**settings)
        self.filters, self.use_bias = int(filters), bool(use_bias)
        self.kernel_size, self.strides = _pair(kernel_size), _pair(strides)
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        """Input (N, H, W, C) with known sides."""
        self.places = self._places(input_shape)
        n_places = self.places[0] * self.places[1]
        size = self.kernel_size[0] * self.kernel_size[1] * input_shape[-1]
        self.kernel = self.add_weight(name="kernel", shape=(n_places, size, self.filters))
        self.bias = self.add_weight(name="bias", shape=(*self.places, self.filters)) if self.use_bias else None
        self.built = True

    def _places(self, shape) -> tuple[int, int]:
        """(h, w)."""
        if None in shape[1:3]:
            raise ValueError("LocallyConnected2D needs an input of known height and width.")
        sides = zip(shape[1:3], self.kernel_size, self.strides, strict=True)
        return tuple((side - window) // step + 1 for side, window, step in sides)

    def map(self, inputs, kernel):
        """Without bias and activation."""
        sizes, strides = [1, *self.kernel_size, 1], [1, *self.strides, 1]
        patches = tf.image.extract_patches(inputs, sizes, strides, [1, 1, 1, 1], "VALID")
        patches = tf.reshape(patches, (-1, kernel.shape[0], kernel.shape[1]))
        values = tf.einsum("npk,pkf->npf", patches, kernel)
        return tf.reshape(values, (-1, *self.places, self.filters))

    def call(self, inputs):
        """(N, H, W, C) -> (N, h, w, filters)."""
        values = self.map(inputs, tf.convert_to_tensor(self.kernel))
        return self.activation(values if self.bias is None else values + self.bias)

    def compute_output_shape(self, input_shape):
        """(N, h, w, filters)."""
        return (input_shape[0], *self._places(input_shape), self.filters)

    def get_config(self):
        """As Keras 2 wrote it."""
        own = {"filters": self.filters, "kernel_size": self.kernel_size, "strides": self.strides}
        function = keras.activations.serialize(self.activation)
        return {**super().get_config(), **own, "activation": function, "use_bias": self.use_bias}


def _pair(value) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)
