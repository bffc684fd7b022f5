"""Every layer that a model file may hold has a rule that loses nothing, or is refused by name with the reason."""

import importlib
from functools import cache
from pathlib import Path

import keras
import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.errors import AnalyzerRefused, ModelRefused
from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras.attribution import unfolded, unweighted
from innv_gui.runtimes.keras.attribution.explain import explain
from innv_gui.runtimes.keras.files import allowed
from innv_gui.runtimes.keras.networks import loading
from tests.attribution import every_layer

METHODS = [one.name for one in analyzers.all() if one.family not in ("cam", "patterns")]

L = keras.layers
# One of each way of computing; the others differ from these by numbers.
FAMILIES = (
    "gradient guided_backprop lrp.epsilon lrp.w_square lrp.flat lrp.alpha_2_beta_1 lrp.z_plus_fast"
    " lrp.sequential_preset_b_flat deep_taylor.bounded"
).split()
FEW = {"smoothgrad": {"augment_by_n": 2}, "integrated_gradients": {"steps": 2}, "rise": {"masks": 100}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("layers")


def saved(folder, name, middle, shape=(8, 8, 3)):
    path = folder / f"{name}.keras"
    if not path.exists():
        every_layer.network(middle, shape).save(path)
    return ModelSource("keras", str(path))


@cache
def seen(source, written):
    """(x, scores) of two images; written: when the file was."""
    network = loading.load(source)
    x = np.random.default_rng(2).random((2, *network.input_shape), dtype=np.float32)
    return x, network.predict(x)


def explained(source, name, unchecked=False, params=None):
    """(maps, scores) of two images."""
    x, scores = seen(source, Path(source.path).stat().st_mtime_ns)
    params = analyzers.check(name, params or FEW.get(name, {}))
    return explain(source, x, name, params, Target(), unchecked, scores), scores


SHIFTING = {"Rescaling", "operation arithmetic"}  # add a constant, which takes its share as a bias does


def is_the_product_with_the_gradient(source):
    """As LRP-z is where all that bends is a ReLU."""
    found, expected = (explained(source, method)[0].values for method in ("lrp.z", "input_t_gradient"))
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def hands_down_all(maps, scores):
    np.testing.assert_allclose(maps.activations[:, 0], scores.max(axis=1), rtol=1e-4)
    np.testing.assert_allclose(maps.values.sum(axis=(1, 2, 3, 4)), scores.max(axis=1), rtol=0.01)


def test_no_allowed_layer_is_forgotten():
    known = set(every_layer.RULED) | set(every_layer.REFUSED) | every_layer.IN_NO_GRAPH
    assert known | allowed.AUGMENTATION | {"InputLayer"} == allowed.LAYERS


def test_every_allowed_operation_has_a_way_or_a_reason():
    known = {*unweighted.WAYS, *unweighted.REASONS, *unfolded._OPENINGS}
    for module, names in allowed.OPS.items():
        assert all(hasattr(importlib.import_module(module), name) for name in names)
        assert names <= known, names - known


@pytest.mark.parametrize("name", ["ReLU", "Dense", "SpectralNormalization", "TimeDistributed", "MaxPooling2D", "LSTM"])
def test_guided_backprop_is_compiled_with_its_bent_relus(folder, name):
    source = saved(folder, f"compiled {name}", (every_layer.RULED | every_layer.REFUSED)[name])
    compiled = explained(source, "guided_backprop", unchecked=True)[0].values
    plain = explained(source, "gradient", unchecked=True)[0].values
    assert np.isfinite(compiled).all() and not np.allclose(compiled, plain)


@pytest.fixture(scope="class", params=every_layer.RULED)
def source(request, folder):
    return saved(folder, request.param, every_layer.RULED[request.param])


class TestEachLayer:
    """Layer by layer, so that each network is made and loaded once."""

    def test_z_hands_down_all_of_the_score(self, source, request):
        """Compiled; step by step where one of two axes is another, and for further families, below."""
        if source.path.removesuffix(".keras").endswith(("1D", "3D")):
            request.getfixturevalue("untraced")
        if Path(source.path).stem in SHIFTING:
            is_the_product_with_the_gradient(source)
        else:
            hands_down_all(*explained(source, "lrp.z"))

    @pytest.mark.usefixtures("untraced")
    def test_every_family_of_methods_gives_finite_maps(self, source):
        for method in FAMILIES:
            maps, _ = explained(source, method, unchecked=True)
            assert np.isfinite(maps.values).all(), method


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("name", ["MultiHeadAttention", "SpectralNormalization", "TimeDistributed"])
def test_every_method_knows_layers_that_are_several_steps(folder, name):
    source = saved(folder, name, every_layer.RULED[name])
    for method in METHODS:
        maps, _ = explained(source, method, unchecked=True)
        assert np.isfinite(maps.values).all() and maps.values.any(), method


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("name", every_layer.REFUSED)
def test_a_layer_without_a_rule_is_named_with_its_reason_and_is_passed_by_gradient_when_unchecked(folder, name):
    source = saved(folder, f"no {name}", every_layer.REFUSED[name])
    with pytest.raises(AnalyzerRefused) as caught:
        explained(source, "lrp.epsilon")
    kind = name if name not in ("LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells") else "RNN"
    assert f"({kind}" in caught.value.message and unweighted.REASONS[kind] in caught.value.message
    assert caught.value.field == "unchecked" and caught.value.hint
    for method in ("guided_backprop", "lrp.epsilon", "lrp.alpha_1_beta_0", "deep_taylor"):
        assert np.isfinite(explained(source, method, unchecked=True)[0].values).all()


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("activation", sorted(allowed.ACTIVATIONS - {"glu", "threshold"}))  # which needs two numbers
def test_relevance_passes_every_activation_as_layer_and_as_argument(folder, activation):
    def middle(x):
        x = L.Conv2D(4, 3, activation=activation, use_bias=False)(x)
        return L.Activation(activation)(L.Conv2D(4, 3, use_bias=False)(x))

    source = saved(folder, f"activation {activation}", middle)
    hands_down_all(*explained(source, "lrp.z"))
    assert np.isfinite(explained(source, "lrp.alpha_2_beta_1")[0].values).all()


def test_an_activation_that_gates_one_half_by_the_other_is_refused(folder):
    source = saved(folder, "halved", lambda x: keras.ops.glu(x))
    with pytest.raises(AnalyzerRefused, match="glu.*gates one half"):
        explained(source, "lrp.z")
    assert np.isfinite(explained(source, "lrp.z", unchecked=True)[0].values).all()


@pytest.mark.parametrize("layer", [L.Activation("glu"), L.Conv2D(4, 3, activation="glu")])
def test_layers_that_keras_itself_cannot_run_are_refused_as_a_whole(folder, layer):
    """Keras declares all channels behind glu, and then finds half of them."""
    source = saved(folder, f"halved by {layer.name}", layer)
    with pytest.raises(ModelRefused, match="TensorFlow cannot run the model"):
        explained(source, "lrp.z")


def attention(x):
    """Written by hand, as operations."""
    x = L.Reshape((32, 8))(x)
    scores = keras.ops.matmul(x, keras.ops.transpose(x, (0, 2, 1))) / 3.0
    return keras.ops.matmul(L.Dropout(0.1)(keras.ops.softmax(scores)), x)


OPERATIONS = {
    "attention": attention,
    "dot_product_attention": lambda x: keras.ops.dot_product_attention(*[L.Reshape((16, 4, 4))(x)] * 3),
    "matmul with itself": lambda x: keras.ops.matmul(x, keras.ops.transpose(x, (0, 1, 3, 2))),
    "matmul of two": lambda x: keras.ops.matmul(x, L.Reshape((8, 4, 8))(L.Conv2D(4, 3, **every_layer.SAME)(x))),
    "einsum": lambda x: keras.ops.einsum("bijc,bkjc->bikc", x, L.Conv2D(4, 3, **every_layer.SAME)(x)),
    "quotient": lambda x: x / keras.ops.sqrt(keras.ops.sum(x * x, axis=-1, keepdims=True) + 1.0),
    "arithmetic": lambda x: keras.ops.minimum(keras.ops.maximum(x * 2.0 - 0.3, 0.0), 6.0) / 3.0,
    "choice": lambda x: keras.ops.where(x > 0.1, x, -0.3 * x),
    "functions": lambda x: keras.ops.sqrt(keras.ops.exp(keras.ops.square(x))),
    "shapes": lambda x: keras.ops.stack(keras.ops.split(keras.ops.roll(x, 2, axis=1), 2, axis=3), axis=1)[:, 0],
    "order": lambda x: keras.ops.sort(x, axis=-1),
    "statistics": lambda x: keras.ops.max(x, axis=1) + keras.ops.mean(x, axis=2),
}


@pytest.fixture(scope="class", params=OPERATIONS)
def operation(request, folder):
    return saved(folder, f"operation {request.param}", OPERATIONS[request.param])


class TestEachOperation:
    def test_operations_of_a_graph_hand_down_all_of_the_score(self, operation):
        if Path(operation.path).stem in SHIFTING:
            is_the_product_with_the_gradient(operation)
        else:
            hands_down_all(*explained(operation, "lrp.z"))

    @pytest.mark.usefixtures("untraced")
    def test_operations_of_a_graph_give_finite_maps_by_other_rules(self, operation):
        for method in ("lrp.alpha_2_beta_1", "lrp.flat", "deep_taylor.bounded"):
            assert np.isfinite(explained(operation, method, unchecked=True)[0].values).all()


def test_arithmetic_in_front_does_what_rescaling_does(folder):
    """The layer behind it is still the first one, and knows the range of what it sees."""

    def of(prepare):
        start = keras.Input((8, 8, 3))
        keras.utils.set_random_seed(3)
        x = L.Conv2D(4, 3, activation="relu", name="first")(prepare(start))
        model = keras.Model(start, L.Dense(4)(L.Flatten()(x)))
        model.save(folder / "prepared.keras")
        return ModelSource("keras", str(folder / "prepared.keras"))

    for method in ("deep_taylor.bounded", "lrp.sequential_preset_a_flat", "lrp.z"):
        params = {"low": 0, "high": 1} if method == "deep_taylor.bounded" else {}
        found = explained(of(lambda x: x / 0.5 - 1.0), method, params=params)[0].values
        expected = explained(of(L.Rescaling(2.0, -1.0)), method, params=params)[0].values
        np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())
        assert expected.any()


def depthwise(scale, offset):
    """The same as a layer with weights and a bias."""
    constant = keras.initializers.Constant
    return L.DepthwiseConv2D(1, depthwise_initializer=constant(scale), bias_initializer=constant(offset))


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(
    ("scale", "offset", "shift"),
    [
        (0.5, 0.3, L.Rescaling(0.5, offset=0.3)),
        (1, 0.4, lambda x: x + 0.4),
        (2, -0.3, lambda x: x * 2.0 - 0.3),
        (-1, 0.7, lambda x: 0.7 - x),
        (1, 0.2, lambda x: x + np.full((1, 8, 8, 4), 0.2, "float32")),
    ],
    ids=["Rescaling", "sum", "difference", "from a constant", "one per position"],
)
def test_a_constant_behind_weights_takes_its_share_as_a_bias_does(folder, scale, offset, shift, request):
    name = request.node.callspec.id
    added, biased = saved(folder, f"added {name}", shift), saved(folder, f"biased {name}", depthwise(scale, offset))
    for method in ("lrp.z", "lrp.epsilon"):
        found, expected = (explained(one, method)[0].values for one in (added, biased))
        np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_a_gate_keeps_being_one_when_it_is_moved(folder):
    """Held constant behind reshaping and dropout: the other factor takes all."""

    def of(widen):
        def middle(x):
            gate = L.Dense(4, activation="sigmoid", use_bias=False)(L.GlobalAveragePooling2D()(x))
            return L.Multiply()([x, widen(gate)])

        return middle

    def repeated(gate):
        return L.Dropout(0.2)(L.UpSampling2D(8)(L.Reshape((1, 1, 4))(gate)))

    found, _ = explained(saved(folder, "gate repeated", of(repeated)), "lrp.z")
    expected, _ = explained(saved(folder, "gate broadcast", of(L.Reshape((1, 1, 4)))), "lrp.z")
    np.testing.assert_allclose(found.values, expected.values, atol=1e-6)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(
    "gate",
    [
        lambda x: L.ReLU(6.0)(x + 3.0) * (1.0 / 6.0),
        lambda x: keras.ops.relu6(x + 3.0) / 6.0,
        lambda x: keras.ops.clip(x + 3.0, 0.0, 6.0) / 6.0,
        lambda x: L.Activation("relu6")(x + 3.0) / 6.0,
    ],
    ids=["layer", "operation", "clip", "activation"],
)
def test_a_hard_sigmoid_that_is_written_out_is_a_gate(folder, gate, request):
    """As keras.applications writes it in MobileNetV3."""

    def of(gate):
        return lambda x: L.Multiply()([x, gate(L.Conv2D(4, 1, name="asked")(x))])

    name = f"hard sigmoid by {request.node.callspec.id}"
    found, _ = explained(saved(folder, name, of(gate)), "lrp.z")
    expected, _ = explained(saved(folder, "hard sigmoid", of(L.Activation("hard_sigmoid"))), "lrp.z")
    np.testing.assert_allclose(found.values, expected.values, atol=1e-5 * np.abs(expected.values).max())
    found, _ = explained(saved(folder, f"hard swish by {request.node.callspec.id}", lambda x: x * gate(x)), "lrp.z")
    expected, _ = explained(saved(folder, "hard swish", L.Activation("hard_swish")), "lrp.z")
    np.testing.assert_allclose(found.values, expected.values, atol=1e-5 * np.abs(expected.values).max())


WRITTEN_OUT = {
    "maximum": lambda x: keras.ops.maximum(x, 0.0),
    "where": lambda x: keras.ops.where(x > 0, x, keras.ops.zeros_like(x)),
    "comparison": lambda x: x * keras.ops.cast(x > 0, "float32"),
    "clip": lambda x: keras.ops.clip(x, 0.0, 1e9),
}


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_a_relu_that_is_written_out_passes_all_on_and_is_no_relu_to_guided_backprop(folder, name):
    source = saved(folder, f"relu by {name}", WRITTEN_OUT[name])
    found, _ = explained(source, "lrp.z")
    expected, _ = explained(saved(folder, "as a layer", L.ReLU()), "lrp.z")
    np.testing.assert_allclose(found.values, expected.values, atol=1e-5 * np.abs(expected.values).max())
    for method in ("guided_backprop", "deconvnet", "deep_taylor"):
        with pytest.raises(AnalyzerRefused, match="no activations other than ReLU"):
            explained(source, method)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(
    "layer",
    [
        L.UpSampling2D(2, interpolation="bilinear"),
        L.UpSampling2D((1, 3), interpolation="bicubic"),
        L.UpSampling2D(2),
        L.Resizing(5, 11),
        L.Resizing(13, 9, interpolation="bicubic"),
        L.Resizing(4, 4, interpolation="nearest"),
        lambda x: keras.ops.image.resize(x, (7, 12), interpolation="bilinear"),
    ],
)
def test_pixels_between_pixels_take_relevance_by_share(folder, layer, tmp_path):
    """Behind a ReLU and without biases LRP-z is x * gradient, however images are enlarged in between."""
    keras.utils.set_random_seed(5)
    start = keras.Input((8, 8, 3))
    x = L.Conv2D(4, 3, activation="relu", use_bias=False)(start)
    x = L.Conv2D(4, 3, activation="relu", use_bias=False)(layer(x))
    model = keras.Model(start, L.Dense(3, use_bias=False)(L.GlobalAveragePooling2D()(x)))
    model.save(tmp_path / "between.keras")
    source = ModelSource("keras", str(tmp_path / "between.keras"))
    product, _ = explained(source, "input_t_gradient")
    for method in ("lrp.z", "lrp.epsilon"):
        found, _ = explained(source, method)
        np.testing.assert_allclose(found.values, product.values, atol=2e-4 * np.abs(product.values).max())
