"""A trained network taken over into the session: as a model like any other, with its training images as a dataset."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from innv_gui.session.datasets import DatasetEntry
from innv_gui.session.models import ModelEntry
from innv_gui.session.workshop.run import ShapesRun
from innv_gui.store.array_files import write_arrays
from innv_gui.store.files import write_bytes
from innv_gui.workshop.copies import copies

PREPROCESSING = "mode=none;resize=crop"  # the file scales pixels itself; training images are middles of pictures


@dataclass(frozen=True)
class Opening:
    """What adds files to a session. folder: where they are kept."""

    model: Callable[..., ModelEntry]
    dataset: Callable[[Path, str], DatasetEntry]
    folder: Path


def title_of(run: ShapesRun, k: int) -> str:
    """A run's name, with seed and way where it has several networks."""
    trial, request = run.trials[k], run.request
    more = [f"seed {trial.seed}"] if request.seeds > 1 else []
    more += ["unmarked" if trial.way == "none" else trial.way] if request.way != "none" else []
    return f"{run.name} ({', '.join(more)})" if more else run.name


def stem_of(title: str) -> str:
    """A title as a file is called."""
    return re.sub(r"[^\w-]+", "_", title, flags=re.ASCII).strip("_")[:80] or "run"


def open_network(
    run: ShapesRun, k: int, content: bytes, opening: Opening, images: bool
) -> tuple[ModelEntry, DatasetEntry | None]:
    """Begin to load a network, and its training images. content: of its .keras file."""
    title = title_of(run, k)
    folder = opening.folder / uuid.uuid4().hex[:12]
    file = write_bytes(folder / f"{stem_of(title)}.keras", content)
    model = opening.model(file, name=title, classes=list(run.request.labels), preprocessing=PREPROCESSING)
    if not images:
        return model, None
    place = folder / f"{stem_of(title)}_images.npz"
    write_images(run, k, place)
    return model, opening.dataset(place, f"{title}: training images")


def write_images(run: ShapesRun, k: int, place: Path) -> None:
    """The training images, then those that were held out: `images` uint8 (n, 28, 28), and `labels`."""
    made, labels = copies(run.recipe(k)), np.asarray(run.request.labels)
    pixels = np.concatenate([made.x, made.held])
    index = np.concatenate([made.y, made.held_y])
    with_labels = {"images": np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8), "labels": labels[index]}
    write_arrays(place, with_labels)
