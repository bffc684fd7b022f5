"""Where everything of a sheet is, in pixels from the upper left corner: one description for every way of drawing it."""

from __future__ import annotations

from dataclasses import dataclass

from innv_gui.plots.sheet import Column, Row, Scale, Sheet, Tile, opened
from innv_gui.plots.sheet_text import HEAD, KEY, STYLES, TITLE, Style, width_of, wrapped
from innv_gui.plots.visible import visible

TILE_PX = 224
LEAST_COLUMN_PX = 120  # room for a caption below a small picture
LEAST_PAGE_PX = 640
MARGIN_PX, GAP_PX, SMALL_PX = 24, 20, 6
KEY_PX = 18
FACT_PX = 130
SCALE_PX = 160, 12


@dataclass(frozen=True)
class Text:
    """One line. y: its upper edge."""

    x: float
    y: float
    text: str
    style: Style


@dataclass(frozen=True)
class Picture:
    """content: PNG bytes."""

    x: float
    y: float
    width: int
    height: int
    content: bytes
    words: str


@dataclass(frozen=True)
class Box:
    """A filled or outlined rectangle."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    outline: str | None = None
    round_px: int = 0


@dataclass(frozen=True)
class Ramp:
    """Colours from left to right."""

    x: float
    y: float
    width: int
    height: int
    colours: tuple[str, ...]


Shape = Text | Picture | Box | Ramp


@dataclass(frozen=True)
class Layout:
    """A drawing: its size and what is on it, the lower first."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    title: str


class _Page:
    """Shapes so far, and how far down they go."""

    def __init__(self, width: int):
        self.width, self.y = width, float(MARGIN_PX)
        self.shapes: list[Shape] = []

    def text(self, x: float, y: float, width: float, text: str, style: Style) -> float:
        """Lines from `y` on; where they end."""
        for line in wrapped(visible(text), style, width):
            self.shapes.append(Text(x, y, line, style))
            y += style.line_px
        return y


def layout(sheet: Sheet, tile_px: int = TILE_PX) -> Layout:
    """tile_px: the longest side of each picture; 0 draws pictures pixel by pixel, as large as they are."""
    column_px = max(tile_px or _largest(sheet), LEAST_COLUMN_PX)
    n_columns = len(sheet.columns) + 1
    page = _Page(max(2 * MARGIN_PX + n_columns * (column_px + GAP_PX) - GAP_PX, LEAST_PAGE_PX))
    _head(page, sheet)
    _names(page, sheet.columns, column_px)
    for row in sheet.rows:
        _row(page, sheet.columns, row, tile_px, column_px)
    return Layout(round(page.width), round(page.y) + MARGIN_PX - GAP_PX, tuple(page.shapes), sheet.title)


def _largest(sheet: Sheet) -> int:
    pictures = (tile.picture for row in sheet.rows for tile in row.tiles)
    return max((max(opened(content).size) for content in pictures if content), default=TILE_PX)


def _head(page: _Page, sheet: Sheet) -> None:
    room = page.width - 2 * MARGIN_PX
    page.y = page.text(MARGIN_PX, page.y, room, sheet.title, TITLE) + SMALL_PX
    for name, value in sheet.facts:
        name_end = page.text(MARGIN_PX, page.y, FACT_PX - SMALL_PX, name, STYLES["quiet"])
        value_end = page.text(MARGIN_PX + FACT_PX, page.y, room - FACT_PX, value, STYLES["quiet"])
        page.y = max(name_end, value_end)
    if sheet.scale is not None:
        _scale(page, sheet.scale, room - FACT_PX)
    page.y += GAP_PX


def _scale(page: _Page, scale: Scale, room: float) -> None:
    style, x = STYLES["quiet"], MARGIN_PX + FACT_PX
    page.y += SMALL_PX
    page.text(MARGIN_PX, page.y, FACT_PX, "colours", style)
    if scale.colours:
        low, high = scale.ends
        page.shapes.append(Text(x, page.y, low, style))
        x += width_of(low, style) + SMALL_PX
        page.shapes.append(Ramp(x, page.y + (style.line_px - SCALE_PX[1]) / 2, *SCALE_PX, scale.colours))
        page.shapes.append(Text(x + SCALE_PX[0] + SMALL_PX, page.y, high, style))
        page.y += style.line_px
    page.y = page.text(MARGIN_PX + FACT_PX, page.y, room, scale.words, style)


def _names(page: _Page, columns: tuple[Column, ...], column_px: int) -> None:
    """Heads of the columns, each with its model's letter."""
    below = page.text(MARGIN_PX, page.y, column_px, "image", HEAD)
    for place, column in enumerate(columns, 1):
        x = MARGIN_PX + place * (column_px + GAP_PX)
        indent = _key(page, x, column) if column.letter else 0
        below = max(below, page.text(x + indent, page.y, column_px - indent, column.name, HEAD))
    page.y = below + SMALL_PX


def _key(page: _Page, x: float, column: Column) -> float:
    """The letter on its colour; how much room it takes."""
    width = max(KEY_PX, width_of(column.letter, KEY) + SMALL_PX)
    page.shapes.append(Box(x, page.y, width, KEY_PX, fill=column.colour, round_px=4))
    left = x + (width - width_of(column.letter, KEY)) / 2
    page.shapes.append(Text(left, page.y + (KEY_PX - KEY.line_px) / 2, column.letter, KEY))
    return width + SMALL_PX


def _row(page: _Page, columns: tuple[Column, ...], row: Row, tile_px: int, column_px: int) -> None:
    page.shapes.append(Box(MARGIN_PX, page.y, page.width - 2 * MARGIN_PX, 1, fill="#e3e3e8"))
    top = page.y + SMALL_PX + 2
    ends = [_image(page, top, row, tile_px or column_px, column_px)]
    for place, (column, tile) in enumerate(zip(columns, row.tiles, strict=True), 1):
        x = MARGIN_PX + place * (column_px + GAP_PX)
        ends.append(_tile(page, x, top, tile, tile_px, column_px, f"{row.name}, {column}"))
    page.y = max(ends) + GAP_PX


def _image(page: _Page, top: float, row: Row, longest: int, column_px: int) -> float:
    """The picture itself, its name and its label."""
    y = top
    if row.picture is not None:
        y = _placed(page, MARGIN_PX, top, row.picture, longest, row.name) + SMALL_PX
    y = page.text(MARGIN_PX, y, column_px, row.name, STYLES["ink"])
    return y if row.label is None else page.text(MARGIN_PX, y, column_px, f"label: {row.label}", STYLES["quiet"])


def _tile(page: _Page, x: float, top: float, tile: Tile, tile_px: int, column_px: int, words: str) -> float:
    if tile.picture is None:
        side = tile_px or column_px
        page.shapes.append(Box(x, top, side, side / 2, outline="#cdcdd6"))
        y = top + side / 2
    else:
        y = _placed(page, x, top, tile.picture, tile_px, words)
    y += SMALL_PX
    for line in tile.lines:
        y = page.text(x, y, column_px, line.text, STYLES[line.tone])
    return y


def _placed(page: _Page, x: float, y: float, content: bytes, longest: int, words: str) -> float:
    """A picture with this longest side, or as large as it is with 0; where it ends."""
    size = opened(content).size
    scale = longest / max(size) if longest else 1
    width, height = (max(1, round(side * scale)) for side in size)
    page.shapes.append(Picture(x, y, width, height, content, words))
    return y + height
