"""Suggestions as the JSON that goes out."""

from __future__ import annotations

import threading
from dataclasses import asdict
from importlib import import_module

import numpy as np

from innv_gui.errors import InnvError
from innv_gui.records import Model
from innv_gui.session.accuracy import of_scores
from innv_gui.session.explain.run import predicted
from innv_gui.session.label_orders import of_suggestion
from innv_gui.session.suggest.selection import Selection
from innv_gui.session.suggest.suggestion import Suggestion
from innv_gui.session.suggest.views import KINDS, PlotWish, View, refuse_constant_mean
from innv_gui.suggestions.agreement import groups_of
from innv_gui.web.api.common_answers import accuracy_json, fed_json, number, order_json, origin_json, without_json

LISTED = 200  # rows of the table beside a plot


def suggestion_json(suggestion: Suggestion) -> dict:
    """How far it is, and what can be looked at."""
    dataset, job = suggestion.dataset, suggestion.job.as_json()
    n_scored = len(suggestion)  # after the job, before all that is counted: who sees its end sees all scores
    return {
        "id": suggestion.id,
        "status": job["status"],
        "dataset": {"id": dataset.id, "name": dataset.name, "n": len(dataset)},
        "models": [_model(suggestion, position) for position in range(len(suggestion.models))],
        "layers": suggestion.layers,
        "neurons": suggestion.neurons,
        "class": suggestion.class_,
        "job": job,
        "n_scored": n_scored,
        "n_problems": suggestion.table.n_problems(),
        "labels": _labels(suggestion),
        "classes": list(suggestion.numbers.common.names),
        "plots": [_plot(suggestion, kind) for kind in KINDS],
        "lists": [_offer(offer) for offer in suggestion.lists.offers()],
    }


def _model(suggestion: Suggestion, position: int) -> dict:
    model, naming = suggestion.models[position], suggestion.numbers.namings[position]
    return {
        "id": model.id,
        "name": model.name,
        "letter": model.letter,
        **fed_json(model),
        **origin_json(naming),
        **without_json(suggestion.numbers.label_fits[position], model),
        "label_order": order_json(of_suggestion(suggestion, model), naming),
        "accuracy": accuracy_json(of_scores(suggestion, model)),
    }


def _labels(suggestion: Suggestion) -> dict:
    counts = suggestion.numbers.label_counts
    classes = [{"name": name, "n": count} for name, count in counts.items() if count]
    return {"has": bool(classes), "classes": classes, "same": suggestion.views.same_label()}


def _plot(suggestion: Suggestion, kind: str) -> dict:
    why_not = _why_not(suggestion, kind)
    return {"kind": kind, "available": not why_not, "reason": why_not}


def _why_not(suggestion: Suggestion, kind: str) -> str:
    first = suggestion.models[0]
    if kind == "scatter" and len(suggestion.models) < 2:
        return "Compares models: choose two or more."
    if kind in ("scatter", "distance") and suggestion.numbers.why_no_single_class:
        return suggestion.numbers.why_no_single_class
    if kind == "distance" and "distance" not in suggestion.views.columns():
        return "Choose the class that all images belong to: their labels do not say."
    if kind == "neuron" and not suggestion.neurons:
        return "Choose a neuron."
    if kind == "layer":
        try:
            refuse_constant_mean(first, suggestion.layers[first.id])
        except InnvError as refused:
            return str(refused)
    return ""


def _offer(offer) -> dict:
    kind = asdict(offer)
    return {"kind": kind.pop("name"), **kind}


def prepare_plots() -> None:
    """Begin to import what draws, before a plot is asked for: Bokeh takes a second."""
    threading.Thread(target=import_module, args=("innv_gui.session.suggest.plots",), daemon=True).start()


def plot_json(suggestion: Suggestion, wish: PlotWish, look: dict) -> dict:
    """A plot as a Bokeh item, and its numbers once more as a table."""
    from innv_gui.session.suggest.plots import drawn

    view = suggestion.views.of(wish)
    plot = drawn(view, len(suggestion.models), **look)
    body = {
        "kind": wish.kind,
        "item": plot.item(),
        "n": plot.n,
        "n_left_out": view.n_left_out,
        "aggregated": plot.cells is not None,
        "dots_at_most": plot.dots_at_most,
        "model": view.model.id if view.model else None,
        "layer": view.layer,
        "neuron": view.neuron,
        "class": view.class_,
        "ranges": plot.ranges(),
    }
    if plot.bins is not None:
        return body | {"bins": (rows := _bins(plot.bins)), "table": rows[:LISTED]}
    if plot.cells is not None:
        return body | {"cells": (rows := _cells(plot.cells)), "table": sorted(rows, key=_fullest)[:LISTED]}
    return body | {"table": _points(suggestion, view, plot.shown)}


def _bins(bins) -> list[dict]:
    ends = zip(bins.edges[:-1].tolist(), bins.edges[1:].tolist(), bins.counts.tolist(), bins.labels, strict=True)
    return [{"low": low, "high": high, "count": count, "label": label} for low, high, count, label in ends]


def _cells(cells) -> list[dict]:
    columns = (cells.low, cells.high, cells.row, cells.count, cells.example)
    names = ("low", "high", "n_classes", "count", "example")
    return [dict(zip(names, row, strict=True)) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _fullest(cell: dict) -> int:
    return -cell["count"]


def _points(suggestion: Suggestion, view: View, shown: np.ndarray) -> list[dict]:
    """Those that a person wants to see first: most groups, then the surest."""
    at = np.searchsorted(view.rows, shown)
    order = np.lexsort((shown, -view.values[at], -view.n_groups[at]))[:LISTED]
    return [
        {
            "index": suggestion.index_of(int(row)),
            "name": suggestion.ref(int(row)).name,
            "confidence": float(view.values[place]),
            "n_classes": int(view.n_groups[place]),
        }
        for row, place in zip(shown[order], at[order], strict=True)
    ]


def images_json(suggestion: Suggestion, found: Selection, page: int, size: int) -> dict:
    """A page of a gallery."""
    start = (page - 1) * size
    rows, values = found.rows[start : start + size], found.values[start : start + size]
    cards = _cards(suggestion, rows, found.view)
    for card, row, value in zip(cards, rows.tolist(), values.tolist(), strict=True):
        card["value"] = number(value)
        if found.reason is not None:
            card["reason"] = found.reason(row)
    return {"total": len(found.rows), "page": page, "size": size, "images": cards}


def _cards(suggestion: Suggestion, rows: np.ndarray, view: View | None) -> list[dict]:
    columns = {name: column()[rows].tolist() for name, column in suggestion.views.columns().items()}
    tops = [suggestion.table.top(model.id, rows) for model in suggestion.models]
    return [
        {
            "index": suggestion.index_of(row),
            "name": (ref := suggestion.ref(row)).name,
            "label": ref.label,
            "values": {name: number(values[place]) for name, values in columns.items()},
            "models": _tops(suggestion, ref.label, [of_model[place] for of_model in tops]),
            "groups": (groups := _groups(suggestion, row)),
            **_predicting(view, groups),
        }
        for place, row in enumerate(rows.tolist())
    ]


def _tops(suggestion: Suggestion, label: str | None, tops: list) -> dict:
    numbers = suggestion.numbers
    found = zip(suggestion.models, numbers.class_names, numbers.class_of, tops, strict=True)
    return {model.id: _top(model, names, class_of.get(label), top) for model, names, class_of, top in found}


def _top(model: Model, names: tuple[str, ...], label_class: int | None, top) -> dict:
    """The likeliest classes, and whether the label is what the model says: null where that is no class of its."""
    pairs = list(zip(top.classes, top.probabilities, strict=True))
    said = predicted(model, pairs)
    return {
        "right": label_class in said if label_class is not None else None,
        "predicted": [names[class_] for class_ in said],
        "top5": [{"class": class_, "name": names[class_], "probability": probability} for class_, probability in pairs],
    }


def _groups(suggestion: Suggestion, row: int) -> list[dict]:
    models, numbers = suggestion.models, suggestion.numbers
    probabilities = [float(numbers.table.column(model.id, "probability")[row]) for model in models]
    return [
        {
            "name": numbers.common.names[group.class_],
            "probability": group.probability,
            "models": [models[member].id for member in group.members],
        }
        for group in groups_of(numbers.predicted_of(row), probabilities)
    ]


def _predicting(view: View | None, groups: list[dict]) -> dict:
    """For a distance: the models that predict its class."""
    if view is None or view.class_ is None:
        return {}
    return {"predicting": next((group["models"] for group in groups if group["name"] == view.class_), [])}
