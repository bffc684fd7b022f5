"""BatchNormalization as part of its linear neighbour: when, with which numbers, and when not."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from innv_gui.runtimes.keras.attribution import rules
from innv_gui.runtimes.keras.attribution.method import Method, anywhere
from innv_gui.runtimes.keras.attribution.passes import Walk, plan
from innv_gui.runtimes.keras.attribution.weighted import linear_of
from innv_gui.runtimes.keras.graphs.batch_norm import folded
from innv_gui.runtimes.keras.graphs.graph import graph_to
from tests.attribution import twins as twins

L = keras.layers


def model_of(shape, *stack):
    """Weights and statistics that leave nothing at zero or one."""
    start = x = keras.Input(shape)
    for layer in stack:
        x = layer(x)
    model = keras.Model(start, x)
    generator = np.random.default_rng(3)
    for weight in model.weights:
        positive = "variance" in weight.path
        weight.assign(generator.uniform(0.4, 2, weight.shape) if positive else generator.normal(0, 0.7, weight.shape))
    return model


def steps_of(model):
    return folded(graph_to(model.inputs[0], model.outputs[0])).steps


def walked(model, x, rule, fold=True):
    """(relevance of the input, output), starting from the output itself."""
    graph = graph_to(model.inputs[0], model.outputs[0])
    walk = Walk(plan("a method", Method(((anywhere, rule),), rule), folded(graph) if fold else graph, {}, False))
    end = walk.forward(tf.constant(x))
    return walk.backward(end).numpy(), end.numpy()


BEHIND = {
    "dense": ((6,), L.Dense(5)),
    "dense, no bias": ((6,), L.Dense(5, use_bias=False)),
    "dense on rows": ((3, 4), L.Dense(5)),
    "conv 1": ((7, 2), L.Conv1D(3, 3, padding="causal")),
    "conv 2": ((5, 6, 2), L.Conv2D(4, 3, strides=2, padding="same", use_bias=False)),
    "grouped": ((5, 6, 4), L.Conv2D(6, 3, groups=2)),
    "one group per channel": ((5, 6, 3), L.Conv2D(6, 3, groups=3)),
    "conv 3": ((3, 4, 3, 2), L.Conv3D(3, 2)),
    "depthwise": ((5, 6, 3), L.DepthwiseConv2D(3, depth_multiplier=2, padding="same")),
    "separable": ((5, 6, 3), L.SeparableConv2D(4, 2)),
    "transposed": ((3, 4, 2), L.Conv2DTranspose(3, 3, strides=2, padding="same")),
}
BEFORE = {
    "dense": ((6,), L.Dense(5, activation="relu")),
    "dense, no bias": ((6,), L.Dense(5, use_bias=False)),
    "conv 1": ((7, 2), L.Conv1D(3, 3)),
    "conv 2": ((5, 6, 2), L.Conv2D(4, 3, strides=2)),
}


def both(place, kind):
    shape, layer = (BEHIND if place == "behind" else BEFORE)[kind]
    layer = type(layer).from_config({**layer.get_config(), "name": "folded"})  # numbers of names start anew in between
    stack = [layer, L.BatchNormalization()] if place == "behind" else [L.BatchNormalization(), layer]
    return model_of(shape, *stack, L.Flatten(), L.Dense(4))


CASES = [("behind", kind) for kind in BEHIND] + [("before", kind) for kind in BEFORE]


@pytest.mark.parametrize(("place", "kind"), CASES)
def test_one_layer_instead_of_two_gives_the_same_output_and_the_same_z_and_epsilon(place, kind):
    model = both(place, kind)
    assert "BatchNormalization" not in [step.kind for step in steps_of(model)]
    x = np.random.default_rng(1).normal(size=(2, *model.input_shape[1:])).astype(np.float32)
    for rule in (rules.z(), rules.epsilon(1e-6)):
        found, output = walked(model, x, rule)
        expected, _ = walked(model, x, rule, fold=False)
        np.testing.assert_allclose(output, np.asarray(model(x)), rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(found, expected, atol=2e-3 * np.abs(expected).max())


@pytest.mark.parametrize("place", ["behind", "before"])
def test_alpha_beta_conserves_at_one_layer_and_not_at_two(place):
    """A normalization by itself has evidence of one sign alone, of which alpha 2 makes twice as much."""
    stack = [L.Dense(5, use_bias=False), L.BatchNormalization(epsilon=0.2)]
    model = model_of((90,), *(stack if place == "behind" else stack[::-1]))
    x = np.random.default_rng(2).normal(size=(2, 90)).astype(np.float32)
    found, output = walked(model, x, rules.alpha_beta(2, 1, bias=False))
    np.testing.assert_allclose(found.sum(axis=1), output.sum(axis=1), rtol=1e-3)
    apart, _ = walked(model, x, rules.alpha_beta(2, 1, bias=False), fold=False)
    assert np.abs(apart.sum(axis=1) / output.sum(axis=1) - 1).max() > 0.2


@pytest.mark.parametrize("place", ["behind", "before"])
def test_a_rule_sees_the_folded_weights_and_bias(place):
    """The twin knows nothing of layers: it is given s W and s b + t, or W s and b + W t."""
    stack = [L.Dense(3), L.BatchNormalization(epsilon=0.1)]
    model = model_of((4,), *(stack if place == "behind" else stack[::-1]))
    dense = next(layer for layer in model.layers if isinstance(layer, L.Dense))
    norm = next(layer for layer in model.layers if isinstance(layer, L.BatchNormalization))
    kernel, bias = (np.asarray(one, np.float64) for one in dense.get_weights())
    gamma, beta, mean, variance = (np.asarray(one, np.float64) for one in norm.get_weights())
    scale = gamma / np.sqrt(variance + 0.1)
    shift = beta - mean * scale
    if place == "behind":
        kernel, bias = kernel * scale, bias * scale + shift
    else:
        kernel, bias = kernel * scale[:, None], bias + shift @ kernel
    x = np.random.default_rng(4).normal(size=(2, 4)).astype(np.float32)
    for rule, twin, more in (
        (rules.z(), twins.z, {}),
        (rules.alpha_beta(2, 1), twins.alpha_beta, {"alpha": 2, "beta": 1}),
        (rules.w_square(), twins.w_square, {}),
    ):
        found, output = walked(model, x, rule)
        expected = [
            twin(a, twins.dense_connections(kernel), bias, r, **more)
            for a, r in zip(x.astype(np.float64), output.astype(np.float64), strict=True)
        ]
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


def test_what_is_explained_or_read_elsewhere_is_not_folded_away():
    start = keras.Input((6, 6, 2))
    conv = L.Conv2D(3, 3, name="explained")(start)
    norm = L.BatchNormalization()(conv)
    assert [step.kind for step in folded(graph_to(start, conv)).steps] == ["Conv2D"]
    kinds = [step.kind for step in folded(graph_to(start, L.Add()([conv, norm]))).steps]
    assert kinds == ["Conv2D", "BatchNormalization", "Add"]
    (step,) = folded(graph_to(start, norm)).steps
    assert step.name == "explained" and step.outputs == (id(norm),)
    read_twice = L.Add()([norm, L.Conv2D(3, 1)(norm)])
    assert sum(step.kind == "BatchNormalization" for step in folded(graph_to(start, read_twice)).steps) == 0


@pytest.mark.parametrize(
    "stack",
    [
        [L.Conv2D(3, 3, activation="relu"), L.BatchNormalization()],
        [L.Conv2D(3, 3), L.BatchNormalization(axis=1)],
        [L.BatchNormalization(), L.Conv2D(3, 3, padding="same")],
        [L.BatchNormalization(), L.DepthwiseConv2D(3)],
        [L.BatchNormalization(), L.ReLU(), L.Conv2D(3, 1)],
    ],
    ids=["behind a ReLU", "another axis", "in front of padding", "in front of depthwise", "in front of a ReLU"],
)
def test_where_no_neighbour_is_linear_it_stays_a_layer(stack):
    assert "BatchNormalization" in [step.kind for step in steps_of(model_of((6, 5, 2), *stack))]


def test_two_in_a_row_are_folded_one_and_the_other_stays():
    model = model_of((5,), L.Dense(4), L.BatchNormalization(), L.BatchNormalization(), L.ReLU())
    assert [step.kind for step in steps_of(model)] == ["Dense", "BatchNormalization", "ReLU"]


def test_the_first_layer_behind_a_folded_normalization_is_the_first_layer():
    model = model_of((6, 5, 2), L.BatchNormalization(), L.Conv2D(3, 3), L.Flatten(), L.Dense(2))
    assert steps_of(model)[0].is_first and steps_of(model)[0].kind == "Conv2D"


def test_folding_a_layer_twice_multiplies_the_channels_it_is_said_to():
    model = model_of((4,), L.BatchNormalization(), L.Dense(3), L.BatchNormalization())
    before, dense, behind = model.layers[1:]
    x = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    linear = linear_of(dense, tf.constant(x), before, behind)
    found = linear.plus_bias(linear.map(tf.constant(x), linear.weights))
    np.testing.assert_allclose(found, np.asarray(model(x)), rtol=1e-4, atol=1e-5)
