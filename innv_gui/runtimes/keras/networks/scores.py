"""The output of a graph as scores (N, K), with what it was found to be: structure first, then a run on a few images."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from innv_gui.datasets import geometry
from innv_gui.errors import ModelRefused
from innv_gui.records import Outputs
from innv_gui.runtimes.keras.files.quoting import first_line
from innv_gui.runtimes.keras.networks import custom_layers, ending, two_classes
from innv_gui.runtimes.keras.networks.forward import outputs_of
from innv_gui.runtimes.keras.networks.outputs import Ends, Said, decided

STRENGTHS = (1.0, 255.0, 0.1, 30.0)  # of noise, and once more noise around 0
MOST_VALUES = 2**26  # of the largest layer for all images: 0.25 GB


@dataclass(frozen=True)
class Scored:
    """tensor (N, K), two for one unit. link: from it to probabilities. inside: the last layer's activation was it."""

    tensor: object
    outputs: Outputs = Outputs()
    link: str = "softmax"
    inside: bool = False


def scored(start, end, said: Said, file: str, graph) -> Scored:
    """What the graph from `start` to `end`, (N, K), gives, as scores. said: by a person and by the file.

    graph.tensors: all that is computed, by name; graph.note(operation, result): for what is computed again. Raises
    what `outputs.decided` does.
    """
    found, x, note = ending.found(end), images(start)[: _count_of(graph.tensors)], graph.note
    if custom_layers.is_own(found.operation):
        function, values = custom_layers.taken_off(found.operation, keras.Model(start, end), x)
        tensor = end
    else:
        function, values, tensor = _taken_off(start, end, found, x, file, note)
    ends = Ends(function or ("" if found.known else found.function), bool(function), values, said.by_itself)
    outputs, link = decided(ends, said.kind, file)
    if outputs.kind == "binary":
        calls = _calls(start, tensor)
        tensor = two_classes.both(tensor, link == "identity", lambda one: calls[id(one)], note)
    inside = found.activation is not None and not found.log_apart and bool(function)
    return Scored(tensor, outputs, link, inside)


def images(start) -> np.ndarray:
    """(5, H, W, C) float32 of noise, the same every time."""
    shape = tuple(start.shape[1:])
    sides = (*geometry.size_of(shape), shape[2])
    generator = np.random.default_rng(0)
    strengths = np.asarray(STRENGTHS, np.float32)[:, None, None, None]
    around_zero = generator.uniform(-1, 1, (1, *sides)).astype(np.float32)
    return np.concatenate([generator.random((len(STRENGTHS), *sides), np.float32) * strengths, around_zero])


def _count_of(tensors: dict) -> int:
    """How many images are run at once: fewer where a layer is large."""
    shapes = (one.shape[1:] for tensor in tensors.values() for one in keras.tree.flatten(tensor))
    largest = max(math.prod(side or 1 for side in shape) for shape in shapes)
    return max(1, min(len(STRENGTHS) + 1, MOST_VALUES // largest))


def _taken_off(start, end, found: ending.Ending, x, file: str, note: Callable) -> tuple[str, np.ndarray, object]:
    """(the function that was taken off or "", values of x as they came (n, K), the tensor of scores)."""
    calls = _calls(start, end)
    known = found.known and calls[id(found.operation)] == 1
    given, values = _run(start, [found.before, end] if known else [end], x, file)
    if not known:
        return "", values, end
    tensor, again = ending.without(found, end)
    if not ending.agrees(found, given, values, end.dtype):
        ending.restore(found)
        return "", values, end
    _note_all(tensor, again, note)
    return found.function, values, tensor


def _run(start, ends: list, x: np.ndarray, file: str) -> tuple:
    """(what stands before the function or None, values (n, K) float64)."""
    try:
        results = outputs_of(start, ends, x)
    except Exception as error:  # whatever a layer raises
        raise ModelRefused(f"{file}: TensorFlow cannot run the model: {first_line(error)}") from error
    values = np.asarray(keras.ops.convert_to_numpy(keras.ops.cast(results[-1], "float32")), np.float64)
    return results[0] if len(results) > 1 else None, values


def _note_all(tensor, again: tuple, note: Callable) -> None:
    """The operations behind what was taken off that were called again, of which `tensor` is the last result."""
    for operation in reversed(again):
        note(operation, tensor)
        _, node_index, _ = tensor._keras_history
        tensor = operation._inbound_nodes[node_index].input_tensors[0]


def _calls(start, end) -> Counter:
    """id of an operation -> how often the graph calls it."""
    nodes = (node for depth in keras.Model(start, end)._nodes_by_depth.values() for node in depth)
    return Counter(id(node.operation) for node in nodes)
