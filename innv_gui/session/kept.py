"""What is kept already: whether a request could be answered from the workspace, without computing anything."""

from __future__ import annotations

from pathlib import Path

from innv_gui.errors import ImageRefused
from innv_gui.session.explain.map_keys import map_key
from innv_gui.session.explain.request import Request
from innv_gui.session.scoring.scoring import open_folder, score_path
from innv_gui.session.suggest.request import SuggestionRequest
from innv_gui.store.maps import MapStore
from innv_gui.store.score_parts import read_about


def has_maps(store: MapStore, request: Request) -> bool:
    """Whether every map of the request is kept."""
    pairs = zip(request.models, request.targets, strict=True)
    try:
        return all(
            store.has(map_key(request, model, target, item)) for model, target in pairs for item in request.items
        )
    except ImageRefused:  # an image that is gone has no map
        return False


def has_scores(scores: Path, request: SuggestionRequest) -> bool:
    """Whether every score of the request is kept; whether its images have changed since is not looked at."""
    measured, dataset = request.measured(), request.dataset
    if any(read_about(score_path(scores, model, dataset)) is None for model in request.models):
        return False  # a folder is only begun by a job
    folders = [open_folder(scores, model, dataset, measured[model.id]) for model in request.models]
    return all(folder.is_finished(part) for folder in folders for part in range(folder.n_parts))
