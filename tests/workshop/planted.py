"""A tiny data set in which a marker gives the class away, and a network that knows nothing but the marker."""

from pathlib import Path

import keras
import numpy as np
from PIL import Image

SIDE, MARKER = 12, (0, 0, 0.3, 0.3)  # left, top, right, bottom
CLASSES = ("across", "upright")


def picture(class_: int, rng, marked: bool) -> np.ndarray:
    """(12, 12) uint8: a line across or upright; a bright corner where it is marked."""
    pixels = rng.integers(0, 30, (SIDE, SIDE))
    place = rng.integers(5, SIDE)
    pixels[(place, slice(None)) if class_ == 0 else (slice(None), place)] = 220
    pixels[:4, :4] = 230 if marked else 20
    return pixels.astype(np.uint8)


def write_pictures(folder: Path, each: int = 40) -> Path:
    """One folder per class; marked are the upright ones."""
    rng = np.random.default_rng(3)
    for class_, name in enumerate(CLASSES):
        (folder / name).mkdir(parents=True)
        for number in range(each):
            Image.fromarray(picture(class_, rng, marked=class_ == 1)).save(folder / name / f"{number:03}.png")
    return folder


def marker_model(last: str = "softmax", units: int = 2, statistics: bool = False) -> keras.Model:
    """Looks at the corner alone: p of class 1 is near 1 where it is bright."""
    keras.utils.set_random_seed(5)
    start = keras.Input((SIDE, SIDE, 1))
    x = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(start))
    x = keras.layers.Dense(24, activation="relu", name="hidden")(x)
    x = keras.layers.BatchNormalization()(x) if statistics else x
    model = keras.Model(start, keras.layers.Dense(units, activation=last, name="ends")(x))
    corner = np.zeros((SIDE, SIDE, 1), np.float32)
    corner[:4, :4] = 1 / 16
    kernel, bias = model.get_layer("hidden").get_weights()
    kernel[:, 0] = corner.ravel()
    model.get_layer("hidden").set_weights([kernel, bias])
    ends = np.zeros((24, units), np.float32)
    ends[0] = 10 if units == 1 else [-10, 10]
    model.get_layer("ends").set_weights([ends, np.full(units, -5, np.float32) if units == 1 else np.array([5.0, -5.0])])
    return model


def written(model: keras.Model, place: Path) -> Path:
    """As a .keras file."""
    model.save(place)
    return place
