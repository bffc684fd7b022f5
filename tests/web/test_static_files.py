"""The pages' own files: which address they have, how long a browser keeps them, what a page's program holds."""

import os
import re
import shutil
import subprocess

import pytest

from innv_gui.folders import folder
from innv_gui.web import programs, static_files
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
def test_a_page_asks_for_one_file_that_holds_every_module_that_its_program_imports(client, page):
    text = client.get(f"/{page}").text
    (program,) = re.findall(r'<script type="module" src="(/static/\w+/js/[^"]+)"', text)
    needed, waiting = set(), [f"{page}/page.js"]
    while waiting:
        name = waiting.pop()
        needed.add(name)
        code = (folder("static") / "js" / name).read_text()
        imported = [
            os.path.normpath(f"{os.path.dirname(name)}/{found}") for found in re.findall(r'from\s+"(\.[^"]+)"', code)
        ]
        waiting += [found for found in imported if found not in needed]
    held = re.findall(r"^// ([\w/-]+\.js)$", client.get(program).text, re.MULTILINE)
    assert set(held) == needed and len(held) == len(needed) and held[-1] == f"{page}/page.js"
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', text):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.cache_control.max_age == static_files.KEEP_S


@pytest.mark.parametrize("page", [*PAGES, "workshop?mode=own", "views", "help"])
def test_a_page_asks_at_most_twice_for_its_stylesheets_and_gets_each_whole_in_its_order(client, page):
    addresses = re.findall(r'<link rel="stylesheet" href="/static/\w+/css/([^"]+)\.css"', client.get(f"/{page}").text)
    assert len(addresses) == 2 and addresses[0].startswith("tokens+base+")
    for address in addresses:
        place, _, names = address.rpartition("/")
        files = [folder("static") / "css" / place / f"{name}.css" for name in names.split("+")]
        answer = client.get(f"/static/abc/css/{address}.css")
        assert answer.text == "".join(file.read_text() for file in files) and answer.mimetype == "text/css"


@pytest.mark.parametrize("names", "base+none base+base base+ +base base+../css/fields none/base+fields".split())
def test_stylesheets_that_cannot_be_joined_are_not_there(client, names):
    assert client.get(f"/static/abc/css/{names}.css").status_code == 404


def served(monkeypatch, root, **modules):
    """The program of a folder with these modules; `page` starts."""
    (root / "js" / "room").mkdir(parents=True)
    for name, code in modules.items():
        (root / "js" / "room" / f"{name}.js").write_text(code)
    monkeypatch.setattr(programs, "folder", lambda name: root)
    return programs.program("room/page.js", str(root))


@pytest.mark.skipif(shutil.which("node") is None, reason="node is missing")
def test_a_program_does_what_its_modules_do(monkeypatch, tmp_path):
    code = served(
        monkeypatch,
        tmp_path,
        page='import { a as first, B } from "./one.js";\nimport * as two from "./two.js";\n'
        'import {\n  c,\n  $,\n} from "./two.js";\n\nconst a = 5;\nconsole.log(first(), new B().b, two.c, c, $, a);\n',
        one='import { c } from "./two.js";\nconst hidden = c + 1;\nexport function a() {\n  return hidden;\n}\n'
        "export class B {\n  b = 3;\n}\n",
        two="console.log(1);\nconst c = 1;\nexport const { $, d } = { $: 4, d: 0 };\nexport { c };\n",
    )
    said = subprocess.run(["node", "--input-type=module", "-e", code], capture_output=True, text=True, check=True)
    assert said.stdout == "1\n2 3 1 1 4 5\n"


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ('import one from "./one.js";', "cannot hold: import one"),
        ("export default 3;", "cannot hold: export default"),
        ("export let a = 3;", "cannot hold: export let"),
        ('import { a } from "./page.js";', "room/page.js -> room/page.js"),
    ],
)
def test_what_a_program_cannot_hold_is_refused(monkeypatch, tmp_path, page, words):
    with pytest.raises(ValueError, match=words):
        served(monkeypatch, tmp_path, page=page, one="")


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
