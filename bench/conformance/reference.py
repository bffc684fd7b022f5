"""The small networks of tests/attribution/test_conformance.py side by side with iNNvestigate, as figures."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench.conformance import record

sys.path.insert(0, str(record.ROOT))

NOTES = {True: "the first layer behind padding gets no rule of its own in iNNvestigate", False: ""}


def networks() -> tuple[str, ...]:
    """By the names of the tests."""
    from tests.attribution import test_conformance as tests

    return tuple(tests.NETWORKS)


def measure() -> None:
    """One row per network and method: the largest difference and the lowest correlation over all settings tried."""
    from tests.attribution import test_conformance as tests
    from tests.innvestigate import legacy_process as legacy

    with legacy.process() as worker, tempfile.TemporaryDirectory() as folder:
        for network in tests.NETWORKS:
            figures = tests.measured(worker, Path(folder), network, tests.compared_on(network, whole=True))
            record.put("innvestigate", network, _rows(network, figures, tests))
            print(f"{network:<16}{max(one[0] for one in figures.values()):>10.0e}", flush=True)


def _rows(network: str, figures: dict, tests) -> list[dict]:
    rows = []
    for method in tests.METHODS:
        found = [one for (name, _), one in figures.items() if name == method]
        differs = not found and tests.known_difference(network, method, {})
        rows.append(
            {
                "network": network,
                "method": method,
                "difference": float(f"{max(one[0] for one in found):.1e}") if found else None,
                "correlation": round(min(float(one[1]) for one in found), 7) if found else None,
                "note": NOTES[bool(differs)],
                "code": record.code(),
            }
        )
    return rows
