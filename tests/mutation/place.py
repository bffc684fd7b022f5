"""Where a mistake is made: a text in the own lines of a function, whatever else its module holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutation:
    """module: below innv_gui, with dots. name: of a function, method, class or constant there, as `__qualname__` has it
    but without <locals>. tests: files in tests/, the most likely one to notice first.
    """

    module: str
    name: str
    what: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def place(self) -> str:
        """For people: `rules.z`, `cam.explain.explain`."""
        return ".".join([*self.module.split(".")[-2:], self.name])

    @property
    def file(self) -> str:
        """From the root of the tree."""
        return f"innv_gui/{self.module.replace('.', '/')}.py"

    def lost(self, root: Path) -> str:
        """Why it cannot be made in the tree below root; empty when it can."""
        file = root / self.file
        if not file.exists():
            return f"{self.place}: {self.what}: there is no {self.file}."
        found = _sources(file.read_text(), self.name)
        if len(found) != 1:
            return f"{self.place}: {self.what}: {self.file} has {len(found)} of the name {self.name}, expected one."
        count = found[0].count(self.old)
        return "" if count == 1 else f"{self.place}: {self.what}: {self.old!r} is there {count} times, expected once."

    def apply(self, root: Path) -> None:
        """Makes the mistake in the tree below root."""
        file = root / self.file
        text = file.read_text()
        start, stop = _lines(text, self.name)[0]
        lines = text.splitlines(keepends=True)
        changed = "".join(lines[start:stop]).replace(self.old, self.new)
        file.write_text("".join([*lines[:start], changed, *lines[stop:]]))


def _sources(text: str, name: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    return ["".join(lines[start:stop]) for start, stop in _lines(text, name)]


def _lines(text: str, name: str) -> list[tuple[int, int]]:
    """First line and the one behind the last, counted from 0, of whatever has that name."""
    return [(node.lineno - 1, node.end_lineno) for known, node in _named(ast.parse(text).body) if known == name]


def _named(statements: list[ast.stmt], outer: str = "") -> Iterator[tuple[str, ast.stmt]]:
    for one in statements:
        if isinstance(one, ast.FunctionDef | ast.ClassDef):
            yield outer + one.name, one
            yield from _named(one.body, f"{outer}{one.name}.")
        elif isinstance(one, ast.Assign | ast.AnnAssign):
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            yield from ((outer + target.id, one) for target in targets if isinstance(target, ast.Name))
        else:
            for block in ("body", "orelse", "finalbody"):
                yield from _named(getattr(one, block, []), outer)
