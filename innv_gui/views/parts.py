"""What a view is made of: plain values that the product draws; a plug-in brings no markup and no script."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from innv_gui.errors import WorkFailed

PLOTS = ("bars", "lines", "points")
MOST_PARTS = 200
MOST_ROWS = 2000
MOST_VALUES = 10_000  # of a plot
MOST_PIXELS = 4096 * 4096

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


Part = Table | Image | Plot


def checked_parts(name: str, parts: object) -> tuple[Part, ...]:
    """What a view gave, as plain values. Raises WorkFailed with what is wrong with it."""
    if isinstance(parts, Part):
        parts = (parts,)
    if not isinstance(parts, list | tuple) or len(parts) > MOST_PARTS:
        raise _wrong(name, f"{type(parts).__name__}, expected a list of up to {MOST_PARTS} tables, images and plots")
    return tuple(_checked(name, part) for part in parts)


def _checked(name: str, part: object) -> Part:
    if not isinstance(part, Part) or not isinstance(part.title, str):
        raise _wrong(name, f"{type(part).__name__}, expected Table, Image or Plot with a title")
    return {Table: _table, Image: _image, Plot: _plot}[type(part)](name, part)


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
    pixels = np.asarray(image.pixels)
    flat = pixels.ndim == 2 or pixels.ndim == 3 and pixels.shape[2] in (1, 3)
    if not flat or not 0 < pixels.size <= 3 * MOST_PIXELS or not (pixels.dtype.kind == "f" or pixels.dtype == np.uint8):
        raise _wrong(name, f"an image of shape {pixels.shape} and {pixels.dtype}, expected (H, W) or (H, W, 3)")
    if pixels.dtype.kind == "f":
        pixels = np.round(np.clip(np.nan_to_num(pixels), 0, 1) * 255)
    pixels = pixels.astype(np.uint8)
    return Image(image.title[:200], pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels)


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


def _wrong(name: str, what: str) -> WorkFailed:
    return WorkFailed(f"The view {name} gave {what}.", "Its code must be fixed.")
