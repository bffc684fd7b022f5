"""Earlier runs: list, name, delete. They are reopened at their own address under /explanations."""

from __future__ import annotations

from innv_gui.web.api import api, session
from innv_gui.web.routes import route
from innv_gui.web.schemas import HistoryChange


@route(api, "GET", "/history")
def get_history():
    """Earlier runs, newest first; the maps that were kept of them are there at once."""
    return {"runs": [_shown(record) for record in session().history.all()]}


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


def _shown(record: dict) -> dict:
    """Without places on this machine."""
    return {
        **{name: record[name] for name in ("id", "title", "started", "analyzer", "params", "engine")},
        "models": [{"name": model["name"], "file": model["file"]} for model in record["models"]],
        "dataset": record["dataset"]["name"],
        "n_images": len(record["images"]),
        "targets": record["targets"],
    }
