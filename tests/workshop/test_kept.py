"""A run in the workspace: read as it was written, and as if it were not there when its files are damaged."""

import json
import pickle
import zipfile
from itertools import pairwise

import numpy as np
import pytest

from innv_gui.errors import Conflict, NotFound
from innv_gui.session.workshop.request import check_shapes
from innv_gui.session.workshop.run import ShapesRun
from innv_gui.session.workshop.runs import Runs
from innv_gui.session.workshop.trial import FilmFacts
from innv_gui.store.array_files import read_arrays, write_arrays
from innv_gui.workshop.recipe import TrainState

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 255, (3, 28, 28), np.uint8)


def trained(runs, title=None, **wishes):
    """A run as it is after training, with made-up numbers."""
    marks = np.zeros((28, 28), int)
    marks[0, 0] = -1
    request = check_shapes(["box", ("cats", PICTURES)], read=None, marks={"box": marks}, epochs=2, **wishes)
    run = runs.add(request, title)
    for k, trial in enumerate(run.trials):
        weights = tuple(RNG.random((3, 2), np.float32) for _ in range(2))
        trial.begin(TrainState(weights, weights + weights, 0, 0.25), np.ones(4))
        trial.go_on(TrainState(weights, weights + weights, 2, 0.25), RNG.random((2, 4)))
        frames = tuple(RNG.random((n, 28, 28), np.float32) for n in (3, 5))
        films = [
            FilmFacts(name, np.ones(len(one), np.float32), "flat", 0.5, {}, False)
            for name, one in zip(run.names, frames, strict=True)
        ]
        trial.show(tuple(films), frames, {"replaced_accuracy": 0.5, "undecided": False})
        run.settle(k)
    run.ended = "done"
    run.keep()
    return run


@pytest.fixture
def runs(tmp_path):
    return Runs(tmp_path, None)


def again(tmp_path):
    """As after a restart."""
    return Runs(tmp_path, None).all()


def test_a_run_is_the_same_after_a_restart(runs, tmp_path):
    run = trained(runs, "Cats", seeds=2)
    (found,) = again(tmp_path)
    assert (found.id, found.name, found.status, found.created) == (run.id, "Cats", "done", run.created)
    assert found.request.asked == run.request.asked and found.request.key == run.request.key
    np.testing.assert_array_equal(found.request.recipe.classes[1].pixels, PICTURES)
    for k, (one, other) in enumerate(zip(found.trials, run.trials, strict=True)):
        assert (one.seed, one.way, one.films_epoch, one.measured) == (other.seed, other.way, 2, other.measured)
        np.testing.assert_array_equal(one.rows, other.rows)
        assert [film.name for film in one.films] == ["box", "cats"] and one.state is one.frames is None
        state = found.state(k)
        assert state.epoch == 2 and state.scale == 0.25 and len(state.slots) == 4
        np.testing.assert_array_equal(state.weights[1], run.state(k).weights[1])
        assert [len(frames) for frames in found.frames(k)] == [3, 5]


def test_a_run_that_was_being_trained_is_like_a_cancelled_one(runs, tmp_path):
    run = trained(runs)
    run.request, run.ended = run.request.longer(4), "running"
    run.keep()
    (found,) = again(tmp_path)
    assert found.status == "cancelled" and found.trials[0].epoch == 2 and len(found.frames()) == 2


def test_an_earlier_version_of_a_file_stays_when_a_write_fails(runs, tmp_path, monkeypatch):
    run = trained(runs)
    monkeypatch.setattr("innv_gui.store.files.os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    run.trials[0].rows = run.trials[0].rows * 0
    with pytest.raises(Exception, match="the disk is full"):
        run.folder.write_trial(0, run.trials[0])
    monkeypatch.undo()
    assert again(tmp_path)[0].trials[0].rows.any() and not list(tmp_path.glob("*/.new-*"))


def changed(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))


class Evil:
    def __reduce__(self):
        return (pytest.fail, ("was unpickled",))


def pickled(path):
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("rows.npy", pickle.dumps(Evil()))
        with made.open("facts.npy", "w") as file:
            np.lib.format.write_array(file, np.array([Evil()], object), allow_pickle=True)


def packed(path):
    np.savez_compressed(path, rows=np.zeros((3, 4)))


def swollen(path):
    """Says that it is larger than it is."""
    with zipfile.ZipFile(path, "w") as made, made.open("rows.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 4)})


DAMAGE = {
    "a record that is cut": lambda folder: (folder / "run.json").write_bytes((folder / "run.json").read_bytes()[:90]),
    "a record with another digit": lambda folder: changed(folder / "run.json", b'"epochs": 2', b'"epochs": 3'),
    "a record of nothing": lambda folder: (folder / "run.json").write_text("{}"),
    "a record of another kind": lambda folder: (folder / "run.json").write_text('{"asked": 3}'),
    "no record": lambda folder: (folder / "run.json").unlink(),
    "pictures that are cut": lambda folder: (folder / "pictures.npz").write_bytes(b"PK"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_run_whose_record_is_damaged_is_not_listed_and_harms_no_other(runs, tmp_path, what):
    bad, good = trained(runs), trained(runs)
    DAMAGE[what](tmp_path / bad.id)
    assert [run.id for run in again(tmp_path)] == [good.id]


@pytest.mark.parametrize("key", ["asked", "name", "created", "status", "sha256", "pinned", "version"])
@pytest.mark.parametrize("value", [None, 3, [], {}, "x" * 1000, float("nan")])
def test_a_record_of_other_kinds_is_no_run(runs, tmp_path, key, value):
    run = trained(runs)
    path = tmp_path / run.id / "run.json"
    record = json.loads(path.read_text())["record"]
    path.write_text(json.dumps(record | {key: value}))  # as of an earlier version, without a checksum
    assert again(tmp_path) == [] or (key, value) == ("sha256", "x" * 1000)


@pytest.mark.parametrize(
    "write", [pickled, packed, swollen, lambda path: path.write_bytes(b""), lambda path: path.unlink()]
)
def test_a_network_whose_file_is_damaged_is_as_if_it_had_not_begun(runs, tmp_path, write):
    run = trained(runs)
    write(tmp_path / run.id / "trial-1.npz")
    (found,) = again(tmp_path)
    assert found.status == "cancelled" and [trial.epoch for trial in found.trials] == [2, 0]
    assert not found.trials[1].begun and found.trials[1].films == ()
    with pytest.raises(Conflict, match="no weights yet"):
        found.state(1)
    with pytest.raises(Conflict, match="no pictures yet"):
        found.frames(1)


def test_every_turned_bit_of_a_network_is_noticed(runs, tmp_path):
    run = trained(runs)
    path = tmp_path / run.id / "trial-0.npz"
    content = path.read_bytes()
    expected = read_arrays(path)
    for place in np.random.default_rng(1).integers(0, len(content), 60):
        path.write_bytes(content[:place] + bytes([content[place] ^ 16]) + content[place + 1 :])
        found = read_arrays(path)
        assert (
            found is None
            or set(found) != set(expected)
            or all(np.array_equal(found[name], expected[name]) for name in expected)
        )


def test_arrays_come_back_as_they_were(tmp_path):
    arrays = {"a": np.arange(6.0).reshape(2, 3), "b": np.zeros((0, 4), np.float32), "c": np.array([1, 2], np.uint8)}
    write_arrays(tmp_path / "x.npz", arrays)
    found = read_arrays(tmp_path / "x.npz")
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)
    assert set(read_arrays(tmp_path / "x.npz", lambda name: name == "b")) == {"b"}


def test_runs_are_numbered_and_the_newest_is_first(runs):
    made = [trained(runs), trained(runs), trained(runs, "Mine"), trained(runs)]
    assert [run.name for run in runs.all()] == ["Run 3", "Mine", "Run 2", "Run 1"]
    assert all(a.created <= b.created for a, b in pairwise(made))
    assert runs.same_as(made[3].request, made[3]) is made[0] is runs.same_as(made[0].request)
    assert runs.same_as(made[0].request, made[0]) is None


def test_a_removed_run_can_be_restored_until_the_next_start(runs, tmp_path):
    run, gone = trained(runs), trained(runs)
    for one in (run, gone):
        runs.remove(one.id)
    assert runs.all() == [] == again(tmp_path)[:0]
    with pytest.raises(NotFound):
        runs.get(run.id)


def test_restoring_brings_back_all_of_it(runs):
    run = trained(runs)
    rows = run.trials[0].rows
    runs.remove(run.id)
    found = runs.restore(run.id)
    np.testing.assert_array_equal(found.trials[0].rows, rows)
    assert found.status == "done" and runs.all() == [found]
    for id in (run.id, "w-000000000000", "../..", "removed"):
        with pytest.raises(NotFound):
            runs.restore(id)


def test_folders_that_are_no_runs_are_left_alone(runs, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "w-0123456789ab").write_text("a file")
    assert again(tmp_path) == [] and (tmp_path / "notes").is_dir()


def test_a_run_can_be_shown_in_a_notebook(runs):
    assert "box, cats" in trained(runs)._repr_html_() and isinstance(trained(runs), ShapesRun)


def test_a_removed_run_is_not_written_any_more(runs, tmp_path):
    run = trained(runs)
    runs.remove(run.id)
    run.keep()
    run.folder.write_trial(0, run.trials[0])
    assert not (tmp_path / run.id).exists()
