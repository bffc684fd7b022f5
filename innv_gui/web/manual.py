"""What the product says about itself: the glossary, and what each method computes, of docs/ and the declarations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from innv_gui import analyzers
from innv_gui.analyzers import Analyzer, maximize
from innv_gui.analyzers.form import form_fields, in_words, takes
from innv_gui.errors import NotFound
from innv_gui.web.markdown import MARKDOWN, plain, slug, text_of

_CELLS = re.compile(r"(?<!\\)\|")
_NAMED = re.compile(r"`([\w.]+)`")
_TITLES = {"formula": "Definition", "what it ignores": "What it ignores", "when it misleads": "When it misleads"}


@dataclass(frozen=True)
class Term:
    """A word of the glossary. html: its meaning as markup, text: the same as plain text."""

    slug: str  # "sturges-rule"
    word: str
    html: Markup
    text: str


@dataclass(frozen=True)
class Rule:
    """One rule of relevance propagation: its denominators Z, and what a Z of zero becomes."""

    name: str
    shares: str
    zero: str


@dataclass(frozen=True)
class Setting:
    """A parameter, all in words."""

    name: str
    default: str
    takes: str
    words: str


@dataclass(frozen=True)
class Entry:
    """What a method or a preset of ascents computes: its declaration, and its rows in docs/methods.md."""

    method: Analyzer | maximize.Preset
    facts: tuple[tuple[str, Markup], ...]  # heading -> text
    places: tuple[tuple[str, str], ...]  # sort of layer -> rule
    rules: tuple[Rule, ...]  # those that `places` names
    settings: tuple[Setting, ...]
    origin: str = ""  # of a plug-in: its package or file


@cache
def glossary() -> tuple[Term, ...]:
    """Every word of docs/glossary.md, in its order."""
    _, *parts = re.split(r"^## ", text_of("glossary.md"), flags=re.MULTILINE)
    return tuple(_term(*part.split("\n", 1)) for part in parts)


def _term(word: str, meaning: str) -> Term:
    one_line = " ".join(meaning.split())
    (inline,) = MARKDOWN.parseInline(one_line)
    return Term(slug(word), word, Markup(MARKDOWN.renderInline(one_line)), plain(inline))


def entry(name: str) -> Entry:
    """What the help says about a method or a preset; raises NotFound for a name that neither has."""
    method = next((one for one in (*analyzers.all(), *maximize.PRESETS.values()) if one.name == name), None)
    if method is None:
        raise NotFound("There is no method of this name.", "The page Help lists all of them.", "analyzer")
    rows = [row for row in _rows() if name in _NAMED.findall(row.get("method", ""))]
    facts = tuple((_TITLES[head], _markup(cell)) for row in rows for head, cell in row.items() if head in _TITLES)
    places = tuple(cell for row in rows if "first layer" in row for cell in list(row.items())[1:])
    return Entry(method, facts, places, _rules({rule for _, rule in places}), _settings(method), _origin(name))


def _origin(name: str) -> str:
    """The package or file of a plug-in; empty for what is built in."""
    return "" if name in maximize.PRESETS else analyzers.origin(name).added_by


def _rules(used: set[str]) -> tuple[Rule, ...]:
    known = [tuple(row.values()) for row in _rows() if "rule" in row]
    return tuple(Rule(*cells) for cells in known if cells[0] in used)


def _settings(method: Analyzer | maximize.Preset) -> tuple[Setting, ...]:
    fields = form_fields(method.params)
    return tuple(
        Setting(field["name"], in_words(field["default"]), takes(field), field["description"]) for field in fields
    )


@cache
def _rows() -> tuple[dict[str, str], ...]:
    """Every row of every table of docs/methods.md: heading -> cell, as Markdown."""
    found, head = [], None
    for line in text_of("methods.md").splitlines():
        cells = [cell.strip() for cell in _CELLS.split(line)[1:-1]]
        if not cells:
            head = None
        elif head is None:
            head = cells
        elif set("".join(cells)) != {"-"}:
            found.append(dict(zip(head, cells, strict=True)))
    return tuple(found)


def _markup(cell: str) -> Markup:
    return Markup(MARKDOWN.renderInline(cell.replace("\\|", "|")))
