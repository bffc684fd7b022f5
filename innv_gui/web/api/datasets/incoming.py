"""What comes in about datasets, the basket and lists of images."""

from __future__ import annotations

from pydantic import Field

from innv_gui.web.api.common_incoming import INDICES
from innv_gui.web.api.route import Incoming


class UploadQuery(Incoming):
    """What uploaded images are called; else the folder that all came in, or the file."""

    name: str = Field("", max_length=300)


class Chosen(Incoming):
    """Images by their indices."""

    indices: str | None = Field(None, pattern=INDICES, max_length=1_000_000)

    @property
    def chosen(self) -> list[int] | None:
        """Indices in the dataset."""
        return None if self.indices is None else [int(index) for index in self.indices.split(",")]


class ImagesQuery(Chosen):
    """A page of a dataset, or of those images of it that are named by `indices`."""

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


class ListQuery(Chosen):
    """Which images; the basket's when left out."""


class NewList(Incoming):
    """A list of images: CSV with file names or indices."""

    text: str = Field(max_length=50_000_000)
