"""Explanations on Keras 3: of classes at spatial layers, and of neurons of any layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from innv_gui import analyzers
from innv_gui.analyzers.declaration import Targets
from innv_gui.records import Maps, ModelSource, Preprocessing, Target
from innv_gui.runtimes.code import check_version
from innv_gui.runtimes.keras.attribution import explain as attribution
from innv_gui.runtimes.keras.cam import explain as cam
from innv_gui.runtimes.keras.predict.feeding import Feeding


def explain(
    source: ModelSource,
    x: np.ndarray,
    analyzer: str,
    params: dict,
    target: Target,
    unchecked: bool,
    probabilities: np.ndarray,
    code: str = "",
    preprocessing: Preprocessing | None = None,
    fit: str = "",
    *,
    stopped: Callable[[], bool] = lambda: False,
    make_way: Callable[[], bool] = lambda: False,
) -> Maps:
    """x (N, H, W, C) network input -> Maps with values (N, T, H, W, C); see the two modules for what they refuse.

    code: hash of a plug-in's files as the server knows it, empty for what is built in. preprocessing: how images became
    x. fit: folder of what was fitted. stopped: asked between two steps of a method that takes many. make_way: not
    asked, as a person waits for this.
    """
    check_version("method", analyzer, analyzers.origin, code)
    if analyzers.get(analyzer).targets == Targets.CAM:
        return cam.explain(source, x, analyzer, params, target, probabilities)
    feeding = Feeding(preprocessing or Preprocessing(), source.hooks)
    return attribution.explain(source, x, analyzer, params, target, unchecked, probabilities, feeding, stopped, fit)
