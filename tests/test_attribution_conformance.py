"""Our engine against iNNvestigate, run live on the same weights: the same numbers, method by method.

The bar: the largest difference is at most 1e-3 of the largest relevance, and the correlation at least 0.9999.
"""

from functools import cache

import keras
import legacy_process as legacy
import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras.attribution import METHODS
from innv_gui.runtimes.keras.attribution.explain import explain

DEFAULTS = [(name, {}) for name in METHODS]
OTHERS = [
    *(("gradient", {"postprocess": how}) for how in ("none", "square")),
    ("smoothgrad", {"augment_by_n": 5, "noise_scale": 0.3, "postprocess": "square"}),
    ("integrated_gradients", {"steps": 7, "reference_inputs": 0.4, "postprocess": "abs"}),
    ("lrp.z", {"bias": False}),
    ("lrp.epsilon", {"epsilon": 0.3, "bias": False}),
    ("lrp.epsilon", {"epsilon": 0.05, "input_layer_rule": "Flat"}),
    ("lrp.alpha_beta", {"alpha": 1.7, "beta": 0.7}),
    ("lrp.alpha_beta", {"alpha": 3, "bias": False}),
    ("lrp.alpha_1_beta_0", {"input_layer_rule": "Bounded", "low": -2, "high": 3}),
    ("lrp.sequential_preset_b_flat_until_idx", {"until_layer_idx": 3}),
    ("deep_taylor.bounded", {"low": 0, "high": 1}),
    ("lrp", {"rule": "Z"}),
    ("lrp", {"rule": "Alpha2Beta1IgnoreBias"}),
    ("lrp", {"rule": "Bounded"}),
    ("lrp", {"rule": "ZPlusFast", "input_layer_rule": "Flat"}),
]


def sequence(shape, *stack):
    start = x = keras.Input(shape)
    for layer in stack:
        x = layer(x)
    return keras.Model(start, keras.layers.Dense(legacy.N_CLASSES, name="scores")(x))


def mlp():
    layers = keras.layers
    return sequence((6, 5, 1), layers.Flatten(), layers.Dense(9, "relu"), layers.Dense(7, "relu"))


def mlp_no_bias():
    layers = keras.layers
    stack = [layers.Dense(8, "relu", use_bias=False), layers.Dense(6, "relu", use_bias=False)]
    return sequence((4, 5, 3), layers.Flatten(), *stack)


def cnn_max():
    layers = keras.layers
    stack = [
        layers.Conv2D(4, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(5, 2, activation="relu"),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(8, "relu"),
    ]
    return sequence((9, 7, 3), *stack)


def cnn_average():
    layers = keras.layers
    stack = [
        layers.Conv2D(4, (3, 2), activation="relu", use_bias=False),
        layers.AveragePooling2D((2, 3), strides=2, padding="same"),
        layers.Conv2D(5, 2),
        layers.Activation("relu"),
        layers.GlobalAveragePooling2D(),
    ]
    return sequence((11, 8, 1), *stack)


def cnn_strides():
    layers = keras.layers
    stack = [
        layers.ZeroPadding2D(1),
        layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(6, 3, dilation_rate=2, padding="same", activation="relu"),
        layers.MaxPooling2D(3, strides=2, padding="same"),
        layers.Conv2D(4, 1, strides=1, activation="relu"),
        layers.GlobalMaxPooling2D(),
    ]
    return sequence((13, 10, 3), *stack)


def concatenated():
    layers = keras.layers
    start = keras.Input((8, 9, 3))
    left = layers.Conv2D(3, 3, padding="same", activation="relu")(start)
    right = layers.Conv2D(2, 1, activation="relu")(start)
    x = layers.Concatenate()([left, right])
    x = layers.Conv2D(4, 3, strides=2, activation="relu")(x)
    return keras.Model(start, layers.Dense(legacy.N_CLASSES)(layers.Flatten()(x)))


def residual():
    """With Add, and with BatchNormalization where iNNvestigate's formula and the right one are the same."""
    layers = keras.layers
    start = keras.Input((8, 7, 1))
    x = layers.Conv2D(4, 3, padding="same", use_bias=False)(start)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    y = layers.Activation("relu")(layers.Conv2D(4, 3, padding="same")(x))
    x = layers.Activation("relu")(layers.Add()([x, layers.Conv2D(4, 3, padding="same")(y)]))
    return keras.Model(start, layers.Dense(legacy.N_CLASSES)(layers.GlobalAveragePooling2D()(x)))


NETWORKS = {one.__name__: one for one in (mlp, mlp_no_bias, cnn_max, cnn_average, cnn_strides, concatenated, residual)}


@pytest.fixture(scope="module")
def worker():
    with legacy.process() as pool:
        yield pool


@cache
def case(network, folder):
    model = legacy.randomized(NETWORKS[network](), seed=11)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.gamma.assign(np.ones(layer.gamma.shape))
            layer.moving_variance.assign(np.full(layer.moving_variance.shape, 1.0))
    x = legacy.images(model)
    path = folder / f"{network}.keras"
    model.save(path)
    return ModelSource("keras", str(path)), legacy.blueprint_of(model, f"{network} again"), x, np.asarray(model(x))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("conformance")


def known_difference(network, name, params):
    """iNNvestigate gives the first layer with weights no rule of its own when padding stands before it."""
    at_input = "flat" in name.split("_") or "bounded" in name or params.get("input_layer_rule", "none") != "none"
    return network == "cnn_strides" and (at_input or params.get("rule") == "Bounded")


def measured(worker, folder, network):
    """(method, settings) -> (largest difference / largest relevance, correlation)."""
    source, blueprint, x, scores = case(network, folder)
    probabilities = legacy.softmax(scores)
    figures = {}
    for name, given in DEFAULTS + (OTHERS if network in ("cnn_max", "cnn_strides") else []):
        if known_difference(network, name, given):
            continue
        params = analyzers.check(name, given)
        found = explain(source, x, name, params, Target(), False, probabilities)
        arguments = (blueprint, x, name, params, Target(), True, probabilities, scores)
        expected = worker.submit(legacy.explain, *arguments).result()
        np.testing.assert_array_equal(found.targets, expected.targets)
        np.testing.assert_allclose(found.activations, expected.activations, rtol=1e-5)
        difference = np.abs(found.values - expected.values).max() / np.abs(expected.values).max()
        figures[name, str(given)] = difference, np.corrcoef(found.values.ravel(), expected.values.ravel())[0, 1]
    return figures


@pytest.mark.parametrize("network", NETWORKS)
def test_every_method_has_innvestigates_numbers(worker, folder, network):
    figures = measured(worker, folder, network)
    wrong = {key: one for key, one in figures.items() if not (one[0] <= 1e-3 and one[1] >= 0.9999)}
    assert not wrong
