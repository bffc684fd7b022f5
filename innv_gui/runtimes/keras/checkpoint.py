"""Weights out of a TensorFlow checkpoint: a tree of objects ("layer_with_weights-0", "kernel"), an array a leaf."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.trackable_object_graph_pb2 import TrackableObjectGraph

from innv_gui.errors import ModelRefused
from innv_gui.runtimes.keras.quoting import first_line, quoted

_TREE = "_CHECKPOINTABLE_OBJECT_GRAPH"
_CHILD = re.compile(r"layer_with_weights-(\d+)")
_OLD_NAMES = {"depthwise_kernel": "kernel"}


def fill(model, files: dict[str, bytes], file: str) -> None:
    """Sets the weights of a model; what the checkpoint lacks stays as it is. Raises ModelRefused with a sentence.

    files: its index and its data, by their names. TensorFlow reads a checkpoint from a path only, so the checked bytes
    go through a private folder.
    """
    with tempfile.TemporaryDirectory(prefix="innv-gui-") as folder:
        for name, content in files.items():
            path = Path(folder) / Path(name).name
            path.write_bytes(content)
        try:
            reader = tf.train.load_checkpoint(str(Path(folder) / "variables"))
            _check_sizes(reader, sum(map(len, files.values())), file)
            _Filler(reader, file).fill(model)
        except ModelRefused:
            raise
        except Exception as error:  # whatever TensorFlow makes of a damaged checkpoint
            raise ModelRefused(f"{file}: its weights cannot be read: {first_line(error)}") from error


def _check_sizes(reader, n_bytes: int, file: str) -> None:
    """Before memory is taken for it: an index may declare anything."""
    types = reader.get_variable_to_dtype_map()
    for name, shape in reader.get_variable_to_shape_map().items():
        size = int(np.prod([max(int(side), 0) for side in shape], dtype=object)) * max(types[name].size or 1, 1)
        if size > n_bytes:
            raise ModelRefused(f"{file}: {quoted(name)} declares {size:,} bytes, more than the folder holds.")


class _Filler:
    """Walks the tree of saved objects and the model side by side."""

    def __init__(self, reader, file: str):
        self._reader, self._file = reader, file
        self._met: set[int] = set()  # parts of the model that were filled
        self._nodes = TrackableObjectGraph.FromString(reader.get_tensor(_TREE)).nodes

    def fill(self, model) -> None:
        self._into(model, self._nodes[0])

    def _into(self, owner, node) -> None:
        for child in node.children:
            saved, part = self._nodes[child.node_id], self._part(owner, child.local_name)
            if not isinstance(part, keras.Layer | keras.Variable) or id(part) in self._met:
                continue
            self._met.add(id(part))
            if isinstance(part, keras.Layer):
                self._into(part, saved)
            else:
                self._assign(part, saved)
        if hasattr(owner, "finalize_state"):  # Normalization, of what it was adapted to
            owner.finalize_state()

    def _part(self, owner, name: str):
        number = _CHILD.fullmatch(name)
        if isinstance(owner, keras.Model):
            layers = [layer for layer in owner.layers if layer.weights]
            return layers[int(number[1])] if number and int(number[1]) < len(layers) else None
        part = getattr(owner, name, None)
        return getattr(owner, _OLD_NAMES.get(name, name), None) if part is None else part

    def _assign(self, variable, saved) -> None:
        for attribute in saved.attributes:
            if attribute.name == "VARIABLE_VALUE":
                values = self._reader.get_tensor(attribute.checkpoint_key)
                if tuple(values.shape) != tuple(variable.shape):
                    raise ModelRefused(
                        f"{self._file}: its weights do not fit its architecture: {quoted(variable.path)} has the shape "
                        f"{tuple(variable.shape)}, the folder has {tuple(values.shape)}."
                    )
                variable.assign(values)
