"""Scores as a pandas frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas

from innv_gui.records import Model
from innv_gui.session.suggest.numbers import Numbers

Shared = Mapping[str, Callable[[], np.ndarray]]


def frame_of(
    numbers: Numbers, shared: Shared, layers: Mapping[str, str], neurons: Mapping[str, int]
) -> pandas.DataFrame:
    """See `Suggestion.scores`. shared: the columns over all models; layers, neurons: per model id what is looked at."""
    rows = numbers.table.scored()
    columns = _columns(numbers, shared, layers, neurons)
    names, labels = _texts(numbers, rows)
    columns = {name: values[rows] for name, values in columns.items()}
    frame = pandas.DataFrame({"image": names, "label": labels} | columns, index=pandas.Index(rows, name="index"))
    frame.attrs["class_names"] = {  # a Parquet file keeps it
        model.name: {"origin": naming.origin, "source": naming.source, "words": naming.words}
        for model, naming in zip(numbers.models, numbers.namings, strict=True)
    }
    scored = frame["confidence"].notna() if "confidence" in frame else np.ones(len(frame), bool)
    if not scored.all():
        frame["n_classes"] = frame["n_classes"].where(scored)  # a whole number cannot say "none"
    return frame


def _texts(numbers: Numbers, rows: np.ndarray) -> tuple[list[str], pandas.Categorical | list]:
    collection, positions = numbers.dataset.collection, numbers.dataset.positions()
    names = [collection.ref(int(positions[row])).name for row in rows]
    class_names = numbers.dataset.class_names
    if not class_names:
        return names, np.full(len(rows), None, object)
    return names, named(numbers.labels, class_names)[rows]


def _columns(numbers: Numbers, shared: Shared, layers: Mapping, neurons: Mapping) -> dict[str, np.ndarray]:
    """(n,) each, in the order of the frame."""
    columns = {name: shared[name]() for name in ("confidence", "n_classes", "distance") if name in shared}
    several = len(numbers.models) > 1
    for model in numbers.models:
        prefix, layer = f"{model.name}." if several else "", layers[model.id]
        columns[f"{prefix}mean_activation"] = numbers.mean_activation(model, layer)
        if model.id in neurons:
            neuron = neurons[model.id]
            columns[f"{prefix}activation"] = numbers.table.neuron(model.id, layer, neuron)
    for model, names in zip(numbers.models, numbers.class_names, strict=True):
        columns[f"{model.name}.class"] = _predicted(numbers, model, names)
        columns[f"{model.name}.probability"] = numbers.table.column(model.id, "probability")
    return columns


def _predicted(numbers: Numbers, model: Model, names: tuple[str, ...]) -> np.ndarray:
    """(n,) text: the class, or where several can be right all with p > 0.5, the likeliest first."""
    table = numbers.table
    if model.facts.outputs.exclusive:
        return named(table.column(model.id, "predicted"), names)
    found = np.full(table.n, None, object)
    for rows in numbers.blocks():
        for row, p in zip(rows, table.probabilities(model.id, rows), strict=True):
            found[row] = ", ".join(names[index] for index in np.argsort(-p, kind="stable") if p[index] > 0.5)
    return found


def named(codes: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Codes as text, None for -1; every text is one object, however many images have it."""
    return np.array([*names, None], object)[codes]
