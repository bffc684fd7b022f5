"""What a person asks to be trained: checked once, here, and trusted from then on."""

from __future__ import annotations

import hashlib
import json
import math
import numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.records import Model, replace
from innv_gui.session.workshop.classes import LONGEST_NAME, Read, Wanted, check_classes
from innv_gui.session.workshop.marks import check_marks
from innv_gui.workshop.recipe import INITIALS, RECOMMENDED_STRENGTH, RECOMMENDED_WAY, WAYS, Recipe, regions

BUILT_IN = ("mlp", "cnn")  # models that need no file
MOST_EPOCHS, MOST_SEEDS, MOST_STEPS = 10_000, 10, 500
LARGEST_STEP, LARGEST_STRENGTH, LARGEST_SEED = 1.0, 1000.0, 2**31 - 1 - MOST_SEEDS


@dataclass(frozen=True)
class ShapesRequest:
    """One click of "Train and visualize". recipe: of the first trial; way: of the trials that use the marks.

    asked: the whole request as JSON, which can be sent again. file: the name of a person's model.
    """

    recipe: Recipe
    seeds: int
    way: str
    asked: dict
    labels: tuple[str, ...]
    notes: tuple[str, ...] = ()
    file: str = ""

    @property
    def trials(self) -> list[tuple[int, str]]:
        """(seed, way) of each network; with marks without and with them, from the same start."""
        ways = ("none",) if self.way == "none" else ("none", self.way)
        return [(self.recipe.seed + k, way) for k in range(self.seeds) for way in ways]

    @cached_property
    def key(self) -> str:
        """The same for requests that give the same numbers."""
        recipe = self.recipe
        plain = [recipe.model, recipe.initial, recipe.step_size, recipe.epochs, self.trials]
        plain += [recipe.strength] if self.way in ("penalty", "both") else []
        found = hashlib.sha256(json.dumps([plain, recipe.source and recipe.source.content, self.file]).encode())
        for one in recipe.classes:
            for part in (one.pixels, one.marks):
                found.update(b"-" if part is None else part.tobytes())
            found.update(json.dumps([one.name, one.tile]).encode())
        return found.hexdigest()

    def of(self, seed: int, way: str) -> Recipe:
        """The recipe of one trial."""
        return replace(self.recipe, seed=seed, way=way)

    def longer(self, epochs: int) -> ShapesRequest:
        """The same with other epochs."""
        return replace(self, recipe=replace(self.recipe, epochs=epochs), asked=self.asked | {"epochs": epochs})


def check_shapes(
    classes: Sequence,
    *,
    read: Read,
    marks: Mapping | None = None,
    way: str | None = None,
    strength: float = RECOMMENDED_STRENGTH,
    model: str | Model = "mlp",
    initial: str = "black",
    step_size: float = 0.005,
    epochs: int = 100,
    seed: int = 0,
    seeds: int = 1,
) -> ShapesRequest:
    """Everything about one run, complete; raises BadInput that names the field."""
    options = {
        "model": model if isinstance(model, Model) else _one_of("model", model, BUILT_IN),
        "initial": _one_of("initial", initial, INITIALS),
        "step_size": _number("step_size", step_size, LARGEST_STEP),
        "strength": _number("strength", strength, LARGEST_STRENGTH),
        "epochs": whole("epochs", epochs, 1, MOST_EPOCHS),
        "seed": whole("seed", seed, 0, LARGEST_SEED),
        "seeds": whole("seeds", seeds, 1, MOST_SEEDS),
        "way": RECOMMENDED_WAY if way is None else _one_of("way", way, WAYS),
    }
    wanted = check_classes(classes, read)
    return _request(wanted, check_marks(marks, wanted), options)


def _request(wanted: Sequence[Wanted], marks: dict, options: dict) -> ShapesRequest:
    model, way = options["model"], options["way"] if marks else "none"
    is_file = isinstance(model, Model)
    fields = {name: options[name] for name in ("initial", "step_size", "epochs", "seed", "strength")}
    shapes = tuple(replace(one.shape, marks=marks.get(one.shape.name)) for one in wanted)
    named = {"model": "file" if is_file else model}
    recipe = Recipe(shapes, source=model.source if is_file else None, way="none", **named, **fields)
    _check_left(recipe, wanted)
    asked = {
        "classes": [one.asked for one in wanted],
        "marks": {name: values.ravel().tolist() for name, values in marks.items()},
        **named,
        "file": model.id if is_file else None,
        **fields,
        "seeds": options["seeds"],
        "way": options["way"],
    }
    notes = tuple(note for one in wanted for note in one.notes)
    labels = tuple(one.label for one in wanted)
    return ShapesRequest(recipe, options["seeds"], way, asked, labels, notes, model.name if is_file else "")


def _check_left(recipe: Recipe, wanted: Sequence[Wanted]) -> None:
    """The regions of all classes together leave each of them something to be looked at."""
    for region, one in zip(regions(recipe), wanted, strict=True):
        if region.all():
            message = f"The marks of all classes together leave nothing of {one.label} to look at."
            raise BadInput(message, "What is painted out on one class counts for all: paint less.", "marks")


def _one_of(field: str, value, allowed: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in allowed:
        return value
    raise BadInput(f"Expected one of {', '.join(allowed)} as {field}, got {str(value)[:60]!r}.", "", field, allowed)


def _number(field: str, value, most: float) -> float:
    known = float(value) if isinstance(value, numbers.Real) and not isinstance(value, bool) else math.nan
    if not 0 < known <= most:
        limits = f"above 0, at most {most:g}"
        raise BadInput(f"Expected a {field.replace('_', ' ')} {limits}, got {str(value)[:60]}.", "", field, (limits,))
    return known


def whole(field: str, value, least: int, most: int) -> int:
    """A whole number in its limits."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and least <= value <= most:
        return int(value)
    limits = f"{least} to {most}"
    raise BadInput(f"Expected {limits} as {field}, got {str(value)[:60]}.", "", field, (limits,))


def checked_title(name: str) -> str:
    """What a person calls a run."""
    name = " ".join(name.split())
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise BadInput(f"Expected a name of 1 to {LONGEST_NAME} characters, got {name[:80]!r}.", "", "name")
    return name
