"""One heatmap over its image, as the pages draw it."""

from __future__ import annotations

from dataclasses import dataclass

from innv_gui.analyzers.declaration import Display
from innv_gui.plots.heatmap import render
from innv_gui.records import Model
from innv_gui.session.pictures import Pictures
from innv_gui.session.request import Item
from innv_gui.store.maps import KeptMap


@dataclass(frozen=True)
class Look:
    """How maps are drawn; None: the method's own way. clip: percentile of |relevance| with the full colour."""

    colormap: str | None = None
    opacity: float | None = None
    clip: float = 100


def overlaid(
    kept: KeptMap, item: Item, model: Model, display: Display, pictures: Pictures, look: Look, place: int = 0
) -> bytes:
    """PNG of the map of target `place` over the image in the network's geometry."""
    under = pictures.as_seen(item.ref, model) if item.ref is not None else _grey(kept.x)
    opacity = display.opacity if look.opacity is None else look.opacity
    colormap = look.colormap or display.colormap
    return render(under, kept.values[place], display.kind, colormap, opacity, look.clip, bar=False)


def _grey(x):
    """An array has no picture of its own: its values between black and white."""
    low, high = float(x.min()), float(x.max())
    channels = x if x.shape[-1] == 3 else x[..., :1]
    return (channels - low) / ((high - low) or 1.0) * 255
