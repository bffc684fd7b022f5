"""What a sample set knows of its own pictures: where the evidence for a class should be."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import numpy as np

from innv_gui.samples import weather
from innv_gui.samples.making import FACTS


def has_own_masks(root: str | Path) -> bool:
    """Whether a folder is the sample set of weather, whose facts lie beside it."""
    root = Path(root)
    return root.name == "weather" and (root.parent / FACTS).is_file()


def own_mask(picture: str | Path) -> np.ndarray | None:
    """(64, 64) bool of one picture, all but its sky: a vehicle or a tree and the ground they stand on; None without."""
    picture = Path(picture)
    root = picture.parent.parent
    if not has_own_masks(root):
        return None
    facts = root.parent / FACTS
    found = _facts(facts, facts.stat().st_mtime_ns).get(f"{picture.parent.name}/{picture.name}")
    return None if found is None else ~weather.sky_mask(*found)


@lru_cache(maxsize=4)
def _facts(path: Path, changed_ns: int) -> dict[str, tuple[int, str, str]]:
    """File -> seed, kind, sky. changed_ns: a file that was written again is read again."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["file"]: (int(row["seed"]), row["label"], row["sky"]) for row in rows}
