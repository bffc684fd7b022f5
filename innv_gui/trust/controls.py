"""Three maps that know nothing of the model. A method that does not beat them explains nothing that they do not."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np


def seed_of(x: np.ndarray) -> int:
    """A seed from what the image is, so that its random map depends neither on its place nor on its neighbours."""
    return zlib.crc32(np.ascontiguousarray(x, np.float32).tobytes())


def random(x: np.ndarray) -> np.ndarray:
    """(H, W, C) -> (H, W): noise, uniform in [0, 1)."""
    return np.random.default_rng((seed_of(x), 1)).random(x.shape[:2])


def edges(x: np.ndarray) -> np.ndarray:
    """(H, W, C) -> (H, W): length of the brightness gradient, by central differences."""
    brightness = np.asarray(x, np.float64).mean(axis=-1)
    slopes = [np.gradient(brightness, axis=axis) for axis in (0, 1) if brightness.shape[axis] > 1]
    return np.sqrt(sum((slope**2 for slope in slopes), np.zeros_like(brightness)))


def centre(x: np.ndarray) -> np.ndarray:
    """(H, W, C) -> (H, W): a blob in the middle, of standard deviation a quarter of height and width."""
    height, width = x.shape[:2]
    rows = (np.arange(height) - (height - 1) / 2) / (height / 4)
    columns = (np.arange(width) - (width - 1) / 2) / (width / 4)
    return np.exp(-(rows[:, None] ** 2 + columns[None, :] ** 2) / 2)


CONTROLS: dict[str, Callable[[np.ndarray], np.ndarray]] = {"random": random, "edges": edges, "centre": centre}
PREFIX = "control:"
NAMES = tuple(PREFIX + name for name in CONTROLS)
SUMMARIES = {
    "control:random": "Noise: what blind replacement does to this network.",
    "control:edges": "Where the picture's brightness changes, whatever is in it.",
    "control:centre": "The middle of the picture, where photographers put things.",
}


def is_control(name: str) -> bool:
    """Whether a row of the table is a control and no method."""
    return name in NAMES


def control(name: str, x: np.ndarray) -> np.ndarray:
    """The map (H, W) of a control, by its name in the table, for network input (H, W, C)."""
    return CONTROLS[name.removeprefix(PREFIX)](x)
