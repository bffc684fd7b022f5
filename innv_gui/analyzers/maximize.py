"""Activation maximization: the ways to look for an input that a class, a neuron or a channel likes best.

A preset is declared like an analyzer: its settings are a pydantic model, from which form, REST check and documentation
are derived. The picture is a number in [0, 1] per pixel and channel, whatever the network's own units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from innv_gui.analyzers.form import form_fields
from innv_gui.analyzers.registry import complete
from innv_gui.analyzers.settings import Params
from innv_gui.errors import BadInput

KINDS = ("class", "neuron", "channel")
STARTS = ("black", "white", "noise", "blurred")
MOST_TARGETS = 100  # of one request


class AscentParams(Params):
    """What every ascent has."""

    step: float = Field(
        0.005,
        gt=0,
        le=1,
        title="Step size",
        description="How far a pixel moves per step, as a share of the range from black to white.",
    )
    iterations: int = Field(500, ge=1, le=10000, title="Steps at most", description="Largest number of steps.")
    stop_at: float = Field(
        0.99,
        gt=0,
        le=1,
        title="Stop at p >",
        description="For a class: stop when its probability is above this; 1: never.",
    )
    objective: Literal["logit", "probability"] = Field(
        "logit", title="Objective", description="For a class: its score before the softmax, or its probability."
    )
    clip: bool = Field(
        True, title="Valid range", description="Keep every value within the range of a picture, where it is known."
    )


class PlainParams(AscentParams):
    """plain"""


class ModernParams(AscentParams):
    """modern"""

    step: float = Field(
        0.02,
        gt=0,
        le=1,
        title="Step size",
        description="How far a pixel moves per step, as a share of the range from black to white.",
    )
    iterations: int = Field(256, ge=1, le=10000, title="Steps at most", description="Largest number of steps.")
    stop_at: float = Field(
        1.0,
        gt=0,
        le=1,
        title="Stop at p >",
        description="For a class: stop when its probability is above this; 1: never.",
    )
    basis: Literal["fourier", "pixels"] = Field(
        "fourier",
        title="Basis",
        description="fourier: the gradient's frequencies are weighed as in photographs, which avoids grain.",
    )
    jitter: int = Field(
        2, ge=0, le=64, title="Jitter", description="Each step shifts the picture by up to this many pixels."
    )
    blur: float = Field(
        0.0, ge=0, le=8, title="Blur σ", description="Gaussian blur after every fourth step, in pixels; 0: none."
    )
    tv: float = Field(
        0.1,
        ge=0,
        le=100,
        title="Total variation",
        description="Weight of the penalty on differences between neighbours, relative to a gradient of mean size 1.",
    )
    l2: float = Field(
        1.0,
        ge=0,
        le=100,
        title="L2",
        description="Weight of the pull back to the start picture, relative to a gradient of mean size 1.",
    )


@dataclass(frozen=True)
class Preset:
    """One way to ascend."""

    name: str
    title: str
    summary: str
    source: str
    citation: str
    params: type[Params]


PLAIN = Preset(
    name="plain",
    title="Plain ascent",
    summary="Changes the picture step by step along the gradient, so that the chosen output grows.",
    source="https://doi.org/10.48550/arXiv.1312.6034",
    citation="Simonyan et al. 2013",
    params=PlainParams,
)

MODERN = Preset(
    name="modern",
    title="Modern ascent",
    summary="Ascends by frequencies like those of photographs, on a picture that is moved a little at each step.",
    source="https://doi.org/10.23915/distill.00007",
    citation="Olah et al. 2017",
    params=ModernParams,
)

PRESETS = {preset.name: preset for preset in (PLAIN, MODERN)}


def get(name: str) -> Preset:
    """The preset of that name; raises BadInput (field "preset")."""
    if not isinstance(name, str) or name not in PRESETS:
        raise BadInput(
            f"There is no preset {str(name)[:60]!r}.", f"Expected {' or '.join(PRESETS)}.", "preset", tuple(PRESETS)
        )
    return PRESETS[name]


def check(name: str, params: dict[str, Any] | None) -> dict[str, Any]:
    """The complete, typed settings of a preset; raises BadInput whose field is "params.<setting>"."""
    return complete(get(name), params)


def describe(preset: Preset) -> dict[str, Any]:
    """A preset as JSON, with a description of each setting under `fields`."""
    plain = {name: getattr(preset, name) for name in ("name", "title", "summary", "source", "citation")}
    return {**plain, "fields": form_fields(preset.params)}
