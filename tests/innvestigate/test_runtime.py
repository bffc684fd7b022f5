"""Explanations by iNNvestigate: the same numbers as iNNvestigate itself, and refusals that a person understands."""

from dataclasses import replace
from functools import cache

import keras
import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import Target
from innv_gui.runtimes.averages import NOISE_SEED
from tests.innvestigate import legacy_process as legacy
from tests.innvestigate.direct_settings import DIRECT_SETTINGS
from tests.innvestigate.references import assert_same, is_live, reference

OURS = [one.name for one in analyzers.all() if "innvestigate" in one.runtimes]


@cache
def case(network):
    """(blueprint, images, scores, probabilities, weights by layer) of one of the small networks."""
    model = legacy.randomized(legacy.NETWORKS[network](keras))
    x = legacy.images(model)
    scores = np.asarray(model(x))
    blueprint = legacy.blueprint_of(model, network)
    return blueprint, x, scores, legacy.softmax(scores), blueprint.weights


def run(worker, network, name, params=None, target=None, unchecked=False, rows=slice(None)):
    blueprint, x, scores, probabilities, _ = case(network)
    arguments = (
        blueprint,
        x[rows],
        name,
        params or {},
        target or Target(),
        unchecked,
        probabilities[rows],
        scores[rows],
    )
    return worker.submit(legacy.explain, *arguments).result()


def directly(worker, network, name, settings):
    _, x, _, _, weights = case(network)
    noise = np.random.default_rng(NOISE_SEED).standard_normal((32, *x.shape[1:]), dtype=np.float32)
    given = noise if name == "smoothgrad" else None
    return worker.submit(legacy.directly, network, weights, name, settings, x, given).result()


def has_innvestigates_numbers(worker, maps, live, network, name, settings):
    key = f"runtime {network} {name} {settings}"
    assert_same(maps, *reference(key, lambda: directly(worker, network, name, settings), live))


# The time goes into graphs: every method on the network with convolutions, and on one of the other two in turn. There
# iNNvestigate itself is asked on every run, on the one with convolutions its numbers are mostly kept ones.
ON_TWO = [(name, network) for place, name in enumerate(OURS) for network in ("cnn", ("mlp", "resnet")[place % 2])]


@pytest.mark.parametrize(("name", "network"), ON_TWO)
def test_every_analyzer_gives_innvestigates_maps_that_repeat_and_do_not_depend_on_the_batch(worker, network, name):
    _, x, scores, _, _ = case(network)
    maps = run(worker, network, name)
    assert maps.values.shape == (len(x), 1, *x.shape[1:]) and maps.values.dtype == np.float32
    assert np.isfinite(maps.values).all()
    assert maps.targets.shape == maps.activations.shape == (len(x), 1)
    np.testing.assert_array_equal(maps.targets[:, 0], scores.argmax(axis=1))
    np.testing.assert_allclose(maps.activations[:, 0], scores.max(axis=1), rtol=1e-5)
    np.testing.assert_array_equal(run(worker, network, name).values, maps.values)
    np.testing.assert_array_equal(run(worker, network, name, rows=slice(2, 3)).values, maps.values[2:3])
    if name != "random":
        live = network != "cnn" or is_live(OURS.index(name))
        has_innvestigates_numbers(worker, maps.values[:, 0], live, network, name, DIRECT_SETTINGS.get(name, {}))


SETTINGS = [
    ("lrp.epsilon", {"epsilon": 0.3, "bias": False}, {"epsilon": 0.3, "bias": False}),
    ("lrp.epsilon", {"input_layer_rule": "Flat"}, {"input_layer_rule": "Flat"}),
    ("lrp.z", {"input_layer_rule": "Bounded", "low": -2, "high": 3}, {"input_layer_rule": (-2, 3)}),
    ("lrp.alpha_beta", {"alpha": 1.7, "beta": 0.7}, {"alpha": 1.7}),
    ("lrp.alpha_beta", {"alpha": 3, "bias": False}, {"alpha": 3, "bias": False}),
    ("lrp.sequential_preset_b", {"epsilon": 0.02}, {"epsilon": 0.02}),
    ("lrp.sequential_preset_b_flat_until_idx", {"until_layer_idx": 3}, {"until_layer_idx": 3}),
    ("deep_taylor.bounded", {"low": 0, "high": 1}, {"low": 0, "high": 1}),
    ("gradient", {"postprocess": "square"}, {"postprocess": "square"}),
    ("integrated_gradients", {"steps": 7, "reference_inputs": 0.4}, {"steps": 7, "reference_inputs": 0.4}),
    ("integrated_gradients", {"postprocess": "abs"}, {"steps": 32, "postprocess": "abs"}),
    *(
        ("lrp", {"rule": rule}, {"rule": rule})
        for rule in ("Z", "WSquare", "Flat", "Alpha2Beta1", "ZPlusFast", "Bounded")
    ),
]


@pytest.mark.parametrize(("place", "name", "params", "settings"), [(i, *one) for i, one in enumerate(SETTINGS)])
def test_settings_reach_innvestigate(worker, place, name, params, settings):
    maps = run(worker, "cnn", name, params).values[:, 0]
    has_innvestigates_numbers(worker, maps, is_live(place), "cnn", name, settings)


@pytest.mark.parametrize("name", ["lrp.z", "lrp"])
def test_z_without_bias_is_the_rule_worked_out_by_hand(worker, name):
    blueprint, x, scores, _, weights = case("mlp")
    (kernel, bias), (top, _) = weights["hidden"], weights["scores"]
    flat = x.reshape(len(x), -1).astype(np.float64)
    hidden = np.maximum(flat @ kernel + bias, 0)
    target = scores.argmax(axis=1)
    share = hidden * top[:, target].T
    relevance = share / share.sum(axis=1, keepdims=True) * scores.max(axis=1, keepdims=True)
    expected = flat * ((relevance / (flat @ kernel)) @ kernel.T)
    params = {"bias": False} if name == "lrp.z" else {"rule": "ZIgnoreBias"}
    found = run(worker, "mlp", name, params).values.reshape(len(x), -1)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("rule", ["AlphaBeta", "AlphaBetaIgnoreBias", "EpsilonIgnoreBias"])
def test_rules_that_innvestigate_cannot_make_by_name_alone_work(worker, rule):
    twin = {"AlphaBeta": "Alpha2Beta1", "AlphaBetaIgnoreBias": "Alpha2Beta1IgnoreBias"}.get(rule, "ZIgnoreBias")
    expected = run(worker, "cnn", "lrp", {"rule": twin}).values
    np.testing.assert_allclose(run(worker, "cnn", "lrp", {"rule": rule}).values, expected, rtol=1e-3, atol=1e-4)


def test_smoothgrad_obeys_its_noise_scale(worker):
    plain = run(worker, "cnn", "gradient").values
    quiet = run(worker, "cnn", "smoothgrad", {"noise_scale": 0}).values
    np.testing.assert_allclose(quiet, plain, rtol=1e-5, atol=1e-7)
    assert not np.allclose(run(worker, "cnn", "smoothgrad", {"noise_scale": 0.5}).values, plain, rtol=1e-3)


def test_random_is_the_input_with_noise_of_the_given_size(worker):
    _, x, _, _, _ = case("cnn")
    noise = run(worker, "cnn", "random", {"stddev": 2}).values[:, 0] - x
    np.testing.assert_allclose(noise[0], noise[1], atol=1e-5)
    assert 1.5 < noise[0].std() < 2.5


def test_a_chosen_class_is_explained_for_every_image(worker):
    _, x, scores, _, weights = case("cnn")
    maps = run(worker, "cnn", "gradient", {"postprocess": "none"}, Target(class_=2))
    assert (maps.targets == 2).all()
    np.testing.assert_allclose(maps.activations[:, 0], scores[:, 2], rtol=1e-5)
    everything = sum(run(worker, "cnn", "lrp.flat", target=Target(class_=k)).values.sum() for k in range(4))
    np.testing.assert_allclose(everything, scores.sum(), rtol=1e-3)


def test_a_second_process_gives_identical_numbers(worker):
    with legacy.process() as second:
        assert second.submit(legacy.process_id).result() != worker.submit(legacy.process_id).result()
        for name in ("random", "smoothgrad", "lrp.alpha_2_beta_1", "integrated_gradients"):
            np.testing.assert_array_equal(run(second, "mlp", name).values, run(worker, "mlp", name).values)


def unusual(kind):
    """A small model with one layer of a kind that LRP does not know."""
    layers = keras.layers
    start = keras.Input((8, 8, 3), name="image")
    x = layers.Conv2D(4, 3, name="conv")(layers.Rescaling(0.5, name="scale")(start) if kind == "Rescaling" else start)
    x = layers.DepthwiseConv2D(3, name="depthwise")(x) if kind == "DepthwiseConv2D" else x
    x = layers.ReLU(name="odd näme: 1")(x) if kind == "ReLU" else x
    x = layers.Activation("tanh", name="bend")(x) if kind == "tanh" else x
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    ends = layers.Dense(4, name="scores", activation="softmax" if kind == "softmax" else None)(x)
    model = legacy.randomized(keras.Model(start, ends))
    x = legacy.images(model)
    scores = np.asarray(model(x))
    return legacy.blueprint_of(model, kind), x, scores, scores if kind == "softmax" else legacy.softmax(scores)


@pytest.mark.parametrize(
    ("kind", "analyzer", "named"),
    [
        ("ReLU", "lrp.epsilon", "odd näme: 1 (ReLU)"),
        ("DepthwiseConv2D", "lrp.alpha_1_beta_0", "depthwise (DepthwiseConv2D)"),
        ("Rescaling", "lrp.z", "scale (Rescaling)"),
        ("tanh", "lrp.sequential_preset_a", "bend (Activation, tanh)"),
        ("tanh", "deep_taylor", "bend (Activation, tanh)"),
        ("tanh", "guided_backprop", "bend (Activation, tanh)"),
        ("softmax", "gradient", "scores (Dense, softmax)"),
        ("softmax", "smoothgrad", "scores (Dense, softmax)"),
    ],
)
def test_a_refusal_names_method_and_layer_and_says_how_to_go_on(worker, kind, analyzer, named):
    blueprint, x, scores, probabilities = unusual(kind)
    target = Target(softmax=kind == "softmax")
    with pytest.raises(AnalyzerRefused) as caught:
        worker.submit(legacy.explain, blueprint, x, analyzer, {}, target, False, probabilities, scores).result()
    assert caught.value.message.startswith(f"{analyzer} does not know the layer {named}")
    assert caught.value.field == "unchecked" and "unchecked" in caught.value.hint


@pytest.mark.parametrize("kind", ["ReLU", "DepthwiseConv2D", "Rescaling", "softmax"])
@pytest.mark.parametrize("analyzer", ["lrp.epsilon", "lrp.alpha_2_beta_1", "deconvnet", "smoothgrad"])
def test_run_unchecked_it_gives_a_map_and_says_what_it_does_not_know(worker, kind, analyzer):
    blueprint, x, scores, probabilities = unusual(kind)
    arguments = (blueprint, x, analyzer, {}, Target(softmax=kind == "softmax"), True, probabilities, scores)
    maps = worker.submit(legacy.explain, *arguments).result()
    assert np.isfinite(maps.values).all() and maps.values.any()
    knows = kind != "softmax" and not analyzer.startswith("lrp")
    assert len(maps.notes) == (0 if knows else 1)


def test_deep_taylor_on_a_bent_layer_stops_at_that_layer_even_unchecked(worker):
    blueprint, x, scores, probabilities = unusual("tanh")
    with pytest.raises(AnalyzerRefused, match=r"deep_taylor.* at the layer bend \(Activation, tanh\)"):
        worker.submit(legacy.explain, blueprint, x, "deep_taylor", {}, Target(), True, probabilities, scores).result()


@pytest.mark.parametrize(
    ("name", "params", "target", "error", "field"),
    [
        ("gradient", {"nonsense": 1}, Target(), BadInput, "params.nonsense"),
        ("grad_cam", {}, Target(), AnalyzerRefused, "engine"),
        (
            "lrp.sequential_preset_b_flat_until_idx",
            {"until_layer_idx": 99},
            Target(),
            BadInput,
            "params.until_layer_idx",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_by_field(worker, name, params, target, error, field):
    with pytest.raises(error) as caught:
        run(worker, "cnn", name, params, target)
    assert caught.value.field == field


def test_a_rebuilt_model_that_disagrees_is_not_explained(worker):
    blueprint, x, scores, probabilities, weights = case("cnn")
    kernel, bias = weights["scores"]
    wrong = replace(blueprint, sha256="wrong", weights={**weights, "scores": (kernel * 1.01, bias)})
    with pytest.raises(AnalyzerRefused, match="other scores than Keras"):
        worker.submit(legacy.explain, wrong, x, "gradient", {}, Target(), False, probabilities, scores).result()


def test_no_images_give_no_maps(worker):
    maps = run(worker, "cnn", "lrp.z", rows=slice(0, 0))
    assert maps.values.shape == (0, 1, 9, 7, 3) and maps.targets.shape == (0, 1)


def test_lrp_runs_on_what_it_does_not_check_and_says_so(worker):
    blueprint, x, scores, probabilities = unusual("ReLU")
    maps = worker.submit(legacy.explain, blueprint, x, "lrp", {}, Target(), False, probabilities, scores).result()
    assert maps.notes == ("lrp does not know the layer odd näme: 1 (ReLU) of this model.",)


def test_a_model_that_computed_in_16_bit_is_explained_in_32(worker):
    start = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, activation="relu", dtype="mixed_float16")(start)
    ends = keras.layers.Dense(4, dtype="mixed_float16")(keras.layers.GlobalAveragePooling2D(dtype="mixed_float16")(x))
    model = legacy.randomized(keras.Model(start, ends))
    x = legacy.images(model)
    scores = np.asarray(model(x), np.float32)
    arguments = (legacy.blueprint_of(model, "half"), x, "lrp.z", {}, Target(), False, legacy.softmax(scores), scores)
    assert np.isfinite(worker.submit(legacy.explain, *arguments).result().values).all()


def test_memory_stays_flat_however_many_models_come_by(worker):
    model = legacy.randomized(legacy.mlp(keras, units=20_000))
    x = legacy.images(model, 1)
    blueprint, scores = legacy.blueprint_of(model, "large"), np.asarray(model(x))
    sizes, graphs, kept = worker.submit(legacy.memory_after_rounds, blueprint, x, scores, 16).result()
    assert kept <= 6 and max(graphs[8:]) <= graphs[7] + 1
    assert sizes[-1] - sizes[7] < 15  # weights are 3 MB, and what a session keeps of them as much again
