"""What a person asks for: which model, which images, what is painted, and how to train. Checked once, here."""

from __future__ import annotations

import math
import numbers
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.records import Model
from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.request import DatasetItems, Item
from innv_gui.session.labels import class_of_label, label_codes
from innv_gui.session.naming import naming_of
from innv_gui.session.retraining.painted import Painted, painted
from innv_gui.workshop.retraining import FILLS, WAYS, RetrainPlan, split

HELD = 0.25  # of the images
FEWEST = 4  # images of a class
MOST_IMAGES = 10_000
MOST_STEPS, STEPS = 20_000, 1500
LARGEST = {"learning_rate": 1.0, "strength": 1000.0}
LARGEST_SEED = 2**31 - 1
STRENGTH = 0.1
LEARNING_RATE = 0.002  # of fresh weights
GENTLE = 0.0005  # of weights that are kept
MOST_FRESH = 1_000_000  # weights: a larger network has learned more than a few images could teach it again
OPTIONS = ("way", "fill", "strength", "steps", "learning_rate", "forget", "seed")


@dataclass(frozen=True, eq=False)
class RetrainRequest:
    """Complete and checked. indices: of the images that take part; names: of the model's classes; asked: the wish."""

    model: Model
    dataset: Dataset
    indices: np.ndarray
    names: tuple[str, ...]
    painted: Painted = field(repr=False)
    plan: RetrainPlan = field(repr=False)
    asked: dict
    notes: tuple[str, ...] = ()

    @property
    def n_trained(self) -> int:
        """Images that are trained on."""
        return int((~self.plan.held).sum())


def check_retraining(model: Model, images, regions, decode: Callable, **wishes) -> RetrainRequest:
    """Turn what was asked into a request, or raise BadInput naming the field.

    images: a Dataset or part of one, with labels. regions: see `painted`. wishes: OPTIONS; None is the recommended one.
    """
    dataset = _dataset(images)
    items, labels, notes = _labelled(model, dataset)
    options = checked_options(model, wishes)
    found = painted(regions, items, model, decode)
    held = split(labels, HELD, options["seed"])
    refs = tuple(item.ref for item in items if item.ref is not None)
    known = (f"r-{uuid.uuid4().hex[:12]}", model.source, model.preprocessing, refs, labels, held, found.masks)
    notes += _notes(model, found, len(items), options)
    indices = np.array([item.index for item in items])
    return RetrainRequest(
        model, dataset, indices, naming_of(model, dataset).names, found, RetrainPlan(*known, **options), options, notes
    )


def recommended(model: Model) -> dict:
    """OPTIONS as they are where nothing is said; measured by docs/measure_retraining.py."""
    keeps = keeps_weights(model)
    rate = GENTLE if keeps else LEARNING_RATE
    known = {"way": "both", "fill": "pictures", "strength": STRENGTH, "steps": STEPS}
    return known | {"learning_rate": rate, "forget": 0.0 if keeps else 1.0, "seed": 0}


def keeps_weights(model: Model) -> bool:
    """Whether its weights should not be forgotten: BatchNormalization, or more than some images can teach again."""
    return model.facts.n_params > MOST_FRESH or has_statistics(model)


def has_statistics(model: Model) -> bool:
    """Whether BatchNormalization holds statistics of the weights."""
    return any(layer.type == "BatchNormalization" for layer in model.layers)


def _dataset(images) -> Dataset:
    if not isinstance(images, Dataset):
        raise BadInput("Expected a dataset, or a part of one.", "Open it with add_dataset.", "dataset")
    if not images.class_names:
        hint = "Give images in one folder per class, or a manifest with labels."
        raise BadInput(
            f"The images of {images.name} have no labels: training needs the class of each.", hint, "dataset"
        )
    if len(images) > MOST_IMAGES:
        raise BadInput(f"Expected at most {MOST_IMAGES:,} images, got {len(images):,}.", "Choose fewer.", "images")
    return images


def _labelled(model: Model, dataset: Dataset) -> tuple[list[Item], np.ndarray, tuple[str, ...]]:
    """The images whose label is a class of the model, and their classes."""
    class_of, codes = class_of_label(model, dataset), label_codes(dataset)
    names: tuple[str, ...] = dataset.class_names or ()
    known = [class_of.get(names[int(code)], -1) if code >= 0 else -1 for code in codes]
    labels = np.asarray(known, np.int32)
    kept = np.flatnonzero(labels >= 0)
    _check_classes(model, dataset, labels[kept])
    items = list(DatasetItems(dataset))
    left = len(labels) - len(kept)
    notes = (f"{left:,} of {len(labels):,} images have a label that is no class of {model.name}: left out.",)
    return [items[int(place)] for place in kept], labels[kept], notes if left else ()


def _check_classes(model: Model, dataset: Dataset, labels: np.ndarray) -> None:
    classes, counts = np.unique(labels, return_counts=True)
    if not len(classes):
        hint = "Say on Models which label is which class, or name the classes."
        raise BadInput(f"No label of {dataset.name} is a class of {model.name}.", hint, "dataset")
    if len(classes) < 2:
        raise BadInput("All images are of one class; training needs two or more.", "Choose more images.", "images")
    if counts.min() < FEWEST:
        name = naming_of(model, dataset).names[int(classes[counts.argmin()])]
        message = f"Expected at least {FEWEST} images of each class, got {counts.min()} of {name}."
        raise BadInput(message, "Choose more images, or none of that class.", "images")


def checked_options(model: Model, wishes: dict) -> dict:
    """OPTIONS, complete; raises BadInput naming the field. wishes: some of them; None is the recommended one."""
    known = recommended(model)
    unknown = [name for name in wishes if name not in OPTIONS]
    if unknown:
        raise BadInput(f"Unknown option {unknown[0]!r:.60}.", f"Expected {', '.join(OPTIONS)}.", unknown[0], OPTIONS)
    given = {name: value for name, value in wishes.items() if value is not None}
    if given.get("forget") == 0 and "learning_rate" not in given:
        known["learning_rate"] = GENTLE
    chosen = known | given
    checks = {"way": _one_of(WAYS), "fill": _one_of(FILLS), "forget": _forget, "steps": _whole(0, MOST_STEPS)}
    checks |= {"seed": _whole(0, LARGEST_SEED)} | {name: _number(most) for name, most in LARGEST.items()}
    return {name: checks[name](name, chosen[name]) for name in OPTIONS}


def _one_of(allowed: tuple[str, ...]) -> Callable:
    def check(field: str, value) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        message = f"Expected one of {', '.join(allowed)} as {field}, got {str(value)[:60]!r}."
        raise BadInput(message, "", field, allowed)

    return check


def _whole(least: int, most: int) -> Callable:
    def check(field: str, value) -> int:
        if isinstance(value, numbers.Integral) and not isinstance(value, bool) and least <= int(value) <= most:
            return int(value)
        limits = f"{least} to {most}"
        raise BadInput(f"Expected {limits} as {field}, got {str(value)[:60]}.", "", field, (limits,))

    return check


def _number(most: float) -> Callable:
    def check(field: str, value) -> float:
        known = _real(value)
        if 0 < known <= most:
            return known
        words, limits = field.replace("_", " "), f"above 0, at most {most:g}"
        raise BadInput(f"Expected a {words} {limits}, got {str(value)[:60]}.", "", field, (limits,))

    return check


def _forget(field: str, value) -> float:
    known = _real(value)
    if 0 <= known <= 1:
        return known
    message = f"Expected 0 (keep the weights) to 1 (fresh ones) as forget, got {str(value)[:60]}."
    raise BadInput(message, "", field, ("0 to 1",))


def _real(value) -> float:
    return float(value) if isinstance(value, numbers.Real) and not isinstance(value, bool) else math.nan


def _notes(model: Model, found: Painted, n: int, options: dict) -> tuple[str, ...]:
    notes = []
    if found.count < n:
        notes.append(f"{found.count:,} of {n:,} images are painted; {_of_others(found)}")
    if has_statistics(model):
        notes.append("BatchNormalization stays as it is: its statistics are not trained.")
    if not model.facts.outputs.exclusive:
        notes.append("The model may name several classes per image; each image is trained as its label's class alone.")
    return tuple(notes)


def _of_others(found: Painted) -> str:
    without = len(found.masks) - int(found.masks.any(axis=(1, 2)).sum())
    if not without:
        return "the others take what at least half of these have."
    return f"no pixel is painted in at least half of these, so the other {without:,} stay as they are."


def part_of(dataset: Dataset, images: Sequence[int] | None) -> Dataset:
    """All of a dataset, or the images of these indices."""
    if images is None:
        return dataset
    if not len(images):
        raise BadInput("No image was chosen; expected at least one.", "Choose images, or all.", "images")
    return Dataset(
        dataset.id, dataset.name, dataset.collection, np.asarray(dataset.positions())[list(dict.fromkeys(images))]
    )
