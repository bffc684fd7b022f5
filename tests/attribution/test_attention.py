"""Attention against a slow twin: every number of it by itself, the attention weights as constants."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from innv_gui import analyzers
from innv_gui.runtimes.code import function
from innv_gui.runtimes.keras.attribution.passes import Walk, plan
from innv_gui.runtimes.keras.attribution.unfolded import graph_to
from tests.attribution import twins as twins

RULES = {
    "lrp.z": ({}, twins.z, {}),
    "lrp.epsilon": ({"epsilon": 0.1}, twins.epsilon, {"epsilon": 0.1}),
    "lrp.alpha_beta": ({"alpha": 2, "beta": 1}, twins.alpha_beta, {"alpha": 2, "beta": 1}),
    "lrp.flat": ({}, twins.flat, {}),
}
PROPERTY = settings(max_examples=4, deadline=None)


def random(seed, shape):
    return np.random.default_rng(seed).normal(0, 0.7, shape).astype(np.float32)


def handed_down(end, start, name, params, x, relevance):
    """Ours: relevance of the end -> relevance of the start, by the engine's own walk."""
    method = function(analyzers.get(name).run["native"]).method(analyzers.check(name, params))
    laid_out = plan(name, method, graph_to(start, end, method.weighs), {}, False)
    walk = Walk(laid_out)
    walk.forward(tf.constant(x))
    return walk.backward(tf.constant(relevance)).numpy()


def weights_of(query, key, scale, allowed):
    """query, key (T, D) of one head -> (T, S): softmax over s of q_t k_s scale, where allowed."""
    found = np.zeros((len(query), len(key)))
    for t in range(len(query)):
        powers = [np.exp(query[t] @ key[s] * scale) if allowed(t, s) else 0.0 for s in range(len(key))]
        found[t] = np.asarray(powers) / sum(powers)
    return found


def averaged_back(weights, values, relevance):
    """values (S, D), relevance (T, D) of A v -> (S, D): each value by what it adds."""
    found = np.zeros_like(values, dtype=float)
    for t, d in np.ndindex(relevance.shape):
        total = sum(weights[t, s] * values[s, d] for s in range(len(values)))
        for s in range(len(values)):
            found[s, d] += weights[t, s] * values[s, d] / total * relevance[t, d]
    return found


def projected_back(rule, settings_, x, kernel, bias, relevance):
    """Token by token a dense layer: x (T, I), kernel (I, O)."""
    connections = twins.dense_connections(kernel)
    return np.stack([rule(x[t], connections, bias, relevance[t], **settings_) for t in range(len(x))])


def multi_head_twin(layer, x, relevance, rule, settings_, causal):
    """x (T, C), relevance (T, C) -> (T, C); head by head."""
    heads, dim = layer.num_heads, layer.value_dim
    names = ("query", "key", "value", "output")
    kernels = {name: getattr(layer, f"{name}_dense").kernel.numpy() for name in names}
    biases = {name: getattr(layer, f"{name}_dense").bias.numpy() for name in names}
    part = {name: np.einsum("tc,chd->thd", x, kernels[name]) + biases[name] for name in names[:3]}
    mixing = [
        weights_of(part["query"][:, h], part["key"][:, h], layer.key_dim**-0.5, lambda t, s: not causal or s <= t)
        for h in range(heads)
    ]
    mixed = np.stack([mixing[h] @ part["value"][:, h] for h in range(heads)], axis=1).reshape(len(x), -1)
    last = kernels["output"].reshape(heads * dim, -1)
    below = projected_back(rule, settings_, mixed, last, biases["output"], relevance).reshape(len(x), heads, dim)
    values = [averaged_back(mixing[h], part["value"][:, h], below[:, h]) for h in range(heads)]
    of_values = np.stack(values, axis=1).reshape(len(x), -1)
    first, bias = kernels["value"].reshape(x.shape[1], -1), biases["value"].reshape(-1)
    return projected_back(rule, settings_, x, first, bias, of_values)


def product_back(first, second, relevance):
    """first (T, D), second (D, S), relevance (T, S) of first second -> halves of each term's share."""
    to_first, to_second = np.zeros(first.shape), np.zeros(second.shape)
    for t, s in np.ndindex(relevance.shape):
        total = sum(first[t, d] * second[d, s] for d in range(len(second)))
        for d in range(len(second)):
            share = first[t, d] * second[d, s] / total * relevance[t, s] / 2
            to_first[t, d] += share
            to_second[d, s] += share
    return to_first, to_second


def softmax_back(scores, weights, relevance):
    """Achtibat et al. 2024, proposition 3.1, row by row."""
    rows = zip(scores, weights, relevance, strict=True)
    return np.array(
        [[s * (r - a * sum(of_row)) for s, a, r in zip(*row, of_row, strict=True)] for *row, of_row in rows]
    )


def head_back(query, key, value, allowed, relevance):
    """(T, D) each -> relevance of the three; `relevance` is of A v."""
    scale = query.shape[-1] ** -0.5
    weights, scores = weights_of(query, key, scale, allowed), query @ key.T * scale
    to_weights, to_value = product_back(weights, value, relevance)
    to_query, to_key = product_back(query, key.T * scale, softmax_back(scores, weights, to_weights))
    return to_query, to_key.T, to_value


def attn_lrp_twin(layer, x, relevance, rule, settings_, causal):
    """x (T, C), relevance (T, C) -> (T, C), the attention weights among what takes relevance."""
    names = ("query", "key", "value")
    kernels = {name: getattr(layer, f"{name}_dense").kernel.numpy() for name in (*names, "output")}
    biases = {name: getattr(layer, f"{name}_dense").bias.numpy() for name in (*names, "output")}
    part = {name: np.einsum("tc,chd->thd", x, kernels[name]) + biases[name] for name in names}
    heads = [[part[name][:, h].astype(float) for name in names] for h in range(layer.num_heads)]
    mixing = [weights_of(q, k, layer.key_dim**-0.5, lambda t, s: not causal or s <= t) for q, k, _ in heads]
    mixed = np.stack([a @ v for a, (_, _, v) in zip(mixing, heads, strict=True)], axis=1).reshape(len(x), -1)
    last = kernels["output"].reshape(mixed.shape[1], -1)
    below = projected_back(rule, settings_, mixed, last, biases["output"], relevance)
    below = below.reshape(len(x), layer.num_heads, -1)
    found = [head_back(*one, lambda t, s: not causal or s <= t, below[:, h]) for h, one in enumerate(heads)]
    back = zip(names, (np.stack(one, axis=1).reshape(len(x), -1) for one in zip(*found, strict=True)), strict=True)
    return sum(
        projected_back(rule, settings_, x, kernels[name].reshape(x.shape[1], -1), biases[name].ravel(), part_back)
        for name, part_back in back
    )


@PROPERTY
@given(seed=st.integers(0, 1000), tokens=st.integers(2, 4), heads=st.integers(1, 2), causal=st.booleans())
def test_attention_whose_weights_take_relevance_is_its_slow_twin(seed, tokens, heads, causal):
    start = keras.Input((tokens, 4))
    layer = keras.layers.MultiHeadAttention(heads, 2, value_dim=3)
    end = layer(start, start, use_causal_mask=causal)
    for number, weight in enumerate(layer.weights):
        weight.assign(random(seed + number, weight.shape))
    x, relevance = random(seed, (1, tokens, 4)), random(seed + 1, (1, tokens, 4))
    found = handed_down(end, start, "lrp.gamma", {"gamma": 0.5}, x, relevance)[0]
    expected = attn_lrp_twin(layer, x[0], relevance[0], twins.gamma, {"gamma": 0.5}, causal)
    np.testing.assert_allclose(found, expected, atol=5e-4 * max(1, np.abs(expected).max()))


def test_attention_as_a_layer_and_as_operations_share_alike():
    ops, x, relevance = keras.ops, random(7, (2, 3, 6)), random(8, (2, 3, 2))
    found = []
    for written in (False, True):
        start = keras.Input((3, 6))
        query, key, value = (start[:, :, place : place + 2] for place in (0, 2, 4))
        weights = keras.layers.Softmax()(ops.matmul(query, ops.transpose(key, (0, 2, 1))))
        end = ops.matmul(weights, value) if written else keras.layers.Attention()([query, value, key])
        found.append(handed_down(end, start, "lrp.gamma", {}, x, relevance))
    np.testing.assert_allclose(*found, atol=1e-5 * np.abs(found[0]).max())
    assert all(found[0][:, :, place].any() for place in range(6))


@pytest.mark.parametrize("name", ["lrp.gamma", "lrp.epsilon_plus_flat"])
def test_a_softmax_that_weighs_nothing_is_passed_however_it_is_written(name):
    start, x, relevance = keras.Input((4, 4, 3)), random(1, (2, 4, 4, 3)), random(2, (2, 5))
    plain, fused = keras.layers.Conv2D(5, 1), keras.layers.Conv2D(5, 1, activation="softmax")
    forms = [
        fused(start),
        keras.layers.Softmax()(plain(start)),
        keras.layers.Activation("softmax")(plain(start)),
        keras.layers.Dropout(0.5)(keras.ops.softmax(plain(start))),
    ]
    fused.set_weights(plain.get_weights())
    means = [keras.layers.GlobalAveragePooling2D()(form) for form in forms]
    found = [handed_down(mean, start, name, {}, x, relevance) for mean in means]
    for other in found[1:]:
        np.testing.assert_allclose(other, found[0], atol=1e-5 * np.abs(found[0]).max())


def test_with_constant_weights_queries_and_keys_take_nothing_under_gamma():
    start = keras.Input((4, 6))
    query, key, value = (start[:, :, place : place + 2] for place in (0, 2, 4))
    end = keras.layers.MultiHeadAttention(2, 3)(query, value, key)
    x, relevance = random(1, (2, 4, 6)), random(2, (2, 4, 2))
    for attention in ("taylor", "constant"):
        found = handed_down(end, start, "lrp.gamma", {"attention": attention}, x, relevance)
        assert bool(found[:, :, :4].any()) == (attention == "taylor") and found[:, :, 4:].any()


@PROPERTY
@pytest.mark.parametrize("name", RULES)
@given(seed=st.integers(0, 1000), tokens=st.integers(2, 4), heads=st.integers(1, 3), causal=st.booleans())
def test_multi_head_attention_is_its_slow_twin(name, seed, tokens, heads, causal):
    params, rule, settings_ = RULES[name]
    start = keras.Input((tokens, 4))
    layer = keras.layers.MultiHeadAttention(heads, 2, value_dim=3)
    end = layer(start, start, use_causal_mask=causal)
    for number, weight in enumerate(layer.weights):
        weight.assign(random(seed + number, weight.shape))
    x, relevance = random(seed, (1, tokens, 4)), random(seed + 1, (1, tokens, 4))
    found = handed_down(end, start, name, params, x, relevance)[0]
    expected = multi_head_twin(layer, x[0], relevance[0], rule, settings_, causal)
    np.testing.assert_allclose(found, expected, atol=2e-4 * max(1, np.abs(expected).max()))


@PROPERTY
@given(seed=st.integers(0, 1000), tokens=st.integers(2, 4))
def test_plain_attention_is_its_slow_twin(seed, tokens):
    start = keras.Input((tokens, 4))
    value = keras.layers.Activation("linear")(start)
    query = keras.layers.Cropping1D((1, 0))(start)
    end = keras.layers.Attention()([query, value])
    x, relevance = random(seed, (1, tokens, 4)), random(seed + 1, (1, tokens - 1, 4))
    found = handed_down(end, start, "lrp.alpha_beta", {}, x, relevance)[0]
    weights = weights_of(x[0, 1:], x[0], 1.0, lambda t, s: True)
    assume(np.abs(weights @ x[0]).min() > 0.01)  # relevance is divided by it: float32 is not to be blamed
    expected = averaged_back(weights, x[0], relevance[0])
    np.testing.assert_allclose(found, expected, atol=1e-4 * max(1, np.abs(expected).max()))


def test_queries_and_keys_take_nothing():
    start = keras.Input((4, 6))
    query, key, value = (start[:, :, place : place + 2] for place in (0, 2, 4))
    end = keras.layers.MultiHeadAttention(2, 3, use_bias=False)(query, value, key)
    x, relevance = random(1, (2, 4, 6)), random(2, (2, 4, 2))
    found = handed_down(end, start, "lrp.z", {}, x, relevance)
    assert not found[:, :, :4].any() and found[:, :, 4:].any()
    np.testing.assert_allclose(found.sum(axis=(1, 2)), relevance.sum(axis=(1, 2)), rtol=1e-3)


def test_grouped_heads_are_heads_that_share_their_values():
    """With as many groups as heads, and the same weights, it is multi-head attention."""
    x, relevance, found = random(3, (2, 5, 4)), random(4, (2, 5, 4)), []
    for layer in (keras.layers.MultiHeadAttention(2, 3), keras.layers.GroupQueryAttention(3, 2, 2)):
        start = keras.Input((5, 4))
        end = layer(start, start)
        kernels = sorted(layer.weights, key=lambda weight: weight.path.split("/")[-2:])
        for number, weight in enumerate(kernels):
            weight.assign(random(number, weight.shape))
        found.append(handed_down(end, start, "lrp.alpha_beta", {}, x, relevance))
    np.testing.assert_allclose(*found, atol=1e-5 * np.abs(found[0]).max())
