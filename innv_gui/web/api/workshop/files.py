"""What a run of the workshop is as files: the frames of its films, its networks, a script, pictures and numbers."""

from __future__ import annotations

import io

from flask import Response, send_file

from innv_gui.session.workshop.export import archive_of, table_of
from innv_gui.session.workshop.opened import stem_of, title_of
from innv_gui.session.workshop.script import script_of
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.route import route

BYTES = "application/octet-stream"


@route(api, "GET", "/workshop/runs/<id>/trials/<int:k>/films.bin", answer=BYTES)
def get_films(id: str, k: int):
    """All frames of a network's films as float32, little endian: class after class, each frame 28 x 28."""
    frames = session().workshop.runs.get(id).frames(k)
    answer = Response(b"".join(one.astype("<f4").tobytes() for one in frames), mimetype=BYTES)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@route(api, "GET", "/workshop/runs/<id>/trials/<int:k>/model.keras", answer=BYTES)
def get_trained_file(id: str, k: int):
    """A network as a .keras file, which carries its recipe."""
    run = session().workshop.runs.get(id)
    content = session().workshop.file(run, k)
    return _sent(content, BYTES, f"{stem_of(title_of(run, k))}.keras")


@route(api, "GET", "/workshop/runs/<id>/script.py", answer="text/x-python")
def get_shapes_script(id: str):
    """A Python script that trains the same networks."""
    run = session().workshop.runs.get(id)
    return _sent(script_of(run).encode(), "text/x-python", f"{stem_of(run.name)}.py")


@route(api, "GET", "/workshop/runs/<id>/export.zip", answer="application/zip")
def get_shapes_export(id: str):
    """Pictures as PNG, curves and numbers as CSV, the request as JSON."""
    run = session().workshop.runs.get(id)
    return _sent(archive_of(run), "application/zip", f"{stem_of(run.name)}.zip")


@route(api, "GET", "/workshop/runs.csv", answer="text/csv")
def get_shapes_table():
    """All runs as a table: a row per network and class."""
    return _sent(table_of(session().workshop.runs.all()).encode(), "text/csv", "runs.csv")


def _sent(content: bytes, kind: str, name: str) -> Response:
    return send_file(io.BytesIO(content), kind, True, name)
