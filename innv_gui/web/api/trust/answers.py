"""Measured explanations as the JSON that goes out."""

from __future__ import annotations

import numpy as np

from innv_gui.records import Model, as_plain
from innv_gui.session.trust.opened import Opened
from innv_gui.session.trust.record import Trust
from innv_gui.session.trust.request import Row
from innv_gui.session.trust.shelf import Cost
from innv_gui.trust import controls, metrics, table
from innv_gui.trust.table import Cell
from innv_gui.web.api.common_answers import error_json, fed_json, number


def cost_json(cost: Cost) -> dict:
    """Forward passes, how many are kept, and about how long the others take; seconds is null until it is known."""
    return as_plain(cost)


def trust_json(trust: Trust, fill: str | None = None) -> dict:
    """The whole table, as far as it is measured."""
    request = trust.request
    job = trust.job.as_json()  # before the numbers: a job that has ended has put all of them
    return {
        "id": trust.id,
        "status": job["status"],
        "job": job,
        "dataset": request.dataset.id if request.dataset is not None else None,
        "images": [{"index": item.index, "name": item.name, "label": item.label} for item in request.items],
        "class": request.base.targets[0].class_,
        "regions": {request.items[place].index: region.key for place, region in request.regions.of.items()},
        "fills": request.fills,
        "steps": request.steps,
        "metrics": [metric for metric in metrics.describe() if metric["name"] in {one.name for one in request.metrics}],
        "rows": list(map(_row, request.rows)),
        "models": [_model(trust, model, fill) for model in request.models],
        "problems": [{"name": problem.name, "reason": problem.reason} for problem in trust.problems[:100]],
    }


def _row(row: Row) -> dict:
    method = None if row.request is None else row.request.analyzer
    return {
        "name": row.name,
        "control": row.is_control,
        "analyzer": None if method is None else method.name,
        "title": row.name.removeprefix(controls.PREFIX) if method is None else method.title,
        "summary": controls.SUMMARIES[row.name] if method is None else method.summary,
        "params": {} if row.request is None else row.request.params,
        "passes": row.passes,
    }


def _model(trust: Trust, model: Model, fill: str | None) -> dict:
    cells, by_name = trust.table(model, fill), metrics.BY_NAME
    failed = {row: error_json(error) for (id, row), error in trust.failures.items() if id == model.id}
    return {
        "id": model.id,
        "name": model.name,
        "letter": model.letter,
        **fed_json(model),
        "advice": as_plain(trust.advice(model)),
        "standing": {fill: {"left": left, "n": n} for fill, (left, n) in trust.standing(model).items()},
        "fills_agree": trust.fills_agree(model),
        "failures": failed,
        "cells": {name: {row: _cell(cell) for row, cell in column.items()} for name, column in cells.items()},
        "order": {name: table.order(by_name[name], column) for name, column in cells.items()},
        "best_control": {name: table.best_control(by_name[name], column) for name, column in cells.items()},
    }


def _cell(cell: Cell) -> dict:
    return {
        "mean": number(cell.interval.mean),
        "low": number(cell.interval.low),
        "high": number(cell.interval.high),
        "n": cell.interval.n,
        "place": cell.place,
        "shared": cell.shared,
        "beats": cell.beats,
        "not_beaten": cell.not_beaten,
    }


def opened_json(opened: Opened) -> dict:
    """What is behind a row: the curves with their bands, the images from the worst, what shuffled weights change."""
    return {
        "method": opened.row,
        "fill": opened.fill,
        "verdict": opened.verdict,
        "shares": _numbers(opened.shares),
        "curves": {way: {name: _curve(one) for name, one in curves.items()} for way, curves in opened.curves.items()},
        "images": [
            {"index": one.index, "name": one.name, "class": one.class_name, "difference": number(one.difference)}
            | {"deletion": _numbers(one.deletion), "insertion": _numbers(one.insertion)}
            | {"stages": _numbers(one.stages)}
            for one in opened.images
        ],
        "stages": [
            {"title": title, "mean": number(mean)}
            for (title, _), mean in zip(metrics.STAGES, opened.stages, strict=True)
        ],
    }


def _curve(curve: np.ndarray) -> dict:
    """(3, S): mean, low and high at each share."""
    return dict(zip(("mean", "low", "high"), map(_numbers, curve), strict=True))


def _numbers(values) -> list[float | None]:
    return [number(float(value)) for value in values]
