"""Counts of classes against plain twins."""

from collections import Counter

import numpy as np
import pytest

from innv_gui.errors import BadInput
from innv_gui.explore.bits import id_of, packed, unpacked
from innv_gui.explore.columns import Column
from innv_gui.explore.confusion import Pair, confusion_of, most_confused, of_known, shares_right, similar_together
from innv_gui.explore.sorting import order_by

RNG = np.random.default_rng(2)


@pytest.mark.parametrize("classes", [1, 2, 10, 10_000])
def test_counts_are_those_of_a_loop(classes):
    rows, columns = RNG.integers(-1, classes, 3000), RNG.integers(-1, classes, 3000)
    found = confusion_of(rows, columns, classes)
    twin = Counter((int(a), int(b)) for a, b in zip(rows, columns, strict=True) if a >= 0 and b >= 0)
    assert dict(zip(zip(found.rows.tolist(), found.columns.tolist(), strict=True), found.counts, strict=True)) == twin
    assert found.unknown == sum(a < 0 or b < 0 for a, b in zip(rows, columns, strict=True))
    wrong = sorted(((-n, pair) for pair, n in twin.items() if pair[0] != pair[1]))[:7]
    pairs = most_confused(found, {code: (code,) for code in range(classes)}, 7)
    assert [(-pair.n, (pair.row, pair.column)) for pair in pairs] == wrong


def test_a_class_that_is_only_said_so_far_has_no_share_right():
    """While scores grow, a class can be an answer before any of its own images is scored."""
    found = confusion_of(np.array([0, 0, 0, 1]), np.array([0, 0, 5, 1]), 10)
    same = {code: (code,) for code in range(10)}
    assert shares_right(found, same, np.array([0, 1, 5])) == [2 / 3, 1, None]
    assert shares_right(confusion_of(np.array([-1]), np.array([-1]), 10), same, [3]) == [None]


def test_several_labels_can_be_one_class():
    """Labels 0 and 1 are class 4, label 2 is class 5; as rows and as columns."""
    labels, said = np.array([0, 0, 1, 1, 2, 2]), np.array([4, 5, 4, 4, 5, 4])
    by_label, by_class = confusion_of(labels, said, 6), confusion_of(said, labels, 6)
    assert shares_right(by_label, {0: (4,), 1: (4,), 2: (5,)}, [0, 1, 2]) == [0.5, 1, 0.5]
    same = {4: (0, 1), 5: (2,)}
    assert shares_right(by_class, same, [4, 5]) == [0.75, 0.5]
    assert [(pair.row, pair.column) for pair in most_confused(by_class, same, 9)] == [(4, 2), (5, 0)]


def test_images_of_a_label_that_is_no_class_are_neither_right_nor_wrong():
    """Label 0 is class 4, label 2 is class 5, label 1 is none; class 6 is no label. As rows and as columns."""
    labels, said = np.array([0, 0, 1, 1, 1, 2, 2]), np.array([4, 6, 4, 4, 5, 5, 4])
    by_label = of_known(confusion_of(labels, said, 7), {0: (4,), 2: (5,)}, "rows")
    assert shares_right(by_label, {0: (4,), 2: (5,)}, [0, 1, 2]) == [1 / 2, None, 1 / 2]
    assert most_confused(by_label, {0: (4,), 2: (5,)}, 9) == [Pair(0, 6, 1), Pair(2, 4, 1)]
    by_class = of_known(confusion_of(said, labels, 7), {4: (0,), 5: (2,)}, "columns")
    assert shares_right(by_class, {4: (0,), 5: (2,)}, [4, 5, 6]) == [1 / 2, 1, 0]
    assert most_confused(by_class, {4: (0,), 5: (2,)}, 9) == [Pair(4, 2, 1), Pair(6, 0, 1)]
    of_models = confusion_of(said, said, 7)
    assert of_known(of_models, {4: (4,)}, "") is of_models


def test_classes_confused_with_each_other_stand_side_by_side():
    counts = np.eye(6, dtype=int) * 50
    for a, b in ((0, 3), (1, 5), (2, 4)):
        counts[a, b] = counts[b, a] = 30
    order = similar_together(counts).tolist()
    assert sorted(order) == list(range(6))
    assert all(abs(order.index(a) - order.index(b)) == 1 for a, b in ((0, 3), (1, 5), (2, 4)))
    assert similar_together(np.eye(2)).tolist() == [0, 1]


def test_a_selection_goes_and_comes_back_as_bits():
    for n in (1, 7, 8, 9, 1000):
        mask = RNG.random(n) < 0.4
        assert unpacked(packed(mask), n).tolist() == mask.tolist()
        assert packed(mask)[0] & 1 == mask[0]
    with pytest.raises(BadInput, match="Expected 2 bytes"):
        unpacked(b"x", 9)
    with pytest.raises(BadInput, match="behind the last"):
        unpacked(b"\xff\xff", 9)
    assert id_of(np.ones(9, bool)) == id_of(np.ones(9, bool)) != id_of(np.zeros(9, bool))


def test_rows_without_a_value_come_last_and_equal_ones_keep_their_order():
    values = np.array([3, np.nan, 1, 3, np.nan, 2], np.float32)
    column = Column("x", "x", "number", lambda: values)
    rows = np.arange(6)
    assert order_by(column, rows, False).tolist() == [2, 5, 0, 3, 1, 4]
    assert order_by(column, rows, True).tolist() == [0, 3, 5, 2, 1, 4]
    codes = Column("c", "c", "class", lambda: np.array([1, -1, 0, 1]), ("a", "b"))
    assert order_by(codes, np.arange(4), True).tolist() == [0, 3, 2, 1]
    whole = Column("i", "i", "number", lambda: np.arange(4))
    assert order_by(whole, np.arange(4), True).tolist() == [3, 2, 1, 0]
