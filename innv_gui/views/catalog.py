"""All declared views by name, and the check of what a person sets."""

from __future__ import annotations

from typing import Any

from innv_gui.analyzers.computed import cost_of
from innv_gui.analyzers.form import form_fields
from innv_gui.analyzers.registry import complete
from innv_gui.errors import BadInput
from innv_gui.extensions.catalog import Catalog
from innv_gui.extensions.sources import Origin
from innv_gui.views.declaration import View, accept

CATALOG = Catalog("innv_gui.views", "innv_gui.views.built_in", View, accept, lambda view: view.name)


def all() -> tuple[View, ...]:
    """Every view, in the order in which lists show them."""
    return tuple(entry.declaration for entry in CATALOG.entries().values())


def get(name: str) -> View:
    """The view of that name. Raises BadInput (field "view")."""
    entry = CATALOG.entries().get(name) if isinstance(name, str) else None
    if entry is None:
        names = tuple(CATALOG.entries())
        hint = CATALOG.why_refused(name) or f"Expected {', '.join(names)}."
        raise BadInput(f"There is no view named {name!r:.60}.", hint, "view", names)
    return entry.declaration


def origin(name: str) -> Origin:
    """Where the view of that name is from."""
    return CATALOG.entries()[get(name).name].origin


def check(name: str, params: dict[str, Any] | None) -> dict[str, Any]:
    """The complete settings: what was given, and defaults for the rest. Raises BadInput by field."""
    return complete(get(name), params)


def cost(name: str, params: dict[str, Any]) -> int | None:
    """Forward passes of one image with complete settings. Raises WorkFailed where the code of a third party fails."""
    return cost_of(get(name), params, origin(name))


def describe(view: View) -> dict[str, Any]:
    """A declaration as JSON."""
    return {
        "name": view.name,
        "title": view.title,
        "summary": view.summary,
        "most_images": view.most_images,
        "passes": view.cost(view.params().model_dump()),
        "from": origin(view.name).added_by,
        "fields": form_fields(view.params),
    }
