"""A view as one picture or one page: a grid of heatmaps with captions."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from PIL import Image, ImageDraw, ImageFont

from innv_gui.errors import BadInput

TILE_PX = 224
NOTEBOOK_PX = 168
GAP_PX = 12
LINE_PX = 18
TEXT_PX = 13
TITLE_PX = 18
MOST_PX = 120_000_000  # pixels of a whole sheet: 480 MB while it is drawn


@dataclass(frozen=True)
class Tile:
    """One cell. picture: PNG bytes this product made, or None where there is no map; lines: its caption."""

    picture: bytes | None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A view with everything that is said of it. rows: (name, one Tile a column)."""

    title: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Tile, ...]], ...]

    @property
    def n_lines(self) -> int:
        """Of the longest caption."""
        return max((len(tile.lines) for _, tiles in self.rows for tile in tiles), default=0)


@dataclass(frozen=True)
class Shown:
    """A sheet in a notebook: a table of pictures without style or script of its own."""

    sheet: Sheet

    def __repr__(self) -> str:
        return f"<{self.sheet.title}: {len(self.sheet.rows)} rows shown>"

    def _repr_html_(self) -> str:
        return f"<div><strong>{escape(self.sheet.title)}</strong>{_table(self.sheet, NOTEBOOK_PX)}</div>"


def opened(content: bytes) -> Image.Image:
    """A PNG that this product made, as a Pillow picture."""
    return Image.open(io.BytesIO(content), formats=("PNG",))


def sheet_png(sheet: Sheet) -> bytes:
    """The grid on white: facts above, captions below each tile. Raises BadInput for more pixels than MOST_PX."""
    row_px = TILE_PX + (sheet.n_lines + 1) * LINE_PX + GAP_PX
    head_px = GAP_PX + TITLE_PX + GAP_PX + (len(sheet.facts) + 2) * LINE_PX
    size = GAP_PX + len(sheet.columns) * (TILE_PX + GAP_PX), head_px + len(sheet.rows) * row_px
    if size[0] * size[1] > MOST_PX:
        raise BadInput(
            f"A picture of {len(sheet.rows)} x {len(sheet.columns)} cells is too large.",
            "Choose fewer images, or save the report instead.",
            "images",
        )
    page = Image.new("RGB", (max(size[0], 2 * TILE_PX), size[1]), "white")
    pen = ImageDraw.Draw(page)
    _head(pen, sheet)
    for row, (name, tiles) in enumerate(sheet.rows):
        _row(page, pen, head_px + row * row_px, name, tiles)
    content = io.BytesIO()
    page.save(content, "PNG", compress_level=6)
    return content.getvalue()


def _head(pen: ImageDraw.ImageDraw, sheet: Sheet) -> None:
    pen.text((GAP_PX, GAP_PX), sheet.title, "black", ImageFont.load_default(TITLE_PX))
    top, font = 2 * GAP_PX + TITLE_PX, ImageFont.load_default(TEXT_PX)
    for line, (name, value) in enumerate(sheet.facts):
        pen.text((GAP_PX, top + line * LINE_PX), f"{name}: {value}", "#444444", font)
    top += len(sheet.facts) * LINE_PX + LINE_PX // 2
    for column, name in enumerate(sheet.columns):
        pen.text((GAP_PX + column * (TILE_PX + GAP_PX), top), _cut(name, font), "black", font)


def _row(page: Image.Image, pen: ImageDraw.ImageDraw, top: int, name: str, tiles: tuple[Tile, ...]) -> None:
    font = ImageFont.load_default(TEXT_PX)
    pen.text((GAP_PX, top), name, "black", font)
    for column, tile in enumerate(tiles):
        left, below = GAP_PX + column * (TILE_PX + GAP_PX), top + LINE_PX
        if tile.picture is None:
            pen.rectangle((left, below, left + TILE_PX - 1, below + TILE_PX - 1), outline="#999999")
        else:
            picture = _shrunk(tile.picture)
            page.paste(picture, (left + (TILE_PX - picture.width) // 2, below))
        for line, text in enumerate(tile.lines):
            pen.text((left, below + TILE_PX + 2 + line * LINE_PX), _cut(text, font), "#444444", font)


def _shrunk(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content), formats=("PNG",)).convert("RGB")
    scale = TILE_PX / max(picture.size)
    return picture.resize(tuple(max(1, round(side * scale)) for side in picture.size), Image.Resampling.BOX)


def _cut(text: str, font) -> str:
    """As much as fits below a tile."""
    if font.getlength(text) <= TILE_PX:
        return text
    while text and font.getlength(text + "…") > TILE_PX:
        text = text[:-1]
    return text + "…"


def sheet_html(sheet: Sheet, more: Iterable[tuple[str, str]] = ()) -> Iterator[str]:
    """One page without anything outside of it, piece by piece. more: (heading, text shown as it is) at the end."""
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(sheet.title)}</title>'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<style>{_STYLE}</style><main><h1>{escape(sheet.title)}</h1><dl>"
    yield from (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in sheet.facts)
    yield '</dl><div class="wide">'
    yield _table(sheet)
    yield "</div>"
    yield from (f"<h2>{escape(heading)}</h2><pre>{escape(text)}</pre>" for heading, text in more)
    yield "</main></html>"


def _table(sheet: Sheet, width_px: int | None = None) -> str:
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in sheet.columns)
    return "".join(
        (f'<table><thead><tr><th scope="col">image</th>{heads}</tr></thead><tbody>', *_rows(sheet, width_px))
    ) + ("</tbody></table>")


def _rows(sheet: Sheet, width_px: int | None) -> Iterator[str]:
    for name, tiles in sheet.rows:
        pairs = zip(sheet.columns, tiles, strict=True)
        cells = "".join(_cell(name, column, tile, width_px) for column, tile in pairs)
        yield f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'


def _cell(name: str, column: str, tile: Tile, width_px: int | None) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in tile.lines)
    if tile.picture is None:
        return f"<td>{lines or '<p>no map</p>'}</td>"
    source = b64encode(tile.picture).decode()
    width = "" if width_px is None else f'width="{width_px}" '
    return f'<td><img {width}alt="{escape(f"{name}, {column}")}" src="data:image/png;base64,{source}">{lines}</td>'


_STYLE = """
:root { color-scheme: light dark; font: 14px/1.4 system-ui, sans-serif; }
main { margin: 24px; } h1 { font-size: 20px; } h2 { font-size: 16px; margin-top: 32px; }
dl div { display: flex; gap: 8px; } dt { min-width: 110px; opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin-top: 16px; }
th, td { padding: 6px 10px 6px 0; text-align: left; vertical-align: top; } th { font-weight: 600; }
img { width: 224px; display: block; } p { margin: 2px 0; max-width: 224px; font-size: 12px; overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: 12px; background: color-mix(in srgb, currentColor 7%, transparent); }
"""
