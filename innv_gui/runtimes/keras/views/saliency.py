"""The view of saliency (Simonyan et al. 2013) class by class."""

from __future__ import annotations

import numpy as np

from innv_gui.runtimes.keras.views.likeliest import likeliest, named
from innv_gui.runtimes.keras.views.selection import Selection
from innv_gui.views.parts import Overlay

CAPTION = (
    "The largest derivative of the class's score over the colour channels, without its sign, divided by its largest "
    "value: bright = a small change there moves the score most."
)


def saliency(selection: Selection) -> list[Overlay]:
    """One part per image: of each likely class max over channels of |d score / dx|, divided by its maximum."""
    p = selection.probabilities()
    classes = likeliest(p)
    maps = np.stack([_sizes(selection.gradient(classes[:, place])) for place in range(classes.shape[1])], axis=1)
    names = [
        [f"{name} {own[index]:.3f}" for name, index in zip(named(selection, found), found, strict=True)]
        for found, own in zip(classes, p, strict=True)
    ]
    return [
        Overlay(name, picture, dict(zip(said, own, strict=True)), CAPTION)
        for name, picture, said, own in zip(selection.names, selection.pictures(), names, maps, strict=True)
    ]


def _sizes(gradient: np.ndarray) -> np.ndarray:
    """(n, H, W, C) -> (n, H, W) from 0 to 1; a map of zeros stays as it is."""
    sizes = np.abs(gradient).max(axis=-1)
    most = sizes.max(axis=(1, 2), keepdims=True)
    return np.divide(sizes, most, out=np.zeros_like(sizes), where=most > 0)
