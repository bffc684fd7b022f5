"""The columns of a table of images: what each holds, and what a query may ask of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

TRUE, FALSE = ("yes", "true", "right", "1"), ("no", "false", "wrong", "0")
_DESCRIBES = {
    "number": ("is a number", "a number, > 0.9, 0..99 or [1, 2]"),
    "class": ("is a class", 'a name, = "a", contains "a" or ["a", "b"]'),
    "flag": ("is yes or no", "yes or no"),
    "text": ("is a text", 'contains "a", = "a" or ["a", "b"]'),
    "tags": ("are tags", 'a tag, contains "a" or ["a", "b"]'),
}


def _no_texts(text: str, exact: bool) -> np.ndarray:
    raise TypeError(f"This column does not hold text; asked for {text!r}.")


@dataclass(frozen=True)
class Column:
    """name: in queries, unique. kind: "number", "class", "flag", "text" or "tags". model: id of the model, or None.

    values: gives (n,) over the dataset: float, NaN without; int codes of `names`, -1 without; int8 1, 0, -1 unknown;
    uint64 bits of `names` for tags; the rank of each text. texts: text columns alone: mask of rows that
    (text, exactly) are that text or contain it.
    """

    name: str
    title: str
    kind: str
    values: Callable[[], np.ndarray] = field(repr=False, compare=False)
    names: tuple[str, ...] = field(default=(), repr=False)
    model: str | None = None
    texts: Callable[[str, bool], np.ndarray] = field(default=_no_texts, repr=False, compare=False)

    @property
    def describes(self) -> str:
        """What it is, for a sentence."""
        return _DESCRIBES[self.kind][0]

    @property
    def example(self) -> str:
        """What can be asked of it, for a sentence."""
        return _DESCRIBES[self.kind][1]

    def has(self, name: str) -> bool:
        """Whether it is exactly one of the names; false for texts."""
        return name in self.names

    @staticmethod
    def truth(word: str) -> float | None:
        """What a word says of a flag; None when it is neither yes nor no."""
        folded = word.casefold()
        return 1.0 if folded in TRUE else 0.0 if folded in FALSE else None
