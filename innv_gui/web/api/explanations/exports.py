"""A whole view as a file: one picture, one page that needs nothing else, a script that does it again."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response

from innv_gui.plots.sheet import Sheet
from innv_gui.plots.sheet_layout import layout
from innv_gui.plots.sheet_page import sheet_html
from innv_gui.plots.sheet_paint import png, svg
from innv_gui.session.explain.overlays import Look
from innv_gui.session.explain.run import Run
from innv_gui.session.explain.script import script_of
from innv_gui.session.explain.sheets import file_name, sheet_of
from innv_gui.web.api.blueprint import api, session
from innv_gui.web.api.explanations.incoming import LookQuery, SheetQuery
from innv_gui.web.api.route import route

REPORT_PX = 448  # twice as large as shown, for fine screens and paper


@route(api, "GET", "/explanations/<id>/sheet.png", query=SheetQuery, answer="image/png")
def get_sheet(id: str, query: SheetQuery):
    """The whole grid as one picture: images, heatmaps, scale and captions."""
    run = session().run(id)
    return _file(png(layout(_sheet(run, query), query.size)), "image/png", run, "png")


@route(api, "GET", "/explanations/<id>/sheet.svg", query=SheetQuery, answer="image/svg+xml")
def get_vector_sheet(id: str, query: SheetQuery):
    """The same with text and frames as vectors, for papers."""
    run = session().run(id)
    content = "".join(svg(layout(_sheet(run, query), query.size)))
    return _file(content.encode(errors="replace"), "image/svg+xml", run, "svg")


@route(api, "GET", "/explanations/<id>/report.html", query=LookQuery, answer="text/html")
def get_report(id: str, query: LookQuery):
    """The view as one page without anything outside it, with the script that does it again."""
    run = session().run(id)
    sheet = sheet_of(run, session().pictures, Look(query.colormap, query.opacity, query.clip), side_px=REPORT_PX)
    more = [("Script that reproduces it", _script(run))] if run.request.dataset is not None else []
    return _file("".join(sheet_html(sheet, more)).encode(errors="replace"), "text/html; charset=utf-8", run, "html")


def _sheet(run: Run, query: SheetQuery) -> Sheet:
    look = Look(query.colormap, query.opacity, query.clip)
    return sheet_of(run, session().pictures, look, side_px=query.size)


@route(api, "GET", "/explanations/<id>/script.py", answer="text/x-python")
def get_script(id: str):
    """A Python script that does the run again. It names files by their place on this machine."""
    run = session().run(id)
    return _file(_script(run).encode(), "text/x-python; charset=utf-8", run, "py")


def _script(run: Run) -> str:
    return script_of(run, session().datasets.place(run.request.dataset))


def _file(content: bytes, mimetype: str, run: Run, suffix: str) -> Response:
    """Always saved, never shown: a page made of file names does not run at this address."""
    answer = Response(content, content_type=mimetype)
    name = file_name(run, suffix)
    plain = "".join(character if character.isascii() and character not in '"\\' else "_" for character in name)
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return answer
