"""What third parties add to a session, and what of it cannot be used."""

from __future__ import annotations

from innv_gui.analyzers.registry import CATALOG
from innv_gui.extensions.catalog import Refused
from innv_gui.extensions.refusals import refused


def unusable() -> tuple[Refused, ...]:
    """Plug-ins that were found and cannot be used, with the reason."""
    return refused(CATALOG)


def added() -> list[tuple[str, str, str]]:
    """(kind, name, where from) of everything that is not built in."""
    return [
        ("method", name, entry.origin.name)
        for name, entry in CATALOG.entries().items()
        if entry.origin.kind != "built-in"
    ]
