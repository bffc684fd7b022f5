"""The table of CONTRIBUTING.md that leads from a button to its module and its test."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| ([\w ]+) \| .*`([\w-]+)` \| `(static/[\w/.-]+)` \| `(tests/[\w/.-]+)` \|$", re.MULTILINE)
BUTTONS = ROW.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
SHARED = {"widgets", "shell", "maps", "plots"}  # folders of what several pages have


def test_there_are_twenty_of_every_page():
    pages = {page for page, *_ in BUTTONS}
    assert len(BUTTONS) >= 20
    assert pages == {"Visualize", "Suggest", "Explore", "Images", "Features", "Workshop", "Views", "every page"}


@pytest.mark.parametrize(("page", "mark", "module", "test"), BUTTONS, ids=lambda value: Path(value).stem)
def test_a_button_is_found_by_its_page_and_tested_where_it_says(page, mark, module, test):
    folder = Path(module).parts[2]  # static/js/visualize/trust/page.js: a room may have rooms
    assert folder == page.lower() or folder in SHARED
    for file in (module, test):
        assert mark in (ROOT / file).read_text(encoding="utf-8"), f"{mark} is not in {file}"
