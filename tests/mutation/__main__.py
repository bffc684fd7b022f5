"""`python -m tests.mutation [WORD ...]`: every mutation, or those whose module, name or description
holds one of the words."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys

from tests.mutation.catalogue import MUTATIONS
from tests.mutation.place import Mutation
from tests.mutation.trial import ROOT, first_failure, tried

RECORD = ROOT / "docs" / "mutations.json"
AT_ONCE = int(os.environ.get("MUTATIONS_AT_ONCE", "2"))
HEAVY = ["tensorflow", "keras", "hypothesis", "pytest", "h5py", "pydantic"]


def main(words: list[str]) -> int:
    """Exit status 1 when nothing noticed a mutation, or one has lost its place."""
    chosen = [
        one for one in MUTATIONS if not words or any(word in f"{one.module}.{one.name} {one.what}" for word in words)
    ]
    lost = [one for one in chosen if one.lost(ROOT)]
    for one in lost:
        print(one.lost(ROOT))
    chosen = [one for one in chosen if one not in lost]
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    start = multiprocessing.get_context("forkserver")
    start.set_forkserver_preload(HEAVY)
    with start.Pool(AT_ONCE, maxtasksperchild=1) as pool:
        _check_unharmed(pool, chosen)
        return int(_survived(pool.imap_unordered(tried, chosen)) + len(lost) > 0)


def _check_unharmed(pool, chosen: list[Mutation]) -> None:
    """A test that fails anyway would seem to notice everything."""
    files = tuple(sorted({test for one in chosen for test in one.tests}))
    failed = pool.apply(first_failure, (files,))
    if failed:
        sys.exit(f"Without any mutation {failed} fails already.")


def _survived(results) -> int:
    count = 0
    for mutation, caught in results:
        count += not caught
        print(f"{caught or 'SURVIVED':<85} {mutation.place}: {mutation.what}", flush=True)
        _put(mutation, caught)
    print(f"{count} survived")
    return count


def _put(mutation: Mutation, caught: str) -> None:
    """In the order of the catalogue; what is no longer in it goes."""
    known = {(row["place"], row["mutation"]): row for row in json.loads(RECORD.read_text())}
    key = (mutation.place, mutation.what)
    known[key] = {"place": key[0], "mutation": key[1], "caught_by": caught}
    order = [(one.place, one.what) for one in MUTATIONS]
    lines = [json.dumps(known[one], ensure_ascii=False) for one in order if one in known]
    RECORD.write_text("[\n " + ",\n ".join(lines) + "\n]\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
