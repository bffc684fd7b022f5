"""What is explained: class, neuron, top neurons, at any layer; and nothing is traced anew for another of them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from innv_gui import analyzers
from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras.attribution import compiled, targets
from innv_gui.runtimes.keras.attribution.explain import explain
from innv_gui.runtimes.keras.networks import loading
from tests.attribution import twins as twins

N_CLASSES = 6
NOT_LINEAR = ("gradient", "deconvnet", "guided_backprop", "smoothgrad")


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(3)
    start = keras.Input((9, 8, 3), name="image")
    x = keras.layers.Conv2D(5, 3, activation="relu", padding="same", name="early")(start)
    x = keras.layers.MaxPooling2D(name="pool")(x)
    x = keras.layers.Conv2D(7, 2, activation="relu", name="late")(x)
    x = keras.layers.Flatten(name="flat")(x)
    x = keras.layers.Dense(20, activation="relu", name="hidden")(x)
    return keras.Model(start, keras.layers.Dense(N_CLASSES, activation="softmax", name="scores")(x))


@pytest.fixture(scope="module")
def source(model, tmp_path_factory):
    path = tmp_path_factory.mktemp("targets") / "small.keras"
    model.save(path)
    return ModelSource("keras", str(path))


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(1).normal(size=(11, 9, 8, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def probabilities(model, x):
    return np.asarray(model(x))


def run(source, x, probabilities, name, target=None, params=None, unchecked=False):
    complete = analyzers.check(name, params or {})
    return explain(source, x, name, complete, target or Target(), unchecked, probabilities)


def activations(model, layer, x):
    """(N, U): each neuron's value, at its strongest position."""
    found = np.asarray(keras.Model(model.input, model.get_layer(layer).output)(x))
    return found.reshape(len(x), -1, found.shape[-1]).max(axis=1)


def assert_same(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())


def test_the_first_of_the_top_neurons_of_the_default_layer_is_the_predicted_class(source, x, probabilities):
    top = run(source, x, probabilities, "lrp.epsilon", Target(class_=None, top_neurons=1))
    predicted = run(source, x, probabilities, "lrp.epsilon")
    np.testing.assert_array_equal(top.targets, predicted.targets)
    np.testing.assert_array_equal(top.targets[:, 0], probabilities.argmax(axis=1))
    assert_same(top.values, predicted.values)
    assert_same(top.activations, predicted.activations)


@pytest.mark.parametrize("layer", ["late", "hidden"])
@pytest.mark.parametrize("count", [1, 4])
def test_the_top_neurons_are_the_strongest_in_descending_order(model, source, x, probabilities, layer, count):
    maps = run(source, x, probabilities, "gradient", Target(layer, None, top_neurons=count))
    values = activations(model, layer, x)
    np.testing.assert_allclose(maps.activations, -np.sort(-values, axis=1)[:, :count], rtol=1e-5, atol=1e-6)
    assert_same(np.take_along_axis(values, maps.targets, axis=1), maps.activations)
    for t in range(count):
        one = run(source, x[:1], probabilities[:1], "gradient", Target(layer, None, neuron=int(maps.targets[0, t])))
        assert_same(maps.values[:1, t], one.values[:, 0])


def test_more_neurons_than_there_are_give_all_of_them_and_say_so(source, x, probabilities):
    maps = run(source, x, probabilities, "gradient", Target(class_=None, top_neurons=16))
    assert maps.values.shape[1] == N_CLASSES and "6 neurons" in maps.notes[0]
    assert (np.diff(maps.activations, axis=1) <= 0).all()


def test_a_channel_is_explained_at_its_strongest_position(model, source, x, probabilities):
    maps = run(source, x[:2], probabilities[:2], "gradient", Target("early", None, 2), {"postprocess": "none"})
    kernel = np.asarray(model.get_layer("early").kernel)[..., 2]
    features = np.asarray(keras.Model(model.input, model.get_layer("early").output)(x[:2]))[..., 2]
    for found, image in zip(maps.values[:, 0], features, strict=True):
        row, column = np.unravel_index(image.argmax(), image.shape)
        expected = np.zeros((11, 10, 3))
        expected[row : row + 3, column : column + 3] = kernel
        assert_same(found, expected[1:-1, 1:-1])


@pytest.mark.parametrize("layer", ["hidden", "late"])
@pytest.mark.parametrize("name", ["lrp.alpha_1_beta_0", "deep_taylor", "input_t_gradient", *NOT_LINEAR])
def test_a_class_at_a_layer_is_the_mean_over_its_neurons(model, source, x, probabilities, layer, name):
    x, probabilities = x[:3], probabilities[:3]
    params = {"augment_by_n": 3} if name == "smoothgrad" else {}
    maps = run(source, x, probabilities, name, Target(layer, 4), params)
    network = loading.load(source)
    split = keras.Model(network.model.inputs[0], [network.flat.tensors[layer], network.model.outputs[0]])
    for i, image in enumerate(x):
        with tf.GradientTape() as tape:
            start = tf.constant(image[None])
            tape.watch(start)
            features, scores = split(start)
            score = scores[0, 4]
        chosen = twins.neurons_of_class(tape.gradient(score, features).numpy()[0])
        single = [
            run(source, x[i : i + 1], probabilities[i : i + 1], name, Target(layer, None, k), params) for k in chosen
        ]
        assert_same(maps.values[i, 0], np.mean([one.values[0, 0] for one in single], axis=0))
        np.testing.assert_allclose(maps.activations[i, 0], score, rtol=1e-5)
    assert (maps.targets == 4).all()


def test_neurons_of_a_class_where_all_are_the_same_are_the_first_alone():
    np.testing.assert_array_equal(targets.chosen(np.array([[2.0, 2, 2], [0, 3, 1]])), [[1, 0, 0], [0, 1, 0]])
    assert twins.neurons_of_class(np.array([2.0, 2, 2])) == [0]


def test_another_class_or_neuron_or_batch_traces_nothing_anew(source, x, probabilities):
    for name in ("gradient", "lrp.alpha_1_beta_0"):
        run(source, x, probabilities, name)
        run(source, x, probabilities, name, Target("late", 0))
    kept = loading.load(source).compiled["attribution"]

    def traced():
        """How often each function was, but for those that only ran step by step; those of relevance come with notes."""
        functions = {key: one[0] if isinstance(one, tuple) else one for key, one in kept.items()}
        counts = {key: one.experimental_get_tracing_count() for key, one in functions.items()}
        return {key: count for key, count in counts.items() if count}

    before = traced()
    for name in ("gradient", "lrp.alpha_1_beta_0"):
        for class_ in range(N_CLASSES):
            run(source, x[:class_], probabilities[:class_], name, Target(class_=class_))
            run(source, x, probabilities, name, Target("late", class_))
            run(source, x, probabilities, name, Target("late", None, neuron=class_))
    after = traced()
    assert after.keys() - before.keys() <= {("neurons", "late", (9, 8, 3), False)}
    assert all(after[key] == count for key, count in before.items())
    assert set(after.values()) == {1}


@pytest.mark.usefixtures("untraced")
def test_a_bounded_number_of_functions_is_kept(source, x, probabilities):
    for number in range(compiled.KEPT + 3):
        run(source, x[:1], probabilities[:1], "lrp.epsilon", params={"epsilon": 0.1 + number})
    assert len(loading.load(source).compiled["attribution"]) == compiled.KEPT


def test_a_map_is_the_same_whatever_else_is_in_the_batch(source, x, probabilities):
    for name in ("gradient", "lrp.z", "smoothgrad"):
        together = run(source, x, probabilities, name).values
        alone = np.concatenate([run(source, x[i : i + 1], probabilities[i : i + 1], name).values for i in (0, 10)])
        assert_same(together[[0, 10]], alone)


def test_no_images_give_no_maps(source, x, probabilities):
    maps = run(source, x[:0], probabilities[:0], "lrp.z")
    assert maps.values.shape == (0, 1, 9, 8, 3) and maps.targets.shape == (0, 1)


@pytest.mark.parametrize("method", ["gradient", "smoothgrad", "integrated_gradients"])
def test_batches_halve_themselves_where_memory_runs_out_and_say_so(monkeypatch, source, x, probabilities, method):
    called, tried = compiled.gradient, []

    def short_of_memory(*arguments):
        back = called(*arguments)

        def run(x, weights):
            tried.append(len(x))
            if len(x) > 2:
                raise tf.errors.ResourceExhaustedError(None, None, "out of memory")
            return back(x, weights)

        return run

    expected = run(source, x, probabilities, method).values
    monkeypatch.setattr(compiled, "gradient", short_of_memory)
    maps = run(source, x, probabilities, method)
    assert_same(maps.values, expected)
    assert " 2 at a time" in maps.notes[0]
    assert [size for size in tried if size > 2] == [tried[0] >> k for k in range(len(tried)) if tried[0] >> k > 2]


@pytest.mark.parametrize(
    ("target", "error", "field"),
    [
        (Target(class_=N_CLASSES), BadInput, "class"),
        (Target(class_=-1), BadInput, "class"),
        (Target(class_="cat"), BadInput, "class"),
        (Target(layer="nowhere"), BadInput, "layer"),
        (Target(layer="image"), AnalyzerRefused, "layer"),
        (Target(layer="late", neuron=7), BadInput, "neuron"),
        (Target(neuron=-1), BadInput, "neuron"),
    ],
)
def test_what_cannot_be_explained_is_refused_by_field(source, x, probabilities, target, error, field):
    with pytest.raises(error) as caught:
        run(source, x, probabilities, "gradient", target)
    assert caught.value.field == field


def test_a_probability_is_explained_by_gradients_and_by_rules_only_unchecked(source, x, probabilities):
    maps = run(source, x, probabilities, "gradient", Target(class_=1, softmax=True))
    np.testing.assert_allclose(maps.activations[:, 0], probabilities[:, 1], rtol=1e-4)
    with pytest.raises(AnalyzerRefused) as caught:
        run(source, x, probabilities, "lrp.z", Target(softmax=True))
    assert caught.value.field == "unchecked"
    maps = run(source, x, probabilities, "lrp.alpha_1_beta_0_IB", Target(softmax=True), unchecked=True)
    np.testing.assert_allclose(maps.activations[:, 0], probabilities.max(axis=1), rtol=1e-4)
    np.testing.assert_allclose(maps.values.sum(axis=(1, 2, 3, 4)), probabilities.max(axis=1), rtol=1e-3)


def test_until_layer_idx_beyond_the_model_is_refused(source, x, probabilities):
    with pytest.raises(BadInput) as caught:
        params = {"until_layer_idx": 99}
        run(source, x, probabilities, "lrp.sequential_preset_b_flat_until_idx", params=params)
    assert caught.value.field == "params.until_layer_idx"
