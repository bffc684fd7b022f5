"""Sentences that a person reads are idiomatic: the forms that CONTRIBUTING.md lists under Words are in none of them."""

import ast
import re
from functools import cache

import pytest

from tests.conftest import ROOT

ROW = re.compile(r"^- `(.+)`: (.+)$", re.MULTILINE)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
HELD = {  # a form of the list -> a sentence that has it, and one that is right and looks alike
    "told": ("The width is told by the file.", "Gradient methods run only when told to."),
    "anew": ("It is made anew.", "Open a new session."),
    "per": ("A list has a row an image.", "Choose a model or an image of a dataset."),
    "down": ("A rule hands relevance down.", "Scroll down to the map."),
    "through": ("The job is through with the model.", "The gradient is through a ReLU."),
    "stands": ("It stands in the file.", "A layer that stands in for two."),
    "log": ("A damaged file is passed over.", "x is damaged and passed over (OSError)."),
}


@cache
def forms():
    """(pattern, better form) of every row of the section Words."""
    (section,) = re.findall(r"^## Words$.*?(?=^## )", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE | re.DOTALL)
    return [(re.compile(pattern, re.IGNORECASE), better) for pattern, better in ROW.findall(section)]


@cache
def any_form():
    return re.compile("|".join(f"(?:{pattern.pattern})" for pattern, _ in forms()), re.IGNORECASE)


def found(text):
    """(what was found, the better form); within a paragraph the end of a line counts as a space."""
    tidy = "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
    if not any_form().search(tidy):
        return []
    return [(hit.group(), better) for pattern, better in forms() if (hit := pattern.search(tidy))]


def literals(path):
    """Docstrings and other texts of a Python file, those of an f-string in one piece with {} for values."""
    tree = ast.parse(path.read_text())
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inside = {id(part) for node in joined for part in ast.walk(node)}
    for node in joined:
        yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.value


@pytest.mark.parametrize("which", HELD)
def test_a_form_of_the_list_is_found_and_its_lookalike_is_not(which):
    wrong, right = HELD[which]
    assert found(wrong) and not found(right)


def test_every_form_has_a_better_one_that_is_not_on_the_list():
    assert len(forms()) > 20
    assert [better for _, better in forms() if found(better)] == []


@pytest.mark.parametrize("folder", ["templates", "static/js"])
def test_pages_hold_none_of_the_forms(folder):
    texts = {path: path.read_text() for path in sorted((ROOT / folder).rglob("*")) if path.suffix in (".html", ".js")}
    assert texts and {path.name: hits for path, text in texts.items() if (hits := found(text))} == {}


def test_documents_hold_none_of_the_forms_but_as_code():
    texts = {path: CODE.sub("``", path.read_text()) for path in [*PAGES, *sorted((ROOT / "docs").rglob("*.md"))]}
    assert {path.name: hits for path, text in texts.items() if (hits := found(text))} == {}


def test_messages_and_docstrings_hold_none_of_the_forms():
    paths = sorted((ROOT / "innv_gui").rglob("*.py"))
    assert {path.name: hits for path in paths if (hits := found("\n\n".join(literals(path))))} == {}
