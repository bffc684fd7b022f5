"""A self-contained page of a sheet, and as a table for a notebook."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from innv_gui.plots.page_style import PAGE_STYLE
from innv_gui.plots.sheet import Column, Row, Scale, Sheet, Tile
from innv_gui.plots.visible import escape, escape_lines

NOTEBOOK_PX = 168


def sheet_html(sheet: Sheet, more: Iterable[tuple[str, str]] = ()) -> Iterator[str]:
    """The page, piece by piece. more: (heading, text shown as it is) at the end."""
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(sheet.title)}</title>'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<style>{PAGE_STYLE}{_STYLE}</style><main><h1>{escape(sheet.title)}</h1><dl>"
    yield from (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in sheet.facts)
    yield _scale(sheet.scale) if sheet.scale else ""
    yield '</dl><div class="wide">'
    yield from _table(sheet)
    yield "</div>"
    yield from (f"<h2>{escape(heading)}</h2><pre>{escape_lines(text)}</pre>" for heading, text in more)
    yield "</main></html>"


@dataclass(frozen=True)
class Shown:
    """A sheet in a notebook: the same table without style or script of its own."""

    sheet: Sheet

    def __repr__(self) -> str:
        return f"<{self.sheet.title}: {len(self.sheet.rows)} rows shown>"

    def _repr_html_(self) -> str:
        table = "".join(_table(self.sheet, NOTEBOOK_PX))
        return f"<div><strong>{escape(self.sheet.title)}</strong>{table}</div>"


def _scale(scale: Scale) -> str:
    words = f"<span>{escape(scale.words)}</span>"
    if not scale.colours:
        return f"<div><dt>colours</dt><dd>{words}</dd></div>"
    ramp = f'<span class="ramp" style="background:linear-gradient(90deg,{",".join(scale.colours)})"></span>'
    low, high = (f'<span class="end">{escape(end)}</span>' for end in scale.ends)
    return f"<div><dt>colours</dt><dd>{low}{ramp}{high} {words}</dd></div>"


def _table(sheet: Sheet, width_px: int | None = None) -> Iterator[str]:
    heads = "".join(f'<th scope="col">{_head(column)}</th>' for column in sheet.columns)
    yield f'<table><thead><tr><th scope="col">image</th>{heads}</tr></thead><tbody>'
    for row in sheet.rows:
        cells = (_cell(row, column, tile, width_px) for column, tile in zip(sheet.columns, row.tiles, strict=True))
        yield f"<tr>{_image(row, width_px)}{''.join(cells)}</tr>"
    yield "</tbody></table>"


def _head(column: Column) -> str:
    if not column.letter:
        return escape(column.name)
    key = f'<span class="key" style="background:{column.colour}">{escape(column.letter)}</span>'
    return f"{key} {escape(column.name)}"


def _image(row: Row, width_px: int | None) -> str:
    label = "" if row.label is None else f"<p>label: {escape(row.label)}</p>"
    return f'<th scope="row">{_picture(row.picture, row.name, width_px)}{escape(row.name)}{label}</th>'


def _cell(row: Row, column: Column, tile: Tile, width_px: int | None) -> str:
    lines = "".join(f'<p class="{line.tone}">{escape(line.text)}</p>' for line in tile.lines)
    return f"<td>{_picture(tile.picture, f'{row.name}, {column}', width_px)}{lines or '<p>no map</p>'}</td>"


def _picture(content: bytes | None, words: str, width_px: int | None) -> str:
    if content is None:
        return ""
    width = "" if width_px is None else f'width="{width_px}" '
    return f'<img {width}alt="{escape(words)}" src="data:image/png;base64,{b64encode(content).decode()}">'


_STYLE = """
.ramp { display: inline-block; width: 160px; height: 12px; margin: 0 6px; border-radius: 2px; vertical-align: -1px; }
th, td { padding: 12px; text-align: left; vertical-align: top; }
th { font-weight: 600; max-width: 224px; overflow-wrap: anywhere; } th p { font-weight: 400; }
.key { display: inline-block; min-width: 18px; padding: 0 3px; box-sizing: border-box; border-radius: 4px; color: #fff;
  font-size: 11px; line-height: 18px; text-align: center; }
img { width: 224px; display: block; margin-bottom: 6px; border-radius: 4px; }
p { margin: 2px 0; max-width: 224px; font-size: 12px; overflow-wrap: anywhere; color: var(--quiet); }
.ink { font-size: 13px; font-weight: 600; color: var(--ink); }
.ok { color: var(--ok); } .warn { color: var(--warn); } .bad { color: var(--bad); }
pre { overflow-x: auto; padding: 12px; border-radius: 10px; background: var(--surface); border: 1px solid var(--line); }
"""
