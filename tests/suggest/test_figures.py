"""The plots of Suggest as Bokeh figures: what stands in the source, what the page finds by name, how it looks."""

import json
import re

import numpy as np
import pytest
from bokeh.embed import json_item
from bokeh.models import (
    BoxSelectTool,
    CustomJS,
    HoverTool,
    LinearAxis,
    LogColorMapper,
    TapTool,
)

from innv_gui.errors import BadInput
from innv_gui.plots import suggest_figures
from innv_gui.plots.plot_style import DARK, LIGHT, PlotColours, ramp
from tests.conftest import ROOT

FRAME = {
    "index": np.array([7, 3, 9, 12]),
    "confidence": np.array([99.5, 40.25, np.nan, 40.25]),
    "n_classes": np.array([1, 3, 0, 3]),
}
CELLS = {
    "low": np.array([0.0, 50.0]),
    "high": np.array([50.0, 100.0]),
    "row": np.array([2, 1]),
    "count": np.array([3, 120_000]),
}


def histogram(**given):
    return suggest_figures.histogram([0, 0.25, 0.5, 1], [9, 0, 1234], **given)


ALL = {
    "scatter": lambda **given: suggest_figures.scatter(FRAME, **given),
    "aggregate": lambda **given: suggest_figures.scatter_aggregate(CELLS, **given),
    "histogram": histogram,
}
every_figure = pytest.mark.parametrize("make", ALL.values(), ids=ALL.keys())


def source(plot):
    return plot.select_one({"name": "source"})


def test_a_dot_is_one_image_at_its_confidence_and_in_its_row():
    columns = source(suggest_figures.scatter(FRAME)).data
    assert columns["index"].tolist() == [7, 3, 12]
    assert columns["x"].tolist() == [99.5, 40.25, 40.25]
    assert np.round(columns["y"]).tolist() == [1, 3, 3]


def test_images_of_equal_scores_are_told_apart_by_their_place_in_the_row():
    y = source(suggest_figures.scatter(FRAME)).data["y"]
    assert y[1] != y[2]


def test_the_jitter_depends_on_the_image_alone_and_stays_within_the_row():
    index = np.arange(5000)
    whole = suggest_figures.jitter(index)
    assert np.array_equal(whole[[17, 4321]], suggest_figures.jitter(np.array([17, 4321])))
    assert np.abs(whole).max() <= suggest_figures.JITTER < 0.5
    assert np.ptp(np.histogram(whole, 10)[0]) < 20


def test_the_drawn_height_is_what_a_box_selection_must_ask_for():
    there = np.isfinite(FRAME["confidence"])
    expected = suggest_figures.drawn_y(FRAME["index"], FRAME["n_classes"])[there]
    assert source(suggest_figures.scatter(FRAME)).data["y"].tolist() == expected.tolist()


def test_rows_are_whole_numbers_up_to_the_number_of_models():
    plot = suggest_figures.scatter(FRAME, n_models=4)
    assert plot.yaxis[0].ticker.ticks == [1, 2, 3, 4]
    assert (plot.y_range.start, plot.y_range.end) == (0.5, 4.5)


def test_an_asked_range_is_the_range_that_is_shown():
    plot = suggest_figures.scatter(FRAME, x_range=(40, 60), y_range=(1.5, 2.5))
    assert (plot.x_range.start, plot.x_range.end) == (40, 60)
    assert (plot.y_range.start, plot.y_range.end) == (1.5, 2.5)


def test_a_scatterplot_without_any_score_is_an_empty_plot():
    none = {name: np.array([]) for name in FRAME}
    assert len(source(suggest_figures.scatter(none)).data["x"]) == 0
    assert len(source(suggest_figures.scatter_aggregate({name: np.array([]) for name in CELLS})).data["low"]) == 0


def test_a_cell_covers_its_slice_and_its_row_and_is_coloured_by_the_logarithm_of_its_count():
    plot = suggest_figures.scatter_aggregate(CELLS)
    columns = source(plot).data
    assert columns["low"].tolist() == [0, 50] and columns["high"].tolist() == [50, 100]
    assert np.allclose((columns["bottom"] + columns["top"]) / 2, CELLS["row"])
    assert (columns["top"] - columns["bottom"]).max() < 1
    mapper = plot.select_one({"name": "marks"}).glyph.fill_color["transform"]
    assert isinstance(mapper, LogColorMapper)
    assert mapper.palette[-1] == LIGHT.mark


def test_a_bar_is_one_bin_with_its_number_above():
    columns = source(histogram()).data
    assert columns["low"].tolist() == [0, 0.25, 0.5] and columns["high"].tolist() == [0.25, 0.5, 1]
    assert (columns["low"] < columns["left"]).all() and (columns["right"] < columns["high"]).all()
    assert columns["count"].tolist() == [9, 0, 1234]
    assert columns["text"] == ["9", "", "1\u202f234"]


def test_one_image_beside_thousands_is_drawn_high_enough_to_be_seen():
    plot = suggest_figures.histogram([0, 1, 2], [1, 100_000])
    columns = source(plot).data
    assert columns["top"][0] > plot.y_range.end / 200 and columns["count"][0] == 1


def test_nothing_is_drawn_of_an_empty_bin_but_its_column_can_be_pressed():
    plot = histogram()
    columns = source(plot).data
    assert np.isnan(columns["top"]).tolist() == [False, True, False]
    assert (columns["ceiling"] == plot.y_range.end).all()
    [pressed] = plot.select_one({"name": "tap"}).renderers
    assert (pressed.glyph.left, pressed.glyph.right, pressed.glyph.top) == ("low", "high", "ceiling")
    assert pressed.glyph.fill_alpha == 0 and pressed.data_source is source(plot)


@pytest.mark.parametrize(
    ("counts", "texts"),
    [
        ([3] * 20, ["3"] * 20),
        ([600_402] + [12_345] * 19, ["600k"] + ["12k"] * 19),
        ([600_402] + [12_345] * 99, [""] * 100),
        ([600_402, 7_446], ["600\u202f402", "7\u202f446"]),
        ([100] + [0, 1] * 15, ["100"] + ["", "1"] * 15),
    ],
)
def test_numbers_are_shortened_and_then_left_out_where_neighbours_would_touch(counts, texts):
    assert source(suggest_figures.histogram(np.arange(len(counts) + 1), counts)).data["text"] == texts


@pytest.mark.parametrize(
    ("count", "text"), [(7, "7"), (999, "999"), (7446, "7.4k"), (600_402, "600k"), (1_250_000, "1.2M"), (25e6, "25M")]
)
def test_large_counts_are_shortened_by_their_unit(count, text):
    assert suggest_figures.short(count) == text


def test_there_is_room_for_the_number_above_the_highest_bar():
    plot = histogram()
    assert plot.y_range.start == 0 and plot.y_range.end > 1234 * 1.1


def test_bin_labels_travel_with_the_bars():
    labels = ["9 images in bin [0.00, 0.25)", "0 images", "1 234 images"]
    assert source(histogram(labels=labels)).data["label"] == labels


@pytest.mark.parametrize(("kind", "word"), [("layer", "layer"), ("neuron", "neuron"), ("distance", "distance")])
def test_the_axis_says_what_is_counted(kind, word):
    assert word in histogram(kind=kind).xaxis[0].axis_label
    assert histogram(x_title="activation of neuron 4").xaxis[0].axis_label == "activation of neuron 4"


@every_figure
def test_a_figure_has_no_title_no_toolbar_and_no_script_of_its_own(make):
    plot = make()
    assert plot.toolbar_location is None
    assert plot.title.text in (None, "")
    assert not plot.select({"type": CustomJS}) and not plot.js_property_callbacks
    assert all(hover.tooltips is None for hover in plot.select({"type": HoverTool}))
    assert "<" not in json.dumps(suggest_figures.as_item(plot))


@every_figure
def test_the_page_finds_the_parts_by_name(make):
    text = json.dumps(suggest_figures.as_item(make()))
    for name in ("plot", "source", "marks", "hover", "tap", "box_zoom", "wheel_zoom", "pan", "x_range", "y_range"):
        assert text.count(f'"name": "{name}"') == 1, name


@every_figure
def test_a_press_reaches_the_marks_and_nothing_moves_by_itself(make):
    plot = make()
    assert isinstance(plot.toolbar.active_tap, TapTool)
    assert plot.toolbar.active_scroll is None
    assert plot.toolbar.active_drag is None or isinstance(plot.toolbar.active_drag, BoxSelectTool)


def test_bars_are_zoomed_in_width_alone_since_their_height_begins_at_zero():
    for name in ("pan", "box_zoom", "wheel_zoom"):
        assert histogram().select_one({"name": name}).dimensions == "width"
        assert suggest_figures.scatter(FRAME).select_one({"name": name}).dimensions == "both"


@every_figure
@pytest.mark.parametrize(("theme", "ink"), [("light", LIGHT), ("dark", DARK)])
def test_a_figure_wears_the_colours_of_its_theme(make, theme, ink):
    text = json.dumps(suggest_figures.as_item(make(theme=theme)))
    other = DARK if ink is LIGHT else LIGHT
    assert ink.mark in text and ink.axis in text and ink.grid in text
    assert other.mark not in text and other.axis not in text
    assert make(theme=theme).background_fill_color == make(theme=theme).border_fill_color == ink.surface


def test_an_unknown_theme_is_refused_with_the_known_ones():
    with pytest.raises(BadInput, match="neon") as refused:
        histogram(theme="neon")
    assert tuple(refused.value.allowed) == ("light", "dark")


@every_figure
def test_without_a_width_a_figure_takes_the_room_there_is(make):
    assert make().sizing_mode == "stretch_width"
    fixed = make(width=500, height=220)
    assert (fixed.width, fixed.height, fixed.sizing_mode) == (500, 220, None)


@every_figure
def test_the_item_is_plain_json_with_one_root(make):
    item = json.loads(json.dumps(suggest_figures.as_item(make())))
    assert len(item["doc"]["roots"]) == 1 and item["root_id"] == item["doc"]["roots"][0]["id"]


@every_figure
def test_the_item_is_the_one_that_bokeh_makes_which_finds_no_mistake(make, caplog):
    plot = make()
    assert json.dumps(suggest_figures.as_item(plot)) == json.dumps(json_item(plot))
    assert caplog.text == ""


@every_figure
def test_only_the_x_axis_has_a_line(make):
    plot = make()
    assert all(isinstance(axis, LinearAxis) for axis in plot.axis)
    assert plot.xaxis[0].axis_line_color == LIGHT.line and plot.yaxis[0].axis_line_color is None
    assert plot.outline_line_color is None


def test_plot_colours_are_those_of_the_style_sheet():
    sheet = (ROOT / "static" / "css" / "tokens.css").read_text()
    tokens = {
        "surface": "--surface",
        "grid": "--plot-grid",
        "axis": "--plot-axis",
        "line": "--line-strong",
        "title": "--ink-2",
        "ink": "--ink",
        "mark": "--plot-mark",
        "mark_quiet": "--plot-mark-quiet",
        "pick": "--plot-pick",
    }
    assert set(tokens) == set(PlotColours.__dataclass_fields__)
    for name, token in tokens.items():
        written = re.findall(rf"{token}: (#[0-9a-f]{{6}});", sheet)
        assert written[0] == getattr(LIGHT, name), token
        assert set(written[1:]) == {getattr(DARK, name)}, token


def test_a_ramp_goes_from_one_colour_to_the_other_in_even_steps():
    assert ramp("#000000", "#ff0080", 3) == ["#000000", "#800040", "#ff0080"]
