"""Named choices of a dataset's images, as bits in one record."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from innv_gui.store.kept_files import Damaged, read_record, write_record


def read_masks(path: Path, n: int, most: int) -> dict[str, np.ndarray]:
    """Name -> (n,) bool, at most `most` of them; none where there is no record of as many images."""
    record = read_record(path, lambda record: _masks(record, n, most))
    return {} if record is None else _masks(record, n, most)


def write_masks(path: Path, masks: Mapping[str, np.ndarray], n: int) -> None:
    """Keep all of them."""
    texts = {
        name: base64.b64encode(np.packbits(mask, bitorder="little").tobytes()).decode() for name, mask in masks.items()
    }
    write_record(path, {"n": n, "masks": texts})


def _masks(record: dict[str, Any], n: int, most: int) -> dict[str, np.ndarray]:
    if record["n"] != n or not isinstance(record["masks"], dict) or len(record["masks"]) > most:
        raise Damaged
    return {_name(name): _mask(text, n) for name, text in record["masks"].items()}


def _name(name: str) -> str:
    if not name or not name.isprintable():
        raise Damaged
    return name


def _mask(text: str, n: int) -> np.ndarray:
    content = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    bits = np.unpackbits(content, bitorder="little").astype(bool)
    if len(content) != -(-n // 8) or bits[n:].any() or not bits.any():
        raise Damaged
    return bits[:n]
