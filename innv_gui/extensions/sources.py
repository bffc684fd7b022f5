"""Where declarations come from: our own modules, entry points of installed packages, files of a folder."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from innv_gui.errors import BadInput
from innv_gui.extensions.opening import module_of_file, module_of_package
from innv_gui.named_path import named_path

_folders: list[Path] = []  # named on the command line or in Python, for this whole process
_changes = 0  # of the folders so far
_opened: dict[tuple[str, str], list[Any] | BadInput] = {}  # (module, hash of its file) -> what the file holds


@dataclass(frozen=True)
class Origin:
    """Where a declaration is from. kind: "built-in", "package" or "file"; name: for people; code: hash of its files."""

    kind: str
    name: str
    code: str = ""

    @property
    def added_by(self) -> str:
        """The package or file of a plug-in; empty for what is built in."""
        return "" if self.kind == "built-in" else self.name


@dataclass(frozen=True)
class Source:
    """Something that holds declarations. entry: `module:attribute` of a package; path: of a file; else our own."""

    origin: Origin
    module: str
    attribute: str = ""
    path: Path | None = None

    def values(self) -> list[Any]:
        """What may be declarations. Raises BadInput with the reason why it cannot be read."""
        if self.path is not None:
            return _values_of_file(self)
        module = module_of_package(self.module)
        if not self.attribute:
            return _objects(vars(module))
        value = module
        for name in self.attribute.split("."):
            if not hasattr(value, name):
                raise BadInput(f"{self.module} has no {self.attribute}.", "Correct its entry point.")
            value = getattr(value, name)
        return list(value) if isinstance(value, tuple | list) else [value]


def _values_of_file(source: Source) -> list[Any]:
    """A file is run once, whatever it declares, and once again when it has changed."""
    key = (source.module, source.origin.code)
    if key not in _opened:
        try:
            _opened[key] = _objects(vars(module_of_file(source.module, source.path)))
        except BadInput as error:
            _opened[key] = error
    if isinstance(_opened[key], BadInput):
        raise _opened[key]
    return _opened[key]


def _objects(names: dict[str, Any]) -> list[Any]:
    """Each object once, in the order of the file; those in tuples as well."""
    flat: dict[int, Any] = {}
    for value in names.values():
        for one in value if isinstance(value, tuple | list) else (value,):
            flat.setdefault(id(one), one)
    return list(flat.values())


def add_folder(folder: str | Path) -> Path:
    """Read the plug-ins of this folder from now on, a file each. Raises BadInput where there is no such folder."""
    path = named_path(folder, "plugins")
    if not path.is_dir():
        kind = "a file" if path.exists() else "not there"
        raise BadInput(
            f"Expected a folder of plug-ins, but {str(folder)!r} is {kind}.", "Name the folder they are in.", "plugins"
        )
    path = path.resolve()
    if path not in _folders:
        _folders.append(path)
        _count_change()
    return path


def folders() -> tuple[Path, ...]:
    """The folders that were named."""
    return tuple(_folders)


def n_changes() -> int:
    """How often the folders have changed: what was read before is old."""
    return _changes


def _count_change() -> None:
    global _changes
    _changes += 1


def forget_folders() -> None:
    """As if none had been named; for tests."""
    _folders.clear()
    _opened.clear()
    _count_change()


def built_in(package: str) -> list[Source]:
    """The modules of a package of ours, by name."""
    found = importlib.util.find_spec(package)
    modules = sorted(module.name for module in pkgutil.iter_modules(found.submodule_search_locations))
    return [Source(Origin("built-in", package), f"{package}.{module}") for module in modules]


def third_party(group: str) -> Iterator[Source]:
    """Entry points of that group by package and name, then the files of the folders."""
    points = importlib.metadata.entry_points(group=group)
    for point in sorted(points, key=lambda one: (one.dist.name if one.dist else "", one.name)):
        package = f"{point.dist.name} {point.dist.version}" if point.dist else point.name
        yield Source(Origin("package", package, _package_hash(point.module)), point.module, point.attr or "")
    for folder in _folders:
        helpers = _helpers_hash(folder)
        for path in sorted(folder.glob("*.py")):
            if not path.name.startswith(("_", ".")):
                yield _of_file(path, helpers)


def _of_file(path: Path, helpers: str) -> Source:
    """helpers: hash of what may serve it, which is imported again when it has changed."""
    code = hashlib.sha256(helpers.encode() + _content(path)).hexdigest()
    place = hashlib.sha256(os.fsencode(path)).hexdigest()[:8]
    stem = "".join(letter if letter.isalnum() else "_" for letter in path.stem)
    package = hashlib.sha256(os.fsencode(path.parent) + helpers.encode()).hexdigest()[:8]
    return Source(Origin("file", path.name, code), f"innv_gui_plugins_{package}.{stem}_{place}", path=path)


def _helpers_hash(folder: Path) -> str:
    """Of what is no plug-in but may serve one: files whose names begin with `_`, and packages; empty without any."""
    packages = sorted(path.parent for path in folder.glob("[!.]*/__init__.py"))
    files = sorted(folder.glob("_*.py")) + [file for package in packages for file in sorted(package.rglob("*.py"))]
    return _hash_of(folder, files) if files else ""


def _hash_of(folder: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        place = os.fsencode(file.relative_to(folder))
        digest.update(place + b"\0" + _content(file) + b"\0")
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    """Nothing of what is no file or cannot be read; whoever imports it says why. Reading a pipe would not end."""
    try:
        return path.read_bytes() if path.is_file() else b""
    except OSError:
        return b""


def _package_hash(module: str) -> str:
    """Of all Python files of the package that a module is in; empty where they are not files."""
    try:
        found = importlib.util.find_spec(module.partition(".")[0])
    except (ImportError, ValueError):
        return ""
    if found is None or not (found.submodule_search_locations or found.has_location):
        return ""
    places = [Path(place) for place in found.submodule_search_locations or ()]
    files = [file for place in places for file in sorted(place.rglob("*.py"))] or [Path(found.origin)]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + _content(file) + b"\0")
    return digest.hexdigest()
