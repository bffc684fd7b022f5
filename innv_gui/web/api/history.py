"""Earlier runs: list, name, delete, save and take over. They are reopened at their own address under /explanations."""

from __future__ import annotations

import hashlib
import json
import os

from flask import Response, request

from innv_gui.errors import BadInput
from innv_gui.session.explain.earlier import title_of, told_apart
from innv_gui.session.keep import session_file
from innv_gui.session.keep.run_record import is_dataset
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.explanations.incoming import HistoryChange
from innv_gui.web.api.route import route


@route(api, "GET", "/history")
def get_history():
    """Earlier runs, newest first, equal requests as one; the maps that were kept of them are there at once."""
    return {"runs": [_line(group) for group in told_apart(session().history.all())]}


def _line(group: list[dict]) -> dict:
    """A request with all its runs. picture: its first image, where its dataset is open."""
    record = group[0]
    shelf = session().datasets
    known = [entry.dataset for entry in shelf.entries() if entry.dataset is not None]
    dataset = next((one.id for one in known if is_dataset(record["dataset"], one, shelf)), None)
    picture = {"dataset": dataset, "image": record["images"][0]} if dataset and record["images"] else None
    return _shown(record) | {"title": title_of(group), "ids": [one["id"] for one in group], "picture": picture}


@route(api, "PATCH", "/history/<id>", body=HistoryChange)
def change_earlier_run(id: str, body: HistoryChange):
    """Give an earlier run a name."""
    history = session().history
    history.put(history.get(id) | {"title": " ".join(body.title.split())})
    return _shown(history.get(id))


@route(api, "DELETE", "/history/<id>", status=204)
def delete_earlier_run(id: str):
    """Forget an earlier run; its kept maps stay."""
    session().history.forget(id)


@route(api, "GET", "/session.json")
def get_session_file():
    """The session as a file: models, datasets and earlier runs by place and hash; no pictures, no models."""
    answer = Response(session_file.written(session()), mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="session.json"'
    return answer


@route(api, "POST", "/session", form=("session",))
def add_session_file():
    """Take over the runs of a saved session whose models and images are open here; tells what is missing."""
    sent = request.files.get("session")
    if sent is None:
        raise BadInput("No file was sent.", "Send it as the form field session.", field="session")
    session_file.check_size(sent.stream.seek(0, os.SEEK_END))
    sent.stream.seek(0)
    record = session_file.read(sent.read())
    taken, missing = session_file.take_over(session(), record)
    return {"runs": taken, "left_out": len(record.runs) - taken, "missing": missing}


def _shown(record: dict) -> dict:
    """Without places on this machine."""
    return {
        **{name: record[name] for name in ("id", "title", "started", "analyzer", "params", "engine")},
        "models": [{"name": model["name"], "file": model["file"]} for model in record["models"]],
        "dataset": record["dataset"]["name"],
        "n_images": len(record["images"]),
        "images": hashlib.sha256(json.dumps(record["images"]).encode()).hexdigest()[:12],
        "targets": record["targets"],
    }
