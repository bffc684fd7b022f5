"""Files of weights as torch wrote them before version 1.6, step by step, so that any step can be a hostile one."""

import struct

import numpy as np

MARK = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."
VERSION = b"\x80\x02M\xe9\x03."
MACHINE = b"\x80\x02}X\x0d\x00\x00\x00little_endian\x88s."
KINDS = {"float32": "FloatStorage", "int64": "LongStorage"}


def text(one):
    return b"X" + struct.pack("<I", len(one.encode())) + one.encode()


def name(module, attribute):
    return f"c{module}\n{attribute}\n".encode()


def number(one):
    return b"J" + struct.pack("<i", one)


def several(*parts):
    return b"(" + b"".join(parts) + b"t"


def stored(key, kind="FloatStorage", count=0):
    return several(text("storage"), name("torch", kind), text(key), text("cpu"), number(count), b"N") + b"Q"


def tensor(row, offset, shape, steps):
    """A tensor that is a view of what `row` (steps of a pickle) leaves."""
    hooks = name("collections", "OrderedDict") + b")R"
    sizes = several(*map(number, shape)), several(*map(number, steps))
    return name("torch._utils", "_rebuild_tensor_v2") + several(row, number(offset), *sizes, b"\x89", hooks) + b"R"


def mapping(**tensors):
    pairs = b"".join(text(key) + one for key, one in tensors.items())
    return b"\x80\x02" + name("collections", "OrderedDict") + b")R(" + pairs + b"u."


def keys(*rows):
    return b"\x80\x02](" + b"".join(map(text, rows)) + b"e."


def numbers(*rows, counts=None):
    counts = counts or [row.size for row in rows]
    return b"".join(struct.pack("<q", n) + row.tobytes() for n, row in zip(counts, rows, strict=True))


def weights(**arrays):
    """A whole file; an array in Fortran's order becomes a tensor whose axes lie the other way round."""
    views = {}
    for key, one in arrays.items():
        steps = [step // one.itemsize for step in one.strides]
        views[key] = tensor(stored(key, KINDS[one.dtype.name], one.size), 0, one.shape, steps)
    rows = [np.ravel(one, order="K") for one in arrays.values()]
    return MARK + VERSION + MACHINE + mapping(**views) + keys(*arrays) + numbers(*rows)


def with_tensors(pickled, counts=None):
    """A file whose fourth pickle is this one; its numbers are those of "a"."""
    return MARK + VERSION + MACHINE + pickled + keys("a") + numbers(np.zeros(4, np.float32), counts=counts)
