"""Where a network should and should not look, painted on the training images of a class; checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.session.workshop.classes import Wanted
from innv_gui.workshop.tiles import SIDE

HERE, NOT_HERE = 1, -1


def check_marks(given: Mapping | None, classes: Sequence[Wanted]) -> dict[str, np.ndarray]:
    """Class name -> int8 (28, 28): 1 look here, -1 not here, 0. Classes with nothing painted are left out."""
    if given is not None and not isinstance(given, Mapping):
        raise BadInput(f"Expected marks by class, got {type(given).__name__}.", "", "marks")
    by_word = {word: one.shape.name for one in classes for word in (one.shape.name, one.label)}
    found = {}
    for word, values in (given or {}).items():
        if word not in by_word:
            some = ", ".join(one.label for one in classes)
            raise BadInput(f"Marks name a class {str(word)[:80]!r} that is not chosen.", f"Expected {some}.", "marks")
        marks = _marks(str(word), values)
        if marks.any():
            found[by_word[word]] = marks
    return found


def _marks(word: str, values) -> np.ndarray:
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.zeros(0)
    if array.size != SIDE * SIDE or array.dtype.kind not in "iufb":
        raise BadInput(f"Expected {SIDE} x {SIDE} marks for {word}, got {array.shape} of {array.dtype}.", "", "marks")
    if not np.isin(array, (HERE, 0, NOT_HERE)).all():
        raise BadInput(f"A mark of {word} is not 1, 0 or -1.", "1 is look here, -1 is not here.", "marks")
    marks = array.reshape(SIDE, SIDE).astype(np.int8)
    if (marks == NOT_HERE).all() or (marks == HERE).all():
        raise BadInput(f"All of {word} is painted.", "Leave part of it unpainted.", "marks")
    return marks
