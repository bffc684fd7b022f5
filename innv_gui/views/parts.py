"""What a view is made of: plain values that the product draws; a plug-in brings no markup and no script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from innv_gui.analyzers.declaration import COLORMAPS
from innv_gui.errors import WorkFailed

PLOTS = ("bars", "lines", "points")
MOST_PARTS = 200
MOST_ROWS = 2000
MOST_VALUES = 10_000  # of a plot
MOST_PIXELS = 4096 * 4096
MOST_MAPS = 12  # beside each other
MOST_PLACES = 64 * 64  # of a map whose values are told

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """rows: one value per column; numbers are shown with up to four digits."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Image:
    """pixels: (H, W), (H, W, 1) or (H, W, 3); uint8, or float from 0 to 1."""

    title: str
    pixels: np.ndarray = field(repr=False, compare=False)


@dataclass(frozen=True)
class Plot:
    """kind: bars (x are names or numbers), lines or points (x are numbers). series: name -> values, as many as x."""

    title: str
    kind: str
    x: tuple[str | float, ...]
    series: dict[str, tuple[float, ...]] = field(hash=False)
    x_title: str = ""
    y_title: str = ""


@dataclass(frozen=True)
class Windows:
    """Where places of a picture lie, row by row. tops (R,), lefts (C,): first pixels; size: (h, w) in pixels."""

    tops: tuple[int, ...]
    lefts: tuple[int, ...]
    size: tuple[int, int]


@dataclass(frozen=True)
class Grids:
    """Maps of the same places of a picture, beside each other; pointing at a place tells the values there.

    pixels: the picture, as in Image. maps: name -> (R, C) numbers; NaN is left empty. span: the values at both ends of
    the colours; words: what the ends mean. windows: where the R x C places lie; without, they share the picture evenly.
    whole: name -> value of the picture as it is. cover: a picture of the same size, seen in the window pointed at.
    """

    title: str
    pixels: np.ndarray = field(repr=False, compare=False)
    maps: dict[str, np.ndarray] = field(repr=False, compare=False)
    span: tuple[float, float] = (0.0, 1.0)
    words: tuple[str, str] = ("", "")
    caption: str = ""
    windows: Windows | None = None
    whole: dict[str, float] = field(default_factory=dict, hash=False)
    cover: np.ndarray | None = field(default=None, repr=False, compare=False)
    colormap: str = "viridis"


@dataclass(frozen=True)
class Overlay:
    """Maps over a picture that shines through them as much as a person wants.

    pixels: the picture, as in Image. maps: name -> (H, W) floats from 0 to 1, of any size; the picture's is best.
    """

    title: str
    pixels: np.ndarray = field(repr=False, compare=False)
    maps: dict[str, np.ndarray] = field(repr=False, compare=False)
    caption: str = ""
    colormap: str = "inferno"


Part = Table | Image | Plot | Grids | Overlay


def checked_parts(name: str, parts: object) -> tuple[Part, ...]:
    """What a view gave, as plain values. Raises WorkFailed with what is wrong with it."""
    if isinstance(parts, Part):
        parts = (parts,)
    if not isinstance(parts, list | tuple):
        raise _wrong(name, f"{type(parts).__name__}, expected a list of up to {MOST_PARTS} parts")
    if len(parts) > MOST_PARTS:
        raise _wrong(name, f"{len(parts):,} parts, expected up to {MOST_PARTS}")
    return tuple(_checked(name, part) for part in parts)


def _checked(name: str, part: object) -> Part:
    if not isinstance(part, Part) or not isinstance(part.title, str):
        raise _wrong(name, f"{type(part).__name__}, expected Table, Image, Plot, Grids or Overlay with a title")
    return _CHECKS[type(part)](name, part)


def _table(name: str, table: Table) -> Table:
    columns, rows = tuple(map(str, table.columns)), tuple(tuple(map(_cell, row)) for row in table.rows)
    if not columns or len(rows) > MOST_ROWS or any(len(row) != len(columns) for row in rows):
        raise _wrong(name, f"a table of other than {len(columns)} values per row, or of more than {MOST_ROWS} rows")
    return Table(table.title[:200], columns, rows)


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, bool):
        return {None: None, True: "yes", False: "no"}[value]
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return str(value)[:500]


def _image(name: str, image: Image) -> Image:
    return Image(image.title[:200], _pixels(name, image.pixels))


def _pixels(name: str, given: np.ndarray) -> np.ndarray:
    """uint8 (H, W) or (H, W, 3)."""
    pixels = np.asarray(given)
    if not (pixels.ndim == 2 or pixels.ndim == 3 and pixels.shape[2] in (1, 3)):
        raise _wrong(name, f"an image of shape {pixels.shape}, expected (H, W) or (H, W, 3)")
    if not 0 < pixels.size <= 3 * MOST_PIXELS:
        raise _wrong(name, f"an image of shape {pixels.shape}, expected at most {3 * MOST_PIXELS:,} values, and one")
    if not (pixels.dtype.kind == "f" or pixels.dtype == np.uint8):
        raise _wrong(name, f"an image of shape {pixels.shape} and {pixels.dtype}, expected uint8 or floats up to 1")
    if pixels.dtype.kind == "f":
        pixels = np.round(np.clip(np.nan_to_num(pixels), 0, 1) * 255)
    pixels = pixels.astype(np.uint8)
    return pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels


def _grids(name: str, grids: Grids) -> Grids:
    pixels, maps = _pixels(name, grids.pixels), _maps(name, grids.maps, MOST_PLACES)
    low, high = map(float, grids.span)
    if not np.isfinite([low, high]).all() or low >= high:
        raise _wrong(name, f"grids with colours from {low} to {high}, expected two numbers that rise")
    cover = None if grids.cover is None else _pixels(name, grids.cover)
    if cover is not None and cover.shape[:2] != pixels.shape[:2]:
        raise _wrong(name, f"a cover of {cover.shape[:2]} for a picture of {pixels.shape[:2]}")
    windows = _windows(name, grids.windows, next(iter(maps.values())).shape, pixels.shape)
    return Grids(
        grids.title[:200],
        pixels,
        maps,
        (low, high),
        (str(grids.words[0])[:80], str(grids.words[1])[:80]),
        str(grids.caption)[:500],
        windows,
        {str(label)[:80]: float(value) for label, value in grids.whole.items() if np.isfinite(value)},
        cover,
        _colormap(name, grids.colormap),
    )


def _windows(name: str, given: Windows | None, places: tuple[int, ...], shape: tuple[int, ...]) -> Windows:
    """Those that are given, or as many as there are places, evenly over the picture."""
    if given is None:
        size = max(1, shape[0] // places[0]), max(1, shape[1] // places[1])
        ends = (np.linspace(0, side - part, count) for side, part, count in zip(shape, size, places, strict=False))
        tops, lefts = (tuple(int(first) for first in end) for end in ends)
        return Windows(tops, lefts, size)
    found = Windows(tuple(map(int, given.tops)), tuple(map(int, given.lefts)), (int(given.size[0]), int(given.size[1])))
    if (len(found.tops), len(found.lefts)) != places:
        raise _wrong(name, f"{len(found.tops)} x {len(found.lefts)} windows for maps of {places[0]} x {places[1]}")
    return found


def _overlay(name: str, overlay: Overlay) -> Overlay:
    pixels, maps = _pixels(name, overlay.pixels), _maps(name, overlay.maps, MOST_PIXELS)
    return Overlay(overlay.title[:200], pixels, maps, str(overlay.caption)[:500], _colormap(name, overlay.colormap))


def _maps(name: str, given: dict[str, np.ndarray], most: int) -> dict[str, np.ndarray]:
    """float32 (R, C), all of one shape."""
    maps = {str(label)[:80]: np.asarray(values) for label, values in given.items()}
    shapes = {values.shape for values in maps.values()}
    kinds = all(values.dtype.kind in "fiub" for values in maps.values())
    if not 0 < len(maps) <= MOST_MAPS or len(shapes) != 1 or not kinds:
        raise _wrong(name, f"maps of shapes {sorted(shapes)!r:.80}, expected 1 to {MOST_MAPS} of one shape (R, C)")
    (shape,) = shapes
    if len(shape) != 2 or not 0 < shape[0] * shape[1] <= most:
        raise _wrong(name, f"a map of shape {shape}, expected (R, C) of at most {most:,} places")
    return {label: values.astype(np.float32) for label, values in maps.items()}


def _colormap(name: str, given: str) -> str:
    if given not in COLORMAPS:
        raise _wrong(name, f"the colour map {given!r:.40}, expected {', '.join(COLORMAPS)}")
    return given


def _plot(name: str, plot: Plot) -> Plot:
    if plot.kind not in PLOTS:
        raise _wrong(name, f"a plot of kind {plot.kind!r:.40}, expected {', '.join(PLOTS)}")
    x = tuple(_cell(value) for value in plot.x)
    if plot.kind != "bars" and any(isinstance(value, str) for value in x):
        raise _wrong(name, f"{plot.kind} over names, expected numbers")
    series = {str(label)[:80]: tuple(_cell(value) for value in values) for label, values in plot.series.items()}
    if not series or any(len(values) != len(x) for values in series.values()) or len(x) * len(series) > MOST_VALUES:
        raise _wrong(name, f"series of other than {len(x)} values, or of more than {MOST_VALUES} together")
    if any(isinstance(value, str) for values in series.values() for value in values):
        raise _wrong(name, "a series of words, expected numbers")
    return Plot(plot.title[:200], plot.kind, x, series, str(plot.x_title)[:80], str(plot.y_title)[:80])


_CHECKS: dict[type, Callable[[str, Any], Part]] = {
    Table: _table,
    Image: _image,
    Plot: _plot,
    Grids: _grids,
    Overlay: _overlay,
}


def _wrong(name: str, what: str) -> WorkFailed:
    return WorkFailed(f"The view {name} gave {what}.", "Its code must be fixed.")
