"""docs/methods.md says what the code says: tables are made of it, and every method has its formula and its limits."""

import json
import re
import runpy

import pytest

from innv_gui import analyzers
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "methods.md"


@pytest.fixture(scope="module")
def maker():
    """The names of docs/make_methods.py."""
    return runpy.run_path(str(ROOT / "docs" / "make_methods.py"))


@pytest.fixture
def elsewhere(maker, tmp_path, monkeypatch):
    """The maker reads its figures from an empty folder."""
    monkeypatch.setitem(maker["conformance"].__globals__, "DOCS", tmp_path)
    return tmp_path


def rows(text):
    """The cells of every row of every table."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def by_hand(text):
    return re.sub(r"<!-- made: .*?<!-- end -->", "", text, flags=re.DOTALL)


def test_the_tables_are_what_declarations_rules_and_figures_give_now(maker):
    text = PAGE.read_text()
    assert maker["made"](text) == text, "run `make docs`"


def test_every_table_that_can_be_made_is_on_the_page(maker):
    assert set(re.findall(r"<!-- made: (\w+) -->", PAGE.read_text())) == set(maker["TABLES"])


@pytest.mark.parametrize("name", [one.name for one in analyzers.all()])
def test_every_method_has_a_formula_what_it_ignores_and_when_it_misleads(name):
    found = [row for row in rows(by_hand(PAGE.read_text())) if f"`{name}`" in re.findall("`[^`]+`", row[0])]
    assert [len(row) for row in found] == [4] and all(found[0])


def test_a_declared_method_and_its_settings_are_in_the_tables(maker):
    methods, settings = rows(maker["methods"]()), rows(maker["settings"]())
    assert [row[0] for row in methods[1:]] == [f"`{one.name}`" for one in analyzers.all()]
    assert all(
        one.summary in row[2] and one.source in row[3] for one, row in zip(analyzers.all(), methods[1:], strict=True)
    )
    epsilon = next(row for row in settings if row[0] == "`epsilon`" and "`lrp.epsilon`" in row[4])
    assert epsilon[1] == "1e-7" and epsilon[2] == "a number above 0, at most 1000000"


def test_the_rules_are_shown_as_the_data_that_they_are(maker):
    shown = {row[0]: row[1:] for row in rows(maker["rule_formulas"]())}
    assert shown["α2β1"][0] == "2 · [W⁺ x⁺ + W⁻ x⁻ + b]; −1 · [W⁻ x⁺ + W⁺ x⁻ + b]"
    assert shown["bounded"] == ["1 · [W x − W⁺ low − W⁻ high]", "its message is 0"]
    places = {row[0]: row[1:] for row in rows(maker["places"]())}
    assert places["`lrp.sequential_preset_b_flat`"][:4] == ["flat", "α2β1", "ε", "preset norm"]
    assert places["`deep_taylor.bounded`"][:4] == ["bounded", "z⁺", "z⁺", "gradient"]


def test_the_conformance_tables_are_the_figures_of_the_file(maker, elsewhere):
    compared = [
        {"network": "mlp", "method": "lrp.z", "difference": 0.0000312, "correlation": 1.0, "note": ""},
        {"network": "mlp", "method": "lrp.flat", "difference": None, "correlation": None, "note": "not | here"},
        {"network": "cnn", "method": "lrp.z", "difference": 0.0, "correlation": 1.0, "note": ""},
    ]
    ran = {"network": "VGG16", "methods": ["a", "b"], "unchecked": ["b"], "finite": False}
    ran |= {"sum_over_logit": 0.99914, "failed": {"b": "ValueError: no"}, "code": "abc"}
    (elsewhere / "conformance.json").write_text(json.dumps({"innvestigate": compared, "applications": [ran]}))
    assert rows(maker["conformance"]())[1:] == [
        ["`lrp.z`", "3e-5", "0"],
        ["`lrp.flat`", "not \\| here", "–"],
    ]
    expected = ["VGG16", "2", "`b`", "**no**", "0.9991", "`b`: ValueError: no", "`abc`"]
    assert rows(maker["applications"]())[1] == expected


def test_a_mutation_that_nothing_noticed_is_told(maker, elsewhere):
    survived = [{"place": "rules.epsilon", "mutation": "epsilon: other sign", "caught_by": ""}]
    (elsewhere / "mutations.json").write_text(json.dumps(survived))
    assert rows(maker["mutations"]())[1] == ["`rules.epsilon`", "epsilon: other sign", "**nothing**"]
