"""`make check`: its types are those of REST now, and what it counts can only shrink."""

import json
import subprocess

import pytest

from tests.conftest import ROOT
from tools import check_types, write_types


def test_the_types_of_rest_are_those_of_the_document_now():
    assert write_types.PLACE.read_text() == write_types.text(), "run `make types`"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, "number"),
        ({"type": ["string", "null"]}, "string | null"),
        ({"anyOf": [{"type": "number"}, {"type": "integer"}, {"type": "null"}]}, "number | null"),
        ({"enum": ["a", 1, True, None]}, '"a" | 1 | true | null'),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Wanted"}}, "Array<Wanted>"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, "Record<string, boolean>"),
        ({"type": "object", "required": ["a"], "properties": {"a": {}, "b-c": {}}}, '{\n  a: any;\n  "b-c"?: any;\n}'),
    ],
)
def test_a_schema_is_written_as_a_type(schema, expected):
    assert write_types.written(schema) == expected


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        (2, 0, "2 known findings"),
        (3, 1, "innv_gui/a.py:7: wrong (reportCallIssue)"),
        (1, 1, "Fewer findings than"),
    ],
)
def test_findings_that_grow_are_faults_and_those_that_shrink_are_written_down(
    tmp_path, monkeypatch, capsys, found, status, said
):
    place = {"file": str(ROOT / "innv_gui" / "a.py"), "range": {"start": {"line": 6}}, "severity": "error"}
    one = place | {"message": "wrong", "rule": "reportCallIssue"}
    monkeypatch.setattr(check_types, "KNOWN", tmp_path / "known.json")
    monkeypatch.setattr(check_types, "_pyright", lambda: [one] * found + [one | {"severity": "warning"}])
    check_types.KNOWN.write_text(json.dumps({"innv_gui/a.py": {"reportCallIssue": 2}}))
    assert check_types.main([]) == status and said in capsys.readouterr().out
    assert check_types.main(["--write"]) == 0 == check_types.main([])


def test_node_modules_are_pinned_by_content_and_name_no_host():
    lock = json.loads((ROOT / "tools" / "package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages and all("integrity" in one and "resolved" not in one for one in packages.values())


@pytest.mark.parametrize(
    ("only", "tests"),
    [
        ("session/suggest", "tests/suggest"),
        ("innv_gui/session/explain", "tests/explain"),
        ("runtimes/keras/attribution datasets", "tests/attribution tests/datasets"),
        ("session files/test_model_gate.py", "tests/session tests/files/test_model_gate.py"),
        ("nothing/here", "tests/nothing/here"),
    ],
)
def test_make_test_takes_the_room_of_the_product_as_well(only, tests):
    done = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "test", f"ONLY={only}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines()[-1].endswith(f"reorder {tests}")
