"""What is painted out, as masks in the geometry of a network's input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from innv_gui.datasets import geometry
from innv_gui.errors import BadInput
from innv_gui.records import Model
from innv_gui.session.explain.request import Item
from innv_gui.session.trust.regions import OWN, Boxes, Regions, check_regions
from innv_gui.workshop.retraining import typical

MOST_PAINTED = 0.98  # of an image: beyond, nothing is left to learn from


@dataclass(frozen=True, eq=False)
class Painted:
    """masks: bool (n, H, W), or (1, H, W) for all images alike. count: images that a person painted."""

    masks: np.ndarray
    count: int

    @property
    def share(self) -> float:
        """Of an image, on average."""
        return float(self.masks.mean())


def painted(wish, items: Sequence[Item], model: Model, decode: Callable) -> Painted:
    """wish: boxes for all images; a table from image (index or name) to boxes or a mask; a folder of masks; or OWN,
    the sky of the sample set weather. Images without paint get what at least half of the painted ones have.

    decode: ImageRef -> pixels. Raises BadInput for no paint, for a region that is none, and where nothing is left.
    """
    if not isinstance(wish, str) and (wish is None or not len(wish)):
        raise BadInput("Nothing is painted; expected a region on at least one image.", "Paint a part.", "regions")
    shape = geometry.size_of(model.input_shape)
    regions, for_all = _regions(wish, items)
    if for_all and model.preprocessing.resize == "stretch":
        masks = regions.mask(0, items[0], model, shape, lambda ref: np.zeros(shape))[None]
    else:
        masks = _masks(regions, items, model, shape, decode, inverted=isinstance(wish, str) and wish == OWN)
    _check(masks)
    return Painted(masks, len(regions.of))


def _regions(wish, items: Sequence[Item]) -> tuple[Regions, bool]:
    if isinstance(wish, Mapping | str) or not isinstance(wish, Sequence):
        return check_regions(wish, items), False
    region = check_regions({items[0].index: wish}, items).of[0]
    return Regions(dict.fromkeys(range(len(items)), region)), isinstance(region, Boxes)


def _masks(regions: Regions, items, model: Model, shape: tuple, decode: Callable, inverted: bool) -> np.ndarray:
    """inverted: a sample set knows where the evidence should be, and painted out is the rest."""
    masks = np.zeros((len(items), *shape), bool)
    for position in regions.of:
        masks[position] = regions.mask(position, items[position], model, shape, decode) != inverted
    return typical(masks)


def _check(masks: np.ndarray) -> None:
    shares = masks.mean(axis=(1, 2))
    if not shares.any():
        message = "The painted regions hold no pixel of the network's input."
        raise BadInput(message, "Paint a larger part.", "regions")
    if shares.min() > MOST_PAINTED:
        message = f"{shares.min():.0%} of every image is painted: nothing is left to learn from."
        raise BadInput(message, "Paint less.", "regions")
