"""Histograms: how many bins, where they end, what they are called."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

MAX_BINS = 512


@dataclass(frozen=True)
class Bins:
    """edges (B + 1,) rising; counts (B,); which (N,) the bin of each value, -1 for NaN and infinity; n_left_out: these.

    A bin holds its low edge and not its high one, except for the last, which holds both.
    """

    edges: np.ndarray
    counts: np.ndarray
    which: np.ndarray = field(repr=False)
    n_left_out: int = 0

    @property
    def labels(self) -> list[str]:
        """ "9 images in bin [0.80, 1.00]" for each bin."""
        return [label(count, self.edges, index) for index, count in enumerate(self.counts.tolist())]


def bins(values: np.ndarray, rule: str | int = "sturges", low: float | None = None, high: float | None = None) -> Bins:
    """Sort values (N,) into bins. low, high: only values from low to high, both included, are taken."""
    values = np.asarray(values, np.float64)
    taken = np.isfinite(values)
    n_left_out = int(len(values) - taken.sum())
    taken &= (values >= (-np.inf if low is None else low)) & (values <= (np.inf if high is None else high))
    limits = edges(values[taken], rule)
    which = np.full(len(values), -1, np.int32)
    which[taken] = place(values[taken], limits)
    counts = np.bincount(which[taken], minlength=max(len(limits) - 1, 0))
    return Bins(limits, counts, which, n_left_out)


def edges(values: np.ndarray, rule: str | int = "sturges") -> np.ndarray:
    """Edges of bins of equal width, (B + 1,) float64, for finite values (N,); (0,) without values.

    rule: "sturges", "fd" (Freedman-Diaconis), "scott", "sqrt", "auto" (the finer of sturges and fd), or how many.
    Values that are all the same get one bin around them.
    """
    values = np.asarray(values, np.float64)
    if not len(values):
        return np.zeros(0)
    low, high = float(values.min()), float(values.max())
    if low == high:
        around = 0.05 * max(abs(low), 1)
        return np.array([low - around, high + around])
    count = rule if isinstance(rule, int) else RULES[rule](values)
    count = max(1, min(int(count), MAX_BINS))
    share = np.arange(count + 1) / count  # not linspace: 3/5 is nearer to 0.6 than 3 * 0.2
    return np.unique(low * (1 - share) + high * share)


def place(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The bin of each value that lies within the edges."""
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, max(len(edges) - 2, 0))


def label(count: int, edges: np.ndarray, index: int) -> str:
    """ "9 images in bin [0.80, 1.00]": with as many decimals as it takes to tell the edges apart, two at least."""
    low, high = (_number(edge, edges) for edge in edges[index : index + 2])
    end = "]" if index == len(edges) - 2 else ")"
    return f"{count} {'image' if count == 1 else 'images'} in bin [{low}, {high}{end}"


def _number(value: float, edges: np.ndarray) -> str:
    width, size = float(np.diff(edges).min()), float(np.abs(edges).max())
    decimals = max(2, math.ceil(-math.log10(width)))  # edges this far apart never round to the same
    if decimals > 8 or size >= 1e7:
        digits = min(17, max(2, 2 + math.floor(math.log10(size)) - math.floor(math.log10(width))))
        return f"{value:.{digits}g}"
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def _sturges(values: np.ndarray) -> int:
    return math.ceil(math.log2(len(values))) + 1


def _sqrt(values: np.ndarray) -> int:
    return math.ceil(math.sqrt(len(values)))


def _of_width(values: np.ndarray, width: float) -> int:
    span = float(values.max()) - float(values.min())
    return math.ceil(min(span / width, MAX_BINS)) if width > 0 else _sturges(values)


def _fd(values: np.ndarray) -> int:
    low, high = np.percentile(values, (25, 75))
    return _of_width(values, 2 * float(high - low) / len(values) ** (1 / 3))


def _scott(values: np.ndarray) -> int:
    return _of_width(values, float(values.std()) * (24 * math.sqrt(math.pi) / len(values)) ** (1 / 3))


def _auto(values: np.ndarray) -> int:
    return max(_sturges(values), _fd(values))


RULES: dict[str, Callable[[np.ndarray], int]] = {
    "sturges": _sturges,
    "fd": _fd,
    "scott": _scott,
    "sqrt": _sqrt,
    "auto": _auto,
}
