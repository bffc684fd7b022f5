"""Makes model files that must be refused, each with the words its refusal must hold. Needs no TensorFlow.

Payloads, where a file carries code, would write the file `touched` beside it; links and external storage point at a
named pipe, so that anything that opened them would hang.
"""

from __future__ import annotations

import codecs
import json
import marshal
import os
import pickle
import struct
import zipfile
from pathlib import Path

import h5py

from tests.files.model_files import (
    archive,
    dense,
    input_layer,
    layer,
    old_model,
    old_ordinary,
    ordinary,
    sequential,
    weights,
)

TOUCHED = "touched"
PIPE = "pipe"


KINDS = {".keras": "keras", ".h5": "hdf5", ".json": "json"}
HOSTILE: dict = {}  # name -> maker(folder) -> (path, words of its refusal)


def hostile(maker):
    """Adds a maker to the list of hostile files."""
    HOSTILE[maker.__name__] = maker
    return maker


def payload(folder: Path) -> str:
    """Code of a function that writes `touched`, packed the way Keras packs a lambda."""
    source = f"lambda x: (open({str(folder / TOUCHED)!r}, 'w').close(), x)[1]"
    code = eval(source).__code__
    return codecs.encode(marshal.dumps(code), "base64").decode("ascii")


def lambda_value(folder: Path) -> dict:
    """Keras 3's form of a lambda."""
    value = {"code": payload(folder), "defaults": None, "closure": None}
    return {"class_name": "__lambda__", "config": value}


def lambda_layer(folder: Path, name: str = "secret") -> dict:
    return layer("Lambda", name, function=lambda_value(folder))


# --- code -------------------------------------------------------------------------------------------------------


@hostile
def lambda_in_a_layer(folder):
    return archive(folder / "lambda.keras", ordinary(lambda_layer(folder))), ("secret", "Lambda", "--trust")


@hostile
def lambda_in_a_nested_model(folder):
    inner = sequential(input_layer(), lambda_layer(folder), name="backbone")
    return archive(folder / "nested.keras", ordinary(inner)), ("secret", "Lambda")


@hostile
def lambda_in_a_functional_model(folder):
    inner = layer("Functional", "backbone", "keras.src.models.functional", layers=[lambda_layer(folder)])
    return archive(folder / "functional.keras", ordinary(inner)), ("secret", "Lambda")


@hostile
def lambda_in_a_wrapper(folder):
    wrapper = layer("TimeDistributed", "each", layer=lambda_layer(folder))
    return archive(folder / "wrapper.keras", ordinary(wrapper)), ("secret", "Lambda")


@hostile
def lambda_in_both_directions(folder):
    inner = layer("Bidirectional", "both", layer=layer("TimeDistributed", "each", layer=lambda_layer(folder)))
    return archive(folder / "both.keras", ordinary(inner)), ("secret", "Lambda")


@hostile
def lambda_in_old_hdf5(folder):
    old = {"class_name": "Lambda", "config": {"name": "secret", "function": [payload(folder), None, None]}}
    return old_model(folder / "lambda.h5", old_ordinary(old)), ("secret", "Lambda")


@hostile
def lambda_nested_in_old_hdf5(folder):
    old = {"class_name": "Lambda", "config": {"name": "secret", "function": [payload(folder), None, None]}}
    inner = {"class_name": "Sequential", "config": {"name": "backbone", "layers": [old]}}
    return old_model(folder / "nested.h5", old_ordinary(inner)), ("secret", "Lambda")


@hostile
def lambda_as_activation(folder):
    return archive(folder / "activation.keras", ordinary(last=dense(activation=lambda_value(folder)))), ("scores",)


@hostile
def lambda_in_build_settings(folder):
    last = {**dense(), "build_config": {"input_shape": lambda_value(folder)}}
    return archive(folder / "build.keras", ordinary(last=last)), ("scores", "Lambda")


@hostile
def class_of_os(folder):
    return archive(folder / "os.keras", ordinary(layer("system", "run", "os"))), ("run", "system", "os")


@hostile
def function_of_builtins(folder):
    evil = {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "eval"}
    return archive(folder / "eval.keras", ordinary(last=dense(activation=evil))), ("scores", "eval")


@hostile
def function_of_keras_that_downloads(folder):
    evil = {"module": "keras.utils", "class_name": "function", "config": "get_file", "registered_name": "get_file"}
    return archive(folder / "download.keras", ordinary(last=dense(activation=evil))), ("scores", "get_file")


@hostile
def allowed_function_of_a_foreign_module(folder):
    evil = {"module": "os", "class_name": "function", "config": "relu", "registered_name": "relu"}
    return archive(folder / "foreign.keras", ordinary(last=dense(activation=evil))), ("scores",)


@hostile
def class_of_subprocess(folder):
    evil = {"module": "subprocess", "class_name": "Popen", "config": {"args": "id"}, "registered_name": None}
    return archive(folder / "popen.keras", ordinary(last=dense(kernel_initializer=evil))), ("scores", "Popen")


@hostile
def known_name_of_a_foreign_module(folder):
    return archive(folder / "module.keras", ordinary(layer("Dropout", "drop", "my_code", rate=0.5))), (
        "drop",
        "my_code",
    )


@hostile
def known_name_registered_elsewhere(folder):
    evil = {**layer("Dropout", "drop", rate=0.5), "registered_name": "mine>Dropout"}
    return archive(folder / "registered.keras", ordinary(evil)), ("drop",)


@hostile
def layer_of_ones_own(folder):
    return archive(folder / "own.keras", ordinary(layer("MyLayer", "mine", None))), ("mine", "MyLayer")


@hostile
def layer_that_loads_a_model(folder):
    evil = layer("TFSMLayer", "saved", filepath=str(folder))
    return archive(folder / "saved.keras", ordinary(evil)), ("saved", "TFSMLayer")


@hostile
def layer_that_reads_a_file(folder):
    evil = layer("StringLookup", "words", vocabulary=str(folder / PIPE))
    return archive(folder / "words.keras", ordinary(evil)), ("words", "StringLookup")


@hostile
def type_specification(folder):
    evil = {"class_name": "__typespec__", "spec_name": "x", "module": "os", "config": [], "registered_name": None}
    return archive(folder / "typespec.keras", ordinary(last=dense(extra=evil))), ("scores", "__typespec__")


@hostile
def array_of_text(folder):
    """A short file that would ask for gigabytes."""
    evil = {"class_name": "__numpy__", "config": {"value": ["a"] * 30, "dtype": "S100000000"}}
    return archive(folder / "array.keras", ordinary(last=dense(extra=evil))), ("scores", "something other than numbers")


@hostile
def calls_that_are_none(folder):
    """Of a functional model."""
    start = {"class_name": "InputLayer", "config": {"batch_shape": [None, 4, 4, 1], "name": "image"}, "name": "image"}
    layers = [{**start, "inbound_nodes": []}, {**dense(), "name": "scores", "inbound_nodes": None}]
    ends = {"input_layers": [["image", 0, 0]], "output_layers": [["scores", 0, 0]]}
    config = {"class_name": "Functional", "config": {"name": "broken", "layers": layers, **ends}}
    return archive(folder / "none.keras", config), ("none.keras",)


@hostile
def class_name_that_is_no_text(folder):
    return archive(folder / "number.keras", ordinary({**dense(), "class_name": ["Dense"]})), ("understood",)


@hostile
def unknown_activation(folder):
    return archive(folder / "unknown.keras", ordinary(last=dense(activation="__import__"))), ("scores", "__import__")


@hostile
def operation_of_keras_2(folder):
    old = {"class_name": "TFOpLambda", "config": {"name": "plus", "function": "math.add"}}
    return old_model(folder / "operation.h5", old_ordinary(old)), ("plus", "Keras 2")


@hostile
def a_pickle(folder):
    path = folder / "pickle.keras"
    path.write_bytes(pickle.dumps({"os": "system"}))
    return path, ("pickle.keras", "pickle")


@hostile
def a_pickle_in_an_archive(folder):
    return archive(folder / "pickled.keras", pickle.dumps(os.getcwd)), ("JSON",)


# --- HDF5 -------------------------------------------------------------------------------------------------------


def _link(folder):
    return lambda tree: tree.__setitem__("out", h5py.ExternalLink(str(folder / PIPE), "/x"))


def _external(folder):
    return lambda tree: tree.create_dataset("out", (4,), "u1", external=[(str(folder / PIPE), 0, 4)])


def _virtual(folder):
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource(str(folder / PIPE), "x", (4,))
    return lambda tree: tree.create_virtual_dataset("out", layout)


def _unlimited_virtual(folder):
    layout = h5py.VirtualLayout((4,), "f4", maxshape=(None,))
    source = h5py.VirtualSource(str(folder / PIPE), "x", (4,), maxshape=(None,))
    layout[: h5py.h5s.UNLIMITED] = source[: h5py.h5s.UNLIMITED]
    return lambda tree: tree.create_virtual_dataset("out", layout)


def _huge(tree):
    tree.create_dataset("out", (2**38,), "f4", chunks=(2**10,))


@hostile
def external_link(folder):
    return old_model(folder / "link.h5", old_ordinary(), _link(folder)), ("'out'", "link")


@hostile
def external_link_in_an_archive(folder):
    return archive(folder / "link.keras", ordinary(), weights(_link(folder))), ("'out'", "link")


@hostile
def soft_link(folder):
    fill = lambda tree: tree.__setitem__("out", h5py.SoftLink("/model_weights"))  # noqa: E731
    return old_model(folder / "soft.h5", old_ordinary(), fill), ("'out'", "link")


@hostile
def external_storage(folder):
    return old_model(folder / "storage.h5", old_ordinary(), _external(folder)), ("'out'", "external storage")


@hostile
def external_storage_in_an_archive(folder):
    return archive(folder / "storage.keras", ordinary(), weights(_external(folder))), ("'out'", "external storage")


@hostile
def virtual_dataset(folder):
    return old_model(folder / "virtual.h5", old_ordinary(), _virtual(folder)), ("'out'", "virtual")


@hostile
def unlimited_virtual_dataset(folder):
    return old_model(folder / "unlimited.h5", old_ordinary(), _unlimited_virtual(folder)), ("'out'", "virtual")


@hostile
def virtual_dataset_in_an_archive(folder):
    return archive(folder / "virtual.keras", ordinary(), weights(_virtual(folder))), ("'out'", "virtual")


@hostile
def huge_declared_dataset(folder):
    return old_model(folder / "huge.h5", old_ordinary(), _huge), ("'out'", "declares")


@hostile
def huge_declared_dataset_in_an_archive(folder):
    return archive(folder / "huge.keras", ordinary(), weights(_huge)), ("'out'", "declares")


@hostile
def endless_groups(folder):
    def fill(tree):
        group = tree
        for _ in range(100):
            group = group.create_group("g")

    return old_model(folder / "deep.h5", old_ordinary(), fill), ("nests",)


@hostile
def weights_only(folder):
    path = folder / "only.weights.h5"
    path.write_bytes(weights())
    return path, ("weights only",)


# --- archives ---------------------------------------------------------------------------------------------------


@hostile
def extra_member(folder):
    return archive(folder / "extra.keras", ordinary(), extra={"run.py": b"import os"}), ("run.py",)


@hostile
def path_traversal(folder):
    return archive(folder / "climb.keras", ordinary(), extra={"../../climbed": b"x"}), ("climbed",)


@hostile
def absolute_member(folder):
    return archive(folder / "absolute.keras", ordinary(), extra={"/tmp/absolute": b"x"}), ("absolute",)


@hostile
def missing_member(folder):
    path = folder / "missing.keras"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("config.json", json.dumps(ordinary()))
    return path, ("lacks", "model.weights.h5")


@hostile
def member_twice(folder):
    path = archive(folder / "twice.keras", ordinary())
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("config.json", json.dumps(ordinary(lambda_layer(folder))))
    return path, ("4 members",)


@hostile
def zip_bomb(folder):
    return archive(folder / "bomb.keras", ordinary(), bytes(64 * 2**20), packed=True), ("declares",)


@hostile
def zip_bomb_in_the_configuration(folder):
    return archive(folder / "wide.keras", b" " * (48 * 2**20) + b"{}", packed=True), ("declares",)


@hostile
def encrypted_archive(folder):
    path = archive(folder / "locked.keras", ordinary())
    content = bytearray(path.read_bytes())
    entry = content.find(b"PK\x01\x02")
    struct.pack_into("<H", content, entry + 8, 1)
    path.write_bytes(content)
    return path, ("encrypted",)


# --- damaged, or something else ---------------------------------------------------------------------------------


@hostile
def truncated_archive(folder):
    path = archive(folder / "cut.keras", ordinary())
    path.write_bytes(path.read_bytes()[:-400])
    return path, ("damaged",)


@hostile
def truncated_hdf5(folder):
    path = old_model(folder / "cut.h5", old_ordinary())
    path.write_bytes(path.read_bytes()[:-400])
    return path, ("damaged",)


@hostile
def empty(folder):
    path = folder / "empty.keras"
    path.write_bytes(b"")
    return path, ("empty",)


@hostile
def picture(folder):
    path = folder / "picture.h5"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    return path, ("PNG",)


@hostile
def text(folder):
    path = folder / "text.keras"
    path.write_text("hello")
    return path, ("not a Keras model",)


@hostile
def hdf5_named_keras(folder):
    return old_model(folder / "wrong.keras", old_ordinary()), ("HDF5", "wrong.h5")


@hostile
def keras_named_hdf5(folder):
    return archive(folder / "wrong.h5", ordinary()), ("archive", "wrong.keras")


@hostile
def folder_named_keras(folder):
    path = folder / "folder.keras"
    path.mkdir()
    return path, ("folder",)


@hostile
def pipe_named_keras(folder):
    path = folder / "pipe.keras"
    os.mkfifo(path)
    return path, ("regular file",)


@hostile
def configuration_of_a_layer(folder):
    return archive(folder / "layer.keras", dense()), ("not a whole model",)


@hostile
def configuration_of_nothing(folder):
    return archive(folder / "nothing.keras", b"[1, 2]"), ("does not describe",)


@hostile
def configuration_without_end(folder):
    return archive(folder / "endless.keras", b'{"class_name": ' + b"[" * 100_000), ("configuration",)


@hostile
def nested_too_deeply(folder):
    config = dense()
    for _ in range(80):
        config = sequential(config)
    return archive(folder / "onion.keras", config), ("deeply",)


@hostile
def too_many_units(folder):
    return archive(folder / "units.keras", ordinary(last=dense(units=10**15))), ("scores", "units")


def make_all(folder: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Every hostile file: name -> (path, words of its refusal)."""
    os.mkfifo(folder / PIPE)
    made = {}
    for name, maker in HOSTILE.items():
        place = folder / name
        place.mkdir()
        os.link(folder / PIPE, place / PIPE)
        path, words = maker(place)
        made[name] = (str(path), words)
    return made


def kind_of(path: str) -> str:
    return KINDS[Path(path).suffix]
