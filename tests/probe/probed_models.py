"""Small networks trained on small pictures with a known preprocessing, and the pictures in folders."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Trained:
    """A network on disk and the preprocessing that it was trained with."""

    file: Path
    rule: Preprocessing


def own_moments(pixels: np.ndarray) -> Preprocessing:
    """The pictures' own mean and deviation."""
    mean, std = pixels.mean(axis=(0, 1, 2)), pixels.std(axis=(0, 1, 2))
    return Preprocessing("standardize", tuple(map(float, mean)), tuple(map(float, std)))


def fronts(pixels: np.ndarray) -> dict[str, tuple[Preprocessing, list]]:
    """Name -> (what the network is fed, the layers in front)."""
    rule = Preprocessing
    adapted = layers.Normalization()
    adapted.adapt(pixels.astype(np.float32))
    units = pixels / 255.0
    moments = {"mean": units.mean(axis=(0, 1, 2)), "variance": units.var(axis=(0, 1, 2))}
    return {
        "none": (rule("none"), []),
        "unit": (rule("unit"), []),
        "symmetric": (rule("symmetric"), []),
        "caffe": (rule("caffe"), []),
        "torch": (rule("torch"), []),
        "standardize": (own_moments(pixels), []),
        "unit_bgr": (rule("unit", channels="bgr"), []),
        "torch_bgr": (rule("torch", channels="bgr"), []),
        "rescaling": (rule("none"), [layers.Rescaling(1 / 255)]),
        "rescaling_of_unit": (rule("unit"), [layers.Rescaling(2.0, -1.0)]),
        "arithmetic_of_unit": (rule("unit"), [lambda x: x * 2 - 1]),
        "normalization_of_unit": (rule("unit"), [layers.Normalization(**moments)]),
        "normalization_of_pixels": (rule("none"), [adapted]),
        "batch_normalization_of_unit": (rule("unit"), [layers.BatchNormalization(momentum=0.9)]),
        "batch_normalization_of_pixels": (rule("none"), [layers.BatchNormalization(momentum=0.9)]),
    }


def network(front: list, n_classes: int, channels: int = 3) -> keras.Model:
    """LeNet, small; it ends in a softmax."""
    x = image = keras.Input((SIDE, SIDE, channels))
    for layer in front:
        x = layer(x)
    x = layers.MaxPooling2D(2)(layers.Conv2D(8, 5, strides=2, activation="tanh")(x))
    x = layers.Conv2D(12, 3, activation="tanh")(x)
    x = layers.Dense(32, activation="tanh")(layers.Flatten()(x))
    return keras.Model(image, layers.Dense(n_classes, activation="softmax")(x))


def trained(root: Path, name: str, rule: Preprocessing, front: list, pixels, classes, epochs: int = 15) -> Trained:
    """Trained on every second picture; the file's name tells nothing."""
    keras.utils.set_random_seed(3)
    model = network(front, int(classes.max()) + 1, pixels.shape[-1])
    model.compile(keras.optimizers.Adam(4e-3), "sparse_categorical_crossentropy", steps_per_execution=12)
    model.fit(apply(pixels[::2], rule), classes[::2], batch_size=16, epochs=epochs, verbose=0)
    file = root / f"{name}.keras"
    model.save(file)
    return Trained(file, rule)
