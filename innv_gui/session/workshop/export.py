"""Runs as files for other programs: pictures, curves and numbers."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator

import numpy as np

from innv_gui.datasets.thumbnails import png_of
from innv_gui.session.explain.request_facts import versions
from innv_gui.session.workshop.opened import stem_of, title_of
from innv_gui.session.workshop.run import ROW, ShapesRun, rows_of
from innv_gui.session.workshop.trial import COLUMNS
from innv_gui.store.csv_text import csv_text
from innv_gui.workshop.recipe import ShapeClass

WHEN = (1980, 1, 1, 0, 0, 0)  # of each file of an archive: the same run gives the same bytes


def table_of(runs: Iterable[ShapesRun]) -> str:
    """CSV with a row per network and class."""
    return csv_text(ROW, (row for run in runs for row in rows_of(run)))


def curve_of(run: ShapesRun, k: int) -> str:
    """CSV with a row per epoch."""
    return csv_text(("epoch", *COLUMNS), ((epoch, *row) for epoch, row in enumerate(run.trials[k].rows.tolist())))


def archive_of(run: ShapesRun) -> bytes:
    """A zip archive: each class's picture and prototype as PNG, curves, numbers, and the request."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts_of(run):
            made.writestr(zipfile.ZipInfo(name, WHEN), part, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def parts_of(run: ShapesRun) -> Iterator[tuple[str, bytes]]:
    """Place and content of each file of a run."""
    yield "request.json", json.dumps(run.request.asked, indent=1).encode()
    yield "made_of.json", json.dumps(made_of(run), indent=1).encode()
    yield "numbers.csv", table_of([run]).encode()
    names = [f"{k:02}_{stem_of(name)}" for k, name in enumerate(run.names)]
    for name, clean in zip(names, run.prototypes, strict=True):
        yield f"training_images/{name}.png", png_of(clean[..., None] * 255)
    for k, trial in enumerate(run.trials):
        folder = place_of(run, k)
        yield f"{folder}/curve.csv", curve_of(run, k).encode()
        for name, frames in zip(names, run.frames(k), strict=True) if trial.films else ():
            yield f"{folder}/{name}.png", png_of(stretched(frames[-1]))


def made_of(run: ShapesRun) -> dict:
    """What a run is where its session is over: names and contents for the ids of its request, and versions."""
    classes = zip(run.request.recipe.classes, run.request.labels, strict=True)
    file = {"name": run.request.file, "sha256": run.sha256} | ({} if run.output is None else {"output": run.output})
    return {
        "run": run.id,
        "name": run.name,
        "model": file if run.request.file else run.request.recipe.model,
        "classes": [{"name": one.name, "label": label, "sha256": _sum_of(one)} for one, label in classes],
        "versions": versions(),
    }


def _sum_of(shape: ShapeClass) -> str | None:
    """Of the pixels, uint8 (n, 28, 28); None for a tile, which its name says."""
    return None if shape.pixels is None else hashlib.sha256(np.ascontiguousarray(shape.pixels).data).hexdigest()


def place_of(run: ShapesRun, k: int) -> str:
    """The folder of one network's files."""
    return f"networks/{stem_of(title_of(run, k))}"


def stretched(picture: np.ndarray) -> np.ndarray:
    """(28, 28) of any range -> (28, 28, 1) from 0 to 255: its least value is black, its largest white."""
    low, high = float(picture.min()), float(picture.max())
    return (picture[..., None] - low) * (255 / (high - low) if high > low else 0)
