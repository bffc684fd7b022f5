"""Imports a module of declarations; heavy libraries are refused at its top, because the web process stays light."""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.abc
import importlib.util
import sys
import sysconfig
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from innv_gui.errors import BadInput

HEAVY = ("tensorflow", "keras", "tf_keras", "innvestigate", "torch", "jax")


_LIBRARIES = tuple(
    {str(Path(__file__).parents[1]), *(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))}
)


class HeavyImport(ImportError):
    """A module of declarations wants a library that only a worker may have."""


class _Guard(importlib.abc.MetaPathFinder):
    """Refuses heavy libraries that this thread has not imported before."""

    def __init__(self):
        self._thread = threading.get_ident()

    def find_spec(self, name: str, path=None, target=None):
        """None for all others, which Python then looks for as usual."""
        if name.partition(".")[0] in HEAVY and threading.get_ident() == self._thread:
            raise HeavyImport(name.partition(".")[0])
        return None


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Heavy libraries cannot be imported inside, unless they are there already."""
    guard = _Guard()
    sys.meta_path.insert(0, guard)
    try:
        yield
    finally:
        sys.meta_path.remove(guard)


def module_of_package(name: str) -> ModuleType:
    """The module of that name. Raises BadInput with the reason why there is none."""
    with _told(name), guarded():
        module = importlib.import_module(name)
        _refuse_heavy(Path(module.__file__) if getattr(module, "__file__", None) else None)
        return module


def module_of_file(name: str, path: Path) -> ModuleType:
    """The module of a file, kept under `name` for workers that look for functions in it. Raises BadInput.

    name: `package.module`, where the package is the file's folder: `from ._helper import f` finds what is beside it.
    """
    with _told(path.name, path.parent), guarded():
        if path.exists() and not (path.is_file() or path.is_dir()):  # reading a pipe or a device would not end
            raise BadInput(f"{path.name} is no file, but a pipe, a socket or a device.", "Take it out of the folder.")
        _refuse_heavy(path)
        _make_package(name.rpartition(".")[0], path.parent)
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module


def _make_package(name: str, folder: Path) -> None:
    """Of a folder that has no `__init__.py` and no place on Python's path, so that no two folders meet."""
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
        importlib.invalidate_caches()  # a file of this second might not be listed yet


@contextlib.contextmanager
def _told(name: str, folder: Path | None = None) -> Iterator[None]:
    """folder: of a file, what is beside it."""
    try:
        yield
    except HeavyImport as error:
        raise BadInput(
            f"{name} imports {error} at the top of the file; the web process must not load it.",
            "Import it inside the function that uses it: only a worker calls that.",
        ) from None
    except BadInput:
        raise
    except BaseException as error:
        if is_ours_to_end(error):
            raise
        hint = _dot(error.name, folder) if isinstance(error, ModuleNotFoundError) and error.name and folder else ""
        raise BadInput(f"{name} cannot be imported: {reason_of(error)}.", hint) from None


def _dot(missing: str, folder: Path) -> str:
    """What helps where a file beside it was meant. missing: the module that was not found."""
    wanted = missing.partition(".")[0]
    is_beside = any((folder / place).is_file() for place in (f"{wanted}.py", f"{wanted}/__init__.py"))
    return f"What is beside it is imported with a dot: from .{wanted} import ..." if is_beside else ""


def is_ours_to_end(error: BaseException) -> bool:
    """Whether a person ends the program from its keyboard, which Python reports in the main thread."""
    return isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread()


def reason_of(error: BaseException) -> str:
    """ "NameError: name 'x' is not defined (line 3)", on one line."""
    said = " ".join(_text_of(error).split())[:200].rstrip(".")
    line = error.lineno if isinstance(error, SyntaxError) else _line(error)
    where = f" (line {line})" if line and "line" not in said else ""
    return f"{type(error).__name__}{': ' if said else ''}{said}{where}"


def _text_of(error: BaseException) -> str:
    """Empty for an error that has no text, or whose text fails."""
    try:
        return str(error)
    except Exception:
        return ""


def _line(error: BaseException) -> int | None:
    """In the last frame that is no library's, whose lines say nothing to an author."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith((*_LIBRARIES, "<"))]
    return own[-1].lineno if own else None


def _refuse_heavy(path: Path | None) -> None:
    """By reading, so that it does not depend on what this process has imported already."""
    if path is None or path.suffix != ".py":
        return
    for name in _at_the_top(ast.parse(path.read_bytes(), str(path)).body):
        if name.partition(".")[0] in HEAVY:
            raise HeavyImport(name.partition(".")[0])


def _at_the_top(statements: list[ast.stmt]) -> Iterator[str]:
    """Modules that are imported when the file is, those in functions left out."""
    for statement in statements:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and not statement.level:
            yield statement.module or ""
        elif isinstance(statement, ast.If) and _is_type_checking(statement.test):
            yield from _at_the_top(statement.orelse)
        elif not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            for block in ("body", "orelse", "finalbody"):
                yield from _at_the_top(getattr(statement, block, []))
            for handler in getattr(statement, "handlers", []):
                yield from _at_the_top(handler.body)


def _is_type_checking(test: ast.expr) -> bool:
    return getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING"
