"""Explorations as the JSON that goes out."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from innv_gui.explore.columns import Column
from innv_gui.explore.confusion import Pair, Same, most_confused, of_known, shares_right, similar_together
from innv_gui.explore.nearest import NEIGHBOURS
from innv_gui.records import Model
from innv_gui.session.explore.exploration import Exploration
from innv_gui.session.explore.facts import LABEL, confused, side_of
from innv_gui.session.explore.maps import TITLES, PlacedMap, problem_of
from innv_gui.session.explore.similar import Similar
from innv_gui.session.explore.spaces import PIXELS
from innv_gui.session.explore.thumbs import SIDE
from innv_gui.session.feature_layers import measurable_layers
from innv_gui.session.labels import by_hand
from innv_gui.session.models import letter_of
from innv_gui.session.naming import naming_of
from innv_gui.web.api.common_answers import fed_json

MOST_NAMES = 1000
FEW_CLASSES, MOST_PAIRS = 30, 100


def exploration_json(exploration: Exploration) -> dict:
    """How far it is, its facts, and what it can be asked."""
    dataset, columns = exploration.dataset, exploration.columns
    labels = dataset.class_names
    return {
        "id": exploration.id,
        "dataset": {
            "id": dataset.id,
            "name": dataset.name,
            "n": len(dataset),
            "labels": list(labels) if labels else None,
        },
        "models": [_model(exploration, model) for model in exploration.models],
        "job": exploration.job.as_json(),
        "scored": len(exploration.table_of_scores.rows()),
        "version": exploration.version,
        "problems": exploration.table_of_scores.n_problems(),
        "thumbs": exploration.thumbs.n_done,
        "facts": exploration.facts,
        "columns": [_column(column) for column in columns.values()],
        "colours": [
            {"name": column.name, "title": _title(column), "kind": column.kind, "model": column.model}
            for column in columns.values()
            if column.kind in ("class", "flag", "number") and column.name != "index"
        ],
        "maps": [map_json(made) for made in exploration.maps.all()],
        "tags": exploration.tags.counts(),
    }


def _model(exploration: Exploration, model: Model) -> dict:
    facts = exploration.facts
    why = next((one["why"] for one in facts["models"] if one["id"] == model.id), "") if facts else ""
    return {
        "id": model.id,
        "name": model.name,
        "layer": exploration.layers[model.id],
        **fed_json(model),
        "by_hand": by_hand(model, exploration.dataset),
        "layers": [layer.name for layer in measurable_layers(model)],
        "classes": list(naming_of(model, exploration.dataset).names)[:MOST_NAMES],
        "has_labels": not why,
        "why_no_labels": why,
    }


def _title(column: Column) -> str:
    return column.title.capitalize()


def _column(column: Column) -> dict:
    return {
        "name": column.name,
        "title": column.title,
        "kind": column.kind,
        "model": column.model,
        "values": list(column.names[:MOST_NAMES]) if column.kind in ("class", "tags") else [],
    }


def map_json(made: PlacedMap) -> dict:
    """A map without its points."""
    size = f"{SIDE}×{SIDE}×3" if made.space.of == PIXELS else f"{made.space.dimensions:,} values"
    trust = made.trust_mean
    others = len(made.places) - 1 > NEIGHBOURS  # else each is among the nearest of each
    return {
        "id": made.id,
        "of": made.wish.of,
        "method": made.wish.method,
        "perplexity": made.wish.perplexity,
        "neighbours": made.wish.neighbours,
        "seed": made.wish.seed,
        "title": made.space.title,
        "sub": f"{size} · {TITLES[made.wish.method]}",
        "layer": made.space.layer,
        "dimensions": made.space.dimensions,
        "job": made.job.as_json(),
        "version": made.version,
        "placed": made.placed,
        "landmarks": made.landmarks,
        "n": len(made.places),
        "words": made.words,
        "state": made.state,
        "trust": trust,
        "trust_words": "" if trust is None or not others else f"{10 * trust:.1f} of 10 nearest stay near",
        "problem": problem_of(made),
    }


def column_bytes(column: Column) -> bytes:
    """(n,) values, little-endian: float32, int32 codes or int8 flags."""
    kind = {"number": "<f4", "class": "<i4", "flag": "i1", "tags": "<u8", "text": "<i4"}[column.kind]
    return np.ascontiguousarray(column.values(), kind).tobytes()


def row_json(exploration: Exploration, row: int, cells: dict) -> dict:
    """One row of the table."""
    ref = exploration.ref(row)
    found = {"row": row, "index": exploration.index_of(row), "name": ref.name, "label": ref.label}
    return found | {"tags": exploration.tags.of(row), "cells": cells}


def rows_json(exploration: Exploration, rows: np.ndarray) -> list[dict]:
    """Some rows of the table."""
    cells = exploration.table.cells(rows)
    return [row_json(exploration, int(row), some) for row, some in zip(rows, cells, strict=True)]


def image_json(exploration: Exploration, row: int) -> dict:
    """One image and what all models say."""
    numbers, at = exploration.numbers, np.array([row])
    cells = exploration.table.cells(at)[0]
    models = []
    for position, (model, names) in enumerate(zip(exploration.models, numbers.class_names, strict=True)):
        letter, top = letter_of(position), exploration.table_of_scores.top(model.id, at)[0]
        listed = [{"name": names[c], "probability": p} for c, p in zip(top.classes, top.probabilities, strict=True)]
        said = {word: cells.get(f"{letter}.{word}") for word in ("prediction", "right", "loss", "confidence")}
        if not model.facts.outputs.exclusive:
            said["prediction"] = ", ".join(one["name"] for one in listed if one["probability"] > 0.5) or "no class"
        models.append({"id": model.id, "letter": letter, **said, "top": listed})
    return row_json(exploration, row, cells) | {"models": models}


def selection_json(exploration: Exploration, mask: np.ndarray) -> dict:
    """What a selection holds."""
    numbers, names = exploration.numbers, exploration.dataset.class_names or ()
    count = (
        np.bincount(numbers.labels[mask & (numbers.labels >= 0)], minlength=len(names)) if names else np.zeros(0, int)
    )
    n = int(mask.sum())
    best = np.argsort(-count, kind="stable")[:5]
    models = []
    for position, model in enumerate(exploration.models):
        flag = exploration.columns.get(f"{letter_of(position)}.right")
        models.append({"id": model.id, "wrong": None if flag is None else int((flag.values()[mask] == 0).sum())})
    labels = [{"name": names[k], "n": int(count[k]), "share": count[k] / max(n, 1)} for k in best if count[k]]
    return {"n": n, "labels": labels, "models": models}


def confusion_json(exploration: Exploration, rows: str, columns: str, similar: bool, most: int) -> dict:
    """A confusion matrix; above FEW_CLASSES only the classes of its most confused pairs."""
    numbers = exploration.numbers
    found = confused(numbers, rows, columns)
    of_rows, of_columns = side_of(numbers, rows), side_of(numbers, columns)
    same = exploration.same_classes(rows, columns)
    judged = of_known(found, same, "rows" if rows == LABEL else "columns" if columns == LABEL else "")
    pairs = most_confused(judged, same, MOST_PAIRS)
    row_codes, column_codes = _classes(found.rows, found.columns, same, pairs[:most])
    row_codes, column_codes = _ordered(found, row_codes, column_codes, same, similar)
    counts = found.dense(row_codes, column_codes)
    is_label = LABEL in (rows, columns)
    shown = np.asarray(counts).sum()
    told = [_pair(of_rows.names, of_columns.names, pair) for pair in pairs]
    return {
        "rows": {"title": of_rows.title, "names": [of_rows.names[c] for c in row_codes]},
        "columns": {"title": of_columns.title, "names": [of_columns.names[c] for c in column_codes]},
        "counts": counts.tolist(),
        "same": [[int(c) in same.get(int(r), ()) for c in column_codes] for r in row_codes],
        "right": shares_right(judged, same, row_codes.tolist()) if is_label else [None] * len(row_codes),
        "total": int(found.counts.sum()),
        "classes": max(len(of_rows.names), len(of_columns.names)),
        "shown": len(row_codes),
        "pairs": told,
        "rest": int(found.counts.sum() - shown),
        "unlabelled": found.unknown,
    }


def _pair(rows: tuple[str, ...], columns: tuple[str, ...], pair: Pair) -> dict:
    return {"row": rows[pair.row], "column": columns[pair.column], "n": pair.n}


def _classes(rows: np.ndarray, columns: np.ndarray, same: Same, pairs: list[Pair]) -> tuple[np.ndarray, np.ndarray]:
    """Codes of the rows and columns that are shown."""
    back = defaultdict(set)
    for row, those in same.items():
        for column in those:
            back[column].add(row)
    present = set(rows.tolist()).union(*(back[c] for c in columns.tolist() if c in back))
    if len(present) > FEW_CLASSES:
        present = {pair.row for pair in pairs}.union(*(back[pair.column] for pair in pairs if pair.column in back))
    wanted = {column for row in present for column in same.get(row, ())}
    lone = {pair.column for pair in pairs} if len(present) <= FEW_CLASSES else set()
    chosen = wanted | {c for c in set(columns.tolist()) | lone if c not in back and (len(wanted) < FEW_CLASSES)}
    return np.array(sorted(present), int), np.array(sorted(chosen), int)


def _ordered(found, rows: np.ndarray, columns: np.ndarray, same: Same, similar: bool) -> tuple[np.ndarray, np.ndarray]:
    """Rows in their order, each column below its row's place; others behind."""
    if similar:
        own, place = np.unique([(*same.get(int(row), ()), -1)[0] for row in rows], return_inverse=True)
        rows = rows[similar_together(found.dense(rows, own)[:, place])]
    there = set(columns.tolist())
    first = dict.fromkeys(column for row in rows for column in same.get(int(row), ()) if column in there)
    rest = [column for column in columns.tolist() if column not in first]
    return rows, np.array([*first, *rest], int)


def similar_json(exploration: Exploration, found: Similar, query: dict) -> dict:
    """Neighbours of an image."""
    label = query.get("label")
    rows = []
    for row, distance, wave in zip(found.rows.tolist(), found.distances.tolist(), found.waves, strict=True):
        ref = exploration.ref(row)
        same = None if label is None or ref.label is None else ref.label == label
        known = {"row": row, "index": exploration.index_of(row), "name": ref.name, "label": ref.label}
        rows.append(known | {"distance": distance, "wave": wave, "same_label": same})
    return {
        "query": {"row": None, "index": None, "label": None, **query, "wave": found.wave},
        "neighbours": rows,
        "dimensions": found.dimensions,
        "of": found.space.of,
        "layer": found.space.layer,
        "title": found.space.title,
    }
