"""What comes in about explorations."""

from __future__ import annotations

import base64
import binascii
from typing import Literal

from pydantic import Field, field_validator

from innv_gui.errors import BadInput
from innv_gui.session.explore.maps import METHODS
from innv_gui.web.api.common_incoming import Id
from innv_gui.web.api.route import Incoming

QUERY = Field("", max_length=4000, description='The query line, for example `label = "4" and A.loss > 1`.')
SELECTION = Field(None, max_length=64, description="Id of a selection that was sent before.")
Of = Field(max_length=64, description='"pixels", or the id of a model.')


class NewExploration(Incoming):
    """Which models see which dataset, and the layer of each whose features are compared."""

    dataset: str = Id
    models: list[str] = Field(max_length=64)
    layers: dict[str, str | None] | None = Field(None, description="Per model id; the layer before the classifier.")


class NewMap(Incoming):
    """A map of all images."""

    of: str = Of
    method: Literal[METHODS] = "pca"
    perplexity: int = Field(30, description="Of t-SNE: about how many neighbours an image has.")
    neighbours: int = Field(15, description="Of UMAP.")
    seed: int = 0
    full: bool = Field(False, description="All images together, however many, instead of landmarks first.")


class Cell(Incoming):
    """A cell of the confusion matrix. rows, columns: "label" or the id of a model; row, column: names of classes."""

    rows: str = Field("label", max_length=64)
    columns: str = Field(max_length=64)
    row: str = Field(max_length=300)
    column: str = Field(max_length=300)


class NewSelection(Incoming):
    """Exactly one of: bits as base64, a query, a cell, or rows."""

    bits: str | None = Field(None, max_length=20_000_000)
    query: str | None = Field(None, max_length=4000)
    cell: Cell | None = None
    rows: list[int] | None = Field(None, max_length=1_000_000)

    @property
    def content(self) -> bytes:
        """The bits."""
        try:
            return base64.b64decode(self.bits or "", validate=True)
        except binascii.Error:
            raise BadInput("The selection is not base64 text.", "", "bits") from None


class TableQuery(Incoming):
    """Which rows, in which order."""

    query: str = QUERY
    selection: str | None = SELECTION
    sort: str | None = Field(None, max_length=80)
    order: Literal["asc", "desc"] = "asc"


class RowsQuery(TableQuery):
    """A page of rows."""

    start: int = Field(0, ge=0, lt=2**31)
    size: int = Field(60, ge=1, le=500)


class LineQuery(Incoming):
    """A query line."""

    query: str = QUERY


class MatrixQuery(Incoming):
    """Which confusion matrix. most: pairs that decide which classes are shown above 30 of them."""

    rows: str = Field("label", max_length=64)
    columns: str = Field(max_length=64)
    order: Literal["given", "similar"] = "given"
    most: int = Field(20, ge=1, le=100)


class TileQuery(Incoming):
    """How large a picture of the wall is."""

    side: Literal["32", "64", "96", "128"] = "32"


class PageQuery(Incoming):
    """Some rows of an order."""

    start: int = Field(0, ge=0, lt=2**31)
    size: int = Field(60, ge=1, le=1000)


class NeighboursQuery(Incoming):
    """One image of the dataset by row, index or file name, and how many neighbours."""

    row: int | None = Field(None, ge=0, lt=2**31)
    index: int | None = Field(None, ge=0, lt=2**31)
    name: str | None = Field(None, max_length=4000)
    k: int = 5
    of: str | None = Field(None, max_length=64)

    @field_validator("of")
    @classmethod
    def _empty_is_none(cls, of: str | None) -> str | None:
        return of or None


class TagWish(Incoming):
    """Give a tag to a selection, or take it away."""

    selection: str = Field(max_length=64)
    tag: str = Field(max_length=300)
    on: bool = True


class NewSubset(Incoming):
    """A named part of the dataset: a selection, or what a query means."""

    name: str = Field(min_length=1, max_length=80)
    selection: str | None = SELECTION
    query: str = QUERY


class ColumnQuery(Incoming):
    """The version that is expected, so that a browser never keeps an older one."""

    version: int | None = None
