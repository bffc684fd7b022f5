"""The newest of something by id, older ones forgotten."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

from innv_gui.errors import NotFound


class HasId(Protocol):
    """Something with an id."""

    @property
    def id(self) -> str:
        """By which it is asked for."""
        ...


T = TypeVar("T", bound=HasId)


class Recent(Generic[T]):
    """Keeps at most `most` by their `id`. what, hint: for the sentence when one is asked for that is not there."""

    def __init__(self, most: int, what: str, hint: str):
        self._most, self._what, self._hint = most, what, hint
        self._kept: OrderedDict[str, T] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, one: T) -> T:
        """Keep it; the oldest go."""
        with self._lock:
            self._kept[one.id] = one
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return one

    def find(self, id: str) -> T | None:
        """None where there is none of that id."""
        with self._lock:
            return self._kept.get(id)

    def get(self, id: str) -> T:
        """Raises NotFound where there is none of that id."""
        found = self.find(id)
        if found is None:
            raise NotFound(f"There is no {self._what} {id!r:.60}.", self._hint)
        return found

    def newest_first(self) -> list[T]:
        """All that are kept."""
        with self._lock:
            return list(reversed(self._kept.values()))
