"""Which tests need neither TensorFlow nor a browser nor a process of their own: read from the code, not from a list."""

from __future__ import annotations

import ast
import inspect
import multiprocessing
import subprocess
import types
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from innv_gui import Session
from innv_gui.cli import main
from innv_gui.cluster.pool import Pool
from innv_gui.cluster.process import WorkerProcess

ROOT = Path(__file__).resolve().parents[1]
HEAVY = frozenset("tensorflow tf_keras keras innvestigate playwright axe_playwright_python".split())
OURS = ("innv_gui", "tests")
# What starts processes, or may: a session starts its workers when it is first asked for something.
STARTERS = (Session, Pool, WorkerProcess, main, subprocess, multiprocessing)
LATE_IMPORTS = frozenset({"importorskip", "import_module", "run_path", "spec_from_file_location"})


@cache
def needs_heavy(path: Path) -> bool:
    """Whether a module imports TensorFlow, Keras or a browser: itself, or by a module of ours that it imports.

    A test file counts with all its imports, a module of the product with those that run when it is imported.
    """
    return bool(HEAVY & {name.split(".")[0] for one in _reached(path) for name in _imported(one)})


def _reached(path: Path) -> set[Path]:
    """The file and every file of ours that is imported with it."""
    reached, waiting = set(), [path]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += _imported_files(one)
    return reached


@cache
def _imported_files(path: Path) -> frozenset[Path]:
    return frozenset(file for name in _imported(path) for file in _files(name))


@cache
def _imported(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    nodes = ast.walk(tree) if ROOT / "tests" in path.parents else _run_at_import(tree)
    return frozenset(name for node in nodes for name in _names(node))


def _run_at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes outside of functions and of imports for types alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
            yield from _run_at_import(node)


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


@cache
def _files(name: str) -> list[Path]:
    """Where the module `name` and the packages around it stand, if they are ours."""
    parts = name.split(".")
    if parts[0] not in OURS:
        return []
    places = [ROOT.joinpath(*parts[: length + 1]) for length in range(len(parts))]
    return [file for place in places for file in (place / "__init__.py", place.with_suffix(".py")) if file.exists()]


def may_start_processes(item) -> bool:
    """Whether a test, or a fixture that it uses, names what starts processes or imports late, itself or by helpers."""
    fixtures = [one.func for named in item._fixtureinfo.name2fixturedefs.values() for one in named]
    return any(_reaches_starter(one) for one in [item.function, *fixtures])


def _reaches_starter(function: Callable) -> bool:
    seen, waiting = set(), [function]
    while waiting:
        one = waiting.pop()
        if any(one is starter for starter in STARTERS) or getattr(one, "__module__", None) == "subprocess":
            return True
        if LATE_IMPORTS & _all_names_of(one):
            return True
        if id(one) not in seen and str(getattr(one, "__module__", "")).startswith("tests"):
            seen.add(id(one))
            waiting += _used(one)
    return False


def _used(one) -> list:
    """The globals that a function, or the methods of a class, name."""
    if inspect.isclass(one):
        return [method for method in vars(one).values() if callable(method)]
    function = _plain(one)
    return [function.__globals__[name] for name in _all_names_of(one) if name in function.__globals__]


def _all_names_of(one) -> frozenset[str]:
    function = _plain(one)
    return frozenset(_all_names(function.__code__)) if isinstance(function, types.FunctionType) else frozenset()


def _plain(one):
    one = inspect.unwrap(one) if callable(one) else one
    return getattr(one, "__func__", one)


def _all_names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _all_names(inner)
