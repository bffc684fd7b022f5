"""The bridge: a Keras 3 model rebuilt in tf_keras gives the same scores, or the layer in the way is named."""

import keras
import numpy as np
import pytest
from keras.src.applications.convnext import ConvNeXt
from keras.src.applications.efficientnet import EfficientNet

from innv_gui.errors import AnalyzerRefused
from innv_gui.runtimes.keras.networks import keras2_layers
from innv_gui.runtimes.keras.networks.flatten import flatten
from tests.innvestigate import legacy_process as legacy

layers = keras.layers


def difference(worker, model, scale=1.0):
    """Largest difference between the two libraries' scores, relative to the largest score (at least 1)."""
    x = legacy.images(model, count=2) * np.float32(scale)
    expected = np.asarray(model(x, training=False))
    found, _ = worker.submit(legacy.scores, legacy.blueprint_of(model, "model"), x).result()
    return np.max(np.abs(found - expected)) / max(1.0, np.max(np.abs(expected)))


def ending(x):
    return layers.Dense(3)(layers.Flatten()(x))


def convolutional(middle):
    """A model whose layer in the middle is the one in question; input (8, 8, 4)."""
    start = keras.Input((8, 8, 4))
    return legacy.randomized(keras.Model(start, ending(middle(start))))


def after_adaptation(x):
    normalization = layers.Normalization()
    normalization.adapt(np.random.default_rng(1).normal(3, 2, (20, 8, 8, 4)))
    return normalization(x)


LAYERS = {
    "conv, dilated and grouped": layers.Conv2D(4, 3, dilation_rate=2, groups=2, activation="gelu"),
    "depthwise": layers.DepthwiseConv2D(3, depth_multiplier=2, strides=2, activation="swish"),
    "separable": layers.SeparableConv2D(5, 3, padding="same", activation="elu"),
    "transposed": layers.Conv2DTranspose(3, 3, strides=2, use_bias=False),
    "batch norm, bare": layers.BatchNormalization(scale=False, center=False, epsilon=0.01),
    "layer norm": layers.LayerNormalization(),
    "group norm": layers.GroupNormalization(groups=2),
    "rescaling by channel": layers.Rescaling([0.5, 2.0, 1.0, 3.0], offset=-0.25),
    "normalization, given": layers.Normalization(mean=[1.0, 2.0, 3.0, 4.0], variance=[1.0, 4.0, 9.0, 0.5]),
    "padding": layers.ZeroPadding2D(((1, 0), (2, 1))),
    "cropping": layers.Cropping2D(((1, 0), (2, 1))),
    "upsampling": layers.UpSampling2D(2, interpolation="bilinear"),
    "average pooling": layers.AveragePooling2D(3, padding="same"),
    "global pooling": layers.GlobalAveragePooling2D(keepdims=True),
    "global max": layers.GlobalMaxPooling2D(),
    "permute": layers.Permute((3, 1, 2)),
    "reshape": layers.Reshape((16, -1)),
    "relu6": layers.ReLU(max_value=6.0),
    "relu, all settings": layers.ReLU(max_value=2.0, negative_slope=0.1, threshold=0.3),
    "leaky relu": layers.LeakyReLU(negative_slope=0.4),
    "prelu": layers.PReLU(shared_axes=[1, 2]),
    "elu": layers.ELU(alpha=0.7),
    "softmax": layers.Softmax(axis=-1),
    "dropout": layers.SpatialDropout2D(0.5),
    "augmentation": layers.RandomFlip("horizontal"),
    "noise": layers.GaussianNoise(0.5),
}
ACTIVATIONS = (
    *("relu", "relu6", "sigmoid", "tanh", "softplus", "softsign", "silu", "hard_sigmoid", "hard_silu", "leaky_relu"),
    *("elu", "selu", "celu", "exponential", "mish", "gelu", "log_softmax", "softmax", "linear"),
)
HARD = keras2_layers.hard_sigmoid_of_keras_2
GATED = {"gate of Keras 2": HARD, "gate of Keras 3": "hard_sigmoid"}
LAYERS |= {f"activation {name}": layers.Activation(name) for name in ACTIVATIONS}
LAYERS |= {
    "hard sigmoid of Keras 2": layers.Activation(HARD),
    "hard sigmoid of Keras 2, inside": layers.Conv2D(3, 2, activation=HARD),
    "locally connected": keras2_layers.LocallyConnected2D(3, (3, 2), (1, 2), activation="relu"),
}


@pytest.mark.parametrize("name", LAYERS)
def test_every_common_layer_computes_the_same(worker, name):
    layer = LAYERS[name]
    assert difference(worker, convolutional(layer.__class__.from_config(layer.get_config()))) < 1e-5


@pytest.mark.parametrize("gate", GATED.values(), ids=GATED)
def test_a_gate_keeps_the_formula_of_the_keras_that_wrote_it(worker, gate):
    def middle(x):
        steps = layers.Reshape((8, 32))(x)
        return layers.Concatenate()(
            [layers.LSTM(3, recurrent_activation=gate)(steps), layers.GRU(3, recurrent_activation=gate)(steps)]
        )

    assert difference(worker, convolutional(middle), scale=4) < 1e-5


def test_a_layer_that_is_called_by_keyword_computes_the_same(worker):
    assert difference(worker, convolutional(lambda x: layers.Resizing(4, 4)(inputs=x))) < 1e-5


def test_an_adapted_normalization_computes_the_same(worker):
    start = keras.Input((8, 8, 4))
    assert difference(worker, keras.Model(start, ending(after_adaptation(start))), scale=5) < 1e-5


OPERATIONS = {
    "residual": lambda x: layers.Conv2D(4, 3, padding="same")(x) + x,
    "gated": lambda x: layers.Conv2D(4, 3, padding="same", activation="sigmoid")(x) * x,
    "squeeze and excite": lambda x: x * layers.Dense(4)(layers.GlobalAveragePooling2D(keepdims=True)(x)),
    "caffe": lambda x: (x * 2 - 1.5) / 3,
    "reversed": lambda x: 1 - x,
    "negative": lambda x: -x,
    "difference": lambda x: x - layers.MaxPooling2D(3, strides=1, padding="same")(x),
    "hard sigmoid by hand": lambda x: x * (keras.ops.relu6(x + 3.0) * (1.0 / 6.0)),
    "relu": lambda x: keras.ops.relu(x - 0.5),
    "gelu": lambda x: keras.ops.gelu(x),
    "exact gelu": lambda x: keras.ops.gelu(x, approximate=False),
    "silu": lambda x: keras.ops.silu(x),
    "mean over space": lambda x: keras.ops.mean(x, axis=[1, 2]),
    "max over space": lambda x: keras.ops.max(x, axis=(1, 2), keepdims=True),
    "maximum": lambda x: keras.ops.maximum(x, 1 - x),
    "concatenate": lambda x: keras.ops.concatenate([x, -x], axis=-1),
    "transpose": lambda x: keras.ops.transpose(x, (0, 3, 1, 2)),
    "reshape": lambda x: keras.ops.reshape(x, (-1, 16, 16)),
    "merges": lambda x: layers.Concatenate()([layers.Average()([x, -x]), layers.Maximum()([x, x * 2])]),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_between_layers_compute_the_same(worker, name):
    assert difference(worker, convolutional(OPERATIONS[name])) < 1e-5


def test_a_shared_layer_stays_one_layer(worker):
    shared = layers.Conv2D(4, 3, padding="same", activation="relu", name="shared")
    assert difference(worker, convolutional(lambda x: shared(shared(x)) + shared(x))) < 1e-5


def test_names_that_are_no_scope_and_names_that_tf_keras_gives_itself_do_no_harm(worker):
    def middle(x):
        x = layers.Conv2D(4, 3, padding="same", name="conv: ä <b>&")(x)
        return layers.Add(name="add")([layers.ReLU(name="re_lu")(x), layers.Activation("relu", name="activation")(x)])

    model = convolutional(middle)
    assert difference(worker, model) < 1e-5
    x = legacy.images(model, 1)
    _, kinds = worker.submit(legacy.scores, legacy.blueprint_of(model, "m"), x).result()
    assert kinds["conv: ä <b>&"] == "Conv2D" and kinds["re_lu"] == "ReLU"


def test_an_open_input_size_takes_the_size_of_the_images(worker):
    start = keras.Input((None, None, 3))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3)(start))
    model = legacy.randomized(keras.Model(start, layers.Dense(3)(x)))
    x = np.random.default_rng(0).random((2, 11, 13, 3), dtype=np.float32)
    found, _ = worker.submit(legacy.scores, legacy.blueprint_of(model, "open"), x).result()
    np.testing.assert_allclose(found, np.asarray(model(x)), rtol=1e-5, atol=1e-6)


@keras.saving.register_keras_serializable(package="tests")
class Mystery(layers.Layer):
    def call(self, x):
        return x


@keras.saving.register_keras_serializable(package="tests")
class RandomDoubling(layers.Layer):
    """Named like Keras's augmentation layers, which may be left out; this one may not."""

    def call(self, x):
        return 2 * x


@pytest.mark.parametrize(
    ("middle", "named"),
    [
        (lambda x: Mystery(name="secret")(x), r"secret \(Mystery\)"),
        (lambda x: RandomDoubling(name="twice")(x), r"twice \(RandomDoubling\)"),
        (lambda x: keras.ops.sort(x, axis=1), r"\(Sort\)"),
        (lambda x: layers.Activation("squareplus", name="bent")(x), r"bent \(Activation\)"),
        (lambda x: x / (x + 2), r"\(TrueDivide\)"),
    ],
)
def test_what_tf_keras_has_no_equal_for_is_named(worker, middle, named):
    with pytest.raises(AnalyzerRefused, match=named):
        difference(worker, convolutional(middle))


def test_weights_that_do_not_fit_name_their_layer(worker):
    model = convolutional(layers.Conv2D(4, 3, name="odd"))
    blueprint = legacy.blueprint_of(model, "odd")
    blueprint.weights["odd"] = blueprint.weights["odd"][:1]
    with pytest.raises(AnalyzerRefused, match=r"odd \(Conv2D\)"):
        worker.submit(legacy.scores, blueprint, legacy.images(model)).result()


def efficientnet(**settings):
    """EfficientNetB0 with half as many blocks: still each kind, and each kind of repetition."""
    return EfficientNet(1.0, 0.5, 32, name="efficientnetb0", weights_name="b0", **settings)


def convnext(**settings):
    """A ConvNeXt with all its kinds of layers, but two blocks a stage at most."""
    return ConvNeXt((1, 2, 1, 1), (32, 48, 64, 96), 0.1, name="convnext_tiny", **settings)


APPLICATIONS = {  # whole ones: `make conformance`
    "VGG16": (keras.applications.VGG16, 1),
    "MobileNet": (keras.applications.MobileNet, 1),
    "EfficientNet": (efficientnet, 255),
    "ConvNeXt": (convnext, 255),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", APPLICATIONS)
def test_networks_of_keras_applications_come_out_the_same(worker, name):
    made, scale = APPLICATIONS[name]
    settings = {"weights": None, "input_shape": (32, 32, 3), "classes": 10, "classifier_activation": None}
    model = flatten(made(**settings), 0, name).model
    generator = np.random.default_rng(0)
    for weight in (weight for layer in model.layers for weight in layer.weights if "variance" in weight.path):
        weight.assign(generator.uniform(0.5, 1.5, weight.shape))
    assert difference(worker, model, scale) < 1e-5
    keras.backend.clear_session()
