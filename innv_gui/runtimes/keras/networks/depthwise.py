"""Convolutions with one group per channel, computed as the depthwise ones that they are.

Keras compiles every convolution in groups with XLA, because TensorFlow has no gradient of it on a processor. Where a
group is one channel TensorFlow has an operation of its own, which is faster; ConvNeXt is made of these.
"""

from __future__ import annotations

import keras


def compute_by_channel(model: keras.Model) -> None:
    """Changes how such layers compute, wherever they are in the model; what they compute, but for rounding, stays."""
    for layer in model._flatten_layers():
        if type(layer) is keras.layers.Conv2D and layer.built and is_by_channel(layer):
            layer.convolution_op = _depthwise(layer)


def is_by_channel(layer) -> bool:
    """Whether each channel of a convolution of planes goes by itself, channels last and both axes in equal steps."""
    plain = len(layer.kernel.shape) == 4 and layer.data_format == "channels_last" and len(set(layer.strides)) == 1
    return plain and layer.groups > 1 and layer.kernel.shape[-2] == 1


def depthwise_kernel(layer, kernel):
    """(kh, kw, 1, in * multiplier) -> (kh, kw, in, multiplier)."""
    return keras.ops.reshape(kernel, (*kernel.shape[:-2], layer.groups, kernel.shape[-1] // layer.groups))


def _depthwise(layer: keras.layers.Conv2D):
    def convolution_op(inputs, kernel):
        given = depthwise_kernel(layer, kernel)
        return keras.ops.depthwise_conv(
            inputs, given, layer.strides, layer.padding, layer.data_format, layer.dilation_rate
        )

    return convolution_op
