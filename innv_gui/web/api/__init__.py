"""REST under /api/v1: everything the pages do."""

from flask import Blueprint, current_app

from innv_gui.session import Session

api = Blueprint("api", __name__, url_prefix="/api/v1")


def session() -> Session:
    """The session this server works for."""
    return current_app.config["SESSION"]


from innv_gui.web.api import (  # noqa: E402, F401 - register routes
    agreements,
    analyzers,
    datasets,
    explanations,
    exports,
    features,
    history,
    jobs,
    manual,
    models,
    probes,
    suggestions,
)
