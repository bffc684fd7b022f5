"""Layers with weights as what they are: a linear map, a bias, an activation.

A map takes its weights as arguments, so that a rule can put others in their place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import keras
import tensorflow as tf

Weights = tuple[tf.Tensor, ...]


@dataclass(frozen=True, eq=False)
class Linear:
    """y = activation(map(x, weights) + bias).

    sort: "dense", "conv" or "norm". sums_channels: the map is a full sum over input channels (kernel (..., in, out)), so
    that with weights of one it can be had from the channels' sum alone.
    """

    map: Callable[[tf.Tensor, Weights], tf.Tensor]
    weights: Weights
    bias: tf.Tensor | None
    activation: Callable | None
    sort: str
    sums_channels: bool = False


def linear_of(layer) -> Linear | None:
    """The layer as a linear map, or None when it is none. Outputs have channels last."""
    make = _KINDS.get(type(layer).__name__)
    return make(layer) if make and isinstance(layer, keras.Layer) else None


def _dense(layer) -> Linear:
    def apply(x, weights):
        return tf.linalg.matmul(x, weights[0]) if len(x.shape) == 2 else tf.tensordot(x, weights[0], 1)

    return Linear(apply, (_tensor(layer.kernel),), _bias(layer), layer.activation, "dense", True)


def _einsum_dense(layer) -> Linear:
    def apply(x, weights):
        return keras.ops.einsum(layer.equation, x, weights[0])

    return Linear(apply, (_tensor(layer.kernel),), _bias(layer), layer.activation, "dense")


def _conv(layer) -> Linear:
    causal = layer.padding == "causal"

    def apply(x, weights):
        padded = tf.pad(x, layer._compute_causal_padding()) if causal else x
        padding = "valid" if causal else layer.padding
        return keras.ops.conv(
            padded, weights[0], list(layer.strides), padding, layer.data_format, layer.dilation_rate
        )

    return Linear(apply, (_tensor(layer.kernel),), _bias(layer), layer.activation, "conv", layer.groups == 1)


def _depthwise(layer) -> Linear:
    def apply(x, weights):
        return keras.ops.depthwise_conv(
            x, weights[0], layer.strides, layer.padding, layer.data_format, layer.dilation_rate
        )

    return Linear(apply, (_tensor(layer.kernel),), _bias(layer), layer.activation, "conv")


def _separable(layer) -> Linear:
    def apply(x, weights):
        settings = (layer.strides, layer.padding, layer.data_format, layer.dilation_rate)
        return keras.ops.separable_conv(x, weights[0], weights[1], *settings)

    kernels = (_tensor(layer.depthwise_kernel), _tensor(layer.pointwise_kernel))
    return Linear(apply, kernels, _bias(layer), layer.activation, "conv")


def _transposed(layer) -> Linear:
    def apply(x, weights):
        return keras.ops.conv_transpose(
            x,
            weights[0],
            list(layer.strides),
            layer.padding,
            layer.output_padding,
            layer.data_format,
            layer.dilation_rate,
        )

    return Linear(apply, (_tensor(layer.kernel),), _bias(layer), layer.activation, "conv")


def _batch_norm(layer) -> Linear:
    """Outside of training: scale = gamma / sqrt(variance + epsilon), bias = beta - mean * scale."""
    scale = tf.math.rsqrt(_tensor(layer.moving_variance) + layer.epsilon)
    scale = scale * _tensor(layer.gamma) if layer.scale else scale
    bias = -_tensor(layer.moving_mean) * scale
    bias = bias + _tensor(layer.beta) if layer.center else bias
    axis = layer.axis if isinstance(layer.axis, int) else layer.axis[0]
    rank = layer.input_spec.ndim
    shape = [-1 if place == axis % rank else 1 for place in range(rank)]
    return Linear(_scaled, (tf.reshape(scale, shape),), tf.reshape(bias, shape), None, "norm")


def _scaled(x, weights):
    return x * weights[0]


def _bias(layer) -> tf.Tensor | None:
    """Broadcasts over an output with channels last."""
    return None if getattr(layer, "bias", None) is None else _tensor(layer.bias)


def _tensor(variable) -> tf.Tensor:
    return tf.cast(tf.convert_to_tensor(variable), tf.float32)


_KINDS = {
    "Dense": _dense,
    "EinsumDense": _einsum_dense,
    "Conv1D": _conv,
    "Conv2D": _conv,
    "Conv3D": _conv,
    "DepthwiseConv1D": _depthwise,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv1D": _separable,
    "SeparableConv2D": _separable,
    "Conv1DTranspose": _transposed,
    "Conv2DTranspose": _transposed,
    "Conv3DTranspose": _transposed,
    "BatchNormalization": _batch_norm,
}
