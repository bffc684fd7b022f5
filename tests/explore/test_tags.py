"""Tags and saved lists of datasets in a workspace, without a session."""

import numpy as np
import pytest

from innv_gui.datasets.collection import ProblemList, of_files
from innv_gui.errors import BadInput
from innv_gui.session.datasets import Dataset
from innv_gui.session.explore.tags import MOST, TagShelf

N = 20


def dataset_at(root, n=N):
    return Dataset(
        "d", "made", of_files("made", "folder", str(root), [f"{k}.png" for k in range(n)], None, ProblemList())
    )


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
