"""How far heatmaps of the same image agree, as numbers.

Maps of networks with the same input size and resize rule are compared pixel by pixel. Others are first brought back to
the image's own geometry (`datasets.geometry.placed_back`); what one of the two never saw is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from innv_gui.agreement import MEASURES, matrix
from innv_gui.datasets.geometry import placed_back
from innv_gui.errors import BadInput
from innv_gui.records import Model
from innv_gui.store.maps import KeptMap

Found = tuple[Model, KeptMap] | None


@dataclass(frozen=True)
class Agreement:
    """matrices: (images, n, n) float64, NaN where two maps cannot be compared."""

    measure: str
    matrices: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """(n, n) over the images that have a number."""
        return np.nansum(self.matrices, axis=0) / np.maximum(self.counts, 1) + np.where(self.counts, 0, np.nan)

    @property
    def spread(self) -> np.ndarray:
        """(n, n) standard deviation over the images that have a number."""
        squares = np.nansum((self.matrices - self.mean) ** 2, axis=0) / np.maximum(self.counts, 1)
        return np.sqrt(squares) + np.where(self.counts, 0, np.nan)

    @property
    def counts(self) -> np.ndarray:
        """(n, n) how many images have a number."""
        return np.isfinite(self.matrices).sum(axis=0)


def checked_measure(measure: str) -> str:
    """One of MEASURES, or BadInput."""
    if measure not in MEASURES:
        allowed = tuple(MEASURES)
        raise BadInput(f"Unknown measure {measure!r}.", f"Expected {' or '.join(allowed)}.", "measure", allowed)
    return measure


def agreement_of(rows: Iterable[Sequence[Found]], measure: str, target: int = 0) -> Agreement:
    """Of the maps of each image, given as one row per image, every pair."""
    checked_measure(measure)
    return Agreement(measure, np.stack([matrix(comparable(row, target), measure) for row in rows]))


def comparable(found: Sequence[Found], target: int = 0) -> list[np.ndarray | None]:
    """Maps of one image as (H, W) in one geometry; None where there is none."""
    there = [one for one in found if one is not None]
    ways = {(kept.values.shape[1:3], model.preprocessing.resize) for model, kept in there}
    if len(ways) < 2:
        return [None if one is None else heatmap(one[1], target) for one in found]
    size = next((kept.image_size for _, kept in there if kept.image_size is not None), None)
    if size is None:
        raise BadInput(
            "Arrays for networks of different input sizes cannot be compared.",
            "Explain image files, which have a size of their own.",
            "models",
        )
    return [
        None if one is None else placed_back(heatmap(one[1], target), size, one[0].preprocessing.resize)
        for one in found
    ]


def heatmap(kept: KeptMap, target: int = 0) -> np.ndarray:
    """(H, W) float64: relevance summed over channels."""
    with np.errstate(all="ignore"):  # a map with NaN or infinity is compared where it has numbers
        return kept.values[target].sum(axis=-1, dtype=np.float64)
