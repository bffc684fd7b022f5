"""Tags and saved lists of datasets in a workspace, without a session."""

import numpy as np
import pytest

from innv_gui.cluster.jobs import Jobs
from innv_gui.datasets.collection import ProblemList, of_files
from innv_gui.errors import BadInput
from innv_gui.session.datasets import Dataset, DatasetShelf
from innv_gui.session.explore.subsets import Subsets
from innv_gui.session.explore.tags import MOST, TagShelf
from innv_gui.store.named_masks import write_masks

N = 20


def dataset_at(root, n=N):
    return Dataset(
        "d", "made", of_files("made", "folder", str(root), [f"{k}.png" for k in range(n)], None, ProblemList())
    )


def opened(shelf, dataset):
    """On a shelf, as if it had been opened there: what is opened calls for its lists."""
    shelf.opened(dataset)
    return [(entry.name, entry.dataset.collection.n) for entry in shelf.entries()]


def shelf_with(folder):
    shelf = DatasetShelf(lambda: None, Jobs())
    subsets = Subsets(folder, shelf)
    shelf.opened = subsets.open_kept
    return shelf, subsets


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
