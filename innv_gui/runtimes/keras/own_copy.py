"""A copy of a network for the code of a third party, so that what it changes there reaches no other method."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

import keras
import numpy as np

from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import Network

MAX_IDLE = 2

_idle: OrderedDict[Hashable, keras.Model] = OrderedDict()  # copies that no answer uses now


@dataclass(eq=False)
class OwnCopy:
    """Of one method or view, and of one answer at a time; it begins with the weights that the network has then.

    Weights alone are set back between two answers. key: whose copy of which network it is; make: makes one.
    """

    network: Network
    key: Hashable
    make: Callable[[], keras.Model]
    _used: keras.Model | None = None

    @property
    def model(self) -> keras.Model:
        """Input (N, H, W, C) -> scores (N, K)."""
        if self._used is not None:
            return self._used
        model: keras.Model = _idle.pop(self.key, None) or self.make()
        weights = self.network.model.get_weights()
        if not _same(model.get_weights(), weights):
            model.set_weights(weights)
        self._used = model
        return model

    def settle(self) -> None:
        """The answer has ended: the copy is for the next one."""
        if self._used is None:
            return
        _idle[self.key], self._used = self._used, None
        while len(_idle) > MAX_IDLE:
            _idle.popitem(last=False)


def copy_of(source: ModelSource, network: Network, owner: Hashable) -> OwnCopy:
    """A copy that is read from its source like the network itself."""
    return OwnCopy(network, (loading.key_of(source), owner), lambda: loading.fresh(source).model)


def _same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return len(one) == len(other) and all(map(np.array_equal, one, other))
