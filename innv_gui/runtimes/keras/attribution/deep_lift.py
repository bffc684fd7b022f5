"""DeepLIFT by the rescale rule (Shrikumar et al. 2017): what each input adds to the difference from a reference.

Image and reference go through the network together. On the way back each tensor x has a multiplier m, and m (x - x0),
summed, is the difference of the explained values, at every depth:

- a linear step: m_x = W^T m_y;
- a function of each value by itself: m_x = m_y (f(x) - f(x0)) / (x - x0), its derivative where both are the same;
- a product of two: the derivative half way between image and reference, (a b - a0 b0) being exactly that;
- a maximum: from max(y, y0) to y0 it is what won in the image, from y to max(y, y0) what won in the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused
from innv_gui.runtimes.keras.attribution import compiled, unweighted
from innv_gui.runtimes.keras.attribution.passes import known_as
from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.attribution.unfolded import graph_to
from innv_gui.runtimes.keras.attribution.weighted import linear_of, sort_of
from innv_gui.runtimes.keras.graphs.graph import Graph, Step
from innv_gui.runtimes.keras.graphs.inner_steps import WEIGHTED_AVERAGE

NEAR = 1e-5  # of both sizes together: closer values than that are taken for the same, as rounding is larger
HINT = "It can be run unchecked: such a layer then takes its derivative, and the map may not sum to the difference."
WEIGHTED, LINEAR, EACH, PAIRS = "weighted", "linear", "each", "pairs"
_TOGETHER = frozenset("Softmax LogSoftmax Sparsemax Normalize AutoContrast Equalization".split())
_TOGETHER_FUNCTIONS = frozenset("softmax log_softmax sparsemax glu".split())
_MAXIMA = frozenset(
    """
    MaxPooling1D MaxPooling2D MaxPooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D Maximum Max Amax
    AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D MaxPool AdaptiveMaxPool
    """.split()
)
_EXTREMES = {**dict.fromkeys(_MAXIMA, tf.maximum), **dict.fromkeys("Minimum Min Amin".split(), tf.minimum)}
_CHOOSING = frozenset("Sort Median Where TakeAlongAxis".split())


def deep_lift(question: Question) -> np.ndarray:
    """(n, H, W, C): what each input value adds to the explained value's difference from the reference's."""
    if question.softmax and not question.unchecked:
        message = f"{question.name} explains scores, not probabilities: it has no rule for their softmax."
        raise AnalyzerRefused(message, "Explain the score, or run it unchecked.", "unchecked", (True,))
    where = question.layer, question.shape, question.softmax, question.unchecked
    back = compiled.kept(question.network, ("deep_lift", *where), lambda: _trace(question, *where))
    reference = np.full(len(question.x), question.params["reference_inputs"], np.float32)
    maps, question.values = question.memory.call(back, question.x, question.weights, reference)
    return maps


def _trace(question: Question, layer: str, shape: tuple, softmax: bool, unchecked: bool) -> Callable:
    network = question.network
    graph = graph_to(network.model.inputs[0], network.flat.tensors[layer])
    ways = [_checked(question.name, step, unchecked) for step in graph.steps]

    @tf.function(input_signature=[*compiled.x_and_weights(shape), tf.TensorSpec([None], tf.float32)], autograph=False)
    def back(x, weights, reference):
        base = tf.ones_like(x[:1]) * reference[0]
        pass_ = Passes(graph, ways)
        end = pass_.forward(tf.concat([x, base], axis=0))[:-1]
        with tf.GradientTape() as tape:
            tape.watch(end)
            score = compiled.positions(network.link(softmax).traced(end))
        asked = compiled.at_strongest(score) * weights[:, None]
        found = pass_.backward(tf.convert_to_tensor(tape.gradient(score, end, asked)))
        return found * (x - base), tf.reduce_max(score, axis=1)

    back.get_concrete_function()
    return back


def _checked(name: str, step: Step, unchecked: bool) -> str:
    way = way_of(step)
    if way is None and not unchecked:
        message = f"{name} has no rule for the layer {known_as(step)} of this model{_reason(step)}."
        raise AnalyzerRefused(message, HINT, "unchecked", (True,))
    return way or LINEAR


def way_of(step: Step) -> str | None:
    """WEIGHTED, LINEAR, EACH, PAIRS or the kind of an extreme; None: there is no rule."""
    if sort_of(step.operation) in ("dense", "conv", "norm"):
        return WEIGHTED if _is_of_each(step) else None
    if step.kind in _EXTREMES and (step.kind not in ("Maximum", "Minimum") or len(step.inputs) > 1):
        return step.kind
    way = unweighted.of(step)
    if way == unweighted.PASS:
        return EACH if len(step.inputs) == 1 and _is_of_each(step) else None
    if way in (unweighted.GATE, unweighted.PRODUCT):
        node: Any = step.node
        return PAIRS if len(node.input_tensors) == 2 else None
    keeps_share = way == unweighted.PROPORTIONAL and step.kind != WEIGHTED_AVERAGE
    return LINEAR if keeps_share or way == unweighted.GRADIENT and step.kind not in _CHOOSING else None


def _is_of_each(step: Step) -> bool:
    """Whether the activation, if there is one, takes each value by itself."""
    function = getattr(getattr(step.operation, "activation", None), "__name__", "")
    return step.kind not in _TOGETHER and function not in _TOGETHER_FUNCTIONS


def _reason(step: Step) -> str:
    if step.kind == WEIGHTED_AVERAGE:
        return ": attention is no function of each value by itself"
    if sort_of(step.operation) == "own norm":
        return ": it divides by a statistic of its own input"
    why = unweighted.reason(step)
    return f": {why}" if why else ""


@dataclass(eq=False)
class Passes:
    """One batch with its reference behind it; tensors by the ids of their symbols.

    A layer that takes each moment by itself has several rows of an image: the reference's are then as many, the last.
    """

    graph: Graph
    ways: list[str]
    tensors: dict[int, tf.Tensor] = field(default_factory=dict)
    sums: dict[int, tf.Tensor] = field(default_factory=dict)  # by the step's place: before the activation
    count: tf.Tensor = field(init=False)  # N

    def forward(self, x: tf.Tensor) -> tf.Tensor:
        """x (N + 1, H, W, C) -> the graph's end (N + 1, ...)."""
        self.tensors[self.graph.start] = x
        self.count = tf.shape(x)[0] - 1
        for place, (step, way) in enumerate(zip(self.graph.steps, self.ways, strict=True)):
            outputs = step.call(self.tensors) if way != WEIGHTED else [self._summed(place, step)]
            self.tensors.update(zip(step.outputs, outputs, strict=False))
        return self.tensors[self.graph.end]

    def _summed(self, place: int, step: Step) -> tf.Tensor:
        x = self.tensors[step.inputs[0]]
        linear = linear_of(step.operation, x)
        self.sums[place] = linear.plus_bias(linear.map(x, linear.weights))
        return self.sums[place] if linear.activation is None else linear.activation(self.sums[place])

    def backward(self, multiplier: tf.Tensor) -> tf.Tensor:
        """Of the end (N, ...) -> of the input (N, H, W, C)."""
        found = {self.graph.end: multiplier}
        for place in reversed(range(len(self.graph.steps))):
            step = self.graph.steps[place]
            given = [found.pop(one, None) for one in step.outputs]
            if all(one is None for one in given):
                continue
            for one, part in zip(step.inputs, self._back(place, step, given), strict=True):
                if part is not None:
                    found[one] = found[one] + part if one in found else part
        return found.get(self.graph.start, tf.zeros_like(self._parts(self.tensors[self.graph.start])[0]))

    def _parts(self, x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Rows of the images, and of the reference beside each."""
        rows = tf.shape(x)[0] // (self.count + 1)
        images, base = x[: tf.shape(x)[0] - rows], x[tf.shape(x)[0] - rows :]
        beside = tf.tile(base, tf.concat([[self.count], tf.ones([len(x.shape) - 1], tf.int32)], axis=0))
        return images, tf.ensure_shape(beside, images.shape)

    def _back(self, place: int, step: Step, given: list) -> list:
        way = self.ways[place]
        if way == WEIGHTED:
            return [self._weighted(place, step, given[0])]
        inputs = [self.tensors[one] for one in step.inputs]
        if way == EACH:
            (one,) = step.inputs
            y = self.tensors[step.outputs[0]]
            return [given[0] * _slope(self._parts(inputs[0]), self._parts(y), lambda x: step.call({one: x})[0])]
        if way in _EXTREMES:
            return self._extreme(step, inputs, given[0], _EXTREMES[way])
        parts = [self._parts(one) for one in inputs]
        at = [(image + base) / 2 for image, base in parts] if way == PAIRS else [image for image, _ in parts]
        return _derivative(step, at, given)

    def _weighted(self, place: int, step: Step, multiplier: tf.Tensor) -> tf.Tensor:
        x = self.tensors[step.inputs[0]]
        linear, z = linear_of(step.operation, x), self.sums[place]
        if linear.activation not in (None, keras.activations.linear):
            y = self.tensors[step.outputs[0]]
            multiplier = multiplier * _slope(self._parts(z), self._parts(y), linear.activation)
        return linear.transposed(multiplier, linear.weights, self._parts(x)[0])

    def _extreme(self, step: Step, inputs: list, multiplier: tf.Tensor, further: Callable) -> list:
        y, base = self._parts(self.tensors[step.outputs[0]])
        beyond, parts = further(y, base), [self._parts(one) for one in inputs]
        by_image = _derivative(step, [image for image, _ in parts], [multiplier * (beyond - base)])
        by_base = _derivative(step, [base for _, base in parts], [multiplier * (y - beyond)])
        found = zip(by_image, by_base, parts, strict=True)
        return [tf.math.divide_no_nan(one + other, image - base) for one, other, (image, base) in found]


def _slope(x: tuple[tf.Tensor, tf.Tensor], y: tuple[tf.Tensor, tf.Tensor], function: Callable) -> tf.Tensor:
    """(N, ...): of the line between images and reference, the two parts of each tensor."""
    middle, run = (x[0] + x[1]) / 2, x[0] - x[1]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(middle)
        value = function(middle)
    tangent = tf.convert_to_tensor(tape.gradient(value, middle, unconnected_gradients=tf.UnconnectedGradients.ZERO))
    is_near = tf.abs(run) <= NEAR * (tf.abs(x[0]) + tf.abs(x[1]))
    return tf.where(is_near, tangent, tf.math.divide_no_nan(y[0] - y[1], run))


def _derivative(step: Step, inputs: list, given: list) -> list:
    """J^T of the multipliers at these inputs; None for an input that is no number."""
    local = {one: tf.identity(value) for one, value in zip(step.inputs, inputs, strict=True)}
    watched = [one for one in local.values() if one.dtype.is_floating]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(watched)
        outputs = step.call(local)
    sent = [(y, one) for y, one in zip(outputs, given, strict=True) if one is not None and y.dtype.is_floating]
    zero = tf.UnconnectedGradients.ZERO
    slopes = iter(tape.gradient([y for y, _ in sent], watched, [one for _, one in sent], unconnected_gradients=zero))
    return [tf.convert_to_tensor(next(slopes)) if one.dtype.is_floating else None for one in local.values()]
