"""Explanations: ask, follow, fetch maps as numbers or pictures."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import numpy as np
from flask import Response, send_file

from innv_gui.errors import NotFound
from innv_gui.plots.heatmap import reduce, render
from innv_gui.records import Model
from innv_gui.session.explain.comparison import compare, values
from innv_gui.session.explain.overlays import check_target
from innv_gui.session.explain.run import Run
from innv_gui.session.explain.sheets import file_name
from innv_gui.store.maps import KeptMap
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.explanations.answers import comparison_json, run_json
from innv_gui.web.api.explanations.incoming import (
    ComparisonQuery,
    DifferenceQuery,
    MapQuery,
    NewExplanation,
    PictureQuery,
)
from innv_gui.web.api.explanations.request import checked_request, request_of
from innv_gui.web.api.pictures import png
from innv_gui.web.api.route import route

MAP = "/explanations/<id>/maps/<model>/<int:image>"
DIFFERENCE = "/explanations/<id>/differences/<model>/<int:image>"


@route(api, "POST", "/explanations", body=NewExplanation, status=202)
def add_explanation(body: NewExplanation):
    """Explain images with one method under one or many models; goes on as a job."""
    run = session().start_explain(checked_request(body))
    return {"explanation": run_json(run), "job": run.job.as_json()}


@route(api, "POST", "/explanations/kept", body=NewExplanation)
def ask_kept_maps(body: NewExplanation):
    """Whether every map of this request is kept, so that asking for it computes nothing."""
    return {"kept": session().has_maps(request_of(body))}


@route(api, "GET", "/explanations/<id>")
def get_explanation(id: str):
    """A run with what is finished of it."""
    return run_json(session().run(id))


def _find(id: str, model: str, image: int) -> tuple[Run, Model, int]:
    run = session().run(id)
    models = {known.id: known for known in run.models}
    if model not in models:
        raise NotFound(f"Model {model!r} is not part of this explanation.", field="model")
    positions = {item.index: position for position, item in enumerate(run.items)}
    if image not in positions:
        raise NotFound(f"Image {image} is not part of this explanation.", field="image")
    return run, models[model], positions[image]


def _map(kept: KeptMap, query: MapQuery) -> np.ndarray:
    """(H, W, C): the one that was asked for."""
    check_target(query.target, len(kept.values))
    return kept.values[query.target]


@route(api, "GET", MAP + ".f32", query=MapQuery, answer="application/octet-stream")
def get_drawn(id: str, model: str, image: int, query: MapQuery):
    """What is drawn of a map: little-endian float32, (H, W), or (H, W, C) for colour pictures; see X-Shape."""
    run, known, position = _find(id, model, image)
    return _floats(reduce(_map(run.kept(known, position), query), run.request.analyzer.display.kind))


def _floats(drawn: np.ndarray) -> Response:
    answer = Response(np.ascontiguousarray(drawn, "<f4").tobytes(), mimetype="application/octet-stream")
    answer.headers["X-Shape"] = ",".join(str(size) for size in drawn.shape)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@route(api, "GET", MAP + ".npy", answer="application/octet-stream")
def get_map(id: str, model: str, image: int):
    """A map as it was computed: NumPy file, float32 (targets, H, W, C)."""
    run, known, position = _find(id, model, image)
    buffer = io.BytesIO()
    np.save(buffer, run.kept(known, position).values, allow_pickle=False)
    buffer.seek(0)
    return send_file(buffer, "application/octet-stream", True, _name(run, known, position, "npy"))


@route(api, "GET", MAP + ".png", query=PictureQuery, answer="image/png")
def get_map_picture(id: str, model: str, image: int, query: PictureQuery):
    """A map as a picture, over the image where the method is drawn so."""
    run, known, position = _find(id, model, image)
    display, kept = run.request.analyzer.display, run.kept(known, position)
    item = run.items[position]
    run.contents.check(item.ref)
    picture = session().pictures.as_seen(item.ref, known)
    content = render(
        picture,
        _map(kept, query),
        display.kind,
        query.colormap or display.colormap,
        display.opacity if query.opacity is None else query.opacity,
        query.clip,
        bar=query.bar,
    )
    answer = png(content)
    answer.headers["Content-Disposition"] = f'inline; filename="{_name(run, known, position, "png")}"'
    return answer


@route(api, "GET", "/explanations/<id>/comparison", query=ComparisonQuery)
def get_comparison(id: str, query: ComparisonQuery):
    """How much the maps of two explanations of the same images differ, for all that is finished in both."""
    run, reference = session().run(id), session().run(query.with_)
    return comparison_json(run, reference, compare(run, reference))


@route(api, "GET", DIFFERENCE + ".f32", query=DifferenceQuery, answer="application/octet-stream")
def get_difference(id: str, model: str, image: int, query: DifferenceQuery):
    """Where two explanations differ: this one minus the other, summed over channels, float32 (H, W); see X-Shape."""
    return _floats(reduce(_difference(id, model, image, query), "signed"))


@route(api, "GET", DIFFERENCE + ".png", query=DifferenceQuery, answer="image/png")
def get_difference_picture(id: str, model: str, image: int, query: DifferenceQuery):
    """The same as a picture; full colour is the largest difference."""
    off = _difference(id, model, image, query)
    blank = np.zeros((*off.shape[:2], 1), np.uint8)
    return png(render(blank, off, "signed", "seismic", 1.0))


def _difference(id: str, model: str, image: int, query: DifferenceQuery) -> np.ndarray:
    """(H, W, C) float64: ours minus the other's."""
    run, known, position = _find(id, model, image)
    other, _, there = _find(query.with_, model, image)
    ours, reference = run.kept(known, position), other.kept(known, there)
    _map(ours, query)
    a, b = values(ours, reference)
    return (a - b)[query.target]


@route(api, "GET", "/explanations/<id>/run.h5", answer="application/x-hdf5")
def get_run_file(id: str):
    """The whole run as HDF5, in the layout that ViRelAy reads."""
    run = session().run(id)
    with tempfile.TemporaryDirectory(dir=session().workspace.folder) as folder:
        path = run.save(Path(folder) / "run.h5")
        content = io.BytesIO(path.read_bytes())
    return send_file(content, "application/x-hdf5", True, file_name(run, "h5"))


def _name(run: Run, model: Model, position: int, suffix: str) -> str:
    stem = Path(run.items[position].name).stem
    text = f"{stem}-{model.name}-{run.request.analyzer.name}"
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in text)[:120] + f".{suffix}"
