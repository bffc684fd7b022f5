"""What a view may give, and what is refused with a sentence. Nothing is computed."""

import json

import numpy as np
import pytest

from innv_gui.errors import BadInput, WorkFailed
from innv_gui.extensions.sources import Origin
from innv_gui.plots.view_figures import view_figure, view_item
from innv_gui.views import catalog
from innv_gui.views.declaration import View, accept
from innv_gui.views.parts import Grids, Image, Overlay, Plot, Table, Windows, checked_parts

PICTURE = np.zeros((8, 6, 3), np.uint8)


def test_parts_become_plain_values():
    parts = [
        Table("t", ("a", "b"), ((np.float32(0.5), "x"), (np.nan, True), (None, np.int64(3)))),
        Image("i", np.array([[0, 0.5, 2.0], [-1, np.nan, 1]])),
        Image("j", np.zeros((2, 3, 1), np.uint8)),
        Plot("p", "lines", (1, 2.5), {"s": (np.float64(1), float("inf"))}),
    ]
    table, image, flat, plot = checked_parts("mine", parts)
    assert table.rows == ((0.5, "x"), (None, "yes"), (None, 3)) and type(table.rows[2][1]) is int
    assert image.pixels.tolist() == [[0, 128, 255], [0, 0, 255]] and image.pixels.dtype == np.uint8
    assert flat.pixels.shape == (2, 3) and plot.series == {"s": (1.0, None)}
    assert checked_parts("mine", table) == (table,)


def test_places_without_windows_share_the_picture_evenly():
    (part,) = checked_parts("mine", Grids("g", PICTURE, {"a": np.full((4, 3), np.nan)}, whole={"a": np.nan}))
    assert part.windows == Windows((0, 2, 4, 6), (0, 2, 4), (2, 2)) and part.whole == {}
    assert part.maps["a"].dtype == np.float32


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (None, "expected a list"),
        ("text", "expected a list"),
        ([1], "expected Table, Image, Plot, Grids or Overlay"),
        ([Table("t", (), ())], "a table"),
        ([Table("t", ("a",), ((1, 2),))], "a table"),
        ([Table("t", ("a",), ((1,),) * 2001)], "more than 2000 rows"),
        ([Table(3, ("a",), ())], "with a title"),
        ([Image("i", np.zeros((2, 2, 4)))], "an image of shape (2, 2, 4)"),
        ([Image("i", np.zeros((0, 2)))], "an image of shape"),
        ([Image("i", np.array([["a"]]))], "an image of shape"),
        ([Image("i", np.zeros((2, 2), np.int64))], "int64"),
        ([Image("i", np.full((2, 2), 256, np.uint16))], "uint16"),
        ([Plot("p", "pie", (1,), {"s": (1,)})], "a plot of kind 'pie'"),
        ([Plot("p", "lines", ("a",), {"s": (1,)})], "lines over names"),
        ([Plot("p", "bars", ("a",), {})], "series of other than 1"),
        ([Plot("p", "bars", ("a",), {"s": (1, 2)})], "series of other than 1"),
        ([Plot("p", "bars", ("a",), {"s": ("x",)})], "a series of words"),
        ([Plot("p", "points", tuple(range(20_000)), {"s": tuple(range(20_000))})], "more than 10000"),
        ([Table("t", ("a",), ())] * 201, "up to 200"),
        ([Grids("g", PICTURE, {})], "expected 1 to 12 of one shape"),
        ([Grids("g", PICTURE, {"a": np.zeros((2, 2)), "b": np.zeros((3, 2))})], "expected 1 to 12 of one shape"),
        ([Grids("g", PICTURE, {"a": np.zeros((65, 64))})], "at most 4,096 places"),
        ([Grids("g", PICTURE, {"a": np.zeros((2, 2))}, span=(1, 1))], "two numbers that rise"),
        ([Grids("g", PICTURE, {"a": np.zeros((2, 2))}, cover=np.zeros((3, 3)))], "a cover of (3, 3)"),
        ([Grids("g", PICTURE, {"a": np.zeros((2, 2))}, windows=Windows((0,), (0, 1), (1, 1)))], "1 x 2 windows"),
        ([Grids("g", PICTURE, {"a": np.zeros((2, 2))}, colormap="rainbow")], "the colour map 'rainbow'"),
        ([Overlay("o", PICTURE, {"a": np.array([["x"]])})], "expected 1 to 12 of one shape"),
        ([Overlay("o", np.zeros((2, 2, 4)), {"a": np.zeros((2, 2))})], "an image of shape (2, 2, 4)"),
    ],
)
def test_what_cannot_be_shown_is_a_sentence(parts, words):
    with pytest.raises(WorkFailed) as caught:
        checked_parts("mine", parts)
    assert words in str(caught.value) and caught.value.message.startswith("The view mine gave ")


def run(selection):
    return []


@pytest.mark.parametrize("changes", [{"most_images": 0}, {"title": ""}, {"run": 3}, {"params": dict}, {"name": "A b"}])
def test_a_declaration_that_cannot_be_offered_is_refused(changes):
    given = {"name": "mine", "title": "Mine", "summary": "Shows it.", "run": run} | changes
    with pytest.raises(BadInput):
        accept(View(**given), Origin("file", "mine.py"))


def test_every_view_describes_itself_and_settings_are_checked():
    for view in catalog.all():
        assert json.loads(json.dumps(catalog.describe(view)))["fields"] is not None
        assert catalog.check(view.name, {}) == catalog.check(view.name, catalog.check(view.name, {}))
    with pytest.raises(BadInput) as refusal:
        catalog.check("class_probabilities", {"classes": 0})
    assert refusal.value.field == "params.classes"
    with pytest.raises(BadInput) as refusal:
        catalog.get("no_such_view")
    assert refusal.value.field == "view" and "class_probabilities" in refusal.value.allowed


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("kind", "x"), [("bars", ("a", "b")), ("bars", (1, 2)), ("lines", (1, 2)), ("points", (1, 2))])
def test_every_kind_of_plot_is_drawn_in_both_themes(kind, x, theme):
    item = view_item(kind, x, {"s": (1.0, None), "other": (2.0, 3.0)}, "x", "y", theme=theme)
    assert item["root_id"] and "NaN" not in json.dumps(item["root_id"])


@pytest.mark.parametrize(("values", "smallest"), [((1, 0.0, None), 1), ((0.5, 1), 0)])
def test_an_axis_of_counts_has_whole_ticks(values, smallest):
    plot = view_figure("bars", ("a", "b", "c")[: len(values)], {"images": values}, "class", "images")
    assert plot.yaxis[0].ticker.min_interval == smallest
