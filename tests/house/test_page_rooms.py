"""The rooms of the pages' modules, one sentence each: lib <- shell <- widgets <- maps, plots <- pages."""

import graphlib
import os
import re

from innv_gui.folders import folder

JS = folder("static") / "js"
SHARED = {"lib": set(), "shell": {"lib"}, "widgets": {"lib", "shell"}}
SHARED |= {"maps": {*SHARED, "widgets"}, "plots": {*SHARED, "widgets"}}
FULLEST = 25  # files in a folder
NAMED = re.compile(r'^import \{([^}]*)\} from "[^"]+";', re.MULTILINE)
IMPORT = re.compile(r'^(?:import|export|\}) .*?from "([^"]+)";', re.MULTILINE)


def modules():
    return {path.relative_to(JS).as_posix(): path.read_text("utf-8") for path in sorted(JS.rglob("*.js"))}


def imports():
    """Module -> modules that it imports."""
    return {
        name: {os.path.normpath(os.path.join(os.path.dirname(name), found)) for found in IMPORT.findall(text)}
        for name, text in modules().items()
    }


def unused(text):
    """Names that a module imports and never says again."""
    named = NAMED.findall(text)
    rest = NAMED.sub("", text)
    names = {one.split(" as ")[-1].strip() for found in named for one in found.split(",")} - {""}
    return {name for name in names if not re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", rest)}


def room(name):
    return name.split("/")[0]


def test_every_import_is_found_by_its_path():
    known = imports()
    assert len(known) > 100 and sum(map(len, known.values())) > 300
    assert not {(name, other) for name, others in known.items() for other in others - known.keys()}
    assert sum(text.count("\nimport ") for text in modules().values()) == sum(
        len(IMPORT.findall(t)) for t in modules().values()
    )


def test_no_module_imports_a_name_that_it_does_not_use():
    assert unused('import { $, h as made } from "./a.js";\n$("x");') == {"made"}
    assert {name: lost for name, text in modules().items() if (lost := unused(text))} == {}


def test_shared_rooms_know_no_page_and_nothing_above_them():
    wrong = {
        (name, other)
        for name, others in imports().items()
        for other in others
        if room(name) in SHARED and room(other) not in SHARED[room(name)] | {room(name)}
    }
    assert wrong == set()


def test_no_page_imports_another():
    pages = {room(name) for name in imports()} - SHARED.keys()
    wrong = {
        (n, o) for n, others in imports().items() for o in others if {room(n), room(o)} <= pages and room(n) != room(o)
    }
    assert len(pages) >= 7 and wrong == set()


def test_no_module_imports_itself_by_a_circle():
    graphlib.TopologicalSorter(imports()).prepare()


def test_no_folder_of_style_sheets_is_too_full():
    for place, _, files in os.walk(folder("static") / "css"):
        assert len(files) <= FULLEST, place


def test_no_room_is_too_full_and_every_module_is_in_one():
    for place, _, files in os.walk(JS):
        modules_in = [file for file in files if file.endswith(".js")]
        assert len(modules_in) <= (0 if place == str(JS) else FULLEST), place
