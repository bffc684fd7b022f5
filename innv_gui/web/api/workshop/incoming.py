"""What comes in about small networks and their training images."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from innv_gui.web.api.route import Incoming
from innv_gui.workshop.recipe import RECOMMENDED_STRENGTH
from innv_gui.workshop.tiles import SIDE

PIXELS = SIDE * SIDE
NAME = 80  # characters
MOST_CLASSES = 100  # that are looked at; the limit with its sentence is the session's


class WantedShape(Incoming):
    """One class: a tile; or a name with pixels of a drawing, or with images of a dataset (null: all of them)."""

    tile: str | None = Field(None, max_length=40, description="Of /workshop/options.")
    name: str | None = Field(None, max_length=NAME, description="Of a drawing or of images; a tile has its own.")
    pixels: list[int] | None = Field(None, max_length=PIXELS, description="A drawing: 28 x 28 rows of 0 to 255.")
    dataset: str | None = Field(None, max_length=64, description="Whose images are the class.")
    images: list[int] | None = Field(None, max_length=10_000, description="Their indices; null is all.")
    run: str | None = Field(None, max_length=64, description="An earlier run, whose pictures of this name are taken.")


class NewShapesRun(Incoming):
    """A small network to train, and how."""

    name: str | None = Field(None, max_length=NAME)
    classes: list[WantedShape] = Field(max_length=MOST_CLASSES)
    marks: dict[str, list[int]] = Field(
        default_factory=dict, max_length=MOST_CLASSES, description="By class: 1 look here, -1 not here, 0; 28 x 28."
    )
    way: Literal["none", "penalty", "filling", "both"] | None = Field(
        None, description="What is done with marks; null is the recommended way."
    )
    strength: float = Field(RECOMMENDED_STRENGTH, description="Of the penalty, relative to the first batch.")
    model: Literal["mlp", "cnn", "file"] = "mlp"
    file: str | None = Field(None, max_length=64, description="A model of the session, for model=file.")
    initial: Literal["black", "white", "noise", "blurred"] = Field("black", description="Where the pictures begin.")
    step_size: float = 0.005
    epochs: int = 100
    seed: int = 0
    seeds: int = Field(1, description="So many networks, with seeds seed, seed + 1, ...")


class WarmModel(Incoming):
    """Which training to prepare."""

    model: Literal["mlp", "cnn"] = "mlp"


class MoreEpochs(Incoming):
    """How far to go on."""

    epochs: int = Field(50, description="More of a finished run; one that was stopped goes on to its own end.")


class ShapesRunChange(Incoming):
    """A new name, or whether the run stays on top."""

    name: str | None = Field(None, max_length=NAME)
    pinned: bool | None = None


class TrainedModel(Incoming):
    """Which of a run's networks."""

    trial: int = Field(0, ge=0, lt=1000)
    images: bool = Field(True, description="Open its training images as a dataset as well.")
