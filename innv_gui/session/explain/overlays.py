"""One heatmap over its image, as the pages draw it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from innv_gui.analyzers.declaration import Display
from innv_gui.plots.heatmap import render
from innv_gui.records import Model
from innv_gui.session.explain.pictures import Pictures
from innv_gui.session.explain.request import Item
from innv_gui.store.maps import KeptMap


@dataclass(frozen=True)
class Look:
    """How maps are drawn; None: the method's own way. clip: percentile of |relevance| with the full colour.

    side_px: the longest side of a picture; 0 is that of the network's input, None the same enlarged to be seen.
    """

    colormap: str | None = None
    opacity: float | None = None
    clip: float = 100
    side_px: int | None = None

    def at(self, side_px: int) -> Look:
        """The same in another size."""
        return replace(self, side_px=side_px)


def overlaid(
    kept: KeptMap, item: Item, model: Model, display: Display, pictures: Pictures, look: Look, place: int = 0
) -> bytes:
    """PNG of the map of target `place` over the image in the network's geometry."""
    under = pictures.as_seen(item.ref, model) if item.ref is not None else _grey(kept.x)
    opacity = display.opacity if look.opacity is None else look.opacity
    colormap = look.colormap or display.colormap
    values = kept.values[place]
    side_px = max(values.shape[:2]) if look.side_px == 0 else look.side_px
    return render(under, values, display.kind, colormap, opacity, look.clip, bar=False, scale_px=side_px)


def as_picture(kept: KeptMap, side_px: int) -> bytes:
    """PNG of the network input behind a map of an array."""
    nothing = np.zeros((*kept.x.shape[:2], 1), np.float32)
    return render(_grey(kept.x), nothing, "signed", "seismic", 0, bar=False, scale_px=side_px)


def _grey(x):
    """An array has no picture of its own: its values between black and white."""
    low, high = float(x.min()), float(x.max())
    channels = x if x.shape[-1] == 3 else x[..., :1]
    return (channels - low) / ((high - low) or 1.0) * 255
