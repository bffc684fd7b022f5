"""Views as the JSON that goes out."""

from __future__ import annotations

import numpy as np

from innv_gui.records import Model, as_plain
from innv_gui.session.views.shown import Shown
from innv_gui.views.parts import Grids, Image, Overlay, Part, Plot, Table
from innv_gui.web.api.common_answers import error_json, number


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
        "version": shown.versions.get(model.id, 0),
        "parts": _parts(shown, model, theme),
    }


def _parts(shown: Shown, model: Model, theme: str) -> list[dict] | None:
    """None as long as there are none; made once, because a page asks often."""
    key = (model.id, shown.versions.get(model.id, 0), theme)
    parts = shown.parts.get(model.id)
    if parts is not None and key not in shown.drawn:
        for old in [one for one in shown.drawn if one[0] == model.id and one[1] != key[1]]:
            shown.drawn.pop(old, None)
        shown.drawn[key] = [_part(part, theme) for part in parts]
    return shown.drawn.get(key)


def _part(part: Part, theme: str) -> dict:
    head = {"kind": type(part).__name__.lower(), "title": part.title}
    if isinstance(part, Table):
        return head | {"columns": part.columns, "rows": part.rows}
    if not isinstance(part, Plot):
        head |= {"height": part.pixels.shape[0], "width": part.pixels.shape[1]}
    if isinstance(part, Image):
        return head
    if isinstance(part, Grids):
        return head | _grids(part)
    if isinstance(part, Overlay):
        return head | {"caption": part.caption, "colormap": part.colormap, "names": list(part.maps)}
    return head | {"plot": part.kind, "x": part.x, "series": part.series, "item": _item(part, theme)}


def _grids(part: Grids) -> dict:
    return {
        "caption": part.caption,
        "colormap": part.colormap,
        "span": part.span,
        "words": part.words,
        "windows": as_plain(part.windows) if part.windows else None,
        "covered": part.cover is not None,
        "maps": [
            {"name": name, "whole": part.whole.get(name), "values": [list(map(number, row)) for row in values.tolist()]}
            for name, values in part.maps.items()
        ],
    }


def _item(plot: Plot, theme: str) -> dict:
    from innv_gui.plots.view_figures import view_item  # Bokeh takes a second to import

    return view_item(plot.kind, plot.x, plot.series, plot.x_title, plot.y_title, theme=theme)


def pictures_of(part: Part) -> list[np.ndarray]:
    """The pictures of a part, uint8: its own first, then a cover, or maps in their colours."""
    if isinstance(part, Grids):
        return [part.pixels, part.cover] if part.cover is not None else [part.pixels]
    if isinstance(part, Overlay):
        return [part.pixels, *(_coloured(values, part.colormap) for values in part.maps.values())]
    return [part.pixels] if isinstance(part, Image) else []


def _coloured(values: np.ndarray, colormap: str) -> np.ndarray:
    """(H, W) from 0 to 1 -> (H, W, 3); what is no number has the colour of 0."""
    from innv_gui.plots.colormaps import TABLES  # with Bokeh, which takes a second to import

    table = TABLES[colormap]
    return table[np.round(np.clip(np.nan_to_num(values), 0, 1) * (len(table) - 1)).astype(int)]
