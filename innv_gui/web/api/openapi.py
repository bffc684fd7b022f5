"""The OpenAPI document, generated from the declared routes."""

from __future__ import annotations

import re

from pydantic import BaseModel

from innv_gui.version import VERSION
from innv_gui.web.api.route import ROUTES, Route

ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "hint", "field", "allowed", "retry"],
            "properties": {
                "message": {"type": "string"},
                "hint": {"type": "string"},
                "field": {"type": ["string", "null"]},
                "allowed": {"type": "array"},
                "retry": {"type": "boolean"},
            },
        }
    },
}
FAILURES = {
    "400": "A value that cannot be used.",
    "401": "The token is missing.",
    "403": "Another page or host asked.",
    "404": "Nothing of that id.",
    "409": "Not in the present state.",
    "422": "A file that cannot be used.",
}


def document() -> dict:
    """OpenAPI 3.1 as a dictionary."""
    schemas: dict = {"Error": ERROR}
    paths: dict = {}
    for item in ROUTES.values():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", item.path)
        paths.setdefault(path, {})[item.method.lower()] = _operation(item, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "innv-gui", "version": VERSION},
        "servers": [{"url": "/api/v1"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _operation(item: Route, schemas: dict) -> dict:
    operation = {
        "operationId": item.name,
        "summary": item.summary,
        "parameters": _path_parameters(item) + _query_parameters(item, schemas),
        "responses": _responses(item),
    }
    content = _body(item, schemas)
    if content:
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _path_parameters(item: Route) -> list[dict]:
    found = re.findall(r"<(?:(\w+):)?(\w+)>", item.path)
    kinds = {"int": {"type": "integer", "minimum": 0}}
    return [
        {"name": name, "in": "path", "required": True, "schema": kinds.get(kind, {"type": "string"})}
        for kind, name in found
    ]


def _query_parameters(item: Route, schemas: dict) -> list[dict]:
    if item.query is None:
        return []
    schema = _schema(item.query, schemas)
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", []), "schema": field}
        for name, field in schema["properties"].items()
    ]


def _body(item: Route, schemas: dict) -> dict:
    content = {}
    if item.body is not None:
        schemas[item.body.__name__] = _schema(item.body, schemas)
        content["application/json"] = {"schema": {"$ref": f"#/components/schemas/{item.body.__name__}"}}
    if item.form:
        files = {name: {"type": "string", "format": "binary"} for name in item.form}
        content["multipart/form-data"] = {"schema": {"type": "object", "properties": files}}
    return content


def _schema(model: type[BaseModel], schemas: dict) -> dict:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    return schema


def _responses(item: Route) -> dict:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    good = {"description": "Good."}
    if item.status != 204:
        good["content"] = {item.answer: {"schema": {"type": "object"} if "json" in item.answer else {}}}
    return {str(item.status): good} | {code: {"description": why, "content": error} for code, why in FAILURES.items()}
