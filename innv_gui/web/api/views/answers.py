"""Views as the JSON that goes out."""

from __future__ import annotations

from innv_gui.records import Model
from innv_gui.session.views.shown import Shown
from innv_gui.views.parts import Image, Part, Plot, Table
from innv_gui.web.api.common_answers import error_json


def shown_json(shown: Shown, theme: str) -> dict:
    """What is there so far; images have addresses of their own."""
    request = shown.request
    return {
        "id": shown.id,
        "view": request.view.name,
        "title": request.view.title,
        "params": request.params,
        "dataset": request.dataset.id if request.dataset is not None else None,
        "images": [{"index": item.index, "name": item.name, "label": item.label} for item in request.items],
        "status": shown.job.status,
        "job": shown.job.as_json(),
        "models": [_model(shown, model, theme) for model in request.models],
    }


def _model(shown: Shown, model: Model, theme: str) -> dict:
    return {
        "id": model.id,
        "name": model.name,
        "letter": model.letter,
        "error": error_json(shown.failures.get(model.id)),
        "parts": _parts(shown, model, theme),
    }


def _parts(shown: Shown, model: Model, theme: str) -> list[dict] | None:
    """None as long as there are none; made once, because a page asks often."""
    parts, key = shown.parts.get(model.id), (model.id, theme)
    if parts is not None and key not in shown.drawn:
        shown.drawn[key] = [_part(part, theme) for part in parts]
    return shown.drawn.get(key)


def _part(part: Part, theme: str) -> dict:
    head = {"kind": type(part).__name__.lower(), "title": part.title}
    if isinstance(part, Table):
        return head | {"columns": part.columns, "rows": part.rows}
    if isinstance(part, Image):
        return head | {"height": part.pixels.shape[0], "width": part.pixels.shape[1]}
    return head | {"plot": part.kind, "x": part.x, "series": part.series, "item": _item(part, theme)}


def _item(plot: Plot, theme: str) -> dict:
    from innv_gui.plots.view_figures import view_item  # Bokeh takes a second to import

    return view_item(plot.kind, plot.x, plot.series, plot.x_title, plot.y_title, theme=theme)
