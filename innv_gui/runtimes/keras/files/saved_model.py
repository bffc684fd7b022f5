"""A SavedModel folder as Keras 2 writes it: what of it is read, and the model's description. Needs no TensorFlow.

`keras_metadata.pb` describes the model as an .h5 file does, and `variables/` is a checkpoint (`checkpoint.py`). The
TensorFlow graph beside them, which is code, is never read.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from innv_gui.errors import ModelRefused
from innv_gui.runtimes.keras.files import hdf5_check

METADATA = "keras_metadata.pb"
VERSION = "2"  # of the Keras that wrote it: no other writes this form
_GRAPH = "saved_model.pb"
INDEX = "variables/variables.index"
_DATA = re.compile(r"variables\.data-\d{5}-of-\d{5}")
_MAX_FILES = 1000


def inside(folder: Path) -> list[Path]:
    """What can change of a SavedModel, as far as it exists; nothing for a file."""
    if not folder.is_dir():
        return []
    parts = [folder / METADATA, *sorted((folder / "variables").glob("variables.*"))]
    return [path for path in parts if path.is_file()]


def members(folder: Path, file: str) -> tuple[str, ...]:
    """The files of a folder that are read, by their names in it."""
    if not (folder / METADATA).is_file():
        if (folder / _GRAPH).is_file():
            raise ModelRefused(
                f"{file} is a SavedModel without {METADATA}: a TensorFlow graph only, as model.export() writes it.",
                "Save the model with model.save('NAME.keras').",
            )
        raise ModelRefused(
            f"{file} is a folder, but not a SavedModel.",
            "Give a .keras file, an .h5 file, or a SavedModel of Keras 2.",
        )
    weights = folder / "variables"
    data = sorted(path.name for path in weights.iterdir() if _DATA.fullmatch(path.name)) if weights.is_dir() else []
    if not data or len(data) > _MAX_FILES:
        raise ModelRefused(f"{file}: the folder 'variables' with the model's weights is missing or not complete.")
    names = (METADATA, INDEX, *(f"variables/{name}" for name in data))
    for path in (weights, *(folder / name for name in names)):
        if path.is_symlink():
            raise ModelRefused(f"{file}: {path.name} is a link to somewhere else; a model must hold its own files.")
    return names


def description(metadata: bytes, file: str) -> str:
    """The model's configuration as JSON, in the form of an .h5 file."""
    try:
        nodes = _Metadata.FromString(metadata).nodes
    except DecodeError as error:
        raise ModelRefused(f"{file}: {METADATA} is damaged.", hdf5_check.COPY_AGAIN) from error
    texts = [node.metadata for node in nodes if node.node_path == "root"]
    try:
        root = json.loads(texts[0]) if texts else {}
        return json.dumps({"class_name": root["class_name"], "config": _as_lists(root["config"])})
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        hint = "Save it as .keras; custom classes are then named with --trust and --hooks."
        raise ModelRefused(f"{file}: {METADATA} does not describe the model's layers.", hint) from error


def _as_lists(node, depth: int = 0):
    """Tuples and shapes, which have a form of their own there, as the lists of an .h5 file."""
    if depth > 200:
        raise ValueError("too deep")
    if isinstance(node, list):
        return [_as_lists(item, depth + 1) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("class_name") in ("__tuple__", "TensorShape") and isinstance(node.get("items"), list):
        return _as_lists(node["items"], depth + 1)
    return {key: _as_lists(value, depth + 1) for key, value in node.items()}


def _message():
    """The part of Keras' saved_metadata.proto that is needed."""
    file = descriptor_pb2.FileDescriptorProto(name="innv_gui/saved_metadata.proto", syntax="proto3")
    one = file.message_type.add(name="InnvSavedObject")
    text = descriptor_pb2.FieldDescriptorProto.TYPE_STRING
    for name, number in (("node_path", 3), ("metadata", 5)):
        one.field.add(name=name, number=number, type=text, label=descriptor_pb2.FieldDescriptorProto.LABEL_OPTIONAL)
    whole = file.message_type.add(name="InnvSavedMetadata")
    whole.field.add(
        name="nodes",
        number=1,
        type=descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE,
        type_name=".InnvSavedObject",
        label=descriptor_pb2.FieldDescriptorProto.LABEL_REPEATED,
    )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("InnvSavedMetadata"))


_Metadata = _message()
