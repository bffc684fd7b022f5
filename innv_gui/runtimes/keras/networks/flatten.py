"""Nested models inlined into one flat functional graph that shares the layers, with scores as its output.

A transfer model holds its backbone as one layer; methods that walk the graph then fail with "graph disconnected".
Here every inner layer is called again on the outer graph's tensors, so that one flat graph remains.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import keras
from keras.src.models.functional import Functional

from innv_gui.errors import ModelRefused
from innv_gui.records import Outputs
from innv_gui.runtimes.keras.files import allowed
from innv_gui.runtimes.keras.networks import custom_layers
from innv_gui.runtimes.keras.networks.outputs import NOTHING, Said
from innv_gui.runtimes.keras.networks.scores import scored


@dataclass
class Flat:
    """A flat graph. tensors: the (last) output tensor of each operation by name, in the order of computation."""

    model: keras.Model  # input -> (N, K) scores, two for one unit
    tensors: dict = field(default_factory=dict)
    operations: dict = field(default_factory=dict)
    inner_names: tuple[str, ...] = ()  # of the models met on the way, the outermost first
    skipped: tuple[str, ...] = ()  # augmentation layers left out
    outputs: Outputs = Outputs()
    link: str = "softmax"  # from scores to probabilities, see `links`
    link_inside: bool = False  # it was the activation of the last layer


def _all(operations, tensors, end, file) -> None:
    """Refuses nothing."""


def flatten(model: keras.Model, output: int, file: str, said: Said = NOTHING, check: Callable = _all) -> Flat:
    """The chosen output of a functional or sequential model as a flat graph of scores.

    check(operations, tensors, end, file) is asked before anything is computed. said: about the outputs.
    """
    graph = functional(model, file)
    inliner = _Inliner(file)
    start, pixels = _start(graph.inputs[0], inliner)
    end = keras.tree.flatten(inliner.run(graph, [pixels], outermost=True))[output]
    check(inliner.operations, inliner.tensors, end, file)
    found = scored(start, end, said, file, inliner)
    flat = Flat(keras.Model(start, found.tensor, name=model.name), inliner.tensors, inliner.operations)
    flat.inner_names, flat.skipped = (model.name, *inliner.inner), tuple(inliner.skipped)
    flat.outputs, flat.link, flat.link_inside = found.outputs, found.link, found.inside
    order = {operation.name: place for place, operation in enumerate(flat.model.operations)}
    names = sorted((name for name in flat.tensors if name in order), key=order.__getitem__)
    flat.tensors = {name: flat.tensors[name] for name in names}
    flat.operations = {name: flat.operations[name] for name in names}
    return flat


def _start(given, inliner: _Inliner) -> tuple:
    """A new input (N, H, W, C), and what of it the graph takes: (N, H, W) where that knows no channels.

    It takes floats: on the way into whole numbers Keras would round, and no gradient comes back through that.
    """
    without_channel = len(given.shape) == 3
    shape = (*given.shape, 1) if without_channel else given.shape
    dtype = "float32" if keras.backend.is_int_dtype(given.dtype) else given.dtype
    start = keras.Input(batch_shape=shape, dtype=dtype, name=given._keras_history.operation.name)
    inliner.note(start._keras_history.operation, start)
    if not without_channel:
        return start, start
    squeeze = keras.layers.Reshape(given.shape[1:], name="without_channel")
    pixels = squeeze(start)
    inliner.note(squeeze, pixels)
    return start, pixels


def functional(model: keras.Model, file: str) -> keras.Model:
    """The functional graph of a model; a Sequential keeps its own inside, a model without one is a single layer."""
    if not has_graph(model):
        return custom_layers.as_layer(model, file)
    if isinstance(model, keras.Sequential):
        if model._functional is None:
            raise ModelRefused(
                f"{file}: the model does not define its input size.", "Add keras.Input(shape=...) in front and save it."
            )
        return model._functional
    return model


def has_graph(model: keras.Model) -> bool:
    """Whether calling the model is running through its graph, and not custom code."""
    return type(model).call in (Functional.call, keras.Sequential.call)


@dataclass
class _Inliner:
    file: str
    tensors: dict = field(default_factory=dict)
    operations: dict = field(default_factory=dict)
    inner: list = field(default_factory=list)
    skipped: list = field(default_factory=list)

    def run(self, graph, inputs: list, outermost: bool = False, prefix: str = ""):
        """Calls every operation of the graph on new tensors, going into models met on the way."""
        return graph._run_through_graph(inputs, operation_fn=lambda op: self._call(op, prefix))

    def _call(self, operation, prefix: str):
        if isinstance(operation, keras.Model) and has_graph(operation):
            return self._inlined(operation)
        if isinstance(operation, keras.layers.Pipeline):
            return self._in_turn(operation)
        if custom_layers.kind_of(operation) in allowed.AUGMENTATION:
            self.skipped.append(operation.name)
            return lambda *args, **given: _first(args, given)

        def call(*args, **kwargs):
            result = operation(*args, **kwargs)
            self._name(operation, prefix)
            self.note(operation, result)
            return result

        return call

    def _inlined(self, model: keras.Model):
        self.inner.append(model.name)
        graph = functional(model, self.file)

        def call(*args, **given):
            return self.run(graph, _ordered(_first(args, given), graph), prefix=model.name)

        return call

    def _in_turn(self, pipeline: keras.layers.Pipeline):
        """A chain of layers that is a layer itself."""

        def call(*args, **given):
            x = _first(args, given)
            for layer in pipeline.layers:
                x = self._call(layer, pipeline.name)(x)
            return x

        return call

    def _name(self, operation, prefix: str) -> None:
        """Two models may each have a `conv2d`; the inner one becomes `outer.conv2d`."""
        known = self.operations.get(operation.name)
        if known is operation or known is None:
            return
        base = f"{prefix}.{operation.name}" if prefix else operation.name
        name, number = base, 1
        while self.operations.get(name) not in (None, operation):
            number += 1
            name = f"{base}_{number}"
        operation.name = name

    def note(self, operation, result) -> None:
        """Remembers an operation's (last) output."""
        self.operations[operation.name] = operation
        self.tensors[operation.name] = result


def _first(args: tuple, given: dict):
    """What a layer is called on, by place or by name: `backbone(inputs=x)`."""
    return args[0] if args else next(value for name, value in given.items() if name not in ("training", "mask"))


def _ordered(inputs, graph) -> list:
    """The tensors that a graph is called on in its own order; a dictionary gives them by name."""
    if isinstance(inputs, dict):
        known = graph._inputs_struct
        names = sorted(known) if isinstance(known, dict) else [one.name for one in graph.inputs]
        return [inputs[name] for name in names]
    return keras.tree.flatten(inputs)
