"""Sanity check and stability: what a map becomes when the weights are shuffled, or the image is disturbed a little."""

from __future__ import annotations

from typing import Any

import numpy as np

from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras.explain import explain
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.trust.weights import shuffled
from innv_gui.trust.controls import seed_of
from innv_gui.trust.maps import relative_change, resemblance
from innv_gui.trust.metrics import DRAWS, NOISE, STAGES
from innv_gui.trust.small_maps import small

SEED = 1


def sanity(
    source: ModelSource,
    x: np.ndarray,
    before: np.ndarray,
    analyzer: str,
    params: dict,
    target: Target,
    unchecked: bool,
    probabilities: np.ndarray,
    *more: Any,
) -> tuple[np.ndarray, np.ndarray]:
    """Rank correlations (n, S) with the map before, and the maps after, small (n, S, h, w), for each stage.

    before: (n, H, W, C), the maps of x. more: what else `explain` is given. The explained class stays that of the
    network as it is.
    """
    network, maps = loading.load(source), []
    explain(source, x[:1], analyzer, params, target, unchecked, probabilities[:1], *more)  # compiled as it is
    for _, share in STAGES:
        with shuffled(network, share, SEED):
            found = explain(source, x, analyzer, params, target, unchecked, probabilities, *more)
        maps.append(found.values[:, 0])
    alike = [[resemblance(one, after[row]) for after in maps] for row, one in enumerate(before)]
    return np.array(alike), np.stack([[small(after[row]) for after in maps] for row in range(len(x))])


def stability(
    source: ModelSource,
    x: np.ndarray,
    before: np.ndarray,
    analyzer: str,
    params: dict,
    target: Target,
    unchecked: bool,
    probabilities: np.ndarray,
    *more: Any,
) -> np.ndarray:
    """Relative change of each map (n,), mean over the draws of noise; NaN for a picture of one value: it gets none.

    before, more: as above.
    """
    copies = np.stack([disturbed(image) for image in x], axis=1)  # (D, n, H, W, C)
    asked = (analyzer, params, target, unchecked, probabilities, *more)
    changes = [list(map(relative_change, before, explain(source, one, *asked).values[:, 0])) for one in copies]
    return np.where(np.ptp(x, axis=(1, 2, 3)) > 0, np.mean(changes, axis=0), np.nan)


def disturbed(image: np.ndarray) -> np.ndarray:
    """(H, W, C) -> (D, H, W, C): copies with normal noise of 2 % of the image's own range; of one value, without."""
    rng = np.random.default_rng((seed_of(image), 2))
    spread = NOISE * float(image.max() - image.min())
    return (image + spread * rng.standard_normal((DRAWS, *image.shape))).astype(np.float32)
