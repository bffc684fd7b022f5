"""A selection as bits: bit r % 8 of byte r // 8 says whether row r is in it."""

from __future__ import annotations

import hashlib

import numpy as np

from innv_gui.errors import BadInput


def packed(mask: np.ndarray) -> bytes:
    """(n,) bool -> ceil(n / 8) bytes."""
    return np.packbits(mask, bitorder="little").tobytes()


def unpacked(content: bytes, n: int) -> np.ndarray:
    """ceil(n / 8) bytes -> (n,) bool. Raises BadInput for another length, and for bits behind the last row."""
    if len(content) != -(-n // 8):
        raise BadInput(
            f"Expected {-(-n // 8):,} bytes of selection for {n:,} images, got {len(content):,}.", "", "bits"
        )
    bits = np.unpackbits(np.frombuffer(content, np.uint8), bitorder="little")
    if bits[n:].any():
        raise BadInput(f"The selection has rows behind the last of {n:,} images.", "", "bits")
    return bits[:n].astype(bool)


def id_of(mask: np.ndarray) -> str:
    """The same rows have the same id."""
    return "s" + hashlib.sha256(packed(mask)).hexdigest()[:20]
