"""What was done before: one small JSON file each, so that it outlives the server."""

from __future__ import annotations

import contextlib
import json
import re
from pathlib import Path

from innv_gui.errors import NotFound
from innv_gui.store.files import write_bytes

KEPT = 500
_NAME = re.compile(r"[a-z]-[0-9a-f]{12}")


class History:
    """Plain records by id, newest first. A record has at least "id" and "started" (seconds since 1970)."""

    def __init__(self, folder: Path, kept: int = KEPT):
        self._folder, self._kept = Path(folder), kept

    def put(self, record: dict) -> None:
        """Keep a record, in place of an older one of the same id; the oldest ones go."""
        write_bytes(self._path(record["id"]), json.dumps(record, ensure_ascii=True).encode())
        for old in self.all()[self._kept :]:
            self.forget(old["id"])

    def all(self) -> list[dict]:
        """Newest first; a file that cannot be read is passed over."""
        read = [_read(path) for path in self._folder.glob("*.json")]
        known = [record for record in read if record is not None]
        return sorted(known, key=lambda record: (record["started"], record["id"]), reverse=True)

    def get(self, id: str) -> dict:
        """The record of this id; raises NotFound."""
        record = _read(self._path(id)) if _NAME.fullmatch(id) else None
        if record is None:
            raise NotFound(f"There is no earlier run {id!r}.", "It may have been deleted.", field="history")
        return record

    def forget(self, id: str) -> None:
        """Delete a record; raises NotFound."""
        self.get(id)
        self._path(id).unlink(missing_ok=True)

    def _path(self, id: str) -> Path:
        return self._folder / f"{id}.json"


def _read(path: Path) -> dict | None:
    with contextlib.suppress(OSError, ValueError):
        record = json.loads(path.read_bytes())
        whole = isinstance(record, dict) and record.get("id") == path.stem
        return record if whole and isinstance(record.get("started"), int | float) else None
    return None
