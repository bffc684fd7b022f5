"""What is measured so far: the numbers of each image, and the table, the curves and the frame made of them."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.errors import BadInput, InnvError, NotFound
from innv_gui.notebook import card
from innv_gui.records import Model, Problem
from innv_gui.session.trust.request import Row, TrustRequest
from innv_gui.trust import advice, controls, ordering, table
from innv_gui.trust.metrics import BY_NAME, Metric

if TYPE_CHECKING:
    import pandas as pd

Cells = dict[str, dict[str, table.Cell]]  # metric -> row -> cell


@dataclass
class Trust:
    """Measured explanations, or being measured; `frame` has one row per model, method, metric, fill and image."""

    request: TrustRequest
    id: str = field(default_factory=lambda: f"t-{uuid.uuid4().hex[:12]}")
    job: Job = field(init=False, repr=False)
    problems: list[Problem] = field(default_factory=list)
    failures: dict[tuple[str, str], InnvError] = field(default_factory=dict)  # (model id, row) -> why it has none
    version: int = 0
    _found: dict[tuple[str, str, str], dict[int, dict]] = field(default_factory=dict, repr=False)
    _tables: dict[tuple[str, str | None], tuple[int, Cells]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    # -- while it is measured

    def put(self, model: Model, row: Row, measurement: str, position: int, record: dict) -> None:
        """What was measured on one image."""
        with self._lock:
            self._found.setdefault((model.id, row.name, measurement), {})[position] = record
            self.version += 1

    def fail(self, model: Model, row: Row, error: InnvError) -> None:
        """A method cannot be measured on a model, and why."""
        with self._lock:
            self.failures[model.id, row.name] = error
            self.version += 1

    def leave_out(self, problem: Problem) -> None:
        """An image cannot be used, and why."""
        with self._lock:
            if problem not in self.problems:
                self.problems.append(problem)

    def records(self, model: Model, row: str, measurement: str) -> dict[int, dict]:
        """What is known by position."""
        with self._lock:
            return dict(self._found.get((model.id, row, measurement), {}))

    # -- numbers

    def values(self, model: Model, row: str, metric: str, fill: str | None = None) -> np.ndarray:
        """(n,) float64 in the order of the images, NaN where not measured. fill: one of them, None for their mean."""
        known, found = BY_NAME[metric], np.full(len(self.request.items), np.nan)
        for position, record in self.records(model, row, known.measured_with).items():
            found[position] = _value(known, record, self.request.fills if fill is None else (fill,))
        return found

    def table(self, model: Model, fill: str | None = None) -> Cells:
        """By metric and row: mean, interval, place and which controls are beaten."""
        version = self.version
        kept = self._tables.get((model.id, fill))
        if kept is None or kept[0] != version:
            kept = version, {metric.name: self._column(model, metric, fill) for metric in self.request.metrics}
            self._tables[model.id, fill] = kept
        return kept[1]

    def _column(self, model: Model, metric: Metric, fill: str | None) -> dict[str, table.Cell]:
        rows = [row for row in self.request.rows if metric.measured_with in self.request.of(row)]
        return table.column(metric, {row.name: self.values(model, row.name, metric.name, fill) for row in rows})

    def advice(self, model: Model) -> advice.Advice:
        """Which method to use for a model, in a sentence with its evidence."""
        costs = {row.name: row.passes for row in self.request.rows}
        return advice.advise(model.name, self.table(model), costs, self.standing(model))

    def standing(self, model: Model) -> dict[str, tuple[int, int]]:
        """By fill: (images whose answer stands even with the whole picture replaced, images)."""
        found = self.records(model, self.request.rows[0].name, "replacement").values()
        ends = {fill: [one["fills"][fill]["deletion"] for one in found] for fill in self.request.fills}
        return {
            fill: table.still_standing([one[0] for one in curves], [one[-1] for one in curves])
            for fill, curves in ends.items()
        }

    def fills_agree(self, model: Model) -> bool:
        """Whether the same methods beat all controls under each fill."""
        judged = next((metric for metric in self.request.metrics if metric.name == "difference"), None)
        if judged is None:
            return True
        columns = [self._column(model, judged, fill) for fill in self.request.fills]
        winners = [{row for row, cell in column.items() if cell.beats == table.ALL} for column in columns]
        return all(one == winners[0] for one in winners)

    def checked_fill(self, fill: str | None) -> str:
        """One that was measured; the first without a wish. Raises BadInput."""
        if fill is not None and fill not in self.request.fills:
            hint = f"Measured were {', '.join(self.request.fills)}."
            raise BadInput(f"The fill {fill} was not measured.", hint, "fill", self.request.fills)
        return fill or self.request.fills[0]

    def explained_class(self, model: Model, row: str, position: int) -> int | None:
        """The index of the class that a row explains; None where nothing is measured."""
        record = self.records(model, row, "replacement").get(position)
        return None if record is None else int(record["class"])

    def curves(self, model: Model, row: str, fill: str, way: str) -> tuple[np.ndarray, np.ndarray]:
        """(shares (S,), p (n, S)): the curve of each image that is measured; way: deletion or insertion."""
        found = self.records(model, row, "replacement")
        if not found:
            return np.zeros(0), np.zeros((0, self.request.steps + 1))
        shares = next(iter(found.values()))["shares"]
        return np.array(shares), np.array([one["fills"][fill][way] for _, one in sorted(found.items())])

    @property
    def frame(self) -> pd.DataFrame:
        """Columns model, method, control, metric, fill, image, name, value; fill is empty where a metric has none."""
        import pandas as pd  # it takes half a second to import

        columns = ("model", "method", "control", "metric", "fill", "image", "name", "value")
        return pd.DataFrame(list(self._lines()), columns=pd.Index(columns))

    def _lines(self):
        for model in self.request.models:
            for row in self.request.rows:
                for metric in self.request.metrics:
                    fills = self.request.fills if metric.measured_with == "replacement" else ("",)
                    for fill in fills:
                        values = self.values(model, row.name, metric.name, fill or None)
                        yield from self._images(model, row, metric, fill, values)

    def _images(self, model: Model, row: Row, metric: Metric, fill: str, values: np.ndarray):
        head = (model.name, row.name, row.is_control, metric.name, fill)
        for item, value in zip(self.request.items, values, strict=True):
            if np.isfinite(value):
                yield (*head, item.index, item.name, float(value))

    @property
    def summary(self) -> pd.DataFrame:
        """Columns model, method, control, metric, mean, low, high, n, place, beats (all, some, none)."""
        import pandas as pd

        columns = ("model", "method", "control", "metric", "mean", "low", "high", "n", "place", "beats")
        lines = [
            (model.name, row, controls.is_control(row), metric, cell.interval.mean, cell.interval.low)
            + (cell.interval.high, cell.interval.n, cell.place, cell.beats)
            for model in self.request.models
            for metric, cells in self.table(model).items()
            for row, cell in cells.items()
        ]
        return pd.DataFrame(lines, columns=pd.Index(columns))

    def position(self, image: int) -> int:
        """Of an image by its index in the dataset. Raises NotFound."""
        for position, item in enumerate(self.request.items):
            if item.index == image:
                return position
        raise NotFound(f"The table has no image {image}.", "Measure it as well.", "image")

    def row(self, name: str) -> Row:
        """A row of the table by its name."""
        known = {row.name: row for row in self.request.rows}
        if name not in known:
            raise BadInput(f"The table has no method {name!r:.80}.", f"It has {', '.join(known)}.", "method", (*known,))
        return known[name]

    def _repr_html_(self) -> str:
        facts: list[tuple[str, object]] = [("images", len(self.request.items))]
        facts += [(model.name, self.advice(model).sentence) for model in self.request.models]
        return card("Which explanation should be trusted?", facts)


def _value(metric: Metric, record: Mapping, fills: tuple[str, ...]) -> float:
    if metric.measured_with != "replacement":
        value = record["values"].get(metric.name)
        return float("nan") if value is None else float(value)
    shares = np.array(record["shares"])
    areas = {
        way: float(np.mean([ordering.area(np.array(record["fills"][fill][way]), shares) for fill in fills]))
        for way in ("deletion", "insertion")
    }
    return areas["insertion"] - areas["deletion"] if metric.name == "difference" else areas[metric.name]
