"""The declaration of a reason why an image is worth a look: one list of Suggest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.extensions.declared import Declared
from innv_gui.extensions.sources import Origin
from innv_gui.extensions.words import check_name, check_text


@dataclass(frozen=True)
class Reason(Declared):
    """One list: what it is called, why one would look at it, what it needs.

    values: the ground (`session/suggest/ground.py`) -> (n,) over the dataset, NaN for images that are not in the list;
    the largest come first, or the smallest when rising. sentence: (ground, row, value) -> why this image, with its
    numbers; None: title and value. It works on scores that are there, with NumPy, in the web process.
    """

    name: str
    title: str
    summary: str
    values: Callable[[Any], np.ndarray]
    sentence: Callable[[Any, int, float], str] | None = None
    rising: bool = False  # the smallest value first
    models: int = 1  # at least
    labels: bool = False
    all_labels: bool = (
        False  # needs a model that has all labels among its classes; labels that no model has do not count
    )
    similarity: bool = False  # compares images with each other: needs all of them
    one_class: bool = True  # means something only where an image is of exactly one class
    each_model: bool = False  # one list per model, with {letter} and {name} in its words; of one model, of all
    place: int = 100  # among the lists


def accept(reason: Reason, origin: Origin) -> None:
    """Raises BadInput naming what of the declaration is wrong, and what was expected."""
    check_name(reason.name)
    if "." in reason.name:
        raise BadInput(f"{reason.name}: the name of a reason has no dot.")
    check_text(reason.name, "title", reason.title, 60)
    check_text(reason.name, "summary", reason.summary, 300)
    if not callable(reason.values) or not (reason.sentence is None or callable(reason.sentence)):
        raise BadInput(f"{reason.name}: values and sentence must be functions; got {reason.values!r:.80}.")
    if not isinstance(reason.models, int) or not 1 <= reason.models <= 26:
        raise BadInput(f"{reason.name}: models must be a whole number from 1 to 26; got {reason.models!r:.20}.")
