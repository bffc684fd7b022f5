"""DeepLIFT sums to the difference from the reference, whatever a network is made of, or names what it cannot treat."""

import keras
import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.errors import AnalyzerRefused
from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras.attribution.explain import explain
from innv_gui.runtimes.keras.networks import loading

L, SHAPE, CLASSES = keras.layers, (8, 8, 3), 4


def gated(x):
    gate = L.Dense(6, activation="sigmoid")(L.GlobalAveragePooling2D(keepdims=True)(x))
    return L.Multiply()([x, gate])


def residual(x):
    inside = L.BatchNormalization()(L.Conv2D(6, 3, padding="same")(L.Activation("gelu")(x)))
    return L.Add()([x, inside])


MIDDLES = {
    "relu": L.ReLU(),
    "clipped": L.ReLU(6),
    "silu": L.Activation("silu"),
    "leaky": L.PReLU("uniform"),
    "activation in the layer": L.Conv2D(6, 3, activation="tanh"),
    "overlapping maxima": L.MaxPooling2D(3, strides=2, padding="same"),
    "maximum of the whole": L.GlobalMaxPooling2D(),
    "maximum of two": lambda x: L.Maximum()([x, L.Conv2D(6, 1)(x)]),
    "minimum of two": lambda x: L.Minimum()([x, L.Conv2D(6, 1)(x)]),
    "average": L.AveragePooling2D(2),
    "residual": residual,
    "gate": gated,
    "square": keras.ops.square,
    "product": lambda x: keras.ops.matmul(x, keras.ops.transpose(x, (0, 1, 3, 2))),
    "depthwise": L.DepthwiseConv2D(3, activation="silu"),
    "separable": L.SeparableConv2D(5, 3, activation="relu"),
    "padded": L.ZeroPadding2D(1),
    "rescaled": L.Rescaling(2.0, -1.0),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("deep_lift")


def saved(folder, name, middle):
    """image -> convolution, normalization -> middle -> softmax."""
    keras.utils.set_random_seed(5)
    start = keras.Input(SHAPE)
    x = middle(L.BatchNormalization()(L.Conv2D(6, 3, padding="same")(start)))
    model = keras.Model(start, L.Dense(CLASSES, activation="softmax")(L.Flatten()(x)))
    generator = np.random.default_rng(6)
    for weight in model.weights:
        low = 0.3 if "variance" in weight.path else -0.6
        weight.assign(generator.uniform(low, 1, weight.shape))
    path = folder / f"{name}.keras"
    model.save(path)
    return ModelSource("keras", str(path))


def explained(source, x, **more):
    params = analyzers.check("deep_lift", {"reference_inputs": more.pop("reference", 0.25)})
    even = np.full((len(x), CLASSES), 1 / CLASSES, np.float32)
    return explain(source, x, "deep_lift", params, Target(class_=1, **more.pop("target", {})), False, even, **more)


def images(count=3):
    return np.random.default_rng(4).normal(0, 1, (count, *SHAPE)).astype(np.float32)


@pytest.mark.usefixtures("untraced")  # compiled: below, and in the tests of conformance
@pytest.mark.parametrize("name", MIDDLES)
def test_the_map_sums_to_the_difference_of_scores(folder, name):
    source, x = saved(folder, name, MIDDLES[name]), images()
    maps = explained(source, x)
    scores = loading.load(source).scores(np.concatenate([x, np.full((1, *SHAPE), 0.25, np.float32)]))[:, 1]
    difference = scores[:-1] - scores[-1]
    np.testing.assert_allclose(maps.values.sum(axis=(1, 2, 3, 4)), difference, rtol=1e-4, atol=1e-4 * abs(scores).max())
    assert np.abs(difference).min() > 1e-3


def test_a_map_depends_on_no_other_image_and_the_reference_explains_nothing(folder):
    source, x = saved(folder, "alone", L.Activation("silu")), images()
    together = explained(source, x).values
    np.testing.assert_allclose(explained(source, x[1:2]).values, together[1:2], atol=1e-5)
    assert not explained(source, np.full((1, *SHAPE), 0.25, np.float32)).values.any()


def test_a_window_shares_between_what_won_in_the_image_and_what_won_in_the_reference(tmp_path):
    """Reference 1, image (3, 0, 1, 1): all of 3 - 1 goes to the first; image (-1, -2, -1, 0): to what was highest."""
    start = keras.Input((2, 2, 1))
    keras.Model(start, L.Dense(2, kernel_initializer="ones")(L.GlobalMaxPooling2D()(start))).save(tmp_path / "m.keras")
    x = np.array([[3, 0, 1, 1], [-1, -2, -1, 0]], np.float32).reshape(2, 2, 2, 1)
    params, even = analyzers.check("deep_lift", {"reference_inputs": 1}), np.full((2, 2), 0.5, np.float32)
    source = ModelSource("keras", str(tmp_path / "m.keras"))
    maps = explain(source, x, "deep_lift", params, Target(class_=0), False, even).values.reshape(2, 4)
    np.testing.assert_allclose(maps[0], [2, 0, 0, 0], atol=1e-6)
    np.testing.assert_allclose(maps[1].sum(), -1, atol=1e-6)


REFUSED = {
    "LayerNormalization": (L.LayerNormalization(), "a statistic of its own input"),
    "attention": (lambda x: L.MultiHeadAttention(1, 2)(L.Reshape((64, 6))(x), L.Reshape((64, 6))(x)), "attention"),
    "softmax": (L.Softmax(), "has no rule for the layer"),
    "softmax in a layer": (L.Dense(3, activation="softmax"), "has no rule for the layer"),
    "product of three": (lambda x: L.Multiply()([x, L.ReLU()(x), L.Conv2D(6, 1)(x)]), "has no rule for the layer"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_layer_that_it_cannot_treat_is_refused_with_a_sentence(folder, name):
    middle, why = REFUSED[name]
    with pytest.raises(AnalyzerRefused, match=why) as caught:
        explained(saved(folder, name, middle), images(1))
    assert caught.value.field == "unchecked"


def test_a_probability_is_refused(folder):
    with pytest.raises(AnalyzerRefused, match="not probabilities"):
        explained(saved(folder, "probability", L.ReLU()), images(1), target={"softmax": True})
