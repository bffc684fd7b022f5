"""Earlier runs as a person distinguishes them: equal requests are one, however often they were made."""

from __future__ import annotations

import json
from collections.abc import Iterable

OWN = ("id", "started", "title", "contents")  # of a record: what is of the one run and not of its request


def _request(record: dict) -> str:
    return json.dumps({name: value for name, value in record.items() if name not in OWN}, sort_keys=True)


def told_apart(records: Iterable[dict]) -> list[list[dict]]:
    """Records, newest first -> groups of equal requests, newest first, in the order of their newest."""
    groups: dict[str, list[dict]] = {}
    for record in records:
        groups.setdefault(_request(record), []).append(record)
    return list(groups.values())


def title_of(group: Iterable[dict]) -> str:
    """What a person called a request last; empty without."""
    return next((record["title"] for record in group if record["title"]), "")
