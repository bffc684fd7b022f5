"""The gate: what a model file must pass before anything is built from it. Needs no TensorFlow.

The file is read once; everything after (hash, checks, weights) uses those bytes, so that what was checked is what is
loaded. Types are told by the first bytes. Raises ModelRefused naming the file and, where there is one, the layer.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from innv_gui.errors import ModelRefused
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras import config_walk, hdf5_walk, old_configs, old_meanings, origin, saved_model
from innv_gui.runtimes.keras.quoting import file_name, first_line, quoted

MAX_FILE = 4 * 2**30  # bytes
MAX_CONFIG = 64 * 2**20
ZIP_EXPANSION = 200
ZIP_SLACK = 16 * 2**20
_MEMBERS = {"config.json": MAX_CONFIG, "metadata.json": 2**20, "model.weights.h5": MAX_FILE}

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


def check(source: ModelSource) -> Cleared:
    """Reads and checks the files of a source. Applications have no file but their weights, if those are given."""
    if source.kind == "application":
        return _check_application(source)
    if not source.path:
        raise ModelRefused("A model file is needed.")
    if Path(source.path).is_dir():
        return _check_folder(source)
    content, file = _read(source.path), file_name(source.path)
    kind = file_kind(content, file)
    _check_ending(kind, source, file)
    if kind == "json":
        return _check_json(source, content, file)
    if source.weights not in (None, "random"):
        raise _holds_its_own(file)
    sha256 = hashlib.sha256(content).hexdigest()
    _check_unchanged(source, sha256, file)
    if kind == "keras":
        return _check_archive(content, file, sha256, source.trusted)
    return _check_hdf5(content, file, sha256, source.trusted)


def fingerprint(path: str) -> str:
    """SHA-256 of a file's (or a SavedModel's) content, in hexadecimal; what `--trust` takes."""
    if Path(path).is_dir():
        return _hash_of(_read_folder(path))
    return hashlib.sha256(_read(path)).hexdigest()


def file_kind(content: bytes, file: str) -> str:
    """ "keras", "hdf5" or "json" by the first bytes; raises ModelRefused for anything else."""
    if not content:
        raise ModelRefused(f"{file} is empty.")
    if content.startswith(b"PK\x03\x04"):
        return "keras"
    if content.startswith(b"\x89HDF\r\n\x1a\n"):
        return "hdf5"
    if content[:1000].lstrip()[:1] == b"{":
        return "json"
    what = next((name for magic, name in _OTHER_FILES if content.startswith(magic)), "something else")
    raise ModelRefused(
        f"{file} is {what}, not a Keras model.", "Give a .keras file, an .h5 file, or an architecture in JSON."
    )


def _read(path: str, shown: str = "") -> bytes:
    """shown: how messages name the file, when not by its name."""
    file = shown or file_name(path)
    try:
        state = Path(path).stat()
        if stat.S_ISDIR(state.st_mode):
            raise ModelRefused(f"{file} is a folder; a file is needed here.")
        if not stat.S_ISREG(state.st_mode):
            raise ModelRefused(f"{file} is not a regular file.")
        if state.st_size > MAX_FILE:
            raise ModelRefused(f"{file} is larger than {MAX_FILE // 2**30} GB.")
        with open(path, "rb") as stream:
            return stream.read(MAX_FILE + 1)
    except FileNotFoundError:
        raise ModelRefused(f"There is no file {file}.") from None
    except OSError as error:
        raise ModelRefused(f"{file} cannot be read: {error.strerror or error}.") from None


def _check_ending(kind: str, source: ModelSource, file: str) -> None:
    declared = _ENDINGS.get(Path(file).suffix.lower(), source.kind)
    if declared != kind:
        stem = Path(file).stem
        raise ModelRefused(
            f"{file} is {_TYPE_NAMES[kind]}, whatever its name says.", f"Rename it to {stem}{_RENAME[kind]}."
        )


def _read_folder(path: str) -> dict[str, bytes]:
    """The files of a SavedModel that are read, by their names in the folder."""
    file = file_name(path)
    try:
        names = saved_model.members(Path(path), file)
    except OSError as error:
        raise ModelRefused(f"{file} cannot be read: {error.strerror or error}.") from None
    sizes = sum(os.path.getsize(Path(path, name)) for name in names if Path(path, name).is_file())
    if sizes > MAX_FILE:
        raise ModelRefused(f"{file} is larger than {MAX_FILE // 2**30} GB.")
    return {name: _read(str(Path(path, name)), f"{file}/{name}") for name in names}


def _hash_of(files: dict[str, bytes]) -> str:
    """Of names and contents."""
    parts = [f"{name}:{hashlib.sha256(content).hexdigest()}" for name, content in files.items()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _check_folder(source: ModelSource) -> Cleared:
    file = file_name(source.path)
    if source.weights is not None:
        raise _holds_its_own(file)
    files = _read_folder(source.path)
    sha256 = _hash_of(files)
    _check_unchanged(source, sha256, file)
    metadata = files.pop(saved_model.METADATA)
    if len(metadata) > MAX_CONFIG:
        raise ModelRefused(f"{file}: {saved_model.METADATA} is larger than {MAX_CONFIG // 2**20} MB.")
    clean = _walked(saved_model.description(metadata, file), file, sha256, source.trusted, saved_model.VERSION)
    return Cleared(file, sha256, clean, None, checkpoint=files)


def _holds_its_own(file: str) -> ModelRefused:
    return ModelRefused(f"{file} holds its own weights; a weights file only goes with an architecture in JSON.")


def _check_unchanged(source: ModelSource, sha256: str, file: str) -> None:
    if source.sha256 and source.sha256 != sha256:
        raise ModelRefused(f"{file} has changed since it was added.", "Remove the model and add it again.")


def _check_archive(content: bytes, file: str, sha256: str, trusted: bool) -> Cleared:
    members = _members(content, file)
    version = origin.in_metadata(members["metadata.json"])
    clean = _walked(members["config.json"], file, sha256, trusted, version)
    weights = members["model.weights.h5"]
    hdf5_walk.opened(weights, file).close()
    return Cleared(file, sha256, clean, weights)


def _members(content: bytes, file: str) -> dict[str, bytes]:
    """The three members of a .keras archive, read within their declared sizes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()
            for member in listed:
                _check_member(member, file)
            names = [member.filename for member in listed]
            if sorted(names) != sorted(_MEMBERS):
                missing = sorted(set(_MEMBERS) - set(names))
                raise ModelRefused(
                    f"{file} lacks {', '.join(missing)}: it is not a Keras model."
                    if missing
                    else f"{file} holds {len(names)} members instead of three."
                )
            return {member.filename: archive.read(member) for member in listed}
    except ModelRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
        words = f"{file} is damaged or cut short: {first_line(error)}."
        raise ModelRefused(words, hdf5_walk.COPY_AGAIN) from error


def _check_member(member: zipfile.ZipInfo, file: str) -> None:
    limit = _MEMBERS.get(member.filename)
    if limit is None:
        raise ModelRefused(f"{file} holds {quoted(member.filename)}, which does not belong into a Keras model.")
    if member.flag_bits & 0x1:
        raise ModelRefused(f"{file} is encrypted.")
    if member.file_size > min(limit, ZIP_EXPANSION * member.compress_size + ZIP_SLACK):
        raise ModelRefused(
            f"{file}: {member.filename} declares {member.file_size:,} bytes, far more than the file can hold."
        )


def _check_hdf5(content: bytes, file: str, sha256: str, trusted: bool) -> Cleared:
    with hdf5_walk.opened(content, file) as tree:
        text = hdf5_walk.text_attribute(tree, "model_config", file)
        version = hdf5_walk.text_attribute(tree, "keras_version", file)
    if text is None:
        raise ModelRefused(
            f"{file} holds weights only, and no architecture.", "Give the architecture as a JSON file together with it."
        )
    return Cleared(file, sha256, _walked(text, file, sha256, trusted, version), content, old_weights=True)


def _walked(text: bytes | str, file: str, sha256: str, trusted: bool, version: str | None) -> dict:
    """version: of the Keras that wrote it, where the file tells it apart from its configuration."""
    config = config_walk.parsed(text, file)
    version = version or origin.told(config)
    if origin.is_keras_1(version):
        raise ModelRefused(
            f"{file} was written by Keras {version}, whose layers are told in another way.",
            "Keras 2.2 still reads it: open the model there and save it again.",
        )
    is_old = origin.is_old(version, config)
    clean = old_configs.modernised(config_walk.cleaned(config, file, sha256, trusted))
    return old_meanings.of_keras_2(clean) if is_old else clean


def _check_json(source: ModelSource, content: bytes, file: str) -> Cleared:
    if not source.weights:
        raise ModelRefused(f"{file} is an architecture without weights.", "Give its weights file too.")
    if len(content) > MAX_CONFIG:
        raise ModelRefused(f"{file} is larger than {MAX_CONFIG // 2**20} MB.")
    weights, old = _check_weights(source.weights)
    sha256 = hashlib.sha256(content + (weights or b"")).hexdigest()
    _check_unchanged(source, sha256, file)
    return Cleared(file, sha256, _walked(content, file, sha256, source.trusted, None), weights, old)


def _check_weights(path: str) -> tuple[bytes | None, bool]:
    """A weights file's content, and whether it is in the layout of Keras 2; ("random" has none)."""
    if path == "random":
        return None, False
    content, file = _read(path), file_name(path)
    if file_kind(content, file) != "hdf5":
        raise ModelRefused(f"{file} is not an HDF5 file with weights.")
    with hdf5_walk.opened(content, file) as tree:
        old = "layer_names" in tree.attrs or "model_weights" in tree
    return content, old


def _check_application(source: ModelSource) -> Cleared:
    name = str(source.application)
    if not source.weights:
        raise ModelRefused(
            f"{quoted(name)} needs weights.", "Give a weights file, or ask for random weights; nothing is downloaded."
        )
    weights, old = _check_weights(source.weights)
    sha256 = hashlib.sha256(f"keras.applications.{name}:".encode() + (weights or b"random")).hexdigest()
    _check_unchanged(source, sha256, name)
    return Cleared(name, sha256, None, weights, old)
