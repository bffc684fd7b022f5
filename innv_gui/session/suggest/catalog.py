"""All declared reasons, found by name; built-in ones and those of third parties through the same door."""

from __future__ import annotations

from innv_gui.extensions.catalog import Catalog
from innv_gui.suggestions.declaration import Reason, accept

CATALOG = Catalog("innv_gui.reasons", "innv_gui.session.suggest.reasons", Reason, accept, lambda one: one.place)


def reasons() -> dict[str, Reason]:
    """By name, in the order of the lists."""
    return {name: entry.declaration for name, entry in CATALOG.entries().items()}
