"""Small networks fitted to small pictures under a known preprocessing, and the pictures in folders."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from PIL import Image

from innv_gui.records import Preprocessing
from innv_gui.runtimes.keras.predict.preprocessing import apply
from innv_gui.samples import digits

layers = keras.layers
SHAPES, COLOURS = (0, 1, 7), {"red": (1.0, 0.5, 0.2), "blue": (0.3, 0.45, 0.95)}
A_CLASS = 60
SIDE = 32
RIDGE, STEEPNESS = 1.0, 8.0


def pictures() -> tuple[np.ndarray, np.ndarray, list[str]]:
    """(n, 32, 32, 3) uint8 pictures, classes, names: some digits, reddish or bluish, on a grey that differs."""
    random = np.random.default_rng(5)
    shapes, labels = digits.pictures()
    found, classes, names = [], [], [f"{colour}-{shape}" for colour in COLOURS for shape in SHAPES]
    for place, (colour, shape) in enumerate((colour, shape) for colour in COLOURS.values() for shape in SHAPES):
        for ink in shapes[labels == shape][:A_CLASS].astype(np.float32)[..., None] / 255:
            ground = random.uniform(20, 150)
            light = random.uniform(150, 255) * np.asarray(colour) * random.uniform(0.85, 1.15, 3)
            found.append(np.clip(ground * (1 - ink) + light * ink + random.normal(0, 5, ink.shape), 0, 255))
            classes.append(place)
    return np.stack(found).astype(np.uint8), np.array(classes), names


def write_folders(root: Path, pixels: np.ndarray, classes: np.ndarray, names: list[str]) -> Path:
    """A folder for each class."""
    for number, (picture, place) in enumerate(zip(pixels, classes, strict=True)):
        folder = root / names[place]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture.squeeze()).save(folder / f"{number:04}.png")
    return root


def own_moments(pixels: np.ndarray) -> Preprocessing:
    """The pictures' own mean and deviation."""
    mean, std = pixels.mean(axis=(0, 1, 2)), pixels.std(axis=(0, 1, 2))
    return Preprocessing("standardize", tuple(map(float, mean)), tuple(map(float, std)))


RULES = {
    "none": Preprocessing("none"),
    "unit": Preprocessing("unit"),
    "symmetric": Preprocessing("symmetric"),
    "caffe": Preprocessing("caffe"),
    "torch": Preprocessing("torch"),
    "standardize": Preprocessing("standardize"),  # by the pictures' own moments
    "unit_bgr": Preprocessing("unit", channels="bgr"),
    "torch_bgr": Preprocessing("torch", channels="bgr"),
    "rescaling": Preprocessing("none"),
    "rescaling_of_unit": Preprocessing("unit"),
    "arithmetic_of_unit": Preprocessing("unit"),
    "normalization_of_unit": Preprocessing("unit"),
    "normalization_of_pixels": Preprocessing("none"),
    "batch_normalization_of_unit": Preprocessing("unit"),
    "batch_normalization_of_pixels": Preprocessing("none"),
}


def rule_of(name: str, pixels: np.ndarray) -> Preprocessing:
    """What the network is fed."""
    return own_moments(pixels) if name == "standardize" else RULES[name]


def front(name: str, fed: np.ndarray) -> list:
    """The layers in front; fed: (n, H, W, C) pictures under the rule."""
    mean, variance = fed.mean(axis=(0, 1, 2)), fed.var(axis=(0, 1, 2))
    if name == "normalization_of_pixels":
        layer = layers.Normalization()
        layer.adapt(fed)
        return [layer]
    if name.startswith("batch_normalization"):
        constant = keras.initializers.Constant
        return [
            layers.BatchNormalization(
                moving_mean_initializer=constant(mean), moving_variance_initializer=constant(variance)
            )
        ]
    return {
        "rescaling": [layers.Rescaling(1 / 255)],
        "rescaling_of_unit": [layers.Rescaling(2.0, -1.0)],
        "arithmetic_of_unit": [lambda x: x * 2 - 1],
        "normalization_of_unit": [layers.Normalization(mean=mean, variance=variance)],
    }.get(name, [])


def network(front: list, channels: int, n_classes: int) -> keras.Model:
    """LeNet, small, with random weights; it ends in a softmax."""
    x = image = keras.Input((SIDE, SIDE, channels))
    for layer in front:
        x = layer(x)
    x = layers.MaxPooling2D(2)(layers.Conv2D(8, 5, strides=2, activation="tanh", name="first")(x))
    x = layers.Conv2D(12, 3, activation="tanh")(x)
    x = layers.Dense(96, activation="tanh", name="inner")(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(n_classes, activation="softmax", name="end")(x))


def trained(root: Path, name: str, rule: Preprocessing, pixels, classes) -> Path:
    """Its last layer is fitted, in closed form, to every second picture; the file's name tells nothing."""
    keras.utils.set_random_seed(3)
    fed, wanted = apply(pixels[::2], rule), np.eye(int(classes.max()) + 1)[classes[::2]]
    model = network(front(name, fed), pixels.shape[-1], wanted.shape[1])
    first, inner, end = map(model.get_layer, ("first", "inner", "end"))
    seen = np.asarray(keras.Model(model.input, first.input)(fed))
    first.set_weights(_at_ease(first.get_weights()[0], seen))
    end.set_weights(_least_squares(np.asarray(keras.Model(model.input, inner.output)(fed)), wanted))
    file = root / f"{name}.keras"
    model.save(file)
    return file


def _at_ease(kernel: np.ndarray, seen: np.ndarray) -> list[np.ndarray]:
    """Kernel and bias of a convolution whose sums are about 0 +- 1 on what it sees, as a trained one has them."""
    mean, std = seen.mean(axis=(0, 1, 2)), seen.std(axis=(0, 1, 2))
    kernel = kernel / std[:, None]
    return [kernel, -np.einsum("hwio,i->o", kernel, mean)]


def _least_squares(features: np.ndarray, wanted: np.ndarray) -> list[np.ndarray]:
    """Weights and bias of the last layer."""
    mean = features.mean(axis=0)
    centred = features - mean
    weights = np.linalg.solve(centred.T @ centred + RIDGE * np.eye(len(mean)), centred.T @ (wanted - wanted.mean(0)))
    weights *= STEEPNESS
    return [weights, STEEPNESS * wanted.mean(axis=0) - mean @ weights]
