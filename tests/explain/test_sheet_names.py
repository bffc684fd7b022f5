"""Names of any script and with any mark on a saved sheet: none breaks it, and none reverses its neighbours."""

import html
import io
import unicodedata
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from innv_gui.plots import sheet_fonts
from innv_gui.plots.sheet import Column, Line, Row, Sheet, Tile
from innv_gui.plots.sheet_layout import layout
from innv_gui.plots.sheet_page import sheet_html
from innv_gui.plots.sheet_paint import png, svg
from innv_gui.plots.sheet_text import STYLES, pieces_of, width_of
from innv_gui.plots.trust_page import trust_html
from innv_gui.plots.visible import escape_lines, visible

ENDS_OF_LINES = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def named(name):
    fact = ("model", f"A  {name}: values [0, 255], as they are")
    return Sheet("gradient", (fact,), (Column(name, "A"),), (Row(name, (Tile(None, (Line(name),)),), name, None),))


def drawn(name):
    return np.asarray(Image.open(io.BytesIO(png(layout(named(name))))))


def words(name):
    return list(ElementTree.fromstring("".join(svg(layout(named(name))))).itertext())


@pytest.fixture
def no_other_fonts(monkeypatch):
    monkeypatch.setattr(sheet_fonts, "other_fonts", lambda size_px: ())
    for cached in (sheet_fonts.pieces, width_of):
        cached.cache_clear()
    yield
    for cached in (sheet_fonts.pieces, width_of):
        cached.cache_clear()


@pytest.mark.parametrize("mark", ["\0", *ENDS_OF_LINES, "\x7f", *TURNING, "\ud800"], ids=ascii)
def test_a_mark_in_a_name_is_written_and_not_obeyed(mark):
    name = f"a{mark}b"
    written = f"a{mark.encode('unicode_escape').decode()}b"
    assert visible(name) == written
    assert np.array_equal(drawn(name), drawn(written))
    assert words(name) == words(written) and any(written in one for one in words(name))
    pages = ["".join(sheet_html(named(name))), "".join(trust_html(name, [(name, name)], [], [(name, name)]))]
    for page in pages:
        text = html.unescape(page)
        assert written in text and name not in text


@pytest.mark.parametrize("name", ["plain", "für élan", "Москва", "猫", "كلب", "a b", "全\u3000角", "\u200d"])
def test_letters_of_every_script_stay(name):
    assert visible(name) == name


def test_lines_of_a_script_stay_lines():
    assert escape_lines("a < 1\nb\u202ec") == "a &lt; 1\nb\\u202ec"


@pytest.mark.parametrize(("one", "other"), [("猫", "犬"), ("😀", "🚀"), ("Да", "Но"), ("كلب", "قطة")])
def test_names_that_no_font_has_are_not_the_same_boxes(no_other_fonts, one, other):
    assert {font.getname()[0] for _, font in pieces_of(one, STYLES["ink"])} == {"Inter"}
    first, second = drawn(one), drawn(other)
    assert first.shape != second.shape or not np.array_equal(first, second)
    assert one in words(one), "who opens the drawing elsewhere may have a font"


@pytest.mark.parametrize("name", ["Москва", "Ελλάδα", "שלום", "كلب"])
def test_another_font_draws_what_the_pages_font_does_not_have(name):
    ((text, font),) = pieces_of(name, STYLES["ink"])
    assert text == name and font.getname()[0] != "Inter"
    assert all(sheet_fonts.has(font, character) for character in name)
    assert width_of(name, STYLES["ink"]) == font.getlength(name)


@pytest.mark.parametrize("name", ["e\u0301\u0316", "ne\u0316\u0301", "שָׁלוֹם", "a\ufe0f", "Да\u0301"])
def test_marks_stay_with_their_letter(name):
    parts = pieces_of(name, STYLES["ink"])
    assert "".join(part for part, _ in parts) == name
    assert not any(unicodedata.category(part[0]).startswith("M") for part, _ in parts)
    assert all(sheet_fonts.has(font, character) for part, font in parts for character in part)


def test_marks_that_no_font_has_are_written(no_other_fonts):
    """A library for shaping draws a lone mark on a circle, as if its font had it."""
    ((text, _),) = pieces_of("a\u094d", STYLES["ink"])
    assert text == "a\\u094d"


def test_a_line_of_two_scripts_is_drawn_one_after_the_other():
    name = "cat Москва.png"
    parts = pieces_of(name, STYLES["ink"])
    assert "".join(part for part, _ in parts) == name and len({font.getname() for _, font in parts}) == 2
    assert width_of(name, STYLES["ink"]) == sum(font.getlength(part) for part, font in parts)
