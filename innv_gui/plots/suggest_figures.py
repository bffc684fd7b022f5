"""The plots of the page Suggest: histograms of one value, and the scatterplot of agreement between models.

Each returns a Bokeh figure without title, toolbar, callback or HTML. Its parts have names (`plot`, `source`, `marks`,
`hover`, `tap`, `box_select`, `box_zoom`, `wheel_zoom`, `pan`), by which the page finds them in the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from bokeh import __version__
from bokeh.core.properties import value
from bokeh.document import Document
from bokeh.models import (
    BasicTicker,
    BoxSelectTool,
    BoxZoomTool,
    ColumnDataSource,
    FixedTicker,
    HoverTool,
    LogColorMapper,
    NumeralTickFormatter,
    PanTool,
    Range1d,
    TapTool,
    WheelZoomTool,
)
from bokeh.plotting import figure

from innv_gui.plots.plot_style import FONT, TEXT_PX, colours, empty_figure, ramp

POINTS_AT_MOST = 50_000
DOTS_IN_PART = 10_000  # of more: each step of a zoom brings others, and a browser has a few tenths of a second for it
MANY = 5_000
JITTER = 0.35  # of a row, to either side
CELL = 0.36  # half the height of an aggregated row
_GOLDEN = 0.6180339887498949
_DIGIT_PX, _NUMBERS_PX = 6.1, 430  # of a number above a bar, and of the frame in a card of half the page
_GAP = 0.025  # of a bin's width, to either side
_LEAST_BAR = 0.008  # of the axis: one image among thousands can still be seen
_ROOM_BESIDE = 0.015  # of all bins, so that the numbers of the outer ones are not cut
_ROOM_ABOVE = 1.14  # of the highest bin, for the number above it
_DRAGS = {"pan": PanTool, "box_zoom": BoxZoomTool, "wheel_zoom": WheelZoomTool}
_X_TITLES = {
    "scatter": "confidence in the most frequent answer, %",
    "distance": "mean cosine distance to the class",
    "layer": "mean activation of the layer",
    "neuron": "activation of the neuron",
}


def jitter(index: np.ndarray) -> np.ndarray:
    """Where in its row an image stands: [-0.35, 0.35), the same for the same index, evenly spread. float64 (N,)."""
    part = np.mod(np.asarray(index, np.float64) * _GOLDEN, 1.0)
    return (part - 0.5) * (2 * JITTER)


def drawn_y(index: np.ndarray, n_classes: np.ndarray) -> np.ndarray:
    """The height at which `scatter` draws each image, float64 (N,): its row plus its jitter."""
    return np.asarray(n_classes, np.float64) + jitter(index)


def dots_at_most(n: int) -> int:
    """How many of n images may be in view to be drawn as a dot each."""
    return POINTS_AT_MOST if n <= POINTS_AT_MOST else DOTS_IN_PART


def scatter(
    frame: Mapping[str, np.ndarray],
    *,
    n_models: int | None = None,
    theme: str = "light",
    width: int | None = None,
    height: int | None = None,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
) -> figure:
    """S3, one dot per image. frame: index (N,), confidence (N,) 0-100, n_classes (N,) integers, all of one length.

    Images without a finite confidence are left out. The source holds x, y (with jitter) and index, so that a dot is
    found by its image's index and never by its place.
    """
    index, confidence = np.asarray(frame["index"]), np.asarray(frame["confidence"], np.float64)
    rows = np.asarray(frame["n_classes"])
    there = np.isfinite(confidence)
    index, confidence, rows = index[there], confidence[there], rows[there]
    columns = {"index": index.astype(np.int32), "x": confidence, "y": drawn_y(index, rows)}
    plot = _rows_figure(confidence, rows, n_models, theme, width, height, x_range, y_range)
    return _with_dots(plot, ColumnDataSource(columns, name="source"), theme, len(index))


def _with_dots(plot: figure, source: ColumnDataSource, theme: str, n: int) -> figure:
    ink = colours(theme)
    size = 5.2 if n <= MANY else 4
    marks = plot.scatter(
        "x",
        "y",
        source=source,
        name="marks",
        size=size,
        line_color=None,
        fill_color=ink.mark,
        fill_alpha=0.42 if n <= MANY else 0.3,
        nonselection_fill_color=ink.mark,
        nonselection_fill_alpha=0.3,
        selection_fill_color=ink.mark,
        selection_fill_alpha=1,
        selection_line_color=ink.pick,
        selection_line_width=1.6,
    )
    _point_at(plot, marks, select=True)
    return plot


def scatter_aggregate(
    cells: Mapping[str, np.ndarray],
    *,
    n_models: int | None = None,
    theme: str = "light",
    width: int | None = None,
    height: int | None = None,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
) -> figure:
    """S3 of many images: a cell for each row and slice of confidence, the deeper the more images (logarithmic).

    cells: low (C,), high (C,) ends of the slice in 0-100; row (C,) number of classes; count (C,) images, > 0.
    """
    low, high, row, count = (np.asarray(cells[name]) for name in ("low", "high", "row", "count"))
    plot = _rows_figure(np.concatenate([low, high]), row, n_models, theme, width, height, x_range, y_range)
    columns = {"low": low, "high": high, "row": row, "count": count, "bottom": row - CELL, "top": row + CELL}
    source = ColumnDataSource(columns, name="source")
    ink = colours(theme)
    depth = {"field": "count", "transform": LogColorMapper(palette=ramp(ink.mark_quiet, ink.mark, 32))}
    marks = plot.quad(
        "low",
        "high",
        "top",
        "bottom",
        source=source,
        name="marks",
        line_color=depth,  # of the same colour, so that no seam shows between neighbours
        fill_color=depth,
        nonselection_fill_alpha=0.8,
        selection_line_color=ink.pick,
        selection_line_width=2,
    )
    _point_at(plot, marks, select=True)
    return plot


def _rows_figure(x, rows, n_models, theme, width, height, x_range, y_range) -> figure:
    """Confidence to the right, a row for each number of classes."""
    highest = max(n_models or 1, int(rows.max()) if len(rows) else 1)
    lowest_x = min(100.0, np.floor(x.min() / 10) * 10) if len(x) else 0.0
    x0, x1 = x_range or (lowest_x - (100 - lowest_x) / 60 - 0.2, 100 + (100 - lowest_x) / 60 + 0.2)
    y0, y1 = y_range or (0.5, highest + 0.5)
    plot = empty_figure(
        _X_TITLES["scatter"],
        "distinct classes",
        theme,
        width,
        height,
        x_range=Range1d(x0, x1, name="x_range"),
        y_range=Range1d(y0, y1, name="y_range"),
        tools=[],
    )
    plot.yaxis.ticker = plot.ygrid.ticker = FixedTicker(ticks=list(range(1, highest + 1)), minor_ticks=[])
    plot.xaxis.ticker = plot.xgrid.ticker = BasicTicker(desired_num_ticks=6, num_minor_ticks=0)
    return plot


def histogram(
    edges: Sequence[float],
    counts: Sequence[int],
    *,
    kind: str = "distance",
    x_title: str | None = None,
    labels: Sequence[str] | None = None,
    theme: str = "light",
    width: int | None = None,
    height: int | None = None,
    x_range: tuple[float, float] | None = None,
) -> figure:
    """S1, S2 or S4: one bar per bin with its count above it. edges (B + 1,) ascending, counts (B,).

    kind says what is counted ("distance", "layer", "neuron"), x_title says it in other words; labels (B,) are kept
    in the source as `label`. x_range: the part that is shown.
    """
    edges, counts = np.asarray(edges, np.float64), np.asarray(counts, np.int64)
    highest = int(counts.max()) if len(counts) else 1
    plot = _bins_figure(edges, highest, x_title or _X_TITLES[kind], theme, width, height, x_range)
    columns = {"low": edges[:-1], "high": edges[1:], "count": counts} | _bars(edges, counts, plot.y_range.end)
    columns |= {"label": list(labels)} if labels is not None else {}
    _with_bars(plot, ColumnDataSource(columns, name="source"), theme)
    return plot


def _bars(edges: np.ndarray, counts: np.ndarray, ceiling: float) -> dict:
    """What is drawn of the bins: bars with a gap between them, nothing of empty ones; the whole column is pressed."""
    gap = np.diff(edges) * _GAP
    return {
        "left": edges[:-1] + gap,
        "right": edges[1:] - gap,
        "middle": (edges[:-1] + edges[1:]) / 2,
        "top": np.where(counts > 0, np.maximum(counts, ceiling * _LEAST_BAR), np.nan),
        "ceiling": np.full(len(counts), ceiling),
        "text": _above(counts),
    }


def _above(counts: np.ndarray) -> list[str]:
    """The number above each bar, shortened or left out where neighbours would touch; none above empty bars."""
    for written in (thin, short):
        texts = [written(count) if count else "" for count in counts.tolist()]
        lengths = np.array([0, *map(len, texts)])
        if len(texts) * (lengths[1:] + lengths[:-1]).max(initial=0) / 2 * _DIGIT_PX <= _NUMBERS_PX:
            return texts
    return [""] * len(counts)


def _bins_figure(edges, highest, x_title, theme, width, height, x_range) -> figure:
    room = (edges[-1] - edges[0]) * _ROOM_BESIDE
    x0, x1 = x_range or (float(edges[0] - room), float(edges[-1] + room))
    plot = empty_figure(
        x_title,
        "images",
        theme,
        width,
        height,
        x_range=Range1d(x0, x1, name="x_range"),
        y_range=Range1d(0, max(1, highest) * _ROOM_ABOVE, name="y_range"),
        tools=[],
    )
    plot.xgrid.grid_line_color = None
    plot.yaxis.ticker = plot.ygrid.ticker = BasicTicker(min_interval=1, desired_num_ticks=5, num_minor_ticks=0)
    plot.xaxis.ticker.num_minor_ticks = 0
    plot.yaxis.formatter = NumeralTickFormatter(format="0" if highest < 10_000 else "0.[0]a")
    return plot


def _with_bars(plot: figure, source: ColumnDataSource, theme: str) -> None:
    ink = colours(theme)
    plot.quad("left", "right", "top", 0, source=source, name="marks", border_radius=2, **_inks(ink))
    column = plot.quad("low", "high", "ceiling", 0, source=source, fill_alpha=0, line_alpha=0)
    column.nonselection_glyph = column.selection_glyph = None
    text = {"text_align": "center", "text_baseline": "bottom", "text_font": value(FONT), "text_font_size": TEXT_PX}
    plot.text("middle", "count", "text", source=source, y_offset=-4, text_color=ink.axis, **_numbers(ink), **text)
    _point_at(plot, column, select=False)


def _inks(ink) -> dict:
    """Quiet bars; the one that is chosen or pointed at in full colour. The line lets the lowest bar be seen."""
    quiet = {f"{state}{part}_color": ink.mark_quiet for state in ("", "nonselection_") for part in ("fill", "line")}
    full = {f"{state}_{part}_color": ink.mark for state in ("hover", "selection") for part in ("fill", "line")}
    return quiet | full | {"nonselection_fill_alpha": 1, "nonselection_line_alpha": 1}


def _numbers(ink) -> dict:
    """The chosen bin's number stands out, the others stay as they are."""
    return {
        "selection_text_color": ink.ink,
        "selection_text_font_style": "bold",
        "nonselection_text_color": ink.axis,
        "nonselection_text_alpha": 1,
    }


def _point_at(plot: figure, marks, select: bool) -> None:
    """Tools by name. None draws anything of its own: the page shows its own hover card and buttons."""
    tap = TapTool(name="tap", renderers=[marks])
    tools = [HoverTool(name="hover", tooltips=None, renderers=[marks]), tap]
    ways = "both" if select else "width"  # the height of bars begins at zero
    drags = [tool(name=name, dimensions=ways) for name, tool in _DRAGS.items()]
    tools += drags
    box = BoxSelectTool(name="box_select", renderers=[marks], persistent=False) if select else None
    if box is not None:
        tools.append(box)
    plot.add_tools(*tools)
    plot.toolbar.active_tap = tap
    plot.toolbar.active_drag = box
    plot.toolbar.active_scroll = None


def thin(count: int) -> str:
    """1797 -> "1 797", with thin spaces that no line breaks at, as everywhere in the pages."""
    return f"{int(count):,}".replace(",", "\u202f")


def short(count: int) -> str:
    """600402 -> "600k", 7446 -> "7.4k"; small numbers as they are."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if count >= size:
            return f"{count / size:.0f}{unit}" if count >= 10 * size else f"{count / size:.1f}{unit}"
    return str(int(count))


def as_item(plot: figure) -> dict:
    """The figure as a Bokeh JSON item: {doc, root_id, target_id, version}. Key order matters to Bokeh's reader.

    As Bokeh's `json_item`, which looks through all parts twice more, for callbacks and mistakes: 26 ms instead of 47.
    """
    document = Document(title="")
    document.add_root(plot)
    return {"target_id": None, "root_id": plot.id, "doc": document.to_json(deferred=False), "version": __version__}
