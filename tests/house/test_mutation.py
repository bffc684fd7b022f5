"""`make mutation`: what is made wrong, and what is said of it."""

import json

import pytest

from tests.conftest import ROOT
from tests.mutation import __main__ as run
from tests.mutation.catalogue import MUTATIONS
from tests.mutation.place import Mutation

TEXT = """\
SUM = a + b

def sum(a, b):
    return a + b

class Numbers:
    def sum(self):
        def twice(a, b):
            return a + b
        return twice
"""


@pytest.mark.parametrize(("name", "line"), [("SUM", 0), ("sum", 3), ("Numbers.sum.twice", 8)])
def test_a_mutation_changes_the_lines_of_one_function_alone(tmp_path, name, line):
    (tmp_path / "innv_gui").mkdir()
    (tmp_path / "innv_gui" / "numbers.py").write_text(TEXT)
    mutation = Mutation("numbers", name, "sign", "a + b", "a - b", ())
    assert mutation.lost(tmp_path) == ""
    mutation.apply(tmp_path)
    found = (tmp_path / "innv_gui" / "numbers.py").read_text().splitlines()
    changed = [place for place, one in enumerate(TEXT.splitlines()) if one != found[place]]
    assert changed == [line] and "0 times" in mutation.lost(tmp_path)


@pytest.mark.parametrize(
    ("module", "name", "old", "words"),
    [
        ("numbers", "product", "a + b", "numbers.product: sign: innv_gui/numbers.py has 0 of the name product"),
        ("numbers", "sum", "a * b", "numbers.sum: sign: 'a * b' is there 0 times"),
        ("numbers", "sum", "a", "is there 2 times"),
        ("letters", "sum", "a + b", "there is no innv_gui/letters.py"),
    ],
)
def test_a_mutation_whose_function_or_text_is_gone_is_told_by_name(tmp_path, module, name, old, words):
    (tmp_path / "innv_gui").mkdir()
    (tmp_path / "innv_gui" / "numbers.py").write_text(TEXT)
    assert words in Mutation(module, name, "sign", old, "-", ()).lost(tmp_path)


def test_every_mutation_has_its_function_its_text_and_its_tests():
    assert [one.lost(ROOT) for one in MUTATIONS if one.lost(ROOT)] == []
    assert len({(one.place, one.what) for one in MUTATIONS}) == len(MUTATIONS) > 130
    assert all(one.old != one.new and one.tests for one in MUTATIONS)
    assert [test for one in MUTATIONS for test in one.tests if not (ROOT / "tests" / test).exists()] == []


def test_what_survives_is_counted_and_written_in_the_catalogues_order(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run, "RECORD", tmp_path / "mutations.json")
    run.RECORD.write_text(json.dumps([{"place": "gone.sum", "mutation": "old", "caught_by": "test_x"}]))
    first, second, third = MUTATIONS[:3]
    assert run._survived([(third, "test_a"), (first, ""), (second, "test_b")]) == 1
    rows = json.loads(run.RECORD.read_text())
    assert [row["mutation"] for row in rows] == [first.what, second.what, third.what]
    assert [row["caught_by"] for row in rows] == ["", "test_b", "test_a"] and "SURVIVED" in capsys.readouterr().out


def test_a_test_that_fails_anyway_stops_the_run():
    class Pool:
        def apply(self, function, arguments):
            return "test_x"

    with pytest.raises(SystemExit, match="Without any mutation test_x fails already"):
        run._check_unharmed(Pool(), list(MUTATIONS))
