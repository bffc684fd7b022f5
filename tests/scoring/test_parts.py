"""Parts of scores on disk, how a job is cut, and the columns: without a worker."""

import contextlib
import itertools
import math
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import h5py
import numpy as np
import pyarrow.parquet as pq
import pytest

from innv_gui.cluster.turns import Turns
from innv_gui.errors import Cancelled, WorkFailed
from innv_gui.session.scoring.columns import columns_of
from innv_gui.session.scoring.plan import BATCH, Cutter, Stretch, groups, stretches
from innv_gui.store import files
from innv_gui.store.part_files import PartFiles
from innv_gui.store.score_parts import read_about, rows_a_part
from tests.scoring.score_parts import K, columns, folder, softmax, write


def twin(p, label):
    """One image, slowly: every number of a row by its definition."""
    order = sorted(range(len(p)), key=lambda k: (-p[k], k))
    return {
        "predicted": order[0],
        "probability": p[order[0]],
        "loss": -np.log(p[label]) if label >= 0 else np.nan,
        "entropy": -sum(x * np.log(x) for x in p if x > 0),
        "margin": p[order[0]] - (p[order[1]] if len(p) > 1 else 0),
        "norm": sum(x * x for x in p) ** 0.5,
        "top5_class": order[:5],
        "top5_probability": [p[k] for k in order[:5]],
    }


@pytest.mark.parametrize("n_classes", [1, 2, 4, 5, 9])
def test_columns_equal_their_definitions(n_classes):
    rng = np.random.default_rng(n_classes)
    p = rng.dirichlet(np.ones(n_classes), size=40).astype(np.float32)
    p[3] = 1 / n_classes  # all classes tie
    p[4] = np.eye(n_classes)[0]
    p[5] = np.nan
    labels = rng.integers(-1, n_classes, size=40).astype(np.int32)
    labels[4] = 0
    found = columns_of(p, labels)
    for row in (row for row in range(40) if row != 5):
        for name, value in twin(p[row].astype(np.float64), labels[row]).items():
            np.testing.assert_allclose(found[name][row], value, rtol=1e-5, atol=1e-6, err_msg=f"{name} of row {row}")
    assert found["predicted"][5] == -1 and len(found["top5_class"][5]) == 0
    assert all(np.isnan(found[name][5]) for name in ("probability", "loss", "entropy", "margin", "norm"))


def test_the_loss_of_a_class_that_was_ruled_out_is_large_but_finite():
    found = columns_of(np.array([[0, 1]], np.float32), np.array([0], np.int32))
    assert 80 < found["loss"][0] < 100


def test_a_part_comes_back_as_it_was_written(tmp_path):
    parts = folder(tmp_path / "f")
    write(parts, 1)
    table = pq.read_table(tmp_path / "f" / "part-0000001.parquet")
    assert table["index"].to_pylist() == list(range(64, 128)) and table["name"][0].as_py() == "64.png"
    np.testing.assert_array_equal(np.stack(table["probabilities"].to_pylist()), softmax(0, 64))
    assert parts.finished() == [1] and parts.missing() == [0, 2]
    with h5py.File(tmp_path / "f" / "part-0000001.l0.h5") as file:
        assert file["activations"].shape == (64, K)


def test_the_last_part_is_as_long_as_what_is_left(tmp_path):
    assert folder(tmp_path / "f").rows(2) == range(128, 150)


def test_parts_are_whole_batches_many_of_a_small_dataset_and_not_too_many_of_a_large_one():
    for n in (1, 31, 64, 1000, 1797, 20_000, 10**6):
        rows = rows_a_part(n)
        assert rows % BATCH == 0 and 64 <= rows <= (1024 if n <= 200_000 else 4096)
    assert rows_a_part(1797) == 96 and rows_a_part(200_000) == 1024 and rows_a_part(10**6) == 4096


def test_a_further_layer_is_added_to_what_is_there(tmp_path):
    write(folder(tmp_path / "f"), 0, 1.0)
    both = folder(tmp_path / "f", ("logits", "conv"))
    assert both.missing() == [0, 1, 2]
    only = folder(tmp_path / "f", ("conv",))
    write(only, 0, 2.0)
    assert both.finished() == [0]
    table = pq.read_table(tmp_path / "f" / "part-0000000.parquet")
    assert set(table["mean:logits"].to_pylist()) == {1.0} and set(table["mean:conv"].to_pylist()) == {2.0}
    layers = read_about(tmp_path / "f")["layers"]
    assert layers["logits"]["file"] == "l0" and layers["conv"] == {"file": "l1", "units": 7, "spatial": True}


def test_a_damaged_or_half_part_is_one_to_do_again(tmp_path):
    parts = folder(tmp_path / "f")
    for part in range(3):
        write(parts, part)
    path = tmp_path / "f" / "part-0000000.parquet"
    path.write_bytes(path.read_bytes()[:-10])
    (tmp_path / "f" / "part-0000002.l0.h5").unlink()
    assert parts.missing() == [0, 2]


def test_without_its_description_a_folder_is_begun_anew(tmp_path):
    write(folder(tmp_path / "f"), 0)
    for path in (tmp_path / "f").glob("about*.json"):
        path.write_text("{")
    assert folder(tmp_path / "f").finished() == []
    assert read_about(tmp_path / "f")["dataset"]["rows_a_part"] == 64


@pytest.mark.parametrize("fails_at", ["part-0000001.l0.h5", "part-0000001.parquet"])
def test_a_part_that_could_not_be_written_whole_is_not_there(tmp_path, monkeypatch, fails_at):
    parts = folder(tmp_path / "f")
    write(parts, 0)

    def full(path):
        if fails_at.split(".")[-1] == path.suffix[1:]:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "sync", full)
    with pytest.raises(WorkFailed, match="disk is full"):
        write(parts, 1)
    assert parts.finished() == [0]
    assert not [path for path in (tmp_path / "f").iterdir() if path.name.startswith(".new-")]


def test_neighbouring_parts_that_the_same_models_lack_become_one_stretch():
    found = stretches({"a": [0, 1, 4], "b": [1, 4, 5]}, rows_a_part=64, n=350)
    assert found == [
        Stretch(0, 64, ("a",)),
        Stretch(64, 128, ("a", "b")),
        Stretch(256, 320, ("a", "b")),
        Stretch(320, 350, ("b",)),
    ]
    assert stretches({"a": range(6), "b": []}, 64, 350) == [Stretch(0, 350, ("a",))]


def test_models_go_in_groups_that_a_worker_keeps_loaded():
    assert groups(dict.fromkeys("abcdefgh", 1000)) == [tuple("abcdef"), ("g", "h")]
    assert groups({"a": 400_000_000, "b": 400_000_000, "c": 10}) == [("a",), ("b", "c")]
    assert groups({"a": 700_000_000}) == [("a",)]


@pytest.mark.parametrize("seconds", [1e-4, 0.3, 5.0, 40.0])
def test_chunks_cover_everything_once_and_never_cut_a_batch(seconds):
    cutter = Cutter([Stretch(0, 1000, ("a",)), Stretch(1024, 5000, ("a", "b"))])
    rows, sizes = [], []
    while cutter:
        chunk = cutter.next()
        rows += range(chunk.start, chunk.stop)
        assert chunk.start % BATCH == 0
        sizes.append(chunk.stop - chunk.start)
        cutter.took(chunk, seconds)
    assert rows == [*range(1000), *range(1024, 5000)]
    assert max(sizes) <= 8192 and (seconds < 5 or max(sizes) <= 64)


def test_what_a_worker_gave_back_comes_next():
    cutter = Cutter([Stretch(0, 256, ("a",))])
    first = cutter.next()
    cutter.back(Stretch(32, first.stop, ("a",)))
    assert (cutter.next(), cutter.next().start) == (Stretch(32, 64, ("a",)), 64)


def test_what_a_person_waits_for_goes_before_the_background():
    turns, order = Turns(), []

    def take(name, background):
        with turns.turn(background=background):
            order.append(name)

    with turns.turn():
        threads = []
        for name, background in (("chunk", True), ("first", False), ("second", False)):
            threads.append(threading.Thread(target=take, args=(name, background)))
            threads[-1].start()
            time.sleep(0.1)
    for thread in threads:
        thread.join()
    assert order == ["first", "second", "chunk"]


def test_the_background_goes_on_where_persons_never_pause(monkeypatch):
    monkeypatch.setattr("innv_gui.cluster.turns.PATIENCE_S", 0.2)
    turns, stop, late = Turns(), threading.Event(), []

    def person():
        while not stop.is_set():
            with turns.turn():
                time.sleep(0.01)

    def background():
        while not stop.is_set():
            with contextlib.suppress(Cancelled), turns.turn(stop, background=True) as is_late:
                late.append((time.monotonic(), is_late))

    threads = [threading.Thread(target=target) for target in (person, person, person, background)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 20
    while len(late) < 5 and time.monotonic() < until:
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    served = [at for at, is_late in late if is_late]
    assert len(served) >= 4 and np.diff(served[:4]).min() >= 0.19  # one task, then persons again


def test_as_many_turns_at_a_time_as_there_are_workers():
    turns, most, running = Turns(lambda: 2), [], itertools.count()
    inside = []

    def take():
        with turns.turn(background=True):
            inside.append(next(running))
            most.append(len(inside))
            time.sleep(0.05)
            inside.pop()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 2


def test_a_worker_is_quiet_when_nobody_has_waited_for_it():
    turns = Turns()
    assert turns.quiet_s() == math.inf
    with turns.turn(background=True):
        assert turns.quiet_s() == math.inf
    with turns.turn():
        assert turns.quiet_s() == 0
    assert 0 <= turns.quiet_s() < math.inf


def test_waiting_for_a_turn_can_be_given_up():
    turns, stop = Turns(), threading.Event()
    threading.Timer(0.1, stop.set).start()
    with turns.turn(), pytest.raises(Cancelled), turns.turn(stop):
        pass
    with turns.turn():
        pass


# -- damage


def written(tmp_path):
    kept = folder(tmp_path / "f")
    for part in range(kept.n_parts):
        rows = kept.rows(part)
        kept.write(part, columns(rows), {"logits": softmax(part, len(rows))})
    return kept


def test_bits_that_turned_in_a_kept_part_are_noticed_wherever_they_are(tmp_path):
    kept, generator = written(tmp_path), np.random.default_rng(0)
    path, content = kept.part_path(0), kept.part_path(0).read_bytes()
    assert all(kept.is_intact(part) for part in range(kept.n_parts))
    for number in range(400):
        turned = bytearray(content)
        for place in generator.integers(len(content), size=1 + number % 3):
            turned[place] ^= 1 << int(generator.integers(8))
        path.write_bytes(turned)
        assert bytes(turned) == content or not kept.is_intact(0)
    for length in generator.integers(len(content), size=50):
        path.write_bytes(content[:length])
        assert not kept.is_intact(0)


def test_a_part_of_an_earlier_version_has_no_seal_and_is_believed(tmp_path):
    kept = written(tmp_path)
    pq.write_table(pq.read_table(kept.part_path(0)), kept.part_path(0))
    assert kept.is_intact(0)


def test_damaged_activations_are_left_out_and_computed_again(tmp_path):
    kept = written(tmp_path)
    files, path = PartFiles(kept.path), kept.layer_path(0, "logits")
    whole, content = files.activations(0, "logits"), path.read_bytes()
    at = content.index(whole[:1, :1].tobytes())
    path.write_bytes(content[:at] + bytes([content[at] ^ 64]) + content[at + 1 :])
    assert files.activations(0, "logits") is None
    assert not path.exists() and kept.missing() == [0]
    path.write_bytes(content[:-9])
    assert not kept.is_intact(0)


def test_activations_with_any_bits_turned_are_a_part_to_score_again_and_no_error(tmp_path):
    """HDF5 has many names for damage: each of its structures is met by some of these bits."""
    kept, generator = written(tmp_path), np.random.default_rng(1)
    path, content = kept.layer_path(0, "logits"), kept.layer_path(0, "logits").read_bytes()
    answers = set()
    for number in range(600):
        turned = bytearray(content)
        for place in generator.integers(len(content), size=1 + number % 4):
            turned[place] ^= 1 << int(generator.integers(8))
        path.write_bytes(turned)
        answers.add(kept.is_intact(0))
    assert answers == {True, False}, "the numbers themselves are checked when they are read"


def test_requests_that_come_together_open_one_folder(tmp_path):
    """One began the folder while the other one, which had found none, removed it."""
    for turn in range(40):
        with ThreadPoolExecutor(4) as threads:
            opened = list(threads.map(folder, [tmp_path / str(turn)] * 4))
        assert {parts.path for parts in opened} == {tmp_path / str(turn)}
        assert read_about(tmp_path / str(turn)) == opened[0].about
