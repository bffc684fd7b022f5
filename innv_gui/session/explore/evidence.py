"""How far the heatmaps of an exploration's models agree, as a ranking of the same session measured it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from innv_gui.records import Model
from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.ranking import Ranking


def ranking_of(rankings: Iterable[Ranking], models: tuple[Model, ...], dataset: Dataset) -> Ranking | None:
    """The first that compares just these models on images of this dataset, and has some; None without one."""
    wanted = _meant(models)
    for ranking in rankings:
        images = ranking.request.dataset
        same = images is not None and images.collection is dataset.collection
        if same and _meant(ranking.request.models) == wanted and ranking.n_ranked:
            return ranking
    return None


def _meant(models: Iterable[Model]) -> set:
    """Two outputs of one file, or one file under two rules, are two models."""
    return {(model.source.identity, model.preprocessing) for model in models}


def agreement(ranking: Ranking, dataset: Dataset) -> np.ndarray:
    """(n,) float32 per row of the dataset: mean over the pairs of models, -1..1; NaN where it was not measured."""
    positions = np.asarray(dataset.positions())
    order = np.argsort(positions, kind="stable")
    ranked = ranking.rows
    indices = np.array([one.index for one in ranked])
    rows = order[np.minimum(np.searchsorted(positions, indices, sorter=order), len(order) - 1)]
    there = positions[rows] == indices
    found = np.full(len(dataset), np.nan, np.float32)
    found[rows[there]] = np.array([one.agreement for one in ranked], np.float32)[there]
    return found
