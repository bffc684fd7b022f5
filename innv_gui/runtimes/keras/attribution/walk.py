"""One walk over a graph: forward, keeping what the way back needs, then back, handing relevance down."""

from __future__ import annotations

from dataclasses import dataclass, field

import tensorflow as tf

from innv_gui.errors import AnalyzerRefused
from innv_gui.runtimes.keras.attribution import signs, ways
from innv_gui.runtimes.keras.attribution.graph import Graph, Step
from innv_gui.runtimes.keras.attribution.linear import linear_of, sort_of
from innv_gui.runtimes.keras.attribution.method import Method
from innv_gui.runtimes.keras.attribution.propagation import Passed, forward, relevance_of_input
from innv_gui.runtimes.keras.attribution.rules import Rule

HINT = (
    "It can be run unchecked: such a layer then hands relevance down by gradient times input, and the map may mislead."
)
HINT_ACTIVATION = "It can be run unchecked: the map is then one that the method's theory does not cover."


@dataclass(frozen=True, eq=False)
class Plan:
    """A method laid out on a graph: for each step a rule (layers with weights) or a way."""

    graph: Graph
    acts: tuple[Rule | str, ...]
    positive_score: bool
    never_negative: frozenset[int]
    gating: frozenset[int]  # ids of tensors that come out of a gating function


def plan(name: str, method: Method, graph: Graph, places: dict[str, int], unchecked: bool) -> Plan:
    """Raises AnalyzerRefused naming the layer that the method has nothing for.

    places: of the operations by name, the input being 0.
    """
    acts = tuple(_act(name, method, step, places.get(step.name, len(places)), unchecked) for step in graph.steps)
    gating = frozenset(one for step in graph.steps if ways.is_gating(step) for one in step.outputs)
    return Plan(graph, acts, method.positive_score, signs.never_negative(graph), gating)


def _act(name: str, method: Method, step: Step, place: int, unchecked: bool) -> Rule | str:
    if method.only_relu and not unchecked and not ways.only_relu(step):
        message = f"{name} {method.only_relu}: the layer {known_as(step)} of this model has one."
        raise AnalyzerRefused(message, HINT_ACTIVATION, "unchecked", (True,))
    sort = sort_of(step.operation)
    if sort is not None:
        return method.rule(step, sort, place) or ways.GRADIENT
    act = method.way(step)
    if act == ways.GRADIENT and method.only_relu and not ways.only_relu(step):
        act = None
    if act is None and not unchecked:
        raise AnalyzerRefused(
            f"{name} does not know the layer {known_as(step)} of this model.", HINT, "unchecked", (True,)
        )
    return act or ways.PROPORTIONAL


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

    def forward(self, x: tf.Tensor) -> tf.Tensor:
        """x (N, H, W, C) -> the graph's end (N, ...)."""
        graph = self.plan.graph
        self.tensors[graph.start] = x
        self._mark_bounds(x)
        for place, (step, act) in enumerate(zip(graph.steps, self.plan.acts, strict=True)):
            local = {one: tf.identity(self.tensors[one]) for one in step.inputs}
            make = self._weighted if isinstance(act, Rule) else self._plain
            outputs, self.passed[place] = make(step, local)
            self.tensors.update(zip(step.outputs, outputs, strict=False))
            if step.is_first and not isinstance(act, Rule):
                self._hand_on_bounds(step)
        return self.tensors[graph.end]

    def backward(self, relevance: tf.Tensor) -> tf.Tensor:
        """relevance of the end -> relevance of the input (N, H, W, C)."""
        graph = self.plan.graph
        found = {graph.end: relevance}
        for place in reversed(range(len(graph.steps))):
            step, act = graph.steps[place], self.plan.acts[place]
            if not any(one in found for one in step.outputs):
                continue
            given = [self._found(found, one) for one in step.outputs]
            for one, part in zip(step.inputs, self._handed_down(place, step, act, given), strict=True):
                found[one] = found[one] + part if one in found else part
        return found[graph.start]

    def _found(self, found: dict, one: int) -> tf.Tensor:
        return found[one] if one in found else tf.zeros_like(self.tensors[one])

    def _handed_down(self, place: int, step: Step, act: Rule | str, given: list) -> list:
        passed = self.passed.pop(place)
        if isinstance(passed, Passed):
            return [relevance_of_input(act, passed, given[0])]
        tape, local, outputs = passed
        gates = [one in self.plan.gating for one in step.inputs]
        return ways.back(act, step, [local[one] for one in step.inputs], outputs, given, tape, gates)

    def _weighted(self, step: Step, local: dict) -> tuple[list, Passed]:
        (one,) = step.inputs
        linear = linear_of(step.operation, local[one])
        bounds = self.bounds.get(one, (None, None))
        passed = forward(linear, local[one], one in self.plan.never_negative, bounds)
        return [passed.z if linear.activation is None else linear.activation(passed.z)], passed

    def _plain(self, step: Step, local: dict) -> tuple[list, tuple]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(list(local.values()))
            outputs = step.call(local)
        return outputs, (tape, local, outputs)

    def _mark_bounds(self, x: tf.Tensor) -> None:
        bounded = [act for act in self.plan.acts if isinstance(act, Rule) and _asks_for_range(act)]
        if bounded:
            ones = tf.ones_like(x[:1])
            self.bounds[self.plan.graph.start] = (ones * bounded[0].low, ones * bounded[0].high)

    def _hand_on_bounds(self, step: Step) -> None:
        """What stands before the first layer with weights changes the range of what that layer sees."""
        if all(one in self.bounds for one in step.inputs):
            ends = [step.call({one: self.bounds[one][which] for one in step.inputs}) for which in (0, 1)]
            for one, low, high in zip(step.outputs, *ends, strict=True):
                self.bounds[one] = (tf.minimum(low, high), tf.maximum(low, high))


def _asks_for_range(rule: Rule) -> bool:
    return any(part.inputs in ("low", "high") for share in rule.shares for part in share.parts)
