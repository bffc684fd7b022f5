"""Every rule against its slow twin. Numbers are quarters, so that sums are exact and a difference is a mistake."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from innv_gui.runtimes.keras.attribution import propagation, rules, unweighted
from innv_gui.runtimes.keras.attribution.propagation import forward, relevance_of_input
from innv_gui.runtimes.keras.attribution.relevance import Product, made
from innv_gui.runtimes.keras.attribution.weighted import linear_of
from innv_gui.runtimes.keras.graphs.graph import graph_to
from innv_gui.runtimes.keras.graphs.nonnegative import never_negative
from tests.attribution import twins as twins

PAIRS = {
    "z": (rules.z(), twins.z, {}),
    "z, no bias": (rules.z(bias=False), twins.z, {"with_bias": False}),
    "epsilon": (rules.epsilon(0.25), twins.epsilon, {"epsilon": 0.25}),
    "epsilon, tiny": (rules.epsilon(), twins.epsilon, {"epsilon": 1e-7}),
    "epsilon, no bias": (rules.epsilon(0.5, bias=False), twins.epsilon, {"epsilon": 0.5, "with_bias": False}),
    "alpha 2 beta 1": (rules.alpha_beta(2, 1), twins.alpha_beta, {"alpha": 2, "beta": 1}),
    "alpha 1.5": (rules.alpha_beta(1.5, 0.5), twins.alpha_beta, {"alpha": 1.5, "beta": 0.5}),
    "alpha 1 beta 0": (rules.alpha_beta(1, 0), twins.alpha_beta, {"alpha": 1, "beta": 0}),
    "alpha 2, no bias": (
        rules.alpha_beta(2, 1, bias=False),
        twins.alpha_beta,
        {"alpha": 2, "beta": 1, "with_bias": False},
    ),
    "w square": (rules.w_square(), twins.w_square, {}),
    "flat": (rules.flat(), twins.flat, {}),
    "z plus fast": (rules.z_plus_fast(), twins.z_plus_fast, {}),
    "bounded": (rules.bounded(-1.5, 2.0), twins.bounded, {"low": -1.5, "high": 2.0}),
    "preset norm": (rules.preset_norm(), twins.preset_norm, {}),
    "gamma": (rules.gamma(0.25), twins.gamma, {"gamma": 0.25}),
    "gamma, large": (rules.gamma(4.0), twins.gamma, {"gamma": 4.0}),
    "alpha 2 beta 1, split bias": (
        rules.alpha_beta_split(2, 1),
        twins.alpha_beta_split,
        {"alpha": 2, "beta": 1},
    ),
    "z plus, split bias": (rules.alpha_beta_split(1, 0), twins.alpha_beta_split, {"alpha": 1, "beta": 0}),
}
PROPERTY = settings(max_examples=12, deadline=None)


def quarters(seed, shape):
    """Multiples of 0.25 from -2 to 2."""
    return np.random.default_rng(seed).integers(-8, 9, shape).astype(np.float32) / 4


def ours(layer, rule, x, relevance, never_negative=False):
    passed = forward(linear_of(layer, tf.constant(x)), tf.constant(x), never_negative, rule=rule)
    return made(relevance_of_input(rule, passed, tf.constant(relevance))).numpy()


def assert_close(found, expected):
    np.testing.assert_allclose(found, expected, atol=1e-5 * max(1.0, np.abs(expected).max()))


def filled(layer, shape, seed):
    """The layer with quarters for weights."""
    layer.build((None, *shape))
    for number, weight in enumerate(layer.weights):
        weight.assign(quarters(seed + number, weight.shape))
    return layer


@pytest.mark.parametrize("name", PAIRS)
@given(seed=st.integers(0, 10**6), n_in=st.integers(1, 5), n_out=st.integers(1, 4), signs=st.sampled_from(["any", "+"]))
@PROPERTY
def test_a_rule_at_a_dense_layer_is_its_slow_twin(name, seed, n_in, n_out, signs):
    rule, twin, more = PAIRS[name]
    layer = filled(keras.layers.Dense(n_out, activation="relu"), (n_in,), seed)
    x = quarters(seed + 5, (2, n_in))
    x = np.abs(x) if signs == "+" else x
    relevance = quarters(seed + 6, (2, n_out))
    kernel, bias = (np.asarray(one, np.float64) for one in layer.get_weights())
    expected = [twin(a, twins.dense_connections(kernel), bias, r, **more) for a, r in zip(x, relevance, strict=True)]
    assert_close(ours(layer, rule, x, relevance, signs == "+"), np.array(expected))


@pytest.mark.parametrize("name", PAIRS)
@given(
    seed=st.integers(0, 10**6),
    size=st.tuples(st.integers(3, 5), st.integers(3, 5)),
    channels=st.integers(1, 3),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.integers(1, 2),
    padding=st.sampled_from(["same", "valid"]),
    bias=st.booleans(),
    never_negative=st.booleans(),
)
@PROPERTY
def test_a_rule_at_a_convolution_is_its_slow_twin(
    name, seed, size, channels, kernel, stride, padding, bias, never_negative
):
    rule, twin, more = PAIRS[name]
    layer = keras.layers.Conv2D(2, kernel, stride, padding, use_bias=bias)
    filled(layer, (*size, channels), seed)
    x = quarters(seed + 5, (2, *size, channels))
    x = np.abs(x) if never_negative else x
    weights = [np.asarray(one, np.float64) for one in layer.get_weights()]
    connections, out_shape = twins.conv_connections(x.shape[1:], weights[0], stride, padding)
    offset = weights[1] if bias else 0.0
    np.testing.assert_allclose(layer(x)[0], twins.forward(x[0], connections, offset, out_shape), atol=1e-5)
    relevance = quarters(seed + 6, (2, *out_shape))
    expected = [twin(a, connections, offset, r, **more) for a, r in zip(x, relevance, strict=True)]
    assert_close(ours(layer, rule, x, relevance, never_negative), np.array(expected))


@pytest.mark.parametrize("name", PAIRS)
@given(
    seed=st.integers(0, 10**6),
    size=st.tuples(st.integers(3, 5), st.integers(3, 5)),
    channels=st.integers(1, 3),
    multiplier=st.integers(1, 2),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 2),
    padding=st.sampled_from(["same", "valid"]),
    never_negative=st.booleans(),
)
@PROPERTY
def test_a_rule_at_a_depthwise_convolution_is_its_slow_twin(
    name, seed, size, channels, multiplier, kernel, stride, padding, never_negative
):
    rule, twin, more = PAIRS[name]
    layer = keras.layers.DepthwiseConv2D(kernel, stride, padding, multiplier)
    filled(layer, (*size, channels), seed)
    x = quarters(seed + 5, (2, *size, channels))
    x = np.abs(x) if never_negative else x
    weights, offset = (np.asarray(one, np.float64) for one in layer.get_weights())
    connections, out_shape = twins.depthwise_connections(x.shape[1:], weights, stride, padding)
    np.testing.assert_allclose(layer(x)[0], twins.forward(x[0], connections, offset, out_shape), atol=1e-5)
    relevance = quarters(seed + 6, (2, *out_shape))
    expected = [twin(a, connections, offset, r, **more) for a, r in zip(x, relevance, strict=True)]
    assert_close(ours(layer, rule, x, relevance, never_negative), np.array(expected))


@pytest.mark.parametrize("name", PAIRS)
@given(seed=st.integers(0, 10**6), center=st.booleans(), scale=st.booleans())
@PROPERTY
def test_a_rule_at_batch_normalization_is_its_slow_twin(name, seed, center, scale):
    rule, twin, more = PAIRS[name]
    shape = (2, 3, 2)
    layer = filled(keras.layers.BatchNormalization(center=center, scale=scale, epsilon=0.25), shape, seed)
    layer.moving_variance.assign([0.75, 3.75])  # with epsilon: 1 and 4
    gamma = np.asarray(layer.gamma) if scale else np.ones(2)
    factors = gamma / np.array([1, 2])
    bias = (np.asarray(layer.beta) if center else 0) - np.asarray(layer.moving_mean) * factors
    x, relevance = quarters(seed + 5, (1, *shape)), quarters(seed + 6, (1, *shape))
    connections = twins.norm_connections(shape, gamma, np.array([0.75, 3.75]), 0.25)
    np.testing.assert_allclose(layer(x)[0], twins.forward(x[0], connections, bias, shape), atol=1e-5)
    found = ours(layer, rule, x, relevance)
    expected = twin(x[0].astype(np.float64), connections, bias, relevance[0], **more)
    exact = np.abs(twins.forward(x[0], connections, bias, shape)) > 1e-3  # there rounding decides, not the rule
    assert_close(np.where(exact, found[0], 0), np.where(exact, expected, 0))


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_known_not_to_be_negative_changes_no_number(name):
    rule, _, _ = PAIRS[name]
    layer = filled(keras.layers.Conv2D(3, 2), (4, 4, 2), 3)
    x, relevance = np.abs(quarters(1, (2, 4, 4, 2))), quarters(2, (2, 3, 3, 3))
    assert_close(ours(layer, rule, x, relevance, True), ours(layer, rule, x, relevance, False))


BENDS = {"none": lambda z: z, "relu": tf.nn.relu, "clip": lambda z: tf.clip_by_value(z, 0, 1.5)}


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("bend", BENDS)
@pytest.mark.parametrize("never_negative", [True, False], ids=["x+", "x"])
def test_relevance_that_vanishes_with_the_output_is_handed_down_as_the_slow_twin_does(name, bend, never_negative):
    """There a ReLU or the sum itself cancels, and evidence for is z - evidence against."""
    rule, twin, more = PAIRS[name]
    generator = np.random.default_rng(8)
    layer = keras.layers.Dense(40)
    layer.build((None, 12))
    layer.set_weights([generator.normal(size=one.shape) for one in layer.get_weights()])
    x = generator.normal(size=(3, 12)).astype(np.float32)
    x = np.abs(x) if never_negative else x
    linear = linear_of(layer, tf.constant(x))
    passed = forward(linear, tf.constant(x), never_negative, rule=rule, rectified=bend != "none")
    value, slope = BENDS[bend](passed.z), generator.normal(size=passed.z.shape).astype(np.float32)
    found = made(relevance_of_input(rule, passed, Product(value, tf.constant(slope)), bend))
    kernel, bias = (np.asarray(one, np.float64) for one in layer.get_weights())
    relevance = np.asarray(value, np.float64) * slope
    rows = zip(x.astype(np.float64), relevance, strict=True)
    expected = [twin(a, twins.dense_connections(kernel), bias, r, **more) for a, r in rows]
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("name", PAIRS)
def test_a_large_kernel_in_blocks_gives_the_same_numbers(name, monkeypatch):
    rule, _, _ = PAIRS[name]
    layer = filled(keras.layers.Dense(7), (5,), 2)
    x, relevance = quarters(1, (2, 5)), quarters(3, (2, 7))
    expected = ours(layer, rule, x, relevance)
    monkeypatch.setattr(propagation, "LARGE_BYTES", 1)
    monkeypatch.setattr(propagation, "BLOCK_BYTES", 3 * 5 * 4)
    assert_close(ours(layer, rule, x, relevance), expected)


def handed_down(layer, inputs, relevance):
    """What a layer without weights makes of relevance."""
    starts = [keras.Input(one.shape[1:]) for one in inputs]
    end = layer(starts if len(starts) > 1 else starts[0])
    node = end._keras_history.operation._inbound_nodes[-1]
    (step,) = [step for step in graph_to(starts, end).steps if step.node is node]
    local = {id(start): tf.constant(one) for start, one in zip(starts, inputs, strict=True)}
    with tf.GradientTape() as tape:
        tape.watch(list(local.values()))
        outputs = step.call(local)
    way = unweighted.WAYS[step.kind]
    given = [tf.constant(relevance)]
    return [
        one.numpy()
        for one in unweighted.back(way, step, [*local.values()], outputs, given, tape, [False] * len(inputs))
    ]


@given(seed=st.integers(0, 10**6), rows=st.integers(1, 3), columns=st.integers(1, 3), size=st.integers(1, 3))
@PROPERTY
def test_pooling_is_its_slow_twin(seed, rows, columns, size):
    x, relevance = quarters(seed, (1, rows * size, columns * size, 2)), quarters(seed + 1, (1, rows, columns, 2))
    x = x + np.arange(x.size).reshape(x.shape).astype(np.float32) / 1024  # no two equals in a window
    (found,) = handed_down(keras.layers.MaxPooling2D(size), [x], relevance)
    assert_close(found[0], twins.max_pooling(x[0], relevance[0], size))
    x = quarters(seed, x.shape)
    if size != 3:  # thirds are not exact: sums of zero would not be zero
        (found,) = handed_down(keras.layers.AveragePooling2D(size), [x], relevance)
        assert_close(found[0], twins.average_pooling(x[0].astype(np.float64), relevance[0], size))


@given(seed=st.integers(0, 10**6), count=st.integers(2, 4))
@PROPERTY
def test_a_sum_is_its_slow_twin(seed, count):
    inputs = [quarters(seed + k, (1, 2, 3)) for k in range(count)]
    relevance = quarters(seed + 9, (1, 2, 3))
    found = handed_down(keras.layers.Add(), inputs, relevance)
    for one, expected in zip(found, twins.add([one.astype(np.float64) for one in inputs], relevance), strict=True):
        assert_close(one, expected)


def test_concatenation_hands_each_input_its_own():
    inputs, relevance = [quarters(1, (1, 2, 3)), quarters(2, (1, 2, 2))], quarters(3, (1, 2, 5))
    first, second = handed_down(keras.layers.Concatenate(), inputs, relevance)
    np.testing.assert_array_equal(np.concatenate([first, second], axis=-1), relevance)


def test_a_sum_with_itself_gets_all_of_it():
    start = keras.Input((2,))
    (step,) = graph_to(start, keras.layers.Add()([start, start])).steps
    assert step.inputs == (id(start),)


def test_a_gate_takes_nothing():
    x, gate, relevance = quarters(1, (1, 2, 2, 3)), quarters(2, (1, 1, 1, 3)), quarters(3, (1, 2, 2, 3))
    to_x, to_gate = handed_down(keras.layers.Multiply(), [x, gate], relevance)
    np.testing.assert_array_equal(to_x, relevance)
    assert not to_gate.any()


def test_factors_that_are_no_gates_share_alike():
    first, second, relevance = quarters(1, (1, 3, 4)) + 0.1, quarters(2, (1, 3, 4)) + 0.1, quarters(3, (1, 3, 4))
    for found in handed_down(keras.layers.Multiply(), [first, second], relevance):
        np.testing.assert_allclose(found, relevance / 2, rtol=1e-5, atol=1e-6)


def test_a_product_of_matrices_gives_each_factor_half_of_every_term():
    x, y, relevance = quarters(1, (1, 3, 4)) + 0.1, quarters(2, (1, 4, 2)) + 0.1, quarters(3, (1, 3, 2))
    terms = x[0, :, :, None] * y[0, None, :, :]  # (3, 4, 2), their sum over the middle is the product
    shares = terms / terms.sum(axis=1, keepdims=True) * relevance[0][:, None]
    to_x, to_y = handed_down(lambda factors: keras.ops.matmul(*factors), [x, y], relevance)
    assert_close(to_x[0], shares.sum(axis=2) / 2)
    assert_close(to_y[0], shares.sum(axis=0) / 2)


def test_an_activation_lets_relevance_pass():
    x, relevance = quarters(1, (1, 4)), quarters(2, (1, 4))
    for layer in (keras.layers.ReLU(), keras.layers.Activation("tanh"), keras.layers.LeakyReLU()):
        np.testing.assert_array_equal(handed_down(layer, [x], relevance)[0], relevance)


LAYERS = keras.layers
LINEAR = {
    "dense": (LAYERS.Dense(3), (4,)),
    "dense on rows": (LAYERS.Dense(3), (2, 4)),
    "einsum": (LAYERS.EinsumDense("abc,cd->abd", output_shape=(None, 3), bias_axes="d"), (2, 4)),
    "conv 1": (LAYERS.Conv1D(3, 2, padding="causal", dilation_rate=2), (6, 2)),
    "conv 2": (LAYERS.Conv2D(4, 2, strides=2, padding="same", groups=2), (5, 4, 4)),
    "conv 2, one group per channel": (LAYERS.Conv2D(6, 2, strides=2, padding="same", groups=3), (5, 4, 3)),
    "conv 3": (LAYERS.Conv3D(2, 2), (3, 4, 3, 2)),
    "depthwise": (LAYERS.DepthwiseConv2D(3, depth_multiplier=2, padding="same"), (5, 4, 3)),
    "separable": (LAYERS.SeparableConv2D(4, 2), (5, 4, 3)),
    "transposed": (LAYERS.Conv2DTranspose(3, 3, strides=2, padding="same"), (3, 4, 2)),
    "batch norm": (LAYERS.BatchNormalization(), (3, 4, 2)),
    "layer norm": (LAYERS.LayerNormalization(), (3, 4)),
    "layer norm over two": (LAYERS.LayerNormalization(axis=[1, 2]), (3, 4)),
    "group norm": (LAYERS.GroupNormalization(groups=2), (3, 2, 4)),
    "rms norm": (LAYERS.RMSNormalization(), (3, 4)),
    "unit norm": (LAYERS.UnitNormalization(), (3, 4)),
}


@pytest.mark.parametrize("name", LINEAR)
def test_a_layer_as_a_linear_map_gives_what_the_layer_gives_and_z_conserves(name):
    layer, shape = LINEAR[name]
    layer.build((None, *shape))
    generator = np.random.default_rng(4)
    for weight in layer.weights:
        weight.assign(generator.uniform(0.2, 1, weight.shape))
    x = generator.uniform(-0.5, 2, (2, *shape)).astype(np.float32)
    passed = forward(linear_of(layer, tf.constant(x)), tf.constant(x), False)
    np.testing.assert_allclose(passed.z, np.asarray(layer(x)), rtol=1e-4, atol=1e-5)
    relevance = generator.normal(size=passed.y.shape).astype(np.float32)
    by_weights = () if " norm" in name and name != "batch norm" else (rules.flat(), rules.w_square())
    for rule in (rules.z(bias=False), *by_weights):
        found = made(relevance_of_input(rule, passed, tf.constant(relevance))).numpy()
        np.testing.assert_allclose(found.sum(), relevance.sum(), rtol=1e-3, atol=1e-3)


BACK = {
    "dense": (LAYERS.Dense(3), (4,)),
    "dense on rows": (LAYERS.Dense(3), (2, 3, 4)),
    "conv": (LAYERS.Conv2D(4, (3, 2), padding="same"), (5, 4, 2)),
    "conv, strides that leave a rest": (LAYERS.Conv2D(4, 2, strides=(3, 2)), (6, 5, 2)),
    "conv, strides with padding": (LAYERS.Conv2D(4, 3, strides=2, padding="same"), (6, 5, 2)),
    "conv, dilated": (LAYERS.Conv2D(4, 2, dilation_rate=2), (6, 5, 2)),
    "conv, grouped": (LAYERS.Conv2D(4, 2, groups=2, padding="same"), (6, 5, 4)),
    "conv, one group per channel": (LAYERS.Conv2D(3, (3, 1), groups=3, padding="same"), (6, 5, 3)),
    "conv, one group per channel, strides": (LAYERS.Conv2D(6, 3, strides=2, groups=3), (6, 5, 3)),
    "conv, one group per channel, dilated": (LAYERS.Conv2D(6, 2, dilation_rate=2, groups=3), (6, 5, 3)),
    "conv, one group per channel, strides of two sizes": (LAYERS.Conv2D(6, 3, strides=(2, 1), groups=3), (6, 5, 3)),
    "depthwise": (LAYERS.DepthwiseConv2D(3, depth_multiplier=2, padding="same"), (5, 4, 3)),
    "depthwise, strides": (LAYERS.DepthwiseConv2D((2, 3), strides=2), (6, 5, 3)),
    "depthwise, dilated": (LAYERS.DepthwiseConv2D(2, dilation_rate=2, padding="same"), (6, 5, 3)),
    "batch norm": (LAYERS.BatchNormalization(), (3, 4, 2)),
}


@pytest.mark.parametrize("name", BACK)
def test_the_way_back_is_the_transpose_of_the_way_there(name):
    """<V x, m> = <x, V^T m>, where the map is the layer's own without bias; and a tape finds the same."""
    layer, shape = BACK[name]
    filled(layer, shape, 3)
    x = tf.constant(quarters(8, (2, *shape)))
    linear = linear_of(layer, x)
    there = linear.map(x, linear.weights)
    np.testing.assert_allclose(linear.plus_bias(there), layer(x), rtol=1e-4, atol=1e-4)
    message = tf.constant(quarters(9, there.shape))
    back = linear.transposed(message, linear.weights, x)
    assert back.shape == x.shape
    np.testing.assert_allclose(tf.reduce_sum(there * message), tf.reduce_sum(x * back), rtol=1e-4, atol=1e-3)
    taped = replace(linear, way_back=None).transposed(message, linear.weights, x)
    np.testing.assert_allclose(back, taped, rtol=1e-5, atol=1e-5)


def test_what_is_known_never_to_be_negative_is_not():
    layers = keras.layers
    start = keras.Input((6, 6, 3))
    signed = layers.Conv2D(4, 3, padding="same")(start)
    known = {
        "relu": layers.ReLU()(signed),
        "relu of a convolution": layers.Conv2D(4, 3, padding="same", activation="relu")(start),
        "sigmoid": layers.Activation("sigmoid")(signed),
        "square": keras.ops.square(signed),
    }
    known["pooled"] = layers.AveragePooling2D(2)(known["relu"])
    known["sum"] = layers.Add()([known["relu"], known["sigmoid"]])
    unknown = {
        "convolution": signed,
        "convolution of what is positive": layers.Conv2D(4, 3)(known["relu"]),
        "leaky": layers.LeakyReLU()(signed),
        "swish": layers.Activation("swish")(signed),
        "sum with what is signed": layers.Add()([known["relu"], signed]),
        "difference": layers.Subtract()([known["relu"], known["sigmoid"]]),
        "normalized": layers.BatchNormalization()(known["relu"]),
        "scaled": layers.Rescaling(1, -0.5)(known["sigmoid"]),
        "pooled": layers.MaxPooling2D()(signed),
    }
    end = layers.Concatenate()([layers.Flatten()(one) for one in (*known.values(), *unknown.values())])
    found = never_negative(graph_to(start, end))
    assert [name for name, tensor in known.items() if id(tensor) not in found] == []
    assert [name for name, tensor in unknown.items() if id(tensor) in found] == []
    assert id(start) not in found and id(end) not in found
    values = keras.Model(start, list(known.values()))(np.random.default_rng(0).normal(size=(4, 6, 6, 3)))
    assert all(float(keras.ops.min(value)) >= 0 for value in values)
