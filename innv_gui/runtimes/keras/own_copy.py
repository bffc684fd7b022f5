"""A copy of a network for the code of a third party: what it changes there reaches no other method."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np

from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import Network


@dataclass(eq=False)
class OwnCopy:
    """Loaded when it is first asked for; it begins each answer with the weights that the network has at that time.

    owner: whose it is. begun: whether it was asked for in this answer.
    """

    source: ModelSource
    network: Network
    owner: str
    begun: bool = False

    @property
    def model(self) -> keras.Model:
        """Input (N, H, W, C) -> scores (N, K)."""
        model = loading.load(self.source, self.owner).model
        if not self.begun:
            weights = self.network.model.get_weights()
            if not _same(model.get_weights(), weights):
                model.set_weights(weights)
        self.begun = True
        return model

    def settle(self) -> None:
        """The answer has ended: the next one finds the weights of the network again."""
        self.begun = False


def _same(one: list[np.ndarray], other: list[np.ndarray]) -> bool:
    return len(one) == len(other) and all(map(np.array_equal, one, other))
