"""What marks do while a network is trained, and how that is measured."""

from dataclasses import replace

import numpy as np
import pytest

from innv_gui.runtimes.keras.training import feeding, loop, measuring, shapes
from innv_gui.workshop import tiles
from innv_gui.workshop.copies import copies
from innv_gui.workshop.recipe import Recipe, ShapeClass, regions
from tests.workshop.by_hand import equal, forward, slow

CORNER = np.zeros((28, 28), np.int8)
CORNER[:6, :6] = -1


def drawing(tile, marker):
    """A tile, with a square in the marked corner or without."""
    pixels = tiles.pixels(tile) * 255
    pixels[1:4, 1:4] = 255 * marker
    return pixels.astype(np.uint8)[None]


def recipe(**settings):
    first = ShapeClass("first", pixels=drawing("hollow_box", True), marks=CORNER)
    return Recipe((first, ShapeClass("second", pixels=drawing("box", False))), **settings)


def slopes(weights, x):
    """(N, 784): derivative of the sum of log-probabilities, by the chain rule."""
    _, first, second, p = forward(weights, x)
    slope = (1 - p.shape[1] * p) @ weights[4].T * (1 - second**2)
    return slope @ weights[2].T * (1 - first**2) @ weights[0].T


def loss(weights, x, labels, inside, weight):
    p = forward(weights, x)[-1]
    penalty = (slopes(weights, x) ** 2 * inside).sum(axis=1)
    return (-np.log(p[np.arange(len(x)), labels]) + weight * penalty).mean()


def first_batch(asked, state):
    """What the loop is shown first, and the sizes of the gradients that it finds there."""
    trainee, made = shapes.trainee_of(asked), copies(asked)
    plan = feeding.plan_of(asked, made, trainee, state, 1)
    images = plan["order"][0, 0]
    plan["steps"] = np.int32(1)
    after, _ = shapes._trained(loop.trace(trainee, True), trainee, state, feeding.data_of(asked, made, trainee), plan)
    return made.x[images].reshape(4, -1).astype(float), made.y[images], [np.sqrt(one / 0.05) for one in after.slots[:6]]


def test_the_penalty_is_that_of_ross_by_finite_differences():
    asked = recipe(way="penalty", strength=3.0)
    state, _ = shapes.begin(asked)
    assert state.scale > 0
    x, labels, found = first_batch(asked, state)
    inside = regions(asked)[labels].reshape(4, -1)
    weights = [one.astype(float) for one in state.weights]
    rng = np.random.default_rng(0)
    for place in (0, 2, 4):
        largest = np.argsort(found[place].ravel())[-200:]
        for number in rng.choice(largest, 5):
            index = np.unravel_index(number, weights[place].shape)
            ends = []
            for way in (1e-5, -1e-5):
                moved = [one.copy() for one in weights]
                moved[place][index] += way
                ends.append(loss(moved, x, labels, inside, 3.0 * state.scale))
            assert abs(ends[0] - ends[1]) / 2e-5 == pytest.approx(found[place][index], rel=0.01, abs=1e-5)


def test_strength_1_weighs_as_much_as_the_cross_entropy():
    for model in ("mlp", "cnn"):
        asked = recipe(model=model, way="penalty")
        state, row = shapes.begin(asked)
        made = copies(asked)
        network = shapes.OFFERED[model].model(state.weights, 2)
        x = shapes.tf.constant(made.x[..., None])
        with shapes.tf.GradientTape() as tape:
            tape.watch(x)
            total = shapes.tf.reduce_sum(shapes.tf.math.log(network(255 * x)))
        slope = tape.gradient(total, x).numpy()[..., 0]
        penalty = (slope**2 * regions(asked)[made.y]).sum(axis=(1, 2)).mean()
        assert state.scale * penalty == pytest.approx(row[0], rel=1e-3)


def test_filling_shows_other_images_where_it_is_marked():
    asked = recipe(way="filling", seed=4)
    state, _ = shapes.begin(asked)
    assert state.scale == 0
    made, marked = copies(asked), regions(asked)

    def seen(made, images, donors):
        shown = made.x[images].copy()
        for place, image in enumerate(images):
            where = marked[made.y[image]]
            shown[place][where] = made.x[donors[place]][where]
        return shown

    after, _ = shapes.train(asked, state, 3)
    for one, other in zip(after.weights, slow(made, state.weights, 4, 3, seen)[0], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


@pytest.mark.parametrize("way", ["filling", "penalty", "both"])
def test_without_marks_no_way_changes_anything(way):
    plain = Recipe(tuple(ShapeClass(one, one) for one in ("box", "disk")))
    state, _ = shapes.begin(plain)
    asked = replace(plain, way=way)
    assert shapes.begin(asked)[0].scale == 0
    equal(shapes.train(asked, state, 2)[0], shapes.train(plain, state, 2)[0])


def test_both_ways_begin_alike_and_slices_are_one_run():
    plain, asked = recipe(), recipe(way="both", model="cnn")
    for one, other in zip(shapes.begin(plain)[0].weights, shapes.begin(recipe(way="both"))[0].weights, strict=True):
        np.testing.assert_array_equal(one, other)
    begun, _ = shapes.begin(asked)
    whole, _ = shapes.train(asked, begun, 4)
    equal(shapes.train(asked, shapes.train(asked, begun, 1)[0], 3)[0], whole)


def test_what_is_measured_is_counted_by_hand():
    asked = recipe()
    state, _ = shapes.train(asked, shapes.begin(asked)[0], 30)
    made, marked = copies(asked), regions(asked)
    network = shapes.MLP.model(state.weights, 2)
    right = []
    for image, label in zip(made.held, made.held_y, strict=True):
        for other, of_other in zip(made.held, made.held_y, strict=True):
            if of_other != label:
                shown = np.where(marked[label], other, image)
                right.append(int(np.argmax(network(255 * shown[None, ..., None]))) == label)
    found = measuring.measure(asked, state)
    assert found["replaced_accuracy"] == pytest.approx(np.mean(right))
    shares = []
    weights = [one.astype(float) for one in state.weights]
    for k in range(2):
        squared = slopes(weights, made.held[made.held_y == k].reshape(2, -1).astype(float)) ** 2
        shares.append(squared[:, marked[k].ravel()].sum() / squared.sum())
    assert list(found["inside_of"].values()) == pytest.approx(shares, rel=1e-3)
    assert found["inside"] == pytest.approx(np.mean(shares), rel=1e-3)
    assert found["undecided"] is False


def test_a_network_that_names_one_class_or_is_unsure_is_undecided():
    labels = np.array([0, 0, 1, 1])
    sure = np.eye(2)[labels] * 0.98 + 0.01
    assert not measuring.is_undecided(sure, labels)
    assert measuring.is_undecided(sure[[0, 0, 0, 0]], labels)
    assert measuring.is_undecided(np.full((4, 2), 0.5) + [[0.01, -0.01]], labels)


def test_without_a_region_there_is_no_number():
    plain = Recipe(tuple(ShapeClass(one, one) for one in ("box", "disk")))
    found = measuring.measure(plain, shapes.begin(plain)[0])
    assert [found[name] for name in ("replaced_accuracy", "noise_accuracy", "inside")] == [None] * 3


def moved_line(tile, corner, marks, rng):
    """Forty pictures of a line somewhere, each with a square of 5 x 5 in one corner."""
    pictures = np.stack([np.roll(tiles.pixels(tile), rng.integers(-4, 5, 2), (0, 1)) for _ in range(40)])
    pictures[:, corner, corner] = 1
    return ShapeClass(tile, pixels=(255 * pictures).astype(np.uint8), marks=marks)


def corners():
    marks = np.zeros((28, 28), np.int8)
    marks[:7, :7] = marks[-7:, -7:] = -1
    return marks


def middle():
    marks = np.zeros((28, 28), np.int8)
    marks[7:21, 7:21] = 1
    return marks


@pytest.mark.parametrize("marks", [corners, middle])
def test_filling_cures_a_marker_that_gave_the_class_away(marks):
    rng = np.random.default_rng(0)
    places = {"vertical_line": slice(1, 6), "horizontal_line": slice(22, 27)}
    classes = tuple(moved_line(tile, place, marks(), rng) for tile, place in places.items())
    found = {}
    for way in ("none", "filling"):
        asked = Recipe(classes, way=way)
        state, rows = shapes.train(asked, shapes.begin(asked)[0], 100)
        assert rows[-1, 3] >= 0.9
        found[way] = measuring.measure(asked, state)["replaced_accuracy"]
    assert found["none"] <= 0.1 and found["filling"] >= 0.9
