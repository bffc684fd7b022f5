"""The region where the evidence should be: drawn, from mask files, or what a sample set knows of its pictures."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from innv_gui.datasets import geometry
from innv_gui.errors import BadInput
from innv_gui.file_state import file_state
from innv_gui.named_path import named_path
from innv_gui.records import ImageRef, Model
from innv_gui.samples.own_masks import own_mask
from innv_gui.session.explain.request import Item
from innv_gui.session.trust.mask_files import masks_of

MOST_BOXES = 50
OWN = "samples"  # what a sample set knows of its pictures


@dataclass(frozen=True)
class Boxes:
    """Rectangles (left, top, right, bottom), in shares of the image's width and height."""

    boxes: tuple[tuple[float, float, float, float], ...]

    @property
    def key(self) -> list:
        """What makes it the same region."""
        return ["boxes", *map(list, self.boxes)]

    def mask(self, height: int, width: int) -> np.ndarray:
        """(height, width) bool: pixels whose centre is in one of them."""
        rows, columns = (np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width
        found = np.zeros((height, width), bool)
        for left, top, right, bottom in self.boxes:
            found |= ((rows >= top) & (rows <= bottom))[:, None] & ((columns >= left) & (columns <= right))[None]
        return found


@dataclass(frozen=True)
class Mask:
    """(H, W) bool, in the proportions of the image."""

    pixels: np.ndarray = field(compare=False, repr=False)

    @property
    def key(self) -> list:
        """What makes it the same region."""
        return ["mask", *self.pixels.shape, hashlib.sha256(np.packbits(self.pixels).tobytes()).hexdigest()]


@dataclass(frozen=True)
class MaskFile:
    """A picture whose bright pixels are the region; decoded by a worker when it is needed."""

    ref: ImageRef

    @property
    def key(self) -> list:
        """What makes it the same region."""
        return ["file", self.ref.path, *file_state(self.ref.path)]


@dataclass(frozen=True)
class Regions:
    """By position among the images; images without a region are left out of what needs one."""

    of: Mapping[int, Boxes | Mask | MaskFile] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.of)

    def key(self, position: int) -> list | None:
        """For the key of a measurement."""
        region = self.of.get(position)
        return None if region is None else region.key

    def mask(self, position: int, item: Item, model: Model, shape: tuple[int, int], decode: Callable) -> np.ndarray:
        """(H, W) bool in the geometry of the network input. shape: (H, W). decode: ImageRef -> pixels."""
        region = self.of[position]
        if isinstance(region, MaskFile):
            pixels = np.asarray(decode(region.ref), np.float32)
            pixels = pixels.mean(axis=-1) if pixels.ndim == 3 else pixels
            region = Mask(pixels > 127.5)
        if item.row is not None:
            return region.mask(*shape) if isinstance(region, Boxes) else _fitted(region.pixels, shape, "stretch")
        if isinstance(region, Boxes):
            size = np.asarray(decode(item.ref)).shape[:2]
            return _fitted(region.mask(*size), shape, model.preprocessing.resize)
        return _fitted(region.pixels, shape, model.preprocessing.resize)


def _fitted(mask: np.ndarray, shape: tuple[int, int], resize: str) -> np.ndarray:
    grey = mask.astype(np.float32)[..., None] * 255
    return geometry.fitted(grey, *shape, 1, resize)[..., 0] > 127.5


def check_regions(wish, items: Sequence[Item]) -> Regions:
    """None; OWN; a folder of masks, one per image by name; or a table from image (name or index) to boxes or a mask.

    Raises BadInput for a folder without a mask for any of the images, for an image that is not among them, and for
    boxes that are none.
    """
    if wish is None or isinstance(wish, Regions):
        return wish or Regions()
    if wish == OWN:
        return Regions(_own(items))
    if isinstance(wish, str | Path):
        return Regions(_from_folder(named_path(wish, "regions"), items))
    if not isinstance(wish, Mapping):
        raise BadInput(f"Expected regions by image, or a folder of masks, got {type(wish).__name__}.", "", "regions")
    places = {name: position for position, item in enumerate(items) for name in (item.name, item.index)}
    count = Counter(item.name for item in items)
    found = {}
    for image, region in wish.items():
        if image not in places:
            raise BadInput(f"There is a region for {image!r:.80}, which is not one of the images.", "", "regions")
        if count[image] > 1:
            raise BadInput(f"{count[image]} images are called {image!r:.80}.", "Name them by their index.", "regions")
        if places[image] in found:
            raise BadInput(
                f"The image {image!r:.80} has two regions.", "Give all boxes of an image at once.", "regions"
            )
        found[places[image]] = _region(region)
    return Regions(found)


def _own(items: Sequence[Item]) -> dict[int, Mask]:
    masks = {place: own_mask(item.ref.path) for place, item in enumerate(items) if item.ref is not None}
    found = {place: Mask(mask) for place, mask in masks.items() if mask is not None}
    if not found:
        hint = "Draw boxes, or give a folder of masks."
        raise BadInput("These images have no masks of their own: only the sample set weather has.", hint, "regions")
    return found


def _from_folder(folder: Path, items: Sequence[Item]) -> dict[int, MaskFile]:
    paths = [None if item.ref is None else f"{item.ref.path} {item.ref.key} {item.ref.index}" for item in items]
    found = masks_of(folder, [item.name for item in items], paths)
    return {position: MaskFile(ImageRef(path.name, str(path.resolve()))) for position, path in found.items()}


def _region(wish) -> Boxes | Mask:
    if isinstance(wish, np.ndarray):
        if wish.ndim != 2 or not wish.size:
            raise BadInput(f"Expected a mask (H, W), got an array of shape {wish.shape}.", "", "regions")
        return Mask(np.asarray(wish) > 0)
    boxes = list(wish) if isinstance(wish, Sequence) and not isinstance(wish, str) else [None]
    if not 0 < len(boxes) <= MOST_BOXES:
        raise BadInput(f"Expected 1 to {MOST_BOXES} boxes per image, got {len(boxes)}.", "", "regions")
    return Boxes(tuple(map(_box, boxes)))


def _box(wish) -> tuple[float, float, float, float]:
    try:
        left, top, right, bottom = (float(one) for one in wish)
    except (TypeError, ValueError):
        left = top = right = bottom = float("nan")
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise BadInput(
            f"Expected a box (left, top, right, bottom) as fractions of the image, 0 to 1, got {wish!r:.80}.",
            "",
            "regions",
        )
    return left, top, right, bottom
