"""iNNvestigate's numbers on the tests' small networks, kept in a file: computing them takes most of the time.

Some are computed on every run all the same, and the file must agree. REFERENCES=live in the environment computes all
of them (`make conformance` does so first), REFERENCES=write makes the file again from both files of tests at once.
"""

import os
from functools import cache
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("references.npz")
MODE = os.environ.get("REFERENCES", "")
LIVE = 1e-6  # of the largest relevance
KEPT = 1e-3  # the same on another processor: where LRP divides by almost nothing, it rounds the fifth digit otherwise


@cache
def _kept():
    return dict(np.load(FILE)) if FILE.exists() else {}


def is_live(place, every=8):
    """Whether the reference of a place in a list is computed on each run: one of `every`."""
    return bool(MODE) or place % every == 0


def reference(key, compute, live):
    """(maps, tolerance): computed by compute() when live, and then the kept ones have to be the same; or those."""
    if not live:
        return _kept()[key], KEPT
    found = compute()
    if MODE == "write":
        _kept()[key] = found
        np.savez_compressed(FILE, **_kept())
    assert_same(_kept()[key], found, KEPT)
    return found, LIVE


def assert_same(found, expected, tolerance):
    """tolerance: of the largest value, or of 1 where that is smaller."""
    assert np.max(np.abs(found - expected)) <= tolerance * max(1.0, np.max(np.abs(expected)))
