"""A worker elsewhere reads the files that the server means, or says which one is another."""

import os
from dataclasses import dataclass

import numpy as np
import pytest

from innv_gui.cluster.same_files import BLOCK, BLOCKS, FOLDER, GONE, SPECIAL, compare, expected
from innv_gui.cluster.tasks import TASKS
from innv_gui.errors import WorkFailed
from innv_gui.records import ImageRef, ModelSource, Preprocessing, ScoreWish

TASK = TASKS["keras.score"]


def of(*paths):
    return tuple(ImageRef(path.name, str(path)) for path in paths)


def written(folder, n=12, size=100):
    paths = [folder / f"{which:02}.png" for which in range(n)]
    for path in paths:
        path.write_bytes(os.urandom(size))
    return paths


def test_the_same_files_are_let_through(tmp_path):
    paths = [*written(tmp_path), tmp_path / "gone.png"]
    os.mkfifo(tmp_path / "pipe.png")
    paths += [tmp_path / "pipe.png", tmp_path]
    there = expected(TASK, [of(*paths)])
    assert list(there.sizes.values()) == [100] * 12 + [GONE, SPECIAL, FOLDER]
    compare(there)


@pytest.mark.parametrize("which", range(12))
def test_any_image_of_another_size_is_named(tmp_path, which):
    paths = written(tmp_path)
    there = expected(TASK, [of(*paths)])
    paths[which].write_bytes(bytes(101))
    with pytest.raises(WorkFailed, match=rf"'{which:02}\.png' on .*, where a worker runs, is not the same file as on"):
        compare(there)


def test_folders_that_hold_other_pictures_of_the_same_sizes_are_noticed(tmp_path):
    there = expected(TASK, [of(*written(tmp_path))])
    written(tmp_path)
    with pytest.raises(WorkFailed, match="'00.png' on .* is not the same file"):
        compare(there)


@pytest.mark.parametrize("n", range(1, 40))
def test_the_first_and_the_last_of_few_images_are_compared_by_content(tmp_path, n):
    paths = written(tmp_path, n)
    outlined = list(expected(TASK, [of(*paths)]).outlines)
    assert {outlined[0], outlined[-1]} == {str(paths[0]), str(paths[-1])} and len(outlined) <= 4
    assert len(outlined) == min(n, 4)


@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 7, BLOCK * BLOCKS])
def test_files_of_up_to_a_mebibyte_are_compared_byte_by_byte(tmp_path, size):
    path, rng = tmp_path / "x.npy", np.random.default_rng(size)
    path.write_bytes(bytes(size))
    there = expected(TASK, [of(path)])
    for position in {0, size - 1, *rng.integers(0, size, 20).tolist()}:
        content = bytearray(size)
        content[position] = 1
        path.write_bytes(content)
        with pytest.raises(WorkFailed):
            compare(there)
    path.write_bytes(bytes(size))
    compare(there)


def test_beginning_and_end_of_large_files_are_compared(tmp_path):
    path, size = tmp_path / "x.npy", 3 * BLOCK * BLOCKS
    path.write_bytes(bytes(size))
    there = expected(TASK, [of(path)])
    for position in (0, size - 1):
        path.write_bytes(bytes(position) + b"\1" + bytes(size - position - 1))
        with pytest.raises(WorkFailed):
            compare(there)


def test_a_file_that_only_one_machine_has_is_said_so(tmp_path):
    (path,) = written(tmp_path, 1)
    there = expected(TASK, [of(path)])
    path.unlink()
    gone = expected(TASK, [of(path)])
    with pytest.raises(WorkFailed, match=r"'00.png' is on .*, where the server runs, but not on .*, where a worker"):
        compare(there)
    path.write_bytes(b"x")
    with pytest.raises(WorkFailed, match=r"'00.png' is on .*, where a worker runs, but not on .*, where the server"):
        compare(gone)


@dataclass(frozen=True)
class Plan:
    """As a request holds them."""

    sources: tuple[ModelSource, ...]
    refs: tuple[ImageRef, ...]
    rate: float = 0.1


@pytest.mark.parametrize("which", ["m.json", "w.h5", "hooks.py", "00.png"])
@pytest.mark.parametrize("as_plan", [True, False])
def test_models_weights_and_custom_code_are_compared_too(tmp_path, which, as_plan):
    written(tmp_path, 1, 1)
    for name in ("m.json", "w.h5", "hooks.py"):
        (tmp_path / name).write_text("1")
    source = ModelSource(
        "json", str(tmp_path / "m.json"), str(tmp_path / "w.h5"), hooks=str(tmp_path / "hooks.py"), sha256="x"
    )
    refs = of(tmp_path / "00.png")
    args = [Plan((source,), refs)] if as_plan else [(ScoreWish(source, Preprocessing(), ()),), refs]
    there = expected(TASK, args)
    compare(there)
    (tmp_path / which).write_text("2")
    with pytest.raises(WorkFailed, match=f"'{which}' on"):
        compare(there)


def test_what_is_no_file_of_a_machine_is_left_out():
    refs = (ImageRef("a.png", "s3://bucket/a.png"),)
    source = ModelSource("application", application="mobilenet", weights="random")
    assert expected(TASK, [source, refs, np.zeros(3), None, 7, "/etc/hostname"]).sizes == {}


def test_a_dataset_that_is_opened_must_be_there(tmp_path):
    there = expected(TASKS["images.open"], (str(tmp_path / "photos"), None, True, False))
    (tmp_path / "photos").mkdir()
    with pytest.raises(WorkFailed, match="'photos' is on .*, where a worker runs, but not on"):
        compare(there)


def test_names_that_are_no_text_can_be_reported(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\n.png"
    with open(path, "wb") as file:
        file.write(b"1")
    there = expected(TASK, [(ImageRef("x", os.fsdecode(path)),)])
    os.unlink(path)
    with pytest.raises(WorkFailed) as refusal:
        compare(there)
    assert refusal.value.message.isprintable() and refusal.value.message.encode()
