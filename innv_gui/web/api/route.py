"""One declaration for a REST route: what comes in, what it does, how it is documented.

`@route` registers the view, checks query and body against pydantic models and keeps what the OpenAPI document needs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, ValidationError

from innv_gui.web.api.misfits import bad_input
from innv_gui.web.api.sent_json import sent_json

M = TypeVar("M", bound=BaseModel)


class Incoming(BaseModel):
    """Base of everything that comes in: unknown names, NaN and infinity are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True)
class Route:
    """What the OpenAPI document says of one route."""

    method: str
    path: str  # in Flask's form, below /api/v1
    summary: str
    body: type[Incoming] | None
    query: type[Incoming] | None
    form: tuple[str, ...]  # files of a multipart form
    status: int
    answer: str  # content type
    name: str


ROUTES: dict[tuple[str, str], Route] = {}


def route(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    body: type[Incoming] | None = None,
    query: type[Incoming] | None = None,
    form: tuple[str, ...] = (),
    status: int = 200,
    answer: str = "application/json",
):
    """Register a view. It gets `body` and `query` as checked values; its docstring's first line documents it."""

    def register(view: Callable) -> Callable:
        summary = (view.__doc__ or view.__name__).strip().splitlines()[0]
        ROUTES[method, path] = Route(method, path, summary, body, query, form, status, answer, view.__name__)

        @functools.wraps(view)
        def wrapped(**kwargs):
            if query is not None:
                kwargs["query"] = checked(query, request.args.to_dict())
            if body is not None and (not form or request.is_json):
                kwargs["body"] = checked(body, sent_json(), strict=True)
            elif body is not None:
                kwargs["body"] = None
            return _answer(view(**kwargs), status)

        blueprint.add_url_rule(path, view.__name__, wrapped, methods=[method])
        return wrapped

    return register


def _answer(result, status: int) -> Response | tuple:
    if isinstance(result, Response):
        return result
    return ("", 204) if result is None else (jsonify(result), status)


def checked(model: type[M], values: dict, strict: bool = False) -> M:
    """The values as `model`, or BadInput that names the first field that does not fit.

    strict: JSON has numbers, texts and booleans, and none is taken for another; a query has texts alone.
    """
    try:
        return model.model_validate(values, strict=strict)
    except ValidationError as error:
        raise bad_input(error, values) from None
