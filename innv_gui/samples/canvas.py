"""A canvas on which shapes are drawn four times finer than the picture will be, so that edges come out smooth.

Coordinates are those of the finished picture: (0, 0) is its top left corner, (64, 64) its bottom right one. Next to
the paint the canvas keeps its cover: where anything has been painted at all. What is left uncovered is sky.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SIZE_PX = 64
FINE = 4  # canvas pixels a picture pixel, along each axis
FINE_PX = SIZE_PX * FINE

Colour = tuple[int, int, int]
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Canvas:
    """paint: RGB (256, 256); cover: L (256, 256), 255 where something was painted."""

    paint: Image.Image = field(default_factory=lambda: Image.new("RGB", (FINE_PX, FINE_PX)))
    cover: Image.Image = field(default_factory=lambda: Image.new("L", (FINE_PX, FINE_PX)))
    pens: list[ImageDraw.ImageDraw] = field(default_factory=list)  # for paint and cover; making one for a shape is slow

    def __post_init__(self):
        self.pens.extend((ImageDraw.Draw(self.paint), ImageDraw.Draw(self.cover)))

    def polygon(self, points: Points, colour: Colour) -> None:
        """One colour inside the outline."""
        outline = _fine(points)
        self.pens[0].polygon(outline, fill=colour)
        self.pens[1].polygon(outline, fill=255)

    def shaded(self, points: Points, top: Colour, bottom: Colour) -> None:
        """A vertical run of colour inside the outline."""
        outline = _fine(points)
        xs, ys = [x for x, _ in outline], [y for _, y in outline]
        left, upper = int(min(xs)), int(min(ys))
        mask = Image.new("L", (int(max(xs)) - left + 1, int(max(ys)) - upper + 1))
        ImageDraw.Draw(mask).polygon([(x - left, y - upper) for x, y in outline], fill=255)
        self.paint.paste(gradient(mask.size, top, bottom), (left, upper), mask)
        self.pens[1].polygon(outline, fill=255)

    def disc(self, x: float, y: float, radius: float, colour: Colour, flat: float = 1.0) -> None:
        """An ellipse, `flat` times as high as wide."""
        box = [v * FINE for v in (x - radius, y - radius * flat, x + radius, y + radius * flat)]
        self.pens[0].ellipse(box, fill=colour)
        self.pens[1].ellipse(box, fill=255)

    def stroke(self, points: Points, colour: Colour, width: float) -> None:
        """A line, `width` picture pixels wide."""
        for pen, ink in zip(self.pens, (colour, 255), strict=True):
            pen.line(_fine(points), fill=ink, width=max(1, round(width * FINE)))

    def shadow(self, x: float, y: float, radius: float, flat: float, depth: float) -> None:
        """A soft dark patch on what is already painted; it covers nothing by itself."""
        soft, half, tall = 2 * FINE, round(radius * FINE), round(radius * flat * FINE)
        mask = Image.new("L", (2 * (half + soft), 2 * (tall + soft)))
        ImageDraw.Draw(mask).ellipse([soft, soft, soft + 2 * half, soft + 2 * tall], fill=round(255 * depth))
        corner = (round(x * FINE) - half - soft, round(y * FINE) - tall - soft)
        self.paint.paste((18, 22, 26), corner, mask.filter(ImageFilter.BoxBlur(FINE)))

    def over(self, sky: Image.Image) -> np.ndarray:
        """The finished picture, (64, 64, 3) uint8, with `sky` (any size) wherever nothing was painted."""
        whole = sky.resize(self.paint.size, Image.Resampling.NEAREST)
        whole.paste(self.paint, (0, 0), self.cover)
        return np.asarray(whole.reduce(FINE))

    def uncovered(self) -> np.ndarray:
        """(64, 64) bool: pixels of which more than half was left to the sky."""
        return np.asarray(self.cover.reduce(FINE)) < 128


def gradient(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    """An RGB image of `size` (width, height) that runs from `top` to `bottom`."""
    share = np.linspace(0, 1, max(size[1], 1))[:, None]
    column = (1 - share) * np.asarray(top) + share * np.asarray(bottom)
    return Image.fromarray(column[:, None].round().astype(np.uint8)).resize(size)


def rounded(points: Points, times: int = 2) -> Points:
    """The closed outline with its corners cut `times` times (Chaikin 1974): hard polygons become soft ones."""
    outline = np.asarray(points, float)
    for _ in range(times):
        following = np.roll(outline, -1, axis=0)
        outline = np.stack([0.8 * outline + 0.2 * following, 0.2 * outline + 0.8 * following], axis=1).reshape(-1, 2)
    return [(float(x), float(y)) for x, y in outline]


def tint(colour: Colour, factor: float) -> Colour:
    """Lighter for factors above 1 (towards white), darker below (towards black)."""
    goal = 255 if factor > 1 else 0
    share = min(abs(factor - 1), 1)
    return tuple(round(c + (goal - c) * share) for c in colour)


def between(rng: np.random.Generator, low: Colour, high: Colour) -> Colour:
    """A colour on the line from `low` to `high`."""
    share = rng.random()
    return tuple(round(a + (b - a) * share) for a, b in zip(low, high, strict=True))


def _fine(points: Points) -> Points:
    return [(x * FINE, y * FINE) for x, y in points]
