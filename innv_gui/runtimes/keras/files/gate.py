"""The gate: what a model file must pass before anything is built from it. Needs no TensorFlow.

The file is read once; everything after (hash, checks, weights) uses those bytes, so that what was checked is what is
loaded. Types are recognized by the first bytes. Raises ModelRefused naming the file and, where there is one, the layer.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from innv_gui.datasets.declared import held_in
from innv_gui.errors import ModelRefused
from innv_gui.records import Budget, ModelSource
from innv_gui.runtimes.keras.files import (
    budget,
    config_check,
    hdf5_check,
    keras2_configs,
    keras2_meanings,
    losses,
    origin,
    saved_model,
    zip_directory,
)
from innv_gui.runtimes.keras.files.quoting import file_name, first_line, quoted

SMALLEST_FLOAT = 2  # bytes
USUAL = Budget()
MAX_CONFIG = 8 * 2**20  # bytes of JSON: 0.3 GB as Python's own objects, in the worst case; the largest known have 2 MB
MAX_DIRECTORY = 2**16  # bytes of a zip archive's list of members: a few hundred
MOST_HOLE = 10  # a file of weights has no holes; a copy that leaves zeros out may make some
GLANCE = 2**26  # bytes: files above are looked at on disk before they are read into memory
ZIP_EXPANSION = 200
ZIP_SLACK = 16 * 2**20
_MEMBERS = {"config.json": MAX_CONFIG, "metadata.json": 2**20, "model.weights.h5": 2**63}

_ENDINGS = {".keras": "keras", ".h5": "hdf5", ".hdf5": "hdf5", ".json": "json"}
_TYPE_NAMES = {"keras": "a Keras archive", "hdf5": "an HDF5 file", "json": "an architecture in JSON"}
_RENAME = {"keras": ".keras", "hdf5": ".h5", "json": ".json"}
_OTHER_FILES = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x80", "a Python pickle"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF document"),
    (b"\x93NUMPY", "a numpy array"),
)


@dataclass(frozen=True)
class Cleared:
    """What passed the gate: a cleaned configuration and checked weights.

    weights: bytes of an HDF5 file, or None for a network with random weights; old_weights: they are in the layout
    of Keras 2 (`layer_names`), not in that of Keras 3. seen_sha256 is of the bytes that were read.
    """

    file: str
    sha256: str
    config: dict | None = field(repr=False)
    weights: bytes | None = field(repr=False)
    old_weights: bool = False
    checkpoint: dict[str, bytes] | None = field(default=None, repr=False)  # of a SavedModel, in place of weights
    n_stored: int = 0  # how many numbers the weights can be at most
    n_layers: int = 0  # that the configuration lists, at any depth
    by_itself: bool = False  # it was trained with a binary cross-entropy of each output's logit


def check(source: ModelSource) -> Cleared:
    """Reads and checks the files of a source. Applications have no file but their weights, if those are given."""
    if source.kind == "application":
        return _check_application(source)
    if not source.path:
        raise ModelRefused("A model file is needed.")
    if Path(source.path).is_dir():
        return _check_folder(source)
    file = file_name(source.path)
    stream = _read(source.path, source.budget)
    kind = file_kind(stream, file)
    _check_ending(kind, source, file)
    if kind == "json":
        return _check_json(source, stream.getvalue(), file)
    if source.weights not in (None, "random"):
        raise _holds_its_own(file)
    sha256 = hashlib.sha256(stream.getbuffer()).hexdigest()
    _check_unchanged(source, sha256, file)
    return (_check_archive if kind == "keras" else _check_hdf5)(source, stream, file, sha256)


def look(source: ModelSource) -> Cleared | None:
    """The description in a large file, read in place: no weights, for it may be another when it is loaded.

    None for a small file, one that is trusted, and architecture and weights in two files.
    """
    path = source.path
    if not path or source.trusted or source.kind not in ("keras", "hdf5") or not Path(path).is_file():
        return None
    file = file_name(path)
    with _opened(path, file) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size <= GLANCE:
            return None
        budget.check_memory(source.budget, f"{file} needs", budget.COPIES * size)
        _glance(stream, file, size)
        told = (_told_by_archive if file_kind(stream, file) == "keras" else _told_by_hdf5)(stream, file, source)
    try:
        clean, n_layers = _walked(told.text, file, "", source, told.version)
    except ModelRefused:
        _walked(told.text, file, fingerprint(path), source, told.version)  # the same, naming what could be trusted
        raise
    return Cleared(file, "", clean, b"", n_stored=told.n_stored, n_layers=n_layers)


@dataclass(frozen=True)
class _Told:
    text: bytes | str
    version: str | None
    n_stored: int
    compiled: str | None = None  # in the layout of Keras 2, which has it beside the architecture


def _told_by_archive(stream: BinaryIO, file: str, source: ModelSource) -> _Told:
    with _archive(stream, file, source.budget) as (archive, listed):
        members = {one.filename: one for one in listed}
        text, metadata = (_content(archive, members[name], file) for name in ("config.json", "metadata.json"))
        n_stored = members["model.weights.h5"].file_size // SMALLEST_FLOAT
    return _Told(text, origin.in_metadata(metadata), n_stored)


def _told_by_hdf5(stream: BinaryIO, file: str, _: ModelSource) -> _Told:
    with hdf5_check.opened(stream, file) as tree:
        version = hdf5_check.text_attribute(tree, "keras_version", file)
        compiled = hdf5_check.text_attribute(tree, "training_config", file)
        return _Told(_architecture(tree, file), version, hdf5_check.count_of(tree, file), compiled)


def _architecture(tree, file: str) -> str:
    text = hdf5_check.text_attribute(tree, "model_config", file)
    if text is None:
        raise ModelRefused(
            f"{file} holds weights only, and no architecture.", "Give the architecture as a JSON file together with it."
        )
    _check_config_size(len(text), file)
    return text


def fingerprint(path: str) -> str:
    """SHA-256 of a file's (or a SavedModel's) content, in hexadecimal; what `--trust` takes."""
    if Path(path).is_dir():
        return _hash_of(_read_folder(path))
    return _digest(path).hexdigest()


def trusted_as(source: ModelSource) -> str:
    """What a person has to name to trust a source: of an architecture in JSON, the hash of both its files."""
    if source.kind != "json" or source.weights in (None, "random"):
        return fingerprint(str(source.path))
    return _digest(str(source.path), str(source.weights)).hexdigest()


def _digest(*paths: str):
    """Of files one behind the other, which may be larger than memory."""
    digest = hashlib.sha256()
    for path in paths:
        with _opened(path, file_name(path)) as stream:
            while piece := stream.read(2**20):
                digest.update(piece)
    return digest


def file_kind(stream: BinaryIO, file: str) -> str:
    """ "keras", "hdf5" or "json" by the first bytes; raises ModelRefused for anything else."""
    stream.seek(0)
    content = stream.read(1000)
    if not content:
        raise ModelRefused(f"{file} is empty.")
    if content.startswith(b"PK\x03\x04"):
        return "keras"
    if content.startswith(b"\x89HDF\r\n\x1a\n"):
        return "hdf5"
    if content.lstrip()[:1] == b"{":
        return "json"
    what = next((name for magic, name in _OTHER_FILES if content.startswith(magic)), "something else")
    raise ModelRefused(
        f"{file} is {what}, not a Keras model.", "Give a .keras file, an .h5 file, or an architecture in JSON."
    )


def _read(path: str, limits: Budget = USUAL, shown: str = "") -> io.BytesIO:
    """All of a file. shown: how messages name it, when not by its name."""
    file = shown or file_name(path)
    with _opened(path, file) as stream:
        size = os.fstat(stream.fileno()).st_size
        budget.check_memory(limits, f"{file} needs", budget.COPIES * size)
        if size > GLANCE and not shown:
            _glance(stream, file, size)
        stream.seek(0)
        return io.BytesIO(stream.read(size + 1))


@contextlib.contextmanager
def _opened(path: str, file: str) -> Iterator[BinaryIO]:
    """A regular file, for reading; what the system says about it becomes a sentence."""
    try:
        mode = Path(path).stat().st_mode
        if stat.S_ISDIR(mode):
            raise ModelRefused(f"{file} is a folder; a file is needed here.")
        if not stat.S_ISREG(mode):
            raise ModelRefused(f"{file} is not a regular file.")
        with open(path, "rb") as stream:
            yield stream
    except FileNotFoundError:
        raise ModelRefused(f"There is no file {file}.") from None
    except OSError as error:
        raise ModelRefused(f"{file} cannot be read: {error.strerror or error}.") from None


def _glance(stream: BinaryIO, file: str, n_bytes: int) -> None:
    """Looks at a large file in place. What is read into memory afterwards is checked again: it may be another."""
    held = held_in(stream.name)
    if held < n_bytes / MOST_HOLE:
        raise ModelRefused(
            f"{file} is {budget.in_gb(n_bytes)} large, but only {budget.in_gb(held)} were written; the rest is empty.",
            "Copy the model again from where it was saved.",
        )
    kind = file_kind(stream, file)
    if kind == "json":
        _check_config_size(n_bytes, file)
    elif kind == "keras":
        zip_directory.check(stream, file, MAX_DIRECTORY)
    else:
        hdf5_check.opened(stream, file).close()


def _check_config_size(n_bytes: int, what: str) -> None:
    if n_bytes > MAX_CONFIG:
        raise ModelRefused(
            f"{what} describes the model in {n_bytes / 2**20:,.0f} MB of text; {MAX_CONFIG // 2**20} MB is the limit."
        )


def _check_ending(kind: str, source: ModelSource, file: str) -> None:
    declared = _ENDINGS.get(Path(file).suffix.lower(), source.kind)
    if declared != kind:
        stem = Path(file).stem
        raise ModelRefused(
            f"{file} is {_TYPE_NAMES[kind]}, whatever its name says.", f"Rename it to {stem}{_RENAME[kind]}."
        )


def _read_folder(path: str, limits: Budget = USUAL) -> dict[str, bytes]:
    """The files of a SavedModel that are read, by their names in the folder."""
    file = file_name(path)
    try:
        names = saved_model.members(Path(path), file)
    except OSError as error:
        raise ModelRefused(f"{file} cannot be read: {error.strerror or error}.") from None
    sizes = sum(os.path.getsize(Path(path, name)) for name in names if Path(path, name).is_file())
    budget.check_memory(limits, f"{file} needs", budget.COPIES * sizes)
    return {name: _read(str(Path(path, name)), limits, f"{file}/{name}").getvalue() for name in names}


def _hash_of(files: dict[str, bytes]) -> str:
    """Of names and contents."""
    parts = [f"{name}:{hashlib.sha256(content).hexdigest()}" for name, content in files.items()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _check_folder(source: ModelSource) -> Cleared:
    file = file_name(source.path)
    if source.weights is not None:
        raise _holds_its_own(file)
    files = _read_folder(source.path, source.budget)
    sha256 = _hash_of(files)
    _check_unchanged(source, sha256, file)
    metadata = files.pop(saved_model.METADATA)
    _check_config_size(len(metadata), f"{file}/{saved_model.METADATA}")
    clean, n_layers = _walked(saved_model.description(metadata, file), file, sha256, source, saved_model.VERSION)
    n_stored = sum(map(len, files.values())) // SMALLEST_FLOAT
    return Cleared(file, sha256, clean, None, checkpoint=files, n_stored=n_stored, n_layers=n_layers)


def _holds_its_own(file: str) -> ModelRefused:
    return ModelRefused(f"{file} holds its own weights; a weights file only goes with an architecture in JSON.")


def _check_unchanged(source: ModelSource, sha256: str, file: str) -> None:
    if source.sha256 and source.sha256 != sha256:
        raise ModelRefused(f"{file} has changed since it was added.", "Remove the model and add it again.")


def _check_archive(source: ModelSource, stream: io.BytesIO, file: str, sha256: str) -> Cleared:
    members = _members(stream, file, source.budget)
    stream.close()  # a large file and its weights are not to be in memory together for longer than they must
    version = origin.in_metadata(members["metadata.json"])
    clean, n_layers = _walked(members["config.json"], file, sha256, source, version)
    weights = members["model.weights.h5"]
    with hdf5_check.opened(io.BytesIO(weights), file) as tree:
        n_stored = hdf5_check.count_of(tree, file)
    loss = losses.told(config_check.parsed(members["config.json"], file).get("compile_config"))
    by_itself = losses.is_of_each_logit(loss)
    return Cleared(file, sha256, clean, weights, n_stored=n_stored, n_layers=n_layers, by_itself=by_itself)


def _members(stream: io.BytesIO, file: str, limits: Budget) -> dict[str, bytes]:
    """The three members of a .keras archive, read within their declared sizes."""
    with _archive(stream, file, limits) as (archive, listed):
        return {member.filename: _content(archive, member, file) for member in listed}


@contextlib.contextmanager
def _archive(stream: BinaryIO, file: str, limits: Budget) -> Iterator[tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]]:
    """A .keras archive with its three members, whose declared sizes are within limits."""
    try:
        zip_directory.check(stream, file, MAX_DIRECTORY)
        with zipfile.ZipFile(stream) as archive:
            listed = archive.infolist()
            for member in listed:
                _check_member(member, file)
            names = [member.filename for member in listed]
            if sorted(names) != sorted(_MEMBERS):
                raise _wrong_members(names, file)
            unpacked = sum(member.file_size for member in listed)
            budget.check_memory(limits, f"{file} needs", budget.COPIES * unpacked)
            yield archive, listed
    except ModelRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
        words = f"{file} is damaged or cut short: {first_line(error)}."
        raise ModelRefused(words, hdf5_check.COPY_AGAIN) from error


def _wrong_members(names: list[str], file: str) -> ModelRefused:
    missing = sorted(set(_MEMBERS) - set(names))
    if missing:
        return ModelRefused(f"{file} lacks {', '.join(missing)}: it is not a Keras model.")
    return ModelRefused(f"{file} holds {len(names)} members instead of three.")


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: str) -> bytes:
    """Asked for by its declared size: `archive.read` unpacks whatever is there before it compares."""
    with archive.open(member) as packed:
        content = packed.read(member.file_size)
        if len(content) != member.file_size or packed.read(1):
            raise ModelRefused(f"{file}: {member.filename} is not of the size that the archive declares.")
    return content


def _check_member(member: zipfile.ZipInfo, file: str) -> None:
    limit = _MEMBERS.get(member.filename)
    if limit is None:
        raise ModelRefused(f"{file} holds {quoted(member.filename)}, which does not belong in a Keras model.")
    if member.flag_bits & 0x1:
        raise ModelRefused(f"{file} is encrypted.")
    if member.file_size > min(limit, ZIP_EXPANSION * member.compress_size + ZIP_SLACK):
        raise ModelRefused(
            f"{file}: {member.filename} declares {member.file_size:,} bytes, far more than the file can hold."
        )


def _check_hdf5(source: ModelSource, stream: io.BytesIO, file: str, sha256: str) -> Cleared:
    told = _told_by_hdf5(stream, file, source)
    clean, n_layers = _walked(told.text, file, sha256, source, told.version)
    by_itself = losses.is_of_each_logit(losses.told(told.compiled))
    content, n_stored = stream.getvalue(), told.n_stored
    return Cleared(file, sha256, clean, content, True, n_stored=n_stored, n_layers=n_layers, by_itself=by_itself)


def _walked(text: bytes | str, file: str, sha256: str, source: ModelSource, version: str | None) -> tuple[dict, int]:
    """The configuration and how many layers it lists; version: of the Keras that wrote it, where the file tells it."""
    config = config_check.parsed(text, file)
    version = version or origin.told(config)
    if origin.is_keras_1(version):
        raise ModelRefused(
            f"{file} was written by Keras {version}, whose layers are described differently.",
            "Keras 2.2 still reads it: open the model there and save it again.",
        )
    is_old = origin.is_old(version, config)
    clean, n_layers = config_check.cleaned(config, file, sha256, source.trusted)
    if not source.trusted:
        budget.check_layers(source.budget, file, n_layers)
    clean = keras2_configs.modernised(clean)
    return (keras2_meanings.of_keras_2(clean) if is_old else clean), n_layers


def _check_json(source: ModelSource, content: bytes, file: str) -> Cleared:
    if not source.weights:
        raise ModelRefused(f"{file} is an architecture without weights.", "Give its weights file too.")
    _check_config_size(len(content), file)
    weights, old, n_stored = _check_weights(source)
    sha256 = hashlib.sha256(content + (weights or b"")).hexdigest()
    _check_unchanged(source, sha256, file)
    clean, n_layers = _walked(content, file, sha256, source, None)
    return Cleared(file, sha256, clean, weights, old, n_stored=n_stored, n_layers=n_layers)


def _check_weights(source: ModelSource) -> tuple[bytes | None, bool, int]:
    """A weights file's content, whether it is in the layout of Keras 2, and how many numbers; "random" has none."""
    if source.weights == "random":
        return None, False, 0
    stream, file = _read(source.weights, source.budget), file_name(source.weights)
    if file_kind(stream, file) != "hdf5":
        raise ModelRefused(f"{file} is not an HDF5 file with weights.")
    with hdf5_check.opened(stream, file) as tree:
        old = "layer_names" in tree.attrs or "model_weights" in tree
        n_stored = hdf5_check.count_of(tree, file)
    return stream.getvalue(), old, n_stored


def _check_application(source: ModelSource) -> Cleared:
    name = str(source.application)
    if not source.weights:
        raise ModelRefused(
            f"{quoted(name)} needs weights.", "Give a weights file, or ask for random weights; nothing is downloaded."
        )
    weights, old, n_stored = _check_weights(source)
    sha256 = hashlib.sha256(f"keras.applications.{name}:".encode() + (weights or b"random")).hexdigest()
    _check_unchanged(source, sha256, name)
    return Cleared(name, sha256, None, weights, old, n_stored=n_stored)
