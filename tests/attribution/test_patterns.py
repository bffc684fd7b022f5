"""PatternNet and PatternAttribution: patterns against a slow twin, the way back against the paper's own toy."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from innv_gui.errors import AnalyzerRefused
from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.networks.flatten import flatten
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.patterns import kept, methods, sums
from innv_gui.runtimes.keras.patterns.layers import layout
from tests.attribution import pattern_twins as twins

RNG = np.random.default_rng(5)


def network_of(inputs, outputs):
    flat = flatten(keras.Model(inputs, outputs), 0, "test")
    return Network("0" * 64, "test.keras", flat, ("scores",))


def with_weights(model):
    """Random weights; normalizations with statistics that are none of the usual ones."""
    for one in model.layers:
        one.set_weights(
            [RNG.uniform(0.3, 1.5, w.shape) if "var" in w.name else RNG.normal(0.1, 0.5, w.shape) for w in one.weights]
        )
    return model


@pytest.fixture(scope="module")
def network():
    """Dense and convolution with stride, padding and dilation, depthwise, normalization before and behind."""
    x = inputs = layers.Input((9, 8, 3))
    x = layers.Conv2D(4, 3, strides=2, padding="same", name="strided")(x)
    x = layers.ReLU()(layers.BatchNormalization(name="behind")(x))
    x = layers.Conv2D(5, 3, padding="same", dilation_rate=2, activation="relu", name="dilated")(x)
    x = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same", name="depthwise")(x)
    x = layers.ReLU(6.0)(layers.BatchNormalization(name="behind_depthwise")(x))
    x = layers.Conv2D(4, 2, name="linear")(layers.BatchNormalization(name="before")(x))
    x = layers.Dense(6, activation="relu", name="dense")(layers.Flatten()(x))
    made = network_of(inputs, layers.Dense(3, activation="softmax", name="scores")(x))
    with_weights(made.model)
    return made


@pytest.fixture(scope="module")
def images():
    return RNG.normal(0.2, 1.0, (40, 9, 8, 3)).astype(np.float32)


def fitted(network, images, batch=16):
    """key -> (pattern, which neurons have one)."""
    known = layout(network, network.explained_layer, "fit")
    run, total = sums.traced(known, network.signature()), {}
    for begin in range(0, len(images), batch):
        found = sums.by_key(known, run(tf.constant(images[begin : begin + batch])))
        total = {key: total[key].plus(one) if key in total else one for key, one in found.items()}
    return {one.key: sums.pattern(one, total[one.key]) for one in known.learnable.values()}


def values(network, layer, x):
    return np.asarray(keras.Model(network.model.inputs, network.flat.tensors[layer])(x))


def scale(norm):
    return (norm.gamma / np.sqrt(norm.moving_variance + norm.epsilon)).numpy()


def twin(network, key, x):
    """The pattern of a layer from stored activations."""
    name, *norms = key.split(" + ")
    layer = network.flat.operations[name]
    given = values(network, layer._inbound_nodes[-1].input_tensors[0]._keras_history.operation.name, x)
    kernel = layer.kernel.numpy()
    if "before" in norms:  # what the normalization was given, and weights that count its scale
        norm = network.flat.operations["before"]
        given = values(network, norm._inbound_nodes[-1].input_tensors[0]._keras_history.operation.name, x)
        kernel = kernel * scale(norm)[:, None]
    behind = next((one for one in norms if one != "before"), None)
    if behind:
        factor = scale(network.flat.operations[behind])
        is_depthwise = isinstance(layer, layers.DepthwiseConv2D)
        kernel = kernel * (factor.reshape(kernel.shape[2:]) if is_depthwise else factor)
    y = values(network, behind or name, x)
    if layer.activation is keras.activations.relu:  # z again, which the ReLU has cut
        linear = keras.layers.Dense if isinstance(layer, layers.Dense) else keras.layers.Conv2D
        again = linear.from_config(layer.get_config() | {"activation": "linear"})
        again.build(given.shape)
        again.set_weights(layer.get_weights())
        y = again(given).numpy()
    rectified = key not in ("linear + before", "scores")
    if isinstance(layer, layers.Dense):
        return twins.of_dense(given, y, kernel, rectified)
    return twins.of_conv(layer, given, y, kernel, rectified)


def test_patterns_are_those_of_stored_activations(network, images):
    found = fitted(network, images)
    assert list(found) == [
        "strided + behind", "dilated", "depthwise + behind_depthwise", "linear + before", "dense", "scores"
    ]  # fmt: skip
    for key, (pattern, _) in found.items():
        expected = twin(network, key, images)
        assert np.abs(pattern - expected).max() <= 1e-5 * np.abs(expected).max(), key


def test_weights_times_their_pattern_are_one_for_every_neuron(network, images):
    known = {one.key: one for one in layout(network, network.explained_layer, "fit").learnable.values()}
    for key, (pattern, has_one) in fitted(network, images).items():
        product = (known[key].kernel.numpy() * pattern).sum(known[key].axes).reshape(-1)
        np.testing.assert_allclose(product, has_one, atol=2e-5)


def test_how_images_are_cut_into_batches_makes_no_difference(network, images):
    for (one, _), (other, _) in zip(
        fitted(network, images, 8).values(), fitted(network, images, 40).values(), strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def question(network, x, folder, name="pattern.net", weights=None, **more):
    """About the first class, or these weights."""
    weights = np.eye(1, network.n_classes, dtype=np.float32).repeat(len(x), 0) if weights is None else weights
    more = {"softmax": False, "unchecked": False} | more
    return Question(
        network, name, {}, more.pop("layer", network.explained_layer), x=x, weights=weights, fit=str(folder), **more
    )


@pytest.fixture(scope="module")
def folder(network, images, tmp_path_factory):
    place = tmp_path_factory.mktemp("fit")
    kept.write_patterns(str(place), {key: one for key, (one, _) in fitted(network, images).items()})
    return place


def test_a_distractor_is_not_in_the_signal_that_pattern_net_finds(tmp_path):
    """The paper's toy: x = a_s y + a_d e; the weights cancel the distractor, only the pattern shows the signal."""
    signal, distractor = np.array([1.0, 0.0]), np.array([1.0, 1.0])
    w = np.array([1.0, -1.0])  # w signal = 1, w distractor = 0
    y, noise = RNG.normal(size=(2, 4000))
    x = (y[:, None] * signal + noise[:, None] * distractor).astype(np.float32).reshape(-1, 1, 2, 1)
    inputs = layers.Input((1, 2, 1))
    network = network_of(inputs, layers.Dense(2, name="scores")(layers.Flatten()(inputs)))
    network.model.set_weights([np.stack([w, -w], axis=1), np.array([0.3, 0.0])])
    patterns = fitted(network, x)
    kept.write_patterns(str(tmp_path), {key: one for key, (one, _) in patterns.items()})
    found = methods.net(question(network, x[:50], tmp_path)).reshape(-1, 2)
    cosine = found @ signal / np.linalg.norm(found, axis=1)
    assert (np.abs(cosine) > 0.999).all()
    scores = network.scores(x[:50])[:, 0]
    np.testing.assert_allclose(found[:, 0], scores, rtol=0.05, atol=0.05)  # signal times the output
    by_input = methods.attribution(question(network, x[:50], tmp_path, "pattern.attribution")).reshape(-1, 2)
    np.testing.assert_allclose(by_input, found * w, rtol=1e-5, atol=1e-6)
    gradient = question(network, x[:1], tmp_path).gradient().reshape(2)
    assert abs(gradient @ signal) / np.linalg.norm(gradient) < 0.8  # what the weights alone would have shown


@pytest.mark.parametrize(("method", "by_weights"), [(methods.net, False), (methods.attribution, True)])
def test_the_way_back_is_a_gradient_with_other_weights(network, images, folder, method, by_weights):
    """The ReLUs stay as they were for the true weights: the gates are read off, then everything is linear."""
    x = images[:3]
    found = method(question(network, x, folder))
    patterns, known = kept.patterns(str(folder), "x"), layout(network, network.explained_layer, "x")
    kernels = {
        one.key: patterns[one.key] * (one.kernel.numpy() if by_weights else 1) for one in known.learnable.values()
    }
    gates = gates_of(known, x)
    with tf.GradientTape() as tape:
        start = tf.constant(x)
        tape.watch(start)
        end = linear_walk(known, start, kernels, gates)[:, 0]
    expected = tape.gradient(end, start, network.scores(x)[:, 0])
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6 * np.abs(expected).max())


def gates_of(known, x):
    """For each step, 1 where its ReLU is active."""
    seen = {}

    def meet(one, x):
        z = one.linear.plus_bias(one.linear.map(x, one.linear.weights))
        seen[one.key] = tf.cast((z > 0) & (z < 6) if "depthwise" in one.key else z > 0, tf.float32)
        return z

    known.forward(tf.constant(x), meet)
    return seen


def linear_walk(known, x, kernels, gates):
    tensors = {known.graph.start: x}
    for place, step in enumerate(known.graph.steps):
        x = tensors[step.inputs[0]]
        if place in known.learnable:
            one = known.learnable[place]
            y = one.linear.map(x, (tf.constant(kernels[one.key], tf.float32),))
            y = y * gates[one.key] if one.rectified else y
        else:
            y = x if step.kind == "ReLU" else step.call(tensors)[0]
        tensors[step.outputs[0]] = y
    return tensors[known.graph.end]


def test_a_dead_neuron_has_no_pattern_and_passes_nothing(tmp_path):
    inputs = layers.Input((2, 2, 1))
    x = layers.Dense(3, activation="relu", name="hidden")(layers.Flatten()(inputs))
    network = network_of(inputs, layers.Dense(2, name="scores")(x))
    hidden = network.flat.operations["hidden"]
    hidden.set_weights([RNG.normal(size=(4, 3)), np.array([0.0, -100.0, 0.5])])
    images = RNG.normal(size=(30, 2, 2, 1)).astype(np.float32)
    pattern, has_one = fitted(network, images)["hidden"]
    assert has_one.tolist() == [True, False, True] and not pattern[:, 1].any() and np.isfinite(pattern).all()


def test_a_constant_neuron_has_no_pattern(tmp_path):
    inputs = layers.Input((2, 2, 1))
    network = network_of(inputs, layers.Dense(2, name="scores")(layers.Flatten()(inputs)))
    same = np.repeat(RNG.normal(size=(1, 2, 2, 1)).astype(np.float32), 7, axis=0)
    assert not fitted(network, same)["scores"][1].any()


def last_of(make):
    inputs = layers.Input((6, 6, 4))
    x = layers.Flatten()(make(inputs))
    return network_of(inputs, layers.Dense(2, name="scores")(x))


REFUSED = {
    "tanh": (lambda x: layers.Conv2D(2, 3, activation="tanh", name="odd")(x), "other than ReLU"),
    "sigmoid layer": (lambda x: layers.Activation("sigmoid", name="odd")(x), "other than ReLU"),
    "transposed": (lambda x: layers.Conv2DTranspose(2, 3, strides=2, name="odd")(x), "no common pattern"),
    "einsum": (lambda x: layers.EinsumDense("nhwc,cd->nhwd", (6, 6, 3), name="odd")(x), "no common pattern"),
    "layer normalization": (lambda x: layers.LayerNormalization(name="odd")(x), "own statistics"),
    "attention": (lambda x: attended(layers.Reshape((36, 4))(x)), "odd"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "why"), REFUSED.values(), ids=REFUSED)
def test_a_layer_without_a_pattern_is_refused_by_name(make, why):
    network = last_of(make)
    with pytest.raises(AnalyzerRefused, match=why) as refused:
        layout(network, network.explained_layer, "pattern.net")
    assert "odd" in str(refused.value) and "pattern.net has nothing for the layer" in str(refused.value)


PASSED = {
    "pooling": lambda x: layers.AveragePooling2D(2)(layers.MaxPooling2D()(x)),
    "shortcut": lambda x: layers.Add()([x, layers.Conv2D(4, 3, padding="same")(x)]),
    "normalization alone": lambda x: layers.BatchNormalization(name="alone")(layers.MaxPooling2D()(x)),
    "grouped": lambda x: layers.Conv2D(4, 3, groups=2, activation="relu")(x),
    "one group per channel": lambda x: layers.Conv2D(8, 3, groups=4, activation="relu")(x),
    "rows": lambda x: layers.Conv1D(3, 3, padding="causal", activation="relu")(layers.Reshape((36, 4))(x)),
    "dense at each place": lambda x: layers.Dense(3, activation="relu")(x),
    "shared": lambda x: shared(x),
    "separable": lambda x: layers.SeparableConv2D(2, 3, activation="relu")(x),
    "relu6": lambda x: layers.ReLU(6.0)(layers.Conv2D(4, 3)(x)),
}


def attended(x):
    return layers.MultiHeadAttention(1, 2, name="odd")(x, x)


def shared(x):
    conv = layers.Conv2D(4, 3, padding="same", activation="relu", name="twice")
    return conv(conv(x))


@pytest.mark.parametrize("make", PASSED.values(), ids=PASSED)
def test_what_stands_between_layers_with_patterns_is_passed(make, tmp_path):
    network = with_weights_of(last_of(make))
    x = RNG.normal(0.3, 1, (24, 6, 6, 4)).astype(np.float32)
    patterns = fitted(network, x)
    kept.write_patterns(str(tmp_path), {key: one for key, (one, _) in patterns.items()})
    for method in (methods.net, methods.attribution):
        maps = method(question(network, x[:4], tmp_path))
        assert maps.shape == (4, 6, 6, 4) and np.isfinite(maps).all() and np.abs(maps).max() > 0


def with_weights_of(network):
    with_weights(network.model)
    return network


def test_explaining_without_a_fit_or_with_another_one_is_refused(network, images, folder, tmp_path):
    with pytest.raises(AnalyzerRefused, match="cannot be read.*Fit them again"):
        methods.net(question(network, images[:1], tmp_path))
    other = last_of(PASSED["pooling"])
    with pytest.raises(AnalyzerRefused, match="the fit knows other layers"):
        methods.net(question(other, np.zeros((1, 6, 6, 4), np.float32), folder))
    with pytest.raises(AnalyzerRefused, match="propagates scores"):
        methods.net(question(network, images[:1], folder, softmax=True))


def test_neurons_of_inner_layers_are_explained_by_the_same_patterns(network, images, folder):
    for layer, width in (("dilated", 5), ("dense", 6)):
        weights = np.eye(1, width, 2, dtype=np.float32).repeat(2, 0)
        maps = methods.attribution(question(network, images[:2], folder, weights=weights, layer=layer))
        assert np.isfinite(maps).all() and maps.shape == (2, 9, 8, 3)
    with pytest.raises(AnalyzerRefused, match="no pattern of strided.*normalization"):
        methods.net(question(network, images[:1], folder, weights=np.ones((1, 4), np.float32), layer="strided"))


DAMAGE = {
    "cut short": lambda content: content[: len(content) // 2],
    "empty": lambda content: b"",
    "a turned bit": lambda content: content[:300] + bytes([content[300] ^ 4]) + content[301:],
    "another file": lambda content: b"PK\x05\x06" + b"\0" * 18,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_kept_file_is_not_used(damage, folder, tmp_path):
    content = (folder / kept.PATTERNS).read_bytes()
    (tmp_path / kept.PATTERNS).write_bytes(damage(content))
    (tmp_path / kept.SUMS).write_bytes(damage(content))
    with pytest.raises(AnalyzerRefused, match="Fit them again"):
        kept.patterns(str(tmp_path), "pattern.net")
    assert kept.sums(str(tmp_path)) == ({}, {})
