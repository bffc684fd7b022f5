"""Writes tools/types/rest.d.ts: what REST takes and answers, as types for the pages' modules (`make types`)."""

from __future__ import annotations

import re
from pathlib import Path

from innv_gui.web.api.openapi import document
from innv_gui.web.api.resources import RESOURCES

PLACE = Path(__file__).resolve().parent / "types" / "rest.d.ts"
HEAD = "// Made from the OpenAPI document by tools/write_types.py; `make types` writes it again. Not for hands.\n"
NAMES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def text() -> str:
    """The whole file."""
    assert RESOURCES  # their import declares the routes
    schemas = document()["components"]["schemas"]
    return HEAD + "".join(f"\nexport type {name} = {written(schemas[name])};\n" for name in sorted(schemas))


def written(schema: dict, indent: str = "") -> str:
    """A JSON schema as a type of TypeScript."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "const" in schema or "enum" in schema:
        return " | ".join(_literal(one) for one in schema.get("enum", [schema.get("const")]))
    for many in ("anyOf", "oneOf"):
        if many in schema:
            return " | ".join(dict.fromkeys(written(one, indent) for one in schema[many]))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(written({**schema, "type": one}, indent) for one in kind)
    if kind == "array":
        return f"Array<{_item(schema, indent)}>"
    return _of_object(schema, indent) if kind == "object" else NAMES.get(kind, "any")


def _item(schema: dict, indent: str) -> str:
    return written(schema["items"], indent) if isinstance(schema.get("items"), dict) else "any"


def _of_object(schema: dict, indent: str) -> str:
    if "properties" not in schema:
        more = schema.get("additionalProperties")
        return f"Record<string, {written(more, indent) if isinstance(more, dict) else 'any'}>"
    inner = indent + "  "
    required = schema.get("required", [])
    fields = (
        f"{inner}{_key(name)}{'' if name in required else '?'}: {written(field, inner)};"
        for name, field in schema["properties"].items()
    )
    return "{\n" + "\n".join(fields) + f"\n{indent}}}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else f'"{name}"'


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if value is not None else "null"


if __name__ == "__main__":
    PLACE.write_text(text())
