"""Images for trials: labelled noise, the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = 10


def folder_of(place: Path, count: int, side_px: int = 32, seed: int = 0) -> Path:
    """`count` grey PNG files in ten class folders."""
    generator = np.random.default_rng(seed)
    for index in range(count):
        folder = place / str(index % CLASSES)
        folder.mkdir(parents=True, exist_ok=True)
        pixels = generator.integers(0, 256, (side_px, side_px), np.uint8)
        Image.fromarray(pixels).save(folder / f"{index:05}.png")
    return place


def array_of(path: Path, count: int, seed: int = 0) -> Path:
    """The same kind of pictures in one .npz file with labels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (count, 32, 32, 1), np.uint8)
    np.savez(path, x=pixels, y=np.arange(count) % CLASSES)
    return path
