"""What a person names a model by, checked: a file with its weights, custom code, output, trust."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import numpy as np

from innv_gui.applications import APPLICATIONS
from innv_gui.datasets.names import quoted
from innv_gui.errors import BadInput, WorkFailed
from innv_gui.named_path import named_path
from innv_gui.records import OUTPUT_KINDS, ModelSource

SUFFIX_KINDS = {".keras": "keras", ".h5": "hdf5", ".hdf5": "hdf5", ".json": "json"}


def parse_model_argument(text: str) -> tuple[str, str | None]:
    """`FILE`, `ARCHITECTURE.json@WEIGHTS`, `VGG16@random` or `VGG16@WEIGHTS` -> (file or name, weights)."""
    if "@" not in text or os.path.exists(named_path(text, "model")):
        return text, None
    file, _, weights = text.rpartition("@")
    return file, weights


def hooks_hash(path: str | None) -> str:
    """SHA-256 of a hooks file: what it makes of an image depends on its content. Empty without a file."""
    if not path:
        return ""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WorkFailed(f"The hooks file {quoted(Path(path).name)} cannot be read: {error.strerror}.") from None


def checked_outputs(kind: str | None) -> str | None:
    """One of OUTPUT_KINDS; None, also written "auto", is what the network itself tells."""
    if kind in (None, "auto", *OUTPUT_KINDS):
        return None if kind == "auto" else kind
    raise BadInput(f"{str(kind)[:60]!r} is not a kind of outputs.", "", "outputs", (*OUTPUT_KINDS, "auto"))


def checked_output(output) -> int | str | None:
    """Which of several outputs: its number or its name; None where nothing was said."""
    if output is None or (isinstance(output, str) and output):
        return output
    if isinstance(output, bool) or not isinstance(output, int | np.integer):
        raise BadInput(f"Expected an output by its number or its name, got {output!r:.60}.", field="output")
    return int(output)


def source_of(file: str | Path, weights: str | Path | None = None, **more) -> ModelSource:
    """What to load, from what a person named: a file, or a network of keras.applications."""
    text = str(file)
    path = named_path(text, "model")
    weights = None if weights is None else str(weights)
    if weights not in (None, "random"):
        weights = str(_existing(named_path(weights, "weights"), "weights"))
    if not os.path.exists(path) and text in APPLICATIONS:
        if weights is None:
            raise BadInput(
                f"{text} was named without weights.",
                f"Give a local file ({text}@WEIGHTS.h5), or {text}@random for random weights.",
                field="weights",
            )
        return ModelSource("application", application=text, weights=weights, **more)
    path = _existing(path, "model")
    if path.is_dir():
        return ModelSource("saved_model", path=str(path), weights=weights, **more)
    kind = SUFFIX_KINDS.get(path.suffix.lower())
    if kind is None:
        raise BadInput(
            f"{path.name!r} is not named like a model file.",
            "Expected .keras, .h5 or .json.",
            "model",
            (".keras", ".h5"),
        )
    if kind == "json" and weights is None:
        raise BadInput(
            f"{quoted(path.name)} holds an architecture only.",
            f"Give its weights, too: {quoted(path.name)}@WEIGHTS.",
            field="model",
        )
    return ModelSource(kind, path=str(path.resolve()), weights=weights, **more)


def _existing(path: Path, what: str) -> Path:
    if not os.path.exists(path):
        raise BadInput(f"There is no {what} file {str(path)!r}.", "Check the path.", field=what)
    return path.resolve()


def as_sha256(text: str) -> str:
    """A hash that a person named; raises BadInput for what is none."""
    found = str(text).strip().lower()
    if not re.fullmatch("[0-9a-f]{64}", found):
        hint = "The refusal of a model names the one to give."
        raise BadInput(f"Expected the SHA-256 of a file, 64 hexadecimal digits, got {found[:80]!r}.", hint, "trust")
    return found
