"""The door for third parties: what comes in, what is refused and how it is said. Nothing is computed."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from innv_gui import analyzers
from innv_gui.analyzers.registry import CATALOG
from innv_gui.errors import BadInput
from innv_gui.extensions import sources
from innv_gui.extensions.opening import guarded

HEAD = "from innv_gui.plugins import *\n\ndef explain(question):\n    return question.x\n\n"
GOOD = (
    HEAD
    + """
MINE = Analyzer(
    name="mine", title="Mine", summary="Shows the input.", display=SIGNED, run=explain,
    settings={
        "size": Number(2, "Size", "How large.", low=0, high=9),
        "way": Choice("a", "Way", "Which.", choices=("a", "b")),
    },
)
"""
)


def declared(**changes):
    """A file with one analyzer, some of its declaration changed."""
    given = {
        "name": '"mine"',
        "title": '"Mine"',
        "summary": '"Shows the input."',
        "display": "SIGNED",
        "run": "explain",
    }
    return HEAD + f"MINE = Analyzer({', '.join(f'{name}={value}' for name, value in (given | changes).items())})\n"


def the_refusal():
    """The one plug-in that cannot be used."""
    (found,) = CATALOG.refused()
    return found


def test_a_file_in_a_named_folder_is_offered_like_a_built_in_method(plugins):
    plugins(mine=GOOD)
    method = analyzers.get("mine")
    assert method is analyzers.all()[-1] and method.family == "plugins" and method.runtimes == ("native",)
    assert analyzers.origin("mine").kind == "file" and analyzers.origin("mine").name == "mine.py"
    assert analyzers.check("mine", {"size": "3"}) == {"size": 3.0, "way": "a"}
    fields = {field["name"]: field for field in analyzers.describe(method)["fields"]}
    assert fields["size"]["maximum"] == 9 and fields["way"]["choices"] == ["a", "b"]
    assert analyzers.origin("gradient").code == "" and not CATALOG.refused()


@pytest.mark.parametrize(("setting", "value"), [("size", 10), ("size", True), ("size", "nan"), ("way", "c"), ("no", 1)])
def test_its_settings_are_checked_by_the_declaration_alone(plugins, setting, value):
    plugins(mine=GOOD)
    with pytest.raises(BadInput) as refusal:
        analyzers.check("mine", {setting: value})
    assert refusal.value.field == f"params.{setting}"


@pytest.mark.parametrize("kind", ["float", "int", "float | None"])
def test_no_number_of_a_class_of_settings_takes_a_switch(plugins, kind):
    own = f"class P(Params):\n    size: {kind} = Field(1, title='Size', description='How large.')\n"
    head = HEAD.replace("\n\n", f"\nfrom pydantic import Field\n{own}\n", 1)
    plugins(mine=head + declared(params="P").removeprefix(HEAD))
    for value in (True, False):
        with pytest.raises(BadInput):
            analyzers.check("mine", {"size": value})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import tensorflow as tf\n" + GOOD, "imports tensorflow at the top of the file"),
        ("from keras.layers import Dense\n" + GOOD, "imports keras at the top of the file"),
        (
            "try:\n    import torch\nexcept ImportError:\n    torch = None\n" + GOOD,
            "imports torch at the top of the file",
        ),
        ("class A:\n    import tf_keras\n" + GOOD, "imports tf_keras at the top of the file"),
        ("def broken(:\n", "SyntaxError"),
        ("1 / 0\n", "ZeroDivisionError: division by zero (line 1)"),
        ("import no_such_library\n", "No module named 'no_such_library'"),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
        ("", "declares no method, view or reason"),
        ("\0", "cannot be imported"),
        (declared(name='"gradient"'), "The name gradient is taken: a built-in one has it."),
        (declared(name='"../x"'), "A name must be small letters"),
        (declared(name="None"), "A name must be small letters"),
        (declared(title='""'), "title must be one line"),
        (declared(summary='"two\\nlines"'), "summary must be one line"),
        (declared(source='"javascript:alert(1)"'), "source must be the address of the paper"),
        (declared(display='"jet"'), "display must be a Display"),
        (declared(display='Display("grey", "rainbow", 1.0)'), "display must be a Display"),
        (declared(display='Display("grey", "grey", 7)'), "the opacity of display"),
        (declared(targets='"everything"'), "targets must be one of Targets"),
        (declared(run="lambda question: question.x"), "run must name a function"),
        (declared(run='{"native": "no_such_module:explain"}'), "there is no module no_such_module"),
        (declared(run='{"native": "json"}'), "run must name a function"),
        (declared(run='{"innvestigate": "json:dumps"}'), "run must be a function"),
        (declared(run="None"), "run must be a function"),
        (declared(params="dict"), "params must be a class"),
        (declared(settings='{"a": Number(5, "A", "b", high=1)}'), "the default of a does not pass"),
        (declared(settings='{"a": Number(5, "", "b")}'), "has no title"),
        (declared(passes='"many"'), "passes must be a whole number of forward passes"),
        (declared(passes="lambda params: 1.5"), "passes must be a whole number of forward passes"),
        (declared(passes='lambda params: params["no"]'), "passes failed for the default settings"),
        (declared(settings='{"a": 5}'), "cannot be imported"),
        (declared(settings='{"a": Choice("b", "A", "b", choices=())}'), "A Choice needs at least one word"),
        (declared(settings='{"_a": Number(5, "A", "b")}'), "a setting's name must be letters, digits and underscores"),
        (declared(settings='{"a": Number("many", "A", "b")}'), "could not convert string to float: 'many' (line 6)"),
        (declared(passes="lambda params: exec('raise SystemExit(4)')"), "passes failed for the default settings"),
        ("class Panic(BaseException): pass\nraise Panic('boom')\n", "Panic: boom (line 2)"),
        ("class Silent(Exception):\n    def __str__(self): 1 / 0\n\nraise Silent\n", "Silent (line 4)"),
    ],
)
def test_what_cannot_be_used_is_a_sentence_and_stops_nothing(plugins, text, words):
    before = len(analyzers.all())
    plugins(mine=text, good=GOOD.replace('"mine"', '"good"'))
    assert len(analyzers.all()) == before + 1 and analyzers.get("good")
    found = the_refusal()
    assert words in found.reason and "\n" not in found.reason and found.origin.name == "mine.py"


def test_a_method_that_was_refused_says_why_when_it_is_asked_for(plugins):
    plugins(mine="import tensorflow\n" + GOOD)
    with pytest.raises(BadInput, match="imports tensorflow at the top of the file"):
        analyzers.get("mine")


def test_two_plugins_of_one_name_are_told_apart_by_who_has_it(plugins):
    plugins(first=GOOD, second=GOOD)
    assert analyzers.origin("mine").name == "first.py" and the_refusal().reason.startswith(
        "The name mine is taken: first.py"
    )


def test_a_folder_may_be_named_after_methods_were_asked_for(plugins):
    assert "mine" not in {one.name for one in analyzers.all()}
    plugins(mine=GOOD, _private="1 / 0\n")
    assert analyzers.get("mine") and not CATALOG.refused()


def test_a_heavy_import_inside_a_function_or_for_types_is_fine(plugins):
    lazy = HEAD.replace("    return", "    import tensorflow\n    return").replace(
        "\n\n", "\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import keras\n\n", 1
    )
    plugins(mine=declared().replace(HEAD, lazy))
    assert analyzers.get("mine")


@pytest.mark.parametrize(
    "text",
    [
        "def load():\n    import jax\n\nload()\n",
        "try:\n    import json\nexcept ImportError:\n    import jax\n",
        "try:\n    import json\nfinally:\n    import jax\n",
        "class Later:\n    import jax\n",
    ],
    ids=["call", "handler", "finally", "class"],
)
def test_a_heavy_import_is_refused_wherever_it_is_run_or_could_be(plugins, text):
    plugins(mine=text + GOOD)
    assert "mine.py imports jax at the top of the file" in the_refusal().reason


def test_the_guard_against_heavy_libraries_goes_with_its_block():
    before = list(sys.meta_path)
    with pytest.raises(KeyError), guarded():
        assert len(sys.meta_path) == len(before) + 1
        raise KeyError
    assert sys.meta_path == before


def test_the_hash_of_a_file_changes_with_it(plugins, tmp_path):
    plugins(mine=GOOD)
    before = analyzers.origin("mine").code
    sources.forget_folders()
    plugins(mine=GOOD + "# changed\n")
    assert len(before) == 64 and analyzers.origin("mine").code != before


@pytest.mark.parametrize("helper", ["_helper.py", "helpers/inner.py"])
def test_the_hash_of_a_file_changes_with_what_serves_it(plugins, tmp_path, helper):
    for name in ("helpers", ".venv", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "inner.py").write_text("")
    (tmp_path / "helpers" / "__init__.py").write_text("")
    (tmp_path / helper).write_text("SCALE = 1\n")
    plugins(mine=GOOD, other=GOOD.replace('"mine"', '"other"'))
    first = analyzers.origin("mine").code
    sources.forget_folders()
    (tmp_path / "other.py").write_text(GOOD.replace('"mine"', '"another"'))
    for name in (".venv", "other"):
        (tmp_path / name / "inner.py").write_text("SCALE = 2\n")
    sources.add_folder(tmp_path)
    assert analyzers.origin("mine").code == first, "another plug-in, and what is no package, is not its own"
    sources.forget_folders()
    (tmp_path / helper).write_text("SCALE = 2\n")
    sources.add_folder(tmp_path)
    assert analyzers.origin("mine").code != first


USES = GOOD.replace("def explain", "from ._helper import SCALE\nfrom .parts.inner import PART\n\ndef explain").replace(
    'title="Mine"', 'title=f"{SCALE} {PART}"'
)


def test_files_beside_a_plug_in_are_imported_with_a_dot_and_each_folder_has_its_own(forgotten, tmp_path):
    def made(folder, scale, name):
        (tmp_path / folder / "parts").mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "parts" / "__init__.py").write_text("")
        (tmp_path / folder / "parts" / "inner.py").write_text(f"PART = '{folder}'\n")
        (tmp_path / folder / "_helper.py").write_text(f"SCALE = {scale}\n")
        (tmp_path / folder / "mine.py").write_text(USES.replace('"mine"', f'"{name}"'))

    made("a", 1, "one")
    made("b", 22, "two")
    for folder in ("a", "b"):
        sources.add_folder(tmp_path / folder)
    assert [analyzers.get(name).title for name in ("one", "two")] == ["1 a", "22 b"]
    sources.forget_folders()
    made("a", 333, "one")
    sources.add_folder(tmp_path / "a")
    assert analyzers.get("one").title == "333 a", "what serves it has changed"


def test_what_is_imported_without_its_dot_says_so(plugins, tmp_path):
    (tmp_path / "_helper.py").write_text("SCALE = 1\n")
    plugins(mine=GOOD.replace("def explain", "from _helper import SCALE\n\ndef explain"))
    assert "What is beside it is imported with a dot: from ._helper import" in the_refusal().reason
    (tmp_path / "_helper.py").unlink()
    sources.forget_folders()
    sources.add_folder(tmp_path)
    assert "No module named '_helper'" in the_refusal().reason and "dot" not in the_refusal().reason


def test_what_is_no_readable_file_is_a_sentence_and_stops_nothing(plugins, tmp_path):
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "link.py").symlink_to(tmp_path / "gone")
    for pipe in ("pipe.py", "_helper.py"):
        os.mkfifo(tmp_path / pipe)
    plugins(mine=GOOD)
    reasons = {found.name: found.reason for found in CATALOG.refused()}
    assert analyzers.get("mine") and set(reasons) == {"folder.py", "link.py", "pipe.py"}
    assert "IsADirectoryError" in reasons["folder.py"] and "FileNotFoundError" in reasons["link.py"]
    assert "pipe.py is no file" in reasons["pipe.py"]
    assert not any("(line" in reason for reason in reasons.values()), "a line of a library says nothing"


@pytest.mark.parametrize("place", ["missing", "a file"])
def test_a_folder_that_is_none_is_refused(forgotten, tmp_path, place):
    path = tmp_path / "x.py"
    if place == "a file":
        path.write_text("")
    with pytest.raises(BadInput) as refusal:
        sources.add_folder(path)
    assert refusal.value.field == "plugins" and refusal.value.message.endswith(
        {"missing": "not there.", "a file": "a file."}[place]
    )


@pytest.mark.parametrize(
    ("module", "attribute", "words"),
    [
        ("no_such_package.plugin", "ONE", "No module named"),
        ("json", "NO_SUCH", "has no NO_SUCH"),
        ("json", "dumps", "Expected Analyzer, got function"),
        ("tensorflow", "ONE", "imports tensorflow at the top of the file"),
    ],
)
def test_an_entry_point_that_leads_nowhere_is_a_sentence(forgotten, monkeypatch, module, attribute, words):
    point = SimpleNamespace(name="x", module=module, attr=attribute, dist=SimpleNamespace(name="other", version="1"))
    monkeypatch.setattr(sources.importlib.metadata, "entry_points", lambda group: [point])
    monkeypatch.setattr(CATALOG, "_read_at", None)
    if module == "tensorflow":
        monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    try:
        assert len(analyzers.all()) > 30 and words in the_refusal().reason and the_refusal().origin.name == "other 1"
    finally:
        CATALOG._read_at = None


def test_reading_all_declarations_needs_no_heavy_library():
    code = "from innv_gui import analyzers; import sys; analyzers.all(); print('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "False"
