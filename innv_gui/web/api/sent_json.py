"""The JSON object that a request brings, or a refusal that says what is wrong with it."""

from __future__ import annotations

import json

from flask import request

from innv_gui.errors import BadInput

EXPECTED = "Expected a JSON object as the body of the request"
MOST = 2**63  # more than any field takes; 1e300 as an int would be shown with 301 digits
SEE = "See /api/v1/openapi.json for what is expected."
KINDS = {list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number", type(None): "null"}


def sent_json() -> dict:
    """Raises BadInput for a body that is of another type, no JSON, or no object."""
    if not request.is_json:
        got = f"{request.mimetype!r:.80}" if request.mimetype else "none"
        raise BadInput(f"{EXPECTED}, got the content type {got}.", "Send Content-Type: application/json.")
    content = _read(request.get_data())
    if not isinstance(content, dict):
        raise BadInput(f"{EXPECTED}, got {KINDS[type(content)]}.", SEE)
    return content


def _read(text: bytes):
    try:
        return json.loads(text, parse_float=_number)
    except json.JSONDecodeError as error:
        why = f"{error.msg[:1].lower()}{error.msg[1:]} at line {error.lineno}, column {error.colno}"
    except UnicodeDecodeError:
        why = "it is not text in UTF-8"
    except ValueError:  # Python reads 4,300 digits
        why = "a number has too many digits"
    except RecursionError:  # ten thousand brackets
        why = "its lists and objects are nested too deeply"
    raise BadInput(f"The body of the request is not valid JSON: {why}.", SEE)


def _number(text: str) -> int | float:
    """2.0 is a whole number, as in JSON Schema: an int wherever a field could take it, so that one can ask strictly."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < MOST else number
