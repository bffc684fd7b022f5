"""Tags and saved lists of datasets in a workspace, without a session."""

import base64
import json
import os

import numpy as np
import pytest

from innv_gui.cluster.jobs import Jobs
from innv_gui.datasets.collection import Collection, ProblemList, of_files
from innv_gui.errors import BadInput
from innv_gui.session.datasets import Dataset, DatasetShelf, collection_key
from innv_gui.session.explore.subsets import Subsets
from innv_gui.session.explore.tags import MOST, TagShelf
from innv_gui.store.kept_files import write_record
from innv_gui.store.named_sets import NamedSets, read_sets

N = 20


def dataset_at(root, n=N, files=None, kind="folder"):
    files = files or [f"{k}.png" for k in range(n)]
    return Dataset("d", "made", of_files("made", kind, str(root), files, None, ProblemList()))


def opened(shelf, dataset):
    """On a shelf, as if it had been opened there: what is opened calls for its lists."""
    shelf.opened(dataset)
    return [(entry.name, entry.dataset.collection.n) for entry in shelf.entries()]


def shelf_with(folder):
    shelf = DatasetShelf(lambda: None, Jobs())
    subsets = Subsets(folder, shelf)
    shelf.opened = subsets.open_kept
    return shelf, subsets


def write_masks(path, masks, n):
    """A record as earlier versions wrote it, by position."""
    bits = {name: np.packbits(mask, bitorder="little").tobytes() for name, mask in masks.items()}
    write_record(path, {"n": n, "masks": {name: base64.b64encode(packed).decode() for name, packed in bits.items()}})


def rows(*chosen, n=N):
    return np.isin(np.arange(n), chosen)


def counts(tags):
    return {one["name"]: one["n"] for one in tags.counts()}


def test_all_explorations_of_a_dataset_show_and_keep_the_same_tags(tmp_path):
    shelf, dataset = TagShelf(tmp_path), dataset_at("/a")
    one, two, part = shelf.of(dataset), shelf.of(dataset), shelf.of(dataset[5:10])
    one.mark("wrong label", rows(1, 2, 7), True)
    assert counts(two) == {"wrong label": 3} and counts(part) == {"wrong label": 1} and part.of(2) == ["wrong label"]
    before = one.version, two.version
    two.mark("blurred", rows(9), True)
    part.mark("wrong label", rows(2, n=5), False)
    assert (one.version, two.version) == (before[0] + 2, before[1] + 2), "pages compare it"
    expected = {"wrong label": 2, "blurred": 1}
    assert counts(one) == counts(two) == counts(shelf.of(dataset)) == counts(TagShelf(tmp_path).of(dataset)) == expected


def test_one_tag_too_many_is_refused_whichever_exploration_gave_the_others(tmp_path):
    shelf, dataset = TagShelf(tmp_path), dataset_at("/a")
    shown = [shelf.of(dataset) for _ in range(2)]
    for number in range(MOST):
        shown[number % 2].mark(f"tag {number}", rows(number % N), True)
    with pytest.raises(BadInput, match="tags already"):
        shown[0].mark("one more", rows(0), True)


def test_images_of_the_same_names_elsewhere_have_other_tags_and_lists(tmp_path):
    shelf, subsets = TagShelf(tmp_path), shelf_with(tmp_path / "lists")[1]
    shelf.of(dataset_at("/a")).mark("blurred", rows(4), True)
    subsets.add(dataset_at("/a"), "night", np.arange(3))
    assert counts(shelf.of(dataset_at("/b"))) == {}
    assert opened(shelf_with(tmp_path / "lists")[0], dataset_at("/b")) == []
    assert opened(shelf_with(tmp_path / "lists")[0], dataset_at("/a")) == [("night", 3)]


def test_what_an_earlier_version_kept_by_names_alone_is_read_until_it_is_changed(tmp_path):
    before = tmp_path / f"{dataset_at('/a').collection.fingerprint[:32]}.json"
    write_masks(before, {"old": rows(1, 2)}, N)
    shelf = TagShelf(tmp_path)
    one, other = shelf.of(dataset_at("/a")), shelf.of(dataset_at("/b"))
    assert counts(one) == counts(other) == {"old": 2}
    one.mark("old", rows(1, 2), False)
    later = TagShelf(tmp_path)
    assert counts(later.of(dataset_at("/a"))) == {} and counts(later.of(dataset_at("/b"))) == {"old": 2}
    assert opened(shelf_with(tmp_path)[0], dataset_at("/b")) == [("old", 2)], "lists are kept in the same way"


def test_a_list_that_was_removed_does_not_come_back(tmp_path):
    (shelf, subsets), dataset = shelf_with(tmp_path), dataset_at("/a")
    kept, mistake = (subsets.add(dataset, name, np.arange(n)) for name, n in (("kept", 3), ("mistake", 7)))
    subsets.forget(mistake.id)
    subsets.forget(dataset.id)
    assert opened(shelf_with(tmp_path)[0], dataset) == [("kept", 3)]
    shelf.remove(kept.id)
    assert opened(shelf_with(tmp_path)[0], dataset) == [("kept", 3)], "it was only closed"
    assert subsets.add(dataset, "kept", np.arange(5)).name == "kept"
    assert [n for _, n in opened(shelf_with(tmp_path)[0], dataset)] == [3, 5], "none is written over another"


def test_a_list_is_forgotten_under_its_name_in_the_record_where_it_is_open_under_another(tmp_path):
    dataset = dataset_at("/a")
    shelf_with(tmp_path)[1].add(dataset, "night", np.arange(3))
    shelf, subsets = shelf_with(tmp_path)
    subsets.add(dataset_at("/b"), "night", np.arange(4))
    assert opened(shelf, dataset) == [("night", 4), ("night-2", 3)]
    subsets.forget(shelf.entries()[1].id)
    assert opened(shelf_with(tmp_path)[0], dataset) == []
    assert opened(shelf_with(tmp_path)[0], dataset_at("/b")) == [("night", 4)]


def test_lists_of_lists_come_back_with_what_was_kept_of_them(tmp_path):
    subsets, dataset = shelf_with(tmp_path)[1], dataset_at("/a")
    five = subsets.add(dataset, "five", np.array([4, 2, 0, 1, 3]))
    whole = subsets.add(five.dataset, "all of five", np.arange(5))
    two = subsets.add(five.dataset, "two of five", np.array([3, 1]))
    one = subsets.add(two.dataset, "one of two", np.array([1]))
    names = [ref.name for ref in one.dataset]
    shelf, subsets = shelf_with(tmp_path)
    assert opened(shelf, dataset) == [("five", 5), ("all of five", 5), ("two of five", 2), ("one of two", 1)]
    again = shelf.entries()
    prints = [[one.dataset.collection.fingerprint for one in known] for known in (again, (five, whole, two, one))]
    assert prints[0] == prints[1] and [ref.name for ref in again[-1].dataset] == names == ["3.png"]
    subsets.forget(again[2].id)
    assert len(opened(shelf_with(tmp_path)[0], dataset)) == 4, "the last was saved from it"
    subsets.forget(again[3].id)
    assert opened(shelf_with(tmp_path)[0], dataset) == [("five", 5), ("all of five", 5)]


def grown():
    """The same folder with a picture in front, one in the middle and without 2.png."""
    return dataset_at("/a", files=["00.png", *(f"{k}.png" for k in range(9) if k != 2), "8a.png", "9.png"])


def named(dataset, mask):
    return [ref.name for ref in dataset[np.flatnonzero(mask)]]


def test_tags_stay_with_their_images_while_others_come_and_go(tmp_path):
    TagShelf(tmp_path).of(dataset_at("/a")).mark("blurred", rows(2, 5, 9), True)
    later = TagShelf(tmp_path).of(grown())
    assert named(grown(), later.bits() > 0) == ["5.png", "9.png"] and later.of(5) == ["blurred"]
    later.mark("blurred", np.isin(np.arange(11), [5]), False)
    later.mark("new", np.isin(np.arange(11), [9]), True)
    again = TagShelf(tmp_path).of(dataset_at("/a"))
    assert named(dataset_at("/a"), again.bits() & 1 > 0) == ["2.png", "9.png"], "2.png has come back"
    assert counts(again) == {"blurred": 2, "new": 0}
    again.mark("blurred", rows(*range(N)), False)
    assert counts(again) == {"new": 0} and counts(TagShelf(tmp_path).of(grown())) == {"new": 1}


def test_saved_lists_stay_with_their_images_while_others_come_and_go(tmp_path):
    subsets = shelf_with(tmp_path)[1]
    five = subsets.add(dataset_at("/a"), "five", np.arange(5))
    subsets.add(five.dataset, "odd", np.array([1, 3]))
    subsets.add(dataset_at("/a"), "gone", np.array([2]))
    shelf, subsets = shelf_with(tmp_path)
    assert opened(shelf, grown()) == [("five", 4), ("odd", 2)]
    assert [[ref.name for ref in entry.dataset] for entry in shelf.entries()] == [
        ["0.png", "1.png", "3.png", "4.png"],
        ["1.png", "3.png"],
    ]
    subsets.add(grown(), "first", np.arange(1))
    assert opened(shelf_with(tmp_path)[0], dataset_at("/a")) == [("five", 5), ("odd", 2), ("gone", 1)]
    subsets.forget(shelf.entries()[1].id)
    subsets.forget(shelf.entries()[0].id)
    assert opened(shelf_with(tmp_path)[0], grown()) == [("first", 1)]


def test_tags_are_of_the_image_in_whichever_list_of_it(tmp_path):
    dataset, shelf = dataset_at("/a"), TagShelf(tmp_path)
    saved = shelf_with(tmp_path / "lists")[1].add(dataset, "saved", np.array([3, 4, 8])).dataset
    inside, whole = shelf.of(saved), shelf.of(dataset)
    inside.mark("wrong label", np.array([False, True, True]), True)
    whole.mark("wrong label", rows(3, 4, 10), True)
    assert named(saved, inside.bits() > 0) == ["3.png", "4.png", "8.png"]
    inside.mark("wrong label", np.ones(3, bool), False)
    assert counts(inside) == {"wrong label": 0} and counts(whole) == {"wrong label": 1} and whole.of(10)


def test_a_list_of_a_table_that_names_a_file_twice_keeps_the_chosen_rows(tmp_path):
    table = dataset_at("/a", files=["x.png", "y.png", "x.png", "x.png"], kind="manifest")
    shelf_with(tmp_path)[1].add(table, "second", np.array([2]))
    shelf = shelf_with(tmp_path)[0]
    assert opened(shelf, table) == [("second", 1)]
    assert shelf.entries()[0].dataset.collection.parts[0].tolist() == [2]


def test_rows_of_a_file_of_arrays_have_their_tags_while_it_is_the_same(tmp_path):
    def arrays(fingerprint):
        return Dataset("d", "x", Collection("x", "array", "/a/x.npz", fingerprint, N, None, key="x"))

    dataset, shelf = arrays("f" * 64), TagShelf(tmp_path)
    saved = shelf_with(tmp_path / "lists")[1].add(dataset, "saved", np.array([3, 4])).dataset
    shelf.of(saved).mark("dark", np.array([False, True]), True)
    assert shelf.of(dataset).of(4) == ["dark"] and counts(shelf.of(dataset)) == {"dark": 1}
    assert counts(shelf.of(arrays("e" * 64))) == {}, "which row is which image now is not known"


def test_what_an_earlier_version_kept_by_position_is_taken_in_once(tmp_path):
    whole = dataset_at("/a")
    saved = shelf_with(tmp_path / "lists")[1].add(whole, "saved", np.array([3, 4])).dataset
    for dataset, mask in ((whole, rows(3)), (saved, np.array([False, True]))):
        write_masks(tmp_path / f"{collection_key(dataset.collection)[:32]}.json", {"dark": mask}, len(dataset))
    shelf = TagShelf(tmp_path)
    inside, of_all = shelf.of(saved), shelf.of(whole)
    assert named(whole, of_all.bits() > 0) == ["3.png", "4.png"] == named(saved, inside.bits() > 0)
    of_all.mark("dark", rows(3, 4), False)
    later = TagShelf(tmp_path)
    assert counts(later.of(saved)) == counts(later.of(whole)) == {}


def test_names_that_are_no_text_and_sets_that_are_damaged(tmp_path):
    odd = os.fsdecode(b"\xff.png")
    TagShelf(tmp_path).of(dataset_at("/a", files=[odd, "a.png"])).mark("odd", np.array([True, False]), True)
    assert counts(TagShelf(tmp_path).of(dataset_at("/a", files=["b.png", odd]))) == {"odd": 1}
    [path] = tmp_path.glob("*.json")
    record = json.loads(path.read_text())["record"]
    for wrong in (
        {"members": "AAAA"},
        {"sets": {"odd": "AA=="}},
        {"sets": {"odd": "/w=="}},
        {"taken_in": [1]},
        {"sets": []},
    ):
        path.write_text(json.dumps(record | wrong))
        assert read_sets(path, MOST) == NamedSets(), wrong
    path.write_text(json.dumps(record))
    assert read_sets(path, MOST).members == (odd,)
