"""What was done before: one small JSON file each, so that it outlives the server."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

from innv_gui.errors import NotFound
from innv_gui.store.kept_files import Damaged, read_record, write_record

KEPT = 500
_NAME = re.compile(r"[a-z]-[0-9a-f]{12}")


class History:
    """Plain records by id, newest first. A record has at least "id" and "started" (seconds since 1970).

    check: raises ValueError for what is no record of a run; such a file is skipped, and never touched.
    """

    def __init__(self, folder: Path, kept: int = KEPT, check: Callable[[dict], object] = lambda record: None):
        self._folder, self._kept, self._check = Path(folder), kept, check

    def put(self, record: dict) -> None:
        """Keep a record, in place of an older one of the same id; the oldest ones go."""
        write_record(self._path(record["id"]), record)
        if len(self._paths()) > self._kept:  # else none is read
            for old in self.all()[self._kept :]:
                self.forget(old["id"])

    def take_over(self, record: dict) -> None:
        """Keep a record that comes from elsewhere; where its id belongs to something else it gets another one."""
        if self._path(record["id"]).exists() and not self._is_kept(record):
            text = json.dumps(record, sort_keys=True)
            record = record | {"id": f"{record['id'][0]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"}
        if not self._path(record["id"]).exists():
            self.put(record)

    def _is_kept(self, record: dict) -> bool:
        """But for its title, which a person may have changed, and what was noted of its images, then or later."""
        kept, later = self._read(self._path(record["id"])), {"title": "", "contents": []}
        return kept is not None and kept | later == record | later

    def all(self) -> list[dict]:
        """Newest first; a file that cannot be read is skipped."""
        read = [self._read(path) for path in self._paths()]
        known = [record for record in read if record is not None]
        return sorted(known, key=lambda record: (record["started"], record["id"]), reverse=True)

    def _paths(self) -> list[Path]:
        return [path for path in self._folder.glob("*.json") if _NAME.fullmatch(path.stem)]  # not one being written

    def get(self, id: str) -> dict:
        """The record of this id; raises NotFound."""
        record = self._read(self._path(id)) if _NAME.fullmatch(id) else None
        if record is None:
            raise NotFound(f"There is no earlier run {id!r}.", "It may have been deleted.", field="history")
        return record

    def forget(self, id: str) -> None:
        """Delete a record; raises NotFound."""
        self.get(id)
        self._path(id).unlink(missing_ok=True)

    def _path(self, id: str) -> Path:
        return self._folder / f"{id}.json"

    def _read(self, path: Path) -> dict | None:
        def check(record: dict) -> None:
            started = record.get("started")
            if record.get("id") != path.stem or isinstance(started, bool) or not isinstance(started, int | float):
                raise Damaged
            self._check(record)

        return read_record(path, check)
