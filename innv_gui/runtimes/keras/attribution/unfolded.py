"""Layers that are several steps to the engine, opened up: attention, and layers that wrap another one."""

from __future__ import annotations

from dataclasses import replace

import keras
import tensorflow as tf

from innv_gui.runtimes.keras.attribution import attention, attention_weights, unweighted
from innv_gui.runtimes.keras.attribution.weighted import sort_of
from innv_gui.runtimes.keras.graphs import graph
from innv_gui.runtimes.keras.graphs.graph import Graph, Step
from innv_gui.runtimes.keras.graphs.inner_steps import FOLD, computed, fresh_id, inside


def graph_to(start, end, weighs: bool = False) -> Graph:
    """The graph between two symbolic tensors of a flat network, with no layer left that is several steps.

    weighs: attention weights take relevance, too.
    """
    found = graph.graph_to(start, end)
    return replace(found, steps=tuple(inner for step in found.steps for inner in opened(step, weighs)))


def opened(step: Step, weighs: bool = False) -> tuple[Step, ...]:
    """The steps that a step stands for; itself, when it is one."""
    openings = {**_OPENINGS, **_WEIGHING} if weighs else _OPENINGS
    return openings.get(step.kind, lambda step: (step,))(step)


def _wrapped(step: Step) -> tuple[Step, ...]:
    """SpectralNormalization: outside training the layer inside, whose weights are normalized already."""
    (given,) = step.inputs
    return opened(inside(step, step.operation.layer, given, step.outputs[0], step.is_first))


def _at_each_time(step: Step) -> tuple[Step, ...]:
    """TimeDistributed: (N, T, ...) as (N T, ...), the layer inside, and back."""
    (given,), layer = step.inputs, step.operation.layer
    steps, folded, ended = step.node.input_tensors[0].shape[1], fresh_id(), fresh_id()
    within = opened(inside(step, layer, folded, ended))
    if steps is None or isinstance(layer, keras.Model) or not all(_is_known(one) for one in within):
        return (step,)
    return (
        computed(step, FOLD, lambda tensors: [_joined(tensors[given])], (given,), (folded,)),
        *within,
        computed(step, FOLD, lambda tensors: [_split(tensors[ended], steps)], (ended,), step.outputs),
    )


def _separated(step: Step) -> tuple[Step, ...]:
    """A separable convolution as the two that it is: what speaks for and against is separated in each."""
    (given,), layer, between = step.inputs, step.operation, fresh_id()
    depthwise, pointwise = _two_convolutions(layer, step.node.input_tensors[0].shape)
    return (
        inside(step, depthwise, given, between, step.is_first),
        inside(step, pointwise, between, step.outputs[0]),
    )


def _two_convolutions(layer, shape) -> tuple[keras.Layer, keras.Layer]:
    """Layers of Keras with the weights of a SeparableConv1D or 2D."""
    flat = type(layer).__name__ == "SeparableConv1D"
    depthwise = (keras.layers.DepthwiseConv1D if flat else keras.layers.DepthwiseConv2D)(
        layer.kernel_size,
        strides=layer.strides,
        padding=layer.padding,
        depth_multiplier=layer.depth_multiplier,
        data_format=layer.data_format,
        dilation_rate=layer.dilation_rate,
        use_bias=False,
        name=layer.name,
    )
    pointwise = (keras.layers.Conv1D if flat else keras.layers.Conv2D)(
        layer.filters,
        1,
        data_format=layer.data_format,
        activation=layer.activation,
        use_bias=layer.use_bias,
        name=layer.name,
    )
    depthwise.build(shape)
    pointwise.build(depthwise.compute_output_shape(shape))
    depthwise.set_weights([layer.depthwise_kernel])
    pointwise.set_weights([layer.pointwise_kernel, *([layer.bias] if layer.use_bias else [])])
    return depthwise, pointwise


def _is_known(step: Step) -> bool:
    return sort_of(step.operation) is not None or unweighted.of(step) is not None


def _joined(x: tf.Tensor) -> tf.Tensor:
    return tf.reshape(x, [-1, *_sizes(x, 2)])


def _split(x: tf.Tensor, steps: int) -> tf.Tensor:
    return tf.reshape(x, [-1, steps, *_sizes(x, 1)])


def _sizes(x: tf.Tensor, start: int) -> list:
    dynamic = tf.shape(x)
    return [dynamic[axis] if size is None else size for axis, size in enumerate(x.shape)][start:]


_OPENINGS = {
    "MultiHeadAttention": attention.open_projected,
    "GroupedQueryAttention": attention.open_projected,
    "Attention": attention.open_plain,
    "AdditiveAttention": attention.open_plain,
    "DotProductAttention": attention.open_operation,
    "SeparableConv1D": _separated,
    "SeparableConv2D": _separated,
    "SpectralNormalization": _wrapped,
    "TimeDistributed": _at_each_time,
}
_WEIGHING = {
    "MultiHeadAttention": attention_weights.open_projected,
    "GroupedQueryAttention": attention_weights.open_projected,
    "Attention": attention_weights.open_plain,
}
