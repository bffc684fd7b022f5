"""Filters a person types, one per column: numbers `>n`, `<n`, `>=n`, `<=n`, `a..b` or `a, b, c`; text is contained.

The text is taken apart here and compared by NumPy; it never becomes a query or code.
"""

from __future__ import annotations

import operator
import re

import numpy as np

from innv_gui.errors import BadInput

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_COMPARED = re.compile(rf"(>=|<=|>|<|=)\s*({_NUMBER})")
_BETWEEN = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})")
_OPERATORS = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "=": operator.eq,
}


def numbers_that(values: np.ndarray, condition: str, column: str) -> np.ndarray:
    """(N,) bool: which numbers meet the condition; NaN never does. Raises BadInput (field "where")."""
    text = condition.strip()
    if compared := _COMPARED.fullmatch(text):
        return _OPERATORS[compared[1]](values, float(compared[2]))
    if between := _BETWEEN.fullmatch(text):
        return (values >= float(between[1])) & (values <= float(between[2]))
    listed = [part.strip() for part in text.split(",")]
    if all(re.fullmatch(_NUMBER, part) for part in listed):
        return np.isin(values, [float(part) for part in listed])
    raise BadInput(
        f"The filter {condition[:60]!r} of {column} is not understood.",
        "Expected >n, <n, >=n, <=n, a..b, or comma-separated numbers.",
        "where",
    )


def names_that(codes: np.ndarray, names: tuple[str, ...], condition: str | list[str]) -> np.ndarray:
    """(N,) bool: codes (N,) of names that contain the text (case ignored), or that are in the list. -1 has no name."""
    if isinstance(condition, str):
        wanted = [code for code, name in enumerate(names) if condition.casefold() in name.casefold()]
    else:
        wanted = [code for code, name in enumerate(names) if name in condition]
    return np.isin(codes, wanted)
