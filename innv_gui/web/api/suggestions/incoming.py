"""What comes in about suggestions."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import Field, field_validator, model_validator

from innv_gui.errors import BadInput
from innv_gui.session.suggest.views import KINDS as PLOT_KINDS
from innv_gui.suggestions.bins import MAX_BINS, RULES
from innv_gui.web.api.common_incoming import INDICES, Id
from innv_gui.web.api.route import Incoming


class NewSuggestion(Incoming):
    """Which models score which dataset, and what is looked at."""

    dataset: str = Id
    models: list[str] = Field(max_length=64)
    layers: dict[str, str | None] | None = Field(None, description="One layer per model id; the default is the logits.")
    neuron: int | dict[str, int | None] | None = Field(None, description="A neuron of that layer, or one per model id.")
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
    y0: float | None = Field(None, description="A whole number selects the whole row of the scatterplot.")
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
