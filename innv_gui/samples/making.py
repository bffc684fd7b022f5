"""Writes the sample images into a folder, once: as two datasets with one folder per label.

A dataset is written under a name of its own and then renamed, so that it is there as a whole or not at all, whoever
is interrupted and however many processes begin at once.
"""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from innv_gui.errors import Conflict, WorkFailed
from innv_gui.folders import folder as installed
from innv_gui.samples import digits, photographs, weather

VERSION = "1"  # to be raised with any change to what the pictures look like or are called
MARKER = ".innv-gui-samples"  # in the root of each dataset; holds the version
FACTS = "weather_facts.csv"
SEEDS = range(100)

# Seeds with a good view. First a car and a tree, each under both skies, then some variety.
STORY = (
    ("vehicle", "cloudy", 23),
    ("tree", "sunny", 13),
    ("vehicle", "sunny", 23),
    ("tree", "cloudy", 13),
    ("vehicle", "cloudy", 16),
    ("tree", "sunny", 19),
    ("vehicle", "sunny", 14),
    ("tree", "cloudy", 15),
)


def make(folder: str | Path, names: tuple[str, ...] = ("digits", "weather")) -> dict[str, Path]:
    """The paths of the datasets `digits` (1797 images, 32x32 grey) and `weather` (400, 64x64 colour) in `folder`.

    What is missing or of another version is written first; a folder of that name that is not ours is left alone
    (Conflict). names: which of them. Beside `weather` lies weather_facts.csv with file, label, sky and seed of each.
    `photos` are photographs of installed packages (WorkFailed without any), listed in a manifest, which is its path.
    """
    root = Path(folder)
    writers = {"digits": _write_digits, "weather": _write_weather, "photos": photographs.write}
    try:
        for name in names:
            if _version(root / name) != _current(name):
                _put(root, name, writers[name])
    except OSError as error:
        reason = error.strerror or error
        raise WorkFailed(f"The sample images cannot be written into {root}: {reason}.", "Is it writable?") from error
    return {name: root / name / photographs.MANIFEST if name == "photos" else root / name for name in names}


def _current(name: str) -> str:
    """The version that a dataset should have; that of the photographs says how many of them are installed."""
    return f"{VERSION}, {len(photographs.usable()[0])} photographs" if name == "photos" else VERSION


def story_images() -> tuple[str, ...]:
    """The weather pictures a demo opens with, the cloudy vehicle first, as names relative to the dataset."""
    names = {(kind, sky, seed): name for name, kind, sky, seed in _named_facts()}
    return tuple(names[facts] for facts in STORY)


def class_names(model_file: str) -> tuple[str, ...] | None:
    """Names of a sample model's classes, in the order of its outputs; None for any other file."""
    name = Path(model_file).name
    listed = installed("sample_models") / f"classes_{name.split('_')[0]}.txt"
    if not (listed.is_file() and (listed.parent / name).is_file()):
        return None
    return tuple(listed.read_text().split())


def _put(root: Path, name: str, write) -> None:
    root.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".samples-", dir=root))
    try:
        write(scratch / name)
        (scratch / name / MARKER).write_text(_current(name))
        if name == "weather":  # before the dataset, whose presence says that all is there
            _write_facts(scratch / FACTS)
            os.replace(scratch / FACTS, root / FACTS)
        _move_in(scratch / name, root / name, _current(name))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _move_in(new: Path, place: Path, current: str) -> None:
    """Renames `new` to `place`; where another process has been faster, its pictures are as good as ours."""
    occupied = place.exists() and any(place.iterdir())
    there = _version(place)  # read last: what another process renames in just now has its version
    if occupied and there is None:
        raise Conflict(
            f"The folder {place} is in the way of the sample images.", "Move it, or choose another workspace."
        )
    if there is not None and there != current:
        with suppress(FileNotFoundError):
            os.rename(place, new.with_name(f"old-{new.name}"))
    try:
        os.rename(new, place)
    except OSError:
        if _version(place) != current:
            raise


def _version(dataset: Path) -> str | None:
    try:
        return (dataset / MARKER).read_text()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:  # ours, but damaged: as an old one
        return ""


def _write_digits(target: Path) -> None:
    pictures, labels = digits.pictures()
    for label in range(10):
        (target / str(label)).mkdir(parents=True)
    for number, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        Image.fromarray(picture).save(target / str(label) / f"digit_{number:04d}.png", compress_level=1)


def _write_weather(target: Path) -> None:
    for kind in weather.KINDS:
        (target / kind).mkdir(parents=True)
    for name, kind, sky, seed in _named_facts():
        Image.fromarray(weather.draw(seed, kind, sky)[0]).save(target / name, compress_level=1)


def _write_facts(target: Path) -> None:
    with target.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "label", "sky", "seed"))
        rows.writerows(_named_facts())


@cache
def _named_facts() -> tuple[tuple[str, str, str, int], ...]:
    """(file, kind, sky, seed) of the 400 pictures. The numbers in the names are drawn by lot: they tell nothing."""
    lots = iter(np.random.default_rng(412).permutation(np.arange(1, 1000))[: 4 * len(SEEDS)])
    return tuple((f"{kind}/IMG_{next(lots):04d}.png", kind, sky, seed) for kind, sky, seed in _facts())


def _facts() -> Iterator[tuple[str, str, int]]:
    for kind in weather.KINDS:
        for seed in SEEDS:
            for sky in weather.SKIES:
                yield kind, sky, seed
