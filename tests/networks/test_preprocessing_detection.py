"""What a network expects of its input: a generated family of fronts against the known truth, and names as guesses."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest
from keras.src.applications.convnext import ConvNeXt
from keras.src.applications.efficientnet import EfficientNet
from keras.src.applications.efficientnet_v2 import EfficientNetV2

from innv_gui.records import BASES, Preprocessing
from innv_gui.runtimes.keras.networks import preprocessing_detection
from innv_gui.runtimes.keras.networks.flatten import flatten
from innv_gui.runtimes.keras.networks.front import front
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.networks.readings import RANGES, reading_of_norm
from innv_gui.runtimes.keras.predict.preprocessing import apply

layers, ops = keras.layers, keras.ops
TORCH_MEAN, TORCH_STD = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
CAFFE = np.float32([123.68, 116.779, 103.939])


def network(*front_layers, channels=3, nested=False, name="net", tail=None):
    image = x = keras.Input((8, 10, channels))
    inner = keras.Sequential([keras.Input((8, 10, channels)), *front_layers], name="inner") if nested else None
    for layer in [inner] if nested else front_layers:
        x = layer(x)
    for layer in tail or (layers.Conv2D(2, 3),):
        x = layer(x)
    x = layers.Dense(3)(layers.GlobalAveragePooling2D()(x))
    return Network("", "f", flatten(keras.Model(image, x, name=name), 0, "f"), ("y",))


def detected(*front_layers, **more):
    return preprocessing_detection.preprocessing(network(*front_layers, **more))


class Arithmetic(layers.Identity):
    """Marks a front that is written as operations on tensors."""

    def __init__(self, function):
        super().__init__()
        self.function = function


def with_ops(function, channels=3):
    image = keras.Input((8, 10, channels))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(2, 3)(function(image)))
    return of_model(keras.Model(image, layers.Dense(3)(x)))


def of_model(model):
    return preprocessing_detection.preprocessing(Network("", "f", flatten(model, 0, "f"), ("y",)))


# --- the family: what is expected x what the front makes of it x how it is written x nested or not x channels -------

TARGETS = {"0..1": (0, 1), "-1..1": (-1, 1), "-0.5..0.5": (-0.5, 0.5), "0..255": (0, 255)}


def by_rescaling(scale, offset):
    return [layers.Rescaling(scale, offset)]


def by_two_rescalings(scale, offset):
    return [layers.Rescaling(scale * 4), layers.Rescaling(0.25, offset)]


def by_normalization(scale, offset):
    return [layers.Normalization(mean=-offset / scale, variance=1 / scale**2)]


def by_padded_rescaling(scale, offset):
    return [layers.Resizing(9, 9), layers.ZeroPadding2D(1), layers.Rescaling(scale, offset), layers.Dropout(0.1)]


WRITTEN = [by_rescaling, by_two_rescalings, by_normalization, by_padded_rescaling]


@pytest.mark.parametrize("mode", RANGES)
@pytest.mark.parametrize("target", TARGETS)
def test_a_front_that_maps_a_range_to_a_usual_one_is_a_fact_however_it_is_written(mode, target):
    (low, high), (to_low, to_high) = RANGES[mode], TARGETS[target]
    scale = (to_high - to_low) / (high - low)
    offset = to_low - low * scale
    if scale == 1 and offset == 0:
        return
    for write, nested, channels in itertools.product(WRITTEN, (False, True), (1, 3)):
        found = detected(*write(scale, offset), nested=nested, channels=channels)
        assert (found.rule, found.basis) == (Preprocessing(mode), "structure"), (write, nested, channels, found)
        assert f"{to_low:g} to {to_high:g}" in found.reason
    found = with_ops(lambda x: x * scale + offset)
    assert (found.rule.mode, found.basis) == (mode, "structure"), found


@pytest.mark.parametrize("mode", RANGES)
@pytest.mark.parametrize("seed", range(6))
def test_a_normalization_of_data_in_a_range_is_the_likelier_reading_and_never_a_fact(mode, seed):
    """Adapted to values of beta distributions: dark, bright, of much and little contrast."""
    random = np.random.default_rng(seed)
    data = random.beta(*random.uniform(0.5, 5, 2), (400, 8, 10, 3)).astype(np.float32)
    low, high = RANGES[mode]
    values = low + (high - low) * data
    norm = layers.Normalization()
    norm.adapt(values)
    found = detected(norm)
    assert found.basis == "values"
    if mode != "symmetric" or values.mean(axis=(0, 1, 2)).min() < 0:  # else [0, 1] explains it as well
        assert found.rule.mode == mode, found


@pytest.mark.parametrize("mean, std", [([0.0, 0.1, -0.2], 1.0), ([20.0, 30.0, 40.0], 60.0), ([-0.4] * 3, 0.5)])
def test_a_normalization_behind_another_preprocessing_is_no_fact(mean, std):
    """Adapted to what torch or caffe give: their values overlap those of the three ranges."""
    assert detected(layers.Normalization(mean=mean, variance=[std**2] * 3)).basis != "structure"


# --- ImageNet's conventions written into the graph ------------------------------------------------------------------


IMAGENET = {
    "caffe as operations": (lambda x: x[..., ::-1] - CAFFE[::-1], Preprocessing("none")),
    "caffe on blue, green, red": (lambda x: x - CAFFE[::-1], Preprocessing("none", channels="bgr")),
    "caffe's mean alone": (lambda x: x - CAFFE, Preprocessing("none")),
    "torch on pixels": (
        lambda x: layers.Normalization(mean=TORCH_MEAN * 255, variance=(TORCH_STD * 255) ** 2)(x),
        Preprocessing("none"),
    ),
    "torch on [0, 1]": (lambda x: (x - TORCH_MEAN) / TORCH_STD, Preprocessing("unit")),
    "torch on [0, 1] in blue, green, red": (
        lambda x: (x - TORCH_MEAN[::-1]) / TORCH_STD[::-1],
        Preprocessing("unit", channels="bgr"),
    ),
    "tf": (lambda x: x / 127.5 - 1, Preprocessing("none")),
    "a 128th": (lambda x: x / 128 - 1, Preprocessing("none")),
    "a 256th": (lambda x: x / 256, Preprocessing("none")),
    "twice minus one": (lambda x: x * 2 - 1, Preprocessing("unit")),
    "the negative": (lambda x: 1 - x, Preprocessing("unit")),
    "the negative of pixels": (lambda x: (255 - x) / 255, Preprocessing("none")),
    "a merge layer": (lambda x: layers.Average()([x / 255, x / 255]), Preprocessing("none")),
    "flattened first": (lambda x: layers.Reshape((8, 10, 3))(layers.Flatten()(x) / 255), Preprocessing("none")),
    "cast": (lambda x: ops.cast(x, "float32") / 255, Preprocessing("none")),
    "channels apart": (
        lambda x: layers.Concatenate()([x[..., 2:] / 255, x[..., 1:2] / 255, x[..., :1] / 255]),
        Preprocessing("none"),
    ),
    "grey of colours": (lambda x: ops.mean(x, axis=-1, keepdims=True) * 0 + x[..., :1] / 255, Preprocessing("none")),
    "mean of colours": (lambda x: ops.mean(x, axis=-1, keepdims=True) / 255, Preprocessing("none")),
    "weighed colours": (
        lambda x: ops.sum(x * np.array([0.299, 0.587, 0.114], "f4"), axis=-1, keepdims=True) / 255,
        Preprocessing("none"),
    ),
    "mean of colours for symmetric ones": (
        lambda x: ops.mean(x, axis=-1, keepdims=True) * 0.5 + 0.5,
        Preprocessing("symmetric"),
    ),
    "largest of colours": (lambda x: ops.max(x, axis=-1, keepdims=True) / 255, None),
}


@pytest.mark.parametrize("name", IMAGENET)
def test_conventions_written_as_operations_are_measured(name):
    function, rule = IMAGENET[name]
    found = with_ops(function)
    if rule is None:
        assert found.basis != "structure"
    else:
        assert (found.rule, found.basis) == (rule, "structure"), found


def test_a_branch_with_the_mean_of_the_picture_is_measured_as_the_others_are():
    start = keras.Input((16, 16, 3))
    trunk = layers.GlobalAveragePooling2D()(layers.Conv2D(6, 3, activation="relu")(layers.Rescaling(1 / 255)(start)))
    colour = layers.Rescaling(1 / 255)(layers.GlobalAveragePooling2D()(start))
    found = of_model(keras.Model(start, layers.Dense(4)(layers.Concatenate()([trunk, colour]))))
    assert (found.rule.mode, found.basis) == ("none", "structure")


@pytest.mark.parametrize(
    ("scale", "mode"), [(lambda x: x / 255, "none"), (lambda x: x / 127.5 - 1, "none"), (lambda x: x * 1.0, "unit")]
)
def test_pixels_that_a_front_makes_small_are_not_scaled_twice(scale, mode):
    """It cannot be followed to its end, but what it makes of white is measured."""
    found = with_ops(lambda x: ops.max(scale(ops.clip(x, 50.0, 200.0)), axis=-1, keepdims=True))
    assert (found.rule.mode, found.basis) == (mode, "assumed")


def test_grey_networks_with_a_colour_backbone_are_measured():
    found = with_ops(lambda x: layers.Concatenate()([x, x, x]) / 127.5 - 1, channels=1)
    assert (found.rule.mode, found.basis) == ("none", "structure")


def test_a_front_inside_a_backbone_behind_one_outside_counts_as_one():
    """[0, 1] from outside times 255 into a backbone that divides by 255."""
    backbone = keras.Sequential([keras.Input((8, 10, 3)), layers.Rescaling(1 / 255), layers.Conv2D(2, 3)])
    found = detected(layers.Rescaling(255.0), tail=(backbone, layers.ReLU()))
    assert found.basis == "assumed" and found.rule.mode == "unit"
    found = detected(layers.Rescaling(127.5, 127.5), tail=(backbone, layers.ReLU()))
    assert (found.rule.mode, found.basis) == ("symmetric", "structure")


@pytest.mark.parametrize(
    "front_layers",
    [
        (layers.Rescaling(1.0),),
        (layers.Normalization(mean=0.0, variance=1.0),),
        (layers.Dropout(0.5), layers.ZeroPadding2D(2)),
        (layers.Rescaling(255.0), layers.Rescaling(1 / 255)),
    ],
)
def test_a_front_that_changes_nothing_says_nothing(front_layers):
    assert detected(*front_layers).basis == "assumed"
    assert detected(*front_layers, tail=(layers.Conv2D(2, 3, name="vgg16"),)).basis == "assumed"


@pytest.mark.parametrize("function", [lambda x: ops.square(x / 255), lambda x: x * 1e-9, lambda x: x - 1e6, ops.sin])
def test_fronts_of_no_usual_range_are_no_fact_unless_a_part_is(function):
    found = with_ops(function)
    assert found.basis in BASES and (found.basis != "structure" or found.rule.mode == "none")


def test_a_front_in_one_branch_only_is_no_fact():
    found = with_ops(lambda x: layers.Concatenate()([layers.Conv2D(1, 1)(x), layers.Conv2D(1, 1)(x / 255)]))
    assert found.basis == "assumed"


# --- a normalization that was trained -------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["none", "unit", "symmetric", "caffe", "torch"])
@pytest.mark.parametrize("steps", [70, 200, 2000])
def test_a_first_batch_normalization_tells_what_it_was_trained_on(mode, steps):
    pixels = 255 * np.random.default_rng(steps).beta(0.6, 1.1, (64, 8, 10, 3))
    x = apply(pixels, Preprocessing(mode)).reshape(-1, 3)
    share = 1 - 0.99**steps
    found = reading_of_norm(share * x.mean(axis=0), 1 - share + share * x.var(axis=0))
    assert not found.sure
    if mode in ("none", "unit", "caffe") or steps == 2000:
        assert found.mode == mode


def test_a_batch_normalization_as_it_was_made_says_nothing():
    assert detected(layers.BatchNormalization(), channels=1).basis == "assumed"


def test_a_trained_batch_normalization_is_read_off_its_layer():
    norm = layers.BatchNormalization()
    norm.build((None, 8, 10, 1))
    norm.moving_mean.assign([127.0]), norm.moving_variance.assign([4000.0])
    found = detected(norm, channels=1, name="efficientnet_lite0")
    assert (found.rule.mode, found.basis) == ("none", "values") and "127" in found.reason


# --- names ---

INSIDE = {  # families that scale pixels themselves: what is left of the convention without that
    "efficientnet_lite0": "torch",
    "efficientnetb3": "torch",
    "efficientnetv2-b0": "torch",
    "efficientnetv2-s": "tf",
    "convnext_tiny": "torch",
    "MobileNetV3Small": "tf",
    "regnetx002": "torch",
    "resnet-rs50": "torch",
}


@pytest.mark.parametrize("name", INSIDE)
def test_a_name_whose_family_scales_inside_does_not_mean_raw_pixels_without_that_front(name):
    found = detected(name=name)
    assert (found.rule.mode, found.basis) == (INSIDE[name], "name") and "guess" in found.reason
    with_front = detected(layers.Rescaling(1 / 255), name=name)
    assert (with_front.rule.mode, with_front.basis) == ("none", "structure")


@pytest.mark.parametrize("name", ["vgg16", "resnet50", "densenet121", "nasnet_mobile", "efficientnetb0"])
def test_names_say_nothing_of_grey_networks_or_of_unreadable_fronts(name):
    assert detected(name=name, channels=1).basis == "assumed"
    assert detected(layers.Rescaling(1e-9), name=name).basis == "assumed"


OF_KERAS = {
    "efficientnetb0": lambda **settings: EfficientNet(0.2, 0.1, 64, name="efficientnetb0", **settings),
    "efficientnetv2-b0": lambda **settings: EfficientNetV2(0.2, 0.1, 64, name="efficientnetv2-b0", **settings),
    "efficientnetv2-s": lambda **settings: EfficientNetV2(0.2, 0.1, 64, name="efficientnetv2-s", **settings),
    "mobilenetv3": keras.applications.MobileNetV3Small,
    "convnext_tiny": lambda **settings: ConvNeXt((1, 1, 1, 1), (8, 8, 16, 16), name="convnext_tiny", **settings),
}  # most of them with fewer and narrower blocks, since only the front matters


@pytest.mark.parametrize("build", OF_KERAS)
def test_networks_that_keras_makes_with_their_scaling_take_pixels(build):
    model = OF_KERAS[build](weights=None, input_shape=(64, 64, 3), classes=3)
    found = preprocessing_detection.preprocessing(Network("", "f", flatten(model, 0, "f"), ("y",)))
    assert (found.rule, found.basis) == (Preprocessing("none"), "structure"), found


def test_the_front_of_a_network_of_any_size_is_measured():
    image = keras.Input((None, None, 3))
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(2, 3)(layers.Rescaling(1 / 255)(image)))
    flat = flatten(keras.Model(image, layers.Dense(3)(x)), 0, "f")
    assert front(Network("", "f", flat, ("y",))).std == pytest.approx([255.0] * 3)
