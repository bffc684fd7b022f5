"""A view as a picture and as a page."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from innv_gui.errors import BadInput
from innv_gui.plots.heatmap import render
from innv_gui.plots.sheet import TILE_PX, Sheet, Tile, sheet_html, sheet_png

RNG = np.random.default_rng(3)


def red_tile(*lines):
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[..., 0] = 255
    return Tile(render(picture, np.zeros((8, 8, 1)), "signed", "seismic", 0, bar=False), lines)


def sheet(rows=2, columns=3, title="lrp.epsilon"):
    tiles = tuple(red_tile("cat 0.913", "Σ 2.1 of 2.2") for _ in range(columns))
    names = tuple(f"model {column}" for column in range(columns))
    return Sheet(title, (("parameters", "epsilon 1e-7"),), names, tuple((f"{row}.png", tiles) for row in range(rows)))


def test_every_tile_is_on_the_picture():
    picture = np.asarray(Image.open(io.BytesIO(sheet_png(sheet()))))
    red = (picture == (255, 0, 0)).all(axis=-1)
    assert red.sum() == 6 * TILE_PX**2


def test_a_missing_map_leaves_an_empty_frame():
    one = Sheet("t", (), ("a", "b"), (("x", (red_tile(), Tile(None, ("refused",)))),))
    picture = np.asarray(Image.open(io.BytesIO(sheet_png(one))))
    assert (picture == (255, 0, 0)).all(axis=-1).sum() == TILE_PX**2


def test_a_picture_without_bounds_is_refused():
    many = sheet()
    with pytest.raises(BadInput, match="too large"):
        sheet_png(Sheet(many.title, many.facts, many.columns, many.rows * 2000))


def test_the_page_needs_nothing_outside_and_takes_text_as_text():
    page = "".join(sheet_html(sheet(title="<script>alert(1)</script>"), [("Script", "a < b & c")]))
    assert "<script" not in page and "a &lt; b &amp; c" in page
    assert not re.search(r"""(src|href)=["'](?!data:image/png)""", page)
    assert page.count("<img") == 6 and 'alt="1.png, model 2"' in page
