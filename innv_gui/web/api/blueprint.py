"""The blueprint below which every resource puts its routes, and the session that they work on."""

from flask import Blueprint, current_app

from innv_gui.session import Session

api = Blueprint("api", __name__, url_prefix="/api/v1")


def session() -> Session:
    """The session this server works for."""
    return current_app.config["SESSION"]
