"""REST under /api/v1: everything the pages do."""

from flask import Blueprint, current_app

from innv_gui.session import Session

api = Blueprint("api", __name__, url_prefix="/api/v1")


def session() -> Session:
    """The session this server works for."""
    return current_app.config["SESSION"]


from innv_gui.web.api import (  # noqa: E402 - register routes
    analyzers,  # noqa: F401
    datasets,  # noqa: F401
    explanations,  # noqa: F401
    jobs,  # noqa: F401
    models,  # noqa: F401
    suggestions,  # noqa: F401
)
