"""The blueprint: plain values from which another process builds the same network."""

from __future__ import annotations

import json
import pickle

import keras
import numpy as np
import pytest

from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.blueprint import blueprint
from tests.networks.made_models import SHAPE, images, randomised, saved, transfer


def rebuilt(plan) -> keras.Model:
    """What the other process does, with Keras 3 itself."""
    model = keras.Model.from_config(json.loads(json.dumps(plan.config)))
    for layer in model.layers:
        layer.set_weights(plan.weights.get(layer.name, ()))
    return model


@pytest.fixture
def source(tmp_path) -> ModelSource:
    return saved(randomised(transfer()), tmp_path / "transfer.keras")


def test_a_blueprint_rebuilds_the_logits(source):
    plan = pickle.loads(pickle.dumps(blueprint(source)))
    network = loading.load(source)
    np.testing.assert_allclose(rebuilt(plan)(images(3)), network.predict(images(3)), atol=1e-5)
    assert plan.sha256 == network.sha256


def test_a_blueprint_has_no_nested_models_and_unique_names(source):
    plan = blueprint(source)
    names = [layer["name"] for layer in plan.config["layers"]]
    assert len(names) == len(set(names))
    assert not {"Functional", "Sequential", "Model", "RandomFlip"} & {
        layer["class_name"] for layer in plan.config["layers"]
    }
    assert set(plan.weights) <= set(names)
    for layer in loading.load(source).model.layers:
        assert [w.shape for w in plan.weights.get(layer.name, ())] == [tuple(w.shape) for w in layer.weights]


@pytest.mark.parametrize("ending", ["activation", "layer", "none"])
def test_softmax_comes_back_when_it_is_asked_for(ending, tmp_path):
    layers = [
        keras.Input(SHAPE),
        keras.layers.Flatten(),
        keras.layers.Dense(3, "softmax" if ending == "activation" else None),
    ]
    model = keras.Sequential([*layers, keras.layers.Softmax()] if ending == "layer" else layers)
    source = saved(model, tmp_path / "model.keras")
    with_softmax, without = blueprint(source, softmax=True), blueprint(source)
    assert with_softmax.sha256 != without.sha256
    network = loading.load(source)
    scores = network.predict(images(2))
    wanted = network.probabilities(scores)
    np.testing.assert_allclose(rebuilt(with_softmax)(images(2)), wanted, atol=1e-6)
    np.testing.assert_allclose(rebuilt(without)(images(2)), scores, atol=1e-6)


def test_outputs_of_one_model_have_blueprints_of_their_own(tmp_path):
    image = keras.Input(SHAPE)
    flat = keras.layers.Flatten()(image)
    model = keras.Model(image, [keras.layers.Dense(2)(flat), keras.layers.Dense(3)(flat)])
    saved(model, tmp_path / "two.keras")
    plans = [blueprint(ModelSource("keras", str(tmp_path / "two.keras"), output=i)) for i in (0, 1)]
    assert plans[0].sha256 != plans[1].sha256
    assert [rebuilt(plan).output_shape[-1] for plan in plans] == [2, 3]


def test_half_precision_weights_travel_as_float32(tmp_path):
    dense = keras.layers.Dense(2, dtype="float16")
    model = keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), dense])
    plan = blueprint(saved(model, tmp_path / "half.keras"))
    assert {array.dtype for arrays in plan.weights.values() for array in arrays} == {np.dtype("float32")}
