"""Photographs to measure with: random crops of scikit-learn's two sample photos, in other colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance
from sklearn.datasets import load_sample_images

WIDTH, HEIGHT = 500, 375
JPEG_QUALITY = 90


def make_photos(folder: Path, count: int, seed: int = 0) -> Path:
    """`count` JPEG files of 500 x 375."""
    sources = [Image.fromarray(pixels) for pixels in load_sample_images().images]
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for index in range(count):
        photo = sources[index % len(sources)]
        left, top = rng.integers(photo.width - WIDTH + 1), rng.integers(photo.height - HEIGHT + 1)
        photo = photo.crop((left, top, left + WIDTH, top + HEIGHT))
        photo = ImageEnhance.Color(photo).enhance(rng.uniform(0.4, 1.6))
        photo = ImageEnhance.Brightness(photo).enhance(rng.uniform(0.7, 1.3))
        photo.save(folder / f"{index:05d}.jpg", quality=JPEG_QUALITY)
    return folder
