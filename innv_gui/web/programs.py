"""A page's program as one file: its module and all that it imports, so that a browser asks once and not 100 times.

There is no build step: the file is put together when it is first asked for. Each module becomes a function that is
called in the order in which a browser would evaluate them, and returns what the module exports.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cache

from innv_gui.folders import folder

_IMPORT = re.compile(r'^import (?:\* as (\w+)|\{([^}]*)\}) from "(\.[\w./-]+\.js)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (const|class|function|async function) ([\w$]+|\{[^}]*\})", re.MULTILINE)
_LIST = re.compile(r"^export \{([^}]*)\};$", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_CALLED = re.compile(r"(\S+) as (\S+)")


def is_program(name: str) -> bool:
    """Whether a file below static is what a page starts with: a page.js that exports nothing."""
    return name in _programs()


@cache
def _programs() -> frozenset[str]:
    root = folder("static")
    starts = ((path, path.read_text(encoding="utf-8")) for path in (root / "js").rglob("page.js"))
    return frozenset(path.relative_to(root).as_posix() for path, text in starts if not _EXPORT.search(text))


@cache
def program(entry: str, version: str) -> str:
    """The module `entry` (below static/js) with all that it imports. version: of the files, for the cache alone."""
    order = list(imported(entry))
    names = {module: f"$module_{place}" for place, module in enumerate(order)}
    return "".join(_called(module, names) for module in order)


def imported(entry: str) -> Iterator[str]:
    """All modules of a program in the order they are evaluated, `entry` last. Raises ValueError for a circle."""
    done: set[str] = set()

    def walk(module: str, above: tuple[str, ...]) -> Iterator[str]:
        if module in above:
            raise ValueError(f"Modules import each other: {' -> '.join((*above, module))}.")
        if module not in done:
            for found in _IMPORT.finditer(_text(module)):
                yield from walk(_path(module, found[3]), (*above, module))
            done.add(module)
            yield module

    return walk(entry, ())


def _text(module: str) -> str:
    return (folder("static") / "js" / module).read_text(encoding="utf-8")


def _path(module: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(module), name))


def _called(module: str, names: dict[str, str]) -> str:
    """A module as a call. Raises ValueError for a form of import or export that is not one of those above."""
    exported: list[str] = []

    def take(found: re.Match) -> str:
        source = names[_path(module, found[3])]
        bound = found[1] or "{" + _CALLED.sub(r"\1: \2", found[2]).replace("\n", " ") + "}"
        return f"const {bound} = {source};" + "\n" * found[0].count("\n")

    def give(found: re.Match) -> str:
        exported.extend(_listed(found[2]))
        return f"{found[1]} {found[2]}"

    code = _LIST.sub(lambda found: exported.extend(_listed(found[1])) or "", _IMPORT.sub(take, _text(module)))
    code = _EXPORT.sub(give, code)
    if other := _OTHER.search(code):
        raise ValueError(f"{module} has a form that a program cannot hold: {other[0]}")
    return f"// {module}\nconst {names[module]} = (() => {{\n{code}\nreturn {{ {', '.join(exported)} }};\n}})();\n"


def _listed(text: str) -> list[str]:
    """Names in a list in braces, or the one name; of `given: name` the name."""
    return [piece.split(":")[-1].strip() for piece in text.strip("{}").split(",") if piece.strip()]
