"""Where a measurement is kept: a key of the map that was measured and of how."""

from __future__ import annotations

from innv_gui.records import Model
from innv_gui.session.explain.map_keys import map_key
from innv_gui.session.trust.request import Row, TrustRequest
from innv_gui.store.maps import key_of

RANKED = ("replacement", "region")  # measurements that rank the pixels of a map
FORMAT = 1  # of the numbers
FORMATS = {"sanity": 2, "stability": 2}  # of those that are computed in another way by now


def map_of(request: TrustRequest, row: Row, model: Model, position: int, hooks: str) -> list[str]:
    """What is measured. hooks: hash of the model's hooks. Raises ImageRefused for a lost image."""
    target, item = request.target(model, row), request.items[position]
    return [map_key(row.request or request.base, model, target, item, hooks), row.name if row.is_control else ""]


def measurement_key(request: TrustRequest, row: Row, map_: list[str], position: int, measurement: str) -> str:
    """Where it is kept. map_: from `map_of`."""
    by_sign = ["positive part"] if measurement in RANKED and _has_chosen_signs(row) else []
    how = FORMATS.get(measurement, FORMAT), map_, measurement, _settings(request, position, measurement)
    return key_of("trust", *how, *by_sign)


def _has_chosen_signs(row: Row) -> bool:
    """Whether it is the settings that give a map both signs."""
    asked = row.request
    return asked is not None and not asked.analyzer.signed and asked.analyzer.is_signed(asked.params)


def _settings(request: TrustRequest, position: int, measurement: str):
    if measurement == "replacement":
        return [*request.fills, request.steps]
    return request.regions.key(position) if measurement == "region" else None
