"""Which explanation can be trusted? Measured by metrics, beside maps that know nothing of the model."""

from __future__ import annotations

import numpy as np
from flask import Response

from innv_gui.errors import NotFound
from innv_gui.plots.heatmap import render
from innv_gui.records import Model
from innv_gui.session.trust.opened import opened
from innv_gui.session.trust.record import Trust
from innv_gui.session.trust.report import report
from innv_gui.session.trust.request import SHORTLIST, TrustRequest, check_trust
from innv_gui.store.csv_text import frame_csv
from innv_gui.trust import controls, metrics
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.common_incoming import by_index
from innv_gui.web.api.pictures import image_ref, png
from innv_gui.web.api.route import route
from innv_gui.web.api.trust.answers import cost_json, opened_json, trust_json
from innv_gui.web.api.trust.incoming import (
    ExportQuery,
    NewTrust,
    ReplacedQuery,
    RowQuery,
    StageQuery,
    TrustQuery,
    WishedMethod,
)


@route(api, "GET", "/metrics")
def list_metrics():
    """The metrics of explanations as declared, the controls, the fills, and the methods of the shortlist."""
    return {
        "metrics": metrics.describe(),
        "controls": [{"name": name, "summary": controls.SUMMARIES[name]} for name in controls.NAMES],
        "fills": metrics.FILLS,
        "steps": metrics.STEPS,
        "shortlist": SHORTLIST,
    }


@route(api, "POST", "/trust/cost", body=NewTrust)
def ask_trust_cost(body: NewTrust):
    """How many forward passes a table takes, how many are kept, and about how long the others take."""
    return cost_json(session().trust_cost(_request(body)))


@route(api, "POST", "/trust", body=NewTrust, status=202)
def add_trust(body: NewTrust):
    """Begin to measure; goes on as a job. Numbers that are kept are there at once."""
    trust = session().start_trust(_request(body))
    return {"trust": trust_json(trust), "job": trust.job.as_json()}


@route(api, "GET", "/trust/<id>", query=TrustQuery)
def get_trust(id: str, query: TrustQuery):
    """The table, as far as it is measured."""
    trust = _trust(id)
    return trust_json(trust, trust.checked_fill(query.fill) if query.fill else None)


@route(api, "GET", "/trust/<id>/row", query=RowQuery)
def get_trust_row(id: str, query: RowQuery):
    """What is behind one row: curves, images from the worst, what shuffled weights change."""
    trust = _trust(id)
    return opened_json(opened(trust, _model(trust, query.model), query.method, query.fill))


@route(api, "GET", "/trust/<id>/replaced/<int:image>.png", query=ReplacedQuery, answer="image/png")
def get_replaced_picture(id: str, image: int, query: ReplacedQuery):
    """An image with the most relevant share of its blocks replaced, or with nothing else left."""
    trust = _trust(id)
    asked = (_model(trust, query.model), query.method, trust.checked_fill(query.fill), image)
    return png(session().trusts.replaced(trust, *asked, query.share, query.inserted))


@route(api, "GET", "/trust/<id>/maps/<int:image>.png", query=StageQuery, answer="image/png")
def get_stage_map(id: str, image: int, query: StageQuery):
    """A map before, or after a stage of shuffled weights; small, without the image."""
    trust = _trust(id)
    model = _model(trust, query.model)
    values = session().trusts.stage(trust, model, query.method, image, query.stage)
    method = trust.row(query.method).explained.analyzer
    kind, colormap = ("cam", method.display.colormap) if not method.signed else ("signed", "seismic")
    white = np.full((*values.shape, 1), 255, np.uint8)
    return png(render(white, values[..., None], kind, colormap, 1.0, 99.5, bar=False, scale_px=192))


@route(api, "GET", "/trust/<id>/table.csv", query=ExportQuery, answer="text/csv")
def get_trust_table(id: str, query: ExportQuery):
    """The table as CSV: means with intervals, or every number."""
    trust = _trust(id)
    frame = trust.frame if query.numbers else trust.summary
    answer = Response(frame_csv(frame), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{"numbers" if query.numbers else "trust"}.csv"'
    return answer


@route(api, "GET", "/trust/<id>/report.html", answer="text/html")
def get_trust_report(id: str):
    """The table as a page of its own, with the sentence, the intervals and the curves."""
    answer = Response("".join(report(_trust(id))), mimetype="text/html")
    answer.headers["Content-Disposition"] = 'attachment; filename="trust.html"'
    return answer


def _request(body: NewTrust) -> TrustRequest:
    current = session()
    models = [current.models.get(id) for id in dict.fromkeys(body.models)]
    dataset, images = current.datasets.get(body.dataset), list(dict.fromkeys(body.images))
    for index in images:
        image_ref(body.dataset, index)
    methods = body.methods and [
        (one.analyzer, one.params) if isinstance(one, WishedMethod) else one for one in body.methods
    ]
    return check_trust(
        models,
        dataset[images],
        methods,
        body.metrics,
        fills=body.fills,
        steps=body.steps,
        regions=by_index(body.regions) or None,
        class_=body.class_,
        unchecked=body.unchecked,
    )


def _trust(id: str) -> Trust:
    return session().trusts.get(id)


def _model(trust: Trust, id: str) -> Model:
    found = next((model for model in trust.request.models if model.id == id), None)
    if found is None:
        raise NotFound(f"The table has no model {id!r:.60}.", "Measure it as well.", "model")
    return found
