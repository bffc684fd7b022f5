"""The images of a plan as network input, and what fills their painted parts. The last plans' stay in the worker."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import distance_transform_edt

from innv_gui import datasets
from innv_gui.errors import BadInput, ImageRefused
from innv_gui.records import Problem
from innv_gui.runtimes.keras.maximize.starts import as_input, valid_range
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.workshop.retraining import RetrainPlan

MOST_BYTES = 2 * 2**30  # of a plan, and of all that are kept
MOST_KEPT = 3

_known: OrderedDict[str, Pictures] = OrderedDict()


@dataclass(frozen=True, eq=False)
class Pictures:
    """x: (n, H, W, C) float32 network input. used: (n,) bool, readable. nearest: (n, H, W) int32, for each pixel the
    nearest painted one, flat; None where all images have the same part painted. low, high: (C,), black and white."""

    x: np.ndarray
    used: np.ndarray
    nearest: np.ndarray | None
    low: np.ndarray
    high: np.ndarray
    problems: tuple[Problem, ...] = ()

    def filled(self, rows: np.ndarray, masks: np.ndarray, donors: np.ndarray) -> np.ndarray:
        """(b, H, W, C): images `rows` whose painted parts, masks (b, H, W), come from the images `donors`.

        Where a donor's own painted part does not reach, it is drawn out: its nearest painted pixel stands there, so
        that nothing of what was not painted is carried along.
        """
        return np.where(masks[..., None], self._drawn_out(donors), self.x[rows])

    def _drawn_out(self, donors: np.ndarray) -> np.ndarray:
        found = self.x[donors]
        if self.nearest is None:
            return found
        n, height, width, channels = found.shape
        places = self.nearest[donors].reshape(n, -1, 1)
        return np.take_along_axis(found.reshape(n, -1, channels), places, axis=1).reshape(found.shape)

    def plain(self, rows: np.ndarray, masks: np.ndarray, fill: str, rng: np.random.Generator) -> np.ndarray:
        """(b, H, W, C): the same with noise, or with one colour per image, between black and white."""
        shape = self.x[rows].shape if fill == "noise" else (len(rows), 1, 1, self.x.shape[-1])
        drawn = self.low + (self.high - self.low) * rng.random(shape, np.float32)
        return np.where(masks[..., None], drawn, self.x[rows]).astype(np.float32)


def pictures(network: Network, plan: RetrainPlan) -> Pictures:
    """Decoded and prepared once. Raises BadInput for more than fits into memory, and where no image can be read."""
    if plan.id not in _known:
        _known[plan.id] = _made(network, plan)
        while len(_known) > 1 and (len(_known) > MOST_KEPT or _n_bytes() > MOST_BYTES):
            _known.popitem(last=False)
    _known.move_to_end(plan.id)
    return _known[plan.id]


def _n_bytes() -> int:
    return sum(one.x.nbytes for one in _known.values())


def _made(network: Network, plan: RetrainPlan) -> Pictures:
    images, used, problems = _decoded(plan)
    if not images:
        raise BadInput("None of these images can be read.", "Open the dataset again.", "images")
    x = np.zeros(
        (len(plan.refs), *as_input(network, plan.source, plan.preprocessing, images[:1]).shape[1:]), np.float32
    )
    _check_size(x)
    for row, image in zip(np.flatnonzero(used), images, strict=True):
        x[row] = as_input(network, plan.source, plan.preprocessing, [image])[0]
    low, high, _ = valid_range(network, plan.source, plan.preprocessing)
    return Pictures(x, used, _nearest(plan.masks), low, high, tuple(problems))


def _decoded(plan: RetrainPlan) -> tuple[list[np.ndarray], np.ndarray, list[Problem]]:
    images, used, problems = [], np.zeros(len(plan.refs), bool), []
    for row, ref in enumerate(plan.refs):
        try:
            images.append(datasets.decode(ref))
            used[row] = True
        except ImageRefused as error:
            problems.append(Problem(ref.name, str(error)))
    return images, used, problems


def _check_size(x: np.ndarray) -> None:
    if x.nbytes > MOST_BYTES:
        fitting = int(len(x) * MOST_BYTES / x.nbytes)
        message = f"{len(x):,} images of this size need {x.nbytes / 2**30:.1f} GB of memory."
        raise BadInput(message, f"Choose at most {fitting:,} images.", "images")


def _nearest(masks: np.ndarray) -> np.ndarray | None:
    """Flat places of the nearest painted pixels; of an image without paint every pixel's own place."""
    if len(masks) == 1 or not (masks != masks[:1]).any():
        return None
    n, height, width = masks.shape
    places = np.broadcast_to(np.arange(height * width, dtype=np.int32).reshape(1, height, width), masks.shape).copy()
    for row, mask in enumerate(masks):
        if mask.any():
            rows, columns = np.asarray(distance_transform_edt(~mask, return_distances=False, return_indices=True))
            places[row] = rows * width + columns
    return places
