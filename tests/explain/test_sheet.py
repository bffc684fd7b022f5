"""A view as a picture and as a page."""

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from innv_gui.errors import BadInput
from innv_gui.plots.heatmap import render
from innv_gui.plots.sheet import Column, Line, Row, Scale, Sheet, Tile
from innv_gui.plots.sheet_layout import TILE_PX, Box, Layout, Picture, Text, layout
from innv_gui.plots.sheet_page import sheet_html
from innv_gui.plots.sheet_paint import png, svg
from innv_gui.plots.sheet_text import width_of

RNG = np.random.default_rng(3)


def red_tile(*lines):
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[..., 0] = 255
    content = render(picture, np.zeros((8, 8, 1)), "signed", "seismic", 0, bar=False)
    return Tile(content, tuple(Line(line) for line in lines))


def sheet(rows=2, columns=3, title="lrp.epsilon", name="{}.png", model="model {}", label=None):
    tiles = tuple(red_tile("cat 0.913", "Σ 2.1 of 2.2") for _ in range(columns))
    names = tuple(Column(model.format(column), "ABCDEFGHIJKL"[column]) for column in range(columns))
    scale = Scale("1 is the largest |relevance| of each map", ("#0000ff", "#ffffff", "#ff0000"), ("-1", "1"))
    shown = tuple(Row(name.format(row), tiles, label, tiles[0].picture) for row in range(rows))
    return Sheet(title, (("parameters", "epsilon 1e-7"),), names, shown, scale)


def sheet_png(given):
    return png(layout(given))


def red_pixels(content):
    return (np.asarray(Image.open(io.BytesIO(content))) == (255, 0, 0)).all(axis=-1).sum()


def test_every_tile_is_on_the_picture_with_the_image_before_it():
    assert 8 * TILE_PX**2 <= red_pixels(sheet_png(sheet())) < 8.1 * TILE_PX**2


@pytest.mark.parametrize("size", [128, 320, 0])
def test_pictures_have_the_size_that_was_chosen(size):
    drawing = layout(sheet(), size)
    sizes = {(shape.width, shape.height) for shape in drawing.shapes if isinstance(shape, Picture)}
    assert sizes == {(size, size)} if size else {(256, 256)}
    assert Image.open(io.BytesIO(png(drawing))).size == (drawing.width, drawing.height)


def test_a_missing_map_leaves_an_empty_frame():
    one = Sheet("t", (), (Column("a"), Column("b")), (Row("x", (red_tile(), Tile(None, (Line("refused", "bad"),)))),))
    assert TILE_PX**2 <= red_pixels(sheet_png(one)) < 1.1 * TILE_PX**2
    assert any(isinstance(shape, Box) and shape.outline for shape in layout(one).shapes)


def test_a_picture_without_bounds_is_refused():
    many = sheet()
    with pytest.raises(BadInput, match="too large"):
        sheet_png(Sheet(many.title, many.facts, many.columns, many.rows * 2000))


LONG = "a_very_long_name_of_a_file_" * 5
STRANGE = {
    "long": LONG,
    "no place to break": "x" * 130,
    "other scripts": "Ωμέγα Жук ñandú",
    "right to left": "שלום_عالم",
}


def texts(drawing: Layout):
    return [shape for shape in drawing.shapes if isinstance(shape, Text)]


def boxes(drawing: Layout):
    """(x, y, right, lower edge) of every line and picture."""
    for shape in drawing.shapes:
        if isinstance(shape, Picture):
            yield shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
    for text in texts(drawing):
        yield text.x, text.y, text.x + width_of(text.text, text.style), text.y + text.style.line_px


@pytest.mark.parametrize("columns", [1, 4, 12])
@pytest.mark.parametrize("name", STRANGE.values(), ids=STRANGE)
def test_nothing_is_cut_and_nothing_overlaps(columns, name):
    drawing = layout(sheet(3, columns, title=name, name="{}" + name, model=name + "{}", label=name), 128)
    placed = list(boxes(drawing))
    assert all(
        x >= 0 and y >= 0 and right <= drawing.width + 1 and low <= drawing.height for x, y, right, low in placed
    )
    for place, (x, y, right, low) in enumerate(placed):
        for x2, y2, right2, low2 in placed[place + 1 :]:
            assert right <= x2 + 1 or right2 <= x + 1 or low <= y2 + 1 or low2 <= y + 1
    written = "".join(text.text for text in texts(drawing)).replace(" ", "")
    assert written.count(name.replace(" ", "")) == 1 + columns + 2 * 3, "title, heads, names and labels, whole"


def test_the_vector_picture_is_xml_with_text_as_text_and_nothing_that_runs():
    hostile = sheet(title="<script>alert(1)</script>", name='"><script>{}</script>\x00', model="a&b {}")
    tree = ElementTree.fromstring("".join(svg(layout(hostile))))
    kinds = {element.tag.split("}")[1] for element in tree.iter()}
    assert kinds == {"svg", "title", "rect", "text", "image", "defs", "linearGradient", "stop"}
    written = "".join(element.text or "" for element in tree.iter() if element.tag.endswith("}text"))
    assert "<script>alert(1)</script>" in written and "a&b 0" in written and "cat 0.913" in written
    for element in tree.iter():
        assert not [name for name in element.attrib if name.startswith("on")]
        assert element.attrib.get("href", "data:image/png").startswith("data:image/png")


def test_the_page_needs_nothing_outside_and_takes_text_as_text():
    page = "".join(sheet_html(sheet(title="<script>alert(1)</script>"), [("Script", "a < b & c")]))
    assert "<script" not in page and "a &lt; b &amp; c" in page
    assert not re.search(r"""(src|href)=["'](?!data:image/png)""", page)
    assert page.count("<img") == 8 and 'alt="1.png, C model 2"' in page and "linear-gradient" in page
