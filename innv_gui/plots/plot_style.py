"""How every Bokeh plot looks: colours of static/css/tokens.css by name, and what is drawn of axes, grid and frame."""

from __future__ import annotations

from dataclasses import dataclass

from bokeh.plotting import figure

from innv_gui.errors import BadInput

FONT = "Inter, -apple-system, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"
TEXT_PX = "11px"
HEIGHT_PX = 300


@dataclass(frozen=True)
class PlotColours:
    """The plot's tokens of one theme, as #rrggbb."""

    surface: str
    grid: str
    axis: str
    line: str
    title: str
    ink: str
    mark: str
    mark_quiet: str
    pick: str


LIGHT = PlotColours(
    surface="#ffffff",
    grid="#ececf0",
    axis="#676774",
    line="#cdcdd6",
    title="#4c4c58",
    ink="#18181d",
    mark="#5347d6",
    mark_quiet="#b8b2ee",
    pick="#18181d",
)
DARK = PlotColours(
    surface="#17171c",
    grid="#262630",
    axis="#9797a6",
    line="#3d3d49",
    title="#b9b9c6",
    ink="#eeeef3",
    mark="#8f86ff",
    mark_quiet="#443f8a",
    pick="#ffffff",
)
THEMES = {"light": LIGHT, "dark": DARK}


def colours(theme: str) -> PlotColours:
    """The colours of "light" or "dark"."""
    if theme not in THEMES:
        raise BadInput(f"Unknown theme {theme!r}.", field="theme", allowed=tuple(THEMES))
    return THEMES[theme]


def empty_figure(x_title: str, y_title: str, theme: str, width: int | None, height: int | None, **given) -> figure:
    """A figure without marks. width, height in px; without a width it fills the available width."""
    room = {"width": width} if width else {"sizing_mode": "stretch_width"}
    plot = figure(
        name="plot",
        x_axis_label=x_title,
        y_axis_label=y_title,
        height=height or HEIGHT_PX,
        toolbar_location=None,
        **room,
        **given,
    )
    _dress(plot, colours(theme))
    return plot


def _dress(plot: figure, ink: PlotColours) -> None:
    plot.background_fill_color = plot.border_fill_color = ink.surface
    plot.outline_line_color = None
    plot.min_border_right = plot.min_border_top = 12
    plot.grid.grid_line_color = ink.grid
    plot.axis.axis_label_standoff = 8
    plot.axis.major_tick_line_color = plot.axis.minor_tick_line_color = None
    plot.xaxis.axis_line_color, plot.yaxis.axis_line_color = ink.line, None
    for part, colour, weight in (("major_label", ink.axis, "normal"), ("axis_label", ink.title, "bold")):
        setattr(plot.axis, f"{part}_text_font", FONT)
        setattr(plot.axis, f"{part}_text_font_size", TEXT_PX)
        setattr(plot.axis, f"{part}_text_font_style", weight)
        setattr(plot.axis, f"{part}_text_color", colour)


def ramp(low: str, high: str, steps: int) -> list[str]:
    """`steps` colours from `low` to `high`, evenly in sRGB."""
    ends = [[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in (low, high)]
    parts = [step / (steps - 1) for step in range(steps)]
    mixed = ([round(a + (b - a) * part) for a, b in zip(*ends, strict=True)] for part in parts)
    return ["#{:02x}{:02x}{:02x}".format(*rgb) for rgb in mixed]
