"""docs/conformance.json: what was run, with which code. A row is written as soon as it is known."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "docs" / "conformance.json"
ENGINE = ROOT / "innv_gui" / "runtimes" / "keras" / "attribution"
EMPTY = {"innvestigate": [], "applications": [], "versions": {}}


def code() -> str:
    """Changes with the engine: the first 12 digits of the SHA-256 of its files."""
    digest = hashlib.sha256()
    for path in sorted(ENGINE.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def load() -> dict:
    """The file's content, or an empty record."""
    return json.loads(PATH.read_text()) if PATH.exists() else {key: type(one)() for key, one in EMPTY.items()}


def put(part: str, network: str, rows: list[dict]) -> None:
    """Replaces the rows of a network in a part of the record. Rows are in the order in which networks came."""
    record = load()
    record[part] = [row for row in record[part] if row["network"] != network] + rows
    record["versions"] = _versions()
    _write(record)


def done(part: str) -> set[str]:
    """The networks that were run with the code as it is now."""
    return {row["network"] for row in load()[part] if row["code"] == code()}


def _versions() -> dict:
    from importlib.metadata import version

    packages = ("tensorflow", "keras", "tf_keras", "innvestigate", "numpy")
    return {"python": platform.python_version(), **{package: version(package) for package in packages}}


def _write(record: dict) -> None:
    """One row per line, so that a change shows as one."""
    parts = []
    for key, content in record.items():
        if isinstance(content, list):
            rows = ",\n".join(f"  {json.dumps(row)}" for row in content)
            content_text = f"[\n{rows}\n ]" if content else "[]"
        else:
            content_text = json.dumps(content)
        parts.append(f" {json.dumps(key)}: {content_text}")
    temporary = PATH.with_suffix(".part")
    temporary.write_text("{\n" + ",\n".join(parts) + "\n}\n")
    os.replace(temporary, PATH)
