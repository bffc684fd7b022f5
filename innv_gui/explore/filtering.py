"""Which rows meet a query: (n,) bool by NumPy; a value that is not known meets nothing but `!=` and `not`."""

from __future__ import annotations

import operator
from collections.abc import Mapping

import numpy as np

from innv_gui.explore.columns import Column
from innv_gui.explore.query import Condition, Joined, Node, Opposite, terms_of, without

_OPERATORS = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def rows_that(node: Node | None, columns: Mapping[str, Column], n: int) -> np.ndarray:
    """(n,) bool: the rows that meet a query; all for none."""
    match node:
        case None:
            return np.ones(n, bool)
        case Condition():
            return _met(node, columns[node.column])
        case Opposite():
            return ~rows_that(node.part, columns, n)
        case Joined():
            parts = [rows_that(part, columns, n) for part in node.parts]
            return np.logical_and.reduce(parts) if node.word == "and" else np.logical_or.reduce(parts)


def _met(condition: Condition, column: Column) -> np.ndarray:
    if column.kind == "text":
        return _met_by_text(condition, column)
    if column.kind == "tags":
        return _met_by_tags(condition, column)
    if column.kind == "class":
        found = np.isin(column.values(), _codes(condition, column))
        return ~found if condition.op == "!=" else found
    found = _met_by_number(condition, column.values())
    if column.kind == "flag" and condition.op in ("<", "<="):  # not known is -1
        found &= column.values() >= 0
    return found


def _met_by_number(condition: Condition, values: np.ndarray) -> np.ndarray:
    value = condition.value
    if condition.op == "is":
        return values == 1
    if condition.op == "in":
        return np.isin(values, np.asarray(value, values.dtype if values.dtype.kind == "f" else float))
    if condition.op == "between":
        low, high = value
        return (values >= low) & (values <= high)
    return _OPERATORS[condition.op](values, value)


def _codes(condition: Condition, column: Column) -> list[int]:
    return [code for code, name in enumerate(column.names) if _is_meant(name, condition)]


def _is_meant(name: str, condition: Condition) -> bool:
    if condition.op == "in":
        return name in condition.value
    if condition.op == "contains":
        return str(condition.value).casefold() in name.casefold()
    return name == condition.value


def _met_by_tags(condition: Condition, column: Column) -> np.ndarray:
    bits = np.uint64(sum(1 << code for code in _codes(condition, column)))
    found = (column.values() & bits) != 0
    return ~found if condition.op == "!=" else found


def _met_by_text(condition: Condition, column: Column) -> np.ndarray:
    if condition.op == "in":
        return np.logical_or.reduce([column.texts(str(one), True) for one in condition.value])
    found = column.texts(str(condition.value), condition.op != "contains")
    return ~found if condition.op == "!=" else found


def left_without(node: Node | None, columns: Mapping[str, Column], rows: np.ndarray) -> list[int]:
    """For each term, how many of `rows` (n,) bool meet all others: what leaving it out would give."""
    n = len(rows)
    return [
        int(np.count_nonzero(rows_that(without(node, place), columns, n) & rows))
        for place in range(len(terms_of(node)))
    ]
