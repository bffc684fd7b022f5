"""Features of all images made short: their first principal components, written beside them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np

from innv_gui.explore.components import Shortened, components_of

BLOCK_BYTES = 32_000_000
PIXEL_MAX = 255.0


def shorten(source: str, shape: tuple[int, int], dtype: str, rows: np.ndarray | None, target: str) -> Shortened:
    """source: a raw file of (N, D) numbers; rows: those that count, all for None -> target: raw (n, k) float32."""
    whole = np.memmap(source, dtype, "r", shape=shape)
    rows = np.arange(shape[0]) if rows is None else rows

    def blocks() -> Iterator[np.ndarray]:
        step = max(1, BLOCK_BYTES // (4 * max(shape[1], 1)))
        for start in range(0, len(rows), step):
            block = np.asarray(whole[rows[start : start + step]], np.float32)
            yield block / PIXEL_MAX if dtype == "uint8" else block

    components, check = components_of(blocks), 0
    with open(target, "wb") as file:
        for block in blocks():
            content = components(block).tobytes()
            check = zlib.crc32(content, check)
            file.write(content)
    return Shortened(components, (len(rows), components.axes.shape[1]), check)
