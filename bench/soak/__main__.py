"""`python -m bench.soak [NAME ...]`: all trials, or those whose name or group is given; prints and stores them."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from bench.soak import faults, loads, storage
from bench.soak.product import ROOT
from bench.soak.trial import Trial, tried

TRIALS: list[Trial] = [*loads.load.listed, *faults.fault.listed, *storage.storage.listed]
RESULTS, PAGE = ROOT / "bench" / "soak.json", ROOT / "docs" / "soak.md"
WORDS = {True: "held", False: "FAILED", None: "not tried"}


def main(chosen: list[str]) -> int:
    """0 when nothing failed. A trial that is not made keeps its earlier row."""
    known = {trial.name for trial in TRIALS} | {trial.group for trial in TRIALS}
    unknown = [name for name in chosen if name not in known]
    if unknown:
        names = ", ".join(trial.name for trial in TRIALS)
        print(f"There is no trial {unknown[0]!r}. Expected load, fault, storage or some of {names}.", file=sys.stderr)
        return 2
    rows = {row["name"]: row for row in json.loads(RESULTS.read_text())["trials"]} if RESULTS.exists() else {}
    made = [trial for trial in TRIALS if not chosen or {trial.name, trial.group} & set(chosen)]
    for trial in made:
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            rows[trial.name] = row = tried(trial, Path(folder))
        print(f"{WORDS[row['held']]:<10}{trial.words} ({row['seconds']:.0f} s)\n          {row['figure']}", flush=True)
        _store([rows[one.name] for one in TRIALS if one.name in rows])
    return int(any(rows[trial.name]["held"] is False for trial in made))


def _store(rows: list[dict]) -> None:
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    RESULTS.write_text(json.dumps({"machine": machine, "trials": rows}, indent=1) + "\n")
    lines = [f"| {row['words']} | {WORDS[row['held']]} | {_cell(row['figure'])} |" for row in rows]
    PAGE.write_text("\n".join([*_HEAD, *lines, ""]))


def _cell(figure: str) -> str:
    return figure.replace("|", "\\|").replace("\n", " ")


_HEAD = """# What the product was put through

`make soak` starts the product as a person does, on this machine only, puts it under load and breaks what can break.
Each row is one trial of the last run; `bench/soak.json` has the same with the seconds that each took.

| what | outcome | figure |
|---|---|---|""".splitlines()

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
