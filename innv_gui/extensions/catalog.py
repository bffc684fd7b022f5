"""Declarations of one kind by name: our own and those of third parties, checked by the same function."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from innv_gui.errors import BadInput, InnvError
from innv_gui.extensions import sources
from innv_gui.extensions.declared import Declared
from innv_gui.extensions.sources import Origin, Source

D = TypeVar("D")


@dataclass(frozen=True)
class Entry(Generic[D]):
    """A declaration and where it is from."""

    declaration: D
    origin: Origin


@dataclass(frozen=True)
class Refused:
    """A plug-in that cannot be used, and why."""

    group: str
    origin: Origin
    name: str  # of the declaration, or of the module where none was reached
    reason: str

    @property
    def described(self) -> str:
        """Its name and where it is from; a file that cannot be read is both."""
        return self.name if self.name == self.origin.name else f"{self.name} of {self.origin.name}"


class Catalog(Generic[D]):
    """What is declared for one group; read when it is first asked for, and again when a folder was added.

    group: of entry points. package: our own modules, one declaration or a tuple of them each. kind: the class of a
    declaration. accept: raises BadInput for one that cannot be used. order: our own, for lists.
    """

    def __init__(
        self,
        group: str,
        package: str,
        kind: type[D],
        accept: Callable[[D, Origin], None],
        order: Callable[[D], Any],
    ):
        self.group, self._package, self._kind = group, package, kind
        self._accept, self._order = accept, order
        self._lock = threading.RLock()
        self._read_at: int | None = None  # count of changes
        self._entries: dict[str, Entry[D]] = {}
        self._refused: list[Refused] = []

    def entries(self) -> dict[str, Entry[D]]:
        """By name; our own first."""
        with self._lock:
            if self._read_at != sources.n_changes():
                self._read()
            return self._entries

    def refused(self) -> tuple[Refused, ...]:
        """What was found and cannot be used."""
        self.entries()
        return tuple(self._refused)

    def why_refused(self, name: Any) -> str:
        """Of one that was found and cannot be used; a file is known by its name, too. Empty for all others."""
        return next((one.reason for one in self.refused() if name in (one.name, one.name.removesuffix(".py"))), "")

    def _read(self) -> None:
        self._read_at = sources.n_changes()  # first: a plug-in may ask for the others while it is read
        self._entries, self._refused = {}, []
        own = [one for source in sources.built_in(self._package) for one in source.values() if self._is_one(one)]
        for declaration in sorted(own, key=self._order):
            self._take(declaration, Origin("built-in", self._package))
        for source in sources.third_party(self.group):
            self._read_source(source)

    def _is_one(self, value: Any) -> bool:
        return isinstance(value, self._kind)

    def _read_source(self, source: Source) -> None:
        try:
            values = source.values()
        except InnvError as error:
            self._refuse(source.origin, source.module if source.path is None else source.path.name, str(error))
            return
        if source.path is not None and not any(isinstance(value, Declared) for value in values):
            self._refuse(source.origin, source.path.name, f"{source.path.name} declares no method, view or reason.")
        ours = {id(entry.declaration) for entry in self._entries.values() if entry.origin.kind == "built-in"}
        self._offer(source, [value for value in values if id(value) not in ours])

    def _offer(self, source: Source, values: Iterable[Any]) -> None:
        for value in values:
            if self._is_one(value):
                self._take(value, source.origin)
            elif source.attribute:
                expected = f"Expected {self._kind.__name__}, got {type(value).__name__}."
                self._refuse(source.origin, source.attribute, expected)

    def _take(self, declaration: D, origin: Origin) -> None:
        name = str(getattr(declaration, "name", ""))[:80]
        try:
            if name in self._entries:
                of = self._entries[name].origin
                taken = "a built-in one has it" if of.kind == "built-in" else f"{of.name} has it"
                raise BadInput(f"The name {name} is taken: {taken}.", "Choose another name.")
            self._accept(declaration, origin)
        except InnvError as error:
            self._refuse(origin, name, str(error))
        else:
            self._entries[name] = Entry(declaration, origin)

    def _refuse(self, origin: Origin, name: str, reason: str) -> None:
        if origin.kind == "built-in":
            raise AssertionError(f"{name}: {reason}")
        self._refused.append(Refused(self.group, origin, name, reason))
