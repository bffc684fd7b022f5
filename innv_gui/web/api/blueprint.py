"""The blueprint below which every resource puts its routes, and the session that they work on."""

from flask import Blueprint, current_app

from innv_gui.errors import NotFound
from innv_gui.records import Model
from innv_gui.session import Session

api = Blueprint("api", __name__, url_prefix="/api/v1")


def session() -> Session:
    """The session this server works for."""
    return current_app.config["SESSION"]


def named_model(id: str) -> Model:
    """The model that a request names in its field `model`."""
    try:
        return session().models.get(id)
    except NotFound as missing:
        raise NotFound(missing.message, missing.hint, "model", missing.allowed) from None
