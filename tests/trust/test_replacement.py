"""Deletion and insertion on networks small enough to be asked picture by picture."""

from io import BytesIO

import keras
import numpy as np
import pytest
from PIL import Image

from innv_gui import analyzers
from innv_gui.records import ModelSource, Preprocessing, Target
from innv_gui.runtimes.keras.explain import explain
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import BATCH
from innv_gui.runtimes.keras.trust import changed_maps, replacement
from innv_gui.runtimes.keras.trust.weights import layers_with_weights, shuffled
from innv_gui.trust import controls, ordering
from innv_gui.trust.metrics import DRAWS, NOISE, STAGES

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    keras.utils.set_random_seed(1)
    start = keras.Input((30, 28, 3))
    hidden = keras.layers.Conv2D(4, 3, strides=2, activation="relu")(start)
    hidden = keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3, activation="relu")(hidden))
    scores = keras.layers.Dense(3, activation="softmax")(keras.layers.Flatten()(hidden))
    path = tmp_path_factory.mktemp("replaced") / "small.keras"
    keras.Model(start, scores).save(path)
    return ModelSource("keras", str(path))


@pytest.fixture(scope="module")
def true_source(tmp_path_factory):
    """Two classes told apart by the brightness of one square alone: its evidence is known."""
    start = keras.Input((28, 28, 1))
    scores = keras.layers.Dense(2, activation="softmax", name="scores")(keras.layers.Flatten()(start))
    model = keras.Model(start, scores)
    kernel = np.zeros((28, 28, 2), np.float32)
    kernel[8:16, 10:18] = (-0.05, 0.05)
    model.layers[-1].set_weights([kernel.reshape(-1, 2), np.array([1.5, -1.5], np.float32)])
    path = tmp_path_factory.mktemp("true") / "square.keras"
    model.save(path)
    return ModelSource("keras", str(path))


def images(n, shape=(30, 28, 3)):
    return np.random.default_rng(n).random((n, *shape), np.float32)


def twin(source, image, fill, places, class_, steps):
    """One picture after the other, each made by a loop over pixels."""
    network, n_blocks = loading.load(source), places.max() + 1
    curves = []
    for inserted in (False, True):
        curve = []
        for step in range(1, steps):
            changed, count = image.copy(), round(step * n_blocks / steps)
            for row in range(image.shape[0]):
                for column in range(image.shape[1]):
                    if (places[row, column] < count) != inserted:
                        changed[row, column] = fill[row, column]
            curve.append(network.probabilities(network.scores(changed[None]))[0, class_])
        curves.append(curve)
    return np.array(curves)


@pytest.mark.parametrize("steps", [10, 20])
def test_curves_are_those_of_pictures_made_by_hand(source, steps):
    x = images(3)
    fills = np.stack([np.zeros_like(x), images(3)[::-1]])
    places = np.stack([ordering.places(RNG.normal(size=x.shape[1:3]), 0) for _ in x])
    classes = np.array([2, 0, 1])
    found = replacement.replacement(source, x, fills, places, classes, steps)
    for f, fill in enumerate(fills):
        for n, image in enumerate(x):
            expected = twin(source, image, fill[n], places[n], classes[n], steps)
            np.testing.assert_allclose(found[f, n], expected, atol=1e-6)


def test_curves_do_not_depend_on_the_neighbours(source):
    """More copies than a batch holds, cut anywhere."""
    x, fill = images(4), np.zeros((1, 4, 30, 28, 3), np.float32)
    places = np.stack([ordering.places(RNG.normal(size=(30, 28)), 0) for _ in x])
    classes = np.array([0, 1, 2, 0])
    assert BATCH < 4 * 2 * 19
    together = replacement.replacement(source, x, fill, places, classes, 20)
    alone = replacement.replacement(source, x[2:3], fill[:, 2:3], places[2:3], classes[2:3], 20)
    np.testing.assert_allclose(together[:, 2:3], alone, atol=1e-6)


def test_one_trace_serves_every_fill_step_and_number_of_images(source):
    network = loading.load(source)
    for n, steps in ((1, 10), (3, 20), (2, 50)):
        x = images(n)
        places = np.stack([ordering.places(one.mean(-1), 0) for one in x])
        replacement.replacement(source, x, x[None], places, np.zeros(n, int), steps)
    assert network.compiled["replaced"].experimental_get_tracing_count() == 1


def test_the_fill_itself_is_the_end_of_the_curve(source):
    x, classes = images(3), np.array([0, 1, 2])
    pictures, ends = replacement.filled(source, Preprocessing(mode="unit"), x, ("blur", "mean", "grey"), classes)
    network = loading.load(source)
    assert pictures.shape == (3, *x.shape)
    np.testing.assert_allclose(pictures[1], np.broadcast_to(x.mean((1, 2), keepdims=True), x.shape), atol=1e-6)
    np.testing.assert_allclose(pictures[2], 128 / 255, atol=1e-6)
    expected = network.probabilities(network.scores(pictures[0]))[[0, 1, 2], classes]
    np.testing.assert_allclose(ends[0], expected, atol=1e-6)


def differences(source, evidence, x, classes, steps=20):
    """Insertion minus deletion of each image, filled with its mean."""
    fills, ends = replacement.filled(source, Preprocessing(), x, ("mean",), classes)
    network = loading.load(source)
    starts = network.probabilities(network.scores(x))[np.arange(len(x)), classes]
    places = np.stack([ordering.places(one, controls.seed_of(image)) for one, image in zip(evidence, x, strict=True)])
    inner = replacement.replacement(source, x, fills, places, classes, steps)[0]
    deleted = np.concatenate([starts[:, None], inner[:, 0], ends[0][:, None]], axis=1)
    inserted = np.concatenate([ends[0][:, None], inner[:, 1], starts[:, None]], axis=1)
    shares = ordering.shares(*x.shape[1:3], steps)
    return ordering.area(inserted, shares) - ordering.area(deleted, shares)


def pictures_with_a_square(n):
    rng = np.random.default_rng(7)
    x = rng.random((n, 28, 28, 1), np.float32) * 0.4
    x[:, 8:16, 10:18] += 0.5
    return x


def test_the_true_evidence_wins_and_random_is_worth_nothing(true_source):
    """A random order deletes and inserts alike: the difference is zero in the mean."""
    x, truth = pictures_with_a_square(30), np.zeros((28, 28))
    truth[8:16, 10:18] = 1
    classes = np.ones(30, int)
    true = differences(true_source, [truth] * 30, x, classes)
    by_control = {name: differences(true_source, [one(image) for image in x], x, classes)
                  for name, one in controls.CONTROLS.items()}  # fmt: skip
    random = by_control["random"]
    assert abs(random.mean()) < 2.5 * random.std() / np.sqrt(len(random))
    assert true.mean() > 0.2
    assert all((true > found).all() for found in by_control.values())
    upside_down = differences(true_source, [-truth] * 30, x, classes)
    np.testing.assert_allclose(upside_down, -true, atol=0.02)


def test_a_picture_shows_what_is_replaced(source):
    x, places = images(1)[0], ordering.places(np.arange(840.0).reshape(30, 28), 0)
    asked = (source, Preprocessing(mode="unit"), x, places, "grey", 40)
    shown = np.asarray(Image.open(BytesIO(replacement.replaced_picture(*asked, False))), np.int16)
    as_it_was = np.rint(x * 255).astype(np.int16)
    np.testing.assert_array_equal(shown[places < 40], 128)
    assert np.abs(shown - as_it_was)[places >= 40].max() <= 1
    left = np.asarray(Image.open(BytesIO(replacement.replaced_picture(*asked, True))), np.int16)
    np.testing.assert_array_equal(left[places >= 40], 128)


# -- weights that are shuffled, and noise


def weights_of(source):
    return [keras.ops.convert_to_numpy(variable).copy() for variable in loading.load(source).model.weights]


def test_shuffling_reaches_the_upper_layers_and_is_undone(source):
    network, before = loading.load(source), weights_of(source)
    names = [layer.name for layer in layers_with_weights(network)]
    for share, expected in ((0.0, names[-1:]), (0.5, names[-2:]), (1.0, names)):
        with shuffled(network, share, 1) as changed:
            assert changed == expected
            now = weights_of(source)
            for old, new in zip(before, now, strict=True):
                np.testing.assert_array_equal(np.sort(old, axis=None), np.sort(new, axis=None))
            assert any((old != new).any() for old, new in zip(before, now, strict=True))
        for old, new in zip(before, weights_of(source), strict=True):
            np.testing.assert_array_equal(old, new)


def test_weights_come_back_after_an_error(source):
    before = weights_of(source)
    with pytest.raises(RuntimeError), shuffled(loading.load(source), 1.0, 1):
        raise RuntimeError
    for old, new in zip(before, weights_of(source), strict=True):
        np.testing.assert_array_equal(old, new)


def maps_of(source, x, method, params):
    network = loading.load(source)
    p = network.probabilities(network.scores(x))
    return explain(source, x, method, params, Target(class_="predicted"), False, p).values[:, 0], p


def asked_of(method):
    return method, analyzers.check(method, {})


@pytest.mark.parametrize(
    "method", ["gradient", "lrp.z_plus", "lrp.epsilon", "grad_cam", "guided_backprop", "deep_taylor"]
)
def test_maps_of_shuffled_weights_are_those_of_a_network_that_has_them(source, method, tmp_path):
    """Whatever a method has compiled of the weights as they were: against a file with the shuffled ones."""
    x, (name, params) = images(2), asked_of(method)
    before, p = maps_of(source, x, name, params)
    alike, after = changed_maps.sanity(source, x, before, name, params, Target(class_="predicted"), False, p)
    assert alike.shape == (2, len(STAGES))
    network = loading.load(source)
    with shuffled(network, 1.0, changed_maps.SEED):
        network.model.save(tmp_path / "other.keras")
    other = ModelSource("keras", str(tmp_path / "other.keras"), outputs="logits")
    expected = explain(other, x, name, params, Target(class_="predicted"), False, p).values[:, 0]
    expected = np.stack([changed_maps.small(one) for one in expected]).astype(np.float32)
    np.testing.assert_allclose(after[:, -1].astype(np.float32), expected, atol=2e-2)
    again, _ = maps_of(source, x, name, params)
    np.testing.assert_array_equal(before, again)


def test_a_map_of_the_picture_alone_does_not_notice_shuffled_weights(source):
    x, (name, params) = images(2), asked_of("input")
    before, p = maps_of(source, x, name, params)
    alike, _ = changed_maps.sanity(source, x, before, name, params, Target(class_="predicted"), False, p)
    np.testing.assert_allclose(alike, 1)


def test_an_empty_map_and_a_picture_of_one_value_are_not_measured(source):
    x, (name, params) = images(3), asked_of("gradient")
    x[1] = 0.5
    before, p = maps_of(source, x, name, params)
    asked = (name, params, Target(class_="predicted"), False, p)
    assert np.isnan(changed_maps.stability(source, x, before, *asked)).tolist() == [False, True, False]
    before[0] = 0
    alike, _ = changed_maps.sanity(source, x, before, *asked)
    assert np.isnan(alike[0]).all() and np.isfinite(alike[2]).all()


def test_stability_is_the_mean_change_over_draws_of_noise(source):
    x, (name, params) = images(3), asked_of("input_t_gradient")
    before, p = maps_of(source, x, name, params)
    found = changed_maps.stability(source, x, before, name, params, Target(class_="predicted"), False, p)
    for n, image in enumerate(x):
        copies = changed_maps.disturbed(image)
        spread = (copies - image).std()
        assert spread == pytest.approx(NOISE * np.ptp(image), rel=0.1)
        changes = []
        for copy in copies:
            changed = changed_maps.explain(
                source, copy[None], name, params, Target(class_="predicted"), False, p[n : n + 1]
            ).values[0, 0]
            changes.append(np.sqrt(((changed - before[n]) ** 2).sum() / (before[n] ** 2).sum()))
        assert len(changes) == DRAWS
        assert found[n] == pytest.approx(np.mean(changes), rel=1e-5)
