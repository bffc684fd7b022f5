"""Which images a bin, a box, some rows or a list mean, in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from innv_gui.datasets.names import sort_naturally
from innv_gui.errors import BadInput
from innv_gui.session.suggest.suggestion import Suggestion
from innv_gui.session.suggest.views import PlotWish, View

NAMES_SORTED = 100_000


@dataclass(frozen=True)
class Choice:
    """Exactly one of: a bin of the plot's histogram, indices in the dataset, a top list; or none, for all in view."""

    bin: int | None = None
    indices: tuple[int, ...] | None = None
    list: str | None = None


@dataclass(frozen=True)
class Selection:
    """rows (k,) in their order; values (k,) the numbers they were chosen by, NaN without; reason: row -> a sentence.

    view: the plot they were chosen in, if it was one.
    """

    rows: np.ndarray = field(repr=False)
    values: np.ndarray = field(repr=False)
    reason: Callable[[int], str] | None = None
    view: View | None = None


def select(
    suggestion: Suggestion, wish: PlotWish | None, choice: Choice, sort: str | None = None, falling: bool | None = None
) -> Selection:
    """The images that are meant. Without `sort` lists keep their rank and everything else has the largest value first.

    Raises BadInput for a bin, list or column that is not there.
    """
    if choice.list is not None:
        found = _of_list(suggestion, wish, choice.list)
    elif wish is not None:
        found = _of_plot(suggestion, wish, choice)
    else:
        found = _of_indices(suggestion, choice)
    if sort is None and (choice.list is not None or wish is None):
        return found
    order = _order(suggestion, found, sort or "value", falling is not False)
    return Selection(found.rows[order], found.values[order], found.reason, found.view)


def _of_list(suggestion: Suggestion, wish: PlotWish | None, name: str) -> Selection:
    listed = suggestion.lists.get(name)
    rows = listed.rows
    if wish is not None:
        rows = rows[np.isin(rows, suggestion.views.rows(wish))]
    return Selection(rows, listed.values[rows], listed.reason)


def _of_plot(suggestion: Suggestion, wish: PlotWish, choice: Choice) -> Selection:
    view = suggestion.views.of(wish)
    if choice.indices is not None:
        chosen = np.isin(view.rows, _rows(suggestion, choice.indices))
    elif choice.bin is not None:
        chosen = _in_bin(view, choice.bin)
    else:
        chosen = view.seen()
    return Selection(view.rows[chosen], view.values[chosen], view=view)


def _in_bin(view: View, which: int) -> np.ndarray:
    if view.n_groups is not None:
        raise BadInput("The scatterplot has no bins.", "Choose a box (x0, x1, y0, y1) or rows.", "bin")
    found = view.bins()
    if not 0 <= which < len(found.counts):
        raise BadInput(f"There is no bin {which}.", f"Expected 0 to {len(found.counts) - 1}.", "bin")
    return found.which == which


def _of_indices(suggestion: Suggestion, choice: Choice) -> Selection:
    rows = suggestion.table.rows()
    if choice.indices is not None:
        wanted = _rows(suggestion, choice.indices)
        rows = wanted[np.isin(wanted, rows)]
    return Selection(rows, np.full(len(rows), np.nan))


def _rows(suggestion: Suggestion, indices: tuple[int, ...]) -> np.ndarray:
    """Positions in the collection as rows of the suggestion; those that are not in it are left out."""
    wanted = np.array(list(dict.fromkeys(indices)), np.int64)
    if suggestion.dataset.indices is None:
        return wanted[wanted < len(suggestion.dataset)]
    row_of = {int(index): row for row, index in enumerate(suggestion.dataset.indices)}
    return np.array([row_of[index] for index in wanted.tolist() if index in row_of], np.int64)


def _order(suggestion: Suggestion, found: Selection, sort: str, falling: bool) -> np.ndarray:
    """Positions in `found.rows`; equal ones in the order of the dataset, those without a key last."""
    keys = _keys(suggestion, found, sort).astype(np.float64)
    keys = np.where(np.isnan(keys), np.inf, -keys if falling else keys)
    return np.lexsort((found.rows, keys))


def _keys(suggestion: Suggestion, found: Selection, sort: str) -> np.ndarray:
    rows, columns = found.rows, suggestion.views.columns()
    if sort == "value":
        return found.values
    if sort == "index":
        return rows
    if sort == "label":
        labels = suggestion.numbers.labels[rows]
        return np.where(labels < 0, np.nan, labels)
    if sort == "name":
        return _name_keys(suggestion, rows)
    if sort in columns:
        return columns[sort]()[rows]
    allowed = ("value", "name", "index", "label", *columns)
    raise BadInput(f"Images cannot be sorted by {sort!r}.", f"Expected one of {', '.join(allowed)}.", "sort", allowed)


def _name_keys(suggestion: Suggestion, rows: np.ndarray) -> np.ndarray:
    if len(rows) > NAMES_SORTED:
        raise BadInput(
            f"{len(rows):,} images are too many to sort by name.",
            f"Choose at most {NAMES_SORTED:,}, or sort by index.",
            "sort",
        )
    names = [suggestion.ref(row).name for row in rows.tolist()]
    place = {name: position for position, name in enumerate(sort_naturally(set(names)))}
    return np.array([place[name] for name in names])
