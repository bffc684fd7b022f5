"""How values look in a notebook: a title and facts as a small table. Everything that is shown is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

MOST_LETTERS = 300  # of one fact


def card(title: str, facts: Iterable[tuple[str, object]]) -> str:
    """HTML of a title and of (name, value) facts; empty values are left out."""
    rows = "".join(
        f'<tr><th style="text-align:left">{escape(name)}</th><td style="text-align:left">{escape(cut(value))}</td></tr>'
        for name, value in facts
        if value not in ("", None)
    )
    return f"<div><strong>{escape(cut(title))}</strong><table>{rows}</table></div>"


def cut(value: object) -> str:
    """As text, with an end where it is long."""
    text = str(value)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def sizes(shape: Iterable[int | None]) -> str:
    """(64, 64, 3) -> "64 × 64 × 3"; an open size is "any"."""
    return " × ".join("any" if size is None else str(size) for size in shape)
