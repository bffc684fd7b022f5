"""Explorations: beginning them, maps, columns, selections, tags."""

from __future__ import annotations

import numpy as np

from innv_gui.errors import BadInput, NotFound
from innv_gui.explore.bits import packed, unpacked
from innv_gui.session.explore.exploration import Exploration, cell_mask
from innv_gui.session.explore.maps import MapWish, has_umap
from innv_gui.session.explore.request import check_exploration
from innv_gui.session.kept import has_scores
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.datasets.answers import dataset_json
from innv_gui.web.api.explorations.answers import column_bytes, exploration_json, map_json, selection_json
from innv_gui.web.api.explorations.found import BYTES, binary, exploration_of
from innv_gui.web.api.explorations.incoming import ColumnQuery, NewExploration, NewMap, NewSelection, NewSubset, TagWish
from innv_gui.web.api.route import route

MOST_INDICES = 10_000
METHODS = {
    "pca": ("PCA", "The two directions in which images differ most. Distances are true, groups overlap."),
    "tsne": ("t-SNE", "Neighbours stay together, groups stand apart. Gaps and sizes mean little."),
    "umap": ("UMAP", "Neighbours stay together, groups stand apart. Gaps mean little."),
}


def _request(body: NewExploration):
    current = session()
    models = [current.models.get(id) for id in dict.fromkeys(body.models)]
    return check_exploration(models, current.datasets.get(body.dataset), body.layers)


@route(api, "POST", "/explorations", body=NewExploration, status=202)
def add_exploration(body: NewExploration):
    """See a dataset the way models see it: scores, small pictures; goes on as a job, what is kept is not made again."""
    found = session().explorations.start(_request(body))
    return {"exploration": exploration_json(found), "job": found.job.as_json()}


@route(api, "POST", "/explorations/kept", body=NewExploration)
def ask_kept_exploration(body: NewExploration):
    """Whether all that this exploration needs is kept, so that asking for it computes nothing."""
    request = _request(body)
    thumbs = session().explorations.thumbs(request.dataset)
    return {"kept": thumbs.n_done == len(request.dataset) and has_scores(session().scoring.scores, request)}


@route(api, "GET", "/explorations")
def list_explorations():
    """All explorations of this session, newest first."""
    return {"explorations": [exploration_json(one) for one in session().explorations.all()]}


@route(api, "GET", "/explorations/methods")
def list_projections():
    """How images can be placed on a map."""
    has = {"umap": has_umap()}
    why = "UMAP is not installed: pip install 'innv-gui[umap]'."
    return {
        "methods": [
            {"name": name, "title": title, "summary": summary, "available": ok, "why": "" if ok else why}
            for name, (title, summary) in METHODS.items()
            for ok in [has.get(name, True)]
        ]
    }


@route(api, "GET", "/explorations/<id>")
def get_exploration(id: str):
    """How far an exploration is, its facts, columns, maps and tags."""
    return exploration_json(exploration_of(id))


@route(api, "POST", "/explorations/<id>/maps", body=NewMap, status=202)
def add_map(id: str, body: NewMap):
    """Place all images on a map, from rough to fine; a map that is kept is there at once."""
    wish = MapWish(body.of, body.method, body.perplexity, body.neighbours, body.seed, body.full)
    made = exploration_of(id).start_map(wish)
    return {"map": map_json(made), "job": made.job.as_json()}


@route(api, "GET", "/explorations/<id>/maps/<map>")
def get_exploration_map(id: str, map: str):
    """How far a map is."""
    return map_json(exploration_of(id).maps.get(map))


@route(api, "GET", "/explorations/<id>/maps/<map>/points", query=ColumnQuery, answer=BYTES)
def get_map_points(id: str, map: str, query: ColumnQuery):
    """(n, 2) float32 in [-1, 1], y upwards; NaN where an image has no place yet."""
    return binary(np.ascontiguousarray(exploration_of(id).maps.get(map).places, "<f4").tobytes())


@route(api, "GET", "/explorations/<id>/maps/<map>/trust", query=ColumnQuery, answer=BYTES)
def get_map_trust(id: str, map: str, query: ColumnQuery):
    """(n,) float32: share of each image's 10 nearest that stay its 10 nearest on the map; NaN where unknown."""
    made = exploration_of(id).maps.get(map)
    values = np.full(len(made.places), np.nan) if made.trust is None else made.trust
    return binary(np.ascontiguousarray(values, "<f4").tobytes())


@route(api, "GET", "/explorations/<id>/columns/<name>", query=ColumnQuery, answer=BYTES)
def get_column(id: str, name: str, query: ColumnQuery):
    """(n,) values of a column: float32 (NaN without), int32 codes (-1 without), int8 flags (-1 unknown)."""
    columns = exploration_of(id).columns
    if name not in columns:
        raise NotFound(
            f"There is no column {name!r:.60}.", f"Columns are {', '.join(columns)}.", "name", tuple(columns)
        )
    return binary(column_bytes(columns[name]))


@route(api, "POST", "/explorations/<id>/selections", body=NewSelection)
def add_selection(id: str, body: NewSelection):
    """Keep a selection: by bits, a query, a cell of the confusion matrix, or rows. The same rows have the same id."""
    exploration = exploration_of(id)
    mask = _mask(exploration, body)
    return {"selection": exploration.table.select(mask), "n": int(mask.sum()), "version": exploration.version}


def _mask(exploration: Exploration, body: NewSelection) -> np.ndarray:
    given = [name for name in ("bits", "query", "cell", "rows") if getattr(body, name) is not None]
    if len(given) != 1:
        got = " and ".join(given) or "nothing"
        raise BadInput(f"Expected one of bits, query, cell, rows; got {got}.", "", "selection")
    n = exploration.table.n
    if body.bits is not None:
        return unpacked(body.content, n)
    if body.query is not None:
        return exploration.table.mask(body.query)
    if body.cell is not None:
        return cell_mask(exploration, body.cell.rows, body.cell.columns, body.cell.row, body.cell.column)
    mask = np.zeros(n, bool)
    mask[[exploration.check_row(row) for row in body.rows or ()]] = True
    return mask


@route(api, "GET", "/explorations/<id>/selections/<selection>", answer=BYTES)
def get_selection(id: str, selection: str):
    """A selection as bits: bit r % 8 of byte r // 8 is row r."""
    return binary(packed(exploration_of(id).table.selected(selection)))


@route(api, "GET", "/explorations/<id>/selections/<selection>/facts")
def get_selection_facts(id: str, selection: str):
    """How many images a selection has, their labels, and how many of them each model gets wrong."""
    exploration = exploration_of(id)
    return selection_json(exploration, exploration.table.selected(selection))


@route(api, "GET", "/explorations/<id>/selections/<selection>/indices")
def list_selection_indices(id: str, selection: str):
    """The images of a selection by index in the dataset, at most 10 000."""
    exploration = exploration_of(id)
    rows = np.flatnonzero(exploration.table.selected(selection))
    indices = [exploration.index_of(row) for row in rows[:MOST_INDICES].tolist()]
    return {"total": len(rows), "indices": indices}


@route(api, "POST", "/explorations/<id>/subsets", body=NewSubset, status=201)
def add_subset(id: str, body: NewSubset):
    """Keep a selection, or what a query means, as a named dataset that can be used everywhere."""
    exploration = exploration_of(id)
    rows = exploration.table.order(body.query, body.selection).rows
    positions = np.asarray(exploration.dataset.positions())[rows]
    entry = session().subsets.add(exploration.dataset, body.name, positions)
    return {"dataset": dataset_json(entry, session())}


@route(api, "POST", "/explorations/<id>/tags", body=TagWish)
def tag_selection(id: str, body: TagWish):
    """Give a tag to the images of a selection, or take it away; kept in the workspace."""
    exploration = exploration_of(id)
    exploration.tags.mark(body.tag, exploration.table.selected(body.selection), body.on)
    return {"tags": exploration.tags.counts(), "version": exploration.version}
