"""A run in the workspace: a folder with its record, the pictures of its classes, and one file of arrays per network.

Each file is replaced as a whole, and checked when it is read: what is not as it was written is as if it were not there.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from innv_gui.errors import InnvError
from innv_gui.records import replace
from innv_gui.session.workshop.asked import OPTIONS, given_classes, square
from innv_gui.session.workshop.classes import Wanted, pictures
from innv_gui.session.workshop.request import ShapesRequest, check_shapes, checked_title
from innv_gui.session.workshop.trial import FilmFacts, Trial
from innv_gui.store.array_files import in_order, numbered, read_arrays, write_arrays
from innv_gui.store.kept_files import Damaged, read_record, write_record
from innv_gui.workshop.recipe import STOPS, TrainState
from innv_gui.workshop.tiles import SIDE

RECORD, PICTURES = "run.json", "pictures.npz"
HEAVY = ("weight_", "slot_", "frames_")  # arrays that are read when they are asked for
ENDED = ("done", "cancelled", "failed")
VERSION = 1


@dataclass(frozen=True)
class KeptFacts:
    """What a record says of a run beside its request. created: seconds since 1970.

    sha256, output: of a person's model; None where no output was chosen.
    """

    name: str
    pinned: bool
    created: float
    status: str
    error: dict | None = None
    file: str = ""
    sha256: str = ""
    output: int | None = None


@dataclass(frozen=True)
class RunFolder:
    """One run's files."""

    path: Path

    # -- the record

    def write(self, request: ShapesRequest, facts: KeptFacts) -> None:
        """Replace the record; not that of a run that was removed meanwhile."""
        if not self.path.is_dir():
            return
        plain = {"version": VERSION, "asked": request.asked, "notes": list(request.notes)}
        write_record(self.path / RECORD, plain | vars(facts))

    def write_pictures(self, request: ShapesRequest) -> None:
        """Of classes that are of images: they may be gone when the run is trained on."""
        pairs = zip(request.recipe.classes, request.asked["classes"], strict=True)
        own = {str(k): one.pixels for k, (one, asked) in enumerate(pairs) if _own(asked) and one.pixels is not None}
        if own:
            write_arrays(self.path / PICTURES, own)

    def read(self) -> tuple[ShapesRequest, KeptFacts] | None:
        """None where there is no run."""
        found: list[tuple[ShapesRequest, KeptFacts]] = []
        read_record(self.path / RECORD, lambda record: found.append(self._read(record)))
        return found[0] if found else None

    def _read(self, record: dict) -> tuple[ShapesRequest, KeptFacts]:
        if record["version"] != VERSION:
            raise Damaged
        given = {name: record[name] for name in KeptFacts.__dataclass_fields__ if name != "output"}
        facts = KeptFacts(**given, output=record.get("output"))  # which records of earlier versions do not have
        try:
            _check_facts(facts)
            return self._request(record["asked"], tuple(map(str, record["notes"])), facts), facts
        except InnvError as error:
            raise Damaged(str(error)) from None

    def _request(self, asked: dict, notes: tuple[str, ...], facts: KeptFacts) -> ShapesRequest:
        kept = read_arrays(self.path / PICTURES) or {}
        places = iter([str(k) for k, one in enumerate(asked["classes"]) if _own(one)])
        listed = [one | {"run": self.path.name} if _own(one) else one for one in asked["classes"]]
        classes = given_classes(listed, lambda one: _ready(one, kept[next(places)]))
        marks = {name: square(name, values, "marks") for name, values in asked["marks"].items()}
        is_file = asked["model"] == "file"
        model = "mlp" if is_file else asked["model"]
        options = {name: asked[name] for name in OPTIONS}
        request = check_shapes(classes, read=_none, marks=marks, model=model, **options)
        if not is_file:
            return replace(request, notes=notes)
        named = {"model": "file", "file": asked["file"]}
        recipe = replace(request.recipe, model="file")
        return replace(request, recipe=recipe, asked=request.asked | named, notes=notes, file=facts.file)

    # -- trials

    def write_trial(self, k: int, trial: Trial) -> None:
        """All of a network; what is not in memory is taken over from the file."""
        state, frames = trial.state or self.state(k), trial.frames or self.frames(k)
        if state is None or not self.path.is_dir():
            return
        arrays = {"rows": trial.rows, "facts": np.frombuffer(json.dumps(_facts(trial, state)).encode(), np.uint8)}
        arrays |= numbered("weight", state.weights) | numbered("slot", state.slots)
        arrays |= numbered("frames", frames or ()) | numbered("p", [film.p for film in trial.films])
        write_arrays(self._trial(k), arrays)

    def read_trial(self, k: int, seed: int, way: str, names: list[str]) -> Trial:
        """What is known without weights and frames; a trial that has not begun where the file cannot be used."""
        arrays = read_arrays(self._trial(k), lambda name: not name.startswith(HEAVY))
        try:
            return _trial(arrays, seed, way, names) if arrays else Trial(seed, way)
        except (LookupError, TypeError, ValueError, AttributeError):
            return Trial(seed, way)

    def state(self, k: int) -> TrainState | None:
        """The weights of a network; None where there are none."""
        arrays = read_arrays(self._trial(k), lambda name: not name.startswith(("frames_", "p_")))
        if not arrays or "weight_0" not in arrays:
            return None
        facts = json.loads(arrays["facts"].tobytes())
        return TrainState(
            in_order("weight", arrays), in_order("slot", arrays), len(arrays["rows"]) - 1, float(facts["scale"])
        )

    def frames(self, k: int) -> tuple[np.ndarray, ...] | None:
        """For each class (steps + 1, 28, 28) float32; None where there are no pictures yet."""
        arrays = read_arrays(self._trial(k), lambda name: name.startswith("frames_"))
        return in_order("frames", arrays) if arrays else None

    def _trial(self, k: int) -> Path:
        return self.path / f"trial-{k}.npz"


def _own(asked: dict) -> bool:
    return asked.get("tile") is None and asked.get("pixels") is None


def _ready(asked: dict, pixels: np.ndarray) -> Wanted:
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[1:] != (SIDE, SIDE):
        raise Damaged
    return pictures(str(asked["name"]), pixels, {name: asked[name] for name in ("name", "dataset", "images")})


def _none(refs: list):
    raise Damaged


def _check_facts(facts: KeptFacts) -> None:
    checked_title(facts.name)
    is_right = isinstance(facts.pinned, bool) and facts.status in (*ENDED, "running")
    texts = isinstance(facts.file, str) and isinstance(facts.sha256, str)
    is_right = is_right and (facts.output is None or type(facts.output) is int and facts.output >= 0)
    if not (is_right and texts and isinstance(facts.created, float) and math.isfinite(facts.created)):
        raise Damaged
    if facts.error is not None and not isinstance(facts.error, dict):
        raise Damaged


def _facts(trial: Trial, state: TrainState) -> dict:
    films = [
        {"name": film.name, "stopped": film.stopped, "r": film.signed_r, "others": film.others, "mean": film.mean}
        for film in trial.films
    ]
    more = {"films": films, "films_epoch": trial.films_epoch, "measured": trial.measured, "scale": state.scale}
    return {"seed": trial.seed, "way": trial.way} | more


def _trial(arrays: dict[str, np.ndarray], seed: int, way: str, names: list[str]) -> Trial:
    rows, facts = arrays["rows"], json.loads(arrays["facts"].tobytes())
    if rows.ndim != 2 or rows.shape[1] != 4 or (facts["seed"], facts["way"]) != (seed, way):
        raise Damaged
    films = tuple(_film(one, arrays[f"p_{k}"]) for k, one in enumerate(facts["films"]))
    if films and [film.name for film in films] != names:
        raise Damaged
    return Trial(seed, way, rows, films, facts["films_epoch"] if films else None, dict(facts["measured"]))


def _film(one: dict, p: np.ndarray) -> FilmFacts:
    if one["stopped"] not in STOPS or p.ndim != 1 or not len(p):
        raise Damaged
    others = {str(name): float(r) for name, r in one["others"].items()}
    return FilmFacts(str(one["name"]), p, one["stopped"], float(one["r"]), others, bool(one["mean"]))
