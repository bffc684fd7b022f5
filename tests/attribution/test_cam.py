"""The class activation maps against slow, plain twins."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from innv_gui import analyzers
from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras.cam import explain as cam
from innv_gui.runtimes.keras.networks import coverage, loading
from innv_gui.runtimes.keras.networks.network import BATCH

METHODS = [one.name for one in analyzers.all() if one.family == "cam"]

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


def features_and_gradient(layers, name: str, image: np.ndarray, class_: int):
    """One image: (h, w, K) features of the layer and the derivative of the class's logit, float64."""
    cut = [layer.name for layer in layers].index(name) + 1
    features = image[None]
    for layer in layers[:cut]:
        features = layer(features)
    features = tf.Variable(features)
    with tf.GradientTape() as tape:
        score = logits_after(layers[cut:], features)[0, class_]
    return features.numpy()[0].astype(np.float64), tape.gradient(score, features).numpy()[0].astype(np.float64)


def enlarged(total: np.ndarray, height: int, width: int) -> np.ndarray:
    """Positive evidence at the image's size, divided by its maximum."""
    large = bilinear(np.maximum(total, 0), height, width)
    return large / large.max() if large.max() > 0 else large


def plain_grad_cam(layers, name: str, image: np.ndarray, class_: int) -> np.ndarray:
    """One image: (H, W, C) -> (H, W) in [0, 1], by the formula."""
    features, gradient = features_and_gradient(layers, name, image, class_)
    total = np.zeros(gradient.shape[:2])
    for k in range(gradient.shape[2]):
        total += gradient[:, :, k].mean() * features[:, :, k]
    return enlarged(total, *image.shape[:2])


def plain_grad_cam_plus_plus(layers, name: str, image: np.ndarray, class_: int) -> np.ndarray:
    """Second and third derivatives of exp(y) are its second and third powers where y is linear in the features."""
    features, g = features_and_gradient(layers, name, image, class_)
    total = np.zeros(g.shape[:2])
    for k in range(g.shape[2]):
        weight = 0.0
        for i in range(g.shape[0]):
            for j in range(g.shape[1]):
                below = 2 * g[i, j, k] ** 2 + features[:, :, k].sum() * g[i, j, k] ** 3
                alpha = g[i, j, k] ** 2 / below if below != 0 else 0.0
                weight += alpha * max(g[i, j, k], 0)
        total += weight * features[:, :, k]
    return enlarged(total, *image.shape[:2])


def plain_layer_cam(layers, name: str, image: np.ndarray, class_: int) -> np.ndarray:
    """Every position by its own positive gradient."""
    features, gradient = features_and_gradient(layers, name, image, class_)
    total = np.zeros(gradient.shape[:2])
    for k in range(gradient.shape[2]):
        total += np.maximum(gradient[:, :, k], 0) * features[:, :, k]
    return enlarged(total, *image.shape[:2])


def probability_of(layers, image: np.ndarray, class_: int) -> float:
    scores = logits_after(layers, image[None].astype(np.float32)).numpy()[0].astype(np.float64)
    powers = np.exp(scores - scores.max())
    return powers[class_] / powers.sum()


def plain_score_cam(layers, name: str, image: np.ndarray, class_: int, channels: int = 0) -> np.ndarray:
    """One mask, one prediction, one weight after the other."""
    features, _ = features_and_gradient(layers, name, image, class_)
    total, baseline = np.zeros(features.shape[:2]), probability_of(layers, np.zeros_like(image), class_)
    order = sorted(range(features.shape[2]), key=lambda k: -features[:, :, k].max())
    for k in order[: channels or None]:
        mask = bilinear(features[:, :, k], *image.shape[:2])
        if mask.max() == mask.min():
            continue
        mask = (mask - mask.min()) / (mask.max() - mask.min())
        total += (probability_of(layers, image * mask[..., None], class_) - baseline) * features[:, :, k]
    return enlarged(total, *image.shape[:2])


TWINS = {
    "grad_cam": plain_grad_cam,
    "grad_cam_plus_plus": plain_grad_cam_plus_plus,
    "layer_cam": plain_layer_cam,
    "score_cam": plain_score_cam,
}


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


def test_every_map_of_the_family_has_a_twin():
    assert set(METHODS) == {*TWINS, "guided_grad_cam"}


@pytest.mark.parametrize("analyzer", TWINS)
@pytest.mark.parametrize("name", ["first", "pool", "last", "rectified", None])
@pytest.mark.parametrize("class_", [0, 3, "predicted"])
def test_a_map_agrees_with_the_formula_done_by_hand(layers, source, x, analyzer, name, class_):
    maps = cam.explain(source, x, analyzer, analyzers.check(analyzer, {}), Target(layer=name, class_=class_))
    assert maps.values.shape == (3, 1, *SHAPE[:2], 1) and maps.values.dtype == np.float32
    for i, image in enumerate(x):
        wanted = TWINS[analyzer](layers, name or "rectified", image, int(maps.targets[i, 0]))
        np.testing.assert_allclose(maps.values[i, 0, :, :, 0], wanted, atol=2e-5)


def test_grad_cam_plus_plus_does_not_lose_small_gradients(layers, tmp_path, x):
    """In float32 the third power of 1e-15 is zero; the map does not depend on the size of the gradient alone."""
    small = stages()
    keras.Sequential([keras.Input(SHAPE), *small])
    for mine, theirs in zip(small, layers, strict=True):
        mine.set_weights(theirs.get_weights())
    kernel, bias = layers[-1].get_weights()
    small[-1].set_weights([kernel * 1e-15, bias])
    path = tmp_path / "faint.keras"
    keras.Sequential([keras.Input(SHAPE), *small]).save(path)
    maps = cam.explain(ModelSource("keras", str(path)), x, "grad_cam_plus_plus", {}, Target(class_=0)).values
    wanted = [plain_grad_cam_plus_plus(small, "rectified", image, 0) for image in x]
    assert np.max(wanted) == 1
    np.testing.assert_allclose(maps[:, 0, :, :, 0], wanted, atol=2e-5)


@pytest.mark.parametrize("channels", [1, 3])
def test_score_cam_tries_the_most_active_channels_and_says_so(layers, source, x, channels):
    maps = cam.explain(source, x, "score_cam", {"channels": channels}, Target(layer="last", class_=2))
    assert f"{channels} most active of 6 channels" in maps.notes[0]
    for i, image in enumerate(x):
        wanted = plain_score_cam(layers, "last", image, 2, channels)
        np.testing.assert_allclose(maps.values[i, 0, :, :, 0], wanted, atol=2e-5)


@pytest.mark.parametrize("channels", [0, 6, 600])
def test_score_cam_tries_all_channels_there_are(source, x, channels):
    every = cam.explain(source, x, "score_cam", {"channels": 0}, Target(layer="last", class_=2))
    maps = cam.explain(source, x, "score_cam", {"channels": channels}, Target(layer="last", class_=2))
    np.testing.assert_allclose(maps.values, every.values, atol=1e-6)
    assert maps.notes == ()


def test_score_cam_goes_through_many_channels_in_batches(tmp_path):
    """More channels than fit into one batch of predictions, in a nested model of one-channel images."""
    keras.utils.set_random_seed(2)
    inner = keras.Sequential([keras.Input((8, 9, 1)), keras.layers.Conv2D(70, 3, activation="tanh", name="many")])
    image = keras.Input((8, 9, 1))
    flat = keras.layers.GlobalAveragePooling2D(name="mean")
    ends = keras.layers.Dense(3, activation="softmax", name="ends")
    keras.Model(image, ends(flat(inner(image)))).save(tmp_path / "nested.keras")
    x = np.random.default_rng(4).normal(size=(2, 8, 9, 1)).astype(np.float32)
    source = ModelSource("keras", str(tmp_path / "nested.keras"))
    for analyzer, twin in TWINS.items():
        maps = cam.explain(source, x, analyzer, analyzers.check(analyzer, {}), Target(layer="many", class_=1)).values
        wanted = [twin([inner.layers[0], flat, ends], "many", one, 1) for one in x]
        np.testing.assert_allclose(maps[:, 0, :, :, 0], wanted, atol=1e-4, err_msg=analyzer)


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
    for analyzer in METHODS:
        params = analyzers.check(analyzer, {})
        maps = cam.explain(ModelSource("keras", str(path)), np.ones((2, 6, 9, 1), "f4"), analyzer, params, Target())
        assert (maps.values == 0).all() and np.isfinite(maps.values).all()


def test_the_score_is_the_logit_of_the_class(source, x):
    network = loading.load(source)
    scores = network.predict(x)
    for analyzer in METHODS:
        params = analyzers.check(analyzer, {})
        maps = cam.explain(source, x, analyzer, params, Target(class_=2))
        np.testing.assert_allclose(maps.activations[:, 0], scores[:, 2], rtol=1e-5)
        shown = cam.explain(source, x, analyzer, params, Target(class_=2, softmax=True))
        np.testing.assert_allclose(shown.activations[:, 0], network.probabilities(scores)[:, 2], rtol=1e-5)


def test_the_predicted_class_is_that_of_the_probabilities_given(source, x):
    given = np.eye(4, dtype=np.float32)[[3, 0, 2]]
    maps = cam.explain(source, x, "grad_cam", {}, Target(), given)
    assert maps.targets.tolist() == [[3], [0], [2]]


KEYS = {"score_cam": ("masked", coverage.WHOLE)} | {
    name: (name, "rectified", False) for name in ("grad_cam", "layer_cam")
}


@pytest.mark.parametrize("analyzer", KEYS)
def test_one_trace_serves_every_class_and_batch(source, x, analyzer):
    network, params = loading.load(source), analyzers.check(analyzer, {})
    cam.explain(source, x, analyzer, params, Target(class_=0))
    compiled = network.compiled[KEYS[analyzer]]
    for n, class_ in ((1, 1), (2, 2), (3, 3)):
        cam.explain(source, x[:n], analyzer, params, Target(class_=class_))
    many = cam.explain(source, np.repeat(x, 15, axis=0), analyzer, params, Target(class_=1)).values
    assert compiled.experimental_get_tracing_count() == 1 and len(many) == 45
    one = cam.explain(source, x[2:], analyzer, params, Target(class_=1)).values
    np.testing.assert_allclose(many[-1:], one, atol=1e-6)


@pytest.mark.parametrize("analyzer", ["grad_cam", "score_cam"])
def test_every_image_of_every_batch_is_explained_for_its_own_class(source, x, analyzer):
    """More images than a batch holds, each of another class than those at its place in other batches."""
    params = analyzers.check(analyzer, {})
    classes = np.r_[np.zeros(BATCH, int), [3, 1, 2]]
    many = cam.explain(
        source, x[np.arange(len(classes)) % 3], analyzer, params, Target(), np.eye(4, dtype="f4")[classes]
    )
    assert many.targets[:, 0].tolist() == classes.tolist()
    for place in range(BATCH, len(classes)):
        alone = cam.explain(source, x[[place % 3]], analyzer, params, Target(class_=int(classes[place])))
        np.testing.assert_allclose(many.values[place], alone.values[0], atol=1e-5)
        np.testing.assert_allclose(many.activations[place], alone.activations[0], rtol=1e-5)


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
    for analyzer in METHODS:
        maps = cam.explain(source, np.zeros((0, *SHAPE), "f4"), analyzer, analyzers.check(analyzer, {}), Target())
        depth = 3 if analyzer == "guided_grad_cam" else 1
        assert maps.values.shape == (0, 1, *SHAPE[:2], depth) and maps.targets.shape == (0, 1)
