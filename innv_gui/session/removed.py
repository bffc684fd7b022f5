"""What was in the session and has been removed, perhaps in another tab: the answer to a request for it names it."""

from __future__ import annotations

from innv_gui.errors import NotFound

MOST = 1000  # names


class Removed:
    """kind: "model" or "dataset". field: of the requests that ask for one."""

    def __init__(self, kind: str, field: str):
        self._kind, self._field = kind, field
        self._names: dict[str, str] = {}

    def note(self, id: str, name: str) -> None:
        """From now on this id is one that was removed."""
        self._names[id] = name
        while len(self._names) > MOST:
            del self._names[next(iter(self._names))]

    def missing(self, id: str) -> NotFound:
        """What to raise where an id is not in the session."""
        name = self._names.get(id)
        if name is None:
            return NotFound(f"There is no {self._kind} {id!r:.60}.", "It may have been removed.", self._field)
        message = f"The {self._kind} {name} is no longer open: it has been removed from the session."
        return NotFound(message, "Open it again, or choose another one.", self._field)
