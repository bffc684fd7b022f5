"""Colour maps as tables of 256 colours: (256, 3) uint8, the smallest value first.

seismic and jet are piecewise linear, given by the corners that matplotlib gives them; inferno and viridis are
Bokeh's own tables (both from S. van der Walt and N. Smith, CC0).
"""

from __future__ import annotations

import numpy as np
from bokeh.palettes import Inferno256, Viridis256

SIZE = 256
DIVERGING = frozenset(("seismic",))  # zero is in the middle

_SEISMIC = {
    "red": ((0, 0.0), (0.25, 0.0), (0.5, 1.0), (0.75, 1.0), (1, 0.5)),
    "green": ((0, 0.0), (0.25, 0.0), (0.5, 1.0), (0.75, 0.0), (1, 0.0)),
    "blue": ((0, 0.3), (0.25, 1.0), (0.5, 1.0), (0.75, 0.0), (1, 0.0)),
}
_JET = {
    "red": ((0, 0.0), (0.35, 0.0), (0.66, 1.0), (0.89, 1.0), (1, 0.5)),
    "green": ((0, 0.0), (0.125, 0.0), (0.375, 1.0), (0.64, 1.0), (0.91, 0.0), (1, 0.0)),
    "blue": ((0, 0.5), (0.11, 1.0), (0.34, 1.0), (0.65, 0.0), (1, 0.0)),
}


def _piecewise(channels: dict[str, tuple]) -> np.ndarray:
    return np.stack([_channel(np.array(channels[name])) for name in ("red", "green", "blue")], axis=1)


def _channel(corners: np.ndarray) -> np.ndarray:
    """(SIZE,) uint8, rounded down: with this order of operations the tables equal matplotlib's to the last bit."""
    last = SIZE - 1
    places, levels = corners[:, 0] * last, corners[:, 1]
    wanted = last * np.linspace(0, 1, SIZE)
    right = np.clip(np.searchsorted(places, wanted), 1, len(places) - 1)
    share = (wanted - places[right - 1]) / (places[right] - places[right - 1])
    return ((share * (levels[right] - levels[right - 1]) + levels[right - 1]) * 255).astype(np.uint8)


def _palette(colours: tuple[str, ...]) -> np.ndarray:
    """From "#rrggbb"."""
    return np.frombuffer(bytes.fromhex("".join(colour[1:] for colour in colours)), np.uint8).reshape(SIZE, 3)


TABLES = {
    "seismic": _piecewise(_SEISMIC),
    "jet": _piecewise(_JET),
    "grey": np.repeat(np.arange(SIZE, dtype=np.uint8)[:, None], 3, axis=1),
    "inferno": _palette(Inferno256),
    "viridis": _palette(Viridis256),
}
