"""A whole view as a file: one picture, one page that needs nothing else, a script that does it again."""

from __future__ import annotations

from flask import Response

from innv_gui.plots.sheet import sheet_html, sheet_png
from innv_gui.session.overlays import Look
from innv_gui.session.run import Run
from innv_gui.session.script import script_of
from innv_gui.session.sheets import sheet_of
from innv_gui.web.api import api, session
from innv_gui.web.routes import route
from innv_gui.web.schemas import LookQuery


@route(api, "GET", "/explanations/<id>/sheet.png", query=LookQuery, answer="image/png")
def get_sheet(id: str, query: LookQuery):
    """The whole grid as one picture with captions."""
    run = session().run(id)
    content = sheet_png(sheet_of(run, session().pictures, Look(query.colormap, query.opacity, query.clip)))
    return _file(content, "image/png", run, "png")


@route(api, "GET", "/explanations/<id>/report.html", query=LookQuery, answer="text/html")
def get_report(id: str, query: LookQuery):
    """The view as one page without anything outside of it, with the script that does it again."""
    run = session().run(id)
    sheet = sheet_of(run, session().pictures, Look(query.colormap, query.opacity, query.clip))
    more = [("Script that does it again", _script(run))] if run.request.dataset is not None else []
    return _file("".join(sheet_html(sheet, more)).encode(), "text/html; charset=utf-8", run, "html")


@route(api, "GET", "/explanations/<id>/script.py", answer="text/x-python")
def get_script(id: str):
    """A Python script that does the run again. It names files by their place on this machine."""
    run = session().run(id)
    return _file(_script(run).encode(), "text/x-python; charset=utf-8", run, "py")


def _script(run: Run) -> str:
    return script_of(run, session().datasets.place(run.request.dataset))


def _file(content: bytes, mimetype: str, run: Run, suffix: str) -> Response:
    """Always saved, never shown: a page made of file names does not run at this address."""
    answer = Response(content, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{run.request.analyzer.name}.{suffix}"'
    return answer
