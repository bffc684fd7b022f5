"""A declaration as JSON: what the page's form, the command line's help and the documentation are made of."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from innv_gui.analyzers.declaration import Analyzer
from innv_gui.analyzers.settings import Params

KINDS = {bool: "boolean", int: "integer", float: "number", str: "text"}
LIMITS = {"ge": "minimum", "le": "maximum", "gt": "exclusive_minimum", "lt": "exclusive_maximum"}
NOUNS = {"boolean": "true or false", "integer": "a whole number", "number": "a number", "text": "text"}


def describe(analyzer: Analyzer) -> dict[str, Any]:
    """Everything of a declaration that is plain, with a description of each setting under `fields`."""
    return {
        "name": analyzer.name,
        "title": analyzer.title,
        "summary": analyzer.summary,
        "source": analyzer.source,
        "citation": analyzer.citation,
        "family": analyzer.family,
        "display": {
            "kind": analyzer.display.kind,
            "colormap": analyzer.display.colormap,
            "opacity": analyzer.display.opacity,
        },
        "targets": str(analyzer.targets),
        "signed": analyzer.signed,
        "stochastic": analyzer.stochastic,
        "conserves": analyzer.conserves,
        "fitted": analyzer.fitted,
        "runtimes": list(analyzer.runtimes),
        "passes": analyzer.cost(analyzer.params().model_dump()),
        "fields": form_fields(analyzer.params),
    }


def form_fields(params: type[Params]) -> list[dict[str, Any]]:
    """One description per setting: a method's own settings first, then those that it shares."""
    names = sorted(params.model_fields, key=lambda name: name not in params.__annotations__)
    return [form_field(name, params.model_fields[name]) for name in names]


def form_field(name: str, field: FieldInfo) -> dict[str, Any]:
    """One setting as JSON; limits only where there are some. `when`: the other setting's value that it depends on."""
    kind, choices = _kind(field.annotation)
    limits = {LIMITS[mark]: getattr(limit, mark) for limit in field.metadata for mark in LIMITS if hasattr(limit, mark)}
    shape = {"name": name, "title": field.title, "description": field.description, "kind": kind}
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return {**shape, "default": field.default, **limits, **({"choices": choices} if choices else {}), **extra}


def _kind(annotation: Any) -> tuple[str, list[str]]:
    """("choice", [...]) for a Literal, else the kind of the plain type; `X | None` counts as X."""
    if get_origin(annotation) is Literal:
        return "choice", list(get_args(annotation))
    if get_origin(annotation) in (Union, UnionType):
        return _kind(next(part for part in get_args(annotation) if part is not NoneType))
    return KINDS[annotation], []


def expectation(field: dict[str, Any]) -> str:
    """What a setting takes, in words: "a whole number from 1 to 1024"."""
    if field["kind"] == "choice":
        return "one of " + ", ".join(field["choices"])
    low, above, high = field.get("minimum"), field.get("exclusive_minimum"), field.get("maximum")
    noun = NOUNS[field["kind"]]
    if low is not None and high is not None:
        return f"{noun} from {_plain(low)} to {_plain(high)}"
    if above is not None and high is not None:
        return f"{noun} above {_plain(above)}, at most {_plain(high)}"
    return noun


def takes(field: dict[str, Any]) -> str:
    """`expectation`, with the setting that it depends on where there is one."""
    when = " and ".join(f"{name} = {value}" for name, value in field.get("when", {}).items())
    return expectation(field) + (f"; only with {when}" if when else "")


def in_words(value: Any) -> str:
    """A setting's value as people write it: yes, 1e-7, not set."""
    if value is None or isinstance(value, bool):
        return {True: "yes", False: "no", None: "not set"}[value]
    return f"{value:g}".replace("e-0", "e-") if isinstance(value, float) else str(value)


def _plain(limit: float) -> str:
    """A limit as people write it: 1000000, not 1e+06."""
    return f"{limit:.0f}" if limit == int(limit) else f"{limit:g}"
