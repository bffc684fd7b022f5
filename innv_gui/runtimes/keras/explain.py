"""Explanations on Keras 3: the CAM family, and attribution by our own engine."""

from __future__ import annotations

import numpy as np

from innv_gui.records import Maps, ModelSource, Target
from innv_gui.runtimes.keras.attribution import explain as attribution
from innv_gui.runtimes.keras.cam import explain as cam


def explain(
    source: ModelSource,
    x: np.ndarray,
    analyzer: str,
    params: dict,
    target: Target,
    unchecked: bool,
    probabilities: np.ndarray,
) -> Maps:
    """x (N, H, W, C) network input -> Maps with values (N, T, H, W, C); see the two modules for what they refuse."""
    if analyzer in cam.ANALYZERS:
        return cam.explain(source, x, analyzer, params, target, probabilities)
    return attribution.explain(source, x, analyzer, params, target, unchecked, probabilities)
