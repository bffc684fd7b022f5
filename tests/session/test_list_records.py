"""Saved lists in records of runs: opened again out of their whole, wherever only that is open."""

from types import SimpleNamespace

import numpy as np
import pytest

from innv_gui.cluster.jobs import Jobs
from innv_gui.datasets import open_dataset
from innv_gui.datasets.collection import ProblemList, of_files
from innv_gui.errors import Conflict
from innv_gui.session.datasets import DatasetShelf
from innv_gui.session.explore.subsets import Subsets
from innv_gui.session.keep import session_file
from innv_gui.session.keep.parts import part_of, texts_of
from innv_gui.session.keep.run_record import dataset_of, opened_dataset


def whole_at(root, n=20):
    return of_files("made", "folder", str(root), [f"{k}.png" for k in range(n)], ["a", "b"] * (n // 2), ProblemList())


@pytest.fixture
def shelf_of(tmp_path):
    """A shelf whose worker opens a collection for each place."""

    def shelf(**collections):
        for name in collections:
            (tmp_path / name).mkdir(exist_ok=True)
        places = {str(tmp_path / name): collection(tmp_path / name) for name, collection in collections.items()}
        pool = SimpleNamespace(run=lambda _, place, *__, **___: places[place])
        return DatasetShelf(lambda: pool, Jobs())

    return shelf


def opened(shelf, place):
    entry = shelf.start(place)
    entry.job.wait()
    return entry.dataset


@pytest.fixture
def records(shelf_of, tmp_path):
    """Of a list and of a list of that, by the session that made them."""
    shelf = shelf_of(a=whole_at)
    whole = opened(shelf, tmp_path / "a")
    five = shelf.add_part(whole, "first five", np.arange(5)).dataset
    two = shelf.add_part(five, "two of five", np.array([1, 3])).dataset
    return [dataset_of(one, shelf.place(one)) for one in (five, two)]


def test_lists_are_opened_out_of_their_whole_whether_it_is_open_or_not(shelf_of, tmp_path, records):
    shelf = shelf_of(a=whole_at)
    found = [opened_dataset(record, shelf) for record in records]
    assert [[ref.name for ref in one] for one in found] == [[f"{k}.png" for k in range(5)], ["1.png", "3.png"]]
    assert [entry.name for entry in shelf.entries()] == ["a", "first five", "two of five"]
    assert [dataset_of(one, shelf.place(one)) for one in found] == records, "the same is written of them again"
    assert [opened_dataset(record, shelf) for record in records] == found and len(shelf.entries()) == 3


def test_a_list_of_images_that_have_changed_is_refused(shelf_of, tmp_path, records):
    shelf = shelf_of(a=lambda place: whole_at(place, 18), b=whole_at)
    opened(shelf, tmp_path / "b")
    with pytest.raises(Conflict, match="The images of two of five are no longer the same"):
        opened_dataset(records[1], shelf)
    assert [entry.name for entry in shelf.entries()] == ["b"]


def test_a_kept_list_is_the_same_whatever_came_to_its_whole(shelf_of, tmp_path):
    kept = tmp_path / "kept"
    shelf = shelf_of(a=whole_at)
    lists = Subsets(kept, shelf)
    whole = opened(shelf, tmp_path / "a")
    record = dataset_of(lists.add(whole, "some", np.array([3, 12])).dataset, str(tmp_path / "a"))
    shelf = shelf_of(a=lambda place: whole_at(place, 26))
    shelf.opened = Subsets(kept, shelf).open_kept
    assert [ref.name for ref in opened_dataset(record, shelf)] == ["3.png", "12.png"]
    shelf = shelf_of(a=lambda place: whole_at(place, 10))
    shelf.opened = Subsets(kept, shelf).open_kept
    with pytest.raises(Conflict, match="The images of some are no longer the same"):
        opened_dataset(record, shelf)
    assert shelf.entries() == [], "the list, of one image by now, came along and is closed"


def test_a_sent_session_takes_a_list_out_of_the_whole_that_is_open(shelf_of, tmp_path, records):
    shelf = shelf_of(a=whole_at, b=whole_at)
    session, record = SimpleNamespace(datasets=shelf), session_file.SavedDataset(**records[1])
    assert session_file._own_record(record, session) is None
    opened(shelf, tmp_path / "b")
    assert session_file._own_record(record, session) == records[1] | {"path": str(tmp_path / "b")}
    opened(shelf, tmp_path / "a")
    assert session_file._own_record(record, session) == records[1]
    elsewhere = record.model_copy(update={"path": "/elsewhere"})
    assert session_file._own_record(elsewhere, session) is None, "which of the two is not known"
    assert "parts" not in session_file.SavedDataset(**records[1] | {"parts": []}).model_dump()


def test_rows_of_an_array_come_back_in_a_list(tmp_path):
    np.save(tmp_path / "images.npy", np.zeros((30, 8, 8, 3), np.uint8))
    whole = open_dataset(tmp_path / "images.npy")
    part = whole.part("some", np.array([3, 17, 29])).part("fewer", np.array([0, 2]))
    again = part_of(whole, texts_of(part), "fewer")
    assert again == part and [ref.name for ref in again.refs(0, 2)] == [f"{whole.name}[3]", f"{whole.name}[29]"]


@pytest.mark.parametrize("text", ["", "?", "AAAA", "eJw=", None])
def test_what_is_no_part_of_a_whole_is_none(text):
    whole, many = whole_at("/a"), whole_at("/a", 100_000)
    text = texts_of(many.part("all", np.arange(100_000)))[0] if text is None else text
    assert part_of(whole, [text], "bad") is None
    few = texts_of(many.part("few", np.arange(99_950, 100_000)))[0]
    assert len(few) < 1000, "of few images among many a short text"
