"""The Flask application for one session."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from flask import Flask, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from innv_gui.applications import APPLICATIONS
from innv_gui.errors import InnvError, NotFound, WorkFailed
from innv_gui.folders import folder
from innv_gui.session import Session
from innv_gui.version import VERSION
from innv_gui.web.api.resources import api
from innv_gui.web.documents import guides_of
from innv_gui.web.pages import pages
from innv_gui.web.security import guard
from innv_gui.web.static_files import static_root

UPLOAD_BYTES = 4 << 30
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def create_app(
    session: Session,
    token: str,
    *,
    hosts: tuple[str, ...] = LOOPBACK,
    offered: tuple[Path, ...] = (),
    start: Callable[[], dict] = dict,
) -> Flask:
    """The application. offered: model files named at start; start: what the pages open with."""
    app = Flask("innv_gui", template_folder=str(folder("templates")), static_folder=None)
    app.json.sort_keys = False
    app.config.update(
        SESSION=session,
        START=start,
        OFFERED={f"f{number}": path for number, path in enumerate(offered, 1)},
        APPLICATIONS=APPLICATIONS,
        BASKET={"dataset": None, "images": []},
        MAX_CONTENT_LENGTH=UPLOAD_BYTES,
        MAX_FORM_PARTS=200_000,
    )
    guard(app, token, hosts)
    app.register_blueprint(api)
    app.register_blueprint(pages)
    app.context_processor(_for_pages)
    app.register_error_handler(InnvError, _answer_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _bug)
    return app


def _for_pages() -> dict:
    return {"version": VERSION, "static": static_root(), "guides_of": guides_of}


def _answer_error(error: InnvError):
    if request.path.startswith("/api/"):
        return jsonify(error.as_json()), error.status
    return render_template("error.html", page="error", error=error), error.status


def _http_error(error: HTTPException):
    if error.code is not None and error.code < 400:
        return error
    if isinstance(error, MethodNotAllowed):
        return _other_method(sorted(error.valid_methods or ()))
    said = NotFound("There is nothing at this address.") if error.code == 404 else InnvError(f"{error.description}")
    said.status = error.code or 500
    return _answer_error(said)


def _other_method(allowed: list[str]):
    """405 has to name the methods in a header, too (RFC 9110)."""
    listed = ", ".join(allowed)
    said = InnvError(f"{request.method:.20} is not possible at this address.", f"Expected {listed}.", None, (*allowed,))
    said.status = 405
    answer = make_response(_answer_error(said))
    answer.headers["Allow"] = listed
    return answer


def _bug(error: Exception):
    logging.getLogger("innv_gui").exception("A request failed.")
    return _answer_error(WorkFailed(f"Something went wrong in innv-gui: {type(error).__name__}.", "See the log."))
