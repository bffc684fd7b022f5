"""The compiled loop against the same training written out in NumPy, against Keras' optimizer, and against itself."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from innv_gui.errors import WorkFailed
from innv_gui.runtimes.keras.training import adadelta, shapes
from innv_gui.workshop.copies import copies
from innv_gui.workshop.recipe import Recipe, ShapeClass
from tests.workshop.by_hand import equal, looked, slow

NAMES = ("vertical_line", "horizontal_line", "disk")


def recipe(model="mlp", names=NAMES, **settings):
    return Recipe(tuple(ShapeClass(name, name) for name in names), model, **settings)


@pytest.mark.parametrize("seed", [0, 3])
def test_the_loop_gives_the_numbers_of_training_written_out(seed):
    asked = recipe(seed=seed)
    state, row = shapes.begin(asked)
    made = copies(asked)
    after, rows = shapes.train(asked, state, 4)
    weights, expected = slow(made, state.weights, seed, 4)
    for one, other in zip(after.weights, weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
    np.testing.assert_allclose(rows, expected, atol=1e-4)
    np.testing.assert_allclose(row[:2], looked(state.weights, made.x, made.y), atol=1e-5)
    assert rows[-1, 0] < row[0] / 3


def test_a_batch_that_is_not_full_counts_its_images_alone():
    pixels = np.random.default_rng(0).integers(0, 256, (13, 28, 28), np.uint8)
    asked = Recipe((ShapeClass("own", pixels=pixels), ShapeClass("box", "box")))
    state, _ = shapes.begin(asked)
    made = copies(asked)
    assert len(made.x) % 4
    after, _ = shapes.train(asked, state, 2)
    for one, other in zip(after.weights, slow(made, state.weights, 0, 2)[0], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_adadelta_is_that_of_keras_with_the_rate_of_its_paper():
    rng = np.random.default_rng(1)
    variable = keras.Variable(rng.normal(size=(5, 3)).astype(np.float32))
    theirs = keras.optimizers.Adadelta(learning_rate=1.0, rho=0.95, epsilon=1e-7)
    ours = [variable.numpy()], [np.zeros((5, 3), np.float32)], [np.zeros((5, 3), np.float32)]
    for _ in range(30):
        slope = rng.normal(size=(5, 3)).astype(np.float32)
        theirs.apply([keras.ops.convert_to_tensor(slope)], [variable])
        ours = adadelta.moved(*ours, [slope])
    np.testing.assert_allclose(ours[0][0], variable.numpy(), atol=1e-5)


@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_slices_give_exactly_the_numbers_of_one_long_run(model):
    asked = recipe(model, seed=5)
    begun, _ = shapes.begin(asked)
    whole, rows = shapes.train(asked, begun, 9)
    state, parts = begun, []
    for count in (1, 5, 3):
        state, found = shapes.train(asked, state, count)
        parts.append(found)
    equal(state, whole)
    np.testing.assert_array_equal(np.concatenate(parts), rows)


def test_more_epochs_than_one_call_takes_are_the_same_as_well():
    asked = recipe(names=NAMES[:2])
    begun, _ = shapes.begin(asked)
    whole, rows = shapes.train(asked, begun, 200)
    half, first = shapes.train(asked, begun, 90)
    after, second = shapes.train(asked, half, 110)
    equal(after, whole)
    np.testing.assert_array_equal(np.concatenate([first, second]), rows)


@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_another_number_of_classes_needs_no_new_trace(model):
    asked = recipe(model)
    shapes.train(asked, shapes.begin(asked)[0], 1)
    run = shapes.loop.trace(shapes.OFFERED[model], False)
    before = run.experimental_get_tracing_count()
    more = recipe(model, names=(*NAMES, "box", "noise"))
    state, rows = shapes.train(more, shapes.begin(more)[0], 1)
    assert run.experimental_get_tracing_count() == before
    assert state.weights[-1].shape == (5,) and np.isfinite(rows).all()


def test_dropout_drops_in_training_alone_and_follows_the_seed():
    asked = recipe("cnn")
    begun, _ = shapes.begin(asked)
    plain = shapes.OFFERED["cnn"]
    after, _ = shapes.train(asked, begun, 1)
    p = shapes.probabilities(plain, after.weights, copies(asked).held, 3)
    np.testing.assert_allclose(p, plain.model(after.weights, 3)(255 * copies(asked).held[..., None]), atol=1e-5)
    key = np.array([4, 7], np.int64)
    weights = plain.widened(begun.weights)
    x = copies(asked).x[:4, ..., None]
    dropped, again = (plain.scores(weights, x, shapes.tf.constant(key))[0].numpy() for _ in range(2))
    np.testing.assert_array_equal(dropped, again)
    other = plain.scores(weights, x, shapes.tf.constant(key + 1))[0].numpy()
    assert not np.allclose(dropped, other, atol=1e-3)


@pytest.mark.parametrize("model", ["mlp", "cnn"])
def test_a_film_is_the_ascent_step_by_step(model):
    asked = recipe(model, initial={"mlp": "blurred", "cnn": "black"}[model], seed=2)
    state, _ = shapes.train(asked, shapes.begin(asked)[0], 10)
    network = shapes.OFFERED[model].model(state.weights, 3)
    for k, film in enumerate(shapes.ascend(asked, state)):
        assert film.stopped == "probability" and film.p[-1] > 0.99 >= film.p[-2]
        assert len(film.frames) == len(film.p)
        for before, after, p in zip(film.frames, film.frames[1:], film.p, strict=False):
            chance, slope = slope_of(network, before, k)
            assert chance == pytest.approx(p, abs=1e-4)
            step = 0.005 * slope / (np.sqrt(np.mean(slope**2)) + 1e-5)
            np.testing.assert_allclose(after, before + step, atol=1e-4)


def slope_of(network, picture, k):
    x = shapes.tf.constant(picture[None, ..., None])
    with shapes.tf.GradientTape() as tape:
        tape.watch(x)
        p = network(255 * x)[0, k]
    return float(p), tape.gradient(p, x).numpy()[0, ..., 0]


def test_an_ascent_ends_at_its_iterations_or_where_there_is_no_slope():
    asked = recipe(names=NAMES[:2])
    state, _ = shapes.train(asked, shapes.begin(asked)[0], 20)
    film = shapes.ascend(asked, state, 2)[0]
    assert film.stopped == "iterations" and len(film.frames) == 3
    flat = replace(state, weights=tuple(np.zeros_like(one) for one in state.weights))
    assert [one.stopped for one in shapes.ascend(asked, flat)] == ["flat", "flat"]
    lost = replace(state, weights=tuple(np.full_like(one, np.nan) for one in state.weights))
    assert [one.stopped for one in shapes.ascend(asked, lost)] == ["not finite", "not finite"]


@pytest.mark.parametrize("work", [lambda asked, state: shapes.train(asked, state, 1), shapes.ascend])
def test_a_lack_of_memory_is_a_sentence(work, monkeypatch):
    def short(*_):
        raise shapes.tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")

    asked = recipe()
    state, _ = shapes.begin(asked)
    monkeypatch.setattr(shapes.loop, "trace", lambda *_: short)
    monkeypatch.setattr(shapes.ascending, "trace", lambda *_: short)
    with pytest.raises(WorkFailed, match="more memory than this machine has free") as caught:
        work(asked, state)
    assert "kept" in caught.value.hint
