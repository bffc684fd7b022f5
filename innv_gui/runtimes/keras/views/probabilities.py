"""The view of class probabilities."""

from __future__ import annotations

import numpy as np

from innv_gui.runtimes.keras.views.selection import Selection
from innv_gui.views.parts import Plot, Table


def class_probabilities(selection: Selection) -> list[Table | Plot]:
    """One row per image: the likeliest classes, three decimals; then how many images are predicted as what."""
    p = selection.probabilities()
    order = np.argsort(-p, axis=1, kind="stable")[:, : selection.params["classes"]]
    rows = []
    for name, label, best, own in zip(selection.names, selection.labels, order, p, strict=True):
        said = [f"{selection.class_names[index]} {own[index]:.3f}" for index in best]
        rows.append((name, label, *said))
    columns = ("image", "label", *(f"{place}." for place in range(1, order.shape[1] + 1)))
    return [Table("Likeliest classes", columns, tuple(rows)), _counts(selection, order[:, 0])]


def _counts(selection: Selection, predicted: np.ndarray) -> Plot:
    classes, counts = np.unique(predicted, return_counts=True)
    names = tuple(selection.class_names[index] for index in classes)
    series = {"images": tuple(counts.tolist())}
    return Plot("Images by predicted class", "bars", names, series, "predicted class", "images")
