"""A forward pass, not compiled, that keeps nothing longer than needed: Keras keeps all outputs to the end."""

from __future__ import annotations

from collections import Counter

import keras


def outputs_of(start, ends: list, x) -> list:
    """The values of some tensors of a graph for one batch. start: its one input; ends: symbolic tensors."""
    nodes = _nodes(keras.Model(start, ends))
    needed = Counter(id(tensor) for node in nodes for tensor in node.input_tensors)
    needed.update(map(id, ends))
    known = {id(start): keras.ops.convert_to_tensor(x)}
    for node in nodes:
        args, kwargs = node.arguments.fill_in(known)
        results = keras.tree.flatten(node.operation(*args, **kwargs, **_quiet(node.operation, kwargs)))
        known |= dict(zip(map(id, node.outputs), results, strict=True))
        _forget(node, needed, known)
    return [known[id(end)] for end in ends]


def _nodes(model: keras.Model) -> list:
    """In the order of computation, without the inputs."""
    by_depth = model._nodes_by_depth
    return [node for depth in sorted(by_depth, reverse=True) for node in by_depth[depth] if not node.is_input]


def _quiet(operation, kwargs: dict) -> dict:
    takes = "training" in getattr(operation, "_call_context_args", ()) and "training" not in kwargs
    return {"training": False} if takes else {}


def _forget(node, needed: Counter, known: dict) -> None:
    for tensor in node.input_tensors:
        needed[id(tensor)] -= 1
        if not needed[id(tensor)]:
            known.pop(id(tensor), None)
    for tensor in node.outputs:  # a part of what it gives may be of no use
        if not needed[id(tensor)]:
            known.pop(id(tensor), None)
