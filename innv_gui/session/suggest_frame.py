"""Scores as a pandas frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas

from innv_gui.records import Model

if TYPE_CHECKING:
    from innv_gui.session.suggestion import Suggestion


def frame_of(suggestion: Suggestion) -> pandas.DataFrame:
    """See `Suggestion.scores`."""
    rows = suggestion.table.scored()
    columns = _columns(suggestion)
    names, labels = _texts(suggestion, rows)
    columns = {name: values[rows] for name, values in columns.items()}
    frame = pandas.DataFrame({"image": names, "label": labels} | columns, index=pandas.Index(rows, name="index"))
    frame.attrs["class_names"] = {  # a Parquet file keeps it
        model.name: {"origin": naming.origin, "source": naming.source, "words": naming.words}
        for model, naming in zip(suggestion.models, suggestion.numbers.namings, strict=True)
    }
    scored = frame["confidence"].notna() if "confidence" in frame else np.ones(len(frame), bool)
    if not scored.all():
        frame["n_classes"] = frame["n_classes"].where(scored)  # a whole number cannot say "none"
    return frame


def _texts(suggestion: Suggestion, rows: np.ndarray) -> tuple[list[str], pandas.Categorical | list]:
    collection, positions = suggestion.dataset.collection, suggestion.dataset.positions()
    names = [collection.ref(int(positions[row])).name for row in rows]
    class_names = suggestion.dataset.class_names
    if not class_names:
        return names, np.full(len(rows), None, object)
    return names, _named(suggestion.numbers.labels, class_names)[rows]


def _columns(suggestion: Suggestion) -> dict[str, np.ndarray]:
    """(n,) each, in the order in which they stand in the frame."""
    numbers, shared = suggestion.numbers, suggestion.views.columns()
    columns = {name: shared[name]() for name in ("confidence", "n_classes", "distance") if name in shared}
    several = len(suggestion.models) > 1
    for model in suggestion.models:
        prefix, layer = f"{model.name}." if several else "", suggestion.layers[model.id]
        columns[f"{prefix}mean_activation"] = numbers.mean_activation(model, layer)
        if model.id in suggestion.neurons:
            neuron = suggestion.neurons[model.id]
            columns[f"{prefix}activation"] = numbers.table.neuron(model.id, layer, neuron)
    for model, names in zip(suggestion.models, numbers.class_names, strict=True):
        columns[f"{model.name}.class"] = _predicted(suggestion, model, names)
        columns[f"{model.name}.probability"] = numbers.table.column(model.id, "probability")
    return columns


def _predicted(suggestion: Suggestion, model: Model, names: tuple[str, ...]) -> np.ndarray:
    """(n,) text: the class, or where several can be right all with p > 0.5, the likeliest first."""
    table = suggestion.numbers.table
    if model.facts.outputs.exclusive:
        return _named(table.column(model.id, "predicted"), names)
    found = np.full(table.n, None, object)
    for rows in suggestion.numbers.blocks():
        for row, p in zip(rows, table.probabilities(model.id, rows), strict=True):
            found[row] = ", ".join(names[index] for index in np.argsort(-p, kind="stable") if p[index] > 0.5)
    return found


def _named(codes: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Codes as text, None for -1; every text is one object, however many images have it."""
    return np.array([*names, None], object)[codes]
