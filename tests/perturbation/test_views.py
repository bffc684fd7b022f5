"""The views of perturbation: what they show, step by step, and that it can travel to a page."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from innv_gui.errors import Cancelled
from innv_gui.records import ModelSource, Preprocessing
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.perturbation.grid import Grid
from innv_gui.runtimes.keras.predict import preprocessing
from innv_gui.runtimes.keras.views import run
from innv_gui.runtimes.keras.views.occlusion import steps
from innv_gui.views import catalog
from innv_gui.web.api.views.answers import _part, pictures_of

SHAPE = (12, 16, 3)
RULE = Preprocessing("unit")
PIXELS = np.random.default_rng(0).integers(0, 256, (2, *SHAPE)).astype(np.uint8)
X = preprocessing.apply(PIXELS, RULE)
NAMES = tuple("abcdef") + ("f",)  # two classes share a name


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    keras.utils.set_random_seed(3)
    layers = [keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.Flatten(), keras.layers.Dense(7)]
    path = tmp_path_factory.mktemp("views") / "small.keras"
    keras.Sequential([keras.Input(SHAPE), *layers, keras.layers.Softmax()]).save(path)
    return ModelSource("keras", str(path))


def shown(source, name, params, step=("", 0), **more):
    complete = catalog.check(name, params)
    return run.view(source, X, name, complete, ("1.png", "2.png"), (None, None), NAMES, "", RULE, step, **more)


def all_steps(source, params, word):
    found, more = [], True
    while more:
        parts, more = shown(source, "partial_occlusion", params, (word, len(found)))
        found += [parts] if parts is not None else []
    return found


@pytest.mark.parametrize("count", [2, 5, 10, 20, 30])
def test_every_place_is_tried_once_the_coarse_ones_first(count):
    places = [one for _, step in steps(count) for one in step]
    assert sorted(places) == list(range(count * count))
    strides = [stride for stride, _ in steps(count)]
    assert strides == sorted(strides, reverse=True) and strides[-1] == 1 and len(next(iter(steps(count)))[1]) <= 25


def test_occlusion_ends_in_the_probability_behind_each_window_and_fills_in_on_the_way(source):
    network = loading.load(source)
    params = {"window": 0.3, "positions": 6, "fill": "black"}
    first, *_, last = all_steps(source, params, "a")
    grid, probabilities = Grid.of(SHAPE[:2], 0.3, 6), network.probabilities(network.scores(X))
    for row, part in enumerate(last):
        best = np.argsort(-probabilities[row])[:5]
        copies = np.repeat(X[row][None], 36, axis=0)
        for copy, (top, left) in zip(copies, grid.corners, strict=True):
            copy[top : top + grid.window[0], left : left + grid.window[1]] = 0
        slow = network.probabilities(network.scores(copies))[:, best].T.reshape(5, 6, 6)
        np.testing.assert_allclose(list(part.maps.values()), slow, atol=1e-6)
        np.testing.assert_allclose(list(part.whole.values()), probabilities[row, best], atol=1e-6)
        np.testing.assert_allclose(
            list(first[row].maps.values())[0], slow[0][[0, 0, 2, 2, 4, 4]][:, [0, 0, 2, 2, 4, 4]]
        )
        np.testing.assert_array_equal(part.pixels, PIXELS[row])
        assert not part.cover.any() and part.span == (0, 1) and "unimportant" in part.words[1]
        assert "9 were tried so far" in first[row].caption and "so far" not in part.caption


def test_a_worker_that_does_not_know_the_view_makes_its_steps_again(source):
    params = {"window": 0.3, "positions": 6}
    steps_of_one = all_steps(source, params, "b")
    again, more = shown(source, "partial_occlusion", params, ("unknown", 1))
    assert more and len(run._waiting) <= run.KEPT
    for part, other in zip(again, steps_of_one[1], strict=True):
        np.testing.assert_array_equal(list(part.maps.values()), list(other.maps.values()))


def test_whoever_gives_up_ends_the_step_that_runs(source):
    params = {"window": 0.3, "positions": 30}
    shown(source, "partial_occlusion", params, ("c", 0))
    with pytest.raises(Cancelled):
        shown(source, "partial_occlusion", params, ("c", 1), stopped=lambda: True)


def test_saliency_is_the_largest_derivative_over_channels_by_its_maximum(source):
    parts, more = shown(source, "saliency", {})
    network = loading.load(source)
    assert not more and len(parts) == 2
    probabilities = network.probabilities(network.scores(X))
    for row, part in enumerate(parts):
        class_ = int(probabilities[row].argmax())
        value = keras.ops.convert_to_tensor(X[row][None])
        with tf.GradientTape() as tape:
            tape.watch(value)
            score = network.model(value)[0, class_]
        slow = np.abs(tape.gradient(score, value).numpy()[0]).max(axis=-1)
        found = next(iter(part.maps.values()))
        np.testing.assert_allclose(found, slow / slow.max(), atol=1e-5)
        assert len(part.maps) == 5 and next(iter(part.maps)).endswith(f"{probabilities[row].max():.3f}")


@pytest.mark.parametrize(("name", "params"), [("partial_occlusion", {"positions": 3}), ("saliency", {})])
def test_parts_are_json_and_pictures(source, name, params):
    parts, _ = shown(source, name, params, (name, 0))
    for part in parts:
        said = json.loads(json.dumps(_part(part, "light"), allow_nan=False))
        assert said["kind"] in ("grids", "overlay") and said["caption"]
        layers = pictures_of(part)
        assert len(layers) == (2 if said["kind"] == "grids" else 6)
        assert all(layer.dtype == np.uint8 and layer.shape[:2] == SHAPE[:2] for layer in layers)
