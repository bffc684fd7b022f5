"""The plain part of pickle: what a file of tensors is made of, taken step by step and without Python's unpickler.

Nothing that a file names is looked up or called. Four names are known, and each stands for a record of ours; every
other name, and every step that is not listed here, is refused.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from innv_gui.errors import ModelRefused

MOST_STEPS = 200_000  # fifteen times those of the largest network that is read here


@dataclass(frozen=True)
class Name:
    """One of the names that a file of tensors may hold."""

    text: str


@dataclass(frozen=True)
class Stored:
    """A row of numbers that is behind the pickles, by its key. dtype: of NumPy, little-endian."""

    dtype: str
    key: str


@dataclass(frozen=True)
class View:
    """A tensor: which part of a stored row it is. offset, shape and steps are in elements."""

    stored: Stored
    offset: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]


MAPPING = Name("collections OrderedDict")
REBUILT = Name("torch._utils _rebuild_tensor_v2")
DTYPES = {Name("torch FloatStorage"): "<f4", Name("torch LongStorage"): "<i8"}
NAMES = {one.text: one for one in (MAPPING, REBUILT, *DTYPES)}
VALUES = {"NEWTRUE": True, "NEWFALSE": False, "NONE": None}
ARGUMENTS = ("LONG1", "BININT", "BININT1", "BININT2", "BINUNICODE")  # steps that only put what they carry


def value(file: BinaryIO, what: str) -> Any:
    """The next pickle of a file: plain values, Stored and View. Raises ModelRefused; what: the file's name."""
    machine = Machine()
    try:
        for number, (step, carried, _) in enumerate(pickletools.genops(file)):
            if number >= MOST_STEPS:
                raise ValueError(f"more than {MOST_STEPS:,} steps")
            machine.step(step.name, carried)
        return machine.result()
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise ModelRefused(f"{what} is not a plain file of weights: {str(error)[:120]}.") from None


@dataclass
class Machine:
    """A stack, where its marks are, and what is remembered; each step is one of the methods."""

    stack: list = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    memory: dict[int, Any] = field(default_factory=dict)

    def step(self, name: str, carried: Any) -> None:
        """One step of a pickle; raises ValueError for one that is not plain."""
        if name in VALUES or name in ARGUMENTS:
            self.stack.append(VALUES.get(name, carried))
        elif name in ("BINPUT", "LONG_BINPUT"):
            self.memory[carried] = self.stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            self.stack.append(self.memory[carried])
        elif name in STEPS:
            STEPS[name](self, carried)
        elif name not in ("PROTO", "STOP"):
            raise ValueError(f"it contains the step {name}")

    def result(self) -> Any:
        """What is left, the only thing."""
        (only,) = self.stack
        return only

    def taken(self) -> list:
        """What lies above the last mark."""
        at = self.marks.pop()
        above, self.stack[at:] = self.stack[at:], []
        return above

    def put_tuple(self, count: int | None) -> None:
        """The last `count` values, or those above the mark, as one."""
        above = self.taken() if count is None else [self.stack.pop() for _ in range(count)][::-1]
        self.stack.append(tuple(above))

    def put_name(self, text: str) -> None:
        """One of the known names."""
        if text not in NAMES:
            raise ValueError(f"it names {text.replace(' ', '.', 1)}, which is code")
        self.stack.append(NAMES[text])

    def set_items(self, pairs: list) -> None:
        """Into the mapping below; keys are texts."""
        target = self.stack[-1]
        for key, one in zip(pairs[::2], pairs[1::2], strict=True):
            if not isinstance(target, dict) or not isinstance(key, str):
                raise ValueError("its mapping is not one of texts")
            target[key] = one

    def append(self, values: list) -> None:
        """To the list below."""
        if not isinstance(self.stack[-1], list):
            raise ValueError("it appends to what is no list")
        self.stack[-1].extend(values)

    def call(self) -> None:
        """An empty mapping, or a tensor's place: the two that a known name may make."""
        arguments, name = self.stack.pop(), self.stack.pop()
        if name == MAPPING and arguments == ():
            self.stack.append({})
        elif name == REBUILT and isinstance(arguments[0], Stored):
            self.stack.append(View(*arguments[:4]))
        else:
            raise ValueError("it calls what is no tensor")

    def store(self) -> None:
        """A row of numbers by its key: ("storage", type, key, place, count, ...)."""
        word, kind, key, *_ = self.stack.pop()
        if word != "storage" or not isinstance(key, str) or not isinstance(kind, Name):
            raise ValueError("its numbers have no key")
        self.stack.append(Stored(DTYPES[kind], key))

    def drop(self) -> None:
        """Attributes of a mapping: versions, which mean nothing here."""
        self.stack.pop()
        if not isinstance(self.stack[-1], dict):
            raise ValueError("it changes what is no mapping")


STEPS: dict[str, Callable[[Machine, Any], None]] = {
    "MARK": lambda machine, _: machine.marks.append(len(machine.stack)),
    "EMPTY_DICT": lambda machine, _: machine.stack.append({}),
    "EMPTY_LIST": lambda machine, _: machine.stack.append([]),
    "EMPTY_TUPLE": lambda machine, _: machine.stack.append(()),
    "TUPLE": lambda machine, _: machine.put_tuple(None),
    "TUPLE1": lambda machine, _: machine.put_tuple(1),
    "TUPLE2": lambda machine, _: machine.put_tuple(2),
    "TUPLE3": lambda machine, _: machine.put_tuple(3),
    "GLOBAL": lambda machine, text: machine.put_name(text),
    "SETITEM": lambda machine, _: machine.set_items([machine.stack.pop() for _ in range(2)][::-1]),
    "SETITEMS": lambda machine, _: machine.set_items(machine.taken()),
    "APPENDS": lambda machine, _: machine.append(machine.taken()),
    "REDUCE": lambda machine, _: machine.call(),
    "BINPERSID": lambda machine, _: machine.store(),
    "BUILD": lambda machine, _: machine.drop(),
}
