"""Images in the order in which models disagree about evidence."""

from __future__ import annotations

from innv_gui.errors import ImageRefused, NotFound
from innv_gui.plots.heatmap import render
from innv_gui.records import Model
from innv_gui.session.explain.ranking import Ranked, Ranking, map_keys
from innv_gui.session.explain.request import Request
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.common_answers import fed_json, number, origin_json
from innv_gui.web.api.explanations.incoming import NewRanking, RankingQuery
from innv_gui.web.api.explanations.request import checked_request, request_of
from innv_gui.web.api.pictures import png
from innv_gui.web.api.route import route

MOST_LISTED = 1000


@route(api, "POST", "/rankings", body=NewRanking, status=202)
def add_ranking(body: NewRanking):
    """Rank images by how much models disagree about the evidence; goes on as a job. No images: the whole dataset."""
    ranking = session().start_ranking(checked_request(body), body.measure)
    return {"ranking": _ranking_json(ranking), "job": ranking.job.as_json()}


@route(api, "POST", "/rankings/kept", body=NewRanking)
def ask_kept_ranking(body: NewRanking):
    """Whether every map of this ranking is kept, so that asking for it explains nothing."""
    return {"kept": session().has_maps(request_of(body))}


@route(api, "GET", "/rankings/<id>", query=RankingQuery)
def get_ranking(id: str, query: RankingQuery):
    """A page of a ranking, least agreement first; grows while the job runs."""
    ranking = session().ranking(id)
    head = _ranking_json(ranking)  # before the rows: a job that has ended has put all of them
    ranked = ranking.rows
    rows = [row for row in ranked if query.same_answer is None or row.same_answer == query.same_answer]
    page = rows[query.page * query.size : (query.page + 1) * query.size]
    return {
        **head,
        "total": len(rows),
        "n_ranked": len(ranked),
        "n_same_answer": sum(row.same_answer for row in ranked),
        "rows": [_row(ranking, row) for row in page],
        "problems": [{"name": problem.name, "reason": problem.reason} for problem in ranking.problems[:100]],
    }


def _ranking_json(ranking: Ranking) -> dict:
    request = ranking.request
    return {
        "id": ranking.id,
        "measure": ranking.measure,
        "analyzer": request.analyzer.name,
        "params": request.params,
        "unchecked": request.unchecked,
        "dataset": request.dataset.id,
        "n_images": len(request.items),
        "images": _few(request),
        "models": [_ranked_model(model, request) for model in request.models],
        "status": ranking.job.status,
        "job": ranking.job.as_json(),
        "n_problems": len(ranking.problems),
    }


def _few(request: Request) -> list[int] | None:
    """Which images, where they are so few that each answer can list them."""
    return [item.index for item in request.items] if len(request.items) <= MOST_LISTED else None


def _ranked_model(model: Model, request: Request) -> dict:
    naming = request.naming(session().models.current(model))
    return {"id": model.id, "name": model.name, "letter": model.letter} | fed_json(model) | origin_json(naming)


@route(api, "GET", "/rankings/<id>/maps/<model>/<int:image>.png", answer="image/png")
def get_ranked_map(id: str, model: str, image: int):
    """The heatmap that was compared, over the image, as long as it is kept: those of the first pages are."""
    current, ranking = session(), session().ranking(id)
    row = next((row for row in ranking.rows if row.index == image), None)
    known = next((one for one in ranking.request.models if one.id == model), None)
    kept = None if row is None or known is None else current.store.get(map_keys(ranking, row)[model], remember=False)
    if kept is None:
        raise NotFound(f"No heatmap of image {image} is kept for this ranking.", "Explain the image.", "image")
    look = ranking.request.analyzer.display
    picture = current.pictures.as_seen(ranking.request.items[row.position].ref, known)
    return png(render(picture, kept.values[0], look.kind, look.colormap, look.opacity, 100, bar=False))


def _has_maps(ranking: Ranking, row: Ranked) -> bool:
    try:
        return all(map(session().store.has, map_keys(ranking, row).values()))
    except ImageRefused:
        return False


def _row(ranking: Ranking, row: Ranked) -> dict:
    return {
        "maps": _has_maps(ranking, row),
        "index": row.index,
        "name": row.name,
        "label": row.label,
        "agreement": number(row.agreement),
        "same_answer": row.same_answer,
        "answers": [{"class": name, "probability": p} for name, p in row.answers],
    }
