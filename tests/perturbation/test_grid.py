"""Where windows lie: Picasso's grid, every window inside and of full size. Without TensorFlow."""

import itertools

import numpy as np
import pytest

from innv_gui.runtimes.keras.perturbation.grid import Axis, Grid

SHARES = (0.5, 0.4, 0.3, 0.2, 0.1, 0.05)
COUNTS = (2, 5, 10, 20, 30)
SIZES = ((28, 28), (32, 32), (64, 64), (224, 224), (299, 299), (48, 160), (299, 200), (7, 31))


def slow_windows(length, share, count):
    """(window, centres, corners) as the specification writes them."""
    window = max(1, round(share * length))
    pad = window // 2
    centres = [int(pad + place * (length - 2 * pad) / (count - 1)) for place in range(count)]
    return window, centres, [min(centre - pad, length - window) for centre in centres]


@pytest.mark.parametrize("shape", SIZES, ids=lambda shape: "x".join(map(str, shape)))
def test_every_window_lies_inside_and_has_its_full_size(shape):
    for share, count in itertools.product(SHARES, COUNTS):
        grid = Grid.of(shape, share, count)
        assert len(grid.corners) == count * count
        for axis, length in zip((grid.rows, grid.columns), shape, strict=True):
            window, centres, corners = slow_windows(length, share, count)
            assert axis.window == window and axis.centres.tolist() == centres and axis.corners.tolist() == corners
            assert axis.corners.min() == 0 and axis.corners.max() + window <= length
            assert (axis.inside.sum(axis=1) == window).all()
        row, column = grid.corners[count * count - 2]
        assert (row, column) == (grid.rows.corners[-1], grid.columns.corners[-2])  # row by row


def test_centres_are_those_of_numpy_and_the_last_window_of_odd_length_is_moved_inside():
    axis = Axis(30, 0.5, 4)
    assert axis.window == 15 and axis.centres.tolist() == np.trunc(np.linspace(7, 23, 4)).astype(int).tolist()
    assert axis.corners.tolist() == [0, 5, 10, 15]  # 23 - 7 = 16 would stick out


@pytest.mark.parametrize("shape", [(12, 12), (9, 17)])
@pytest.mark.parametrize(("share", "count"), [(0.5, 2), (0.4, 5), (0.1, 3), (0.05, 2), (0.3, 10), (0.5, 1)])
def test_values_are_spread_as_pixel_by_pixel(shape, share, count):
    grid = Grid.of(shape, share, count)
    values = np.random.default_rng(0).normal(size=(count, count))
    slow = np.zeros(shape)
    tried = np.zeros(shape, bool)
    for row, column in np.ndindex(*shape):
        over = [
            values[i, j]
            for i, j in np.ndindex(count, count)
            if 0 <= row - grid.rows.corners[i] < grid.window[0]
            and 0 <= column - grid.columns.corners[j] < grid.window[1]
        ]
        i = min(range(count), key=lambda place: abs(grid.rows.centres[place] - row))
        j = min(range(count), key=lambda place: abs(grid.columns.centres[place] - column))
        tried[row, column] = bool(over)
        slow[row, column] = np.mean(over) if over else values[i, j]
    np.testing.assert_allclose(grid.spread(values), slow, atol=1e-6)
    assert grid.covered == pytest.approx(tried.mean())


def test_how_much_is_tried_is_said():
    assert Grid.of((224, 224), 0.5, 2).words() == "4 windows of 112 × 112 pixels cover the whole picture."
    assert Grid.of((224, 224), 0.1, 2).words().startswith("4 windows of 22 × 22 pixels cover 4 % of the picture;")
    assert "cover less than 1 %" in Grid.of((224, 224), 0.02, 2).words()
