"""Activation maximization in the worker: against a plain twin, and what each stop, start and refusal is."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from innv_gui.analyzers import maximize
from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import STOPS, Ascent, Features, ImageRef, ModelSource, Preprocessing
from innv_gui.runtimes.keras.maximize import ascent, direction, objective
from innv_gui.runtimes.keras.maximize.activations import activations
from innv_gui.runtimes.keras.maximize.climb import climb
from innv_gui.runtimes.keras.maximize.starts import start
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.predict import prepare
from tests.features.maximize_twins import SHAPE, Twin, ascend, blurred, decorrelated, variation

RULES = ("none", "unit", "symmetric", "standardize")
SYMMETRIC = Preprocessing("symmetric")


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(3)
    image = keras.Input(SHAPE)
    features = keras.layers.Conv2D(3, 3, activation="tanh", name="conv")(image)
    flat = keras.layers.Flatten(name="flat")(features)
    return keras.Model(image, keras.layers.Dense(4, activation="softmax", name="scores")(flat))


@pytest.fixture(scope="module")
def source(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("maximize") / "small.keras"
    model.save(path)
    return ModelSource("keras", str(path))


def grown(source, features, params, begin, seed=0, count=1000):
    """(state, values (steps + 1, T), probabilities) when every picture has stopped."""
    state, values, probabilities = Ascent.of(begin, len(features.index)), [], []
    while (state.stops == 0).any():
        state = climb(source, features, params, begin, state, seed, count)
        values.append(state.values)
        probabilities.append(state.probabilities)
    return state, np.concatenate(values), np.concatenate(probabilities)


def settings(preset="plain", **given):
    return maximize.check(preset, given)


WAYS = {
    "plain": settings(step=0.03, iterations=5),
    "plain, to the end": settings(step=0.1, iterations=10, stop_at=0.9),
    "plain, unbounded": settings(step=0.05, iterations=5, clip=False),
    "probability": settings(step=0.03, iterations=5, objective="probability"),
    "fourier": settings("modern", iterations=5, jitter=0, tv=0, l2=0),
    "penalties": settings("modern", iterations=5, jitter=0, basis="pixels", tv=0.3, l2=1.5),
    "blur": settings("modern", iterations=5, jitter=0, basis="pixels", tv=0, l2=0, blur=0.8),
    "jitter": settings("modern", iterations=5, jitter=2, tv=0.05, l2=0.5),
}


# Every way with a class; neurons and channels, which differ in what is climbed alone, with some.
CLIMBED = [
    *((way, "class", None, (0, 1, 3)) for way in WAYS),
    *((way, "neuron", "conv", (2, 0)) for way in ("plain", "jitter")),
    *((way, "channel", "conv", (1, 2)) for way in ("plain", "penalties")),
]


@pytest.mark.parametrize(("way", "kind", "layer", "index"), CLIMBED)
def test_an_ascent_agrees_with_the_formula_done_by_hand(model, source, kind, layer, index, way):
    params, twin, begin = WAYS[way], Twin(model), start(source, SYMMETRIC, "noise", 5)
    state, values, probabilities = grown(source, Features(kind, layer, index), params, begin, seed=5)
    shifts = None
    if params.get("jitter"):
        draw = [
            tf.random.stateless_uniform([2], [5, k], -params["jitter"], params["jitter"] + 1, tf.int32)
            for k in range(5)
        ]
        shifts = [tuple(int(one) for one in shift.numpy()) for shift in draw]
    for place, one in enumerate(index):
        u, steps, why, curve, p = ascend(twin, begin.u, -1.0, 1.0, kind, one, params, shifts)
        assert (state.steps[place], STOPS[state.stops[place]]) == (steps, why)
        np.testing.assert_allclose(state.u[place], u, atol=2e-4)
        np.testing.assert_allclose(values[: steps + 1, place], curve, atol=2e-4)
        np.testing.assert_allclose(probabilities[: steps + 1, place], p, atol=2e-4)
        assert np.isnan(values[steps + 1 :, place]).all()


def test_what_is_done_to_a_gradient_agrees_with_its_twin():
    given = np.random.default_rng(2).normal(size=(2, 9, 6, 3)).astype(np.float32)
    for mine, plain in (
        (direction.decorrelated(given), decorrelated),
        (direction.variation(tf.constant(given)), variation),
        (direction.blurred(given, 1.0), lambda one: blurred(one, 1.0)),
    ):
        np.testing.assert_allclose(mine, [plain(one) for one in given], atol=1e-5)


def test_it_stops_with_a_probability_above_the_limit_and_not_before(source):
    params = settings(step=0.1, iterations=200, stop_at=0.9)
    state, _, probabilities = grown(
        source, Features("class", None, (0, 1, 2, 3)), params, start(source, SYMMETRIC, "black", 0)
    )
    for place, steps in enumerate(state.steps):
        assert STOPS[state.stops[place]] == "probability" and 0 < steps < 200
        assert probabilities[steps, place] > 0.9 and (probabilities[:steps, place] <= 0.9).all()


def test_defect_9_an_ascent_ends_at_the_cap(source):
    params = settings(step=1e-6, iterations=12)
    state, values, _ = grown(source, Features("class", None, (1,)), params, start(source, SYMMETRIC, "black", 0))
    assert state.steps.tolist() == [12] and STOPS[state.stops[0]] == "iterations" and len(values) == 13


@pytest.mark.parametrize("count", [1, 4, 1000])
def test_the_pictures_do_not_depend_on_how_the_steps_are_cut_into_tasks(source, count):
    params, features = settings("modern", iterations=11, blur=0.5), Features("class", None, (0, 2))
    begin = start(source, SYMMETRIC, "noise", 1)
    whole, values, _ = grown(source, features, params, begin, seed=1)
    cut, again, _ = grown(source, features, params, begin, seed=1, count=count)
    np.testing.assert_array_equal(cut.u, whole.u)
    np.testing.assert_array_equal(again, values)


@pytest.mark.parametrize("preset", maximize.PRESETS)
def test_the_same_seed_gives_the_same_picture_whatever_is_beside_it(source, preset):
    params = settings(preset, stop_at=1, iterations=60)

    def run(index, seed):
        begin = start(source, SYMMETRIC, "noise", seed)
        return grown(source, Features("class", None, index), params, begin, seed)[0].u

    together, alone, again, other = run((0, 1, 2, 3), 7), run((2,), 7), run((0, 1, 2, 3), 7), run((2,), 8)
    np.testing.assert_array_equal(again, together)
    np.testing.assert_allclose(alone[0], together[2], atol=1e-4)
    assert np.abs(other[0] - alone[0]).max() > 0.05


def test_nothing_is_traced_anew_for_another_class_seed_or_setting(source):
    network = loading.load(source)
    begin = start(source, SYMMETRIC, "noise", 0)
    grown(source, Features("class", None, (0,)), settings(), begin)
    form = ascent.form_of("class", settings(), True)
    compiled = network.compiled["ascent", "scores", SHAPE, form]
    for index, seed, step in (((1,), 0, 0.01), ((2, 3, 0), 4, 0.02)):
        grown(source, Features("class", None, index), settings(step=step, iterations=3), begin, seed, count=2)
    assert compiled.experimental_get_tracing_count() == 1


def test_where_memory_runs_out_the_pictures_go_in_halves(source, monkeypatch):
    params, features = settings(step=0.1, iterations=40, stop_at=0.9), Features("class", None, (0, 1, 2))
    begin = start(source, SYMMETRIC, "noise", 0)
    whole, values, probabilities = grown(source, features, params, begin)
    network, form = loading.load(source), ascent.form_of("class", params, True)
    run = network.compiled["ascent", "scores", SHAPE, form]

    def short(u, *rest):
        if len(u) > 1:
            raise tf.errors.ResourceExhaustedError(None, None, "no memory left")
        return run(u, *rest)

    monkeypatch.setitem(network.compiled, ("ascent", "scores", SHAPE, form), short)
    parted, again, also = grown(source, features, params, begin)
    np.testing.assert_allclose(parted.u, whole.u, atol=1e-5)
    np.testing.assert_array_equal(parted.stops, whole.stops)
    np.testing.assert_allclose(again, values, atol=1e-4)
    np.testing.assert_allclose(also, probabilities, atol=1e-4)


def saved(tmp_path, name, layers, shape=SHAPE):
    path = tmp_path / f"{name}.keras"
    keras.Sequential([keras.Input(shape), *layers]).save(path)
    return ModelSource("keras", str(path))


def test_a_picture_without_a_slope_stops_and_says_so(tmp_path):
    dead = keras.layers.Conv2D(2, 1, activation="relu", name="dead", bias_initializer=keras.initializers.Constant(-100))
    source = saved(tmp_path, "dead", [dead, keras.layers.Flatten(), keras.layers.Dense(2)])
    begin = start(source, Preprocessing("unit"), "black", 0)
    state, values, _ = grown(source, Features("neuron", "dead", (1,)), settings(), begin)
    assert STOPS[state.stops[0]] == "flat" and state.steps[0] == 0 and values.tolist() == [[0.0]]
    np.testing.assert_array_equal(state.u[0], begin.u)


def test_a_value_that_is_not_finite_stops_one_picture_and_not_the_others(tmp_path):
    dense = keras.layers.Dense(2, name="ends")
    source = saved(tmp_path, "huge", [keras.layers.Flatten(), dense])
    model = keras.saving.load_model(source.path)
    kernel = np.ones((np.prod(SHAPE), 2), np.float32)
    kernel[:, 1] = 3e38
    model.get_layer("ends").set_weights([kernel, np.zeros(2, np.float32)])
    model.save(source.path)
    state, _, _ = grown(
        source, Features("neuron", None, (0, 1)), settings(iterations=3), start(source, SYMMETRIC, "white", 0)
    )
    assert [STOPS[stop] for stop in state.stops] == ["iterations", "not finite"]
    assert np.isfinite(state.u).all()


def test_a_layer_behind_which_the_derivative_ends_is_refused(tmp_path):
    image = keras.Input(SHAPE)
    steps = keras.ops.round(keras.layers.Conv2D(2, 3)(image))
    path = tmp_path / "steps.keras"
    keras.Model(image, keras.layers.Dense(3, name="ends")(keras.layers.Flatten()(steps))).save(path)
    source = ModelSource("keras", str(path))
    with pytest.raises(AnalyzerRefused, match="No gradient reaches the input") as refusal:
        grown(source, Features("class", None, (0,)), settings(), start(source, SYMMETRIC, "noise", 0))
    assert "ends" in str(refusal.value) and refusal.value.field == "layer"


@pytest.mark.parametrize(
    ("features", "error", "words"),
    [
        (Features("class", None, (4,)), BadInput, "no class 4"),
        (Features("class", None, (-1,)), BadInput, "0 to 3"),
        (Features("class", "conv", (0,)), BadInput, "at the output"),
        (Features("neuron", "conv", (3,)), BadInput, "no neuron 3"),
        (Features("neuron", "nowhere", (0,)), BadInput, "no layer 'nowhere'"),
        (Features("channel", "flat", (0,)), AnalyzerRefused, "no positions"),
        (Features("channel", None, (0,)), AnalyzerRefused, "no positions"),
    ],
)
def test_features_that_are_not_there_are_refused(source, features, error, words):
    with pytest.raises(error, match=words) as refusal:
        objective.check(loading.load(source), features)
    assert "small.keras" in str(refusal.value)


def test_the_input_itself_is_refused(source):
    network = loading.load(source)
    with pytest.raises(AnalyzerRefused, match="the input itself"):
        objective.check(network, Features("neuron", next(iter(network.flat.tensors)), (0,)))


@pytest.mark.parametrize("mode", RULES)
@pytest.mark.parametrize("name", maximize.STARTS)
def test_a_start_lies_in_the_range_that_pictures_have(source, mode, name):
    rule = Preprocessing(mode, *(((10.0, 20.0, 30.0), (50.0, 60.0, 70.0)) if mode == "standardize" else ()))
    begin = start(source, rule, name, 3)
    black, white = (prepared(source, rule, value) for value in (0, 255))
    np.testing.assert_allclose(begin.low, black, atol=1e-5)
    np.testing.assert_allclose(begin.high, white, atol=1e-5)
    assert begin.u.shape == SHAPE and begin.u.dtype == np.float32 and begin.bounded
    assert begin.u.min() >= -1e-5 and begin.u.max() <= 1 + 1e-5
    if name in ("black", "white"):
        np.testing.assert_allclose(begin.u, float(name == "white"), atol=1e-5)


def prepared(source, rule, value):
    """Network input of a picture that has this value everywhere."""
    from innv_gui.runtimes.keras.predict import preprocessing

    return preprocessing.apply(np.full((1, *SHAPE), value, np.float32), rule)[0, 0, 0]


def test_noise_is_uniform_and_blurred_noise_is_the_same_blurred(source):
    noise = start(source, Preprocessing("unit"), "noise", 9).u
    assert 0 <= noise.min() < 0.2 and 0.8 < noise.max() < 1
    soft = start(source, Preprocessing("unit"), "blurred", 9).u
    np.testing.assert_allclose(soft, blurred(noise, 1.0), atol=1e-5)
    assert soft.std() < noise.std()


def test_an_image_starts_as_the_network_sees_it(tmp_path):
    source = saved(tmp_path, "grey", [keras.layers.Flatten(), keras.layers.Dense(2)], (8, 5, 1))
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 13, 3), np.uint8)).save(tmp_path / "one.png")
    ref = ImageRef("one.png", str(tmp_path / "one.png"))
    begin = start(source, SYMMETRIC, ref, 0)
    seen = prepare.prepare(source, SYMMETRIC, (ref,)).x[0]
    np.testing.assert_allclose(begin.low + (begin.high - begin.low) * begin.u, seen, atol=1e-5)


def test_an_array_starts_as_network_input_and_another_shape_is_refused(source):
    x = np.random.default_rng(1).uniform(-1, 1, SHAPE).astype(np.float32)
    begin = start(source, SYMMETRIC, x, 0)
    np.testing.assert_allclose(begin.low + (begin.high - begin.low) * begin.u, x, atol=1e-6)
    for wrong in (x[None], x[:, :, :1], x * np.nan):
        with pytest.raises(BadInput):
            start(source, SYMMETRIC, wrong, 0)
    x[0, 0, :2] = np.nan, np.inf
    with pytest.raises(BadInput, match=f"2 of {x.size:,} values are NaN or infinite"):
        start(source, SYMMETRIC, x, 0)


@pytest.mark.parametrize("mode", [*RULES, "tf", "caffe", "torch"])
def test_an_array_outside_the_range_is_clipped_and_one_inside_stays_as_it_is(source, mode):
    rule = Preprocessing(mode, *(((10.0, 20.0, 30.0), (50.0, 60.0, 70.0)) if mode == "standardize" else ()))
    inside = prepared_noise(rule)
    kept, free = (start(source, rule, inside, 0, clip) for clip in (True, False))
    np.testing.assert_array_equal(kept.u, free.u)
    assert kept.notes == free.notes == ()
    outside = inside.copy()
    outside[0, 0] = kept.high + 5
    outside[1, 1, 0] = kept.low[0] - 3
    kept, free = (start(source, rule, outside, 0, clip) for clip in (True, False))
    assert kept.u.min() >= 0 and kept.u.max() <= 1 and kept.u[0, 0].tolist() == [1, 1, 1] and kept.u[1, 1, 0] == 0
    changed = np.zeros(SHAPE, bool)
    changed[0, 0] = changed[1, 1, 0] = True
    np.testing.assert_array_equal(kept.u[~changed], free.u[~changed])
    assert "4 of 126 values of the start" in kept.notes[0] and free.notes == () and free.u.max() > 1


def prepared_noise(rule):
    """Network input of a random picture, black and white among its pixels."""
    from innv_gui.runtimes.keras.predict import preprocessing

    pixels = np.random.default_rng(4).uniform(0, 255, (1, *SHAPE))
    pixels[0, 2, :2] = [[0, 0, 0], [255, 255, 255]]
    return preprocessing.apply(pixels, rule)[0]


def test_the_person_s_own_preprocessing_has_no_known_range(source, tmp_path):
    hooks = tmp_path / "hooks.py"
    one = f"np.full({SHAPE}, image.mean() * 7 - 3.0)"
    hooks.write_text(f"import numpy as np\ndef preprocess(images):\n    return np.stack([{one} for image in images])\n")
    begin = start(ModelSource("keras", source.path, hooks=str(hooks)), SYMMETRIC, "white", 0)
    assert not begin.bounded and "not known" in begin.notes[0]
    np.testing.assert_allclose(begin.u, 255 * 7 - 3.0)
    assert not ascent.form_of("class", settings(), begin.bounded).clip


def test_caffe_turns_the_channels_round(tmp_path):
    source = saved(tmp_path, "colour", [keras.layers.Flatten(), keras.layers.Dense(2)], (4, 4, 3))
    begin = start(source, Preprocessing("caffe"), "black", 0)
    assert begin.backwards and begin.low.tolist() == pytest.approx([-103.939, -116.779, -123.68])


def test_nested_models_and_one_channel_images_are_maximised_inside(tmp_path):
    alive = {"activation": "relu", "kernel_initializer": keras.initializers.RandomUniform(0.01, 0.2)}
    inner = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(5, 3, **alive, name="inside")])
    image = keras.Input((8, 8, 1))
    flat = keras.layers.Flatten()(inner(image))
    path = tmp_path / "nested.keras"
    keras.Model(image, keras.layers.Dense(3, activation="sigmoid", name="ends")(flat)).save(path)
    source, begin = ModelSource("keras", str(path)), None
    begin = start(source, Preprocessing("unit"), "noise", 0)
    for kind, layer in (("neuron", "inside"), ("channel", "inside"), ("class", None)):
        state, values, p = grown(source, Features(kind, layer, (0, 2)), settings(step=0.02, iterations=20), begin)
        last = values[state.steps, [0, 1]]
        assert (last > values[0]).all() and np.isnan(p).all() == (kind != "class")


def test_activations_are_the_layers_own_and_bad_images_are_told(source, model, tmp_path):
    refs = []
    for number in range(5):
        pixels = np.random.default_rng(number).integers(0, 256, (6, 7), np.uint8)
        np.save(tmp_path / f"{number}.npy", np.repeat(pixels[None, ..., None], 3, axis=3))
        refs.append(ImageRef(f"{number}", str(tmp_path / f"{number}.npy"), index=0))
    (tmp_path / "bad.png").write_bytes(b"no picture")
    refs.insert(2, ImageRef("bad.png", str(tmp_path / "bad.png")))
    one = saved(
        tmp_path,
        "three",
        [keras.layers.Conv2D(4, 3, name="conv"), keras.layers.Flatten(), keras.layers.Dense(2)],
        (6, 7, 3),
    )
    good = [ref for ref in refs if ref.name != "bad.png"]
    x = prepare.prepare(one, SYMMETRIC, tuple(good)).x
    inner = keras.saving.load_model(one.path).get_layer("conv")(x).numpy()
    for kind, wanted in (("neuron", inner.max(axis=(1, 2))), ("channel", inner.mean(axis=(1, 2)))):
        values, problems = activations(one, SYMMETRIC, tuple(refs), Features(kind, "conv", (3, 1)))
        assert values.shape == (6, 2) and np.isnan(values[2]).all()
        np.testing.assert_allclose(np.delete(values, 2, axis=0), wanted[:, [3, 1]], atol=1e-5)
        assert [problem.name for problem in problems] == ["bad.png"]
