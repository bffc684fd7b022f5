"""Which layers the engine knows, what it refuses by name, and that relevance is neither lost nor made on the way."""

from functools import cache

import keras
import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.errors import AnalyzerRefused
from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras.attribution.explain import explain

L = keras.layers
constant = keras.initializers.Constant


def explained(folder, ends, name, params=None, unchecked=False):
    """(maps, scores) of a model that is made of `ends`: a function from the input tensor to the scores."""
    return by(saved(folder / "model.keras", ends), name, params, unchecked)


def by(case, name, params=None, unchecked=False):
    """(maps, scores) of a saved model, its images and scores."""
    source, x, scores = case
    return explain(source, x, name, analyzers.check(name, params or {}), Target(), unchecked, scores), scores


def saved(path, ends):
    """(source, two images, scores)."""
    keras.utils.set_random_seed(7)
    start = keras.Input((8, 8, 3), name="image")
    model = keras.Model(start, ends(start))
    for layer in model.layers:
        if isinstance(layer, L.BatchNormalization):
            layer.moving_mean.assign(np.linspace(-0.2, 0.3, layer.moving_mean.shape[0]))
            layer.moving_variance.assign(np.linspace(0.3, 2, layer.moving_variance.shape[0]))
    model.save(path)
    x = np.random.default_rng(2).random((2, 8, 8, 3), dtype=np.float32)
    return ModelSource("keras", str(path)), x, np.asarray(model(x))


def block(kind):
    """A small network with one kind of layer in the middle, without biases."""
    conv = {"use_bias": False, "padding": "same"}

    def squeeze(x):
        gate = L.Dense(4, activation="sigmoid", use_bias=False)(L.GlobalAveragePooling2D(keepdims=True)(x))
        return L.Multiply()([x, gate])

    middles = {
        "ReLU6": lambda x: L.ReLU(6.0)(x),
        "swish": lambda x: L.Activation("swish")(x),
        "gelu": lambda x: L.Activation("gelu")(x),
        "depthwise": lambda x: L.DepthwiseConv2D(3, **conv)(x),
        "separable": lambda x: L.SeparableConv2D(5, 3, **conv)(x),
        "transposed": lambda x: L.Conv2DTranspose(3, 2, strides=2, use_bias=False)(x),
        "grouped": lambda x: L.Conv2D(4, 3, groups=2, **conv)(x),
        "unit norm": lambda x: L.UnitNormalization()(x),
        "rms norm": lambda x: L.RMSNormalization()(x),
        "average": lambda x: L.Average()([x, L.Conv2D(4, 3, **conv)(x)]),
        "subtract": lambda x: L.Subtract()([x, L.Conv2D(4, 3, **conv)(x)]),
        "maximum": lambda x: L.Maximum()([x, L.Conv2D(4, 3, **conv)(x)]),
        "gate": squeeze,
        "up and crop": lambda x: L.Cropping2D(1)(L.ZeroPadding2D(1)(L.UpSampling2D(2)(x))),
        "permuted": lambda x: L.Permute((2, 1, 3))(x),
        "operations": lambda x: keras.ops.concatenate([x * 2.0, -x], axis=-1)[:, 1:],
        "dropout": lambda x: L.SpatialDropout2D(0.3)(L.GaussianNoise(0.1)(x)),
    }
    middle = middles[kind]

    def ends(start):
        x = L.Conv2D(4, 3, activation="relu", **conv)(L.Rescaling(0.5)(start))
        x = L.GlobalAveragePooling2D()(middle(x))
        return L.Dense(5, use_bias=False)(x)

    return ends


KINDS = (
    "ReLU6 swish gelu depthwise separable transposed grouped average subtract maximum gate permuted operations dropout"
).split() + ["unit norm", "rms norm", "up and crop"]


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """case(kind): its network, made once."""
    folder = tmp_path_factory.mktemp("blocks")
    return cache(lambda kind: saved(folder / f"{kind}.keras", block(kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_without_biases_z_hands_down_all_of_the_score(case, kind):
    maps, scores = by(case(kind), "lrp.z")
    np.testing.assert_allclose(maps.values.sum(axis=(1, 2, 3, 4)), scores.max(axis=1), rtol=0.01)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("name", ["lrp.alpha_2_beta_1", "lrp.flat", "lrp.sequential_preset_a", "deep_taylor.bounded"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_layer_gives_finite_maps_by_every_family(case, kind, name):
    maps, _ = by(case(kind), name, unchecked=True)
    assert np.isfinite(maps.values).all()


def test_batch_normalization_without_bias_conserves_whatever_its_statistics(tmp_path):
    def ends(start):
        x = L.BatchNormalization()(L.Conv2D(4, 3)(start))
        y = L.BatchNormalization()(L.Conv2D(4, 3, padding="same")(L.ReLU()(x)))
        return L.Dense(4)(L.GlobalAveragePooling2D()(L.ReLU()(L.Add()([x, y]))))

    maps, scores = explained(tmp_path, ends, "lrp.z", {"bias": False})
    np.testing.assert_allclose(maps.values.sum(axis=(1, 2, 3, 4)), scores.max(axis=1), rtol=0.01)


def test_the_first_layer_behind_padding_knows_that_padding_is_zero(tmp_path):
    def padded(start):
        x = L.Conv2D(4, 3, activation="relu", name="first")(L.ZeroPadding2D(1)(start))
        return L.Dense(4)(L.Flatten()(x))

    def same(start):
        x = L.Conv2D(4, 3, padding="same", activation="relu", name="first")(start)
        return L.Dense(4)(L.Flatten()(x))

    for name, params in (("deep_taylor.bounded", {"low": 0, "high": 1}), ("lrp.sequential_preset_a_flat", {})):
        found, _ = explained(tmp_path, padded, name, params)
        expected, _ = explained(tmp_path, same, name, params)
        assert expected.values.any() and found.values.any()
        if name == "deep_taylor.bounded":  # flat: padding takes a share, too, where it is a layer of its own
            np.testing.assert_allclose(found.values, expected.values, atol=1e-6 * np.abs(expected.values).max())


def test_rescaling_moves_the_range_that_the_first_layer_knows(tmp_path):
    """With pixels in [0, 1] behind x * 2 - 1, the layer sees [-1, 1]: nothing but that makes all shares positive."""

    def ends(start):
        x = L.Conv2D(4, 3, activation="relu")(L.Rescaling(2.0, -1.0)(start))
        return L.Dense(4)(L.Flatten()(x))

    maps, scores = explained(tmp_path, ends, "deep_taylor.bounded", {"low": 0, "high": 1})
    assert (scores.max(axis=1) > 0).any() and maps.values.any()
    assert (maps.values >= -1e-6 * maps.values.max()).all()


def test_a_layer_without_a_rule_is_named_and_runs_unchecked(tmp_path):
    def ends(start):
        return L.Dense(4)(L.LSTM(5, name="odd-one")(L.Reshape((64, 3))(start)))

    with pytest.raises(AnalyzerRefused) as caught:
        explained(tmp_path, ends, "lrp.epsilon")
    assert "lrp.epsilon" in caught.value.message and "odd-one (LSTM" in caught.value.message
    assert caught.value.field == "unchecked"
    maps, _ = explained(tmp_path, ends, "lrp.epsilon", unchecked=True)
    assert np.isfinite(maps.values).all() and maps.values.any()


@pytest.mark.parametrize("name", ["deep_taylor", "lrp.sequential_preset_a", "deconvnet", "guided_backprop"])
def test_methods_for_relu_networks_name_another_activation(tmp_path, name):
    def ends(start):
        return L.Dense(4)(L.Flatten()(L.Activation("tanh", name="bend")(L.Conv2D(3, 3)(start))))

    with pytest.raises(AnalyzerRefused, match=rf"{name}.*bend \(Activation, tanh\)") as caught:
        explained(tmp_path, ends, name)
    assert caught.value.field == "unchecked"
    assert np.isfinite(explained(tmp_path, ends, name, unchecked=True)[0].values).all()


def told_by_a_bias(x):
    x = L.Dense(1, activation="relu", kernel_initializer=constant(-1), bias_initializer=constant(1e8))(L.Flatten()(x))
    return L.Dense(2, kernel_initializer=constant(10))(x)


def all_far_below_zero(start):
    """gelu(-12.5) is -5e-35."""
    return told_by_a_bias(L.Activation("gelu")(L.Rescaling(0.1, -12.5)(start)))


def convolved_far_below_zero(start):
    settings = {"kernel_initializer": constant(0.03), "bias_initializer": constant(-12.5)}
    return told_by_a_bias(L.Conv2D(2, 1, activation="gelu", **settings)(start))


def some_far_below_zero(start):
    x = L.Activation("silu")(L.Rescaling(200.0, -100.0)(start))
    return L.Dense(2, kernel_initializer=constant(1e4))(L.GlobalAveragePooling2D()(x))


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("name", ["lrp.z_plus", "lrp.alpha_2_beta_1_IB", "deep_taylor"])
@pytest.mark.parametrize("ends", [all_far_below_zero, some_far_below_zero, convolved_far_below_zero])
def test_tails_of_smooth_activations_make_no_relevance_infinite(tmp_path, name, ends):
    maps, scores = explained(tmp_path, ends, name, unchecked=True)
    assert scores.max() > 0 and np.isfinite(maps.values).all()


def test_deep_taylor_takes_a_gate_for_a_constant(tmp_path):
    def ends(start):
        x = L.Conv2D(4, 3, activation="relu", use_bias=False, kernel_initializer="random_uniform")(start)
        gate = L.Dense(4, activation="sigmoid", bias_initializer=constant(-5))(
            L.GlobalAveragePooling2D(keepdims=True)(x)
        )
        return L.Dense(3, kernel_initializer="he_uniform", use_bias=False)(L.Flatten()(L.Multiply()([x, gate])))

    maps, scores = explained(tmp_path, ends, "deep_taylor", unchecked=True)
    np.testing.assert_allclose(maps.values.sum(axis=(1, 2, 3, 4)), scores.max(axis=1), rtol=1e-3)


def test_half_precision_networks_are_explained(tmp_path):
    def ends(start):
        x = L.Conv2D(4, 3, activation="relu", dtype="mixed_float16")(start)
        return L.Dense(4, dtype="mixed_float16")(L.GlobalAveragePooling2D(dtype="mixed_float16")(x))

    for name in ("gradient", "lrp.z", "deep_taylor"):
        maps, _ = explained(tmp_path, ends, name)
        assert maps.values.dtype == np.float32 and np.isfinite(maps.values).all()


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("name", ["lrp.alpha_2_beta_1", "lrp.z", "lrp.w_square", "lrp.sequential_preset_b"])
@pytest.mark.parametrize("settings", [{}, {"strides": 2, "padding": "same"}, {"depth_multiplier": 2}])
def test_a_separable_convolution_is_its_two_convolutions(tmp_path, name, settings):
    """Parts of a product of two kernels are not the products of their parts: minus times minus speaks for."""
    made = {}

    def separable(x):
        made["whole"] = L.SeparableConv2D(5, 3, activation="relu", name="whole", **settings)
        return L.Dense(3)(L.Flatten()(made["whole"](x)))

    def apart(x):
        made["depthwise"] = L.DepthwiseConv2D(3, use_bias=False, **settings)
        made["pointwise"] = L.Conv2D(5, 1, activation="relu")
        x = made["pointwise"](made["depthwise"](x))
        made["depthwise"].set_weights(made["weights"][:1])
        made["pointwise"].set_weights(made["weights"][1:3])
        made["dense"] = L.Dense(3)
        y = made["dense"](L.Flatten()(x))
        made["dense"].set_weights(made["weights"][3:])
        return y

    whole, scores = explained(tmp_path, separable, name)
    model = keras.models.load_model(tmp_path / "model.keras")
    made["weights"] = model.get_weights()
    two, same = explained(tmp_path, apart, name)
    np.testing.assert_allclose(scores, same, rtol=1e-5)
    np.testing.assert_allclose(whole.values, two.values, atol=1e-6 * np.abs(two.values).max())
