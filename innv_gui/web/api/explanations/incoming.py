"""What comes in about explanations, their maps, agreement and rankings."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from innv_gui.analyzers.declaration import COLORMAPS
from innv_gui.errors import BadInput
from innv_gui.web.api.common_incoming import Id
from innv_gui.web.api.route import Incoming


class NewExplanation(Incoming):
    """A run: which models on which images with which method and target."""

    models: list[str] = Field(min_length=0, max_length=64)
    dataset: str = Id
    images: list[int] = Field(max_length=100_000)
    analyzer: str = Field(max_length=64)
    params: dict = Field(default_factory=dict)
    layer: str | dict[str, str | None] | None = Field(None, description="A layer's name, or one per model id.")
    neuron: int | None = None
    top_neurons: int | None = None
    class_: str | int = Field("predicted", alias="class", description='"predicted", a class name or an index.')
    engine: str = Field("auto", max_length=32)
    unchecked: bool = Field(False, description="Run a method on layers that it does not know.")
    softmax: bool = Field(False, description="Explain the probability instead of the logit.")


class HistoryChange(Incoming):
    """What can be edited of an earlier run."""

    title: str = Field(max_length=120, description="Its name; empty removes it.")


class AgreementQuery(Incoming):
    """How heatmaps are compared."""

    measure: Literal["spearman", "iou"] = "spearman"
    target: int = Field(0, ge=0, lt=64, description="Position among the targets, the strongest neuron first.")


class MethodsQuery(AgreementQuery):
    """Runs that explain the same images with different methods."""

    runs: str = Field(max_length=1000, description="Ids of two or more explanations, joined by commas.")
    model: str = Id

    @property
    def ids(self) -> list[str]:
        """Each once."""
        return list(dict.fromkeys(one.strip() for one in self.runs.split(",") if one.strip()))

    @model_validator(mode="after")
    def _several(self):
        if len(self.ids) < 2:
            raise BadInput("Expected two explanations or more, joined by commas.", field="runs")
        return self


class NewRanking(NewExplanation):
    """Which images to rank by disagreement, and how they are explained."""

    images: list[int] = Field(default_factory=list, max_length=100_000)
    measure: Literal["spearman", "iou"] = "spearman"


class RankingQuery(Incoming):
    """A page of a ranking."""

    page: int = Field(0, ge=0, lt=2**31)
    size: int = Field(50, ge=1, le=500)
    same_answer: bool | None = Field(None, description="Only images on which all models answer alike, or not.")


class MapQuery(Incoming):
    """Which of an image's maps: with several neurons there is one each."""

    target: int = Field(0, ge=0, lt=64, description="Position among the targets, the strongest neuron first.")


class ComparisonQuery(Incoming):
    """What an explanation is compared with."""

    with_: str = Field(alias="with", min_length=1, max_length=64, description="Id of the other explanation.")


class DifferenceQuery(MapQuery, ComparisonQuery):
    """Which of an image's maps is compared with that of another explanation."""


class LookQuery(Incoming):
    """How maps are drawn; the method's own way where nothing is said."""

    colormap: Literal[COLORMAPS] | None = None
    opacity: float | None = Field(None, ge=0, le=1)
    clip: float = Field(100, ge=50, le=100, description="Percentile of |relevance| that takes the full colour.")


class SheetQuery(LookQuery):
    """How a whole grid is drawn."""

    size: int = Field(224, ge=0, le=1024, description="Longest side of a picture, px; 0: the network's input.")


class PictureQuery(MapQuery, LookQuery):
    """One map and how it is drawn."""

    bar: bool = Field(True, description="With a colour bar.")
