"""What a worker imports while it starts."""

import sys

import pytest

from innv_gui.cluster import worker
from innv_gui.cluster.tasks import SPARED

ASKING = "try:\n    import spared_here\nexcept ImportError:\n    spared_here = None\n"


@pytest.fixture
def preloaded(tmp_path, monkeypatch):
    """preloaded(): a module that asks for another one, as a worker of Keras preloads it."""
    (tmp_path / "spared_here.py").touch()
    (tmp_path / "asking_here.py").write_text(ASKING)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(worker, "PRELOADS", {"keras": ("asking_here",)})
    monkeypatch.setattr(worker, "SPARED", {"keras": ("spared_here",)})

    def preloaded():
        worker.preload("keras")
        return sys.modules.pop("asking_here")

    yield preloaded
    sys.modules.pop("spared_here", None)


def test_what_is_spared_is_not_imported_at_the_start_and_can_be_later(preloaded):
    assert preloaded().spared_here is None
    import spared_here

    assert spared_here in sys.modules.values()


def test_what_is_imported_already_stays(preloaded):
    import spared_here

    assert preloaded().spared_here is spared_here is sys.modules["spared_here"]


@pytest.mark.usefixtures("sample_models")
def test_a_worker_of_keras_starts_without_what_keras_only_asks_for(session):
    """By the files that its process has mapped: each of them has some of C."""
    with open(f"/proc/{session.pool.pid('keras')}/maps") as maps:
        mapped = maps.read()
    assert "/tensorflow/" in mapped and not [name for name in SPARED["keras"] if f"/{name}/" in mapped]
