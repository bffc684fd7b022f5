"""The declaration of an analyzer: everything that forms, checks, documents and tests need to know about it.

A declaration computes nothing. Its parameters are a pydantic model whose fields carry title, description, default
and limits; the page's form, the REST check, the command line's help and the documentation are derived from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from innv_gui.analyzers.computed import Computed
from innv_gui.analyzers.settings import NoParams, Params, Setting


class Targets(StrEnum):
    """What a method can explain."""

    ONE_OUTPUT = "one_output"  # a class, or a neuron of any layer
    CAM = "cam"  # a class, seen from a layer with spatial output
    NONE = "none"  # the target makes no difference (input, random)

    @property
    def words(self) -> str:
        """For tables."""
        return {"one_output": "a class or a neuron, of any layer", "cam": "a class, at a spatial layer"}.get(
            self, "none"
        )


@dataclass(frozen=True)
class Display:
    """How a map is drawn before the person changes it.

    kind: "grey" (sum over channels / max |.|, [0, 1]), "signed" (the same, [-1, 1], over the input), "rgb"
    ((x - mean) / std * 0.25 + 0.5, clipped) or "cam" ([0, 1], over the input).
    """

    kind: str
    colormap: str
    opacity: float  # 0..1, of the map over the input


COLORMAPS = ("seismic", "jet", "grey", "inferno", "viridis")
DISPLAYS = ("grey", "signed", "rgb", "cam")
GREY = Display("grey", "grey", 1.0)
SIGNED = Display("signed", "seismic", 0.8)
RGB = Display("rgb", "grey", 1.0)
CAM = Display("cam", "jet", 0.5)


OWN = "innv_gui.runtimes.keras"
REFERENCE = "innv_gui.runtimes.innvestigate.explain"


def own(address: str) -> dict[str, str]:
    """Of a method that our own engine alone computes: `module:function` below the runtime."""
    return {"native": f"{OWN}.{address}"}


def both(address: str, reference: str = "plain") -> dict[str, str]:
    """Of a method that iNNvestigate computes as well, by the function `reference` of our bridge to it."""
    return own(address) | {"innvestigate": f"{REFERENCE}:{reference}"}


@dataclass(frozen=True)
class Analyzer(Computed):
    """One method. `name` is iNNvestigate's own where it has one; `summary` is one plain sentence.

    run: engine -> `module:function` that computes it, as text, because only a worker imports it; the preferred engine
    first. A function alone is one of this module for the engine "native". What such a function takes and gives is in
    `docs/plugins.md`. settings: a shorter way to write params, name -> `Number`, `Whole`, `Switch` or `Choice`. passes:
    what a map costs, in forward passes of the network, a way back being one more; a function where it depends on the
    settings, None where it depends on the model. It is said before a run, and decides how much of it is one task.
    """

    name: str
    title: str
    summary: str
    display: Display
    run: Mapping[str, str] | Callable = field(hash=False)
    source: str = ""  # address of the paper
    citation: str = ""  # "Bach et al. 2015"
    params: type[Params] = NoParams
    targets: Targets = Targets.ONE_OUTPUT
    signed: bool = True
    stochastic: bool = False
    family: str = "plugins"  # groups the list: function, gradient, lrp, deep_taylor, patterns, cam, perturbation
    conserves: bool = False  # its relevance is meant to sum to the explained score
    fitted: bool = False  # it needs what was fitted on images first: `Session.fit_patterns`
    settings: Mapping[str, Setting] = field(default_factory=dict, hash=False, repr=False)
    passes: int | Callable[[dict[str, Any]], int | None] = field(default=2, hash=False, repr=False)

    def is_signed(self, params: Mapping[str, Any]) -> bool:
        """Whether a map with these parameters can have values of both signs."""
        return self.signed or params.get("postprocess") == "none"

    @property
    def runtimes(self) -> tuple[str, ...]:
        """Engines, the preferred one first."""
        return tuple(self.run)
