"""Measured explanations as a page of their own, to be kept or sent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from innv_gui.plots.trust_page import Chart, Column, Dot, Line, Section, trust_html
from innv_gui.records import Model
from innv_gui.session.trust.record import Trust
from innv_gui.trust import advice, table
from innv_gui.trust.metrics import BY_NAME, METRICS, Metric, judge
from innv_gui.trust.table import Cell

TITLE = "Which explanation should be trusted?"
DRAWN = 3  # methods in the charts, with the best control and random beside


def report(trust: Trust) -> Iterator[str]:
    """The page, piece by piece."""
    request = trust.request
    n = len(request.items)
    facts = [
        ("models", ", ".join(model.name for model in request.models)),
        ("images", f"{n}: {', '.join(item.name for item in request.items[:8])}{', …' if n > 8 else ''}"),
        ("fills", ", ".join(request.fills)),
        ("steps", str(request.steps)),
        ("intervals", "95 %, bootstrap over images; methods are compared image by image"),
    ]
    words = [(one.title, f"{one.definition} {one.citation}, {one.source}") for one in request.metrics]
    return trust_html(TITLE, facts, [_section(trust, model) for model in request.models], words)


def _section(trust: Trust, model: Model) -> Section:
    cells, said = trust.table(model), trust.advice(model)
    metrics = [metric for metric in METRICS if metric.name in cells]
    columns = tuple(_column(metric, cells[metric.name]) for metric in metrics)
    order = table.order(metrics[0], cells[metrics[0].name])
    rows = [*order, *(row.name for row in trust.request.rows if row.name not in order)]
    lines = tuple(_line(trust, model, name, metrics) for name in rows)
    return Section(model.name, said.sentence, said.caution, columns, lines, tuple(_charts(trust, model, rows)))


def _column(metric: Metric, cells: dict[str, Cell]) -> Column:
    best = table.best_control(metric, cells)
    band = None if best is None else (cells[best].interval.low, cells[best].interval.high)
    return Column(metric.title, metric.direction, band)


def _line(trust: Trust, model: Model, name: str, metrics: list[Metric]) -> Line:
    cells, error = trust.table(model), trust.failures.get((model.id, name))
    dots = tuple(_dot(metric, cells[metric.name].get(name)) for metric in metrics)
    return Line(name, dots, trust.row(name).is_control, str(error) if error else "")


def _dot(metric: Metric, cell: Cell | None) -> Dot | None:
    if cell is None or not cell.interval.n:
        return None
    tie = "" if cell.place is None else f" ({'=' if cell.shared else ''}{cell.place})"
    poor = cell.beats in (table.SOME, table.NONE) and "control:random" in cell.not_beaten
    tone = "good" if cell.beats == table.ALL else "poor" if poor else ""
    one = cell.interval
    return Dot(one.mean, one.low, one.high, advice.number(one.mean) + tie, tone)


def _charts(trust: Trust, model: Model, rows: list[str]) -> Iterator[Chart]:
    cells = trust.table(model)
    metric = judge(cells)
    if metric is None:
        return
    methods = [name for name in rows if not trust.row(name).is_control][:DRAWN]
    best = table.best_control(metric, cells[metric.name])
    names = list(dict.fromkeys(name for name in (*methods, best, "control:random") if name))
    for fill in trust.request.fills:
        for way in ("deletion", "insertion"):
            found = {name: trust.curves(model, name, fill, way) for name in names}
            curves = tuple((name, tuple(np.mean(p, axis=0))) for name, (_, p) in found.items() if len(p))
            if curves:
                shares = tuple(next(iter(found.values()))[0])
                yield Chart(f"{BY_NAME[way].title}, {fill}: p over the share replaced", shares, curves)
