"""Writes the tables of docs/workshop.md from the figures in workshop.json, which measure_workshop.py measured.

`make docs`. A table stands between `<!-- made: NAME -->` and `<!-- end -->`; everything outside is written by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from statistics import mean, stdev

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "workshop.md"
BLOCK = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
LINES = ("vertical_line", "horizontal_line")
SHAPES = ("box", "vertical_line", "disk", "triangle")
REPORTED_LINES = {("mlp", 4): (0.52, 0.53), ("mlp", 6): (0.59, 0.57)}  # by ShapeShop's authors: |r|
REPORTED_SIX = {"mlp": (0.38, 0.57, 0.38, 0.48), "cnn": (0.64, 0.93, 0.70, 0.76)}
NAMES = {"mlp": "MLP", "cnn": "CNN"}
CURED = 0.9


def made(text: str) -> str:
    """The page with its tables made again."""
    return BLOCK.sub(lambda found: f"{found[1]}{TABLES[found[2]]()}\n{found[3]}", text)


def lines() -> str:
    """Both lines alone, with disk and ring, and with both noises as well."""
    head = "network | classes | vertical line | horizontal line | with the other line | steps"
    return _table(head, (_lines_row(one) for one in _figures("lines")))


def _lines_row(one: dict) -> tuple:
    count, seeds = len(one["classes"]), one["seeds"]
    reported = REPORTED_LINES.get((one["model"], count), (None, None))
    own = [_spread([seed["r"][name] for seed in seeds], told) for name, told in zip(LINES, reported, strict=True)]
    other = [seed["others"][name][rival] for seed in seeds for name, rival in (LINES, LINES[::-1])]
    steps = [step for seed in seeds for step in seed["steps"]]
    return NAMES[one["model"]], str(count), *own, _spread(other), f"{min(steps)}–{max(steps)}"


def six() -> str:
    """Six classes, by both networks, and by the convolutional one when it is trained longer."""
    head = " | ".join(["network", *(name.replace("_", " ") for name in SHAPES), "noise", "blurred noise"])
    figures = _figures("six")
    rows = [_six_row(one, f"{NAMES[one['model']]}, {one['epochs']} epochs", "r") for one in figures]
    longest = figures[-1]
    return _table(head, [*rows, _six_row(longest, f"the same, {longest['epochs']} epochs, cut to 0 and 1", "cut")])


def _six_row(one: dict, name: str, field: str) -> tuple:
    reported = (*REPORTED_SIX[one["model"]], None, None)
    cells = [
        _spread([abs(seed[field][name]) for seed in one["seeds"]], told)
        for name, told in zip(one["classes"], reported, strict=True)
    ]
    return name, *cells


def markers() -> str:
    """Accuracy as usual and with the corners of the other class, by how marks are used."""
    head = "network | marker | way | strength | as usual | corners of the other class | cured | gradient in the corners"
    return _table(head, (_markers_row(one) for one in _figures("markers")))


def _markers_row(one: dict) -> tuple:
    seeds, side = one["seeds"], one["side"]
    usual, replaced, inside = ([seed[name] for seed in seeds] for name in ("held", "replaced_accuracy", "inside"))
    cured = sum(value >= CURED for value in replaced)
    way = "without" if one["way"] == "none" else one["way"]
    strength = f"{one['strength']:g}" if one["way"] in ("penalty", "both") else "–"
    ends = (_ends(usual), _ends(replaced), f"{cured} of {len(seeds)}", f"{mean(inside):.2f}")
    return NAMES[one["model"]], f"{side} × {side}", way, strength, *ends


TABLES = {one.__name__: one for one in (lines, six, markers)}


def _ends(values: list[float]) -> str:
    """Mean, and the least and the largest where they differ."""
    return f"{mean(values):.2f}" + (f" ({min(values):.2f}–{max(values):.2f})" if min(values) < max(values) else "")


def _spread(values: list[float], reported: float | None = None) -> str:
    """Mean ± standard deviation; in brackets what was reported."""
    told = "" if reported is None else f" ({reported:.2f})"
    return f"{mean(values):.2f} ± {stdev(values):.2f}{told}".replace("-", "−")


def _table(head: str, rows: Iterable[Iterable[str]]) -> str:
    lines = ["| " + head + " |", "|" + "---|" * (head.count(" | ") + 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _figures(part: str) -> list[dict]:
    return json.loads((DOCS / "workshop.json").read_text())[part]


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text()))
