"""A view as values: a grid of heatmaps beside the pictures they are of, with all the text that goes with them.

`sheet_layout` places it, `sheet_paint` draws it (PNG, SVG), `sheet_page` writes it as a page.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Literal

from PIL import Image

Tone = Literal["ink", "quiet", "ok", "warn", "bad"]
# Of the six model colours of static/css/tokens.css, light; letters beyond F begin again.
MODEL_COLOURS = ("#0a62b0", "#c24f00", "#00796b", "#97297a", "#4d4300", "#6b7484")


@dataclass(frozen=True)
class Line:
    """One line of a caption."""

    text: str
    tone: Tone = "quiet"


@dataclass(frozen=True)
class Tile:
    """One cell. picture: PNG bytes this product made, or None where there is no map; lines: its caption."""

    picture: bytes | None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Column:
    """A model, or one of several neurons of a model. letter: empty where there is none."""

    name: str
    letter: str = ""

    @property
    def colour(self) -> str:
        """Of its letter."""
        place = 0
        for character in self.letter or "A":
            place = place * 26 + ord(character) - ord("A") + 1
        return MODEL_COLOURS[(place - 1) % len(MODEL_COLOURS)]

    def __str__(self) -> str:
        return f"{self.letter} {self.name}".strip()


@dataclass(frozen=True)
class Row:
    """An image: name, label (None without one), the picture itself, and one Tile per column."""

    name: str
    tiles: tuple[Tile, ...]
    label: str | None = None
    picture: bytes | None = None


@dataclass(frozen=True)
class Scale:
    """What colours mean. colours: "#rrggbb" from the lower end to the upper; none where only words can say it."""

    words: str
    colours: tuple[str, ...] = ()
    ends: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Sheet:
    """A view with all the text that goes with it."""

    title: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    scale: Scale | None = None


def opened(content: bytes) -> Image.Image:
    """A PNG that this product made, as a Pillow picture."""
    return Image.open(io.BytesIO(content), formats=("PNG",))
