"""`python -m bench.mutation [WORD ...]`: every mutation, or those whose file or description holds one of the words."""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
from pathlib import Path

from bench.mutation.catalogue import MUTATIONS, Mutation

ROOT = Path(__file__).resolve().parents[2]
RECORD = ROOT / "docs" / "mutations.json"
NEEDED = ("innv_gui", "tests", "docs", "templates", "static", "pyproject.toml")
AT_ONCE = 2
HEAVY = ["tensorflow", "keras", "hypothesis", "pytest", "_pytest.assertion.rewrite", "h5py", "pydantic"]


def main(words: list[str]) -> int:
    """Exit status 1 when nothing noticed a mutation, or one has lost its place."""
    chosen = [one for one in MUTATIONS if not words or any(word in f"{one.file} {one.what}" for word in words)]
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    start = multiprocessing.get_context("forkserver")
    start.set_forkserver_preload(HEAVY)
    rows = []
    with start.Pool(AT_ONCE, maxtasksperchild=1) as pool:
        for mutation, caught in zip(chosen, pool.imap(caught_by, chosen), strict=True):
            rows.append({"file": Path(mutation.file).name, "mutation": mutation.what, "caught_by": caught})
            print(
                f"{'caught  ' if caught else 'SURVIVED'}  {Path(mutation.file).name}: {mutation.what}  {caught}",
                flush=True,
            )
    if not words:
        RECORD.write_text("[\n" + ",\n".join(f" {json.dumps(row, ensure_ascii=False)}" for row in rows) + "\n]\n")
    survived = sum(not row["caught_by"] for row in rows)
    print(f"{len(rows) - survived} of {len(rows)} caught")
    return 1 if survived else 0


def caught_by(mutation: Mutation) -> str:
    """The name of the first test that fails with the mistake; empty when all pass. In a process of its own."""
    with tempfile.TemporaryDirectory(prefix="innv-gui-mutation-") as folder:
        copy = Path(folder)
        for name in NEEDED:
            source = ROOT / name
            shutil.copytree(source, copy / name) if source.is_dir() else shutil.copy(source, copy / name)
        place = copy / mutation.file
        place.write_text(mutation.applied(place.read_text()))
        return _first_failure(copy, mutation.tests)


class _Watch:
    """What fails first."""

    failed = ""

    def pytest_runtest_logreport(self, report):
        if report.failed and not self.failed:
            self.failed = report.nodeid.split("::")[-1].split("[")[0]

    def pytest_collectreport(self, report):
        if report.failed and not self.failed:
            self.failed = f"{report.nodeid} cannot be read"


def _first_failure(copy: Path, tests: tuple[str, ...]) -> str:
    import pytest

    os.chdir(copy)
    sys.path[:0] = [str(copy), str(copy / "tests")]
    watch = _Watch()
    options = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={copy}"]
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main([*options, *(str(copy / "tests" / name) for name in tests)], plugins=[watch])
    import innv_gui

    assert str(copy) in innv_gui.__file__, "the copy was not what was tested"
    return watch.failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
