"""The plots of views: bars, lines or points of a few series over one x."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bokeh.embed import json_item
from bokeh.models import BasicTicker, ColumnDataSource, FactorRange, HoverTool, Legend
from bokeh.palettes import Category10
from bokeh.plotting import figure
from bokeh.transform import dodge

from innv_gui.plots.plot_style import colours, empty_figure

BARS_ROOM = 0.8  # of a place on the axis, for the bars of all series together
_LEVEL_LETTERS = 40  # of all names on the axis together: more are slanted


def view_figure(
    kind: str, x: Sequence, series: Mapping[str, Sequence[float]], x_title: str, y_title: str, theme: str = "light"
) -> figure:
    """kind: bars, lines or points. x: names or numbers; series: name -> values, None where there is none."""
    named = kind == "bars"
    places = list(dict.fromkeys(map(str, x))) if named else None
    given = {"x_range": FactorRange(*places)} if named else {}
    plot = empty_figure(x_title, y_title, theme, None, None, **given)
    source = ColumnDataSource({"x": [str(one) for one in x] if named else list(x), **_columns(series)})
    inks = [colours(theme).mark, *Category10[10]]
    drawn = []
    for place, name in enumerate(series):
        marks = _draw(plot, kind, source, place, len(series), inks[place % len(inks)])
        drawn.append((name, [marks]))
    if _are_whole(series):  # counts: there is no 0.4 of an image
        plot.yaxis.ticker = plot.ygrid.ticker = BasicTicker(min_interval=1, desired_num_ticks=5, num_minor_ticks=0)
    plot.add_tools(HoverTool(tooltips=[("x", "@x"), *((name, f"@y{k}") for k, name in enumerate(series))]))
    if len(series) > 1:
        plot.add_layout(Legend(items=drawn, background_fill_alpha=0, border_line_alpha=0), "above")
    if named and sum(map(len, places)) > _LEVEL_LETTERS:
        plot.xaxis.major_label_orientation = 0.9
    return plot


def _are_whole(series: Mapping[str, Sequence[float]]) -> bool:
    given = [value for values in series.values() for value in values if value is not None]
    return all(float(value).is_integer() for value in given)


def _columns(series: Mapping[str, Sequence[float]]) -> dict[str, list]:
    nan = float("nan")
    return {f"y{k}": [nan if value is None else value for value in values] for k, values in enumerate(series.values())}


def _draw(plot: figure, kind: str, source: ColumnDataSource, place: int, count: int, ink: str):
    y = f"y{place}"
    if kind == "lines":
        return plot.line("x", y, source=source, line_color=ink, line_width=2)
    if kind == "points":
        return plot.scatter("x", y, source=source, size=7, fill_color=ink, line_color=None, fill_alpha=0.8)
    width = BARS_ROOM / count
    offset = (place - (count - 1) / 2) * width
    return plot.vbar(
        dodge("x", offset, range=plot.x_range), width=0.9 * width, top=y, source=source, fill_color=ink, line_color=None
    )


def view_item(*given, **more) -> dict:
    """As JSON for a page."""
    return json_item(view_figure(*given, **more))
