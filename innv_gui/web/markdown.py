"""Texts of docs/ and their markup.

They are ours alone: nothing that a person or a file brings in passes through here.
"""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from innv_gui.folders import folder

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@cache
def text_of(name: str) -> str:
    """A document by its name in docs/."""
    return (folder("docs") / name).read_text(encoding="utf-8")


def plain(inline: Token) -> str:
    """Without its markup."""
    return "".join(token.content for token in inline.children or ())


def slug(words: str) -> str:
    """Sturges' rule -> sturges-rule."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower().replace("'", "")).strip("-")
