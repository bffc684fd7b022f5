"""A chunk of images under one model, as every measurement of it takes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.errors import ImageRefused
from innv_gui.records import Model, Prepared, Problem, Target
from innv_gui.session.explain.request import Item
from innv_gui.session.explain.work import prepare


@dataclass
class Part:
    """Usable images: positions among all, what the network says of them, the explained class of each.

    fills: pictures of nothing but a fill (F, n, H, W, C) and their p (F, n), made when they are first needed.
    """

    positions: list[int]
    prepared: Prepared
    classes: np.ndarray
    fills: tuple[np.ndarray, np.ndarray] | None = None

    def of(self, positions: Sequence[int]) -> Part:
        """The same for some of its images; those that are not among them are left out."""
        wanted = set(positions)
        rows = [row for row, position in enumerate(self.positions) if position in wanted]
        if len(rows) == len(self.positions):
            return self
        fills = None if self.fills is None else (self.fills[0][:, rows], self.fills[1][:, rows])
        kept = [self.positions[row] for row in rows]
        return Part(kept, _rows(self.prepared, rows), self.classes[rows], fills)


def part_of(
    pool: Pool, model: Model, target: Target, items: Sequence[Item], positions: list[int], job: Job
) -> tuple[Part | None, dict[int, Problem]]:
    """The images at these positions that can be used, None without any; and why the others cannot."""
    problems: dict[int, Problem] = {}
    found = list(_prepared(pool, model, items, positions, job, problems))
    if not found:
        return None, problems
    prepared = _joined([one for _, one in found])
    best = prepared.probabilities.argmax(axis=1)
    classes = best if target.class_ in (None, "predicted") else np.full(len(best), target.class_)
    return Part([position for usable, _ in found for position in usable], prepared, classes), problems


def _prepared(
    pool: Pool, model: Model, items: Sequence[Item], positions: list[int], job: Job, problems: dict[int, Problem]
) -> Iterator[tuple[list[int], Prepared]]:
    try:
        yield positions, prepare(pool, model, [items[position] for position in positions], job.cancelled)
    except ImageRefused as error:
        if len(positions) > 1:
            for position in positions:
                yield from _prepared(pool, model, items, [position], job, problems)
            return
        problems[positions[0]] = Problem(items[positions[0]].name, str(error))


def _rows(prepared: Prepared, rows: list[int]) -> Prepared:
    x, scores, probabilities = (one[rows] for one in (prepared.x, prepared.scores, prepared.probabilities))
    notes = tuple(prepared.image_notes[row] for row in rows) if prepared.image_notes else ()
    sizes = tuple(prepared.sizes[row] for row in rows) if prepared.sizes else ()
    return Prepared(x, scores, probabilities, prepared.notes, notes, sizes)


def _joined(parts: list[Prepared]) -> Prepared:
    if len(parts) == 1:
        return parts[0]
    x, scores, probabilities = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("x", "scores", "probabilities")
    )
    notes = tuple(note for part in parts for note in part.image_notes)
    sizes = tuple(size for part in parts for size in part.sizes)
    return Prepared(x, scores, probabilities, parts[0].notes, notes, sizes)
