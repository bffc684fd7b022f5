"""The words of the product, for tips."""

from __future__ import annotations

from innv_gui.web.api.blueprint import api
from innv_gui.web.api.route import route
from innv_gui.web.manual import glossary


@route(api, "GET", "/glossary")
def list_terms():
    """Every word of the glossary with its meaning, as plain text."""
    return {"terms": [{"slug": term.slug, "word": term.word, "words": term.text} for term in glossary()]}
