"""What comes in about measured explanations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from innv_gui.trust.metrics import DEFAULT_FILLS, FILLS, STEPS
from innv_gui.web.api.common_incoming import Id
from innv_gui.web.api.route import Incoming


class WishedMethod(Incoming):
    """A method with its settings."""

    analyzer: str = Field(max_length=64)
    params: dict = Field(default_factory=dict)


class NewTrust(Incoming):
    """Which methods to measure on which images under which models."""

    models: list[str] = Field(min_length=1, max_length=64)
    dataset: str = Id
    images: list[int] = Field(min_length=1, max_length=10_000)
    methods: list[str | WishedMethod] | None = Field(None, max_length=64, description="None: a shortlist.")
    metrics: list[str] | None = Field(None, max_length=32, description="None: all that can be measured.")
    fills: list[Literal[FILLS]] = Field([*DEFAULT_FILLS], min_length=1, max_length=3)
    steps: Literal[STEPS] = STEPS[0]
    class_: str | int = Field("predicted", alias="class", description='"predicted", a class name or an index.')
    regions: dict[str, list[list[float]]] | Literal["samples"] | None = Field(
        None,
        description="Boxes (left, top, right, bottom) in shares of the image, by its index in the dataset; or "
        '"samples", the masks that the sample set weather has.',
    )
    unchecked: bool = Field(False, description="Measure a method on layers that it does not know.")


class TrustQuery(Incoming):
    """Numbers of one fill alone, or the mean of all."""

    fill: Literal[FILLS] | None = None


class RowQuery(Incoming):
    """A row of one model."""

    model: str = Id
    method: str = Field(max_length=300, description="The row's name.")
    fill: Literal[FILLS] | None = Field(None, description="Of the curves; the first that was measured without.")


class ReplacedQuery(RowQuery):
    """A picture with its most relevant parts replaced."""

    share: float = Field(0.1, ge=0, le=1, description="Of the blocks.")
    inserted: bool = Field(False, description="Only these parts are there instead.")


class StageQuery(Incoming):
    """A map before (0) or after the weights are shuffled, stage by stage."""

    model: str = Id
    method: str = Field(max_length=300)
    stage: int = Field(0, ge=0, le=8)


class ExportQuery(Incoming):
    """The summary, or every number."""

    numbers: bool = Field(False, description="One row per image instead of means.")
