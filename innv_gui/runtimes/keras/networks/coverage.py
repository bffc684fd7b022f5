"""Which part of the picture a layer's output shows, and whether it has one output at all.

A crop or a slice leaves a part: a map made there belongs over that part alone. Parts that are laid over each other, and
a layer that is computed on several parts by itself, have no place in the picture.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from innv_gui.runtimes.keras.networks.custom_layers import kind_of

Region = tuple[float, float, float, float]  # top, bottom, left, right; of the input's height and width
WHOLE: Region = (0.0, 1.0, 0.0, 1.0)
# Paths that a padding and a cropping move against each other, as in NASNet, are one picture: by a part of a side, or by
# one position of a coarse map, which is more.
_SHIFT, _COARSE = 0.1, 0.25
_CHANGING = frozenset("RandomCrop Slice CropImages PadImages Take Unstack".split())  # to where is not followed


def apart(flat) -> dict[str, int]:
    """How often a layer is computed, of those whose last output does not come out of the ones before."""
    calls: dict[str, list] = {}
    for node in _nodes(flat.model):
        calls.setdefault(node.operation.name, []).append(node)
    repeated = {name: nodes for name, nodes in calls.items() if len(nodes) > 1}
    return {name: len(nodes) for name, nodes in repeated.items() if not _in_a_row(flat.tensors[name], nodes)}


def _in_a_row(tensor, nodes: list) -> bool:
    """Whether the call that gave the tensor follows on all the others."""
    operation, index, _ = keras.tree.flatten(tensor)[0]._keras_history
    last = operation._inbound_nodes[index]
    before, todo = set(), [last]
    while todo:
        node = todo.pop()
        if id(node) not in before:
            before.add(id(node))
            todo += node.parent_nodes
    return all(id(node) in before for node in nodes)


def regions(flat) -> dict[str, Region | None]:
    """By layer; None where its output has no place in the picture."""
    known: dict[int, Region | None] = {}
    for node in _nodes(flat.model):
        given = [known.get(id(tensor), WHOLE) for tensor in node.input_tensors]
        found = _split(node, given) if kind_of(node.operation) == "Split" else _of(node, given)
        for place, tensor in enumerate(node.outputs):
            known[id(tensor)] = found[place] if isinstance(found, list) else found
    firsts = {name: keras.tree.flatten(tensor)[0] for name, tensor in flat.tensors.items()}
    return {name: known.get(id(tensor), WHOLE) for name, tensor in firsts.items()}


def _nodes(model) -> list:
    """In the order of computation."""
    by_depth = model._nodes_by_depth
    return [node for depth in sorted(by_depth, reverse=True) for node in by_depth[depth]]


def _of(node, given: list[Region | None]) -> Region | None:
    if not given:
        return WHOLE
    if None in given:
        return None
    operation, kind = node.operation, kind_of(node.operation)
    x, y = node.input_tensors[0], node.outputs[0]
    if kind == "Concatenate" and len(y.shape) == 4 and operation.axis % 4 in (1, 2):
        return _side_by_side(given, operation.axis % 4, y.shape)
    if len(given) > 1:
        return _merged(given, y.shape)
    if len(x.shape) != 4 or len(y.shape) != 4:
        return given[0]
    if kind in _CHANGING:
        return given[0] if x.shape[1:3] == y.shape[1:3] else None
    lost = _lost(node, operation, kind, x.shape, y.shape)
    return _cut(given[0], lost, x.shape) if lost else given[0]


def _lost(node, operation, kind: str, before: tuple, after: tuple) -> tuple | None:
    """Rows and columns taken off (negative: added): top, bottom, left, right. None: nothing."""
    if kind == "Cropping2D":
        return *operation.cropping[0], *operation.cropping[1]
    if kind == "ZeroPadding2D":
        return tuple(-one for pair in operation.padding for one in pair)
    if kind == "CenterCrop" and None not in (*before[1:3], *after[1:3]):
        return _middle(before, after[1:3])
    if kind == "Resizing" and operation.crop_to_aspect_ratio and None not in before[1:3]:
        height, width = before[1:3]
        kept = min(height, width * after[1] / after[2]), min(width, height * after[2] / after[1])
        return _middle(before, kept)
    return _sliced(node, before) if kind == "GetItem" else None


def _middle(before: tuple, kept: tuple) -> tuple:
    top, left = max(before[1] - kept[0], 0) / 2, max(before[2] - kept[1], 0) / 2
    return top, top, left, left


def _sliced(node, before: tuple) -> tuple | None:
    """x[:, 4:8, ::2] in rows and columns."""
    keys = node.arguments.args[1] if len(node.arguments.args) > 1 else node.arguments.kwargs.get("key")
    keys = keys if isinstance(keys, tuple | list) else (keys,)
    lost = []
    for axis in (1, 2):
        key = keys[axis] if len(keys) > axis and Ellipsis not in keys else slice(None)
        size = before[axis]
        if not isinstance(key, slice) or size is None:
            return None
        start, stop, _ = slice(key.start, key.stop).indices(size)
        lost += [start, size - stop]
    return tuple(lost)


def _cut(region: Region, lost: tuple, before: tuple) -> Region | None:
    if None in before[1:3]:
        return region if not any(lost) else None
    top, bottom, left, right = region
    row, column = (bottom - top) / before[1], (right - left) / before[2]
    found = top + lost[0] * row, bottom - lost[1] * row, left + lost[2] * column, right - lost[3] * column
    return tuple(min(max(side, 0.0), 1.0) for side in found)  # beyond is what a padding adds, and a convolution eats


def _split(node, given: list[Region | None]):
    """Of each output."""
    axis, parts = node.operation.axis % len(node.input_tensors[0].shape), node.outputs
    sizes = [one.shape[axis] for one in parts]
    if len(parts[0].shape) != 4 or axis not in (1, 2) or given[0] is None:
        return given[0]
    if None in sizes:
        return None
    total, first, found = sum(sizes), 0, []
    for size in sizes:
        lost = [0, 0, 0, 0]
        lost[2 * axis - 2 : 2 * axis] = first, total - first - size
        found.append(_cut(given[0], tuple(lost), node.input_tensors[0].shape))
        first += size
    return found


def _side_by_side(given: list[Region], axis: int, shape: tuple) -> Region | None:
    """Parts one behind the other, as they lie in the picture."""
    low, high = 2 * axis - 2, 2 * axis - 1
    fits = all(abs(a[high] - b[low]) < 1e-6 for a, b in zip(given, given[1:], strict=False))
    if not fits:
        return None
    hull = list(_merged([(*one[:low], 0.0, 1.0, *one[high + 1 :]) for one in given], shape) or ())
    return (*hull[:low], given[0][low], given[-1][high], *hull[high + 1 :]) if hull else None


def _merged(given: list[Region], shape: tuple) -> Region | None:
    """One over the other; shape: of what comes out."""
    corners = list(zip(*given, strict=True))
    positions = [size or 1 / _SHIFT for size in shape[1:3] for _ in range(2)] if len(shape) == 4 else [1 / _SHIFT] * 4
    allowed = [max(_SHIFT, min(1 / size, _COARSE)) for size in positions]
    if any(max(side) - min(side) > most + 1e-6 for side, most in zip(corners, allowed, strict=True)):
        return None
    return min(corners[0]), max(corners[1]), min(corners[2]), max(corners[3])


def placed(maps: tf.Tensor, size: tf.Tensor, region: Region) -> tf.Tensor:
    """(N, h, w, U) over the part that it shows of a picture of a size (H, W), bilinearly; nothing is elsewhere."""
    top, bottom, left, right = region
    if is_whole(region):
        return tf.image.resize(maps, size, method="bilinear")
    sides = tf.cast(size, tf.float32)
    first = tf.cast(tf.round(sides * [top, left]), tf.int32)
    part = tf.maximum(tf.cast(tf.round(sides * [bottom, right]), tf.int32) - first, 1)
    shown = tf.image.resize(maps, part, method="bilinear")
    rest = size - first - part
    return tf.pad(shown, [[0, 0], [first[0], rest[0]], [first[1], rest[1]], [0, 0]])


def is_whole(region: Region) -> bool:
    """But for what a cropping takes off to move paths against each other."""
    return all(abs(side - whole) <= _SHIFT for side, whole in zip(region, WHOLE, strict=True))


def part(region: Region) -> str:
    """ "" of the whole picture, else which part in words."""
    top, bottom, left, right = region
    if is_whole(region):
        return ""
    return f"{top:.0%} to {bottom:.0%} of the height and {left:.0%} to {right:.0%} of the width"
