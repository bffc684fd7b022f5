"""docs/coming_from.md: where the features of four earlier systems are, in the words of the glossary."""

import re
from pathlib import Path

from innv_gui import analyzers
from innv_gui.views import catalog

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "coming_from.md").read_text()
PAGES = ("Models", "Visualize", "Suggest", "Explore", "Workshop", "Features", "Views")


def anchor(heading):
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_words_lead_to_the_glossary():
    known = {anchor(one) for one in re.findall(r"^## (.+)$", (DOCS / "glossary.md").read_text(), re.M)}
    linked = set(re.findall(r"glossary\.md#([\w-]+)", TEXT))
    assert linked and linked <= known


def test_every_row_names_a_page_or_what_is_there_under_its_own_name():
    names = {one.name for one in analyzers.all()} | {view.name for view in catalog.all()}
    rows = re.findall(r"^\| (?!there|---)(.+?) \| (.+?) \|$", TEXT, re.M)
    assert len(rows) > 25
    for there, here in rows:
        named = set(re.findall(r"`([\w.]+)`", here))
        assert named <= names, (there, named - names)
        says_so = here.startswith(("the same", "a [plug-in]", "mostly detected"))
        assert named or says_so or any(f"*{page}*" in here for page in PAGES), there
