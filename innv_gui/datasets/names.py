"""File names as they are shown, sorted and kept: a million of them in one block of bytes."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

_NUMBER = re.compile(r"[0-9]+")
_BETWEEN = "\0"  # the one character no file name holds
_LONGEST_QUOTE = 120


def shown(name: str) -> str:
    r"""A name as text that every page and terminal can encode: bytes that are not UTF-8 become `\xff`."""
    try:
        return os.fsencode(name).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half of a character, which no file name holds, but a text from a program can
        return name.encode("utf-8", "backslashreplace").decode()


def quoted(name: str) -> str:
    """A name inside a sentence: on one line, without control characters, of bounded length."""
    name = shown(name)
    name = name if len(name) <= _LONGEST_QUOTE else f"{name[:80]}…{name[-36:]}"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in name)


def sort_naturally(names: Iterable[str]) -> list[str]:
    """In the order a person expects: "img2" before "img10", case ignored; the exact spelling decides ties."""
    return sorted(sorted(names), key=_natural)


def _natural(name: str) -> str:
    """A text that sorts as the name should. A folder's separator comes first, so that folders stay together."""
    return _NUMBER.sub(_with_length, name.casefold().replace("/", "\1"))


def _with_length(number: re.Match) -> str:
    digits = number[0].lstrip("0")
    return f"{len(digits):03d}{digits}"


def _comparable(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


@dataclass(frozen=True)
class Names:
    """Many names, compactly. joined: their bytes, each followed by a zero byte; ends: (n,) where each one ends."""

    joined: bytes
    ends: np.ndarray

    @classmethod
    def of(cls, names: list[str]) -> Names:
        """Keeps the names in their order."""
        joined = os.fsencode("".join(name + _BETWEEN for name in names))
        return cls(joined, np.flatnonzero(np.frombuffer(joined, np.uint8) == 0))

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, index: int) -> str:
        start = int(self.ends[index - 1]) + 1 if index else 0
        return os.fsdecode(self.joined[start : int(self.ends[index])])

    def listed(self) -> list[str]:
        """All of them, in their order."""
        return os.fsdecode(self.joined).split(_BETWEEN)[:-1]

    def matching(self, text: str) -> np.ndarray:
        """(k,) indices of the names that contain the text; case and the two ways to write an accent are the same."""
        wanted = _comparable(text).encode("utf-8", "surrogatepass")
        content, ends = self._searched
        if not wanted:
            return np.arange(len(ends))
        starts = [match.start() for match in re.finditer(re.escape(wanted), content)] if b"\0" not in wanted else []
        return np.unique(np.searchsorted(ends, np.array(starts, np.int64)))

    @cached_property
    def _searched(self) -> tuple[bytes, np.ndarray]:
        """All names as they are compared, and where each ends: a million of them are made so only once."""
        content = _comparable(self.joined.decode("utf-8", "backslashreplace")).encode()
        return content, np.flatnonzero(np.frombuffer(content, np.uint8) == 0)
