"""The exploration that a route is about, and numbers as answers."""

from __future__ import annotations

from flask import Response

from innv_gui.session.explore.exploration import Exploration
from innv_gui.web.api.blueprint import session

BYTES = "application/octet-stream"


def exploration_of(id: str) -> Exploration:
    """By its id. Raises NotFound."""
    return session().explorations.get(id)


def binary(content: bytes) -> Response:
    """Numbers as they are in memory, little-endian."""
    answer = Response(content, mimetype=BYTES)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
