"""The way between pictures and the input of a network, in both directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from innv_gui.records import Preprocessing
from innv_gui.runtimes.keras.networks import hooks
from innv_gui.runtimes.keras.predict import preprocessing as rules

WHITE = 255


@dataclass(frozen=True)
class Feeding:
    """What is done to pixels in [0, 255]. hooks: a Python file whose `preprocess` stands instead of the rule."""

    rule: Preprocessing = Preprocessing()
    hooks: str | None = None

    def plain(self, level: int, shape: tuple[int, ...]) -> np.ndarray:
        """(H, W, C) float32 network input: a picture of that shape whose pixels are all `level`."""
        pixels = np.full((1, *shape), level, np.uint8)
        if self.hooks and "preprocess" in hooks.load(self.hooks):
            return hooks.preprocessed(self.hooks, [*pixels], shape)[0]
        return rules.apply(pixels, self.rule)[0]

    def pictures(self, x: np.ndarray) -> np.ndarray:
        """(n, H, W, C) network input -> uint8 of the same shape, to be shown.

        Every rule is a straight line for each channel, so it has a way back. A custom `preprocess` has none but its
        own `postprocess`; without one each picture is stretched from its least to its largest value.
        """
        given = hooks.load(self.hooks)
        if self.hooks and "preprocess" in given and "postprocess" in given:
            return np.stack([hooks.picture(self.hooks, one[None]) for one in x]) if len(x) else x.astype(np.uint8)
        if "preprocess" in given:
            low, high = (end(x, axis=(1, 2, 3), keepdims=True) for end in (np.min, np.max))
        else:
            low, high = (self.plain(level, x.shape[1:]) for level in (0, WHITE))
        shares = (x - low) / np.maximum(high - low, np.finfo(np.float32).tiny)
        pixels = np.clip(np.rint(WHITE * shares), 0, WHITE).astype(np.uint8)
        return pixels[..., ::-1] if self._backwards(given) else pixels

    def _backwards(self, given: dict) -> bool:
        """Whether the channels of the network input are blue, green, red; caffe turns them around."""
        return "preprocess" not in given and (self.rule.mode == "caffe") != (self.rule.channels == "bgr")


AS_IT_IS = Feeding()
