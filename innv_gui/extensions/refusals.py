"""All plug-ins that cannot be used, of every catalog, each reported once."""

from __future__ import annotations

from innv_gui.extensions.catalog import Catalog, Refused


def refused(*catalogs: Catalog) -> tuple[Refused, ...]:
    """Each catalog meets a file that cannot be read; it is reported once."""
    found = (one for catalog in catalogs for one in catalog.refused())
    return tuple({(one.origin, one.name, one.reason): one for one in found}.values())
