"""docs/workshop.md says what was measured: its tables are made of docs/workshop.json, and the figures hold."""

import json
import re
import runpy
from statistics import mean

import pytest

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "workshop.md"
FIGURES = json.loads((ROOT / "docs" / "workshop.json").read_text())
LINES = ("vertical_line", "horizontal_line")


@pytest.fixture(scope="module")
def maker():
    return runpy.run_path(str(ROOT / "docs" / "make_workshop.py"))


def test_the_tables_are_what_the_figures_give_now(maker):
    text = PAGE.read_text()
    assert maker["made"](text) == text, "run `make docs`"
    assert set(re.findall(r"<!-- made: (\w+) -->", text)) == set(maker["TABLES"])


def test_the_lines_grow_clearer_with_more_classes():
    own, other = {}, {}
    for one in FIGURES["lines"]:
        if one["model"] == "mlp":
            seeds, count = one["seeds"], len(one["classes"])
            own[count] = mean(seed["r"][name] for seed in seeds for name in LINES)
            other[count] = [seed["others"][name][rival] for seed in seeds for name, rival in (LINES, LINES[::-1])]
    assert own[4] - own[2] >= 0.08 and own[6] - own[4] >= 0.04
    assert max(other[2]) < 0


def test_reported_coefficients_of_the_perceptron_are_reproduced(maker):
    for one in FIGURES["lines"]:
        reported = maker["REPORTED_LINES"].get((one["model"], len(one["classes"])), ())
        for name, r in zip(LINES, reported, strict=False):
            assert mean(seed["r"][name] for seed in one["seeds"]) == pytest.approx(r, abs=0.05)
    six = next(one for one in FIGURES["six"] if one["model"] == "mlp")
    for name, r in zip(maker["SHAPES"], maker["REPORTED_SIX"]["mlp"], strict=True):
        assert mean(abs(seed["r"][name]) for seed in six["seeds"]) == pytest.approx(r, abs=0.05)


def test_the_recommended_way_cures_a_marker_in_every_seed():
    for one in FIGURES["markers"]:
        replaced = [seed["replaced_accuracy"] for seed in one["seeds"]]
        assert len(replaced) == 5
        if one["way"] == "none":
            assert max(replaced) <= 0.1
        if one["way"] == "filling":
            assert min(replaced) >= 0.9
