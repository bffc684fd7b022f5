"""A network built without memory for its weights, so that it can be measured; they are made afterwards, once.

Keras keeps a list of variables that were made in a stateless scope, and fills all of them when any later scope ends:
those of a network that was measured and refused, too. So the list is removed here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras
import numpy as np
from keras.src.backend.common import global_state

_LIST = "uninitialized_variables"


@contextlib.contextmanager
def unallocated() -> Iterator[list]:
    """What is built inside has shapes only. Gives a list that holds the variables once the block is left."""
    pending: list = []
    others = global_state.get_global_attribute(_LIST) or []
    global_state.set_global_attribute(_LIST, [])
    try:
        with keras.StatelessScope() as scope, _sequences_at_once():
            scope.initialize_variables = False
            yield pending
    finally:
        pending.extend(global_state.get_global_attribute(_LIST) or [])
        global_state.set_global_attribute(_LIST, others)


def allocate(pending: list, to_be_loaded: bool) -> None:
    """Makes the variables. to_be_loaded: floats become NaN and no initializer runs, so that what a file lacks shows."""
    for variable in pending:
        if to_be_loaded and keras.backend.is_float_dtype(variable.dtype):
            variable._initializer = _nothing
        variable._deferred_initialize()


def _nothing(shape, dtype=None):
    return keras.ops.full(shape, np.nan, dtype)


@contextlib.contextmanager
def _sequences_at_once() -> Iterator[None]:
    """Sequential models are built when all layers are there: Keras does it after each one, n(n + 1) / 2 calls."""
    add, from_config = keras.Sequential.add, vars(keras.Sequential)["from_config"]

    def added(self, layer, rebuild=False):
        add(self, layer, rebuild=False)

    def whole(cls, config, custom_objects=None):
        shape = config.get("build_input_shape")
        rest = {name: value for name, value in config.items() if name != "build_input_shape"}
        model = from_config.__func__(cls, rest, custom_objects)
        if model._layers:
            model._maybe_rebuild()
        if not model._functional and isinstance(shape, list | tuple) and shape:
            model.build(shape)
        return model

    keras.Sequential.add, keras.Sequential.from_config = added, classmethod(whole)
    try:
        yield
    finally:
        keras.Sequential.add, keras.Sequential.from_config = add, from_config
