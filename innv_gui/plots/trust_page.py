"""A self-contained page of measured explanations: what they say, the table with its intervals, the curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from innv_gui.plots.page_style import PAGE_STYLE
from innv_gui.plots.visible import escape

CELL_PX = (120, 22)
CHART_PX = (300, 180)
MARGIN = 30
LINES = ("#6d5fe8", "#0e8aa8", "#c2660c", "#64748b", "#94a3b8")  # to be told apart on light and on dark
DASHES = ("", "", "", "5 3", "1 3")


@dataclass(frozen=True)
class Dot:
    """One number: its mean and the ends of its interval, NaN where unknown; text beside it; tone of its verdict."""

    mean: float
    low: float
    high: float
    text: str
    tone: str = ""  # good, poor or empty


@dataclass(frozen=True)
class Line:
    """One row. quiet: a control. note: why there are no numbers, or empty."""

    name: str
    dots: tuple[Dot | None, ...]
    quiet: bool = False
    note: str = ""


@dataclass(frozen=True)
class Column:
    """title and direction in words. band: (low, high) of the best control, or None."""

    title: str
    direction: str
    band: tuple[float, float] | None = None


@dataclass(frozen=True)
class Chart:
    """Curves over the share replaced: name -> p at each share."""

    title: str
    shares: tuple[float, ...]
    curves: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True)
class Section:
    """One model."""

    name: str
    sentence: str
    caution: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    charts: tuple[Chart, ...]


def trust_html(
    title: str, facts: Sequence[tuple[str, str]], sections: Sequence[Section], words: Sequence[tuple[str, str]]
) -> Iterator[str]:
    """The page, piece by piece. words: (metric, its definition and source) at the end."""
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{PAGE_STYLE}{_STYLE}</style>'
    yield f"<main><h1>{escape(title)}</h1><dl>"
    yield from (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts)
    yield "</dl>"
    for section in sections:
        yield from _section(section)
    yield "<h2>What the columns mean</h2><dl>"
    yield from (f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in words)
    yield "</dl></main></html>"


def _section(section: Section) -> Iterator[str]:
    yield f"<h2>{escape(section.name)}</h2><p>{escape(section.sentence)}</p>"
    yield f'<p class="caution">{escape(section.caution)}</p>' if section.caution else ""
    yield '<div class="wide"><table><thead><tr><th scope="col">method</th>'
    for column in section.columns:
        yield f'<th scope="col">{escape(column.title)}<small>{escape(column.direction)}</small></th>'
    yield "</tr></thead><tbody>"
    spans = [_span([line.dots[n] for line in section.lines]) for n in range(len(section.columns))]
    for line in section.lines:
        yield f'<tr class="{"quiet" if line.quiet else ""}"><th scope="row">{escape(line.name)}'
        yield f"<small>{escape(line.note)}</small></th>" if line.note else "</th>"
        triples = zip(line.dots, section.columns, spans, strict=True)
        yield from (_cell(dot, column, span) for dot, column, span in triples)
        yield "</tr>"
    yield '</tbody></table></div><div class="charts">'
    yield from map(_chart, section.charts)
    yield "</div>"


def _span(dots: Sequence[Dot | None]) -> tuple[float, float]:
    ends = [end for dot in dots if dot for end in (dot.mean, dot.low, dot.high) if isfinite(end)]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _cell(dot: Dot | None, column: Column, span: tuple[float, float]) -> str:
    if dot is None or not isfinite(dot.mean):
        return "<td></td>"
    width, height = CELL_PX
    band = ""
    if column.band and all(map(isfinite, column.band)):
        left, right = (_at(end, span, width) for end in column.band)
        band = f'<rect class="band" x="{left:.1f}" y="0" width="{max(right - left, 1):.1f}" height="{height}"/>'
    ends = [_at(end, span, width) if isfinite(end) else _at(dot.mean, span, width) for end in (dot.low, dot.high)]
    bar = f'<line x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{height / 2}" y2="{height / 2}"/>'
    circle = f'<circle cx="{_at(dot.mean, span, width):.1f}" cy="{height / 2}" r="4"/>'
    drawn = f'<svg width="{width}" height="{height}" aria-hidden="true">{band}{bar}{circle}</svg>'
    return f'<td class="{dot.tone}"><span>{escape(dot.text)}</span>{drawn}</td>'


def _at(value: float, span: tuple[float, float], width: int) -> float:
    return 6 + (width - 12) * min(max((value - span[0]) / (span[1] - span[0]), 0.0), 1.0)


def _chart(chart: Chart) -> str:
    width, height = CHART_PX
    paths = "".join(
        f'<path d="{_path(chart.shares, values)}" stroke="{LINES[n % len(LINES)]}" '
        f'stroke-dasharray="{DASHES[n % len(DASHES)]}"/>'
        for n, (_, values) in enumerate(chart.curves)
    )
    ticks = "".join(
        f'<text x="{MARGIN - 4}" y="{_y(p) + 4:.0f}" text-anchor="end">{p:g}</text>'
        f'<line class="grid" x1="{MARGIN}" x2="{width}" y1="{_y(p):.0f}" y2="{_y(p):.0f}"/>'
        for p in (0, 0.5, 1)
    ) + "".join(
        f'<text x="{_x(share):.0f}" y="{height - 2}" text-anchor="{anchor}">{share:.0%}</text>'
        for share, anchor in ((0, "middle"), (0.5, "middle"), (1, "end"))
    )
    names = "".join(
        f'<li><i style="background:{LINES[n % len(LINES)]}"></i>{escape(name)}</li>'
        for n, (name, _) in enumerate(chart.curves)
    )
    return (
        f'<figure><figcaption>{escape(chart.title)}</figcaption><svg width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(chart.title)}">{ticks}{paths}</svg><ul>{names}</ul></figure>'
    )


def _path(shares: Sequence[float], values: Sequence[float]) -> str:
    return "M" + " L".join(f"{_x(share):.1f} {_y(p):.1f}" for share, p in zip(shares, values, strict=True))


def _x(share: float) -> float:
    return MARGIN + (CHART_PX[0] - MARGIN - 6) * share


def _y(p: float) -> float:
    return 8 + (CHART_PX[1] - 28) * (1 - p)


_STYLE = """
main { max-width: 1200px; } dt { flex-basis: 150px; } .caution { color: var(--warn); }
table { font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 10px; vertical-align: middle; white-space: nowrap; }
td span { display: inline-block; min-width: 72px; } small { display: block; font-weight: 400; color: var(--quiet); }
th[scope=row] { font-family: ui-monospace, monospace; font-weight: 500; }
.quiet th { font-style: italic; color: var(--quiet); }
svg { vertical-align: middle; } svg line { stroke: var(--quiet); stroke-width: 1.5; }
svg circle { fill: var(--surface); stroke: var(--quiet); stroke-width: 2; }
.good circle { fill: var(--accent); stroke: var(--accent); }
.poor circle { stroke: var(--warn); } .poor span { color: var(--warn); } .band { fill: var(--line); }
svg path { fill: none; stroke-width: 2; } svg .grid { stroke: var(--line); }
svg text { font-size: 11px; fill: var(--quiet); }
.charts { display: flex; flex-wrap: wrap; gap: 24px; margin-top: 16px; }
figure { margin: 0; } figcaption { font-weight: 600; } ul { list-style: none; margin: 0; padding: 0; }
i { display: inline-block; width: 14px; height: 3px; margin-right: 6px; vertical-align: middle; }
"""
