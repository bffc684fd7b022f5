"""The images nearest to one, exactly, by the short vectors of a space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from innv_gui.cluster.pool import Pool
from innv_gui.datasets import square_of
from innv_gui.errors import BadInput
from innv_gui.explore.nearest import nearest_to
from innv_gui.explore.waves import drawn
from innv_gui.records import ImageRef, Model
from innv_gui.session.explain.request import Item
from innv_gui.session.explain.work import prepare
from innv_gui.session.explore.spaces import PIXELS, Short, Space, Spaces

FEWEST, MOST = 1, 100


@dataclass(frozen=True)
class Similar:
    """rows (k,) by rising distance, and the distances; wave of the query, and of each row."""

    space: Space
    rows: np.ndarray
    distances: np.ndarray
    wave: Sequence[float] = field(repr=False)
    waves: Sequence[Sequence[float]] = field(repr=False)
    dimensions: int = 0


def check_count(k: int) -> int:
    """Raises BadInput for fewer than 1 or more than 100 neighbours."""
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not FEWEST <= k <= MOST:
        raise BadInput(f"Expected {FEWEST} to {MOST} neighbours, got {k!r:.40}.", "", "k")
    return int(k)


def similar_to_row(spaces: Spaces, of: str, row: int, k: int) -> Similar:
    """Neighbours of one of the dataset's images, itself left out."""
    space = spaces.space(of)
    short = spaces.short(space)
    place = short.place_of(row)
    if place is None:
        raise BadInput("This image has no features: it could not be scored.", "Choose another image.", "row")
    near, far = nearest_to(short.vectors[place], short.vectors, check_count(k) + 1)
    keep = near != place
    return _found(spaces, space, short, spaces.vector(space, row), near[keep][:k], far[keep][:k])


def similar_to_vector(spaces: Spaces, of: str, vector: np.ndarray, k: int) -> Similar:
    """Neighbours of features (D,) that are none of the dataset's."""
    space = spaces.space(of)
    short = spaces.short(space)
    if not np.isfinite(vector).all():
        raise BadInput(
            "The network gives values that are not numbers for this image.", "Choose another image.", "image"
        )
    near, far = nearest_to(short.components(vector[None])[0], short.vectors, check_count(k))
    return _found(spaces, space, short, vector, near, far)


def _found(spaces: Spaces, space: Space, short: Short, vector: np.ndarray, near, far) -> Similar:
    rows = short.rows[near]
    waves = [drawn(spaces.vector(space, int(row))) for row in rows]
    return Similar(space, rows, far, drawn(vector), waves, short.vectors.shape[1])


def vector_of(pool: Pool, space: Space, model: Model | None, ref: ImageRef) -> np.ndarray:
    """(D,) features of any image in a space. Raises ImageRefused for one that cannot be read."""
    if space.of == PIXELS or model is None:
        pixels = pool.run("images.decode", ref, about=ref.name)  # says what is wrong with it
        return square_of(pixels).astype(np.float32).reshape(-1) / 255
    prepared = prepare(pool, model, [Item(0, ref.name, ref=ref)])
    values = pool.run("keras.output", model.source, prepared.x, space.layer, about=model.name)
    return np.asarray(values[0], np.float32).reshape(-1, values.shape[-1]).max(axis=0)
