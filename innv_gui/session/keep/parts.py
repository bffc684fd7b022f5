"""Which images of a whole a saved list has, as texts in a record: so it is found again where only the whole is open."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence

import numpy as np

from innv_gui.datasets import Collection


def texts_of(collection: Collection) -> list[str]:
    """One text per step from the whole to the part; none for a whole. Positions count in ascending order."""
    return [_text(positions) for positions in collection.parts]


def part_of(whole: Collection, texts: Sequence[str], name: str) -> Collection | None:
    """The part again, under a name; None where the texts are not of a part of this whole."""
    try:
        return taken(whole, texts, name)
    except (ValueError, zlib.error):
        return None


def taken(whole: Collection, texts: Sequence[str], name: str) -> Collection:
    """The same of texts that are known to be of a part of it. Raises ValueError and zlib.error for others."""
    for text in texts:
        whole = whole.part(name, _positions(text, whole.n))
    return whole


def _text(positions: np.ndarray) -> str:
    bits = np.zeros(int(positions.max(initial=-1)) + 1, bool)
    bits[positions] = True
    return base64.b64encode(zlib.compress(np.packbits(bits, bitorder="little").tobytes(), 9)).decode()


def _positions(text: str, n: int) -> np.ndarray:
    """Raises ValueError for other images than those of n; what would unpack to more is not unpacked."""
    unpacking = zlib.decompressobj()
    content = unpacking.decompress(base64.b64decode(text, validate=True), -(-n // 8) + 1)
    positions = np.flatnonzero(np.unpackbits(np.frombuffer(content, np.uint8), bitorder="little"))
    if not unpacking.eof or not len(positions) or positions[-1] >= n:
        raise ValueError
    return positions
