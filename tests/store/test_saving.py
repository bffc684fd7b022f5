"""What a person named is written as a whole, and what was there stays what it was otherwise."""

import os
import socket
import stat

import pandas as pd
import pytest

from innv_gui.commands.steps import check_out
from innv_gui.errors import BadInput, InnvError, StorageFailed
from innv_gui.store.runs import run_file
from innv_gui.store.saving import save_bytes
from innv_gui.store.score_export import save_frame


def save_run(path):
    with run_file(path, {"method": "gradient"}):
        pass


WRITERS = {
    "bytes": lambda path: save_bytes(path, b"new"),
    "table": lambda path: save_frame(pd.DataFrame({"a": [1]}), path),
    "run": save_run,
}


@pytest.fixture(params=WRITERS)
def write(request):
    return WRITERS[request.param]


@pytest.fixture
def umask():
    before = os.umask(0o027)
    yield 0o027
    os.umask(before)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_has_the_mode_that_the_umask_leaves(tmp_path, write, umask):
    write(tmp_path / "new.csv")
    write(tmp_path / "made" / "new.csv")
    assert mode(tmp_path / "new.csv") == mode(tmp_path / "made" / "new.csv") == 0o640
    assert mode(tmp_path / "made") == 0o750


@pytest.mark.parametrize("kept", [0o664, 0o600, 0o444])
def test_an_existing_file_keeps_its_mode(tmp_path, write, umask, kept):
    (tmp_path / "t.csv").write_text("old")
    (tmp_path / "t.csv").chmod(kept)
    write(tmp_path / "t.csv")
    assert mode(tmp_path / "t.csv") == kept and (tmp_path / "t.csv").read_bytes() != b"old"


def test_a_link_stays_and_its_target_is_replaced_or_made(tmp_path, write):
    for folder in ("real", "links"):
        (tmp_path / folder).mkdir()
    (tmp_path / "real" / "t.csv").write_text("old")
    for name in ("t.csv", "new.csv"):
        (tmp_path / "real" / f"by {name}").symlink_to(name)
        (tmp_path / "links" / name).symlink_to(f"../real/by {name}")
        check_out(str(tmp_path / "links" / name), "t.csv")
        write(tmp_path / "links" / name)
        assert (tmp_path / "links" / name).is_symlink() and (tmp_path / "real" / f"by {name}").is_symlink()
        assert (tmp_path / "real" / name).is_file() and (tmp_path / "real" / name).read_bytes() != b"old"
    assert len(list(tmp_path.rglob("*"))) == 8, "nothing else is left"


def pipe(path):
    os.mkfifo(path)


def device(path):
    path.symlink_to("/dev/null")


def listener(path):
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@pytest.mark.parametrize(("make", "words"), [(pipe, "a pipe"), (device, "a device"), (listener, "a socket")])
def test_what_is_no_file_is_refused_before_the_work_and_when_written(tmp_path, monkeypatch, write, make, words):
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    place = tmp_path / "x.csv"
    make(place.relative_to(tmp_path))
    before = os.lstat(place)
    for attempt in (lambda: check_out(str(place), "t.csv"), lambda: write(place)):
        with pytest.raises(BadInput, match=f"x.csv' is {words}; expected a file to write"):
            attempt()
    assert os.lstat(place).st_ino == before.st_ino and list(tmp_path.iterdir()) == [place]
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_what_became_a_pipe_during_the_work_is_not_replaced(tmp_path):
    place = tmp_path / "run.h5"
    with pytest.raises(BadInput, match="is a pipe"), run_file(place, {}):
        os.mkfifo(place)
    assert stat.S_ISFIFO(place.stat().st_mode) and list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize("name", ["", ".", "folder", "folder/"])
def test_a_folder_is_refused_by_the_name_that_was_given(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInput, match=r"^'[a-z.]+/?' is a folder; expected a file to write"):
        save_run(name)
    with pytest.raises(BadInput, match=r"'[a-z.]+/?' is not named like a table"):
        save_frame(pd.DataFrame(), name)


def test_links_in_a_circle_and_a_file_as_a_folder_are_refused(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(StorageFailed, match="a cannot be written: Too many levels"):
        check_out(str(tmp_path / "a"), "t.csv")
    (tmp_path / "file").touch()
    with pytest.raises(InnvError, match="does not exist"):
        check_out(str(tmp_path / "file" / "t.csv"), "t.csv")
    (tmp_path / "far").symlink_to("none/t.csv")
    with pytest.raises(BadInput, match="does not exist"):
        check_out(str(tmp_path / "far"), "t.csv")


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path):
    (tmp_path / "run.h5").write_text("old")
    with pytest.raises(KeyboardInterrupt), run_file(tmp_path / "run.h5", {}):
        raise KeyboardInterrupt
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]
