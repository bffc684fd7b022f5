"""How a scoring job is cut up: stretches of parts that the same models miss, handed out in chunks of whole batches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BATCH = 32
FIRST_ROWS = 64
MOST_ROWS = 8192
CHUNK_AIM_S = 5.0  # a worker that somebody waits for returns sooner
MOST_GROWTH = 4
MODELS_AT_ONCE = 6  # a worker keeps eight: some are left for whoever explains meanwhile
PARAMETERS_AT_ONCE = 500_000_000  # 2 GB of weights; a worker keeps 3


@dataclass(frozen=True)
class Stretch:
    """Rows start <= row < stop of the dataset that these models have still to see."""

    start: int
    stop: int
    models: tuple[str, ...]  # ids


def stretches(missing: dict[str, Iterable[int]], rows_a_part: int, n: int) -> list[Stretch]:
    """missing: per model id the parts it lacks. Neighbouring parts that the same models lack become one stretch."""
    lacking: dict[int, list[str]] = {}
    for model, parts in missing.items():
        for part in parts:
            lacking.setdefault(part, []).append(model)
    found: list[Stretch] = []
    for part in sorted(lacking):
        start, stop, models = part * rows_a_part, min(n, (part + 1) * rows_a_part), tuple(lacking[part])
        if found and found[-1].stop == start and found[-1].models == models:
            start = found.pop().start
        found.append(Stretch(start, stop, models))
    return found


def groups(n_params: dict[str, int]) -> list[tuple[str, ...]]:
    """Model ids in groups that a worker keeps loaded at the same time. n_params: per model id, in order."""
    found: list[tuple[str, ...]] = [()]
    for model, count in n_params.items():
        together = sum(n_params[other] for other in found[-1]) + count
        if found[-1] and (len(found[-1]) == MODELS_AT_ONCE or together > PARAMETERS_AT_ONCE):
            found.append(())
        found[-1] = (*found[-1], model)
    return found


class Cutter:
    """Hands out chunks whose size follows the measured rate. Never cuts within a batch, so sizes change no result."""

    def __init__(self, todo: list[Stretch]):
        self._todo = list(reversed(todo))
        self._rows: dict[tuple[str, ...], int] = {}

    def __bool__(self) -> bool:
        return bool(self._todo)

    def next(self) -> Stretch:
        """The next chunk, in order."""
        whole = self._todo.pop()
        stop = min(whole.stop, whole.start + self._rows.get(whole.models, FIRST_ROWS))
        if stop < whole.stop:
            self._todo.append(Stretch(stop, whole.stop, whole.models))
        return Stretch(whole.start, stop, whole.models)

    def back(self, rest: Stretch) -> None:
        """What of a chunk was not done; it comes next."""
        self._todo.append(rest)

    def took(self, chunk: Stretch, seconds: float) -> None:
        """A chunk was done in this time by one worker."""
        n = chunk.stop - chunk.start
        aim = min(n * CHUNK_AIM_S / max(seconds, 1e-3), n * MOST_GROWTH, MOST_ROWS)
        self._rows[chunk.models] = max(1, int(aim) // BATCH) * BATCH
