"""Rows in the order of a column. Equal ones stay in the order of the dataset, those without a value come last."""

from __future__ import annotations

import numpy as np

from innv_gui.explore.columns import Column


def order_by(column: Column, rows: np.ndarray, falling: bool) -> np.ndarray:
    """rows (k,) ascending -> the same rows in the order of the column's values."""
    keys = _keys(column)[rows]
    unknown = np.isnan(keys) if keys.dtype.kind == "f" else (keys < 0 if keys.dtype.kind == "i" else None)
    known = rows if unknown is None else rows[~unknown]
    keys = keys if unknown is None else keys[~unknown]
    order = np.argsort(_opposite(keys) if falling else keys, kind="stable")
    return known[order] if unknown is None else np.concatenate([known[order], rows[unknown]])


def _opposite(keys: np.ndarray) -> np.ndarray:
    return ~keys if keys.dtype.kind in "ui" else -keys


def _keys(column: Column) -> np.ndarray:
    values = column.values()
    if column.kind == "tags":
        return np.bitwise_count(values).astype(np.int32)
    return values
