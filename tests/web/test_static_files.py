"""The pages' own files: which address they have, how long a browser keeps them, which modules a page names."""

import os
import re

import pytest

from innv_gui.folders import folder
from innv_gui.web import static_files
from innv_gui.web.app import create_app

RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
PAGES = ("visualize", "models", "images", "suggest", "explore", "features", "workshop")


@pytest.fixture
def client():
    app = create_app(None, "token")
    client = app.test_client()
    client.get("/?token=token")
    return client


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_every_module_that_its_program_imports(client, page):
    text = client.get(f"/{page}").text
    named = set(re.findall(r'(?:src|href)="/static/\w+/js/([\w/-]+\.js)"', text)) - {"shell/theme.js"}
    needed, waiting = set(), [f"{page}/page.js"]
    while waiting:
        name = waiting.pop()
        needed.add(name)
        code = (folder("static") / "js" / name).read_text()
        imported = [
            os.path.normpath(f"{os.path.dirname(name)}/{found}") for found in re.findall(r'from\s+"(\.[^"]+)"', code)
        ]
        waiting += [found for found in imported if found not in needed]
    assert named == needed
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.cache_control.max_age == static_files.KEEP_S


def test_what_is_computed_is_not_kept_like_a_file(client):
    assert client.get("/visualize").cache_control.max_age is None


@pytest.mark.parametrize("change", ["content", "new file", "name"])
def test_a_changed_file_has_another_address(tmp_path, monkeypatch, change):
    (tmp_path / "js").mkdir()
    file = tmp_path / "js" / "a.js"
    file.write_text("one")
    monkeypatch.setattr(static_files, "folder", lambda name: tmp_path)
    before = static_files.version()
    assert static_files.version() == before
    if change == "content":
        file.write_text("two")
        os.utime(file, ns=(1, 1))
    elif change == "new file":
        (tmp_path / "b.js").write_text("")
    else:
        file.rename(tmp_path / "js" / "b.js")
    assert static_files.version() != before


@pytest.mark.parametrize("name", ["../setup.py", "js/../../setup.py", "%2e%2e/setup.py", "js/none.js", "js"])
def test_nothing_outside_the_folder_is_given(client, name):
    answer = client.get(f"/static/abc/{name}")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text


def test_every_scroller_holds_what_is_hidden_inside_it():
    """A label that only readers hear is positioned: outside a positioned scroller the window scrolls as well."""
    rules = [rule for sheet in (folder("static") / "css").rglob("*.css") for rule in RULE.findall(sheet.read_text())]
    scrollers = [(name.strip(), body) for name, body in rules if re.search(r"overflow(-[xy])?:\s*(auto|scroll)", body)]
    assert len(scrollers) > 10
    assert [name for name, body in scrollers if "position:" not in body] == []
