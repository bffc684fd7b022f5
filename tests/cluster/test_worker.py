"""What a worker imports while it starts."""

import sys
from types import SimpleNamespace

import pytest

from innv_gui.cluster import worker
from innv_gui.cluster.ending import ASKED_TO_END, LOST_SCHEDULER, Ending
from innv_gui.cluster.tasks import SPARED
from innv_gui.commands.worker import _tell_endings

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


def test_a_worker_elsewhere_says_on_its_terminal_how_a_process_ended(capsys):
    processes, told = {"images": SimpleNamespace(ending=None), "keras": SimpleNamespace(ending=None)}, {}
    endings = (None, Ending(6), Ending(-9, True, connected=True))
    endings += (Ending(ASKED_TO_END, connected=True), Ending(3, connected=True), Ending(LOST_SCHEDULER, connected=True))
    for ending in endings:
        processes["keras"].ending = ending
        for _ in range(2):
            _tell_endings(processes, told)
    assert capsys.readouterr().err.splitlines() == [
        "The keras worker ended (the system killed it because memory ran out). It is started again.",
        "The keras worker ended (exit code 3). It is started again.",
        "The keras worker has lost the scheduler and looks for it again.",
    ]
