"""What is behind one row of the table: its curves, its images from the worst, and what the weights have to say."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from innv_gui.records import Model
from innv_gui.session.naming import naming_of
from innv_gui.session.trust.record import Trust
from innv_gui.trust import advice, ordering, statistics, table
from innv_gui.trust.metrics import STAGES, judge

WAYS = ("deletion", "insertion")


@dataclass(frozen=True)
class OpenedImage:
    """One image under a row: p along both curves (S,), and the rank correlation after each stage, empty without."""

    index: int
    name: str
    class_name: str
    difference: float
    deletion: np.ndarray = field(repr=False)
    insertion: np.ndarray = field(repr=False)
    stages: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """curves: way -> row (this one, the best control, random) -> (3, S): mean, low and high over the images."""

    row: str
    fill: str
    verdict: str
    shares: np.ndarray = field(repr=False)
    curves: dict[str, dict[str, np.ndarray]] = field(repr=False)
    images: tuple[OpenedImage, ...] = field(repr=False)
    stages: np.ndarray = field(repr=False)


def opened(trust: Trust, model: Model, row: str, fill: str | None = None) -> Opened:
    """Raises BadInput for a row that the table does not have, or a fill that was not measured."""
    trust.row(row)
    fill = trust.checked_fill(fill)
    names = list(dict.fromkeys((row, _best_control(trust, model, fill), "control:random")))
    shares = trust.curves(model, row, fill, "deletion")[0]
    curves = {way: {name: _band(trust.curves(model, name, fill, way)[1]) for name in names if name} for way in WAYS}
    images = _images(trust, model, row, fill)
    stages = [one.stages for one in images if len(one.stages) and np.isfinite(one.stages).all()]
    means = np.mean(stages, axis=0) if stages else np.full(len(STAGES), np.nan)
    return Opened(row, fill, _verdict(trust, model, row), shares, curves, tuple(images), means)


def _best_control(trust: Trust, model: Model, fill: str) -> str | None:
    cells = trust.table(model, fill)
    metric = judge(cells)
    return None if metric is None else table.best_control(metric, cells[metric.name])


def _band(curves: np.ndarray) -> np.ndarray:
    """(n, S) -> (3, S)."""
    found = [statistics.interval(column) for column in curves.T]
    return np.array([[one.mean, one.low, one.high] for one in found]).reshape(-1, 3).T


def _images(trust: Trust, model: Model, row: str, fill: str) -> list[OpenedImage]:
    """The smallest difference first: where a method fails there is most to learn."""
    request = trust.request
    replaced, sanity = trust.records(model, row, "replacement"), trust.records(model, row, "sanity")
    names = naming_of(model, request.dataset).names
    found = []
    for position in sorted(set(replaced) | set(sanity)):
        item, record = request.items[position], replaced.get(position)
        curves = [np.array(record["fills"][fill][way]) if record else np.zeros(0) for way in WAYS]
        areas = [float(ordering.area(curve, np.array(record["shares"]))) if record else np.nan for curve in curves]
        stages = np.array(sanity[position]["stages"], np.float64) if position in sanity else np.zeros(0)
        class_ = trust.explained_class(model, row, position)
        name = names[class_] if class_ is not None else ""
        head = (item.index, item.name, name, areas[1] - areas[0])
        found.append(OpenedImage(*head, curves[0], curves[1], stages))
    return sorted(found, key=lambda one: (np.isnan(one.difference), one.difference))


def _verdict(trust: Trust, model: Model, row: str) -> str:
    """Of a method, in a sentence with its numbers."""
    cells = {metric: column[row] for metric, column in trust.table(model).items() if row in column}
    judged = judge(cells)
    if judged is None or trust.row(row).is_control or cells[judged.name].beats == table.UNKNOWN:
        return ""
    own, column = cells[judged.name], trust.table(model)[judged.name]
    best = table.best_control(judged, column)
    against = f" against {advice.number(column[best].interval.mean)} for {advice.short(best)}" if best else ""
    figures = f"at {judged.title.lower()} ({advice.number(own.interval.mean)}{against})"
    if not advice.is_tested(trust.standing(model)):
        return f"Its value {figures} decides nothing: the answer stands whatever is replaced."
    if own.beats == table.ALL:
        return f"It beats all three controls {figures}." + _learned(cells)
    missed = advice.listed([advice.short(one) for one in own.not_beaten])
    return f"It does not beat {missed} {figures}." + _learned(cells)


def _learned(cells) -> str:
    cell = cells.get("sanity")
    if cell is None or not cell.interval.n:
        return ""
    changes = "changes little" if advice.is_blind(cell) else "changes"
    mean = advice.number(cell.interval.mean)
    return f" The map {changes} when the weights are shuffled (rank correlation {mean})."
