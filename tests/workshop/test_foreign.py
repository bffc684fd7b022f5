"""A person's own Keras file in the Workshop: trained again from the first, or refused with the reason."""

import keras
import numpy as np
import pytest
from keras import layers

from innv_gui.errors import BadInput, ModelRefused
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.networks import inspect, loading
from innv_gui.runtimes.keras.training import files, foreign, shapes
from innv_gui.workshop.copies import copies
from innv_gui.workshop.recipe import Recipe, ShapeClass
from tests.workshop.by_hand import equal, slow

NAMES = ("vertical_line", "disk", "box")


def saved(folder, *inner, shape=(28, 28, 1), name="own"):
    path = folder / f"{name}.keras"
    keras.Sequential([keras.Input(shape), *inner]).save(path)
    return ModelSource("keras", str(path))


def recipe(source, **settings):
    return Recipe(tuple(ShapeClass(one, one) for one in NAMES), "file", source, **settings)


def test_the_offered_perceptron_from_a_file_trains_as_written_out(tmp_path):
    dense = [layers.Dense(128, activation="tanh") for _ in range(2)]
    asked = recipe(saved(tmp_path, layers.Flatten(), *dense, layers.Dense(3, activation="softmax")), seed=2)
    state, _ = shapes.begin(asked)
    for one, other in zip(state.weights, shapes.MLP.drawn(3, 2), strict=True):
        np.testing.assert_array_equal(one, other)
    after, _ = shapes.train(asked, state, 3)
    for one, other in zip(after.weights, slow(copies(asked), state.weights, 2, 3)[0], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """Its own scaling, batch statistics, dropout, ten classes, frozen."""
    frozen = layers.Conv2D(8, 3, use_bias=False, trainable=False)
    seen = [layers.Rescaling(1 / 127.5, -1), frozen, layers.BatchNormalization(momentum=0.9), layers.ReLU()]
    rest = [layers.MaxPooling2D(4), layers.Flatten(), layers.Dropout(0.3), layers.Dense(10)]
    return saved(tmp_path_factory.mktemp("odd"), *seen, *rest)


def test_a_file_with_its_own_front_statistics_and_dropout_learns_and_goes_on_exactly(odd):
    asked = recipe(odd, seed=1)
    begun, _ = shapes.begin(asked)
    whole, rows = shapes.train(asked, begun, 12)
    state, first = shapes.train(asked, begun, 5)
    state, second = shapes.train(asked, state, 7)
    equal(state, whole)
    np.testing.assert_array_equal(np.concatenate([first, second]), rows)
    assert rows[-1, 3] == 1
    assert len(begun.weights) > len(begun.slots) / 2
    before, after = (one.weights[0] for one in (begun, whole))
    assert not np.array_equal(before, after)
    assert all(film.stopped == "probability" for film in shapes.ascend(asked, whole))


def test_its_file_predicts_the_same_and_has_as_many_classes_as_the_recipe(odd, tmp_path):
    asked = recipe(odd)
    state, _ = shapes.train(asked, shapes.begin(asked)[0], 3)
    path = tmp_path / "trained.keras"
    path.write_bytes(files.file(asked, state))
    x = copies(asked).held
    expected = shapes.probabilities(shapes.trainee_of(asked), state.weights, x, 3)
    source = ModelSource("keras", str(path))
    network = loading.load(source)
    np.testing.assert_allclose(network.probabilities(network.scores(255 * x[..., None])), expected, atol=1e-4)
    facts = inspect.inspect(source)
    assert facts.class_names == NAMES and facts.n_classes == 3


def test_the_file_itself_stays_as_it_was(odd):
    before = [one.copy() for one in loading.load(odd).model.get_weights()]
    shapes.begin(recipe(odd, seed=9))
    for one, other in zip(before, loading.load(odd).model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


SQUARE = (28, 28, 1)
REFUSED = [
    ("an input of 28 × 28 × 1, got 32 × 32 × 1", (32, 32, 1), lambda: (layers.Flatten(), layers.Dense(3))),
    ("got 28 × 28 × 3", (28, 28, 3), lambda: (layers.Flatten(), layers.Dense(3))),
    ("outputs are binary", SQUARE, lambda: (layers.Flatten(), layers.Dense(1, activation="sigmoid"))),
    ("outputs are multilabel", SQUARE, lambda: (layers.Flatten(), layers.Dense(3, activation="sigmoid"))),
    ("expected 3 outputs, or a dense layer", SQUARE, lambda: (layers.Conv2D(5, 28), layers.Flatten())),
    ("it has none", SQUARE, lambda: (layers.MaxPooling2D(14, 14), layers.Reshape((4,)), layers.Softmax())),
]


@pytest.mark.parametrize(("why", "shape", "inner"), REFUSED)
def test_what_does_not_fit_is_refused_with_the_reason(why, shape, inner, tmp_path):
    source = saved(tmp_path, *inner(), shape=shape)
    with pytest.raises(ModelRefused, match=why):
        foreign.fits(source, 4 if why == "it has none" else 3)


def test_a_recipe_without_its_file_is_refused():
    with pytest.raises(BadInput, match="names no file"):
        shapes.begin(recipe(None))
