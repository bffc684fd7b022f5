"""The notebook in docs/: its cells run from the first to the last, and show what is stored in it."""

import json
import re
import runpy
from pathlib import Path

import pytest

import innv_gui

ROOT = Path(__file__).parents[2]


class Shared:
    """The session of all tests in the place of one of its own, which would take its time to start."""

    def __init__(self, session):
        self._session, self.added = session, []

    def __getattr__(self, name):
        return getattr(self._session, name)

    def add_model(self, *given, **wishes):
        self.added.append(self._session.add_model(*given, **wishes))
        return self.added[-1]

    def add_samples(self, name):
        self.added.append(self._session.add_samples(name))
        return self.added[-1]

    def close(self):
        for one in self.added:
            shelf = self._session.models if isinstance(one, innv_gui.records.Model) else self._session.datasets
            shelf.remove(one.id)


@pytest.fixture(scope="module")
def notebook():
    return json.loads((ROOT / "docs" / "example.ipynb").read_text(encoding="utf-8"))


def forms(outputs):
    return [sorted(output.get("data", {"text": 0})) for output in outputs]


def test_the_notebook_runs_and_shows_what_is_stored(session, notebook, monkeypatch):
    monkeypatch.setattr(innv_gui, "Session", lambda: Shared(session))
    run = runpy.run_path(str(ROOT / "docs" / "run_example.py"))["run"]
    ran = list(run(notebook))
    assert len(ran) > 8
    for cell, outputs in ran:
        assert forms(outputs) == forms(cell["outputs"]), "".join(cell["source"])


def test_the_stored_outputs_are_of_no_machine_and_not_too_large(notebook):
    text = json.dumps(notebook)
    assert not re.search(r'"[^"]*(?<![\w<.])/(home|root|tmp|work|Users)/', text)
    assert len(text) < 1_500_000, "a page that is quick to open"
