"""What pydantic found in a request, as a refusal: one sentence that names the field, what it takes and what it got."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import ValidationError

from innv_gui.errors import BadInput
from innv_gui.web.api.sent_json import SEE

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

EXPECTED = "Input should be "


def bad_input(error: ValidationError, values: dict) -> BadInput:
    """The first field that does not fit; where it may be of several kinds, the place that fits one of them best."""
    found = error.errors(include_url=False)
    places = [_place(one["loc"], values, one["type"]) for one in found]
    place = max((place for place in places if place[:1] == places[0][:1]), key=len)
    here = [one for one, its in zip(found, places, strict=True) if its == place]
    field = ".".join(map(str, place)) or None
    got = repr(here[0].get("input"))
    got = got if len(got) <= 80 else got[:77] + "…"
    return BadInput(f"{field or 'The request'}: {_said(here)}, got {got}.", SEE, field, _allowed(here))


def _place(loc: tuple, values, kind: str) -> tuple:
    """Without the names of kinds, which pydantic adds where several are possible."""
    place = []
    for part in loc:
        is_there = isinstance(values, dict) and part in values
        if is_there or isinstance(values, list) and isinstance(part, int):
            values = values[part]
        elif kind != "missing" or part != loc[-1]:
            continue
        place.append(part)
    return tuple(place)


def _allowed(found: Sequence[ErrorDetails]) -> tuple[str | int, ...]:
    """The values of a closed list; none where something else may be given as well."""
    if any(one["type"] != "literal_error" for one in found):
        return ()
    listed = re.findall(r"'([^']*)'|(-?\d+)", " ".join(one.get("ctx", {})["expected"] for one in found))
    return tuple(int(number) if number else text for text, number in listed)


def _said(found: Sequence[ErrorDetails]) -> str:
    texts = list(dict.fromkeys(map(_words, found)))
    more = [text.removeprefix(EXPECTED) for text in texts[1:] if text.startswith(EXPECTED)]
    return " or ".join([f"{texts[0][:1].lower()}{texts[0][1:]}", *more])


def _words(error: ErrorDetails) -> str:
    """Without what Python calls it."""
    return re.sub(r" or instance of \w+", "", error["msg"]).replace("valid dictionary", "valid object")
