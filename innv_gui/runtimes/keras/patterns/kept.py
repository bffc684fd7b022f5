"""The files of a fit: sums while it goes on, patterns when it is done. Both are whole or not there."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import numpy as np

from innv_gui.errors import AnalyzerRefused, StorageFailed
from innv_gui.runtimes.keras.patterns.sums import Sums

SUMS, PATTERNS = "sums.npz", "patterns.npz"
ABOUT = "about"  # a member with JSON
PARTS = tuple(field.name for field in fields(Sums))
DAMAGE = (OSError, ValueError, LookupError, TypeError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)


def patterns(folder: str, name: str) -> dict[str, np.ndarray]:
    """Key of a layer -> its pattern. Raises AnalyzerRefused, naming the method, where none can be read."""
    try:
        about, arrays = _read(Path(folder) / PATTERNS)
        found = {key: arrays[str(place)] for place, key in enumerate(about["keys"])}
        if not all(one.dtype == np.float32 and np.isfinite(one).all() for one in found.values()):
            raise ValueError
        return found
    except DAMAGE:
        raise AnalyzerRefused(f"The patterns that {name} needs cannot be read.", "Fit them again.") from None


def write_patterns(folder: str, found: Mapping[str, np.ndarray]) -> str:
    """Keeps the patterns; gives the SHA-256 of what is in them."""
    _write(Path(folder) / PATTERNS, {"keys": list(found)}, {str(n): one for n, one in enumerate(found.values())})
    sums = hashlib.sha256(json.dumps(list(found)).encode())
    for one in found.values():
        sums.update(np.ascontiguousarray(one).tobytes())
    return sums.hexdigest()


def sums(folder: str) -> tuple[dict[str, Sums], dict]:
    """(sums by key, what was noted with them), as far as a fit has come; both empty at its beginning."""
    try:
        about, arrays = _read(Path(folder) / SUMS)
        keys = enumerate(about["keys"])
        found = {key: Sums(*(arrays[f"{place} {part}"] for part in PARTS)) for place, key in keys}
        if not all(np.isfinite(part).all() for one in found.values() for part in one.parts()):
            raise ValueError
        return found, about["noted"]
    except DAMAGE:
        return {}, {}


def write_sums(folder: str, found: Mapping[str, Sums], noted: dict) -> None:
    """Keeps how far a fit has come."""
    arrays = {f"{n} {part}": getattr(one, part) for n, one in enumerate(found.values()) for part in PARTS}
    _write(Path(folder) / SUMS, {"keys": list(found), "noted": noted}, arrays)


def _read(path: Path) -> tuple[dict, dict[str, np.ndarray]]:
    """A zip's checksums are compared with what is read."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    return json.loads(bytes(arrays.pop(ABOUT))), arrays


def _write(path: Path, about: dict, arrays: Mapping[str, np.ndarray]) -> None:
    text = np.frombuffer(json.dumps(about).encode(), np.uint8)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(prefix=".new-", suffix=".npz", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **{ABOUT: text, **arrays})
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        why, hint = ("the disk is full", "Free some space, then fit again.") if full else (error.strerror, "")
        raise StorageFailed(f"The patterns cannot be kept: {why}.", hint) from None
