"""Measures how a network that learnt the sky is cured, and what does not cure it: `python docs/measure_retraining.py`.

Writes retraining.json and the table of how_to/retrain_with_a_part_painted_out.md, case by case; goes on where it was
stopped. The model is weather_shortcut.keras; trained on are the 200 sample pictures with their usual sky (vehicles
under clouds, trees under the sun), of which a quarter is held out; measured is on 400 new scenes, each kind under each
sky. About an hour on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "sample_models")]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import measure  # noqa: E402
import numpy as np  # noqa: E402

from innv_gui import samples  # noqa: E402
from innv_gui.records import ImageRef, ModelFacts, ModelSource  # noqa: E402
from innv_gui.runtimes.keras.networks.inspect import inspect  # noqa: E402
from innv_gui.runtimes.keras.retraining import retrain  # noqa: E402
from innv_gui.samples.own_masks import own_mask  # noqa: E402
from innv_gui.workshop.retraining import RetrainPlan, RetrainState, split, typical  # noqa: E402

PLACE = HERE / "retraining.json"
PAGE = HERE / "how_to" / "retrain_with_a_part_painted_out.md"
BLOCK = re.compile(r"(<!-- made: retraining -->\n).*?(<!-- end -->)", re.DOTALL)
MODEL = HERE.parent / "sample_models" / "weather_shortcut.keras"
NEW = range(1000, 1100)  # seeds of the scenes that are measured; the sample pictures have 0 to 99
HELD, SLICE = 0.25, 100
UPPER = 0.6  # of the height: one box over the sky of every picture
KEEP, SHORT = {"forget": 0.0}, {"forget": 0.0, "steps": 95}


@dataclass(frozen=True)
class Case:
    """wishes: what differs from the recommended plan. painted: how many pictures; None is all. region: "samples" are
    the masks, "box" is one for all, "own" leaves pictures without paint as they are."""

    name: str
    seeds: int = 2
    wishes: dict = field(default_factory=dict)
    painted: int | None = None
    region: str = "samples"


FILLING, PENALTY = {"way": "filling"}, {"way": "penalty", "strength": 1.0}
CASES = (
    Case("recommended: filling from other images and a light penalty, fresh weights, 1500 steps", 5),
    Case("the same, one box over the upper part of all images", 5, region="box"),
    Case("the same, 8 images painted, the others take what most of them have", 2, painted=8),
    Case("filling alone", 5, FILLING),
    Case("keeps the weights, 95 steps, filling alone", 2, SHORT | FILLING),
    Case("keeps the weights, 95 steps, filled with noise alone", 2, SHORT | FILLING | {"fill": "noise"}),
    Case("keeps the weights, 95 steps, penalty alone", 2, SHORT | PENALTY),
    Case("keeps the weights, filling alone", 2, KEEP | FILLING),
    Case("keeps the weights, filling alone, learning rate 0.0005", 2, KEEP | FILLING | {"learning_rate": 0.0005}),
    Case("filled with noise alone", 2, FILLING | {"fill": "noise"}),
    Case("filled with one colour alone", 2, FILLING | {"fill": "colour"}),
    Case("penalty alone", 2, PENALTY),
    Case("filling alone, 500 steps", 5, FILLING | {"steps": 500}),
    Case("filling alone, learning rate 0.005", 2, FILLING | {"learning_rate": 0.005}),
    Case("filling alone, 32 images painted, the others stay as they are", 2, FILLING, 32, "own"),
    Case("filling alone, 32 images painted, the others take what most of them have", 2, FILLING, 32),
    Case("keeps the weights, penalty alone", 2, KEEP | PENALTY),
    Case("half forgets the weights, filling alone", 2, FILLING | {"forget": 0.5}),
    Case("keeps the weights, filling and a light penalty", 2, KEEP),
)


@dataclass(frozen=True)
class Given:
    """The model, and the pictures that a person has."""

    facts: ModelFacts
    refs: tuple[ImageRef, ...]
    labels: np.ndarray
    masks: np.ndarray


def given(folder: Path) -> Given:
    """The sample pictures whose sky is the usual one."""
    root = samples.make(str(folder), ("weather",))["weather"]
    facts_of = (root.parent / "weather_facts.csv").read_text().splitlines()[1:]
    rows = [line.split(",") for line in facts_of]
    usual = [row for row in rows if (row[1] == "vehicle") == (row[2] == "cloudy")]
    refs = tuple(ImageRef(file, str(root / file), label=label) for file, label, *_ in usual)
    labels = np.array([measure.weather.KINDS.index(label) for _, label, *_ in usual], np.int32)
    masks = np.stack([~own_mask(ref.path) for ref in refs])
    return Given(inspect(ModelSource("keras", path=str(MODEL))), refs, labels, masks)


def plan_of(case: Case, seed: int, known: Given) -> RetrainPlan:
    """What the product would be asked for."""
    held = split(known.labels, HELD, seed)
    wishes = {"seed": seed, **case.wishes}
    source, rule = known.facts.source, known.facts.preprocessing
    id = f"{case.name}-{seed}"
    return RetrainPlan(id, source, rule, known.refs, known.labels, held, _masks(case, seed, known, held), **wishes)


def _masks(case: Case, seed: int, known: Given, held: np.ndarray) -> np.ndarray:
    if case.region == "box":
        box = np.zeros((1, *known.masks.shape[1:]), bool)
        box[:, : round(UPPER * box.shape[1])] = True
        return box
    if case.painted is None:
        return known.masks
    chosen = np.zeros(len(known.refs), bool)
    for class_ in (0, 1):  # half of each
        places = np.flatnonzero((known.labels == class_) & ~held)
        chosen[np.random.default_rng((seed, class_)).permutation(places)[: case.painted // 2]] = True
    few = known.masks & chosen[:, None, None]
    return few if case.region == "own" else typical(few)


def trained(plan: RetrainPlan) -> tuple[RetrainState, float]:
    """(the last state, seconds)."""
    state, start = retrain.begin(plan)[0], time.perf_counter()
    while state.step < plan.steps:
        state = retrain.step(plan, state, SLICE, bool, bool).state
    return state, time.perf_counter() - start


def measured(content: bytes, shown: measure.Pictures) -> dict:
    """Of a file: accuracy under the usual and the swapped sky, and the sky's share for "vehicle" under clouds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        path.write_bytes(content)
        model = keras.models.load_model(path)
    rights, shares = measure.weather_accuracies(model, shown), measure.sky_shares(model, shown)
    found = {name: one["cloudy vehicles"] for name, one in shares.items()}
    return {
        "usual": rights["usual sky"],
        "swapped": rights["swapped sky"],
        "share": found["gradient times input"]["share"],
        "share grad_cam": found["grad_cam"]["share"],
    }


def row(case: Case, seed: int, known: Given, shown: measure.Pictures) -> dict:
    """One run: what the product says of it, and what new scenes say."""
    plan = plan_of(case, seed, known)
    state, seconds = trained(plan)
    said = retrain.measure(plan, state)
    own = {"replaced": said.replaced, "share": said.share, "undecided": said.undecided}
    return {"seed": seed, "seconds": round(seconds, 1), "held out": own} | measured(
        retrain.made(plan, state, {}), shown
    )


def main() -> None:
    """Each case with each of its seeds; what is in the file already is kept."""
    wished = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wished.add_argument("words", nargs="*", help="only cases whose name has one of these")
    words = wished.parse_args().words
    kept = json.loads(PLACE.read_text()) if PLACE.is_file() else {}
    shown = measure.weather_pictures(NEW)
    kept.setdefault("before", measured(MODEL.read_bytes(), shown))
    with tempfile.TemporaryDirectory() as folder:
        known = given(Path(folder))
        for case in CASES:
            if words and not any(word in case.name for word in words):
                continue
            rows = kept.setdefault("cases", {}).setdefault(case.name, [])
            for seed in range(len(rows), case.seeds):
                rows.append(row(case, seed, known, shown))
                print(case.name, rows[-1], flush=True)
                PLACE.write_text(json.dumps(_plain(kept), indent=1) + "\n")
    write_table(kept)


def write_table(kept: dict) -> None:
    """The table on the page, of what is measured."""
    columns = ("usual", "swapped", "share")
    head = ("", "seeds", "right, usual sky", "right, swapped sky", "sky's share", "cured")
    lines = [head, tuple("---" for _ in head)]
    lines.append(("the model as it is", "", *(f"{kept['before'][name]:.2f}" for name in columns), ""))
    for name, rows in kept["cases"].items():
        spans = (_span([row[column] for row in rows]) for column in columns)
        lines.append((name, str(len(rows)), *spans, f"{sum(map(is_cured, rows))} of {len(rows)}"))
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    PAGE.write_text(BLOCK.sub(lambda found: found[1] + table + found[2], PAGE.read_text()))


def is_cured(row: dict) -> bool:
    """By behaviour and by evidence."""
    share = row["share"]
    known = share is not None and np.isfinite(share)
    return row["swapped"] >= 0.9 and row["usual"] >= 0.97 and known and share <= 0.3


def _span(values: list) -> str:
    """From the least to the most; – where there is none."""
    known = [value for value in values if value is not None and np.isfinite(value)]
    if not known:
        return "–"
    low, high = f"{min(known):.2f}", f"{max(known):.2f}"
    return low if low == high else f"{low} to {high}"


def _plain(value):
    """NaN, which JSON does not know, as null."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value


if __name__ == "__main__":
    main()
