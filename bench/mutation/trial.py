"""One mutation on a copy of the tree, with the tests that should notice, in a process of its own."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench.mutation.catalogue import Mutation

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("innv_gui", "tests", "docs", "templates", "static", "pyproject.toml", "README.md")


def tried(mutation: Mutation) -> tuple[Mutation, str]:
    """With the name of the first test that fails with the mistake; empty when all pass. In a process of its own."""
    with tempfile.TemporaryDirectory(prefix="innv-gui-mutation-") as folder:
        copy = Path(folder)
        for name in NEEDED:
            source = ROOT / name
            shutil.copytree(source, copy / name) if source.is_dir() else shutil.copy(source, copy / name)
        mutation.apply(copy)
        return mutation, _first_failure(copy, mutation.tests)


class _Watch:
    """What fails first."""

    failed = ""

    def pytest_runtest_logreport(self, report):
        if report.failed and not self.failed:
            self.failed = report.nodeid.split("::")[-1].split("[")[0]

    def pytest_collectreport(self, report):
        if report.failed and not self.failed:
            self.failed = f"{report.nodeid}, which cannot be read"


def _first_failure(copy: Path, tests: tuple[str, ...]) -> str:
    import pytest

    os.chdir(copy)
    sys.path.insert(0, str(copy))
    watch = _Watch()
    options = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={copy}"]
    with contextlib.redirect_stdout(io.StringIO()):
        status = pytest.main([*options, *(str(copy / "tests" / name) for name in tests)], plugins=[watch])
    import innv_gui

    assert str(copy) in innv_gui.__file__, "the copy was not what was tested"
    if not watch.failed and status:
        raise RuntimeError(f"pytest ended with {status!r} and named no test: is one of {tests} missing?")
    return watch.failed
