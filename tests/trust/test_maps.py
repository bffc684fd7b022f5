"""Metrics of a map alone, against loops over pixels and against published definitions."""

import numpy as np
import pytest

from innv_gui.trust import maps
from innv_gui.trust.small_maps import as_text, from_text, small

RNG = np.random.default_rng(3)


def gini_by_pairs(values):
    """Half of the mean absolute difference of all pairs, over the mean."""
    sizes = np.abs(values).ravel()
    return sum(abs(a - b) for a in sizes for b in sizes) / (2 * len(sizes) ** 2 * sizes.mean())


def gini_by_hurley_and_rickard(values):
    """1 - 2 sum |v_k| / |v|_1 (n - k + 1/2) / n over the sorted values: Hurley and Rickard 2009, table I."""
    sizes = np.sort(np.abs(values).ravel())
    n = len(sizes)
    return 1 - 2 * sum(size / sizes.sum() * (n - k + 0.5) / n for k, size in enumerate(sizes, 1))


@pytest.mark.parametrize("shape", [(3, 4), (1, 1), (7, 2)])
def test_gini_is_that_of_all_pairs(shape):
    values = RNG.normal(size=shape)
    assert maps.gini(values) == pytest.approx(gini_by_pairs(values), abs=1e-12)
    assert maps.gini(values) == pytest.approx(gini_by_hurley_and_rickard(values), abs=1e-12)


def test_gini_tells_one_pixel_from_an_even_map():
    one = np.zeros((10, 10))
    one[3, 4] = -2
    assert maps.gini(one) == pytest.approx(0.99)
    assert maps.gini(np.ones((10, 10))) == pytest.approx(0)
    assert np.isnan(maps.gini(np.zeros((3, 3))))
    assert np.isnan(maps.gini(np.array([[np.nan, 1.0]])))


def test_mass_in_the_region_counts_what_speaks_for():
    evidence = RNG.normal(size=(9, 8))
    region = np.zeros((9, 8), bool)
    region[2:5, 1:4] = True
    inside = sum(max(evidence[y, x], 0) for y in range(2, 5) for x in range(1, 4))
    total = sum(max(value, 0) for value in evidence.ravel())
    assert maps.region_mass(evidence, region) == pytest.approx(inside / total)
    assert np.isnan(maps.region_mass(-np.ones((3, 3)), np.ones((3, 3), bool)))


@pytest.mark.parametrize(("at", "hit"), [((50, 50), 1), ((50, 71), 1), ((50, 76), 0), ((20, 20), 0)])
def test_the_pointing_game_has_a_tolerance_of_15_pixels_at_224(at, hit):
    evidence, region = np.zeros((224, 224)), np.zeros((224, 224), bool)
    evidence[at], region[40:61, 40:61] = 1, True
    assert maps.pointing(evidence, region) == hit


def test_several_strongest_pixels_share_the_point():
    evidence, region = np.zeros((224, 224)), np.zeros((224, 224), bool)
    evidence[50, 50] = evidence[200, 200] = 1
    region[40:61, 40:61] = True
    assert maps.pointing(evidence, region) == 0.5
    assert np.isnan(maps.pointing(np.zeros((4, 4)), np.ones((4, 4), bool)))


def test_all_strongest_pixels_count_however_many_they_are():
    """Occlusion by a window gives one value to thousands of pixels."""
    evidence, region = np.zeros((224, 224)), np.zeros((224, 224), bool)
    evidence[:112, :112], region[60:] = 1, True
    near = [row >= 60 - 15 for row, _ in np.argwhere(evidence == 1)]
    assert maps.pointing(evidence, region) == pytest.approx(np.mean(near))


def test_change_is_relative_to_the_length_of_the_map():
    values, noise = RNG.normal(size=(5, 6, 3)), RNG.normal(size=(5, 6, 3))
    expected = np.sqrt(sum(noise.ravel() ** 2)) / np.sqrt(sum(values.ravel() ** 2))
    assert maps.relative_change(values, values + noise) == pytest.approx(expected)
    assert maps.relative_change(values, values) == 0
    assert np.isnan(maps.relative_change(np.zeros((2, 2, 1)), np.ones((2, 2, 1))))


def test_resemblance_is_the_rank_correlation_of_the_absolute_maps():
    from scipy.stats import spearmanr

    one, two = RNG.normal(size=(6, 7, 3)), RNG.normal(size=(6, 7, 3))
    expected = spearmanr(np.abs(one.sum(-1)).ravel(), np.abs(two.sum(-1)).ravel()).statistic
    assert maps.resemblance(one, two) == pytest.approx(expected)
    assert maps.resemblance(one, -one) == pytest.approx(1)
    assert maps.resemblance(one, np.zeros_like(one)) == 0
    assert maps.resemblance(one, np.full_like(one, np.nan)) == 0
    for empty in (np.zeros_like(one), np.full_like(one, 2.0), np.full_like(one, np.nan)):
        assert np.isnan(maps.resemblance(empty, one)) and np.isnan(maps.resemblance(empty, empty))


@pytest.mark.parametrize("shape", [(224, 224), (30, 20), (65, 129), (1, 3)])
def test_small_maps_keep_the_place_and_survive_as_text(shape):
    values = np.zeros((*shape, 3))
    values[shape[0] // 2, shape[1] // 3] = 5
    reduced = small(values)
    assert max(reduced.shape) <= 64
    assert reduced.max() == 1
    row, column = np.unravel_index(reduced.argmax(), reduced.shape)
    assert row == shape[0] // 2 * min(64, shape[0]) // shape[0]
    assert column == shape[1] // 3 * min(64, shape[1]) // shape[1]
    np.testing.assert_array_equal(from_text(as_text(np.stack([reduced, -reduced]))), [reduced, -reduced])
