"""Model files written by hand, without TensorFlow: configurations and weights in the forms of Keras 2 and 3."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import h5py
import numpy as np


def layer(class_name: str, name: str, module: str | None = "keras.layers", **config) -> dict:
    """A layer's configuration as Keras 3 writes it."""
    return {"module": module, "class_name": class_name, "config": {"name": name, **config}, "registered_name": None}


def input_layer(shape=(8, 8, 3)) -> dict:
    return layer("InputLayer", "image", batch_shape=[None, *shape], dtype="float32")


def dense(name: str = "scores", **config) -> dict:
    return layer("Dense", name, **{"units": 3, "activation": "softmax", **config})


def sequential(*layers: dict, name: str = "net") -> dict:
    return layer("Sequential", name, "keras", layers=list(layers))


def ordinary(*between: dict, last: dict | None = None) -> dict:
    """A small model that holds the given layers."""
    return sequential(input_layer(), *between, layer("Flatten", "flat"), last or dense())


def old_ordinary(*between: dict) -> dict:
    """The same as Keras 2 wrote it: no modules."""
    layers = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 8, 8, 3], "name": "image"}},
        *between,
        {"class_name": "Flatten", "config": {"name": "flat"}},
        {"class_name": "Dense", "config": {"name": "scores", "units": 3, "activation": "softmax"}},
    ]
    return {"class_name": "Sequential", "config": {"name": "net", "layers": layers}}


def weights(fill=lambda tree: None) -> bytes:
    """An HDF5 file in Keras 3's layout; `fill` adds to it."""
    memory = io.BytesIO()
    with h5py.File(memory, "w") as tree:
        variables = tree.create_group("layers/dense/vars")
        variables["0"], variables["1"] = np.zeros((192, 3), "f4"), np.zeros(3, "f4")
        fill(tree)
    return memory.getvalue()


def archive(path: Path, config, inner: bytes | None = None, extra: dict | None = None, packed: bool = False) -> Path:
    """A .keras file with this configuration (a dictionary, or bytes as they are)."""
    text = config if isinstance(config, bytes) else json.dumps(config).encode()
    members = {"config.json": text, "metadata.json": b"{}", "model.weights.h5": weights() if inner is None else inner}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as file:
        for name, content in {**members, **(extra or {})}.items():
            file.writestr(name, content)
    return path


def old_model(path: Path, config: dict, fill=lambda tree: None) -> Path:
    """A .h5 file as Keras 2 wrote it."""
    with h5py.File(path, "w") as tree:
        tree.attrs["model_config"] = json.dumps(config).encode()
        group = tree.create_group("model_weights")
        group.attrs["layer_names"] = np.asarray([b"flat", b"scores"])
        fill(tree)
    return path


def good_old_model(path: Path) -> Path:
    """A .h5 file as Keras 2 wrote it, whole."""

    def fill(tree):
        tree["model_weights"].create_group("flat").attrs["weight_names"] = np.zeros(0)
        group = tree["model_weights"].create_group("scores")
        group["kernel"], group["bias"] = np.zeros((192, 3), "f4"), np.zeros(3, "f4")
        group.attrs["weight_names"] = np.asarray([b"kernel", b"bias"])

    return old_model(path, old_ordinary(), fill)
