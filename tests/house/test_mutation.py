"""`make mutation`: what is made wrong, and what is said of it."""

import json

import pytest

from bench.mutation import __main__ as run
from bench.mutation.catalogue import MUTATIONS, Mutation
from tests.conftest import ROOT


def test_a_mutation_changes_one_place(tmp_path):
    (tmp_path / "sum.py").write_text("a + b\nc - d\n")
    mutation = Mutation("sum.py", "sign", "a + b", "a - b", ())
    assert mutation.has_its_place(tmp_path)
    mutation.apply(tmp_path)
    assert (tmp_path / "sum.py").read_text() == "a - b\nc - d\n" and not mutation.has_its_place(tmp_path)
    (tmp_path / "sum.py").write_text("a + b\na + b\n")
    assert not mutation.has_its_place(tmp_path)


def test_every_mutation_is_one_by_its_name_and_has_tests():
    assert len({(one.file, one.what) for one in MUTATIONS}) == len(MUTATIONS) > 80
    assert all(one.old != one.new and (ROOT / one.file).exists() for one in MUTATIONS)
    assert all(one.tests for one in MUTATIONS)
    assert [one.what for one in MUTATIONS if not one.has_its_place(ROOT)] == []


def test_what_survives_is_counted_and_written_in_the_catalogues_order(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run, "RECORD", tmp_path / "mutations.json")
    run.RECORD.write_text(json.dumps([{"file": "gone.py", "mutation": "old", "caught_by": "test_x"}]))
    first, second, third = MUTATIONS[:3]
    assert run._survived([(third, "test_a"), (first, ""), (second, "test_b")]) == 1
    rows = json.loads(run.RECORD.read_text())
    assert [row["mutation"] for row in rows] == [first.what, second.what, third.what]
    assert [row["caught_by"] for row in rows] == ["", "test_b", "test_a"] and "SURVIVED" in capsys.readouterr().out


def test_a_test_that_fails_anyway_stops_the_run():
    class Pool:
        def apply(self, function, arguments):
            return arguments[0], "test_x"

    with pytest.raises(SystemExit, match="Without any mutation test_x fails already"):
        run._check_unharmed(Pool(), list(MUTATIONS))
