"""Every kind of file in a workspace, damaged in every way: it is passed over or made anew, and nothing else suffers."""

from __future__ import annotations

import copy
import io
import json
import logging
import os
import re
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from innv_gui.errors import BadInput, StorageFailed
from innv_gui.preprocessing import parse
from innv_gui.records import ModelSource
from innv_gui.session.keep import session_file
from innv_gui.session.keep.choices import Choice, Choices
from innv_gui.session.probe.work import ProbeWork
from innv_gui.store import kept_files
from innv_gui.store.files import check_free
from innv_gui.store.history import History
from innv_gui.store.maps import MapStore
from innv_gui.store.part_files import PartFiles
from innv_gui.store.score_parts import read_about
from innv_gui.store.scores import ModelScores
from innv_gui.store.workspace import Workspace
from tests.scoring.score_parts import folder as score_folder
from tests.scoring.score_parts import write as write_part
from tests.store.made_maps import kept

FLIPS = 60
ODD = (None, True, "x", -1, 10**30, [], {}, [[]])
SOURCE = {"kind": "keras", "path": "/m.keras", "weights": None, "application": None, "output": None, "outputs": None}
RULE = {"mode": "standardize", "mean": [1.0], "std": [2.0], "resize": "stretch", "channels": "rgb"}
MODEL = {"name": "m", "file": "m.keras", "sha256": "a" * 64, "source": SOURCE, "preprocessing": RULE}
RUN = {
    "id": "e-00000000000a",
    "started": 5.0,
    "title": "",
    "analyzer": "gradient",
    "params": {},
    "engine": "native",
    "unchecked": False,
    "models": [MODEL | {"class_names": ["a", "b"], "class_names_origin": "given", "labels_by_hand": []}],
    "targets": [{"layer": None, "class_": "predicted", "neuron": None, "top_neurons": None, "softmax": False}],
    "dataset": {"name": "d", "path": "/d", "fingerprint": "f" * 64},
    "images": [0, 2],
}


def damages(content: bytes):
    """The content cut short, with one bit turned over, lengthened, and replaced."""
    yield from (content[:length] for length in (0, 1, 10, len(content) // 2, len(content) - 1))
    yield from (content + b"\0", b"\0" * len(content), b"[" * 100_000, b"null")
    random = np.random.default_rng(3)
    for place in random.integers(0, len(content), FLIPS):
        changed = bytearray(content)
        changed[place] ^= 1 << int(random.integers(8))
        yield bytes(changed)


def oddities(record):
    """A JSON value with each of its parts replaced, left out or doubled, one at a time."""
    for place in places(record):
        *path, last = place
        for odd in ODD:
            changed = copy.deepcopy(record)
            inside(changed, path)[last] = odd
            yield changed
        changed = copy.deepcopy(record)
        del inside(changed, path)[last]
        yield changed


def places(node, path=()):
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def inside(node, path):
    for key in path:
        node = node[key]
    return node


def same(found, true) -> bool:
    if isinstance(true, dict):
        return set(found) == set(true) and all(same(found[name], true[name]) for name in true)
    if isinstance(true, np.ndarray):
        return np.array_equal(found, true, equal_nan=true.dtype.kind == "f")
    return found == true


def a_map(folder):
    key = "ab" * 32
    MapStore(folder).put(key, kept())
    true = {name: getattr(kept(), name) for name in ("values", "targets", "activations", "scores", "x")}

    def read():
        found = MapStore(folder).get(key)
        return None if found is None else {name: getattr(found, name) for name in true}

    return next(folder.glob("*/*.npz")), read, true


def an_earlier_run(folder):
    history = History(folder, check=session_file.check_kept)
    history.put(RUN)
    history.put(RUN | {"id": "e-00000000000b"})

    def read():
        found = {record["id"]: record for record in history.all()}
        assert found.pop("e-00000000000b") == RUN | {"id": "e-00000000000b"}
        return found.get(RUN["id"])

    return folder / f"{RUN['id']}.json", read, RUN


def scores_of_a_part(folder):
    write_part(score_folder(folder), 0)
    files, names = PartFiles(folder), ["predicted", "loss"]
    content = files.file(0).read_bytes()

    def read():
        if not os.path.lexists(files.file(0)):
            files.file(0).write_bytes(content)
        found = files._one(0, names)
        table, matrix = files.texts(0, ["name"]), files.probabilities(0)
        ModelScores(folder).column("loss")
        if found is None or table is None or matrix is None:
            return None
        return found | {"name": table["name"].to_pylist(), "probabilities": matrix}

    return files.file(0), read, copy.deepcopy(read())


def scores_of_one_of_many_parts(folder):
    """Read together, which must not be less careful."""
    parts = score_folder(folder, n=600)
    for part in range(parts.n_parts):
        write_part(parts, part)
    files, names = PartFiles(folder), ["predicted", "loss", "entropy"]
    content = files.file(4).read_bytes()

    def read():
        if not os.path.lexists(files.file(4)):
            files.file(4).write_bytes(content)
        found = dict(files.columns(range(parts.n_parts), names))
        assert set(range(parts.n_parts)) - set(found) <= {4}
        return found.get(4)

    return files.file(4), read, copy.deepcopy(read())


def activations_of_a_part(folder):
    write_part(score_folder(folder, ("conv",)), 0, 2.5)
    files = PartFiles(folder)
    read = lambda: None if (found := files.activations(0, "conv")) is None else {"activations": found}  # noqa: E731
    return next(folder.glob("*.h5")), read, read()


def what_scores_are_of(folder):
    score_folder(folder)
    return folder / "about.json", lambda: read_about(folder), read_about(folder)


def a_thumbnail(folder):
    buffer = io.BytesIO()
    Image.fromarray(np.arange(300, dtype=np.uint8).reshape(10, 10, 3)).save(buffer, "PNG")
    path = folder / "a.png"
    path.write_bytes(buffer.getvalue())
    return path, lambda: kept_files.sound(path, kept_files.read_png), buffer.getvalue()


def a_probe(folder):
    work = SimpleNamespace(sample=range(3), answers={}, sums=None, uniform=None)
    work.answers = {parse("unit"): np.array([1, 0, 1], np.int32)}
    work.sums, work.uniform = np.ones((3, 1)), False
    ProbeWork._write(work, folder / "p.json")

    def read():
        again = SimpleNamespace(sample=range(3), answers={})
        ProbeWork._read(again, folder / "p.json")
        return {str(rule): row for rule, row in again.answers.items()} or None

    return folder / "p.json", read, read()


def a_choice(folder):
    source = ModelSource("keras", sha256="a" * 64)
    labels = [{"dataset": "f" * 64, "label": "wasp", "class_": 1}]
    Choices(folder).keep(source, preprocessing=RULE, class_names=["a", "b"], labels_by_hand=labels)

    def read():
        found = Choices(folder).of(source)
        return None if found == Choice() else vars(found)

    return next(folder.iterdir()), read, read()


KINDS = (
    *(a_choice, a_map, an_earlier_run, scores_of_a_part, scores_of_one_of_many_parts, activations_of_a_part),
    *(what_scores_are_of, a_thumbnail, a_probe),
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_passed_over_or_gives_what_was_written(kind, tmp_path):
    tmp_path = tmp_path / "kept"
    tmp_path.mkdir()
    path, read, true = kind(tmp_path)
    content, passed_over = path.read_bytes(), 0
    for damaged in damages(content):
        path.write_bytes(damaged)
        found = read()
        passed_over += found is None
        assert found is None or same(found, true)
    assert passed_over > 5 or kind is what_scores_are_of  # of which there is a copy
    path.write_bytes(content)
    assert read() is not None


OBSTACLES = {
    "a pipe": os.mkfifo,
    "a folder": os.mkdir,
    "a link to nothing": lambda path: os.symlink("nothing", path),
    "a link to itself": lambda path: os.symlink(path, path),
    "a link to a device": lambda path: os.symlink("/dev/zero", path),
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_is_passed_over_and_never_waited_for(kind, obstacle, tmp_path):
    tmp_path = tmp_path / "kept"
    tmp_path.mkdir()
    path, read, _ = kind(tmp_path)
    content = path.read_bytes()
    path.unlink()
    OBSTACLES[obstacle](path)
    assert read() is None or kind is what_scores_are_of  # of which there is a copy
    assert os.path.lexists(path), "it is not ours"
    path.rmdir() if obstacle == "a folder" else path.unlink()
    path.write_bytes(content)
    assert read() is not None


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_what_is_no_map_does_not_keep_the_others_from_being_counted(tmp_path, obstacle):
    path, read, true = a_map(tmp_path)
    OBSTACLES[obstacle](path.with_name("odd.npz"))
    assert MapStore(path.parents[1], disk_bytes=1)._disk_used == 0
    assert not path.exists() and read() is None


@pytest.mark.parametrize("obstacle", OBSTACLES)
@pytest.mark.parametrize("name", ["history", "lock"])
def test_a_workspace_with_something_else_in_its_way_is_refused_by_its_path(tmp_path, name, obstacle):
    if name == "history" and obstacle == "a folder":
        obstacle = "a pipe"
    OBSTACLES[obstacle](tmp_path / name)
    with pytest.raises(BadInput, match=f"/{name} is no f[a-z]+; a workspace has a f") as refused:
        Workspace(tmp_path)
    assert str(tmp_path) in refused.value.message and "Move it away" in refused.value.hint


def test_a_write_onto_something_else_names_the_whole_path(tmp_path):
    (tmp_path / "e-00000000000a.json").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for write in (lambda: History(tmp_path).put(RUN), lambda: check_free(tmp_path / "pipe")):
        with pytest.raises(StorageFailed, match=f"^{re.escape(str(tmp_path))}/.* cannot be written") as refused:
            write()
        assert "Move away what is there" in refused.value.hint


def test_damage_is_said_once_and_what_was_not_made_here_is_left_alone(tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    history = History(tmp_path, check=session_file.check_kept)
    (tmp_path / "e-00000000000c.json").write_text('{"mine": 1}')
    for _ in range(3):
        assert history.all() == []
    assert [record.message for record in caplog.records if "e-00000000000c" in record.message] != []
    assert len(caplog.records) == 1
    history.take_over(RUN | {"id": "e-00000000000c"})
    assert (tmp_path / "e-00000000000c.json").read_text() == '{"mine": 1}'
    assert len(history.all()) == 1


def test_a_file_that_the_system_does_not_read_now_is_not_thrown_away(tmp_path, monkeypatch):
    path, read, _ = a_map(tmp_path)

    def scarce(*_args, **_more):
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(np, "load", scarce)
        assert read() is None
    assert path.exists() and read() is not None


def test_scores_outlive_their_description(tmp_path):
    """Without it nothing says which layer a file is of, and a million images would be scored again."""
    parts = score_folder(tmp_path)
    write_part(parts, 0)
    (tmp_path / "about.json").write_text("{")
    assert score_folder(tmp_path).finished() == [0]


def test_a_record_of_a_run_whose_parts_do_not_fit_is_none():
    for odd in oddities(RUN):
        try:
            session_file.check_kept(odd)
        except ValueError:
            continue
        assert len(odd["targets"]) == len(odd["models"]) and min(odd["images"]) >= 0


def test_a_session_file_with_anything_odd_in_it_is_refused_or_read():
    session = {"format": "innv-gui session 1", "version": "0", "models": [], "datasets": [], "runs": [RUN]}
    for odd in oddities(session):
        try:
            session_file.read(json.dumps(odd).encode())
        except BadInput as error:
            assert "not a session saved by innv-gui" in error.message


ODD_RUNS = {
    "targets": (RUN["targets"] * 2, "names 1 models and 2 targets"),
    "images": ([0, 9], "names the image 9; d has 4 of them"),
    "analyzer": ("divination", "divination"),
    "params": ({"epsilon": "much"}, "epsilon"),
}


@pytest.mark.parametrize("name", ODD_RUNS)
def test_a_run_of_a_session_file_that_cannot_be_begun_again_is_not_taken_over(name, tmp_path):
    value, words = ODD_RUNS[name]
    record = session_file.read(json.dumps({**EMPTY, "runs": [RUN | {name: value}]}).encode())
    session = opened(tmp_path)
    (missing,) = session_file.open_all(session, record)
    assert words in missing and session.history.all() == []


def test_a_run_of_a_session_file_never_takes_the_place_of_another(tmp_path):
    session = opened(tmp_path)
    session.history.put(RUN | {"title": "mine"})
    other = session_file.read(json.dumps({**EMPTY, "runs": [RUN, RUN | {"images": [1]}]}).encode())
    for _ in range(2):
        assert session_file.open_all(session, other) == []
    found = {tuple(record["images"]): record["title"] for record in session.history.all()}
    assert found == {(0, 2): "mine", (1,): ""} and len(session.history.all()) == 2


EMPTY = {"format": "innv-gui session 1", "version": "0", "models": [], "datasets": [], "runs": []}


class Four(list):
    """A dataset of four images."""

    collection = SimpleNamespace(fingerprint="f" * 64)


def opened(folder):
    """A session as far as taking over runs needs one: no models, the images of RUN."""
    return SimpleNamespace(
        history=History(folder, check=session_file.check_kept),
        datasets=SimpleNamespace(entries=lambda: [SimpleNamespace(dataset=Four(range(4)))]),
        models=SimpleNamespace(entries=list),
    )
