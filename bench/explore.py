"""A million images on Explore, without any image: rows by query and order, maps, neighbours, and the server's memory.

The scores are those of `bench.suggest`; places are measured in the worker's functions themselves. `python -m
bench.explore` measures in a process of its own and prints JSON; `measure()` asks for it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench import million_map
from bench.suggest import N_IMAGES, made_up

AIMS_S = {"facts": 2.0, "rows": 1.0, "confusion": 1.0, "neighbours": 0.5}
MEMORY_GIB = 1.5
QUERY = 'A.loss > 0.1 and label ["3", "4"] or file contains 77'
FIRST_OF_PCA, USABLE_AFTER_S, OF_SCORING = 4.0, 3.0, 0.5
SCORED_A_S = 5000  # images a second: the sample digits under one small network, the fastest that `bench scoring` knows
DIMENSIONS = 128


def measure(n: int = N_IMAGES) -> dict:
    """In two fresh processes: the server's, and the worker's of maps."""
    found = {}
    for name in ("table", "maps"):
        done = subprocess.run(
            [sys.executable, "-m", "bench.explore", name, str(n)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        found[name] = json.loads(done.stdout.splitlines()[-1])
    return {"images": n, **found, "drawing": million_map.measure(n)}


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def table(n: int) -> dict:
    """Facts, every column's order under a query, confusion, neighbours, as the server gives them."""
    from bench.memory import peak_gib
    from innv_gui import Session
    from innv_gui.cluster.jobs import Job
    from innv_gui.session.explore.exploration import Exploration
    from innv_gui.session.explore.request import check_exploration
    from innv_gui.session.explore.shelf import Places
    from innv_gui.session.explore.tags import Tags

    with tempfile.TemporaryDirectory() as folder, Session(folder) as session:
        suggestion = made_up(session, n)
        request = check_exploration(suggestion.models, suggestion.dataset, "logits")
        places = Places(Path(folder) / "explore", lambda: session.pool, session.jobs)
        thumbs = session.explorations.thumbs(suggestion.dataset)
        tags = Tags(Path(folder) / "tags", suggestion.dataset)
        job = Job("explore", "Exploring", n, "images")
        job.run(lambda job: None)
        exploration = Exploration(request, suggestion._folders, job, thumbs, tags, places)
        took = {"facts": timed(lambda: exploration.facts)}
        exploration.query("", "file")  # ranks of names are made once
        took |= {f"rows by {name}": timed(lambda name=name: _page(exploration, name)) for name in exploration.columns}
        took["confusion"] = timed(lambda: exploration.confusion())
        exploration.neighbours(0)
        took["neighbours"] = timed(lambda: exploration.neighbours(n // 2))
        return {"seconds": took, "memory_gib": peak_gib()}


def _page(exploration, column: str) -> list[dict]:
    """One page, as the browser asks for it: filtered, sorted, with all cells."""
    order = exploration.table.order(QUERY, None, column, True)
    return exploration.table.cells(order.rows[:60])


def maps(n: int) -> dict:
    """Seconds until a map is there, is usable, and is complete."""
    from innv_gui.explore.components import components_of
    from innv_gui.explore.placing import Placing
    from innv_gui.runtimes.numbers.placing import placed

    features = _clusters(70_000)
    pca = timed(lambda: components_of(lambda: np.array_split(features, 10)))
    first = timed(lambda: next(placed(_short(features), Placing("tsne"))))
    some = _short(_clusters(10_000))
    list(_until(placed(some[:500], Placing("tsne")), "Groups form"))  # libraries are imported
    usable = timed(lambda: list(_until(placed(some, Placing("tsne")), "Groups form")))
    whole = _short(_clusters(n))
    complete = timed(lambda: list(placed(whole, Placing("tsne"))))
    return {
        "first picture of 70,000 / PCA alone": first / pca,
        "usable after PCA, 10,000": usable,
        "complete by landmarks": complete,
        "of scoring": complete / (n / SCORED_A_S),
    }


def _until(states, words: str):
    for state in states:
        yield state
        if state.words == words:
            return


def _clusters(n: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(10, DIMENSIONS)).astype(np.float32) * 3
    return centres[rng.integers(0, 10, n)] + rng.standard_normal((n, DIMENSIONS), np.float32)


def _short(features: np.ndarray) -> np.ndarray:
    from innv_gui.explore.components import components_of

    return components_of(lambda: np.array_split(features, 10))(features)


if __name__ == "__main__":
    print(json.dumps({"table": table, "maps": maps}[sys.argv[1]](int(sys.argv[2]))))
