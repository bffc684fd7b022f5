"""The documents of docs/ as pages of the product, by their names in that folder, so that links between them hold.

The site that `make site` builds is made of the same files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from markdown_it.token import Token
from markupsafe import Markup

from innv_gui.errors import NotFound
from innv_gui.web.markdown import MARKDOWN, plain, slug, text_of

ADDRESS = "/help/docs/"
GUIDES = "how_to/"
# Which guides the help of a page names.
OF_PAGES = {
    "models": ("compare_two_models",),
    "images": ("find_label_errors",),
    "visualize": ("compare_two_models", "find_out_which_method_to_believe", "explain_from_a_notebook"),
    "suggest": ("find_label_errors", "run_on_several_machines"),
    "explore": ("explore_a_dataset", "find_label_errors"),
    "workshop": ("train_a_small_network", "retrain_with_a_part_painted_out"),
    "views": ("write_a_plugin",),
}
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_LINK = re.compile(r"\]\(([\w/]+\.md)\)")


@dataclass(frozen=True)
class Document:
    """A document as a page. name: "how_to/find_label_errors.md", title: its first heading."""

    name: str
    title: str

    @property
    def address(self) -> str:
        """Where the product shows it."""
        return ADDRESS + self.name

    @property
    def html(self) -> Markup:
        """All of it."""
        return _html(self.name)


@cache
def document(name: str) -> Document:
    """The document of that name below docs/; raises NotFound where there is none."""
    if name not in names():
        raise NotFound("There is no such document.", "The page Help lists all of them.")
    return Document(name, text_of(name).partition("\n")[0].removeprefix("# "))


@cache
def _html(name: str) -> Markup:
    tokens = MARKDOWN.parse(_COMMENT.sub("", text_of(name)))
    for heading, inside in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", slug(plain(inside)))
    _without_styles(tokens)
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    html = html.replace("<table>", '<div class="wide" tabindex="0"><table>').replace("</table>", "</table></div>")
    return Markup(html.replace("<pre>", '<pre tabindex="0">'))  # what is wider than a phone is moved by the arrow keys


@cache
def names() -> tuple[str, ...]:
    """All documents: what docs/index.md links to, in its order, behind itself."""
    linked = _LINK.findall(text_of("index.md"))
    return ("index.md", *dict.fromkeys(linked))


@cache
def guides() -> tuple[Document, ...]:
    """How to do a whole job, in the order of docs/index.md."""
    return tuple(document(name) for name in names() if name.startswith(GUIDES))


@cache
def others() -> tuple[Document, ...]:
    """What is neither a guide nor shown by the page Help itself."""
    shown = ("index.md", "glossary.md", "methods.md")
    return tuple(document(name) for name in names() if not name.startswith(GUIDES) and name not in shown)


def guides_of(page: str | None) -> tuple[Document, ...]:
    """Those that belong to a page of the product."""
    return tuple(document(f"{GUIDES}{name}.md") for name in OF_PAGES.get(page or "", ()))


def _without_styles(tokens: list[Token]) -> None:
    """Columns of numbers by a class: the pages' policy allows no styles in the text."""
    for token in tokens:
        if style := token.attrs.pop("style", ""):
            token.attrSet("class", str(style).rpartition(":")[2])
