"""Explorations: the table, the query line, confusion, the wall of small pictures, neighbours."""

from __future__ import annotations

import base64
import shutil

import numpy as np
from flask import Response, request

from innv_gui.errors import BadInput
from innv_gui.plots.wall import tile
from innv_gui.records import ImageRef
from innv_gui.session.explore.exploration import Exploration
from innv_gui.session.explore.similar import Similar, similar_to_row, similar_to_vector, vector_of
from innv_gui.session.explore.spaces import PIXELS
from innv_gui.session.explore.table import Order
from innv_gui.store.score_export import save_frame
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.explorations.answers import confusion_json, image_json, rows_json, similar_json
from innv_gui.web.api.explorations.found import exploration_of
from innv_gui.web.api.explorations.incoming import (
    LineQuery,
    MatrixQuery,
    NeighboursQuery,
    PageQuery,
    RowsQuery,
    TableQuery,
    TileQuery,
)
from innv_gui.web.api.route import checked, route
from innv_gui.web.api.tables import table_answer
from innv_gui.web.api.uploads import save_image_uploads

TILE_PX = 512


def _order(exploration: Exploration, query: TableQuery) -> Order:
    return exploration.table.order(query.query, query.selection, query.sort, query.order == "desc")


@route(api, "GET", "/explorations/<id>/rows", query=RowsQuery)
def list_rows(id: str, query: RowsQuery):
    """A page of the table. hidden: rows of the selection that the query leaves out."""
    exploration = exploration_of(id)
    order = _order(exploration, query)
    rows = order.rows[query.start : query.start + query.size]
    found = {"total": len(order.rows), "hidden": order.hidden, "n": exploration.table.n, "start": query.start}
    return found | {"order": order.id, "rows": rows_json(exploration, rows)}


@route(api, "GET", "/explorations/<id>/query", query=LineQuery)
def explain_query(id: str, query: LineQuery):
    """What a query line means: how many rows, what leaving each condition out would give, its filter cells."""
    return exploration_of(id).table.explained(query.query)


@route(api, "GET", "/explorations/<id>/export.csv", query=TableQuery, answer="text/csv")
def export_rows_csv(id: str, query: TableQuery):
    """Rows of the table as CSV."""
    return _export(id, query, ".csv")


@route(api, "GET", "/explorations/<id>/export.parquet", query=TableQuery, answer="application/vnd.apache.parquet")
def export_rows_parquet(id: str, query: TableQuery):
    """Rows of the table as Parquet."""
    return _export(id, query, ".parquet")


def _export(id: str, query: TableQuery, suffix: str) -> Response:
    exploration = exploration_of(id)
    frame = exploration.saved_frame_of(_order(exploration, query).rows)
    return table_answer(lambda path: save_frame(frame, path), "images", suffix)


@route(api, "GET", "/explorations/<id>/confusion", query=MatrixQuery)
def get_confusion(id: str, query: MatrixQuery):
    """Label x prediction, or model x model: counts, the most confused pairs, classes as given or similar together."""
    exploration = exploration_of(id)
    rows, columns = exploration.side(query.rows), exploration.side(query.columns)
    return confusion_json(exploration, rows, columns, query.order == "similar", query.most)


@route(api, "GET", "/explorations/<id>/order", query=TableQuery)
def get_order(id: str, query: TableQuery):
    """An order of rows by its id, for the wall."""
    found = _order(exploration_of(id), query)
    return {"order": found.id, "n": len(found.rows), "hidden": found.hidden}


@route(api, "GET", "/explorations/<id>/wall/<order>", query=PageQuery)
def list_wall(id: str, order: str, query: PageQuery):
    """Some images of an order with their losses."""
    exploration = exploration_of(id)
    rows = exploration.table.by_id(order).rows[query.start : query.start + query.size]
    losses = {name: column.values()[rows] for name, column in exploration.columns.items() if name.endswith(".loss")}
    return {"rows": [_on_wall(exploration, place, int(row), losses) for place, row in enumerate(rows)]}


def _on_wall(exploration: Exploration, place: int, row: int, losses: dict[str, np.ndarray]) -> dict:
    told = {name.removesuffix(".loss"): float(values[place]) for name, values in losses.items()}
    known = {letter: None if np.isnan(value) else value for letter, value in told.items()}
    return {"row": row, "index": exploration.index_of(row), "loss": known}


@route(api, "GET", "/explorations/<id>/wall/<order>/<int:number>", query=TileQuery, answer="image/webp")
def get_tile(id: str, order: str, number: int, query: TileQuery):
    """512 x 512 pixels of the wall: the pictures of an order from the number-th tile on, row by row."""
    exploration, side = exploration_of(id), int(query.side)
    each = (TILE_PX // side) ** 2
    rows = exploration.table.by_id(order).rows[number * each : (number + 1) * each]
    answer = Response(tile(_pictures(exploration, rows, side), TILE_PX), mimetype="image/webp")
    answer.headers["Cache-Control"] = "private, max-age=3600"  # an order's id says all that is on it
    return answer


def _pictures(exploration: Exploration, rows: np.ndarray, side: int) -> np.ndarray:
    if side == 32:
        return exploration.thumbs.get(rows)
    refs = [exploration.ref(int(row)) for row in rows]
    return session().pool.run("images.small", refs, side, about=exploration.dataset.name).pixels


@route(api, "GET", "/explorations/<id>/images/<int:row>")
def get_explored_image(id: str, row: int):
    """One image with the answers of all models."""
    exploration = exploration_of(id)
    return image_json(exploration, exploration.check_row(row))


@route(api, "GET", "/explorations/<id>/neighbours", query=NeighboursQuery)
def list_neighbours(id: str, query: NeighboursQuery):
    """The images nearest to one of the dataset's, by row, index or file name."""
    exploration = exploration_of(id)
    row = _row(exploration, query)
    found = similar_to_row(exploration.spaces, query.of or exploration.models[0].id, row, query.k)
    ref = exploration.ref(row)
    known = {"row": row, "index": exploration.index_of(row), "name": ref.name, "label": ref.label}
    return similar_json(exploration, found, known)


def _row(exploration: Exploration, query: NeighboursQuery) -> int:
    if query.row is not None:
        return exploration.check_row(query.row)
    if query.index is not None:
        at = np.flatnonzero(np.asarray(exploration.dataset.positions()) == query.index)
        return exploration.check_row(int(at[0]) if len(at) else len(exploration.dataset))
    if query.name:
        return exploration.row_named(query.name)
    raise BadInput("Expected an image by row, index or name.", "", "row")


@route(api, "POST", "/explorations/<id>/neighbours", form=("image",))
def find_neighbours(id: str):
    """The images nearest to an uploaded picture."""
    exploration = exploration_of(id)
    query = checked(NeighboursQuery, request.form.to_dict())
    files = request.files.getlist("image")
    if len(files) != 1:
        raise BadInput(f"Expected one picture, got {len(files)}.", "", "image")
    folder = save_image_uploads(session().workspace, files)
    try:
        path = next(path for path in folder.rglob("*") if path.is_file())
        return _nearest_to(exploration, ImageRef(path.name, str(path)), query)
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # asked about, not kept


def _nearest_to(exploration: Exploration, ref: ImageRef, query: NeighboursQuery) -> dict:
    of = query.of or exploration.models[0].id
    model = None if of == PIXELS else exploration.model(of)
    space = exploration.spaces.space(of)
    found: Similar = similar_to_vector(exploration.spaces, of, vector_of(session().pool, space, model, ref), query.k)
    png = session().pool.run("images.thumbnail", ref, 256, about=ref.name)
    picture = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    return similar_json(exploration, found, {"name": ref.name, "picture": picture})
