"""All declared analyzers, found by name, and the check of what a person sets.

Built-in methods and those of third parties come in through the same door, `innv_gui.extensions`.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from innv_gui.analyzers.acceptance import accept
from innv_gui.analyzers.computed import cost_of
from innv_gui.analyzers.declaration import Analyzer
from innv_gui.analyzers.form import expectation, form_fields
from innv_gui.errors import BadInput
from innv_gui.extensions.catalog import Catalog
from innv_gui.extensions.sources import Origin

# In this order in lists; others follow.
FAMILIES = ("function", "gradient", "lrp", "deep_taylor", "patterns", "cam", "perturbation")
LONGEST_QUOTE = 60  # characters of a refused value that are repeated


def _place(analyzer: Analyzer) -> int:
    return FAMILIES.index(analyzer.family) if analyzer.family in FAMILIES else len(FAMILIES)


CATALOG = Catalog("innv_gui.analyzers", "innv_gui.analyzers.methods", Analyzer, accept, _place)


def all() -> tuple[Analyzer, ...]:
    """Every analyzer, in the order in which lists show them."""
    return tuple(entry.declaration for entry in CATALOG.entries().values())


def get(name: str) -> Analyzer:
    """The analyzer of that name. Raises BadInput (field "analyzer") that suggests the nearest name."""
    entry = CATALOG.entries().get(name) if isinstance(name, str) else None
    if entry is None:
        names = tuple(CATALOG.entries())
        hint = CATALOG.why_refused(name) or " ".join(filter(None, (_suggestion(name, names), _not_loaded())))
        raise BadInput(f"There is no analyzer named {_quote(name)}.", hint, "analyzer", names)
    return entry.declaration


def _not_loaded() -> str:
    """Which plug-ins may have it; empty where all could be read."""
    files = sorted({one.origin.name for one in CATALOG.refused()})
    return f"Not loaded, so that its methods are missing: {', '.join(files[:5])}." if files else ""


def cost(name: str, params: dict[str, Any]) -> int | None:
    """Forward passes of one map with complete settings; None: it depends on the model.

    Raises WorkFailed where the code of a third party fails.
    """
    return cost_of(get(name), params, origin(name))


def origin(name: str) -> Origin:
    """Where the analyzer of that name is from; its `code` is empty for a built-in one."""
    return CATALOG.entries()[get(name).name].origin


def check(name: str, params: dict[str, Any] | None) -> dict[str, Any]:
    """The complete, typed settings of a method: what was given, and defaults for the rest.

    Raises BadInput whose field is "params.<setting>": unknown, not a number, out of range, or a pair that does not fit.
    """
    return complete(get(name), params)


def complete(analyzer: Any, params: dict[str, Any] | None) -> dict[str, Any]:
    """`check` for any declaration that has a `name` and `params`."""
    given = {} if params is None else params
    if not isinstance(given, dict):
        raise BadInput(f"The parameters must be names with values; got {_quote(params)}.", "", "params")
    try:
        return analyzer.params.model_validate(given).model_dump()
    except ValidationError as error:
        raise _refusal(analyzer, given, error.errors()[0]) from None


def _refusal(analyzer: Any, given: dict[str, Any], problem: dict[str, Any]) -> BadInput:
    """pydantic's first complaint as one sentence: expected, got."""
    if problem["type"] == "wrong_pair":
        return BadInput(problem["msg"], "", f"params.{problem['ctx']['name']}", (problem["ctx"]["expected"],))
    name = problem["loc"][0] if problem["loc"] else ""
    fields = {field["name"]: field for field in form_fields(analyzer.params)}
    if name not in fields:
        return _unknown(analyzer, name, tuple(fields))
    expected = expectation(fields[name])
    allowed = tuple(fields[name].get("choices", (expected,)))
    got = given[name] if name in given else problem.get("input")
    return BadInput(f"{name} must be {expected}; got {_quote(got)}.", "", f"params.{name}", allowed)


def _unknown(analyzer: Any, name: Any, names: tuple[str, ...]) -> BadInput:
    listed = ", ".join(names) if names else "none"
    message = f"{analyzer.name} has no parameter named {_quote(name)}; it has: {listed}."
    return BadInput(message, _suggestion(name, names), f"params.{name}"[: LONGEST_QUOTE + 7], names)


def _suggestion(name: Any, names: Any) -> str:
    """ "Did you mean ...?", upper and lower case being the same; empty when nothing is near."""
    by_lower = {known.lower(): known for known in names}
    near = get_close_matches(str(name).lower()[:200], by_lower, n=1, cutoff=0.5)
    return f"Did you mean {by_lower[near[0]]}?" if near else ""


def _quote(value: Any) -> str:
    """A value as it was given, on one line and not too long."""
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
