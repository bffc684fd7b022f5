"""`make test-fast` leaves out what it says, by imports and names."""

import importlib.util
import subprocess
from types import SimpleNamespace

import pytest

from innv_gui import Session
from tests import fast_part
from tests.conftest import ROOT, Server

TESTS = ROOT / "tests"


@pytest.mark.parametrize(
    ("file", "heavy"),
    [
        ("attribution/test_rules.py", True),  # imports TensorFlow
        ("suggest/test_rest.py", False),  # a session's workers do
        ("innvestigate/test_bridge.py", True),
        ("browser/test_tour.py", True),
        ("store/test_store.py", False),
    ],
)
def test_a_file_is_left_out_for_what_it_imports_itself_or_by_our_modules(file, heavy):
    assert fast_part.needs_heavy(TESTS / file) is heavy


def test_what_a_module_of_the_product_imports_counts_for_whoever_imports_it(tmp_path):
    for module, heavy in (("networks import loading", True), ("files import gate", False)):
        path = tmp_path / f"test_{module.split()[-1]}.py"
        path.write_text(f"from innv_gui.runtimes.keras.{module}\n")
        assert fast_part.needs_heavy(path) is heavy


def starts_a_server():
    return Server("demo", log=None)


def by_a_helper():
    return [starts_a_server for _ in range(2)]


def runs_a_program():
    subprocess.run(["true"], check=True)


def opens_a_session():
    return Session()


def loads_by_place():
    return importlib.util.spec_from_file_location("made", "made.py")


def computes():
    return TESTS / "made"


@pytest.mark.parametrize(
    ("function", "left_out"),
    [
        (starts_a_server, True),
        (by_a_helper, True),
        (runs_a_program, True),
        (opens_a_session, True),
        (loads_by_place, True),
        (computes, False),
    ],
)
def test_a_test_is_left_out_for_what_it_names_or_its_fixtures_or_helpers_do(function, left_out):
    nothing, fixtures = SimpleNamespace(name2fixturedefs={}), {"made": [SimpleNamespace(func=function)]}
    by_itself = SimpleNamespace(function=function, _fixtureinfo=nothing)
    by_fixture = SimpleNamespace(function=computes, _fixtureinfo=SimpleNamespace(name2fixturedefs=fixtures))
    assert fast_part.may_start_processes(by_itself) is left_out
    assert fast_part.may_start_processes(by_fixture) is left_out
