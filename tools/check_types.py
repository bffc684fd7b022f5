"""Runs pyright and compares what it finds with what is known: `python tools/check_types.py [--write]`.

tools/known_types.json counts what was there when the check came, by file and rule: most of it is what libraries without
types let pyright guess. A count that grew is a fault; one that shrank is written with --write, so that it stays low.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KNOWN = ROOT / "tools" / "known_types.json"

# Strict files hand on what libraries without types give (pyarrow, pandas, h5py, duckdb, scipy, pydantic's fields).
UNTYPED = frozenset(
    """
    reportUnknownMemberType reportUnknownVariableType reportUnknownArgumentType reportUnknownLambdaType
    reportMissingTypeStubs reportUnknownParameterType
    """.split()
)

Counts = dict[str, dict[str, int]]  # file -> rule -> count


def main(arguments: list[str]) -> int:
    """Exit status 1 where there is more, or less, than what is known."""
    findings = [one for one in _pyright() if one["severity"] == "error" and one.get("rule") not in UNTYPED]
    now = counted(findings)
    if "--write" in arguments:
        KNOWN.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n")
        return 0
    known = json.loads(KNOWN.read_text())
    grown = differing(now, known)
    for one in findings:
        if (_file(one), one.get("rule", "")) in grown:
            print(f"{_file(one)}:{one['range']['start']['line'] + 1}: {one['message']} ({one.get('rule', '')})")
    shrunk = differing(known, now)
    if shrunk and not grown:
        print("Fewer findings than tools/known_types.json has: run `.venv/bin/python tools/check_types.py --write`.")
    print(f"pyright: {len(findings)} known findings, {len(grown)} places with new ones")
    return int(bool(grown or shrunk))


def counted(findings: list[dict]) -> Counts:
    """Findings of pyright by file and rule."""
    found: Counts = {}
    for (file, rule), count in Counter((_file(one), one.get("rule", "")) for one in findings).items():
        found.setdefault(file, {})[rule] = count
    return found


def differing(more: Counts, fewer: Counts) -> set[tuple[str, str]]:
    """(file, rule) of which `more` has more."""
    pairs = ((file, rule, count) for file, rules in more.items() for rule, count in rules.items())
    return {(file, rule) for file, rule, count in pairs if count > fewer.get(file, {}).get(rule, 0)}


def _file(finding: dict) -> str:
    return Path(finding["file"]).relative_to(ROOT).as_posix()


def _pyright() -> list[dict]:
    program = ROOT / "tools" / "node_modules" / ".bin" / "pyright"
    command = [program, "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    try:
        return json.loads(done.stdout)["generalDiagnostics"]
    except (ValueError, KeyError):
        sys.exit(f"pyright gave no answer: {done.stderr or done.stdout:.500}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
