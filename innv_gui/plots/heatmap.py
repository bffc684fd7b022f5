"""Relevance -> what is drawn -> colours -> PNG. static/js/maps/paint.js does the same in the browser."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from innv_gui.errors import BadInput
from innv_gui.plots.colormaps import DIVERGING, TABLES

KINDS = ("grey", "signed", "rgb", "cam")
LEAST_PX = 256  # the longest side of a picture is at least this; smaller maps are enlarged a whole number of times
_MAX_PX = 4096
_BAR_PX = 12
_MARGIN_PX = 6
_TEXT_PX = 12


def reduce(relevance: np.ndarray, kind: str) -> np.ndarray:
    """What is drawn of a map (H, W, C): (H, W), the sum over channels; for "rgb" (H, W, C) as it is. float32."""
    if kind not in KINDS:
        raise BadInput(f"Unknown kind of map {kind!r}.", field="kind", allowed=KINDS)
    relevance = np.asarray(relevance)
    if kind == "rgb" or relevance.ndim == 2:
        return relevance.astype(np.float32)
    with np.errstate(all="ignore"):  # NaN and infinity are drawn as nothing
        return relevance.sum(axis=-1, dtype=np.float64).astype(np.float32)


def normalise(drawn: np.ndarray, kind: str, clip_percentile: float = 100) -> np.ndarray:
    """What is drawn, as brightness of colour, float64; NaN where it is NaN or infinite.

    grey, signed, cam: (H, W) / t in [-1, 1], where t is the percentile of |.| that gets the full colour (100: the
    maximum). rgb: (x - mean) / std * 0.25 + 0.5 in [0, 1], |x - mean| limited to its percentile first. A map that
    is constant stays at zero (rgb: 0.5).
    """
    values = np.where(np.isfinite(drawn), drawn, np.nan).astype(np.float64)
    if kind == "rgb":
        return _rescaled(values, clip_percentile)
    with np.errstate(over="ignore"):
        return np.clip(values / (_full_colour(values, clip_percentile) or 1.0), -1, 1)


def _rescaled(values: np.ndarray, clip_percentile: float) -> np.ndarray:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return values
    off = values - finite.mean()
    limit = _full_colour(off, clip_percentile) if clip_percentile < 100 else np.inf
    return np.clip(np.clip(off, -limit, limit) / (finite.std() or 1.0) * 0.25 + 0.5, 0, 1)


def _full_colour(values: np.ndarray, clip_percentile: float) -> float:
    """|value| at the percentile; the maximum when that is zero, as in a map that is zero almost everywhere."""
    sizes = np.abs(values[np.isfinite(values)])
    if not sizes.size:
        return 0.0
    return float(np.percentile(sizes, np.clip(clip_percentile, 0, 100))) or float(sizes.max())


def coloured(drawn: np.ndarray, kind: str, colormap: str, clip_percentile: float = 100) -> np.ndarray:
    """(H, W, 4) uint8; transparent where the map is NaN or infinite."""
    bright = normalise(drawn, kind, clip_percentile)
    if kind == "rgb":
        bright = bright[..., [min(channel, bright.shape[-1] - 1) for channel in range(3)]]
        there = np.isfinite(bright).all(axis=-1)
        colours = _rounded(np.nan_to_num(bright) * 255)
    else:
        there = np.isfinite(bright)
        bright = np.nan_to_num(bright)
        place = (bright + 1) * 127.5 if colormap in DIVERGING else np.maximum(bright, 0) * 255
        colours = _table(colormap)[_rounded(place)]
    return np.concatenate([colours, np.where(there, 255, 0).astype(np.uint8)[..., None]], axis=-1)


def _rounded(values: np.ndarray) -> np.ndarray:
    """Halves upwards, as JavaScript rounds."""
    return np.floor(values + 0.5).astype(np.uint8)


def _table(colormap: str) -> np.ndarray:
    if colormap not in TABLES:
        raise BadInput(f"Unknown colour map {colormap!r}.", field="colormap", allowed=tuple(TABLES))
    return TABLES[colormap]


def render(
    picture: np.ndarray | bytes,
    relevance: np.ndarray,
    kind: str,
    colormap: str,
    opacity: float,
    clip: float = 100,
    bar: bool = True,
    scale_px: int | None = None,
) -> bytes:
    """The map over the picture as PNG bytes.

    picture: (H, W, 1 or 3) uint8 in the map's geometry, or PNG bytes that this product made. relevance: (H, W, C).
    opacity: 0..1, of the map. clip: percentile of |relevance| that gets the full colour. scale_px: the longest side;
    None enlarges to at least LEAST_PX. Pixels stay sharp when enlarged, but for Grad-CAM, which is bilinear.
    """
    layer = Image.fromarray(coloured(reduce(relevance, kind), kind, colormap, clip))
    size = _size(layer.size, scale_px)
    smooth = Image.Resampling.BILINEAR if kind == "cam" else Image.Resampling.NEAREST
    alpha = layer.getchannel("A").point(lambda there: round(there * float(np.clip(opacity, 0, 1))))
    layer.putalpha(alpha)
    shown = _fitted(_picture(picture), size, Image.Resampling.NEAREST)
    shown.alpha_composite(_fitted(layer, size, smooth))
    shown = shown.convert("RGB")
    return _png(with_bar(shown, kind, colormap) if bar else shown)


def _picture(picture: np.ndarray | bytes) -> Image.Image:
    if isinstance(picture, bytes):
        return Image.open(io.BytesIO(picture), formats=("PNG",)).convert("RGBA")
    pixels = np.clip(np.round(picture), 0, 255).astype(np.uint8)
    pixels = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[-1] == 1 else pixels
    return Image.fromarray(pixels).convert("RGBA")


def _size(size: tuple[int, int], scale_px: int | None) -> tuple[int, int]:
    longest = max(size)
    scale = max(1, -(-LEAST_PX // longest)) if scale_px is None else min(scale_px, _MAX_PX) / longest
    return tuple(max(1, round(side * scale)) for side in size)


def _fitted(image: Image.Image, size: tuple[int, int], enlarge: Image.Resampling) -> Image.Image:
    return image.resize(size, enlarge if size[0] >= image.width else Image.Resampling.BOX)


def ends(kind: str, colormap: str) -> tuple[str, str]:
    """The names of the two ends of the colour bar."""
    return ("-1", "1") if kind != "rgb" and colormap in DIVERGING else ("0", "1")


def with_bar(shown: Image.Image, kind: str, colormap: str) -> Image.Image:
    """The picture above its colour bar; colour pictures have no scale and get a sentence instead."""
    page = Image.new("RGB", (shown.width, shown.height + _BAR_PX + 2 * _MARGIN_PX), "white")
    page.paste(shown, (0, 0))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(_TEXT_PX)
    top, middle = shown.height + _MARGIN_PX, shown.height + _MARGIN_PX + _BAR_PX / 2
    if kind == "rgb":
        pen.text((_MARGIN_PX, middle), "grey is zero", "black", font, anchor="lm")
        return page
    low, high = ends(kind, colormap)
    left = round(2 * _MARGIN_PX + font.getlength(low))
    right = round(shown.width - 2 * _MARGIN_PX - font.getlength(high))
    pen.text((_MARGIN_PX, middle), low, "black", font, anchor="lm")
    pen.text((shown.width - _MARGIN_PX, middle), high, "black", font, anchor="rm")
    if right > left:
        page.paste(Image.fromarray(_table(colormap)[None]).resize((right - left, _BAR_PX)), (left, top))
    return page


def _png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG", compress_level=6)
    return content.getvalue()


def png_of(pixels: np.ndarray) -> bytes:
    """uint8 (H, W) or (H, W, 3) -> PNG."""
    return _png(Image.fromarray(pixels))
