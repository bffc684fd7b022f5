"""Which class is taken for which: counts, the most confused pairs, and an order that puts similar classes together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import scipy  # its parts are imported when they are first used: half a second each

Same = Mapping[int, tuple[int, ...]]  # a row's class -> the columns that are the same class


@dataclass(frozen=True)
class Pair:
    """n images of one class that are said to be another."""

    row: int
    column: int
    n: int


@dataclass(frozen=True)
class Confusion:
    """How many images are of a row's class and of a column's: only pairs that have any.

    rows, columns, counts: (P,) of the pairs, by row, then column. unknown: images without one of the two.
    """

    rows: np.ndarray = field(repr=False)
    columns: np.ndarray = field(repr=False)
    counts: np.ndarray = field(repr=False)
    unknown: int = 0

    def dense(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """(len(rows), len(columns)) int64 counts of some classes, in their order."""
        found = np.zeros((len(rows), len(columns)), np.int64)
        row_of = {int(code): place for place, code in enumerate(rows)}
        column_of = {int(code): place for place, code in enumerate(columns)}
        for row, column, n in zip(self.rows.tolist(), self.columns.tolist(), self.counts.tolist(), strict=True):
            if row in row_of and column in column_of:
                found[row_of[row], column_of[column]] = n
        return found


def confusion_of(rows: np.ndarray, columns: np.ndarray, n_columns: int) -> Confusion:
    """Classes (n,) of the same images, -1 where there is none; columns are below n_columns."""
    known = (rows >= 0) & (columns >= 0)
    places, counts = np.unique(rows[known].astype(np.int64) * n_columns + columns[known], return_counts=True)
    return Confusion(places // n_columns, places % n_columns, counts, int(np.count_nonzero(~known)))


def of_known(confusion: Confusion, same: Same, labels: str) -> Confusion:
    """Without images whose label is no class: neither right nor wrong. labels: "rows", "columns" or "" (none)."""
    if not labels:
        return confusion
    known = [*same] if labels == "rows" else [column for columns in same.values() for column in columns]
    kept = np.isin(confusion.rows if labels == "rows" else confusion.columns, known)
    return replace(confusion, rows=confusion.rows[kept], columns=confusion.columns[kept], counts=confusion.counts[kept])


def most_confused(confusion: Confusion, same: Same, most: int) -> list[Pair]:
    """Pairs of different classes, those with most images first."""
    pairs = zip(confusion.rows.tolist(), confusion.columns.tolist(), strict=True)
    wrong = np.flatnonzero([column not in same.get(row, ()) for row, column in pairs])
    order = wrong[np.argsort(-confusion.counts[wrong], kind="stable")][:most]
    return [Pair(int(confusion.rows[i]), int(confusion.columns[i]), int(confusion.counts[i])) for i in order]


def shares_right(confusion: Confusion, same: Same, rows: Iterable[int]) -> list[float | None]:
    """Share of each row's images that are said to be the same class; None where none is counted (yet)."""
    total, right = Counter(), Counter()
    pairs = zip(confusion.rows.tolist(), confusion.columns.tolist(), confusion.counts.tolist(), strict=True)
    for row, column, n in pairs:
        total[row] += n
        right[row] += n if column in same.get(row, ()) else 0
    return [right[row] / total[row] if total[row] else None for row in map(int, rows)]


def similar_together(counts: np.ndarray) -> np.ndarray:
    """(K,) an order of K classes: those confused with each other stand side by side. counts (K, K).

    Average linkage over 1 - (share of a's images said to be b + share of b's said to be a) / 2.
    """
    if len(counts) < 3:
        return np.arange(len(counts))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    distance = 1 - (shares + shares.T) / 2
    np.fill_diagonal(distance, 0)
    condensed = scipy.spatial.distance.squareform(np.clip(distance, 0, 1), checks=False)
    hierarchy = scipy.cluster.hierarchy
    return hierarchy.leaves_list(hierarchy.linkage(condensed, "average", optimal_ordering=True))
