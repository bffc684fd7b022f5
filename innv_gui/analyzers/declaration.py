"""The declaration of an analyzer: everything that forms, checks, documents and tests need to know of it.

A declaration computes nothing. Its parameters are a pydantic model whose fields carry title, description, default
and limits; the page's form, the REST check, the command line's help and the documentation are read off it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Params(BaseModel):
    """Base of all parameter sets: unknown names, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class NoParams(Params):
    """For methods without a setting."""


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


GREY = Display("grey", "grey", 1.0)
SIGNED = Display("signed", "seismic", 0.8)
RGB = Display("rgb", "grey", 1.0)
CAM = Display("cam", "jet", 0.5)


@dataclass(frozen=True)
class Analyzer:
    """One method. `name` is iNNvestigate's own where it has one; `summary` is one plain sentence."""

    name: str
    title: str
    summary: str
    source: str  # address of the paper
    citation: str  # "Bach et al. 2015"
    display: Display
    params: type[Params] = NoParams
    targets: Targets = Targets.ONE_OUTPUT
    signed: bool = True
    runtimes: tuple[str, ...] = ("native", "innvestigate")  # engines, the preferred one first
    stochastic: bool = False
    family: str = field(default="attribution")  # groups the list: function, gradient, lrp, deep_taylor, cam
    conserves: bool = False  # its relevance is meant to sum to the explained score
