"""What third parties add to a session, and what of it cannot be used."""

from __future__ import annotations

from innv_gui.analyzers.registry import CATALOG as ANALYZERS
from innv_gui.extensions.catalog import Refused
from innv_gui.extensions.refusals import refused
from innv_gui.session.suggest.catalog import CATALOG as REASONS
from innv_gui.views.catalog import CATALOG as VIEWS

CATALOGS = {"method": ANALYZERS, "view": VIEWS, "reason": REASONS}


def unusable() -> tuple[Refused, ...]:
    """Plug-ins that were found and cannot be used, with the reason."""
    return refused(*CATALOGS.values())


def added() -> list[tuple[str, str, str]]:
    """(kind, name, where from) of everything that is not built in."""
    return [
        (kind, name, entry.origin.name)
        for kind, catalog in CATALOGS.items()
        for name, entry in catalog.entries().items()
        if entry.origin.kind != "built-in"
    ]
