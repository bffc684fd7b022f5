"""Which Keras wrote a model: what a file says about it, and what its form implies where it says nothing."""

from __future__ import annotations

import json


def in_metadata(text: bytes) -> str | None:
    """The version in the metadata of a .keras archive."""
    try:
        return told(json.loads(text))
    except (ValueError, RecursionError):
        return None


def told(fields) -> str | None:
    """`keras_version` of a dictionary, if it is one and has it."""
    version = fields.get("keras_version") if isinstance(fields, dict) else None
    return version if isinstance(version, str) else None


def is_old(version: str | None, config: dict) -> bool:
    """Whether words of the configuration mean what they meant to Keras 2 (and 1).

    A file without a version is old where it names no modules: Keras 3 names one with each object.
    """
    if version is None:
        return "module" not in config
    return version.partition(".")[0] in ("0", "1", "2")


def is_keras_1(version: str | None) -> bool:
    """Or before."""
    return version is not None and version.partition(".")[0] in ("0", "1")
