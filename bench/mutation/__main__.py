"""`python -m bench.mutation [WORD ...]`: every mutation, or those whose file or description holds one of the words."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from pathlib import Path

from bench.mutation.catalogue import MUTATIONS, Mutation
from bench.mutation.trial import ROOT, caught_by

RECORD = ROOT / "docs" / "mutations.json"
AT_ONCE = 2
HEAVY = ["tensorflow", "keras", "hypothesis", "pytest", "_pytest.assertion.rewrite", "h5py", "pydantic"]


def main(words: list[str]) -> int:
    """Exit status 1 when nothing noticed a mutation, or one has lost its place."""
    chosen = [one for one in MUTATIONS if not words or any(word in f"{one.file} {one.what}" for word in words)]
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    start = multiprocessing.get_context("forkserver")
    start.set_forkserver_preload(HEAVY)
    rows = []
    files = {test for one in chosen for test in one.tests}
    with start.Pool(AT_ONCE, maxtasksperchild=1) as pool:
        without = pool.apply(caught_by, (Mutation("README.md", "nothing", "# innv-gui", "# innv-gui", tuple(files)),))
        if without:
            print(f"Without any mutation {without} fails already.")
            return 1
        for mutation, caught in zip(chosen, pool.imap(caught_by, chosen), strict=True):
            rows.append({"file": Path(mutation.file).name, "mutation": mutation.what, "caught_by": caught})
            print(
                f"{'caught  ' if caught else 'SURVIVED'}  {Path(mutation.file).name}: {mutation.what}  {caught}",
                flush=True,
            )
    if not words:
        RECORD.write_text("[\n" + ",\n".join(f" {json.dumps(row, ensure_ascii=False)}" for row in rows) + "\n]\n")
    survived = sum(not row["caught_by"] for row in rows)
    print(f"{len(rows) - survived} of {len(rows)} caught")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
