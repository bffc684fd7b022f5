"""Suggestions: score, look at plots, see the images behind a bin, a box, some rows or a list."""

from __future__ import annotations

from innv_gui.errors import BadInput, NotFound
from innv_gui.records import as_plain
from innv_gui.session.kept import has_scores
from innv_gui.session.suggest.request import check_suggestion
from innv_gui.session.suggest.selection import Choice, select
from innv_gui.session.suggest.views import PlotWish
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.common_incoming import MOST_INDICES
from innv_gui.web.api.route import route
from innv_gui.web.api.suggestions.answers import images_json, plot_json, prepare_plots, suggestion_json
from innv_gui.web.api.suggestions.incoming import (
    GalleryQuery,
    NewSuggestion,
    PlotLook,
    ProblemsQuery,
    SelectionQuery,
)
from innv_gui.web.api.tables import table_answer


@route(api, "POST", "/suggestions", body=NewSuggestion, status=202)
def add_suggestion(body: NewSuggestion):
    """Score a dataset under one or many models; goes on as a job, what is kept is not computed again."""
    current = session()
    models = [current.models.get(id) for id in dict.fromkeys(body.models)]
    dataset = current.datasets.get(body.dataset)
    suggestion = current.start_suggest(models, dataset, body.layers, body.neuron, body.class_)
    prepare_plots()
    return {"suggestion": suggestion_json(suggestion), "job": suggestion.job.as_json()}


@route(api, "POST", "/suggestions/kept", body=NewSuggestion)
def ask_kept_scores(body: NewSuggestion):
    """Whether every score of this request is kept, so that asking for it computes nothing."""
    current = session()
    models = [current.models.get(id) for id in dict.fromkeys(body.models)]
    wish = (current.datasets.get(body.dataset), body.layers, body.neuron, body.class_)
    return {"kept": has_scores(current.scoring.scores, check_suggestion(models, *wish))}


@route(api, "GET", "/suggestions")
def list_suggestions():
    """All suggestions of this session, newest first."""
    return {"suggestions": [suggestion_json(suggestion) for suggestion in session().suggestions()]}


@route(api, "GET", "/suggestions/<id>")
def get_suggestion(id: str):
    """How far a suggestion is, and which plots and lists it has."""
    return suggestion_json(session().suggestion(id))


@route(api, "GET", "/suggestions/<id>/plots/<kind>", query=PlotLook)
def get_suggestion_plot(id: str, kind: str, query: PlotLook):
    """A plot as a Bokeh JSON item, with its numbers; cells with counts where `dots_at_most` is exceeded."""
    look = {"theme": query.theme, "width": query.width, "height": query.height}
    return plot_json(session().suggestion(id), _wish(query, _kind(kind)), look)


def _kind(kind: str) -> str:
    allowed = ("scatter", "distance", "layer", "neuron")
    if kind not in allowed:
        raise NotFound(f"There is no plot {kind!r}.", f"Expected {', '.join(allowed)}.", "kind", allowed)
    return kind


def _wish(query: PlotLook | SelectionQuery, kind: str) -> PlotWish:
    return PlotWish(
        kind,
        query.model,
        query.layer,
        query.neuron,
        query.class_,
        query.group,
        query.binning,
        (query.x0, query.x1),
        (query.y0, query.y1),
        query.conditions,
    )


def _selected(id: str, query: SelectionQuery, sort: str | None = None, order: str | None = None):
    suggestion = session().suggestion(id)
    filtered = query.group is not None or query.conditions
    kind = query.plot or ("scatter" if len(suggestion.models) > 1 else "layer") if query.plot or filtered else None
    if query.bin is not None and query.plot is None:
        raise BadInput("A bin belongs to a plot.", "Say which: plot=distance, layer or neuron.", "plot")
    choice = Choice(query.bin, query.indices, query.list_)
    falling = None if order is None else order == "desc"
    return suggestion, select(suggestion, _wish(query, kind) if kind else None, choice, sort, falling)


@route(api, "GET", "/suggestions/<id>/images", query=GalleryQuery)
def list_suggestion_images(id: str, query: GalleryQuery):
    """A page of the images behind a bin, a box, some rows or a list, with every number that was used."""
    suggestion, found = _selected(id, query, query.sort, query.order)
    return images_json(suggestion, found, query.page, query.size)


@route(api, "GET", "/suggestions/<id>/indices", query=SelectionQuery)
def list_suggestion_indices(id: str, query: SelectionQuery):
    """All of these images by index, at most 100 000."""
    suggestion, found = _selected(id, query)
    rows = found.rows[:MOST_INDICES].tolist()
    return {"total": len(found.rows), "indices": [suggestion.index_of(row) for row in rows]}


@route(api, "GET", "/suggestions/<id>/scores.csv", answer="text/csv")
def get_suggestion_csv(id: str):
    """All scores as CSV."""
    return table_answer(session().suggestion(id).save, "scores", ".csv")


@route(api, "GET", "/suggestions/<id>/scores.parquet", answer="application/vnd.apache.parquet")
def get_suggestion_parquet(id: str):
    """All scores as Parquet."""
    return table_answer(session().suggestion(id).save, "scores", ".parquet")


@route(api, "GET", "/suggestions/<id>/problems", query=ProblemsQuery)
def list_suggestion_problems(id: str, query: ProblemsQuery):
    """Images that could not be scored, with the reason."""
    table, start = session().suggestion(id).table, (query.page - 1) * query.size
    found = table.problems(start, start + query.size)
    return {"total": table.n_problems(), "page": query.page, "problems": [as_plain(problem) for problem in found]}
