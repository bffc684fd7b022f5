"""The text of a sheet: its styles, how wide it is, and where it breaks, so that nothing is cut and nothing overlaps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from innv_gui.plots.sheet_fonts import Font, pieces

_PIECES = re.compile(r"[^\s/_.,:;+\-]*[\s/_.,:;+\-]?")  # lines may end after these


@dataclass(frozen=True)
class Style:
    """size_px: of the font; weight: 100 to 900, as CSS has it."""

    size_px: int
    weight: int
    colour: str

    @property
    def line_px(self) -> int:
        """From line to line."""
        return round(self.size_px * 1.4)


TITLE = Style(20, 600, "#18181d")
HEAD = Style(13, 600, "#18181d")
KEY = Style(11, 600, "#ffffff")
STYLES = {
    "ink": Style(13, 600, "#18181d"),
    "quiet": Style(12, 400, "#4c4c58"),
    "ok": Style(12, 500, "#177245"),
    "warn": Style(12, 500, "#875300"),
    "bad": Style(12, 500, "#b42318"),
}


def pieces_of(text: str, style: Style) -> tuple[tuple[str, Font], ...]:
    """The text in parts, each with its font."""
    return pieces(text, style.size_px, style.weight)


@lru_cache(20_000)
def width_of(text: str, style: Style) -> float:
    """In pixels."""
    return sum(font.getlength(part) for part, font in pieces_of(text, style))


def wrapped(text: str, style: Style, width_px: float) -> list[str]:
    """The whole text in lines of at most `width_px`: broken after spaces and punctuation, else anywhere."""
    if text.strip() and width_of(text.rstrip(), style) <= width_px:
        return [text.rstrip()]
    lines, line = [], ""
    for piece in _PIECES.findall(text):
        if not line or width_of((line + piece).rstrip(), style) <= width_px:
            line += piece
        else:
            lines.append(line.rstrip())
            line = piece.lstrip()
        *full, line = _broken(line, style, width_px)
        lines += full
    return [*lines, line.rstrip()] if line.strip() else lines


def _broken(word: str, style: Style, width_px: float) -> list[str]:
    """A piece without a place to break, in parts that fit."""
    if width_of(word, style) <= width_px:
        return [word]
    parts = [""]
    for character in word:
        if parts[-1] and width_of(parts[-1] + character, style) > width_px:
            parts.append("")
        parts[-1] += character
    return parts
