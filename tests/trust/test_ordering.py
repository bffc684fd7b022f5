"""The order in which blocks are replaced, against loops; areas against sums by hand."""

import numpy as np
import pytest

from innv_gui.trust import controls, ordering

SIZES = [(28, 28), (32, 32), (64, 64), (224, 224), (299, 299), (240, 320), (15, 40), (7, 5), (1, 1), (1, 9)]


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_blocks_are_squares_that_cover_the_picture_once(height, width):
    side, numbers = ordering.block_side(height, width), ordering.block_numbers(height, width)
    for number in range(numbers.max() + 1):
        rows, columns = np.nonzero(numbers == number)
        assert rows.max() - rows.min() < side
        assert columns.max() - columns.min() < side
        assert len(rows) == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
    if min(height, width) >= 14:
        assert len(np.unique(numbers[:, 0])) >= 14
        assert len(np.unique(numbers[0])) >= 14


def test_blocks_are_of_16_pixels_at_224():
    assert ordering.block_side(224, 224) == 16
    assert ordering.block_numbers(224, 224).max() + 1 == 196
    assert [ordering.block_side(*size) for size in ((299, 299), (448, 600), (28, 28), (7, 5))] == [21, 32, 2, 1]


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_places_are_those_of_a_sort_by_loops(height, width):
    evidence = np.random.default_rng(height + width).normal(size=(height, width))
    side = ordering.block_side(height, width)
    means = []
    for top in range(0, height, side):
        for left in range(0, width, side):
            block = evidence[top : top + side, left : left + side]
            means.append((float(sum(block.ravel()) / block.size), top, left))
    expected = np.zeros((height, width), int)
    for place, (_, top, left) in enumerate(sorted(means, key=lambda one: -one[0])):
        expected[top : top + side, left : left + side] = place
    np.testing.assert_array_equal(ordering.places(evidence, 0), expected)


def test_equal_blocks_come_in_an_order_by_lot_that_the_seed_decides():
    flat = np.zeros((28, 28))
    one, again, other = (ordering.places(flat, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()
    first_rows = ordering.places(flat, 1)[ordering.block_numbers(28, 28) < 14]
    assert first_rows.mean() > 20  # not simply from the top


def test_values_that_are_no_numbers_come_last():
    evidence = np.ones((28, 28))
    evidence[0, 0], evidence[27, 27] = np.nan, np.inf
    places = ordering.places(evidence, 0)
    assert {places[0, 0], places[27, 27]} == {194, 195}


def test_a_signed_map_ranks_by_its_positive_part():
    values = np.array([[[-5.0, 1.0], [2.0, 1.0]]])
    np.testing.assert_array_equal(ordering.evidence(values, signed=True), [[0.0, 3.0]])
    np.testing.assert_array_equal(ordering.evidence(values, signed=False), [[-4.0, 3.0]])


def test_areas_are_those_of_trapezia():
    shares = np.array([0, 0.25, 1.0])
    assert ordering.area([1.0, 1.0, 1.0], shares) == pytest.approx(1)
    assert ordering.area([1.0, 0.0, 0.0], shares) == pytest.approx(0.125)
    curves = np.random.default_rng(0).random((4, 11))
    shares = ordering.shares(64, 64, 10)
    by_hand = [sum((c[i] + c[i + 1]) / 2 * (shares[i + 1] - shares[i]) for i in range(10)) for c in curves]
    np.testing.assert_allclose(ordering.area(curves, shares), by_hand, rtol=1e-12)


@pytest.mark.parametrize("steps", [10, 20, 50])
def test_steps_go_from_nothing_to_everything(steps):
    counts = ordering.counts(196, steps)
    assert counts[0] == 0
    assert counts[-1] == 196
    assert (np.diff(counts) > 0).all()
    assert np.ptp(np.diff(counts)) <= 1


def test_controls_know_the_picture_alone_and_are_the_same_again():
    x = np.zeros((20, 30, 3), np.float32)
    x[:, 15:] = 1
    assert controls.edges(x)[:, [14, 15]].min() > 0
    assert controls.edges(x)[:, :13].max() == 0
    blob = controls.centre(x)
    assert np.unravel_index(blob.argmax(), blob.shape) in {(9, 14), (9, 15), (10, 14), (10, 15)}
    np.testing.assert_array_equal(controls.random(x), controls.random(x.copy()))
    assert (controls.random(x) != controls.random(x + 1)).any()
