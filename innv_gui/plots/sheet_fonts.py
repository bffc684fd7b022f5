"""The font of the pages, and others of this machine for letters that it does not have."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from innv_gui.folders import folder
from innv_gui.plots.visible import written

# By file name, which Pillow finds where a system keeps its fonts: Linux, macOS, Windows.
SYSTEM_FONTS = (
    *("NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "wqy-microhei.ttc", "DroidSansFallbackFull.ttf"),
    *("PingFang.ttc", "Hiragino Sans GB.ttc", "Arial Unicode.ttf", "msyh.ttc", "msgothic.ttc", "malgun.ttf"),
    *("NotoSansDevanagari-Regular.ttf", "NotoSansThai-Regular.ttf", "Nirmala.ttf", "seguisym.ttf"),
)
_JOINER = "\u200d"  # makes one sign of two
_NO_CHARACTER = "\U0010ffff"  # what a font draws for it, it draws for all that it does not have

Font = ImageFont.FreeTypeFont


@cache
def page_font(size_px: int, weight: int) -> Font:
    """The font of the pages. weight: 100 to 900, as CSS has it."""
    font = ImageFont.truetype(folder("static") / "fonts" / "inter.woff2", size_px)
    font.set_variation_by_axes([weight])
    return font


@lru_cache(20_000)  # captions are alike, and shaping one takes a fifth of a millisecond
def pieces(text: str, size_px: int, weight: int) -> tuple[tuple[str, Font], ...]:
    r"""The text in parts, each with a font that has it; what no font has is written as `\u732b`."""
    usual = page_font(size_px, weight)
    if text.isascii():
        return ((text, usual),)
    fonts, chosen, last = (usual, *other_fonts(size_px)), [], usual
    for letter in letters(text):
        last = _font_for(letter, fonts, last) or usual
        chosen.append(("".join(one if has(last, one) else written(one) for one in letter), last))
    return tuple(("".join(one for one, _ in part), font) for font, part in groupby(chosen, lambda pair: pair[1]))


def letters(text: str) -> tuple[str, ...]:
    """Each with the marks on it, which only its own font can place; what is joined to it counts as one."""
    found: list[str] = []
    for character in text:
        if found and (_is_mark(character) or found[-1].endswith(_JOINER)):
            found[-1] += character
        else:
            found.append(character)
    return tuple(found)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or character == _JOINER


@cache
def other_fonts(size_px: int) -> tuple[Font, ...]:
    """Those of `SYSTEM_FONTS` that this machine has, after the one that matplotlib brings."""
    return tuple(font for name in (*_of_matplotlib(), *SYSTEM_FONTS) if (font := _opened(name, size_px)))


def _of_matplotlib() -> tuple[str, ...]:
    found = find_spec("matplotlib")
    places = found.submodule_search_locations if found else None
    return tuple(str(Path(place, "mpl-data", "fonts", "ttf", "DejaVuSans.ttf")) for place in places or ())


def _opened(name: str, size_px: int) -> Font | None:
    try:
        return ImageFont.truetype(name, size_px)
    except OSError:
        return None


def _font_for(letter: str, fonts: tuple[Font, ...], last: Font) -> Font | None:
    """One that has all of it, or else the letter without its marks.

    A space or a dot between two letters stays in their font, so that a line of one script is shaped as one.
    """
    first = fonts if letter[0].isalnum() else (last, *fonts)
    whole = (font for font in first if all(has(font, one) for one in letter))
    return next(whole, None) or next((font for font in first if has(font, letter[0])), None)


@lru_cache(20_000)
def has(font: Font, character: str) -> bool:
    """Whether it draws the character, and not what stands for all that it does not have.

    What nothing is drawn for (a joiner, a choice of form) is had by all.
    """
    if character.isspace() or character.isascii() or _is_unseen(character):
        return True
    plain = _unshaped(font)  # shaping puts a lone mark on a circle of its own
    return _drawn(plain, character) != _drawn(plain, _NO_CHARACTER)


def _is_unseen(character: str) -> bool:
    return character in ("\u200c", _JOINER) or "\ufe00" <= character <= "\ufe0f"


@cache
def _unshaped(font: Font) -> Font:
    return font.font_variant(layout_engine=ImageFont.Layout.BASIC)


def _drawn(font: Font, character: str) -> tuple[tuple[int, int], bytes]:
    left, top, right, bottom = font.getbbox(character)
    image = Image.new("L", (round(right - left) + 1, round(bottom - top) + 1))
    ImageDraw.Draw(image).text((-left, -top), character, 255, font)
    return image.size, image.tobytes()
