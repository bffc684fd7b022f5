"""What comes in about ascents and extremes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from innv_gui.web.api.common_incoming import Id
from innv_gui.web.api.route import Incoming


class Wanted(Incoming):
    """Which classes, neurons or channels of which layer of a model."""

    model: str = Id
    layer: str | None = Field(None, max_length=500, description="A layer's name; the default is the output.")
    classes: list[int | str] | None = Field(None, max_length=100, description="Of the output, by index or name.")
    neurons: list[int] | None = Field(None, max_length=100, description="Where a layer has positions: the strongest.")
    channels: list[int] | None = Field(None, max_length=100, description="The mean over all positions.")


class NewMaximization(Wanted):
    """An ascent: pictures that classes, neurons or channels like best."""

    initial: str = Field("noise", max_length=32, description="black, white, noise, blurred, or image.")
    dataset: str | None = Field(None, max_length=64, description="Of the initial image; names the classes, too.")
    image: int | None = Field(None, ge=0, lt=2**31, description="Its index.")
    preset: str = Field("plain", max_length=32)
    params: dict = Field(default_factory=dict)
    seed: int = Field(0, ge=0, lt=2**31)


class NewExtremes(Wanted):
    """Which images of a dataset activate them most and least."""

    dataset: str = Id
    count: int = Field(12, ge=1, le=100, description="Images on either side.")


class GeneratedQuery(Incoming):
    """How a generated picture is shown."""

    contrast: Literal["generated", "stretched"] = "generated"
    step: int | None = Field(None, ge=0, lt=2**31, description="Of a preview; changes nothing but the address.")


class FeatureLayersQuery(Incoming):
    """For which kind of feature layers are listed."""

    kind: Literal["class", "neuron", "channel"] = "neuron"
