"""What models get right on a dataset: accuracy, loss, worst classes, most confused pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innv_gui.explore.confusion import Confusion, Pair, Same, confusion_of, most_confused, of_known
from innv_gui.explore.tokens import quoted
from innv_gui.session.explore.columns import answers, prediction, right
from innv_gui.session.labels import why_no_class
from innv_gui.session.models import letter_of
from innv_gui.session.naming import naming_of
from innv_gui.session.suggest.numbers import Numbers

WORST, PAIRS = 3, 10
LABEL = "label"


@dataclass(frozen=True)
class Side:
    """One side of a confusion matrix. codes (n,), -1 without; names of the codes; query: the column's name."""

    title: str
    names: tuple[str, ...]
    codes: np.ndarray
    query: str


def side_of(numbers: Numbers, of: str) -> Side:
    """of: "label", or the position of a model as text."""
    if of == LABEL:
        return Side("label", numbers.dataset.class_names or (), numbers.labels, LABEL)
    position = int(of)
    name = f"{letter_of(position)}.prediction"
    return Side(f"{letter_of(position)} says", numbers.common.names, prediction(numbers, position), name)


def same_classes(numbers: Numbers, rows: str, columns: str) -> Same:
    """Class of a row -> the classes of a column that are the same, by name or by hand: several labels can be one."""
    if rows != LABEL and columns != LABEL:
        return {code: (code,) for code in range(len(numbers.common.names))}
    names = numbers.dataset.class_names or ()
    if rows == columns:
        return {code: (code,) for code in range(len(names))}
    position = int(columns if rows == LABEL else rows)
    class_of = numbers.class_of[position]
    known = [(code, class_of[name]) for code, name in enumerate(names) if name in class_of]
    common = numbers.common.of(position, np.array([own for _, own in known], int))
    found: dict[int, tuple[int, ...]] = {}
    for (code, _), one in zip(known, common.tolist(), strict=True):
        row, column = (code, one) if rows == LABEL else (one, code)
        found[row] = (*found.get(row, ()), column)
    return found


def confused(numbers: Numbers, rows: str, columns: str) -> Confusion:
    """Counts over all images that every model has scored."""

    def make() -> Confusion:
        of_rows, of_columns = side_of(numbers, rows), side_of(numbers, columns)
        kept = numbers.table.rows()
        return confusion_of(of_rows.codes[kept], of_columns.codes[kept], max(len(of_columns.names), 1))

    return numbers.kept(("confusion", rows, columns), make)


def facts_of(numbers: Numbers) -> dict | None:
    """As JSON says it; None until something is scored."""
    if not len(numbers.table.rows()):
        return None
    found: dict = numbers.kept(("facts",), lambda: _facts(numbers))
    return found


def _facts(numbers: Numbers) -> dict:
    models = [_of_model(numbers, position) for position in range(len(numbers.models))]
    return {"n": len(numbers.table.rows()), "models": models, "together": _together(numbers)}


def _of_model(numbers: Numbers, position: int) -> dict:
    model, why = numbers.models[position], _why_not(numbers, position)
    found = {"id": model.id, "n": 0, "right": None, "loss": None, "classes": [], "worst": [], "pairs": [], "why": why}
    if why:
        return found
    rows = numbers.table.rows()
    hits, labels = right(numbers, position)[rows], numbers.labels[rows]
    known = hits >= 0
    losses = numbers.table.column(model.id, "loss")[rows][known]
    names = numbers.dataset.class_names or ()
    classes = _by_class(names, labels[known], hits[known])
    worst = sorted((one for one in classes if one["n"]), key=lambda one: (one["right"], -one["n"]))[:WORST]
    same = same_classes(numbers, LABEL, str(position))
    pairs = most_confused(of_known(confused(numbers, LABEL, str(position)), same, "rows"), same, PAIRS)
    mean = float(losses.mean(dtype=np.float64)) if known.any() else None
    share = float(hits[known].mean()) if known.any() else None
    told = [_pair(numbers, pair, position) for pair in pairs]
    return (
        found
        | {"n": int(known.sum()), "right": share, "loss": mean}
        | {
            "classes": classes,
            "worst": worst,
            "pairs": told,
        }
    )


def _why_not(numbers: Numbers, position: int) -> str:
    """Why there is no accuracy; empty where there is one."""
    model = numbers.models[position]
    if not numbers.dataset.class_names:
        return f"{numbers.dataset.name} has no labels: accuracy and loss need them."
    if not numbers.class_of[position]:
        names = "give class names or " if naming_of(model, numbers.dataset).origin == "numbers" else ""
        return f"{why_no_class(model, numbers.dataset)[0]}: {names}map labels on Models."
    if not model.facts.outputs.exclusive:
        return f"{model.name} says yes or no to each class (multilabel): there is no one right answer."
    return ""


def _by_class(names: tuple[str, ...], labels: np.ndarray, hits: np.ndarray) -> list[dict]:
    count = np.bincount(labels, minlength=len(names))
    good = np.bincount(labels, weights=hits, minlength=len(names))
    rows = zip(names, count.tolist(), good.tolist(), strict=True)
    return [{"name": name, "n": n, "right": hit / n if n else None} for name, n, hit in rows]


def _pair(numbers: Numbers, pair: Pair, position: int) -> dict:
    label, said = (numbers.dataset.class_names or ())[pair.row], numbers.common.names[pair.column]
    query = f"label = {quoted(label)} and {letter_of(position)}.prediction = {quoted(said)}"
    return {"label": label, "prediction": said, "n": pair.n, "query": query}


def _together(numbers: Numbers) -> dict:
    if numbers.why_no_single_class:
        return {"all_right": None, "none_right": None, "answers": []}
    rows, n_models = numbers.table.rows(), len(numbers.models)
    hits = np.stack([right(numbers, position)[rows] for position in range(n_models)])
    known = (hits >= 0).all(axis=0)
    shares = {"all_right": (hits == 1).all(axis=0), "none_right": (hits == 0).all(axis=0)}
    found: dict = {name: float(value[known].mean()) if known.any() else None for name, value in shares.items()}
    counts = answers(numbers)[rows]
    told = []
    for count in range(1, n_models + 1):
        n = int((counts == count).sum())
        told.append({"n_answers": count, "share": n / len(rows), "n": n, "query": f"disagreement = {count}"})
    return found | {"answers": [one for one in told if one["n"]] if n_models > 1 else []}
