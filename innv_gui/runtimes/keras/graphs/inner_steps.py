"""Steps inside a layer, for layers that are several steps to the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import keras
import tensorflow as tf

from innv_gui.runtimes.keras.graphs.graph import Step

# kinds of steps that have no layer of their own
WEIGHTED_AVERAGE, FOLD = "attention weights", "fold"
PAIRED, WEIGHING = "attention product", "attention softmax"
_ids = count(-1, -1)  # of tensors inside a layer: below zero, which no id() is


def fresh_id() -> int:
    """For a tensor that Keras has no symbol for."""
    return next(_ids)


@dataclass(frozen=True, eq=False)
class Inner(Step):
    """owner: the name of the layer that the person knows."""

    owner: str = ""

    @property
    def kind(self) -> str:
        """The class of an inner layer, or what is computed."""
        return self.operation.kind if isinstance(self.operation, Computed) else super().kind

    @property
    def name(self) -> str:
        """Of the layer that this is a part of."""
        return self.owner

    def call(self, tensors: dict[int, tf.Tensor]) -> list[tf.Tensor]:
        """The outputs for these inputs."""
        if isinstance(self.operation, Computed):
            return [tf.cast(one, tf.float32) for one in self.operation.outputs(tensors)]
        return super().call(tensors)


@dataclass(frozen=True, eq=False)
class Computed:
    """A step that is a function of the tensors by their ids."""

    kind: str
    name: str
    outputs: Callable[[dict[int, tf.Tensor]], list[tf.Tensor]]


@dataclass(frozen=True)
class Wired:
    """Stands in for a node of Keras where an inner layer takes one tensor."""

    tensor: int

    @property
    def arguments(self) -> Wired:
        """Keras asks a node for its arguments, and these for their values."""
        return self

    def fill_in(self, tensors: dict[int, tf.Tensor]) -> tuple[tuple, dict]:
        """(args, kwargs) of the call."""
        return (tensors[self.tensor],), {}


def inside(step: Step, layer: keras.Layer, given: int, result: int, is_first: bool = False) -> Inner:
    """The step of an inner layer between two tensors."""
    return Inner(layer, Wired(given), (given,), (result,), is_first, owner=step.name)


def computed(step: Step, kind: str, outputs: Callable, inputs: tuple, results: tuple) -> Inner:
    """The step of a function."""
    return Inner(Computed(kind, step.name, outputs), None, inputs, results, False, owner=step.name)
