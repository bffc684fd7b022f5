"""What comes in over REST. The OpenAPI document is generated from these."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import Field, field_validator, model_validator

from innv_gui.errors import BadInput
from innv_gui.records import CHANNEL_ORDERS, OUTPUT_KINDS, PREPROCESSING_MODES, RESIZE_RULES
from innv_gui.session.suggest.views import KINDS as PLOT_KINDS
from innv_gui.suggestions.bins import MAX_BINS, RULES
from innv_gui.web.routes import Incoming

Id = Field(min_length=1, max_length=64)
Index = Field(ge=0, lt=2**31)
INDICES = r"^[0-9]{1,9}(,[0-9]{1,9})*$"
MOST_INDICES = 100_000
COLORMAPS = ("seismic", "jet", "grey", "inferno", "viridis")


class NewModel(Incoming):
    """A model that is not uploaded: offered at start, or a network of keras.applications."""

    offered: str | None = Field(None, max_length=64, description="Id of a file offered at start.")
    application: str | None = Field(None, max_length=64, description="Name in keras.applications.")
    weights: Literal["random"] | None = Field(None, description="Weights of a network of keras.applications.")
    outputs: Literal[(*OUTPUT_KINDS, "auto")] | None = Field(None, description="What the model's outputs are.")

    @model_validator(mode="after")
    def _one(self):
        if (self.offered is None) == (self.application is None):
            raise BadInput("Expected either offered or application.", field="offered")
        return self


class PreprocessingChange(Incoming):
    """How pixels become network input."""

    mode: Literal[PREPROCESSING_MODES]
    mean: list[float] | float | None = None
    std: list[float] | float | None = None
    resize: Literal[RESIZE_RULES] = "stretch"
    channels: Literal[CHANNEL_ORDERS] = "rgb"


class LabelsChange(Incoming):
    """Which class a label is, said by hand."""

    dataset: str = Id
    classes: dict[str, int | str | None] = Field(
        max_length=10_000, description="A class by name or index a label; null takes it back."
    )


class ModelChange(Incoming):
    """What can be edited of a model."""

    name: str | None = Field(None, min_length=1, max_length=120)
    preprocessing: PreprocessingChange | None = None
    class_names: list[str] | dict[str, str | list[str]] | Literal["confirm"] | None = Field(
        None, description="A list; confirm, to say that the assumed ones are right; an empty list drops them for good."
    )
    outputs: Literal[(*OUTPUT_KINDS, "auto")] | None = Field(None, description="What the model's outputs are.")
    labels: LabelsChange | None = None


class LabelsQuery(Incoming):
    """Of which dataset labels are listed."""

    dataset: str = Id


class NewProbe(Incoming):
    """Which labelled images to check a model's preprocessing with."""

    dataset: str | None = Field(None, max_length=64, description="The dataset whose labels fit best by default.")


class LayersQuery(Incoming):
    """For which method layers are listed."""

    analyzer: str | None = Field(None, max_length=64)


class ParamsCheck(Incoming):
    """Parameters to check, by name."""

    params: dict = Field(default_factory=dict)


class ImagesQuery(Incoming):
    """A page of a dataset."""

    page: int = Field(0, ge=0, lt=2**31)
    per_page: int = Field(60, ge=1, le=500)
    q: str | None = Field(None, max_length=200, description="Text that the file name contains.")
    label: str | None = Field(None, max_length=200)


class ThumbnailQuery(Incoming):
    """Longest side in pixels."""

    size: int = Field(96, ge=16, le=1024)


class Basket(Incoming):
    """The one selection of the product."""

    dataset: str | None = Field(None, max_length=64)
    images: list[int] = Field(default_factory=list, max_length=100_000)


class NewExplanation(Incoming):
    """A run: which models on which images with which method and target."""

    models: list[str] = Field(min_length=0, max_length=64)
    dataset: str = Id
    images: list[int] = Field(max_length=100_000)
    analyzer: str = Field(max_length=64)
    params: dict = Field(default_factory=dict)
    layer: str | dict[str, str | None] | None = Field(None, description="A layer's name, or one a model id.")
    neuron: int | None = None
    top_neurons: int | None = None
    class_: str | int = Field("predicted", alias="class", description='"predicted", a class name or an index.')
    engine: str = Field("auto", max_length=32)
    unchecked: bool = Field(False, description="Run a method on layers that it does not know.")
    softmax: bool = Field(False, description="Explain the probability instead of the logit.")


class HistoryChange(Incoming):
    """What can be edited of an earlier run."""

    title: str = Field(max_length=120, description="Its name; empty takes it away.")


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


class NewSuggestion(Incoming):
    """Which models score which dataset, and what is looked at."""

    dataset: str = Id
    models: list[str] = Field(max_length=64)
    layers: dict[str, str | None] | None = Field(None, description="A layer a model id; the default is the logits.")
    neuron: int | dict[str, int | None] | None = Field(None, description="A neuron of that layer, or one a model id.")
    class_: str | None = Field(None, alias="class", description="The class that all images belong to.")


class PlotQuery(Incoming):
    """Which plot, of what, over which images, in which part. Ends of a part are included."""

    model: str | None = Field(None, max_length=64, description="Id of the model whose layer or neuron is shown.")
    layer: str | None = Field(None, max_length=300)
    neuron: int | None = Field(None, ge=0, lt=2**31)
    class_: str | None = Field(None, alias="class", max_length=300)
    group: str | None = Field(None, max_length=300, description="Only images with this label.")
    rule: str = Field("sturges", description=f"Binning: {', '.join(RULES)}, or 1 to {MAX_BINS} bins.")
    x0: float | None = None
    x1: float | None = None
    y0: float | None = Field(None, description="A whole number takes the whole row of the scatterplot.")
    y1: float | None = None
    where: str | None = Field(
        None, max_length=4000, description='Filters as JSON: {"confidence": ">90", "label": ["3", "5"], "name": "cat"}.'
    )

    @field_validator("rule")
    @classmethod
    def _known_rule(cls, rule: str) -> str:
        if rule not in RULES and not (rule.isascii() and rule.isdigit() and 1 <= int(rule[:9]) <= MAX_BINS):
            allowed = (*RULES, f"1 to {MAX_BINS}")
            raise BadInput(f"Unknown binning {rule[:40]!r}.", f"Expected {', '.join(allowed)}.", "rule", allowed)
        return rule

    @field_validator("where")
    @classmethod
    def _filters(cls, where: str | None) -> str | None:
        if where:
            _conditions(where)
        return where

    @property
    def binning(self) -> str | int:
        """A rule's name, or how many bins."""
        return self.rule if self.rule in RULES else int(self.rule)

    @property
    def conditions(self) -> dict[str, str | list[str]]:
        """Column -> condition."""
        return _conditions(self.where) if self.where else {}


def _conditions(where: str) -> dict[str, str | list[str]]:
    try:
        found = json.loads(where)
    except (ValueError, RecursionError):
        found = None
    is_text = lambda value: isinstance(value, str)  # noqa: E731
    fits = isinstance(found, dict) and all(
        is_text(value) or (isinstance(value, list) and all(map(is_text, value))) for value in found.values()
    )
    if not fits:
        raise BadInput(f"Filters are not understood: {where[:60]!r}.", 'Expected JSON: {"column": ">0.5"}.', "where")
    return found


class PlotLook(PlotQuery):
    """A plot and how it is drawn."""

    theme: Literal["light", "dark"] = "light"
    width: int | None = Field(None, ge=80, le=8000, description="Pixels; fits its place when left out.")
    height: int | None = Field(None, ge=80, le=8000)


class SelectionQuery(PlotQuery):
    """Which images: of a plot those in view (x0 to y1) or in a bin, or some by index, or a list."""

    plot: Literal[PLOT_KINDS] | None = None
    bin: int | None = Field(None, ge=0, lt=2**31)
    rows: str | None = Field(None, pattern=INDICES, max_length=200_000, description="Indices: 3,17.")
    list_: str | None = Field(None, alias="list", max_length=120, description="The kind of a list.")

    @property
    def indices(self) -> tuple[int, ...] | None:
        """Indices in the dataset."""
        return None if self.rows is None else tuple(int(index) for index in self.rows.split(","))

    @model_validator(mode="after")
    def _one(self):
        given = [name for name in ("bin", "rows", "list_") if getattr(self, name) is not None]
        if len(given) > 1:
            raise BadInput("Expected one of bin, rows and list.", "Leave the others out.", given[1].rstrip("_"))
        return self


class GalleryQuery(SelectionQuery):
    """A page of images."""

    sort: str | None = Field(None, max_length=40, description="value, name, index, label, or a number they have.")
    order: Literal["asc", "desc"] | None = None
    page: int = Field(1, ge=1, lt=2**31)
    size: int = Field(24, ge=1, le=200)


class ProblemsQuery(Incoming):
    """A page of problems."""

    page: int = Field(1, ge=1, lt=2**31)
    size: int = Field(100, ge=1, le=1000)


class ListQuery(Incoming):
    """Which images; the basket's when left out."""

    indices: str | None = Field(None, pattern=INDICES, max_length=1_000_000)

    @property
    def chosen(self) -> list[int] | None:
        """Indices in the dataset."""
        return None if self.indices is None else [int(index) for index in self.indices.split(",")]


class NewList(Incoming):
    """A list of images: CSV with file names or indices."""

    text: str = Field(max_length=50_000_000)


class Wanted(Incoming):
    """Which classes, neurons or channels of which layer of a model."""

    model: str = Id
    layer: str | None = Field(None, max_length=500, description="A layer's name; the output where nothing is said.")
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
