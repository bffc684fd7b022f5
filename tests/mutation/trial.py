"""One mutation on a copy of the tree, with the tests that should notice, in a process of its own."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.mutation.place import Mutation

ROOT = Path(__file__).resolve().parents[2]
IGNORED = shutil.ignore_patterns("__pycache__", "node_modules")
NEEDED = ("innv_gui", "tests", "docs", "templates", "static", "tools", "pyproject.toml", "README.md")


def tried(mutation: Mutation) -> tuple[Mutation, str]:
    """With the name of the first test that fails with the mistake; empty when all pass. In a process of its own."""
    return mutation, first_failure(mutation.tests, mutation.apply)


def first_failure(tests: tuple[str, ...], change: Callable[[Path], None] = lambda copy: None) -> str:
    """The first test that fails in a changed copy of the tree; empty when all pass. In a process of its own."""
    with tempfile.TemporaryDirectory(prefix="innv-gui-mutation-") as folder:
        copy = Path(folder)
        for name in NEEDED:
            source = ROOT / name
            shutil.copytree(source, copy / name, ignore=IGNORED) if source.is_dir() else shutil.copy(
                source, copy / name
            )
        change(copy)
        with _own_tests_forgotten():
            return _run(copy, tests)


def _copy(source: Path, to: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, to, ignore=IGNORED)
    else:
        shutil.copy(source, to)


@contextlib.contextmanager
def _own_tests_forgotten() -> Iterator[None]:
    """This module is of the package `tests`, which has to be read anew from the copy."""
    own = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] == "tests"}
    try:
        yield
    finally:
        sys.modules.update(own)


class _Watch:
    """What fails first."""

    failed = ""

    def pytest_runtest_logreport(self, report):
        if report.failed and not self.failed:
            self.failed = report.nodeid.split("::")[-1].split("[")[0]

    def pytest_collectreport(self, report):
        if report.failed and not self.failed:
            self.failed = f"{report.nodeid}, which cannot be read"


def _run(copy: Path, tests: tuple[str, ...]) -> str:
    import pytest

    os.chdir(copy)
    sys.path.insert(0, str(copy))
    watch = _Watch()
    options = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={copy}"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of what this process has imported before
    with contextlib.redirect_stdout(io.StringIO()):
        status = pytest.main([*options, *(str(copy / "tests" / name) for name in tests)], plugins=[watch])
    import innv_gui

    assert str(copy) in innv_gui.__file__, "the copy was not what was tested"
    if not watch.failed and status:
        raise RuntimeError(f"pytest ended with {status!r} and named no test: is one of {tests} missing?")
    return watch.failed
