"""Names and texts as a picture or a page may show them: none breaks a line or reverses its neighbours."""

from __future__ import annotations

import html
import unicodedata

_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # Unicode's UAX 9
_UNSEEN = ("Cc", "Cs", "Zl", "Zp")  # controls, halves of a character, ends of lines and paragraphs


def visible(text: str) -> str:
    r"""Controls, ends of lines and marks of direction as `\n` or `\u202e`; letters of every script stay."""
    return "".join(character if _is_seen(character) else written(character) for character in text)


def escape(text: str) -> str:
    """As a page takes it."""
    return html.escape(visible(text))


def escape_lines(text: str) -> str:
    """Of several lines, which stay."""
    return "\n".join(map(escape, text.split("\n")))


def _is_seen(character: str) -> bool:
    return character not in _TURNING and unicodedata.category(character) not in _UNSEEN


def written(character: str) -> str:
    r"""By its number: `\u202e`."""
    return character.encode("unicode_escape").decode()
