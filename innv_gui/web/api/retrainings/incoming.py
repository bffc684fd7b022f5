"""What comes in about retraining a person's model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from innv_gui.web.api.common_incoming import Id
from innv_gui.web.api.route import Incoming
from innv_gui.workshop.retraining import FILLS, WAYS


class NewRetraining(Incoming):
    """Which model to train again, on which images, and what is painted out of them. What is null is recommended."""

    model: str = Id
    dataset: str = Id
    images: list[int] | None = Field(None, max_length=10_000, description="Their indices; null is all.")
    regions: dict[str, list[list[float]]] | list[list[float]] | Literal["samples"] | None = Field(
        None,
        description="Boxes (left, top, right, bottom) in shares of the image, by its index in the dataset; one list of"
        ' boxes for all images; or "samples", the sky of the sample set weather.',
    )
    way: Literal[WAYS] | None = None
    fill: Literal[FILLS] | None = Field(None, description="What a painted part is filled with.")
    strength: float | None = Field(None, description="Of the penalty; 1 costs as much as knowing no class.")
    steps: int | None = Field(None, description="Of 32 images; 0 measures the model as it is.")
    learning_rate: float | None = Field(None, description="Of Adam, at the first step.")
    forget: float | None = Field(None, description="0 keeps the weights, 1 begins with fresh ones.")
    seed: int | None = None


class OfModel(Incoming):
    """Which model."""

    model: str = Id


class MapQuery(Incoming):
    """Of the model as it is, or as it is now trained."""

    after: bool = False


class ShownQuery(Incoming):
    """Which of the fillings."""

    seed: int = Field(0, ge=0, lt=2**31)
