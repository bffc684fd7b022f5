"""BatchNormalization as part of its linear neighbour, so that a rule sees one layer where there is one linear map.

Outside training y = s x + t with s = gamma / sqrt(variance + epsilon), t = beta - mean s. Behind a layer W x + b
without activation the two are one layer with weights s W and bias s b + t; in front of a dense layer, or of a
convolution without padding, one with weights W s and bias b + W t. Elsewhere it stays a linear layer of its own.
"""

from __future__ import annotations

from dataclasses import replace

import keras

from innv_gui.runtimes.keras.graphs.graph import Graph, Step

_TAKES_BEHIND = frozenset(
    """
    Dense Conv1D Conv2D Conv3D DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D
    Conv1DTranspose Conv2DTranspose Conv3DTranspose
    """.split()
)
_TAKES_BEFORE = frozenset("Dense Conv1D Conv2D Conv3D".split())


def folded(graph: Graph) -> Graph:
    """The same graph with fewer steps. What is asked for at the end is never folded away."""
    steps = _each_norm(graph.steps, graph.end, _into_producer)
    return replace(graph, steps=_each_norm(steps, graph.end, _into_consumer))


def _each_norm(steps: tuple[Step, ...], end: int, fold) -> tuple[Step, ...]:
    for norm in [step for step in steps if _is_norm_of_channels(step)]:
        steps = fold(steps, norm, end)
    return steps


def _into_producer(steps: tuple[Step, ...], norm: Step, end: int) -> tuple[Step, ...]:
    (inner,) = norm.inputs
    linear = next((step for step in steps if inner in step.outputs), None)
    if inner == end or linear is None or not _takes_behind(linear) or _readers(steps, inner) != [norm]:
        return steps
    merged = replace(linear, outputs=norm.outputs, norm_behind=norm.operation)
    return tuple(merged if step is linear else step for step in steps if step is not norm)


def _into_consumer(steps: tuple[Step, ...], norm: Step, end: int) -> tuple[Step, ...]:
    readers = _readers(steps, norm.outputs[0])
    if norm.outputs[0] == end or len(readers) != 1 or not _takes_before(readers[0]):
        return steps
    merged = replace(readers[0], inputs=norm.inputs, is_first=norm.is_first, norm_before=norm.operation)
    return tuple(merged if step is readers[0] else step for step in steps if step is not norm)


def _readers(steps: tuple[Step, ...], one: int) -> list[Step]:
    return [step for step in steps if one in step.inputs]


def _is_norm_of_channels(step: Step) -> bool:
    if step.kind != "BatchNormalization" or step.norm_before or step.norm_behind:
        return False
    axis, rank = step.operation.axis, step.operation.input_spec.ndim
    return axis % rank == rank - 1


def _takes_behind(step: Step) -> bool:
    layer = step.operation
    is_linear = getattr(layer, "activation", None) in (None, keras.activations.linear)
    return step.kind in _TAKES_BEHIND and is_linear and step.norm_behind is None and _channels_last(layer)


def _takes_before(step: Step) -> bool:
    layer = step.operation
    without_padding = getattr(layer, "padding", "valid") == "valid" and getattr(layer, "groups", 1) == 1
    has_rule = step.kind in _TAKES_BEFORE and getattr(layer, "activation", None) is not keras.activations.glu
    return has_rule and without_padding and step.norm_before is None and _channels_last(layer)


def _channels_last(layer) -> bool:
    return getattr(layer, "data_format", "channels_last") == "channels_last"
