"""Heatmaps compared by number: agreement of a run's models or of several runs, and images ranked by disagreement."""

from __future__ import annotations

import numpy as np

from innv_gui.session.explain.agreement import Agreement
from innv_gui.session.explain.agreements import between_runs
from innv_gui.web.api.blueprint import api, named_model, session
from innv_gui.web.api.common_answers import number
from innv_gui.web.api.explanations.incoming import AgreementQuery, MethodsQuery
from innv_gui.web.api.route import route


@route(api, "GET", "/explanations/<id>/agreement", query=AgreementQuery)
def get_agreement(id: str, query: AgreementQuery):
    """How far the models of a run agree, for each image and as mean and spread over its images."""
    run = session().run(id)
    found = run.agreement_of_models(query.measure, query.target)
    sides = [{"id": model.id, "name": model.name, "letter": model.letter} for model in run.models]
    return {"models": sides, **_shown(found, run.items)}


@route(api, "GET", "/agreement", query=MethodsQuery)
def get_agreement_of_methods(query: MethodsQuery):
    """How far several runs (methods) agree under one model, on the images of the first."""
    current = session()
    runs = [current.run(id) for id in query.ids]
    model = named_model(query.model)
    found = between_runs(runs, model, query.measure, query.target)
    return {
        "runs": [{"id": run.id, "analyzer": run.request.analyzer.name} for run in runs],
        **_shown(found, runs[0].items),
    }


def _shown(found: Agreement, items) -> dict:
    return {
        "measure": found.measure,
        "images": [
            {"index": item.index, "name": item.name, "matrix": _rows(matrix)}
            for item, matrix in zip(items, found.matrices, strict=True)
        ],
        "mean": _rows(found.mean),
        "spread": _rows(found.spread),
        "counts": found.counts.tolist(),
    }


def _rows(matrix: np.ndarray) -> list[list[float | None]]:
    return [[number(float(value)) for value in row] for row in matrix]
