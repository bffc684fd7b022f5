"""How images compare with each other in the models' activations."""

from __future__ import annotations

import numpy as np

from innv_gui.session.suggest.ground import Ground
from innv_gui.suggestions.declaration import Reason
from innv_gui.suggestions.neighbours import ALMOST_SAME, EXACT, N_NEIGHBOURS, isolation, reference_rows


def _near_duplicates(ground: Ground) -> np.ndarray:
    if ground.features.few:
        same = ground.features.same_place().any(axis=1)
        return ground.everywhere(ground.features.rows(), np.where(same, 1.0, np.nan))
    similarity = ground.features.nearest().similarity
    values = np.where(similarity >= ALMOST_SAME, similarity, np.nan)
    return ground.everywhere(ground.features.rows(), values)


def _near_duplicates_reason(ground: Ground, row: int, value: float) -> str:
    other, where = ground.name(ground.features.partner(row)), ground.features.where
    if ground.features.few:
        return f"The same activations as {other} in {where}: images differ in too few directions there to say more."
    found = "" if ground.features.nearest().exact else f" Above {EXACT:,} images pairs are found by hashing."
    return f"Cosine similarity {value:.4f} with {other} in {where}.{found}"


def _least_similar(ground: Ground) -> np.ndarray:
    if ground.features.few:
        far = ground.features.closest()[0]
        return ground.everywhere(ground.features.rows(), far.mean(axis=1) if far.size else np.full(len(far), np.nan))
    features = ground.features.all()
    return ground.everywhere(ground.features.rows(), isolation(features, reference_rows(len(features))))


def _least_similar_reason(ground: Ground, row: int, value: float) -> str:
    values = ground.numbers.peek(("list values", "least_similar"))
    usual = ground.numbers.kept(("usual distance",), lambda: float(np.nanmedian(values)))
    n = len(ground.features.rows())
    if ground.features.few:
        return (
            f"Mean distance {value:.3f} to its {min(N_NEIGHBOURS, n - 1)} nearest images in {ground.features.where}, "
            f"where 1 is the spread of all; for half of all images it is below {usual:.3f}."
        )
    among = len(reference_rows(n))
    of = f" of a sample of {among:,}" if among < n else ""
    return (
        f"Mean cosine distance {value:.3f} to its {min(N_NEIGHBOURS, among - 1)} nearest images{of}; for half of all "
        f"images it is below {usual:.3f}."
    )


REASONS = (
    Reason(
        "near_duplicates",
        "Almost the same",
        "Two images with nearly the same activations; one of each group is shown.",
        _near_duplicates,
        _near_duplicates_reason,
        similarity=True,
        one_class=False,
        place=6,
    ),
    Reason(
        "least_similar",
        "Unlike the rest",
        "Far from even the nearest other images.",
        _least_similar,
        _least_similar_reason,
        similarity=True,
        one_class=False,
        place=7,
    ),
)
