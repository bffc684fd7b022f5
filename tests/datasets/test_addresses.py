"""Images behind an fsspec address: listed, read and refused like files."""

import fsspec
import numpy as np
import pytest

from innv_gui.datasets import decode, open_dataset, scan, stamps
from innv_gui.datasets.stamps import GONE
from innv_gui.errors import BadInput, ImageRefused
from tests.datasets.picture_files import tiny_png


@pytest.fixture
def bucket():
    """memory://photos with two classes, a broken picture and a text."""
    system = fsspec.filesystem("memory")
    for number in range(4):
        system.pipe(f"/photos/{('cat', 'dog')[number % 2]}/{number}.png", tiny_png(50 * number))
    system.pipe("/photos/dog/broken.png", tiny_png()[:40])
    system.pipe("/photos/dog/empty.png", b"")
    system.pipe("/photos/notes.txt", b"no picture")
    system.pipe("/photos/.litter/x.png", tiny_png())
    yield system
    system.rm("/photos", recursive=True)


def test_an_address_is_opened_like_a_folder(bucket):
    photos = open_dataset("memory://photos")
    assert [ref.name for ref in photos.refs(0, 9)][:2] == ["cat/0.png", "cat/2.png"]
    assert photos.class_names == ("cat", "dog") and photos.n == 6
    assert [problem.name for problem in photos.problems] == ["notes.txt"]
    np.testing.assert_array_equal(decode(photos.ref(1)).max(), 100)


def test_bad_files_behind_an_address_are_told_like_others(bucket):
    photos = open_dataset("memory://photos/")
    found = {problem.name: problem.reason for problem in scan(photos.refs(0, 6))}
    assert set(found) == {"dog/broken.png", "dog/empty.png"} and "no bytes" in found["dog/empty.png"]
    bucket.rm("/photos/cat/0.png")
    with pytest.raises(ImageRefused, match="is not there"):
        decode(photos.ref(0))
    assert tuple(stamps([photos.ref(0)])[0]) == GONE


def test_a_change_is_noticed(bucket):
    photos = open_dataset("memory://photos")
    before = stamps(photos.refs(0, 6))
    bucket.pipe("/photos/cat/0.png", tiny_png(7) + b"longer")
    assert (before != stamps(photos.refs(0, 6))).any(axis=1).tolist() == [True] + [False] * 5


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("memory://nothing-here", "holds no images"),
        ("nosuch://x/y", "nosuch"),
        ("zip://a.png::memory://photos/x.zip", "not an address"),
        ("://x", "not an address"),
    ],
)
def test_what_cannot_be_reached_is_refused_in_a_sentence(bucket, address, words):
    with pytest.raises(BadInput, match=words) as refusal:
        open_dataset(address)
    assert refusal.value.field == "images"


def test_file_addresses_are_paths_with_all_their_rules(tmp_path, session):
    (tmp_path / "photos").mkdir()
    (tmp_path / "secret.png").write_bytes(tiny_png())
    (tmp_path / "photos" / "a.png").write_bytes(tiny_png(9))
    (tmp_path / "photos" / "out.png").symlink_to(tmp_path / "secret.png")
    dataset = session.add_dataset(f"file://{tmp_path}/photos")
    assert [ref.name for ref in dataset] == ["a.png", "out.png"] and not dataset.problems
    with pytest.raises(BadInput, match="There is no folder or file"):
        session.add_dataset(f"file://{tmp_path}/nope")


def test_a_list_of_files_cannot_name_an_address(bucket, tmp_path):
    (tmp_path / "list.csv").write_text("path\nmemory://photos/cat/0.png\n")
    with pytest.raises(BadInput, match="is an address; a list names files"):
        open_dataset(tmp_path / "list.csv", anywhere=True)
