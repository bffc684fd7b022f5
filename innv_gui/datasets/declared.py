"""What a file declares against what is in it: a few bytes can declare a million images.

Real files hold less than they declare, too: compressed, or with rows or blocks that were not written yet. So only what
no compression reaches is refused: more than 1100 times what is there (deflate packs zeros 1032 to 1).
"""

from __future__ import annotations

import os

PACKING = 1100
SLACK = 2**26  # bytes that any file may declare
MOST_PIECES = 10_000


def is_hollow(declared: int, held: int) -> bool:
    """Whether an array of `declared` bytes cannot come out of `held` bytes."""
    return declared > PACKING * held + SLACK


def held_in(path: str) -> int:
    """Bytes of a file that were written, without its holes; its size where the system does not distinguish them."""
    size = os.path.getsize(path)
    if not hasattr(os, "SEEK_DATA"):
        return size
    with open(path, "rb") as file:
        return _written(file.fileno(), size)


def _written(descriptor: int, size: int) -> int:
    held = end = 0
    try:
        for _ in range(MOST_PIECES):
            start = os.lseek(descriptor, end, os.SEEK_DATA)
            end = os.lseek(descriptor, start, os.SEEK_HOLE)
            held += end - start
    except OSError:  # nothing but a hole is left
        return held
    return size
