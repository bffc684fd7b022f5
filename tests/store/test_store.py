"""The workspace and what it keeps: atomic, readable again, one owner."""

import errno
import io
import os
import stat

import h5py
import numpy as np
import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from innv_gui.cluster.process import WorkerProcess
from innv_gui.errors import BadInput, Conflict, WorkFailed
from innv_gui.store.files import write_bytes, write_error, written
from innv_gui.store.maps import MEMORY_BYTES, MEMORY_MAPS, MapStore, key_of
from innv_gui.store.runs import RunRow, run_file
from innv_gui.store.workspace import Workspace
from innv_gui.web.api.uploads import save_image_uploads, save_model_upload
from tests.store.made_maps import kept


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path):
    path = write_bytes(tmp_path / "a.bin", b"old")
    with pytest.raises(RuntimeError), written(path) as temporary:
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["a.bin"]


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only")])
def test_what_the_system_says_about_a_write_becomes_a_sentence(tmp_path, number, words):
    assert words in str(write_error(tmp_path / "x", OSError(number, "no")))


def test_a_disk_that_is_full_while_writing_is_told(tmp_path):
    with pytest.raises(WorkFailed, match="disk is full"), written(tmp_path / "x"):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_map_comes_back_as_it_was_kept(tmp_path):
    MapStore(tmp_path).put("ab" * 32, kept())
    again = MapStore(tmp_path).get("ab" * 32)
    for name in ("values", "targets", "activations", "scores", "probabilities", "x"):
        np.testing.assert_array_equal(getattr(again, name), getattr(kept(), name))
    assert (again.engine, again.seconds, again.health, again.notes) == ("native", 0.5, kept().health, ("grey",))


def test_a_damaged_map_is_forgotten_not_shown(tmp_path):
    store = MapStore(tmp_path)
    store.put("ab" * 32, kept())
    path = next(tmp_path.glob("*/*.npz"))
    path.write_bytes(path.read_bytes()[:50])
    assert MapStore(tmp_path).get("ab" * 32) is None


def test_old_maps_go_when_the_disk_share_is_used_up(tmp_path):
    store = MapStore(tmp_path, disk_bytes=40_000)
    for number in range(60):
        store.put(f"{number:064x}", kept(number))
    assert sum(path.stat().st_size for path in tmp_path.glob("*/*.npz")) <= 44_000


@pytest.mark.parametrize("n, side", [(300, 4), (40, 700)])
def test_memory_holds_the_latest_maps_within_a_number_and_a_size(tmp_path, n, side):
    store = MapStore(tmp_path)
    for number in range(n):
        store.put(f"{number:064x}", kept(shape=(side, side, 1)))
    held = list(store._recent)
    assert held == [f"{number:064x}" for number in range(n - len(held), n)]
    assert 1 < len(held) <= min(MEMORY_MAPS, n - 1)
    assert sum(one.n_bytes for one in store._recent.values()) <= MEMORY_BYTES
    assert store.get(f"{0:064x}") is not None  # from disk


def test_keys_differ_with_anything_that_went_in():
    assert key_of("a", {"x": 1}) == key_of("a", {"x": 1}) != key_of("a", {"x": 2})


def test_names_that_are_not_unicode_have_a_key():
    assert key_of("bad\udcff name")


def test_whatever_is_put_into_a_workspace_is_its_owners_alone(tmp_path):
    before = os.umask(0o022)
    try:
        workspace = Workspace(tmp_path / "new" / "w")
        MapStore(workspace.part("maps")).put("ab" * 32, kept())
        save_model_upload(workspace, MultiDict({"file": FileStorage(io.BytesIO(b"x"), "m.keras")}))
        save_image_uploads(workspace, [FileStorage(io.BytesIO(b"x"), "cats/a.png")])
        process = WorkerProcess("images", "tls://127.0.0.1:1", None, workspace.folder)
        process.close()
        workspace.close()
    finally:
        os.umask(before)
    found = {path.relative_to(tmp_path): stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert len(found) > 15
    assert {path: mode for path, mode in found.items() if mode & 0o077} == {}


def test_a_workspace_of_an_earlier_version_is_closed_to_others(tmp_path):
    (tmp_path / "maps").mkdir(mode=0o755)
    (tmp_path / "lock").touch(mode=0o644)
    Workspace(tmp_path).close()
    assert stat.S_IMODE((tmp_path / "maps").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600


def test_a_second_session_on_a_workspace_is_refused_and_told_who_has_it(tmp_path):
    first = Workspace(tmp_path / "w")
    first.sign("the innv-gui server on port 5000")
    with pytest.raises(Conflict, match="port 5000"):
        Workspace(tmp_path / "w")
    first.close()
    Workspace(tmp_path / "w").close()


def test_a_workspace_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(BadInput, match="cannot be written"):
        Workspace(tmp_path / "file" / "w")


def test_a_temporary_workspace_is_gone_after_close():
    workspace = Workspace()
    workspace.close()
    assert not workspace.folder.exists()


def test_a_run_has_virelays_layout_at_the_root_and_a_group_a_model(tmp_path):
    rows = [RunRow(f"{i}.png", i, "cat", kept(i)) for i in range(3)]
    other = [RunRow(f"{i}.png", -1, "", kept(i, n_targets=2, shape=(2, 2, 1))) for i in range(3)]
    path = tmp_path / "run.h5"
    with run_file(path, {"method": "gradient", "parameters": {"x": 1}}) as file:
        for start in (0, 2):
            file.add("B", {"model": "b"}, other[start : start + 2])
            file.add("A", {"model": "a"}, rows[start : start + 2])
            file.add("C", {"model": "c"}, rows[start : start + 2])
        file.drop("C")
        file.link("CAB")
        assert not path.exists()
    with h5py.File(path) as file:
        assert file["attribution"].shape == (3, 3, 4, 6) and file["attribution"].dtype == np.float32
        assert file["prediction"].shape == (3, 5) and list(file["label"]) == [0, 1, 2]
        np.testing.assert_array_equal(file["attribution"][1], np.moveaxis(kept(1).values[0], -1, 0))
        assert file["input"].shape == (3, 3, 4, 6)
        assert file["models/B/attribution"].shape == (6, 1, 2, 2) and list(file["models/B/target"]) == [0, 1] * 3
        assert file.attrs["method"] == "gradient" and file.attrs["parameters"] == '{"x": 1}'
        assert file["name"].asstr()[2] == "2.png" and set(file["models"]) == {"A", "B"} and file.attrs["model"] == "a"
