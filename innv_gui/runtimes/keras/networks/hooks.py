"""Custom functions from a Python file named on the command line; run in a worker only.

preprocess(images)      list of (H, W, C) uint8 -> (N, H, W, C) network input; replaces resizing and preprocessing
postprocess(x)          (N, H, W, C) network input -> list of (H, W, C) pictures in [0, 255], shown under the maps
decode_prob(p)          (N, K) probabilities -> for each image a list of {"index", "name", "prob"}; gives class names

Classes and functions that it defines are known to model files that were trusted by hash: layers, models, activations.
"""

from __future__ import annotations

import runpy

import numpy as np

from innv_gui.errors import WorkFailed
from innv_gui.file_state import file_state
from innv_gui.runtimes.keras.files.quoting import file_name, first_line

NAMES = ("preprocess", "postprocess", "decode_prob")
GIVEN = {
    "preprocess": "It is given a list of uint8 arrays (H, W, C), each image in its own size, and returns (N, H, W, C).",
    "postprocess": "It is given network input (N, H, W, C) and returns a list of pictures (H, W, C) in [0, 255].",
    "decode_prob": "It is given probabilities (N, K) and returns for each image a list of {index, name, prob}.",
}
_RUN_AS = "innv_gui_hooks"  # the module that the file's own classes say they are of
_kept: dict[tuple, dict] = {}


def load(path: str | None) -> dict:
    """The hooks of a file by name; empty without a file. Raises WorkFailed naming the file."""
    found = _ran(path)
    return {name: found[name] for name in NAMES if callable(found.get(name))}


def objects(path: str | None) -> dict:
    """The classes and functions that a file defines, by name."""
    return {name: one for name, one in _ran(path).items() if getattr(one, "__module__", "") == _RUN_AS}


def _ran(path: str | None) -> dict:
    """All names of a file that was run; once for each state of the file."""
    if not path:
        return {}
    try:
        key = (path, *file_state(path))
    except OSError:
        raise WorkFailed(f"There is no hooks file {file_name(path)}.") from None
    if key not in _kept:
        try:
            found = runpy.run_path(path, run_name=_RUN_AS)
        except (Exception, SystemExit) as error:  # custom code
            raise WorkFailed(f"{file_name(path)} cannot be run: {type(error).__name__}: {first_line(error)}") from error
        _kept.clear()
        _kept[key] = found
    return _kept[key]


def call(path: str, name: str, *args):
    """One hook's result; an error in it becomes a sentence naming file and function."""
    try:
        return load(path)[name](*args)
    except WorkFailed:
        raise
    except Exception as error:  # custom code
        reason = f"{type(error).__name__}: {first_line(error)}"
        raise WorkFailed(f"{name} in {file_name(path)} failed: {reason}", GIVEN[name]) from error


def preprocessed(path: str, images: list[np.ndarray], expected: tuple) -> np.ndarray:
    """`preprocess` with its result checked: (N, *expected) float32, finite."""
    result = call(path, "preprocess", images)
    try:
        x = np.ascontiguousarray(result, dtype=np.float32)
    except (TypeError, ValueError):
        raise WorkFailed(f"preprocess in {file_name(path)} did not return an array of numbers.") from None
    fits = x.ndim == 4 and all(want in (None, got) for want, got in zip(expected, x.shape[1:], strict=False))
    if not fits or len(x) != len(images):
        raise WorkFailed(
            f"preprocess in {file_name(path)} returned the shape {x.shape}; expected {(len(images), *expected)}."
        )
    return x


def picture(path: str, x: np.ndarray) -> np.ndarray:
    """`postprocess` of a batch of one: (H, W, C) uint8."""
    result = call(path, "postprocess", x)
    try:
        shown = np.asarray(result[0], np.float32)
    except (TypeError, ValueError, IndexError, KeyError):
        raise WorkFailed(f"postprocess in {file_name(path)} did not return a list of pictures.") from None
    if shown.ndim != 3 or shown.shape[2] not in (1, 3):
        raise WorkFailed(f"postprocess in {file_name(path)} returned the shape {shown.shape}; expected (H, W, 1 or 3).")
    return np.clip(np.rint(shown), 0, 255).astype(np.uint8)


def class_names(path: str, n_classes: int) -> tuple[str, ...] | None:
    """Names by index when `decode_prob` names every class, else None."""
    result = call(path, "decode_prob", np.full((1, n_classes), 1 / n_classes, np.float32))
    try:
        names = {int(entry["index"]): str(entry["name"]) for entry in result[0]}
    except (TypeError, ValueError, KeyError, IndexError):
        return None
    return tuple(names[i] for i in range(n_classes)) if set(names) == set(range(n_classes)) else None
