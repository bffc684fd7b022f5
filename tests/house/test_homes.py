"""Which process of several takes which file of tests."""

from types import SimpleNamespace

import pytest

from tests.homes import BROWSER, FIXTURES, REFERENCE, SESSION, HomeScheduling, home

A, B, C, D = (
    f"tests/{name}.py" for name in ("browser/test_a", "scoring/test_b", "innvestigate/test_c", "files/test_d")
)


@pytest.mark.parametrize(
    ("scope", "where"),
    [
        (A, BROWSER),
        (f"{B}::TestClass", SESSION),
        (C, REFERENCE),
        (D, None),
        ("tests/attribution/test_rules.py", None),
        ("tests/attribution/test_conformance.py", REFERENCE),
        ("tests/cluster/test_pool.py", None),
        ("tests/attribution/test_main_job.py", SESSION),
        ("tests/browser/explore/test_maps.py", BROWSER),
        ("tests/browser/test_names.py", SESSION),  # a browser, but no demo
    ],
)
def test_a_file_is_at_home_where_what_it_needs_runs(scope, where):
    assert home(scope) == where


def test_files_are_at_home_where_the_fixtures_that_they_use_are(request):
    """Of those that this run collects: elsewhere a second session or demo would start for them."""
    used = {}
    for item in request.session.items:
        file = item.path.relative_to(request.config.rootpath).as_posix()
        used.setdefault(file, set()).update(FIXTURES[name] for name in item.fixturenames if name in FIXTURES)
    assert {file: (homes, home(file)) for file, homes in used.items() if homes and home(file) not in homes} == {}


def order(place, count=3):
    """In which a process takes everything, were it alone."""
    nodes = list(range(count))
    waiting, taken = dict.fromkeys((D, C, B, A)), []
    while waiting:
        asked = SimpleNamespace(nodes=nodes, workqueue=waiting)
        taken.append(HomeScheduling._next_scope(asked, nodes[place]))
        del waiting[taken[-1]]
    return taken


def test_a_process_takes_its_own_then_what_is_nowhere_at_home_and_browsers_of_others_last():
    assert order(BROWSER) == [A, D, C, B]
    assert order(SESSION) == [B, D, C, A]
    assert order(REFERENCE) == [C, D, B, A]


def test_fewer_processes_share_the_homes():
    assert order(0, count=1) == [C, B, A, D] and order(1, count=2) == [B, D, C, A]
