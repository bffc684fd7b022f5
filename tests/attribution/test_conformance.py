"""Our engine against iNNvestigate on the same weights: the same numbers, method by method.

The bar: the largest difference is at most 1e-3 of the largest relevance, and the correlation at least 0.9999.
"""

from functools import cache, partial

import keras
import numpy as np
import pytest
import tensorflow as tf

from innv_gui import analyzers
from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras.attribution.explain import explain
from tests.innvestigate import legacy_process as legacy
from tests.innvestigate.references import is_live, reference

METHODS = [one.name for one in analyzers.all() if one.family not in ("cam", "patterns")]

DEFAULTS = [(name, {}) for name in METHODS]
BY_INNVESTIGATE = [(one.name, {}) for one in analyzers.all() if "innvestigate" in one.runtimes]
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


def residual(normalized=True):
    """With Add, and with BatchNormalization behind the first convolution."""
    layers = keras.layers
    start = keras.Input((8, 7, 1))
    x = layers.Conv2D(4, 3, padding="same", use_bias=not normalized, name="first")(start)
    x = layers.Activation("relu")(layers.BatchNormalization(name="norm")(x) if normalized else x)
    y = layers.Activation("relu")(layers.Conv2D(4, 3, padding="same")(x))
    x = layers.Activation("relu")(layers.Add()([x, layers.Conv2D(4, 3, padding="same")(y)]))
    return keras.Model(start, layers.Dense(legacy.N_CLASSES)(layers.GlobalAveragePooling2D()(x)))


NETWORKS = {one.__name__: one for one in (mlp, mlp_no_bias, cnn_max, cnn_average, cnn_strides, concatenated, residual)}


def merged(model):
    """`residual` as the same function without normalization: s W and t in place of W and (s, t)."""
    kernel = np.asarray(model.get_layer("first").kernel)
    gamma, beta, mean, variance = model.get_layer("norm").get_weights()
    scale = gamma / np.sqrt(variance + model.get_layer("norm").epsilon)
    single = residual(normalized=False)
    for one, other in zip(
        single.layers[2:], (layer for layer in model.layers[2:] if layer.name != "norm"), strict=True
    ):
        one.set_weights(other.get_weights())
    single.get_layer("first").set_weights([kernel * scale, beta - mean * scale])
    return single


@cache
def case(network, folder):
    """The reference gets the model itself, but for the residual one: its normalization is merged there, too."""
    model = legacy.randomized(NETWORKS[network](), seed=11)
    x = legacy.images(model)
    path = folder / f"{network}.keras"
    model.save(path)
    reference = merged(model) if network == "residual" else model
    np.testing.assert_allclose(model(x), reference(x), rtol=1e-4, atol=1e-5)
    return ModelSource("keras", str(path)), legacy.blueprint_of(reference, f"{network} again"), x, np.asarray(model(x))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("conformance")


def known_difference(network, name, params):
    """iNNvestigate gives the first layer with weights no rule of its own when padding stands before it."""
    at_input = "flat" in name.split("_") or "bounded" in name or params.get("input_layer_rule", "none") != "none"
    return network == "cnn_strides" and (at_input or params.get("rule") == "Bounded")


# These networks take every fourth method in turn; `make conformance` all.
EVERY_FOURTH = {"mlp": 0, "mlp_no_bias": 1, "concatenated": 2, "cnn_average": 3, "cnn_strides": 0}


def compared_on(network, whole=False):
    """(method, settings) to compare on a network; whole: all methods."""
    if network in EVERY_FOURTH and not whole:
        return BY_INNVESTIGATE[EVERY_FOURTH[network] :: 4]
    return BY_INNVESTIGATE + (OTHERS if network == "cnn_max" or network == "cnn_strides" and whole else [])


def measured(worker, folder, network, compared, every=1):
    """(method, settings) -> (largest difference / largest relevance, correlation).

    every: iNNvestigate itself is asked for one in so many, its kept numbers are taken for the others.
    """
    source, blueprint, x, scores = case(network, folder)
    probabilities = legacy.softmax(scores)
    figures = {}
    for place, (name, given) in enumerate(compared):
        if known_difference(network, name, given):
            continue
        params = analyzers.check(name, given)
        found = explain(source, x, name, params, Target(), False, probabilities)
        np.testing.assert_array_equal(found.targets[:, 0], scores.argmax(axis=1))
        arguments = (blueprint, x, name, params, Target(), True, probabilities, scores)
        asked = partial(asked_for, worker, found, arguments)
        live = is_live(place, every)
        expected = asked() if every == 1 else reference(f"conformance {network} {name} {given}", asked, live)[0]
        difference = np.abs(found.values - expected).max() / np.abs(expected).max()
        figures[name, str(given)] = difference, np.corrcoef(found.values.ravel(), expected.ravel())[0, 1]
    return figures


def asked_for(worker, found, arguments):
    """iNNvestigate's maps, of the targets that were `found`."""
    expected = worker.submit(legacy.explain, *arguments).result()
    np.testing.assert_array_equal(found.targets, expected.targets)
    np.testing.assert_allclose(found.activations, expected.activations, rtol=1e-4)
    return expected.values


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("network", NETWORKS)
def test_methods_have_innvestigates_numbers(worker, folder, network):
    figures = measured(worker, folder, network, compared_on(network), every=7)
    wrong = {key: one for key, one in figures.items() if not (one[0] <= 1e-3 and one[1] >= 0.9999)}
    assert not wrong


# What does not depend on whether convolution and normalization are one layer or two.
SAME_AS_TWO_LAYERS = ("gradient", "input_t_gradient", "deconvnet", "lrp.z", "lrp.epsilon", "lrp.w_square", "lrp.flat")


def test_compiled_methods_have_the_numbers_of_those_that_run_step_by_step(folder, untraced):
    source, _, x, scores = case("cnn_max", folder)
    for name, given in DEFAULTS:
        params = analyzers.check(name, given)
        tf.config.run_functions_eagerly(True)
        by_step = explain(source, x, name, params, Target(), False, legacy.softmax(scores)).values
        tf.config.run_functions_eagerly(False)
        compiled = explain(source, x, name, params, Target(), False, legacy.softmax(scores)).values
        np.testing.assert_allclose(compiled, by_step, atol=1e-5 * np.abs(by_step).max(), err_msg=name)


def test_a_normalization_that_is_not_merged_has_innvestigates_numbers_where_its_formula_is_right(worker, folder):
    """With gamma and variance of 1 iNNvestigate's scale and bias of BatchNormalization are the right ones."""
    model = legacy.randomized(residual(), seed=11)
    norm = model.get_layer("norm")
    norm.gamma.assign(np.ones(norm.gamma.shape))
    norm.moving_variance.assign(np.ones(norm.moving_variance.shape))
    path = folder / "unit.keras"
    model.save(path)
    x = legacy.images(model)
    scores = np.asarray(model(x))
    probabilities = legacy.softmax(scores)
    for name in SAME_AS_TWO_LAYERS:
        params = analyzers.check(name, {})
        found = explain(ModelSource("keras", str(path)), x, name, params, Target(), False, probabilities).values
        arguments = (legacy.blueprint_of(model, "unit"), x, name, params, Target(), True, probabilities, scores)
        expected = worker.submit(legacy.explain, *arguments).result().values
        assert np.abs(found - expected).max() <= 1e-3 * np.abs(expected).max(), name
