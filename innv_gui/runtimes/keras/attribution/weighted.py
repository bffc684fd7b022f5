"""Layers with weights as what they are: a linear map, a bias, an activation.

A map takes its weights as arguments, so that a rule can put others in their place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import keras
import tensorflow as tf

from innv_gui.runtimes.keras.networks.custom_layers import kind_of
from innv_gui.runtimes.keras.networks.depthwise import depthwise_kernel, is_by_channel

Weights = tuple[tf.Tensor, ...]


@dataclass(frozen=True, eq=False)
class Linear:
    """y = activation(map(x, weights) + bias).

    in_axis: of the kernel, when the map is a full sum over input channels; else None.
    scaled: the weights that multiply each output channel by a vector (U,).
    way_back: message, weights, x -> V^T message, where TensorFlow has one operation for it.
    """

    map: Callable[[tf.Tensor, Weights], tf.Tensor]
    weights: Weights
    bias: tf.Tensor | None
    activation: Callable | None
    in_axis: int | None = None
    scaled: Callable[[Weights, tf.Tensor], Weights] | None = None
    merged: bool = False  # with a BatchNormalization
    way_back: Callable[[tf.Tensor, Weights, tf.Tensor], tf.Tensor] | None = None

    def plus_bias(self, y: tf.Tensor) -> tf.Tensor:
        """Before the activation. The one operation for a vector is what TensorFlow can fuse with a convolution."""
        if self.bias is None:
            return y
        return tf.nn.bias_add(y, self.bias) if len(self.bias.shape) == 1 else y + self.bias

    def transposed(self, message: tf.Tensor, weights: Weights, x: tf.Tensor) -> tf.Tensor:
        """V^T message, of x's shape; a forward pass that a tape records is never run: nothing asks for its values."""
        if self.way_back is not None:
            return self.way_back(message, weights, x)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(x)
            y = self.map(x, weights)
        return tape.gradient(y, x, message)


def sort_of(layer) -> str | None:
    """ "dense", "conv", "norm" (BatchNormalization), "own norm" (by an input's own statistics); None: no linear map."""
    sort, _ = _KINDS.get(kind_of(layer), (None, None))
    return sort if isinstance(layer, keras.Layer) else None


def linear_of(layer, x: tf.Tensor, norm_before=None, norm_behind=None) -> Linear:
    """A layer that has a sort, as a linear map. x: its input, of which normalizations take their statistics.

    norm_before, norm_behind: BatchNormalization layers to be folded in.
    """
    _, make = _KINDS[type(layer).__name__]
    made = make(layer, x) if make in _OF_INPUT else _at_once(make, layer)
    made = made if norm_before is None else _behind_norm(made, *_at_once(_scale_and_shift, norm_before))
    made = made if norm_behind is None else _before_norm(made, *_at_once(_scale_and_shift, norm_behind))
    return replace(made, merged=norm_before is not None or norm_behind is not None)


def _at_once(make: Callable, layer):
    """What depends on a layer's weights alone is made outside the graph that is traced: a tenth of the time.

    A kernel read there is the layer's own memory, not a copy.
    """
    with tf.init_scope():
        return make(layer)


def _behind_norm(linear: Linear, scale: tf.Tensor, shift: tf.Tensor) -> Linear:
    """W (s x + t) + b."""
    (kernel,) = linear.weights
    with tf.init_scope():
        bias = tf.reduce_sum(kernel * shift[:, None], axis=list(range(len(kernel.shape) - 1)))
        bias = bias if linear.bias is None else bias + linear.bias
    return replace(linear, weights=(kernel * scale[:, None],), bias=bias)


def _before_norm(linear: Linear, scale: tf.Tensor, shift: tf.Tensor) -> Linear:
    """s (W x + b) + t."""
    with tf.init_scope():
        bias = shift if linear.bias is None else linear.bias * scale + shift
    return replace(linear, weights=linear.scaled(linear.weights, scale), bias=bias)


def _last_scaled(weights: Weights, scale: tf.Tensor) -> Weights:
    return (*weights[:-1], weights[-1] * scale)


def _depthwise_scaled(weights: Weights, scale: tf.Tensor) -> Weights:
    """kernel (..., in, multiplier), output channels in this order."""
    return (weights[0] * tf.reshape(scale, weights[0].shape[-2:]),)


def _transposed_scaled(weights: Weights, scale: tf.Tensor) -> Weights:
    """kernel (..., out, in)."""
    return (weights[0] * scale[:, None],)


def _dense(layer) -> Linear:
    def apply(x, weights):
        return tf.linalg.matmul(x, weights[0]) if len(x.shape) == 2 else tf.tensordot(x, weights[0], 1)

    def back(message, weights, x):
        if len(x.shape) == 2:
            return tf.linalg.matmul(message, weights[0], transpose_b=True)
        return tf.tensordot(message, weights[0], [[-1], [1]])

    made = Linear(apply, (_tensor(layer.kernel),), _bias(layer), layer.activation, -2, _last_scaled)
    return replace(made, way_back=back)


def _einsum_dense(layer) -> Linear:
    def apply(x, weights):
        return keras.ops.einsum(layer.equation, x, weights[0])

    return Linear(apply, (_tensor(layer.kernel),), _bias(layer), layer.activation)


def _conv(layer) -> Linear:
    if is_by_channel(layer):
        return _by_channel(layer, depthwise_kernel(layer, _tensor(layer.kernel)))
    causal = layer.padding == "causal"

    def apply(x, weights):
        padded = tf.pad(x, layer._compute_causal_padding()) if causal else x
        padding = "valid" if causal else layer.padding
        return keras.ops.conv(padded, weights[0], list(layer.strides), padding, layer.data_format, layer.dilation_rate)

    in_axis = -2 if layer.groups == 1 and layer.data_format == "channels_last" else None
    made = Linear(apply, (_tensor(layer.kernel),), _bias(layer), layer.activation, in_axis, _last_scaled)
    if layer.groups == 1 and _is_plain_plane(layer):
        return _as_operations(made, layer, tf.raw_ops.Conv2D, tf.raw_ops.Conv2DBackpropInput)
    return made


def _depthwise(layer) -> Linear:
    return _by_channel(layer, _tensor(layer.kernel))


def _by_channel(layer, kernel: tf.Tensor) -> Linear:
    """kernel (kh, kw, in, multiplier), or (k, in, multiplier)."""

    def apply(x, weights):
        return keras.ops.depthwise_conv(
            x, weights[0], layer.strides, layer.padding, layer.data_format, layer.dilation_rate
        )

    made = Linear(apply, (kernel,), _bias(layer), layer.activation, None, _depthwise_scaled)
    if _is_plain_plane(layer) and len(set(layer.strides)) == 1:
        native = tf.raw_ops.DepthwiseConv2dNative, tf.raw_ops.DepthwiseConv2dNativeBackpropInput
        made = _as_operations(made, layer, *native)
        return replace(made, way_back=_turned(made)) if _is_its_own_way_back(layer, kernel) else made
    return made


def _is_its_own_way_back(layer, kernel: tf.Tensor) -> bool:
    """Whether each output is in the middle of its inputs, one per channel: then each input does among its outputs."""
    *window, _, multiplier = kernel.shape
    return set(layer.strides) == {1} and layer.padding == "same" and multiplier == 1 and all(n % 2 for n in window)


def _turned(linear: Linear) -> Callable:
    """The way back as the way there, with the kernel turned around: TensorFlow takes longer for its own."""
    return lambda message, weights, x: linear.map(message, (tf.reverse(weights[0], [0, 1]),))


def _is_plain_plane(layer) -> bool:
    """Whether TensorFlow has one operation for the layer, and one for the way back."""
    is_plane = len(layer.kernel.shape) == 4 and layer.data_format == "channels_last"
    return is_plane and set(layer.dilation_rate) == {1}


def _as_operations(linear: Linear, layer, there: Callable, back: Callable) -> Linear:
    """The same map without Keras around it: what it adds, a tape on top, is most of the time to a first map."""
    settings = {"strides": [1, *layer.strides, 1], "padding": layer.padding.upper()}

    def apply(x, weights):
        return there(input=x, filter=weights[0], **settings)

    def way_back(message, weights, x):
        return back(input_sizes=tf.shape(x), filter=weights[0], out_backprop=message, **settings)

    return replace(linear, map=apply, way_back=way_back)


def _separable(layer) -> Linear:
    def apply(x, weights):
        settings = (layer.strides, layer.padding, layer.data_format, layer.dilation_rate)
        return keras.ops.separable_conv(x, weights[0], weights[1], *settings)

    kernels = (_tensor(layer.depthwise_kernel), _tensor(layer.pointwise_kernel))
    return Linear(apply, kernels, _bias(layer), layer.activation, None, _last_scaled)


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

    return Linear(apply, (_tensor(layer.kernel),), _bias(layer), layer.activation, -1, _transposed_scaled)


def _batch_norm(layer) -> Linear:
    axis = layer.axis if isinstance(layer.axis, int) else layer.axis[0]
    rank = layer.input_spec.ndim
    shape = [-1 if place == axis % rank else 1 for place in range(rank)]
    scale, shift = (tf.reshape(one, shape) for one in _scale_and_shift(layer))
    return Linear(_scaled, (scale,), shift, None, way_back=_scaled_back)


def _scale_and_shift(norm) -> tuple[tf.Tensor, tf.Tensor]:
    """Outside training: gamma / sqrt(variance + epsilon), beta - mean * scale; both (U,)."""
    scale = tf.math.rsqrt(_tensor(norm.moving_variance) + norm.epsilon)
    scale = scale * _tensor(norm.gamma) if norm.scale else scale
    shift = -_tensor(norm.moving_mean) * scale
    return scale, shift + _tensor(norm.beta) if norm.center else shift


def _layer_norm(layer, x) -> Linear:
    """The mean is part of the map, the spread of this x is held constant (Ali et al. 2022)."""
    axes = _axes(layer, x)

    def mean(x):
        return tf.reduce_mean(x, axes, keepdims=True)

    return _centred(layer, x, mean, axes, centred=not getattr(layer, "rms_scaling", False))


def _group_norm(layer, x) -> Linear:
    """As layer normalization, one mean and one spread per group of channels, which are last."""
    channels, rank = x.shape[-1], len(x.shape)
    groups = channels if layer.groups == -1 else layer.groups

    def mean(x):
        split = tf.reshape(x, tf.concat([tf.shape(x)[:-1], [groups, channels // groups]], axis=0))
        means = tf.reduce_mean(split, [*range(1, rank - 1), rank], keepdims=True)
        return tf.reshape(tf.repeat(means, channels // groups, axis=-1), [-1, *[1] * (rank - 2), channels])

    return _centred(layer, x, mean, [rank - 1], centred=True)


def _centred(layer, x, mean: Callable, axes: list[int], centred: bool) -> Linear:
    """gamma (x - mean(x)) / spread + beta, where the layer has them."""
    shape = [x.shape[axis] if axis in axes else 1 for axis in range(len(x.shape))]
    gamma, beta = (
        None if getattr(layer, name, None) is None else tf.reshape(_tensor(getattr(layer, name)), shape)
        for name in ("gamma", "beta")
    )
    scale = tf.math.rsqrt(mean(tf.square(x - mean(x))) + layer.epsilon)
    scale = scale if gamma is None else scale * gamma
    return Linear(lambda x, weights: (x - mean(x) if centred else x) * weights[0], (scale,), beta, None)


def _rms_norm(layer, x) -> Linear:
    square = tf.reduce_mean(tf.square(x), _axes(layer, x), keepdims=True)
    return Linear(_scaled, (tf.math.rsqrt(square + layer.epsilon) * _tensor(layer.scale),), None, None)


def _unit_norm(layer, x) -> Linear:
    square = tf.reduce_sum(tf.square(x), _axes(layer, x), keepdims=True)
    return Linear(_scaled, (tf.math.rsqrt(tf.maximum(square, 1e-12)),), None, None)


def _axes(layer, x) -> list[int]:
    given = [layer.axis] if isinstance(layer.axis, int) else list(layer.axis)
    return sorted(axis % len(x.shape) for axis in given)


def _scaled(x, weights):
    return x * weights[0]


def _scaled_back(message, weights, x):
    return message * weights[0]


def _bias(layer) -> tf.Tensor | None:
    """Broadcasts over an output with channels last."""
    return None if getattr(layer, "bias", None) is None else _tensor(layer.bias)


def _tensor(variable) -> tf.Tensor:
    return tf.cast(tf.convert_to_tensor(variable), tf.float32)


def _locally(layer) -> Linear:
    """A kernel of its own at each place; as large as the output, so nothing is gained by one operation for it."""

    def apply(x, weights):
        return layer.map(x, weights[0])

    return Linear(apply, (_tensor(layer.kernel),), _bias(layer), layer.activation, None, _last_scaled)


_OF_INPUT = (_layer_norm, _rms_norm, _unit_norm, _group_norm)
_KINDS = {
    "Dense": ("dense", _dense),
    "EinsumDense": ("dense", _einsum_dense),
    "Conv1D": ("conv", _conv),
    "Conv2D": ("conv", _conv),
    "Conv3D": ("conv", _conv),
    "DepthwiseConv1D": ("conv", _depthwise),
    "DepthwiseConv2D": ("conv", _depthwise),
    "SeparableConv1D": ("conv", _separable),
    "SeparableConv2D": ("conv", _separable),
    "Conv1DTranspose": ("conv", _transposed),
    "Conv2DTranspose": ("conv", _transposed),
    "Conv3DTranspose": ("conv", _transposed),
    "LocallyConnected2D": ("conv", _locally),
    "BatchNormalization": ("norm", _batch_norm),
    "LayerNormalization": ("own norm", _layer_norm),
    "GroupNormalization": ("own norm", _group_norm),
    "RMSNormalization": ("own norm", _rms_norm),
    "UnitNormalization": ("own norm", _unit_norm),
}
