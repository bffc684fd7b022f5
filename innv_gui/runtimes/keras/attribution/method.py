"""What a propagation method is: which rule goes to which layer, and what is done elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from innv_gui.runtimes.keras.attribution import rules, unweighted
from innv_gui.runtimes.keras.attribution.rules import Rule
from innv_gui.runtimes.keras.graphs.graph import Step

Place = Callable[[Step, str, int], bool]  # (step, sort of its linear layer, its place among all operations) -> chosen


@dataclass(frozen=True)
class Method:
    """rules: for layers with weights, the first that applies. norm: for BatchNormalization, a rule or a way; None: its
    gradient.

    ways: other than `unweighted.WAYS` for some kinds of layers. positive_score: relevance starts from max(score, 0).
    only_relu: "" or why a layer with another activation is refused. weighs: a softmax and what it multiplies share
    relevance, as AttnLRP has it; else its values are held constant.
    """

    rules: tuple[tuple[Place, Rule], ...]
    norm: Rule | str | None
    ways: dict[str, str] = field(default_factory=dict)
    positive_score: bool = False
    only_relu: str = ""
    weighs: bool = False

    def rule(self, step: Step, sort: str, place: int) -> Rule | str | None:
        """Of a layer with weights. Normalization by an input's own statistics takes z, whatever the method's rule."""
        if sort == "norm" or self.norm is None and sort == "own norm":
            return self.norm
        if sort == "own norm":
            is_like_z = isinstance(self.norm, Rule) and self.norm.shares[0].parts == rules.z().shares[0].parts
            return self.norm if is_like_z else rules.z()
        return next((rule for chosen, rule in self.rules if chosen(step, sort, place)), None)

    def way(self, step: Step, multiplied: frozenset[int]) -> str | None:
        """Of a layer without weights; None when there is none. multiplied: as `unweighted.multiplied` has it.

        A softmax that weighs nothing is passed, as that of a layer with weights is.
        """
        if self.weighs and unweighted.is_softmax(step) and not multiplied.isdisjoint(step.outputs):
            return unweighted.PROPORTIONAL
        return self.ways.get(step.kind, unweighted.of(step))


def anywhere(step: Step, sort: str, place: int) -> bool:
    """Every layer."""
    return True


def first(step: Step, sort: str, place: int) -> bool:
    """Layers that see the input itself."""
    return step.is_first


def conv(step: Step, sort: str, place: int) -> bool:
    """Convolutions of every kind."""
    return sort == "conv"


def until(index: int) -> Place:
    """Layers up to this place in the model, the input being 0."""
    return lambda step, sort, place: place <= index
