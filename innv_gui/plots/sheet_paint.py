"""A placed sheet as PNG, and as SVG with text as text, frames and scale as vectors, and pictures inside."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterator
from functools import singledispatch
from xml.sax.saxutils import escape, quoteattr

from PIL import Image, ImageDraw

from innv_gui.errors import BadInput
from innv_gui.plots.sheet import opened
from innv_gui.plots.sheet_layout import Box, Layout, Picture, Ramp, Shape, Text
from innv_gui.plots.sheet_text import pieces_of, width_of
from innv_gui.plots.visible import visible

MOST_PX = 120_000_000  # pixels of a whole sheet: 480 MB while it is drawn
BASELINE = 1.05  # of the font's size, below the upper edge of a line
_FORBIDDEN = {0xFFFE: None, 0xFFFF: None}  # characters that XML cannot hold, beside controls


def png(drawing: Layout) -> bytes:
    """On white. Raises BadInput for more pixels than MOST_PX."""
    if drawing.width * drawing.height > MOST_PX:
        raise BadInput(
            f"A picture of {drawing.width:,} x {drawing.height:,} pixels is too large.",
            "Choose fewer images or a smaller size, or save the report instead.",
            "size",
        )
    page = Image.new("RGB", (drawing.width, drawing.height), "white")
    pen = ImageDraw.Draw(page)
    for shape in drawing.shapes:
        _paint(shape, page, pen)
    content = io.BytesIO()
    page.save(content, "PNG", compress_level=6)
    return content.getvalue()


@singledispatch
def _paint(shape: Shape, page: Image.Image, pen: ImageDraw.ImageDraw) -> None:
    raise TypeError(type(shape))


@_paint.register
def _(text: Text, page: Image.Image, pen: ImageDraw.ImageDraw) -> None:
    x, y = text.x, text.y + BASELINE * text.style.size_px
    for part, font in pieces_of(text.text, text.style):
        pen.text((x, y), part, text.style.colour, font, anchor="ls")
        x += font.getlength(part)


@_paint.register
def _(picture: Picture, page: Image.Image, pen: ImageDraw.ImageDraw) -> None:
    image, size = opened(picture.content).convert("RGB"), (picture.width, picture.height)
    way = Image.Resampling.BOX if picture.width < image.width else Image.Resampling.NEAREST
    page.paste(image.resize(size, way), (round(picture.x), round(picture.y)))


@_paint.register
def _(box: Box, page: Image.Image, pen: ImageDraw.ImageDraw) -> None:
    corners = box.x, box.y, box.x + box.width - 1, box.y + box.height - 1
    pen.rounded_rectangle(corners, box.round_px, box.fill, box.outline)


@_paint.register
def _(ramp: Ramp, page: Image.Image, pen: ImageDraw.ImageDraw) -> None:
    colours = Image.new("RGB", (len(ramp.colours), 1))
    colours.putdata([tuple(bytes.fromhex(colour[1:])) for colour in ramp.colours])
    page.paste(colours.resize((ramp.width, ramp.height)), (round(ramp.x), round(ramp.y)))


def svg(drawing: Layout) -> Iterator[str]:
    """Piece by piece; nothing outside it is needed but a font, whose lengths are said with each line."""
    size = f'width="{drawing.width}" height="{drawing.height}" viewBox="0 0 {drawing.width} {drawing.height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="Inter, system-ui, sans-serif">'
    yield f"<title>{_text(drawing.title)}</title>"
    yield '<rect width="100%" height="100%" fill="#ffffff"/>'
    for number, shape in enumerate(drawing.shapes):
        yield _element(shape, number)
    yield "</svg>\n"


@singledispatch
def _element(shape: Shape, number: int) -> str:
    raise TypeError(type(shape))


@_element.register
def _(text: Text, number: int) -> str:
    style, y = text.style, text.y + BASELINE * text.style.size_px
    look = f'font-size="{style.size_px}" font-weight="{style.weight}" fill="{style.colour}"'
    return f'<text x="{text.x:.1f}" y="{y:.1f}" {look}{_length(text)}>{_text(text.text)}</text>'


@_element.register
def _(picture: Picture, number: int) -> str:
    place = f'x="{picture.x:.1f}" y="{picture.y:.1f}" width="{picture.width}" height="{picture.height}"'
    source = b64encode(picture.content).decode()
    words = quoteattr(visible(picture.words).translate(_FORBIDDEN))
    return f'<image {place} role="img" aria-label={words} href="data:image/png;base64,{source}"/>'


@_element.register
def _(box: Box, number: int) -> str:
    place = f'x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" rx="{box.round_px}"'
    return f'<rect {place} fill="{box.fill or "none"}" stroke="{box.outline or "none"}"/>'


@_element.register
def _(ramp: Ramp, number: int) -> str:
    last = len(ramp.colours) - 1
    stops = (f'<stop offset="{place / last:.4f}" stop-color="{colour}"/>' for place, colour in enumerate(ramp.colours))
    gradient = f'<linearGradient id="ramp-{number}">{"".join(stops)}</linearGradient>'
    place = f'x="{ramp.x:.1f}" y="{ramp.y:.1f}" width="{ramp.width}" height="{ramp.height}"'
    return f'<defs>{gradient}</defs><rect {place} fill="url(#ramp-{number})"/>'


def _length(text: Text) -> str:
    """As it is on this machine; left out for letters that no font of it has."""
    if "".join(part for part, _ in pieces_of(text.text, text.style)) != text.text:
        return ""
    return f' textLength="{width_of(text.text, text.style):.1f}" lengthAdjust="spacingAndGlyphs"'


def _text(text: str) -> str:
    return escape(visible(text).translate(_FORBIDDEN))
