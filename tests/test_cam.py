"""Grad-CAM and Guided Grad-CAM against slow, plain twins."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras import cam, loading

SHAPE = (11, 17, 3)  # odd and not square


def stages():
    """The same small network, layer by layer."""
    return [
        keras.layers.Conv2D(5, 3, activation="relu", name="first"),
        keras.layers.MaxPooling2D(2, name="pool"),
        keras.layers.Conv2D(6, 2, name="last"),
        keras.layers.ReLU(name="rectified"),
        keras.layers.Flatten(name="flat"),
        keras.layers.Dense(4, activation="softmax", name="scores"),
    ]


@pytest.fixture(scope="module")
def layers():
    keras.utils.set_random_seed(5)
    return stages()


@pytest.fixture(scope="module")
def source(layers, tmp_path_factory):
    path = tmp_path_factory.mktemp("cam") / "small.keras"
    keras.Sequential([keras.Input(SHAPE), *layers]).save(path)
    return ModelSource("keras", str(path))


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(1).normal(size=(3, *SHAPE)).astype(np.float32)


def bilinear(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """Half-pixel centres, edges repeated; one output pixel at a time."""
    h, w = image.shape
    result = np.zeros((height, width))
    for i in range(height):
        for j in range(width):
            y, x = (i + 0.5) * h / height - 0.5, (j + 0.5) * w / width - 0.5
            top, left = int(np.floor(y)), int(np.floor(x))
            for di, wi in ((0, 1 - (y - top)), (1, y - top)):
                for dj, wj in ((0, 1 - (x - left)), (1, x - left)):
                    value = image[min(max(top + di, 0), h - 1), min(max(left + dj, 0), w - 1)]
                    result[i, j] += wi * wj * value
    return result


def logits_after(layers, features):
    """The rest of the network, applied by hand; the last layer without its softmax."""
    for layer in layers[:-1]:
        features = layer(features)
    return tf.matmul(features, layers[-1].kernel) + layers[-1].bias


def plain_grad_cam(layers, name: str, image: np.ndarray, class_: int) -> np.ndarray:
    """One image: (H, W, C) -> (H, W) in [0, 1], by the formula."""
    cut = [layer.name for layer in layers].index(name) + 1
    features = image[None]
    for layer in layers[:cut]:
        features = layer(features)
    features = tf.Variable(features)
    with tf.GradientTape() as tape:
        score = logits_after(layers[cut:], features)[0, class_]
    gradient = tape.gradient(score, features).numpy()[0].astype(np.float64)
    total = np.zeros(gradient.shape[:2])
    for k in range(gradient.shape[2]):
        total += gradient[:, :, k].mean() * features.numpy()[0, :, :, k]
    enlarged = bilinear(np.maximum(total, 0), *image.shape[:2])
    return enlarged / enlarged.max() if enlarged.max() > 0 else enlarged


def plain_guided(layers, image: np.ndarray, class_: int) -> np.ndarray:
    """Guided backprop of one image, one layer's gradient after the other."""
    first, pool, last, _, flat, _ = layers

    def linear(layer):
        return lambda a: tf.nn.bias_add(tf.nn.conv2d(a, layer.kernel, 1, "VALID"), layer.bias)

    forward = [linear(first), "relu", pool, linear(last), "relu", flat]
    inputs, value = [], tf.constant(image[None])
    for step in forward:
        inputs.append(value)
        value = tf.maximum(value, 0) if step == "relu" else step(value)
    back = layers[-1].kernel.numpy()[:, class_][None]
    for step, given in zip(reversed(forward), reversed(inputs), strict=True):
        if step == "relu":
            back = np.where((given.numpy() > 0) & (back > 0), back, 0)
            continue
        with tf.GradientTape() as tape:
            tape.watch(given)
            output = step(given)
        back = tape.gradient(output, given, output_gradients=tf.constant(back)).numpy()
    return back[0]


@pytest.mark.parametrize("name", ["first", "pool", "last", "rectified", None])
@pytest.mark.parametrize("class_", [0, 3, "predicted"])
def test_grad_cam_agrees_with_the_formula_done_by_hand(layers, source, x, name, class_):
    maps = cam.explain(source, x, "grad_cam", {}, Target(layer=name, class_=class_))
    assert maps.values.shape == (3, 1, *SHAPE[:2], 1) and maps.values.dtype == np.float32
    for i, image in enumerate(x):
        wanted = plain_grad_cam(layers, name or "rectified", image, int(maps.targets[i, 0]))
        np.testing.assert_allclose(maps.values[i, 0, :, :, 0], wanted, atol=1e-5)


def test_the_twin_enlarges_as_tensorflow_does():
    image = np.random.default_rng(0).normal(size=(3, 5))
    theirs = tf.image.resize(image[None, ..., None], (11, 17))[0, ..., 0]
    np.testing.assert_allclose(bilinear(image, 11, 17), theirs, atol=1e-6)


@pytest.mark.parametrize("class_", [1, "predicted"])
def test_guided_grad_cam_is_guided_backprop_times_grad_cam(layers, source, x, class_):
    maps = cam.explain(source, x, "guided_grad_cam", {}, Target(layer="last", class_=class_))
    assert maps.values.shape == (3, 1, *SHAPE)
    for i, image in enumerate(x):
        target = int(maps.targets[i, 0])
        wanted = plain_guided(layers, image, target) * plain_grad_cam(layers, "last", image, target)[..., None]
        np.testing.assert_allclose(maps.values[i, 0], wanted, atol=1e-5)


def test_every_way_to_write_a_relu_is_guided_alike(x, tmp_path):
    def network(relu):
        keras.utils.set_random_seed(9)
        image = keras.Input(SHAPE)
        if relu == "argument":
            features = keras.layers.Conv2D(8, 3, activation="relu")(image)
        else:
            rectify = {
                "layer": keras.layers.ReLU(),
                "activation": keras.layers.Activation("relu"),
                "operation": keras.ops.relu,
            }
            features = rectify[relu](keras.layers.Conv2D(8, 3)(image))
        ends = keras.layers.Dense(3)(keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(features)))
        path = tmp_path / f"{relu}.keras"
        keras.Model(image, ends).save(path)
        return cam.explain(ModelSource("keras", str(path)), x, "guided_grad_cam", {}, Target(class_=1)).values

    maps = {relu: network(relu) for relu in ("argument", "layer", "activation", "operation")}
    for relu, values in maps.items():
        np.testing.assert_allclose(values, maps["argument"], atol=1e-7, err_msg=relu)
    assert np.abs(maps["argument"]).max() > 0


def test_guiding_leaves_the_network_as_it_was(source, x):
    network = loading.load(source)
    with tf.GradientTape() as tape:
        given = tf.Variable(x)
        score = network.model(given)[:, 1]
    before = tape.gradient(score, given).numpy()
    cam.explain(source, x, "guided_grad_cam", {}, Target(class_=1))
    with tf.GradientTape() as tape:
        score = network.model(given)[:, 1]
    np.testing.assert_array_equal(tape.gradient(score, given).numpy(), before)


def test_defect_6_a_map_without_evidence_stays_all_zero(tmp_path):
    image = keras.Input((6, 9, 1))
    features = keras.layers.Conv2D(2, 1, kernel_initializer="ones", activation="relu")(image)
    flat = keras.layers.GlobalAveragePooling2D()(features)
    scores = keras.layers.Dense(2, kernel_initializer=keras.initializers.Constant(-1.0))(flat)
    path = tmp_path / "negative.keras"
    keras.Model(image, scores).save(path)
    for analyzer in cam.ANALYZERS:
        maps = cam.explain(ModelSource("keras", str(path)), np.ones((2, 6, 9, 1), "f4"), analyzer, {}, Target())
        assert (maps.values == 0).all() and np.isfinite(maps.values).all()


def test_the_score_is_the_logit_of_the_class(source, x):
    network = loading.load(source)
    scores = network.predict(x)
    maps = cam.explain(source, x, "grad_cam", {}, Target(class_=2))
    np.testing.assert_allclose(maps.activations[:, 0], scores[:, 2], rtol=1e-5)
    shown = cam.explain(source, x, "grad_cam", {}, Target(class_=2, softmax=True))
    np.testing.assert_allclose(shown.activations[:, 0], network.probabilities(scores)[:, 2], rtol=1e-5)


def test_the_predicted_class_is_that_of_the_probabilities_given(source, x):
    given = np.eye(4, dtype=np.float32)[[3, 0, 2]]
    maps = cam.explain(source, x, "grad_cam", {}, Target(), given)
    assert maps.targets.tolist() == [[3], [0], [2]]


def test_one_trace_serves_every_class_and_batch(source, x):
    network = loading.load(source)
    cam.explain(source, x, "grad_cam", {}, Target(class_=0))
    compiled = network.compiled["grad_cam", "rectified", False]
    for n, class_ in ((1, 1), (2, 2), (3, 3)):
        cam.explain(source, x[:n], "grad_cam", {}, Target(class_=class_))
    many = cam.explain(source, np.repeat(x, 15, axis=0), "grad_cam", {}, Target(class_=1)).values
    assert compiled.experimental_get_tracing_count() == 1 and len(many) == 45
    one = cam.explain(source, x[2:], "grad_cam", {}, Target(class_=1)).values
    np.testing.assert_allclose(many[-1:], one, atol=1e-6)


def test_layers_that_cannot_be_used_are_refused_with_those_that_can(source, x):
    for name, words in (("flat", "output is"), ("nowhere", "unknown layer"), ("image", "unknown layer")):
        with pytest.raises(AnalyzerRefused, match=words) as refusal:
            cam.explain(source, x, "grad_cam", {}, Target(layer=name))
        assert refusal.value.allowed == ("first", "pool", "last", "rectified") and "small.keras" in str(refusal.value)


def test_a_model_without_spatial_layers_is_refused(tmp_path, x):
    path = tmp_path / "mlp.keras"
    keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), keras.layers.Dense(3)]).save(path)
    with pytest.raises(AnalyzerRefused, match="mlp.keras"):
        cam.explain(ModelSource("keras", str(path)), x, "grad_cam", {}, Target())


@pytest.mark.parametrize(
    "target, field",
    [
        (Target(class_=4), "class"),
        (Target(class_=-1), "class"),
        (Target(class_="cat"), "class"),
        (Target(neuron=1), "neuron"),
        (Target(top_neurons=4), "neuron"),
    ],
)
def test_targets_that_are_no_class_are_refused(source, x, target, field):
    with pytest.raises(BadInput) as refusal:
        cam.explain(source, x, "grad_cam", {}, target)
    assert refusal.value.field == field


def test_other_analyzers_do_not_run_here(source, x):
    with pytest.raises(BadInput):
        cam.explain(source, x, "lrp.epsilon", {}, Target())


def test_no_images_give_no_maps(source):
    maps = cam.explain(source, np.zeros((0, *SHAPE), "f4"), "guided_grad_cam", {}, Target())
    assert maps.values.shape == (0, 1, *SHAPE) and maps.targets.shape == (0, 1)
