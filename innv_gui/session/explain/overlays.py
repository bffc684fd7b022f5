"""One heatmap over its image, as the pages draw it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from innv_gui.analyzers.declaration import Display
from innv_gui.errors import BadInput, NotFound, shown_value
from innv_gui.plots.heatmap import render
from innv_gui.records import Model
from innv_gui.session.explain.pictures import Pictures
from innv_gui.session.explain.request import Item, is_whole
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

    def __post_init__(self):
        _check_range("an opacity", 0 if self.opacity is None else self.opacity, 1)
        _check_range("a clip", self.clip, 100)

    def at(self, side_px: int) -> Look:
        """The same in another size."""
        return replace(self, side_px=side_px)


def _check_range(what: str, value: float, most: int) -> None:
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= most:
        raise BadInput(f"Expected {what} from 0 to {most}, got {shown_value(value)}.", field=what.split()[-1])


def checked_place(place: int, n: int, what: str) -> int:
    """One of n; counted from the end below 0, as everywhere in Python. Raises BadInput outside."""
    if is_whole(place) and -n <= place < n:
        return int(place)
    many = f"{n} {what}" if n == 1 else f"{n} {what}s"
    raise BadInput(f"There {'is' if n == 1 else 'are'} {many}, counted from 0; got {shown_value(place)}.", field=what)


def check_target(target: int, n: int) -> None:
    """Raises NotFound for a target that none of n is."""
    if not 0 <= target < n:
        many = "is 1 target" if n == 1 else f"are {n} targets"
        raise NotFound(f"There {many}, counted from 0; got {target}.", field="target")


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
