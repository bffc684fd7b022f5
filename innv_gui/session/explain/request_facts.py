"""What a file says of how its maps were made."""

from __future__ import annotations

import contextlib
import importlib.metadata

from innv_gui.records import Model
from innv_gui.session.explain.request import Request
from innv_gui.version import VERSION


def versions() -> dict[str, str]:
    """What made the numbers: our version and those of the libraries that compute."""
    found = {"innv-gui": VERSION}
    for name in ("tensorflow", "keras", "tf-keras", "innvestigate"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def layer_of(request: Request, model: Model) -> str:
    """The layer a run aims at in this model, chosen or by default."""
    target = request.targets[request.models.index(model)]
    if target.layer:
        return target.layer
    is_cam = request.analyzer.targets.value == "cam"
    return (model.facts.cam_layer or "") if is_cam else model.facts.explained_layer
