"""Whether pictures of a run are still those that it explained: by the SHA-256 of their files, not by their names."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from innv_gui.datasets import GONE, content_hashes, is_address, state
from innv_gui.errors import Conflict
from innv_gui.records import ImageRef, Problem

DIGITS = 16  # of a SHA-256
KNOWN = 100_000  # files whose content is known as long as their state is the same
MOST = 1000  # images of a run: of more, nothing is noted
MOST_BYTES = 256 << 20  # of all files of a run together: what is beyond is not read

BEFORE = "is another picture than when this run was made. It is explained as it is now."
SINCE = "was replaced after it was explained. The heatmap is of the earlier picture."
MISSING = "is no longer there. The heatmap is of the picture that was."


@dataclass(frozen=True)
class Replaced(Problem):
    """An image whose file holds another picture. stale: its heatmap is of the earlier one."""

    stale: bool = True


class Contents:
    """What was noted of a run's image files when it was made and when its maps were computed.

    Of rows in a file of arrays and of images at an address nothing is: they would have to be read as images are.
    """

    def __init__(self):
        self._known: dict[ImageRef, tuple[tuple[int, ...], str]] = {}  # state of the file, first digits of the SHA-256
        self._before: list[ImageRef] = []

    def note(self, refs: Sequence[ImageRef], first: Sequence[str] = ()) -> list[str]:
        """Once the maps are there: the first digits of each SHA-256, empty for one that is not noted.

        first: those of when a run that is opened again was made.
        """
        files = [ref for ref in refs if ref.index is None and not is_address(ref.path)] if len(refs) <= MOST else []
        self._known = _noted(files)
        explained = [self._known[ref][1] if ref in self._known else "" for ref in refs]
        pairs = zip(refs, first, explained, strict=False)
        self._before = [ref for ref, was, now in pairs if was and now and was != now]
        return explained if self._known else []

    def replaced(self) -> list[Replaced]:
        """Images that are others than when the run was made, or than when they were explained, in the run's order."""
        reasons = dict.fromkeys(self._before, BEFORE) | self._since(self._known)
        return [Replaced(ref.name, reasons[ref], reasons[ref] != BEFORE) for ref in self._known if ref in reasons]

    def why_not_shown(self, ref: ImageRef | None) -> str:
        """Why a heatmap would be drawn over another picture than its own; empty where it would not."""
        reasons = self._since([ref] if ref in self._known else [])
        return f"{ref.name} {reasons[ref]}" if ref in reasons else ""

    def check(self, ref: ImageRef | None) -> None:
        """Raises Conflict where a heatmap would be drawn over another picture than its own."""
        reason = self.why_not_shown(ref)
        if reason:
            raise Conflict(reason, "Explain it again.", field="images")

    def _since(self, refs: Iterable[ImageRef]) -> dict[ImageRef, str]:
        """Why not, of those that are others now. A file written again with the same content is the same picture."""
        now = {ref: state(ref) for ref in refs}
        gone = [ref for ref, found in now.items() if found == GONE]
        other = [ref for ref, found in now.items() if found not in (GONE, self._known[ref][0])]
        changed = [ref for ref in other if _digits(ref, now[ref]) != self._known[ref][1]]
        return dict.fromkeys(gone, MISSING) | dict.fromkeys(changed, SINCE)


def _noted(refs: Sequence[ImageRef]) -> dict[ImageRef, tuple[tuple[int, ...], str]]:
    """State and content of the files that are there, as far as they are not too many bytes."""
    states = {ref: state(ref) for ref in refs}
    sums = itertools.accumulate(found[0] for found in states.values())
    read = [ref for ref, so_far in zip(states, sums, strict=True) if states[ref] != GONE and so_far <= MOST_BYTES]
    return {ref: (states[ref], digits) for ref in read if (digits := _digits(ref, states[ref]))}


def _digits(ref: ImageRef, state: tuple[int, ...]) -> str:
    return content_of(ref.path, state)[:DIGITS]


@lru_cache(KNOWN)
def content_of(path: str, state: tuple[int, ...]) -> str:
    """SHA-256 of an image file in this state, read once; empty for one that cannot be read."""
    (found,) = content_hashes([ImageRef("", path)])
    return found
