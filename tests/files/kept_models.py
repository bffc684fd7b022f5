"""Models written by Keras 2, kept in a file: a process with that Keras and the writing took most of these tests' time.

KERAS_2=write in the environment keeps them anew. KERAS_2=live writes them as well, and the kept ones have to be the
same (`make conformance` does so). On every run what is kept has to come from the lines and the Keras 2 that are here.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import lzma
import os
import re
import tarfile
import zipfile
from functools import cache
from pathlib import Path

import h5py
import numpy as np

from tests.files.legacy_models import legacy

ROOT = Path(__file__).parents[2]
PACKAGE = Path(__file__).with_name("keras_2.tar.xz")
PACKING = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 0, "lp": 2}]
MODE = os.environ.get("KERAS_2", "")
ORIGIN = "origin"  # of each folder in the package: what it was made from
GRAPH, NEW_EACH_TIME = "saved_model.pb", "fingerprint.pb"


def kept(name: str, program: str, folder: Path) -> None:
    """Fills the folder with what the program writes there in Keras 2; in the package it is in one of that name."""
    origin = origin_of(program)
    if not MODE:
        assert unpack(name, folder) == origin, f"The maker of {name!r} has changed: KERAS_2=write keeps it anew."
        return
    legacy(program, folder)
    if MODE == "write":
        pack(name, folder, origin)
    else:
        before = folder.parent / f"{folder.name}-kept"
        before.mkdir()
        assert unpack(name, before) == origin
        assert_same(before, folder)


def origin_of(program: str) -> str:
    """Hash of the program, of the modules of tests that it names, and the version of Keras 2."""
    named = sorted(set(re.findall(r"\btests(?:\.\w+)+", program)))
    texts = [program, *((ROOT / (one.replace(".", "/") + ".py")).read_text() for one in named)]
    return hashlib.sha256("\0".join([*texts, importlib.metadata.version("tf_keras")]).encode()).hexdigest()


def pack(name: str, folder: Path, origin: str) -> None:
    """Without the graph of a SavedModel, which is large and never read: its file is there, and empty."""
    members = {path: content for path, content in _members().items() if not path.startswith(f"{name}/")}
    for path in folder.rglob("*"):
        if path.is_file() and path.name != NEW_EACH_TIME:
            content = b"" if path.name == GRAPH else path.read_bytes()
            members[f"{name}/{path.relative_to(folder).as_posix()}"] = content
    members[f"{name}/{ORIGIN}"] = origin.encode()
    with lzma.open(PACKAGE, "wb", filters=PACKING) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted(members, key=lambda path: (Path(path).suffix, path)):  # what is alike side by side
            entry = tarfile.TarInfo(path)
            entry.size = len(members[path])
            archive.addfile(entry, io.BytesIO(members[path]))
    _members.cache_clear()


@cache
def _members() -> dict[str, bytes]:
    if not PACKAGE.exists():
        return {}
    with tarfile.open(PACKAGE) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive}


def unpack(name: str, folder: Path) -> str:
    """What it was made from."""
    members = {path.removeprefix(f"{name}/"): one for path, one in _members().items() if path.startswith(f"{name}/")}
    origin = members.pop(ORIGIN, b"")
    for path, content in members.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return origin.decode()


def assert_same(kept: Path, live: Path) -> None:
    """Names, configurations, weights and numbers."""
    names = {str(path.relative_to(live)) for path in live.rglob("*") if path.is_file()}
    names = {name for name in names if not name.endswith(NEW_EACH_TIME)}
    assert {str(path.relative_to(kept)) for path in kept.rglob("*") if path.is_file()} == names
    for name in sorted(names):
        found, wanted = (_content(folder / name) for folder in (kept, live))
        assert found.keys() == wanted.keys(), name
        for part in found:
            _assert_equal(found[part], wanted[part], f"{name}: {part}")


def _assert_equal(found, wanted, what: str) -> None:
    if isinstance(found, np.ndarray) and found.dtype.kind == "f":
        np.testing.assert_allclose(found, wanted, atol=1e-5 * max(1, np.abs(wanted).max(initial=0)), err_msg=what)
    else:
        assert np.array_equal(found, wanted), what


def _content(path: Path) -> dict:
    """Part of a file -> what stands there; nothing of one whose bytes may differ."""
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as file:
            told = re.sub(rb'"shared_object_id": \d+', b'"shared_object_id": 0', file.read("config.json"))  # an address
            return {"config": json.loads(told), **_tree(io.BytesIO(file.read("model.weights.h5")))}
    if path.suffix in (".npy", ".npz"):
        found = np.load(path)
        return dict(found) if path.suffix == ".npz" else {"array": found}
    if path.suffix == ".h5":
        return _tree(path)
    return {} if path.name == GRAPH or ".data-" in path.name else {"bytes": path.read_bytes()}


def _tree(file) -> dict:
    found = {}

    def note(name, one):
        found.update({f"{name} @ {key}": value for key, value in one.attrs.items()})
        if isinstance(one, h5py.Dataset):
            found[name] = one[()]

    with h5py.File(file) as tree:
        note("", tree)
        tree.visititems(note)
    return found
