"""The columns of an exploration: what the table shows, a query asks for and a map can be coloured by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from innv_gui.datasets.names import sort_naturally
from innv_gui.explore.columns import Column
from innv_gui.session.explain.ranking import Ranking
from innv_gui.session.explore.evidence import agreement
from innv_gui.session.explore.tags import Tags
from innv_gui.session.models import letter_of
from innv_gui.session.suggest.numbers import Numbers


def columns_of(numbers: Numbers, tags: Tags, ranking: Ranking | None = None) -> dict[str, Column]:
    """By name, in the order of the table. ranking: of the same models by their heatmaps, where there is one."""
    found = [
        Column("index", "index", "number", lambda: np.asarray(numbers.dataset.positions(), np.int64)),
        Column("file", "file", "text", lambda: _ranks(numbers), texts=lambda text, exact: _named(numbers, text, exact)),
    ]
    if numbers.dataset.class_names:
        found.append(Column("label", "label", "class", lambda: numbers.labels, numbers.dataset.class_names))
    for position in range(len(numbers.models)):
        found += _of_model(numbers, position)
    if len(numbers.models) > 1 and not numbers.why_no_single_class:
        found.append(Column("disagreement", "different answers", "number", lambda: answers(numbers)))
    if ranking is not None:
        found.append(
            Column("agreement", "agreement of heatmaps", "number", lambda: agreement(ranking, numbers.dataset))
        )
    found.append(Column("tags", "tags", "tags", tags.bits, tags.names()))
    return {column.name: column for column in found}


def _of_model(numbers: Numbers, position: int) -> list[Column]:
    model, letter = numbers.models[position], letter_of(position)
    column = _for_model(model.id, letter)
    if not model.facts.outputs.exclusive:  # no class of it is the answer
        return [column("confidence", "number", lambda: numbers.table.column(model.id, "probability"))]
    found = [column("prediction", "class", lambda: prediction(numbers, position), numbers.common.names)]
    if numbers.class_of[position]:
        found.append(column("right", "flag", lambda: right(numbers, position)))
        found.append(column("loss", "number", lambda: numbers.table.column(model.id, "loss")))
    found.append(column("confidence", "number", lambda: numbers.table.column(model.id, "probability")))
    return found


def _for_model(id: str, letter: str) -> Callable[..., Column]:
    def column(word: str, kind: str, values: Callable[[], np.ndarray], names: tuple[str, ...] = ()) -> Column:
        return Column(f"{letter}.{word}", word, kind, values, names, id)

    return column


def prediction(numbers: Numbers, position: int) -> np.ndarray:
    """(n,) int32: what one model says, as common numbers."""
    id = numbers.models[position].id
    return numbers.kept(
        ("prediction", position), lambda: numbers.common.of(position, numbers.table.column(id, "predicted"))
    )


def right(numbers: Numbers, position: int) -> np.ndarray:
    """(n,) int8: 1 where the model names the label, 0 where not, -1 where one of the two is unknown."""

    def make() -> np.ndarray:
        id = numbers.models[position].id
        said, true = numbers.table.column(id, "predicted"), numbers.table.column(id, "label_class")
        return np.where((said >= 0) & (true >= 0), said == true, -1).astype(np.int8)

    return numbers.kept(("right", position), make)


def answers(numbers: Numbers) -> np.ndarray:
    """(n,) float32: how many different classes the models name; NaN where one has not answered."""

    def make() -> np.ndarray:
        said = np.sort(numbers.predicted(), axis=0)
        count = 1 + (np.diff(said, axis=0) != 0).sum(axis=0)
        return np.where((said >= 0).all(axis=0), count, np.nan).astype(np.float32)

    return numbers.kept(("answers",), make)


def _ranks(numbers: Numbers) -> np.ndarray:
    """(n,) int64: the place of each file's name in natural order."""
    key = ("ranks",)
    found = numbers.peek(key)
    return found if found is not None else numbers.kept(key, lambda: _ranked(numbers))


def _ranked(numbers: Numbers) -> np.ndarray:
    collection = numbers.dataset.collection
    positions = np.asarray(numbers.dataset.positions())
    if collection.files is None:
        return np.argsort(np.argsort(positions, kind="stable"), kind="stable")
    names = [collection.files[int(position)] for position in positions]
    place = {name: rank for rank, name in enumerate(sort_naturally(names))}
    return np.array([place[name] for name in names], np.int64)


def _named(numbers: Numbers, text: str, exact: bool) -> np.ndarray:
    found = np.zeros(numbers.table.n, bool)
    rows = numbers.rows_named(text)
    if exact:
        dataset = numbers.dataset
        names = ((row, dataset.collection.ref(int(dataset.positions()[row])).name) for row in rows.tolist())
        rows = np.array([row for row, name in names if name == text], np.int64)
    found[rows] = True
    return found
