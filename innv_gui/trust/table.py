"""The table of one model: each method's mean, its interval, its place, and which controls it beats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from innv_gui.trust import controls, statistics
from innv_gui.trust.metrics import Metric
from innv_gui.trust.statistics import Interval

STANDS = 0.5  # of the probability
ALL, SOME, NONE, UNKNOWN = "all", "some", "none", ""  # of the controls are beaten; UNKNOWN: not to be decided


@dataclass(frozen=True)
class Cell:
    """One method under one metric.

    place: 1 + how many methods are clearly better; None for a control and where nothing is known. shared: whether
    others have the same place. not_beaten: the controls that it does not clearly beat. beats: all, some or none of
    them, "" where the metric does not say.
    """

    interval: Interval
    place: int | None = None
    shared: bool = False
    not_beaten: tuple[str, ...] = ()
    beats: str = UNKNOWN


def column(metric: Metric, values: Mapping[str, np.ndarray]) -> dict[str, Cell]:
    """values: method or control -> (n,) of the same images, NaN where not measured -> its cell."""
    means = {name: statistics.interval(one) for name, one in values.items()}
    wins = _wins(metric, values)
    places = _places(metric, means, wins)
    shared = Counter(places.values())
    return {
        name: _cell(metric, name, wins, means[name], place, place is not None and shared[place] > 1)
        for name, place in ((one, places.get(one)) for one in values)
    }


Wins = dict[str, dict[str, bool]]  # method or control -> which others it is clearly better than


def _wins(metric: Metric, values: Mapping[str, np.ndarray]) -> Wins:
    if not metric.better or not values:
        return {name: {} for name in values}
    found = statistics.wins(np.array(list(values.values()), np.float64), metric.better)
    return {name: dict(zip(values, row.tolist(), strict=True)) for name, row in zip(values, found, strict=True)}


def _places(metric: Metric, means: Mapping[str, Interval], wins: Wins) -> dict[str, int]:
    methods = [name for name in means if not controls.is_control(name) and means[name].n]
    if not metric.better:
        return {}
    return {name: 1 + sum(wins[other][name] for other in methods) for name in methods}


def _cell(metric: Metric, name: str, wins: Wins, mean: Interval, place: int | None, shared: bool) -> Cell:
    given = [one for one in controls.NAMES if one in wins]
    if controls.is_control(name) or not metric.against_controls or not given or mean.n < 2:
        return Cell(mean, place, shared)
    beaten = [wins[name][one] for one in given]
    beats = ALL if all(beaten) else SOME if any(beaten) else NONE
    return Cell(mean, place, shared, tuple(one for one, won in zip(given, beaten, strict=True) if not won), beats)


def order(metric: Metric, cells: Mapping[str, Cell]) -> list[str]:
    """Names, the best mean first; what has none last."""

    def place(name: str) -> tuple[bool, float]:
        mean = cells[name].interval.mean
        unknown = bool(np.isnan(mean))
        return unknown, 0.0 if unknown else (-mean if metric.better != "low" else mean)

    return sorted(cells, key=place)


def best_control(metric: Metric, cells: Mapping[str, Cell]) -> str | None:
    """The control with the best mean, where the metric can be measured with controls."""
    known = [name for name in order(metric, cells) if controls.is_control(name) and cells[name].interval.n]
    return known[0] if known and metric.against_controls else None


def still_standing(start: Sequence[float] | np.ndarray, filled: Sequence[float] | np.ndarray) -> tuple[int, int]:
    """(images whose answer stands with the whole picture replaced, images): p of the fill is half of p or more.

    start, filled: (n,) probability of the explained class in the picture and in the fill alone.
    """
    known = [(a, b) for a, b in zip(start, filled, strict=True) if np.isfinite(a) and np.isfinite(b)]
    return sum(b >= STANDS * a for a, b in known), len(known)
