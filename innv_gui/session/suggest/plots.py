"""A view as a Bokeh figure with the numbers behind it. Imported when something is drawn: Bokeh takes a second."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innv_gui.plots import suggest_figures
from innv_gui.session.suggest.views import View
from innv_gui.suggestions.bins import Bins
from innv_gui.suggestions.cells import Cells, cells

FULL = (0.0, 100.0)  # percent
OF_EMPTY = np.array([0.0, 1.0])  # edges of a histogram without values


@dataclass(frozen=True)
class Drawn:
    """figure: Bokeh's. n: images in it. bins, for histograms; cells, when points were too many; shown: rows in it.

    dots_at_most: images in view that are still drawn as a dot each.
    """

    figure: object
    n: int
    shown: np.ndarray
    bins: Bins | None = None
    cells: Cells | None = None
    dots_at_most: int = suggest_figures.POINTS_AT_MOST

    def item(self) -> dict:
        """The figure as a Bokeh JSON item."""
        return suggest_figures.as_item(self.figure)

    def ranges(self) -> dict[str, list[float]]:
        """What the axes show."""
        return {
            axis: [float(limits.start), float(limits.end)]
            for axis, limits in (("x", self.figure.x_range), ("y", self.figure.y_range))
        }


def drawn(view: View, n_models: int, theme: str = "light", width: int | None = None, height: int | None = None):
    """Draw a view."""
    look = {"theme": theme, "width": width, "height": height, "x_range": _ends(view.wish.x)}
    if view.n_groups is None:
        return _histogram(view, look)
    return _scatter(view, look | {"n_models": n_models, "y_range": _ends(view.wish.y)})


def _ends(ends: tuple) -> tuple[float, float] | None:
    return None if None in ends or ends[0] >= ends[1] else ends


def _histogram(view: View, look: dict) -> Drawn:
    found = view.bins()
    edges = found.edges if len(found.edges) else OF_EMPTY
    counts = found.counts if len(found.edges) else np.zeros(1, np.int64)
    labels = found.labels or ["0 images"]
    figure = suggest_figures.histogram(edges, counts, kind=view.wish.kind, x_title=view.title, labels=labels, **look)
    return Drawn(figure, int(found.counts.sum()), view.rows[found.which >= 0], bins=found)


def _scatter(view: View, look: dict) -> Drawn:
    seen = view.seen()
    rows, values, groups = view.rows[seen], view.values[seen], view.n_groups[seen]
    most = suggest_figures.dots_at_most(len(view.rows))
    if len(rows) <= most:
        frame = {"index": rows, "confidence": values, "n_classes": groups}
        return Drawn(suggest_figures.scatter(frame, **look), len(rows), rows, dots_at_most=most)
    ends = look["x_range"] or (float(values.min()), float(values.max()))
    found = cells(values, groups, rows, ends)
    columns = {"low": found.low, "high": found.high, "row": found.row, "count": found.count}
    return Drawn(suggest_figures.scatter_aggregate(columns, **look), len(rows), rows, cells=found, dots_at_most=most)
