"""The runs that the workspace holds: read when they are first asked for, found, removed and brought back."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from innv_gui.errors import Conflict, NotFound
from innv_gui.records import Model
from innv_gui.session.workshop.kept import RunFolder
from innv_gui.session.workshop.request import ShapesRequest
from innv_gui.session.workshop.run import ShapesRun
from innv_gui.store.files import private_folder, told

REMOVED = "removed"
NAME = re.compile(r"w-[0-9a-f]{12}")
ENDS_S = 10.0  # how long a cancelled run may take to stop


class Runs:
    """One folder each; removed ones are kept aside until the next start."""

    def __init__(self, folder: Path, to_model: Callable[[ShapesRun, int], Model]):
        self._folder, self._to_model = Path(folder), to_model
        self._known: dict[str, ShapesRun] | None = None
        self._lock = threading.RLock()
        shutil.rmtree(self._folder / REMOVED, ignore_errors=True)

    def add(self, request: ShapesRequest, title: str | None) -> ShapesRun:
        """A new run, written to the workspace."""
        source = request.recipe.source  # of a person's model
        about = {} if source is None else {"sha256": source.sha256, "output": source.output}
        with self._lock:
            known = self._runs()
            run = ShapesRun(title or _next_title(known.values()), request, self._folder, self._to_model, **about)
            with told(run.folder.path):
                private_folder(run.folder.path)
            run.folder.write_pictures(request)
            run.keep()
            known[run.id] = run
        return run

    def all(self) -> list[ShapesRun]:
        """Newest first."""
        with self._lock:
            return sorted(self._runs().values(), key=lambda run: (run.created, run.id), reverse=True)

    def get(self, id: str) -> ShapesRun:
        """Raises NotFound where there is none of that id."""
        with self._lock:
            found = self._runs().get(id)
        if found is None:
            raise NotFound(f"There is no run {id!r:.60}.", "It may have been removed.", "run")
        return found

    def same_as(self, request: ShapesRequest, before: ShapesRun | None = None) -> ShapesRun | None:
        """The first run that has the same numbers, because the same was asked for; None where `before` is that one."""
        same = [one for one in self.all() if one.request.key == request.key]
        return same[-1] if same and same[-1] is not before else None

    def remove(self, id: str) -> None:
        """Take a run off the list; what it is doing is stopped."""
        run = self.get(id)
        if run.job is not None:
            run.job.cancel()
            if not run.job.ended(ENDS_S):
                raise Conflict(f"{run.name} is still being stopped.", "Try again in a moment.", "run")
        with self._lock, told(run.folder.path):
            private_folder(self._folder / REMOVED)
            run.folder.path.rename(self._folder / REMOVED / id)
            self._runs().pop(id, None)

    def restore(self, id: str) -> ShapesRun:
        """Bring back a removed run."""
        place = self._folder / REMOVED / id
        with self._lock, told(place):
            if not NAME.fullmatch(id) or not place.is_dir():
                hint = "Runs can be restored until the server ends."
                raise NotFound(f"There is no removed run {id!r:.60}.", hint, "run")
            place.rename(self._folder / id)
            run = self._read(self._folder / id)
            if run is not None:
                self._runs()[id] = run
        return self.get(id)

    def _runs(self) -> dict[str, ShapesRun]:
        if self._known is None:
            paths = [path for path in self._folder.iterdir() if NAME.fullmatch(path.name) and path.is_dir()]
            self._known = {run.id: run for run in map(self._read, paths) if run is not None}
        return self._known

    def _read(self, path: Path) -> ShapesRun | None:
        found = RunFolder(path).read()
        return None if found is None else ShapesRun.read(path, self._to_model, *found)


def _next_title(runs) -> str:
    """ "Run 4", where there is a "Run 3"."""
    numbers = [int(found[1]) for run in runs if (found := re.fullmatch(r"Run (\d{1,6})", run.name))]
    return f"Run {max(numbers, default=0) + 1}"
