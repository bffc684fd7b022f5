"""Runs a view for one model."""

from __future__ import annotations

from typing import Any

import numpy as np

from innv_gui.extensions.calling import told
from innv_gui.records import ModelSource, Preprocessing
from innv_gui.runtimes.code import check_version, function
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.predict.feeding import Feeding
from innv_gui.runtimes.keras.views.selection import Selection
from innv_gui.views import catalog
from innv_gui.views.parts import Part, checked_parts


def view(
    source: ModelSource,
    x: np.ndarray,
    name: str,
    params: dict[str, Any],
    names: tuple[str, ...],
    labels: tuple[str | None, ...],
    class_names: tuple[str, ...],
    code: str = "",
    preprocessing: Preprocessing | None = None,
) -> tuple[Part, ...]:
    """x (n, H, W, C) network input -> the view's parts, checked.

    code: hash of a plug-in's files in the server. preprocessing: how images became x.
    """
    check_version("view", name, catalog.origin, code)
    run = function(catalog.get(name).run["native"])
    feeding = Feeding(preprocessing or Preprocessing(), source.hooks)
    selection = Selection(loading.load(source), name, params, x, names, labels, class_names, feeding)
    return checked_parts(name, told(name, catalog.origin(name), lambda: run(selection)))
