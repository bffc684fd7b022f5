"""Weights out of a TensorFlow checkpoint: a tree of objects ("layer_with_weights-0", "kernel"), one array per leaf."""

from __future__ import annotations

import re

import keras
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf.trackable_object_graph_pb2 import TrackableObjectGraph

from innv_gui.errors import ModelRefused
from innv_gui.runtimes.keras.files import hdf5_check
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.files.saved_model import INDEX
from innv_gui.runtimes.keras.networks.checkpoint_table import Bundle, Damaged

_TREE = "_CHECKPOINTABLE_OBJECT_GRAPH"
_CHILD = re.compile(r"layer_with_weights-(\d{1,9})")
_OLD_NAMES = {"depthwise_kernel": "kernel"}


def fill(model, files: dict[str, bytes], file: str) -> None:
    """Sets the weights of a model; what the checkpoint lacks stays as it is. Raises ModelRefused with a sentence.

    files: its index and its data, by their names.
    """
    try:
        bundle = Bundle(files, INDEX)
        nodes = TrackableObjectGraph.FromString(bundle.text(_TREE)).nodes
        _Filler(bundle, nodes, file).fill(model)
    except (Damaged, DecodeError, IndexError) as error:
        words = f"{file}: its weights cannot be read: {error or 'they are damaged'}."
        raise ModelRefused(words, hdf5_check.COPY_AGAIN) from error


class _Filler:
    """Walks the tree of saved objects and the model side by side."""

    def __init__(self, bundle: Bundle, nodes, file: str):
        self._bundle, self._nodes, self._file = bundle, nodes, file
        self._met: set[int] = set()  # parts of the model that were filled

    def fill(self, model) -> None:
        """The model's own weights, and those of all layers."""
        self._into(model, self._nodes[0])

    def _into(self, owner, node) -> None:
        is_model = isinstance(owner, keras.Model)
        layers = [layer for layer in owner.layers if layer.weights] if is_model else []
        for child in node.children:
            part = _layer(layers, child.local_name) if is_model else _attribute(owner, child.local_name)
            if not isinstance(part, keras.Layer | keras.Variable) or id(part) in self._met:
                continue
            self._met.add(id(part))
            saved = self._nodes[child.node_id]
            if isinstance(part, keras.Layer):
                self._into(part, saved)
            else:
                self._assign(part, saved)
        if hasattr(owner, "finalize_state"):  # Normalization, of what it was adapted to
            owner.finalize_state()

    def _assign(self, variable, saved) -> None:
        keys = (one.checkpoint_key for one in saved.attributes if one.name == "VARIABLE_VALUE")
        key = next(keys, None)
        if key is None:
            return
        values = self._bundle.array(key)
        if values.shape != tuple(variable.shape):
            raise ModelRefused(
                f"{self._file}: its weights do not fit its architecture: {quoted(variable.path)} has the shape "
                f"{tuple(variable.shape)}, the folder has {values.shape}."
            )
        variable.assign(values)


def _layer(layers: list, name: str):
    """`layer_with_weights-N` of a model: Keras 2 counts the layers that have weights."""
    number = _CHILD.fullmatch(name)
    return layers[int(number[1])] if number and int(number[1]) < len(layers) else None


def _attribute(owner, name: str):
    part = getattr(owner, name, None)
    return getattr(owner, _OLD_NAMES.get(name, name), None) if part is None else part
