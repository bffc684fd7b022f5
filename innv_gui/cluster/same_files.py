"""Whether a path leads to the same file on a worker's machine as on the server's.

The server, which shows what a person chose, is the measure: with each task it sends the sizes of all files that the
task names, and an outline of some. The worker compares them before it begins, so that no table mixes two folders.
"""

from __future__ import annotations

import hashlib
import os
import socket
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache

from innv_gui.cluster.tasks import Task
from innv_gui.errors import WorkFailed
from innv_gui.file_state import State, file_state
from innv_gui.records import ImageRef, ModelSource

GONE, FOLDER, SPECIAL = -1, -2, -3  # in place of a size in bytes
OUTLINED = 4  # images of a task: a JPEG or PNG of another picture has another size nearly always
BLOCK, BLOCKS = 1 << 16, 16  # bytes, and how many of them: all of a file of up to 1 MiB
ADDRESS = "://"  # the same from everywhere


@dataclass(frozen=True)
class Expected:
    """The files of a task as the server sees them. sizes: bytes by path; outlines: by path, of some of them."""

    machine: str
    sizes: dict[str, int]
    outlines: dict[str, str]


def expected(task: Task, args: Iterable[object]) -> Expected:
    """What the files that a task's arguments name are like on this machine."""
    models, images = set(), {}
    for one in args:
        for path, is_image in _named(one):
            if is_image:
                images[path] = None
            else:
                models.add(path)
    if task.opens:
        images[str(next(iter(args)))] = None
    sizes = {path: size(path) for path in (*images, *models) if ADDRESS not in path}
    few = [path for path in images if path in sizes]
    chosen = [*few[:: max(1, len(few) // OUTLINED)][: OUTLINED - 1], *few[-1:], *sizes.keys() & models]
    return Expected(socket.gethostname(), sizes, {path: outline(path) for path in chosen})


def _named(value: object) -> Iterator[tuple[str, bool]]:
    """(path, whether it is an image's) of all that is in an argument."""
    if isinstance(value, ImageRef):
        yield value.path, True
    elif isinstance(value, ModelSource):
        files = (value.path, None if value.weights == "random" else value.weights, value.hooks)
        yield from ((path, False) for path in files if path)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _named(one)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _named(getattr(value, part.name))


def size(path: str) -> int:
    """Bytes of a file; GONE, FOLDER or SPECIAL for what is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return GONE
    if stat.S_ISREG(status.st_mode):
        return status.st_size
    return FOLDER if stat.S_ISDIR(status.st_mode) else SPECIAL


def outline(path: str) -> str:
    """SHA-256 over blocks that are spread over a file evenly; empty for what cannot be read."""
    try:
        return _outline(path, file_state(path)) if size(path) >= 0 else ""
    except (OSError, ValueError):
        return ""


@lru_cache(4096)
def _outline(path: str, state: State) -> str:
    found, last = hashlib.sha256(), max(0, state[0] - BLOCK)
    with open(path, "rb") as file:
        for start in sorted({last * which // (BLOCKS - 1) for which in range(BLOCKS)}):
            file.seek(start)
            found.update(file.read(BLOCK))
    return found.hexdigest()


def call_on_same_files(there: Expected, call: Callable, *args, **kwargs):
    """Run `call` unless its files are others here. This is what travels to a worker elsewhere. Raises WorkFailed."""
    compare(there)
    return call(*args, **kwargs)


def compare(there: Expected) -> None:
    """Raises WorkFailed for the first file that is another one on this machine."""
    for path, n_bytes in there.sizes.items():
        found = size(path)
        if found != n_bytes or (path in there.outlines and outline(path) != there.outlines[path]):
            raise _another(os.path.basename(path.rstrip("/"))[:80], there.machine, n_bytes == GONE, found == GONE)


def _another(file: str, server: str, is_gone_there: bool, is_gone_here: bool) -> WorkFailed:
    here = socket.gethostname()
    said = f"{file!r} on {here}, where a worker runs, is not the same file as on {server}, where the server runs."
    if is_gone_here:
        said = f"{file!r} is on {server}, where the server runs, but not on {here}, where a worker runs."
    elif is_gone_there:
        said = f"{file!r} is on {here}, where a worker runs, but not on {server}, where the server runs."
    return WorkFailed(
        said, "All machines must reach the same files under the same path. If it was just changed, try again."
    )
