"""The words of a query line, with their places, so that an error can point at them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from innv_gui.errors import BadInput

MOST_CHARACTERS = 2000
_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<op>!=|>=|<=|==|[=><])|(?P<mark>[()\[\],])"""
    r"""|(?P<word>[^\s()\[\],=!<>"]+)"""
)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?")
_RANGE = re.compile(rf"({_NUMBER.pattern})?\.\.({_NUMBER.pattern})?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class BadQuery(BadInput):
    """A query that is not understood. at: (start, end) of the characters that are wrong."""

    def __init__(self, message: str, hint: str = "", field: str | None = "query", allowed: tuple = (), at=(0, 0)):
        super().__init__(message, hint, field, allowed)
        self.at = (int(at[0]), int(at[1]))

    def __reduce__(self):  # type: ignore[override]
        return type(self), (self.message, self.hint, self.field, self.allowed, self.at)

    def as_json(self) -> dict:
        """As every error, with `at`."""
        said = super().as_json()
        said["error"]["at"] = list(self.at)
        return said


@dataclass(frozen=True)
class Token:
    """kind: "word", "quoted", "op", "mark" or "end"; text: what it means; start, end: its characters."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def at(self) -> tuple[int, int]:
        """Its characters."""
        return self.start, self.end

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words, case ignored, and not in quotation marks."""
        return self.kind == "word" and self.text.casefold() in words


def tokens_of(text: str) -> list[Token]:
    """All words of a line and an end. Raises BadQuery for a line that is too long or a quotation without its end."""
    if len(text) > MOST_CHARACTERS:
        raise BadQuery(
            f"The query has {len(text):,} characters.", f"Expected at most {MOST_CHARACTERS:,}.", at=(0, len(text))
        )
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _not_read(text, place)
        if match.lastgroup != "space":
            found.append(_token(match))
        place = match.end()
    return [*found, Token("end", "", len(text), len(text))]


def _not_read(text: str, place: int) -> BadQuery:
    if text[place] == '"':
        return BadQuery("A quotation mark is not closed.", 'Expected another ".', at=(place, len(text)))
    return BadQuery(f"{text[place]!r} is not understood here.", "Put texts in quotation marks.", at=(place, place + 1))


def _token(match: re.Match) -> Token:
    kind, text = str(match.lastgroup), match.group()
    if kind == "quoted":
        text = _ESCAPED.sub(r"\1", text[1:-1])
    return Token(kind, "=" if text == "==" and kind == "op" else text, match.start(), match.end())


def number_in(token: Token) -> float | None:
    """What a word says as a number; None when it is none."""
    return float(token.text) if token.kind == "word" and _NUMBER.fullmatch(token.text) else None


def range_in(token: Token) -> tuple[float, float] | None:
    """(low, high) of `a..b`, `a..` or `..b`, ends included; None when a word is no range."""
    match = _RANGE.fullmatch(token.text) if token.kind == "word" else None
    if match is None or not (match[1] or match[2]):
        return None
    return (float(match[1]) if match[1] else -float("inf"), float(match[2]) if match[2] else float("inf"))


def quoted(text: str) -> str:
    """A text as a query says it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
