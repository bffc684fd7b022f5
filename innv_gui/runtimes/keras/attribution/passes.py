"""One walk over a graph: forward, keeping what the way back needs, then back, propagating relevance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused
from innv_gui.runtimes.keras.attribution import unweighted, vanishing
from innv_gui.runtimes.keras.attribution.method import Method
from innv_gui.runtimes.keras.attribution.propagation import Passed, forward, relevance_of_input
from innv_gui.runtimes.keras.attribution.relevance import Product, Relevance, added, divided, divided_by_origin, made
from innv_gui.runtimes.keras.attribution.rules import Rule
from innv_gui.runtimes.keras.attribution.weighted import linear_of, sort_of
from innv_gui.runtimes.keras.graphs import nonnegative
from innv_gui.runtimes.keras.graphs.graph import Graph, Step

HINT = (
    "It can be run unchecked: such a layer then propagates relevance by gradient times input, and the map may mislead."
)
HINT_ACTIVATION = "It can be run unchecked: the map is then one that the method's theory does not cover."
SHORT_AT_MOST = 8  # layers that divide by sums which nearly vanish; one such layer can make relevance a thousandfold


@dataclass(frozen=True, eq=False)
class Plan:
    """A method laid out on a graph: for each step a rule (layers with weights) or a way."""

    graph: Graph
    acts: tuple[Rule | str, ...]
    positive_score: bool
    never_negative: frozenset[int]
    gating: frozenset[int]  # ids of tensors that come out of a gating function
    rectified: frozenset[int]  # ids of tensors that nothing but a ReLU sees
    notes: tuple[str, ...] = ()  # for the person who reads the map


def plan(name: str, method: Method, graph: Graph, places: dict[str, int], unchecked: bool) -> Plan:
    """Raises AnalyzerRefused naming the layer that the method has nothing for.

    places: of the operations by name, the input being 0.
    """
    factors = unweighted.multiplied(graph.steps)
    acts = tuple(
        _act(name, method, step, places.get(step.name, len(places)), unchecked, factors) for step in graph.steps
    )
    known = nonnegative.never_negative(graph)
    acts, notes = _written_out(graph, _shifts_by_share(graph, acts), known)
    return Plan(
        graph,
        acts,
        method.positive_score,
        known,
        unweighted.gating(graph.steps, method.weighs),
        _rectified(graph),
        notes,
    )


def _shifts_by_share(graph: Graph, acts: tuple) -> tuple:
    """A constant that is added behind a layer with weights takes its share, as that layer's bias does.

    Passed on whole, relevance reaches ReLUs that are off. In front it is how pixels are scaled, and takes nothing.
    """
    behind: set[int] = set()
    found = []
    for step, act in zip(graph.steps, acts, strict=True):
        is_behind = not behind.isdisjoint(step.inputs)
        by_share = is_behind and act == unweighted.PASS and unweighted.shifts(step)
        found.append(unweighted.PROPORTIONAL if by_share else act)
        if is_behind or isinstance(act, Rule):
            behind.update(step.outputs)
    return tuple(found)


def _written_out(graph: Graph, acts: tuple, known: frozenset[int]) -> tuple[tuple, tuple[str, ...]]:
    """(acts, notes). A rule that is short for another one is that one where inputs can be negative in many layers.

    In a few it is taken at its word, as iNNvestigate takes it. Its sums can vanish there, though, and in a deep network
    relevance soon is larger than any float32.
    """
    at_risk = [
        isinstance(act, Rule) and act.short_for is not None and not known.issuperset(step.inputs)
        for step, act in zip(graph.steps, acts, strict=True)
    ]
    if sum(at_risk) <= SHORT_AT_MOST:
        return acts, ()
    note = (
        f"The short form of the z+ rule is for inputs that are never negative. {sum(at_risk)} layers of this model can "
        "have others: there the full rule was used, as in lrp.z_plus."
    )
    return tuple(act.short_for if risk else act for act, risk in zip(acts, at_risk, strict=True)), (note,)


def _rectified(graph: Graph) -> frozenset[int]:
    bending = {one for step in graph.steps if bend_of(step) for one in step.inputs}
    others = {one for step in graph.steps if not bend_of(step) for one in step.inputs}
    return frozenset(bending - others - {graph.end})


def _act(name: str, method: Method, step: Step, place: int, unchecked: bool, factors: frozenset[int]) -> Rule | str:
    if method.only_relu and not unchecked and not unweighted.only_relu(step):
        message = f"{name} {method.only_relu}: the layer {known_as(step)} of this model {unweighted.objection(step)}."
        raise AnalyzerRefused(message, HINT_ACTIVATION, "unchecked", (True,))
    sort = None if unweighted.halves(step) else sort_of(step.operation)
    if sort is not None:
        return method.rule(step, sort, place) or unweighted.GRADIENT
    act = method.way(step, factors)
    if act == unweighted.GRADIENT and method.only_relu and not unweighted.only_relu(step):
        act = None
    if act is None and not unchecked:
        why = unweighted.reason(step)
        message = f"{name} does not know the layer {known_as(step)} of this model{': ' if why else ''}{why}."
        raise AnalyzerRefused(message, HINT, "unchecked", (True,))
    return act or unweighted.PROPORTIONAL


def known_as(step: Step) -> str:
    """ "conv1 (Conv2D, tanh)", by the name that the person's model gives it."""
    function = getattr(getattr(step.operation, "activation", None), "__name__", "linear")
    return f"{step.name} ({step.kind}{'' if function == 'linear' else f', {function}'})"


@dataclass(eq=False)
class Walk:
    """Tensors of one batch on the way, by the ids of their symbolic ones."""

    plan: Plan
    tensors: dict[int, tf.Tensor] = field(default_factory=dict)
    passed: dict[int, object] = field(default_factory=dict)  # by the step's place
    bounds: dict[int, tuple] = field(default_factory=dict)  # (low, high) of one image, behind the input
    bent: dict[int, tuple] = field(default_factory=dict)  # id of a ReLU's output -> (its input, "relu" or "clip")

    def forward(self, x: tf.Tensor) -> tf.Tensor:
        """x (N, H, W, C) -> the graph's end (N, ...)."""
        graph = self.plan.graph
        self.tensors[graph.start] = x
        self._mark_bounds(x)
        for place, (step, act) in enumerate(zip(graph.steps, self.plan.acts, strict=True)):
            outputs, self.passed[place] = self._stepped(step, act)
            self.tensors.update(zip(step.outputs, outputs, strict=False))
            if step.is_first and not isinstance(act, Rule):
                self._hand_on_bounds(step)
        return self.tensors[graph.end]

    def backward(self, relevance: tf.Tensor) -> tf.Tensor:
        """relevance of the end -> relevance of the input (N, H, W, C)."""
        graph = self.plan.graph
        found: dict[int, Relevance | None] = {graph.end: relevance}
        for place in reversed(range(len(graph.steps))):
            step, act = graph.steps[place], self.plan.acts[place]
            given = [found.pop(one, None) for one in step.outputs]
            if all(one is None for one in given):
                continue
            for one, part in zip(step.inputs, self._handed_down(place, step, act, given), strict=True):
                found[one] = added(found.get(one), part)
        start = found.get(graph.start)
        return tf.zeros_like(self.tensors[graph.start]) if start is None else made(start)

    def _stepped(self, step: Step, act: Rule | str) -> tuple[list, object]:
        """(outputs, what the way back needs)."""
        if isinstance(act, Rule):
            return self._weighted(step, act)
        local = {one: self.tensors[one] for one in step.inputs}
        if act in (unweighted.PASS, unweighted.GATE, unweighted.NOTHING):
            outputs, tape = vanishing.cut(step, step.call(local)), None
        else:
            local = {one: tf.identity(tensor) for one, tensor in local.items()}
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch([one for one in local.values() if one.dtype.is_floating])
                outputs = vanishing.cut(step, step.call(local))
        self._note_bend(outputs[0], self.tensors[step.inputs[0]], bend_of(step))
        return outputs, (tape, list(local.values()), outputs)

    def _weighted(self, step: Step, rule: Rule) -> tuple[list, Passed]:
        (one,) = step.inputs
        x = self.tensors[one]
        linear = linear_of(step.operation, x, step.norm_before, step.norm_behind)
        bend = _BENDS.get(linear.activation)
        rectified = bend is not None or step.outputs[0] in self.plan.rectified
        bounds = self.bounds.get(one, (None, None))
        passed = forward(linear, x, one in self.plan.never_negative, bounds, rule, rectified)
        if linear.activation in (None, keras.activations.linear):
            return [passed.z], passed
        (y,) = vanishing.cut(step, [linear.activation(passed.z)])
        self._note_bend(y, passed.z, bend)
        return [y], passed

    def _handed_down(self, place: int, step: Step, act: Rule | str, given: list) -> list:
        passed = self.passed.pop(place)
        if isinstance(passed, Passed):
            return [relevance_of_input(act, passed, given[0], self._bend(given[0], passed.z))]
        tape, xs, ys = passed
        if self._passes(act, given[0], self.tensors[step.inputs[0]], ys[0]):
            return [given[0], *(None for _ in xs[1:])]
        floating = all(one.dtype.is_floating for one in (*xs, *ys))
        if floating and (
            act in (unweighted.PROPORTIONAL, unweighted.HALVES)
            or (act == unweighted.GRADIENT and _selects(step, given, ys))
        ):
            return self._by_slopes(act, step, xs, ys, given, tape)
        given = [tf.zeros_like(y) if one is None else made(one) for one, y in zip(given, ys, strict=True)]
        gates = [one in self.plan.gating for one in step.inputs]
        return unweighted.back(act, step, xs, ys, given, tape, gates)

    def _by_slopes(self, act: str, step: Step, xs: list, ys: list, given: list, tape: tf.GradientTape) -> list:
        """x J^T (R / y) for each input; where each output is one of the inputs, R / y is the slope as it is."""
        messages = [self._message(act, one, y) for one, y in zip(given, ys, strict=True)]
        slopes = tape.gradient(ys, xs, messages, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        if act == unweighted.HALVES:
            slopes = [tf.convert_to_tensor(slope) / 2 for slope in slopes]
        values = [self.tensors[one] for one in step.inputs]  # not their copies that the tape watched
        return [Product(x, tf.convert_to_tensor(slope)) for x, slope in zip(values, slopes, strict=True)]

    def _message(self, act: str, relevance: Relevance | None, y: tf.Tensor) -> tf.Tensor:
        if relevance is None:
            return tf.zeros_like(y)
        if act == unweighted.GRADIENT:
            return relevance.slope
        bend = self._bend(relevance, y)
        return divided(relevance, y) if bend is None else divided_by_origin(relevance, y, bend)

    def _passes(self, act: str, relevance: Relevance | None, x: tf.Tensor, y: tf.Tensor) -> bool:
        """A ReLU's gradient takes nothing from relevance that is zero wherever the ReLU is."""
        if act == unweighted.PASS:
            return x.shape[1:] == y.shape[1:]  # else x was repeated, to fit a constant
        return act == unweighted.GRADIENT and self._bend(relevance, x) == "relu"

    def _note_bend(self, y: tf.Tensor, z: tf.Tensor, bend: str | None) -> None:
        if bend is not None:
            self.bent[id(y)] = z, bend

    def _bend(self, relevance: Relevance | None, z: tf.Tensor) -> str | None:
        """How the value of a product was made from z: "none" (it is z), "relu", "clip"; None: otherwise."""
        if not isinstance(relevance, Product):
            return None
        origin, bend = self.bent.get(id(relevance.value), (None, None))
        return "none" if relevance.value is z else bend if origin is z else None

    def _mark_bounds(self, x: tf.Tensor) -> None:
        bounded = [act for act in self.plan.acts if isinstance(act, Rule) and _asks_for_range(act)]
        if bounded:
            ones = tf.ones_like(x[:1])
            ends: Any = (bounded[0].low, bounded[0].high)
            self.bounds[self.plan.graph.start] = tuple(ones * tf.constant(end, tf.float32) for end in ends)

    def _hand_on_bounds(self, step: Step) -> None:
        """What stands before the first layer with weights changes the range of what that layer sees."""
        if all(one in self.bounds for one in step.inputs):
            ends = [step.call({one: self.bounds[one][which] for one in step.inputs}) for which in (0, 1)]
            for one, low, high in zip(step.outputs, *ends, strict=True):
                self.bounds[one] = (tf.minimum(low, high), tf.maximum(low, high))


def bend_of(step: Step) -> str | None:
    """ "relu", "clip" (a ReLU with a maximum) or None, of a step that is nothing else."""
    if step.kind == "ReLU":
        layer = step.operation
        plain = not layer.negative_slope and not layer.threshold
        return ("relu" if layer.max_value is None else "clip") if plain else None
    if step.kind == "Activation":
        return _BENDS.get(step.operation.activation)
    return {"Relu": "relu", "Relu6": "clip"}.get(step.kind)


def _selects(step: Step, given: list, ys: list) -> bool:
    """Whether each output value is one of the inputs' and relevance is known as the outputs' product with a slope."""
    known = all(one is None or isinstance(one, Product) and one.value is y for one, y in zip(given, ys, strict=True))
    return known and step.kind in _SELECT


_BENDS = {keras.activations.relu: "relu", keras.activations.relu6: "clip"}
_SELECT = frozenset(
    """
    Flatten Reshape Permute RepeatVector Concatenate Cropping1D Cropping2D Cropping3D ZeroPadding1D ZeroPadding2D
    ZeroPadding3D MaxPooling1D MaxPooling2D MaxPooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    Maximum
    """.split()
)


def _asks_for_range(rule: Rule) -> bool:
    return any(part.inputs in ("low", "high") for share in rule.shares for part in share.parts)
