"""Numbers of the suggestions against plain loops, and the traps in their definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from innv_gui.errors import BadInput
from innv_gui.suggestions.agreement import groups_of, scatter_of
from innv_gui.suggestions.bins import MAX_BINS, RULES, bins, edges, label
from innv_gui.suggestions.cells import cells
from innv_gui.suggestions.classes import common_classes
from innv_gui.suggestions.conditions import names_that, numbers_that
from innv_gui.suggestions.distance import class_distance
from tests.suggest import twins as twins

FEW = settings(max_examples=60, deadline=None)
FINITE = st.floats(-1e6, 1e6, width=32)


def vectors(n_models, n_images, n_classes, seed, ties=False):
    """(M, N, K) float32 probabilities; with ties they are few round numbers, so that groups and means coincide."""
    generator = np.random.default_rng(seed)
    if ties:
        raw = generator.integers(1, 3, (n_models, n_images, n_classes)).astype(float)
        return (raw / raw.sum(-1, keepdims=True)).astype(np.float32)
    return generator.dirichlet(np.full(n_classes, 0.3), (n_models, n_images)).astype(np.float32)


@pytest.mark.parametrize("n_models", [1, 2, 4])
@pytest.mark.parametrize("ties", [False, True])
@FEW
@given(seed=st.integers(0, 10_000), n_classes=st.integers(2, 5), n_images=st.integers(1, 30))
def test_confidence_and_groups_equal_the_plain_loop(n_models, ties, seed, n_classes, n_images):
    p = vectors(n_models, n_images, n_classes, seed, ties)
    classes, top = p.argmax(-1), p.max(-1)
    found = scatter_of(classes, top)
    for image in range(n_images):
        confidence, n_groups, largest = twins.agreement(classes[:, image], top[:, image])
        assert found.confidence[image] == pytest.approx(confidence, abs=1e-6)
        assert (found.n_groups[image], found.largest[image]) == (n_groups, largest)
        groups = groups_of(classes[:, image], top[:, image])
        assert len(groups) == n_groups and groups[0].class_ == largest
        assert 100 * groups[0].probability == pytest.approx(confidence, abs=1e-6)
        assert sorted(member for group in groups for member in group.members) == list(range(n_models))


def test_of_two_groups_of_the_same_size_the_surer_one_counts():
    found = scatter_of([[4], [4], [1], [1]], [[0.5], [0.6], [0.9], [0.7]])
    assert (found.confidence[0], found.n_groups[0], found.largest[0]) == (pytest.approx(80), 2, 1)


def test_of_two_groups_that_are_equal_in_all_the_first_class_counts():
    found = scatter_of([[4], [1]], [[0.75], [0.75]])
    assert found.largest[0] == 1 and groups_of([4, 1], [0.75, 0.75])[0].members == (1,)


def test_probabilities_are_averaged_before_anything_is_rounded():
    p = np.float32([[0.3333333], [0.3333334], [0.6666668]])
    expected = 100 * (float(p[0, 0]) + float(p[1, 0]) + float(p[2, 0])) / 3
    assert scatter_of([[0], [0], [0]], p).confidence[0] == pytest.approx(expected, abs=1e-9)
    assert abs(expected - 100 * np.round(p, 3).mean()) > 1e-5  # what rounding first would give


def test_an_image_without_a_score_has_no_confidence_and_does_not_disturb_others():
    found = scatter_of([[2, -1, 3], [2, 2, 3]], [[0.5, np.nan, 0.9], [0.7, 0.8, 0.7]])
    assert np.isnan(found.confidence[1]) and found.n_groups.tolist() == [1, 0, 1] and found.largest[1] == -1
    assert found.confidence[[0, 2]] == pytest.approx([60, 80])


def test_more_images_than_a_block_give_the_same_as_fewer(monkeypatch):
    p = vectors(3, 1000, 4, 0)
    whole = scatter_of(p.argmax(-1), p.max(-1))
    monkeypatch.setattr("innv_gui.suggestions.agreement.BLOCK", 64)
    parts = scatter_of(p.argmax(-1), p.max(-1))
    np.testing.assert_array_equal(whole.confidence, parts.confidence)
    np.testing.assert_array_equal(whole.largest, parts.largest)


def test_models_with_other_lists_of_classes_are_compared_by_name():
    common = common_classes([("cat", "dog", "owl"), ("owl", "cat"), ("Dog", "fox")])
    assert common.names == ("cat", "dog", "owl", "fox")
    first, second, third = common.of(0, [1]), common.of(1, [0]), common.of(2, [0])
    assert (first[0], second[0], third[0]) == (1, 2, 1)  # dog, owl, Dog
    assert common.within(1, 2) == 0 and common.within(1, 1) == -1
    assert common.of(1, np.array([-1, 1])).tolist() == [-1, 0]


def test_classes_that_differ_in_case_only_stay_apart_within_a_model():
    common = common_classes([("polish", "Polish"), ("Polish", "polish", "POLISH"), ("POLISH",)])
    for numbers in common.maps:
        assert len(set(numbers.tolist())) == len(numbers)
    assert [common.names[number] for number in common.maps[1]] == ["Polish", "polish", "POLISH"]


def test_classes_of_the_same_label_are_one_where_names_do_not_say_so():
    common = common_classes([("dark", "light"), ("night", "light")], [{"dark": 0, "light": 1}, {"dark": 0, "light": 1}])
    assert common.names == ("dark", "light") and [numbers.tolist() for numbers in common.maps] == [[0, 1], [0, 1]]


@pytest.mark.parametrize(
    "labels",
    [
        [{"cat": 0, "dog": 1}, {"cat": 0, "dog": 0}],  # a class that is wider than a label is none of them
        [{"cat": 0, "dog": 0}, {"cat": 0}],
        [{"cat": 0}, {"dog": 0}],
        [{}, {}],
    ],
)
def test_a_class_of_several_labels_stays_its_own(labels):
    common = common_classes([("cat", "dog"), ("animal", "plant")], labels)
    assert common.names == ("cat", "dog", "animal", "plant")


def test_classes_of_the_same_labels_are_one_whatever_they_are_called():
    one = {"cat": 0, "kitty": 0, "dog": 1, "wolf": 1, "owl": 2}
    other = {"cat": 2, "kitty": 2, "dog": 0, "wolf": 0, "owl": 1}
    common = common_classes([("cat", "dog", "owl"), ("canine", "owl", "feline", "bird")], [one, other])
    assert common.names == ("cat", "dog", "owl", "bird")
    assert [numbers.tolist() for numbers in common.maps] == [[0, 1, 2], [1, 2, 0, 3]]
    wider = common_classes([("cat", "dog", "owl"), ("canine", "owl", "feline", "bird")], [one, other | {"puma": 2}])
    assert wider.names == ("cat", "dog", "owl", "feline", "bird")


def test_a_label_does_not_put_two_classes_of_a_model_together():
    labels = [{"a": 0, "b": 1}, {"a": 1, "b": 0}]
    common = common_classes([("a", "b"), ("a", "c")], labels)  # by hand, label a is c there, and b is a
    for numbers in common.maps:
        assert len(set(numbers.tolist())) == len(numbers)
    assert common.maps[1][0] == 0


def test_probabilities_are_spread_over_the_common_classes():
    common = common_classes([("a", "b"), ("c", "a")])
    np.testing.assert_allclose(common.spread(1, np.array([[0.25, 0.75]])), [[0.75, 0, 0.25]])


@pytest.mark.parametrize("n_models", [1, 2, 4])
@FEW
@given(seed=st.integers(0, 10_000), n_classes=st.integers(2, 6))
def test_distance_equals_the_plain_loop(n_models, seed, n_classes):
    p = vectors(n_models, 12, n_classes, seed)
    class_ = seed % n_classes
    found = class_distance(p[:, :, class_], np.linalg.norm(p, axis=-1))
    expected = [twins.distance(p[:, image], class_) for image in range(12)]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_distance_is_zero_when_all_are_right_and_one_when_all_are_wrong():
    sure = np.eye(3, dtype=np.float32)[[1, 2]]
    assert class_distance(sure[None, :, 1], np.ones((1, 2))).tolist() == [0, 1]
    assert np.isnan(class_distance([[np.nan]], [[np.nan]])[0])
    assert class_distance([[0.0]], [[0.0]])[0] == 1


@FEW
@given(values=hnp.arrays(np.float32, st.integers(1, 200), elements=FINITE), rule=st.sampled_from([*RULES, 1, 7]))
def test_every_value_is_in_the_bin_that_its_edges_say(values, rule):
    found = bins(values, rule)
    limits = found.edges
    assert (np.diff(limits) > 0).all() and len(limits) - 1 <= MAX_BINS
    assert found.counts.sum() == len(values) and limits[0] <= values.min() and values.max() <= limits[-1]
    assert found.counts.tolist() == twins.histogram(values.astype(float), limits)
    assert len(set(found.labels)) == len(found.labels) or rule == 1


@FEW
@given(values=hnp.arrays(np.float64, st.integers(2, 300), elements=st.floats(0, 1)))
def test_sturges_is_numpys(values):
    if values.max() - values.min() > 1e-9:
        np.testing.assert_allclose(edges(values), np.histogram_bin_edges(values, "sturges"), rtol=1e-9, atol=1e-12)


def test_other_rules_are_numpys():
    values = np.random.default_rng(0).normal(size=5000)
    for rule in ("fd", "scott", "sqrt", "auto"):
        np.testing.assert_allclose(edges(values, rule), np.histogram_bin_edges(values, rule), rtol=1e-9, atol=1e-12)


def test_the_last_bin_holds_its_high_edge_and_says_so():
    found = bins(np.array([0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.0]), 5)
    assert found.counts.tolist() == [1, 1, 1, 1, 3]
    assert found.labels[-1] == "3 images in bin [0.80, 1.00]" and found.labels[0] == "1 image in bin [0.00, 0.20)"


def test_values_that_are_all_the_same_get_one_bin_around_them():
    for value in (0.0, 0.25, -3e9, 1e30):
        found = bins(np.full(9, value))
        assert found.counts.tolist() == [9] and found.edges[0] < value < found.edges[1]


def test_what_is_not_a_number_is_left_out_and_counted():
    found = bins(np.array([np.nan, 1, 2, np.inf, 3]))
    assert found.n_left_out == 2 and found.counts.sum() == 3 and (found.which == -1).tolist() == [1, 0, 0, 1, 0]
    empty = bins(np.full(3, np.nan))
    assert empty.labels == [] and empty.n_left_out == 3


def test_values_with_a_far_outlier_do_not_ask_for_millions_of_bins():
    values = np.append(np.random.default_rng(0).normal(size=1000), 1e9)
    for rule in RULES:
        assert len(edges(values, rule)) - 1 <= MAX_BINS


def test_labels_have_as_many_decimals_as_their_edges_need():
    assert label(9, np.array([0.8, 1.0]), 0) == "9 images in bin [0.80, 1.00]"
    assert label(2, np.array([0.0001, 0.0002, 0.0003]), 0) == "2 images in bin [0.0001, 0.0002)"
    assert label(1, np.array([0.326, 0.407, 0.488]), 0) == "1 image in bin [0.33, 0.41)"
    assert label(2, np.array([-0.0000001, 0.5]), 0) == "2 images in bin [0.00, 0.50]"


def test_a_view_bins_its_own_range():
    found = bins(np.linspace(0, 10, 101), 4, low=2, high=4)
    assert found.counts.sum() == 21 and found.edges[[0, -1]] == pytest.approx([2, 4]) and found.n_left_out == 0


@FEW
@given(seed=st.integers(0, 10_000))
def test_cells_count_each_point_once_and_show_its_first_image(seed):
    generator = np.random.default_rng(seed)
    x, rows = generator.integers(0, 21, 200) * 5.0, generator.integers(1, 4, 200)
    index = generator.permutation(1000)[:200]
    found = cells(x, rows, index, (10.0, 90.0), 8)
    for low, high, row, count, example in zip(
        found.low, found.high, found.row, found.count, found.example, strict=True
    ):
        last = high == 90
        inside = [i for i in range(200) if rows[i] == row and low <= x[i] and (x[i] < high or (last and x[i] <= high))]
        assert count == len(inside) and example == index[inside[0]]
    assert found.count.sum() == ((x >= 10) & (x <= 90)).sum()


VALUES = np.array([-1.0, 0.0, 0.5, 2.0, 1e9, np.nan])


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        (">0.5", [3, 4]),
        (">= 0.5", [2, 3, 4]),
        ("<0", [0]),
        ("<=0", [0, 1]),
        ("= 2", [3]),
        ("-1..0.5", [0, 1, 2]),
        ("0 .. 1e9", [1, 2, 3, 4]),
        ("2, -1.0", [0, 3]),
        (".5", [2]),
        ("3..1", []),
    ],
)
def test_conditions_on_numbers_mean_what_they_say(condition, met):
    assert np.flatnonzero(numbers_that(VALUES, condition, "loss")).tolist() == met


@pytest.mark.parametrize("text", ["", ">", "abc", "1;2", "1 or 1=1", "__import__('os')", ">1e", "1..", "..2", "> nan"])
def test_what_is_no_condition_is_refused_with_what_is(text):
    with pytest.raises(BadInput, match=r"a\.\.b") as refused:
        numbers_that(VALUES, text, "loss")
    assert refused.value.field == "where"


def test_names_are_met_by_part_or_by_list():
    codes, names = np.array([0, 1, 2, -1]), ("cat", "wild cat", "dog")
    assert names_that(codes, names, "CAT").tolist() == [True, True, False, False]
    assert names_that(codes, names, ["cat", "bird"]).tolist() == [True, False, False, False]
    assert not names_that(codes, names, []).any()
