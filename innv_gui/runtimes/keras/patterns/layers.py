"""Which layers of a network have patterns, and what becomes of the others."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import keras
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused
from innv_gui.runtimes.keras.attribution import unweighted
from innv_gui.runtimes.keras.attribution.passes import bend_of, known_as
from innv_gui.runtimes.keras.attribution.unfolded import graph_to
from innv_gui.runtimes.keras.attribution.weighted import Linear, linear_of, sort_of
from innv_gui.runtimes.keras.graphs.batch_norm import folded
from innv_gui.runtimes.keras.graphs.graph import Graph, Step
from innv_gui.runtimes.keras.networks.custom_layers import is_own
from innv_gui.runtimes.keras.networks.depthwise import is_by_channel
from innv_gui.runtimes.keras.networks.network import Network

FULL = frozenset("Dense Conv1D Conv2D Conv3D".split())  # a kernel (..., in, out)
BY_CHANNEL = frozenset("DepthwiseConv1D DepthwiseConv2D".split())  # (..., in, multiplier)
HINT = "Use a method that needs no patterns, such as lrp.epsilon or integrated_gradients."
RELUS = (keras.activations.relu, keras.activations.relu6)


@dataclass(frozen=True, eq=False)
class Learnable:
    """A layer with a pattern, BatchNormalization beside it folded in.

    key: its name and what is folded in; a layer that is called several times has one pattern. axes: of the kernel,
    summed over for one neuron. rectified: a ReLU and nothing else reads its output.
    """

    key: str
    linear: Linear
    axes: tuple[int, ...]
    rectified: bool

    @property
    def kernel(self) -> tf.Tensor:
        """Its weights."""
        return self.linear.weights[0]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the kernel."""
        return tuple(self.kernel.shape.as_list())


@dataclass(frozen=True, eq=False)
class Layout:
    """A graph with its learnable layers, by the place of their step; scales: BatchNormalization that stands alone."""

    graph: Graph
    learnable: dict[int, Learnable]
    scales: dict[int, Linear]

    def forward(self, x: tf.Tensor, meet: Callable[[Learnable | Linear, tf.Tensor], tf.Tensor]) -> tf.Tensor:
        """x (N, H, W, C) -> the graph's end. meet: what gives the output, before the activation, of a layer in it."""
        tensors = {self.graph.start: x}
        for place, step in enumerate(self.graph.steps):
            known = self.learnable.get(place) or self.scales.get(place)
            outputs = step.call(tensors) if known is None else [_met(known, tensors[step.inputs[0]], meet)]
            tensors.update(zip(step.outputs, outputs, strict=False))
        return tensors[self.graph.end]


def _met(known: Learnable | Linear, x: tf.Tensor, meet: Callable) -> tf.Tensor:
    linear = known.linear if isinstance(known, Learnable) else known
    z = meet(known, x)
    return z if linear.activation is None else linear.activation(z)


def layout(network: Network, layer: str, name: str) -> Layout:
    """Of the network up to a layer. Raises AnalyzerRefused naming the layer that `name` has nothing for."""
    graph = folded(graph_to(network.model.inputs[0], network.flat.tensors[layer]))
    learnable, scales = {}, {}
    for place, step in enumerate(graph.steps):
        if why := _objection(step):
            raise AnalyzerRefused(f"{name} has nothing for the layer {known_as(step)}: {why}.", HINT)
        if step.kind in FULL or step.kind in BY_CHANNEL:
            learnable[place] = _learnable(step, graph)
        elif sort_of(step.operation) == "norm":
            scales[place] = linear_of(step.operation, tf.zeros(()))
    return Layout(graph, learnable, scales)


def _objection(step: Step) -> str:
    """Why a layer cannot be passed; empty when it can."""
    if is_own(step.operation):
        return "it is custom code"
    if not unweighted.only_relu(step):
        return "it has an activation other than ReLU"
    sort = sort_of(step.operation)
    if sort == "own norm":
        return "it normalizes each input by that input's own statistics, which no pattern covers"
    if sort in ("dense", "conv") and step.kind not in FULL | BY_CHANNEL:
        return "its neurons have no common pattern of inputs"
    return "" if sort or unweighted.of(step) else "it is neither linear with weights nor passes values on"


def _learnable(step: Step, graph: Graph) -> Learnable:
    linear = linear_of(step.operation, tf.zeros(()), step.norm_before, step.norm_behind)
    norms = [norm.name for norm in (step.norm_before, step.norm_behind) if norm is not None]
    by_channel = step.kind in BY_CHANNEL or step.kind != "Dense" and is_by_channel(step.operation)
    rank = len(linear.weights[0].shape)
    axes = tuple(range(rank - 2 if by_channel else rank - 1))
    return Learnable(" + ".join([_name(step, graph), *norms]), linear, axes, _is_rectified(step, linear, graph))


def _name(step: Step, graph: Graph) -> str:
    """Of the layer; a separable convolution is two steps of one name."""
    kinds = {one.kind for one in graph.steps if one.name == step.name}
    return step.name if len(kinds) == 1 else f"{step.name} ({step.kind})"


def _is_rectified(step: Step, linear: Linear, graph: Graph) -> bool:
    if linear.activation not in (None, keras.activations.linear):
        return linear.activation in RELUS
    readers = [one for one in graph.steps if step.outputs[0] in one.inputs]
    return step.outputs[0] != graph.end and bool(readers) and all(bend_of(one) for one in readers)


def n_bytes(known: Layout) -> int:
    """Memory of the sums that a fit makes."""
    kernels = {one.key: math.prod(one.shape) for one in known.learnable.values()}
    return 2 * 8 * sum(kernels.values())
