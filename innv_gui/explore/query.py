"""The query line: a small grammar, read by recursive descent into conditions. It never becomes SQL or code.

any  = all { "or" all }          all = one { "and" one }          one = "not" one | "(" any ")" | condition
condition = column [ op value | value ]
op = "=" | "!=" | ">" | ">=" | "<" | "<=" | "contains" | "in"
value = number | a..b | > number | "[" value { "," value } "]" | "text" | word
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from innv_gui.explore.columns import Column
from innv_gui.explore.tokens import BadQuery, Token, number_in, quoted, range_in, tokens_of

MOST_DEPTH, MOST_TERMS = 32, 200
COMPARED = {"=", "!=", ">", ">=", "<", "<="}
Value = Any  # a number, a text, (low, high), or several of the first two


@dataclass(frozen=True)
class Condition:
    """A column and what is asked of it. op: one of COMPARED, "contains", "in", "between", "is" (a flag alone).

    text: as it was typed, behind the column's name; at: characters of all of it.
    """

    column: str
    op: str
    value: Value
    text: str
    at: tuple[int, int]


@dataclass(frozen=True)
class Joined:
    """Some parts of which all ("and") or any ("or") have to hold."""

    word: str
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Opposite:
    """What its part is not."""

    part: Node


Node = Condition | Joined | Opposite


def parsed(text: str, columns: Mapping[str, Column]) -> Node | None:
    """A query as a tree; None for an empty line. Raises BadQuery with the characters that are wrong."""
    tokens = tokens_of(text)
    if len(tokens) == 1:
        return None
    return _Reader(text, tokens, columns).whole()


class _Reader:
    """Reads tokens from the first to the last."""

    def __init__(self, text: str, tokens: list[Token], columns: Mapping[str, Column]):
        self._text, self._tokens, self._columns = text, tokens, columns
        self._place = self._depth = self._terms = 0

    def whole(self) -> Node:
        found = self._joined("or", lambda: self._joined("and", self._one))
        if self._now.kind != "end":
            raise BadQuery(
                f"{self._now.text[:40]!r} follows a complete condition.", "Expected 'and' or 'or'.", at=self._now.at
            )
        return found

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _next(self) -> Token:
        self._place += 1
        return self._tokens[self._place - 1]

    def _joined(self, word: str, read) -> Node:
        parts = [read()]
        while self._now.is_word(word):
            self._next()
            parts.append(read())
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _one(self) -> Node:
        if self._now.is_word("not"):
            self._next()
            return Opposite(self._deeper(self._one))
        if self._now.kind == "mark" and self._now.text == "(":
            return self._group()
        return self._condition()

    def _deeper(self, read) -> Node:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise BadQuery(f"The query is more than {MOST_DEPTH} levels deep.", "Leave out brackets.", at=self._now.at)
        found = read()
        self._depth -= 1
        return found

    def _group(self) -> Node:
        opened = self._next()
        found = self._deeper(lambda: self._joined("or", lambda: self._joined("and", self._one)))
        if self._now.text != ")" or self._now.kind != "mark":
            raise BadQuery("A bracket is not closed.", "Expected ).", at=opened.at)
        self._next()
        return found

    def _condition(self) -> Condition:
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise BadQuery(f"The query has more than {MOST_TERMS} conditions.", "Use a list: [a, b].", at=self._now.at)
        named = self._next()
        column = self._column(named)
        op, value = self._asked(column)
        end = self._tokens[self._place - 1].end
        return Condition(column.name, op, value, self._text[named.end : end].strip(), (named.start, end))

    def _column(self, token: Token) -> Column:
        if token.kind not in ("word", "quoted"):
            raise BadQuery(
                f"Expected a column, got {token.text!r}." if token.text else "Expected a column at the end.",
                f"Columns are {_some(list(self._columns))}.",
                at=token.at,
            )
        by_case = {name.casefold(): column for name, column in self._columns.items()}
        found = self._columns.get(token.text) or by_case.get(token.text.casefold())
        if found is None:
            near = difflib.get_close_matches(token.text, self._columns, 3, 0.4)
            hint = f"Did you mean {near[0]}?" if near else f"Columns are {_some(list(self._columns))}."
            raise BadQuery(f"There is no column {token.text[:60]!r}.", hint, allowed=tuple(near), at=token.at)
        return found

    def _asked(self, column: Column) -> tuple[str, Value]:
        token = self._now
        if token.kind == "op":
            self._next()
            return token.text, self._single(column, token.text)
        if token.is_word("contains", "in"):
            self._next()
            return self._by_word(column, token)
        if token.kind == "end" or token.is_word("and", "or") or token.text == ")" and token.kind == "mark":
            if column.kind != "flag":
                raise _expected(column, token, self._tokens[self._place - 1].at)
            return "is", 1.0
        return self._plain(column)

    def _by_word(self, column: Column, word: Token) -> tuple[str, Value]:
        if word.text.casefold() == "in":
            return "in", self._list(column)
        if column.kind in ("number", "flag"):
            raise _expected(column, word, word.at)
        return "contains", self._text_of(column)

    def _plain(self, column: Column) -> tuple[str, Value]:
        """A value without a comparison: a number is equal, a range is around, a text is contained."""
        if self._now.text == "[" and self._now.kind == "mark":
            return "in", self._list(column)
        between = range_in(self._now)
        if between is not None and column.kind == "number":
            self._next()
            return "between", between
        if column.kind in ("number", "flag"):
            return "=", self._single(column, "=")
        return ("=" if column.has(self._now.text) else "contains"), self._text_of(column)

    def _single(self, column: Column, op: str) -> Value:
        if column.kind not in ("number", "flag"):
            if op not in ("=", "!="):
                raise _expected(column, self._now, self._tokens[self._place - 1].at)
            return self._text_of(column)
        token = self._next()
        number = number_in(token) if column.kind == "number" else column.truth(token.text)
        if number is None:
            raise _expected(column, token, token.at)
        return number

    def _text_of(self, column: Column) -> str:
        token = self._next()
        if token.kind not in ("word", "quoted"):
            raise _expected(column, token, token.at)
        return token.text

    def _list(self, column: Column) -> Value:
        opened = self._next()
        if opened.text != "[" or opened.kind != "mark":
            raise BadQuery("Expected a list.", "For example [3, 5].", at=opened.at)
        values: list = []
        while True:
            values.append(self._single(column, "="))
            token = self._next()
            if token.kind == "mark" and token.text == "]":
                return tuple(values)
            if token.kind != "mark" or token.text != ",":
                raise BadQuery("A list is not closed.", "Expected , or ].", at=(opened.start, token.end))


def _expected(column: Column, token: Token, at: tuple[int, int]) -> BadQuery:
    got = repr(token.text[:40]) if token.text else "nothing"
    return BadQuery(f"{column.name} {column.describes}; got {got}.", f"Expected {column.example}.", at=at)


def _some(names: list[str]) -> str:
    return ", ".join(names[:12]) + (", …" if len(names) > 12 else "")


def terms_of(node: Node | None) -> tuple[Node, ...]:
    """The parts that all have to hold; the whole where that is not how it is built."""
    if node is None:
        return ()
    return node.parts if isinstance(node, Joined) and node.word == "and" else (node,)


def cells_of(node: Node | None) -> dict[str, str] | None:
    """Column -> text of its filter, where a query is one condition per column and all have to hold; else None."""
    cells: dict[str, str] = {}
    for term in terms_of(node):
        if not isinstance(term, Condition) or term.column in cells:
            return None
        cells[term.column] = term.text
    return cells


def text_of(node: Node | None) -> str:
    """A tree as a line that means the same."""
    match node:
        case None:
            return ""
        case Condition():
            return f"{_name(node.column)} {node.text}".strip()
        case Opposite():
            return f"not {_inside(node.part)}"
        case _:
            return f" {node.word} ".join(_inside(part) for part in node.parts)


def _inside(node: Node) -> str:
    return f"({text_of(node)})" if isinstance(node, Joined) else text_of(node)


def _name(column: str) -> str:
    return column if all(c.isalnum() or c in "._-" for c in column) else quoted(column)


def without(node: Node | None, left_out: int) -> Node | None:
    """The query but for one of its terms."""
    rest: Sequence[Node] = [term for place, term in enumerate(terms_of(node)) if place != left_out]
    return None if not rest else rest[0] if len(rest) == 1 else Joined("and", tuple(rest))
