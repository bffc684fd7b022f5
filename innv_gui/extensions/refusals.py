"""All plug-ins that cannot be used, of every catalog, each said once."""

from __future__ import annotations

from innv_gui.extensions.catalog import Catalog, Refused


def refused(*catalogs: Catalog) -> tuple[Refused, ...]:
    """A file that cannot be read is met by each catalog, and told once."""
    found = (one for catalog in catalogs for one in catalog.refused())
    return tuple({(one.origin, one.name, one.reason): one for one in found}.values())
