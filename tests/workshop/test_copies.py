"""Training images of a recipe, and how much a picture is like them."""

import math

import numpy as np
import pytest

from innv_gui.workshop import tiles
from innv_gui.workshop.copies import copies
from innv_gui.workshop.likeness import correlation, likenesses, prototypes
from innv_gui.workshop.recipe import Recipe, ShapeClass, marked, regions

LINES = (ShapeClass("vertical", "vertical_line"), ShapeClass("horizontal", "horizontal_line"))
NOISES = (ShapeClass("noise", "noise"), ShapeClass("blurred", "blurred_noise"))


def own(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 28, 28), np.uint8)


def test_a_class_has_ten_copies_with_a_little_noise_two_held_out():
    made = copies(Recipe(LINES + NOISES))
    assert [np.sum(made.y == k) for k in range(4)] == [8] * 4
    assert [np.sum(made.held_y == k) for k in range(4)] == [2] * 4
    assert made.x.dtype == made.held.dtype == np.float32
    added = np.concatenate([made.x[made.y == 0], made.held[made.held_y == 0]]) - tiles.pixels("vertical_line")
    assert added.min() >= 0 and 0.0099 < added.max() < 0.01001
    assert len({one.tobytes() for one in added}) == 10


def test_each_copy_of_a_noise_is_another():
    made = copies(Recipe(LINES + NOISES))
    for k in (2, 3):
        of_class = made.x[made.y == k].reshape(8, -1)
        assert np.corrcoef(of_class)[np.triu_indices(8, 1)].max() < 0.3


def test_the_seed_decides_and_later_classes_do_not():
    first, again, other = copies(Recipe(LINES)), copies(Recipe(LINES)), copies(Recipe(LINES, seed=1))
    more = copies(Recipe(LINES + NOISES))
    np.testing.assert_array_equal(first.x, again.x)
    np.testing.assert_array_equal(first.x, more.x[more.y < 2])
    assert not np.array_equal(first.x, other.x)


@pytest.mark.parametrize(("count", "trained", "held"), [(1, 8, 2), (4, 8, 2), (5, 8, 2), (10, 8, 2), (40, 32, 8)])
def test_own_pictures_are_repeated_to_ten_and_held_out_apart_where_there_are_enough(count, trained, held):
    pictures = own(count)
    made = copies(Recipe((ShapeClass("own", pixels=pictures), LINES[0])))
    found = [whose(one, pictures) for one in made.x[made.y == 0]]
    apart = [whose(one, pictures) for one in made.held[made.held_y == 0]]
    assert (len(found), len(apart)) == (trained, held)
    assert set(found) | set(apart) == set(range(count))
    if count >= 5:
        assert not set(found) & set(apart)


def whose(copy, pictures):
    """The number of the picture that a copy is of."""
    distances = [abs(copy - one / 255).max() for one in pictures]
    assert min(distances) < 0.0101
    return int(np.argmin(distances))


def test_prototypes_are_clean_or_means():
    recipe = Recipe((*LINES, *NOISES, ShapeClass("drawn", pixels=own(1)), ShapeClass("many", pixels=own(20, 1))))
    made = copies(recipe)
    clean = prototypes(recipe, made)
    np.testing.assert_array_equal(clean[0], tiles.pixels("vertical_line"))
    np.testing.assert_allclose(clean[4], own(1)[0] / 255, atol=1e-6)
    for k in (2, 3, 5):
        np.testing.assert_allclose(clean[k], made.x[made.y == k].mean(axis=0), atol=1e-6)
    found = likenesses(recipe, made, clean)
    assert [one.mean for one in found] == [False, False, True, True, False, True]
    assert [one.absolute for one in found] == pytest.approx([1] * 6)


def test_correlation_is_pearsons_with_its_sign():
    a, b = own(1)[0] / 255, own(1, 5)[0] / 255
    means = a.sum() / 784, b.sum() / 784
    pairs = [(a[r, c] - means[0], b[r, c] - means[1]) for r in range(28) for c in range(28)]
    above = sum(x * y for x, y in pairs)
    below = math.sqrt(sum(x * x for x, _ in pairs) * sum(y * y for _, y in pairs))
    assert correlation(a, b) == pytest.approx(above / below, abs=1e-12)
    assert correlation(a, -a) == pytest.approx(-1)
    assert math.isnan(correlation(a, np.zeros((28, 28))))


def test_a_class_is_compared_with_each_other():
    recipe = Recipe(LINES)
    picture = tiles.pixels("vertical_line") - tiles.pixels("horizontal_line")
    first, second = likenesses(recipe, copies(recipe), np.stack([picture, picture]))
    assert first.signed == second.others["vertical"] > 0.5
    assert second.signed == first.others["horizontal"] < -0.5
    assert list(first.others) == ["horizontal"]


def test_not_here_counts_for_all_classes_and_look_here_for_its_own():
    here, away = np.zeros((2, 28, 28), np.int8)
    here[5:10, 5:10], away[:3, :3], away[5:6, 5:6] = 1, -1, -1
    recipe = Recipe((ShapeClass("a", "box", marks=here), ShapeClass("b", "disk", marks=away), LINES[0]))
    found = regions(recipe)
    for r in range(28):
        for c in range(28):
            inside, negative = here[r, c] > 0, away[r, c] < 0
            assert found[0, r, c] == (not inside)
            assert found[1, r, c] == found[2, r, c] == negative
    assert marked(recipe) and not marked(Recipe(LINES))
    assert not regions(Recipe(LINES)).any()
