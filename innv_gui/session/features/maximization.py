"""An ascent: what was asked, how far it is, the pictures so far; and the work behind it.

The state is arrays that travel to a worker for some steps and back, so that the pictures are seen while they grow, a
cancel works between two tasks, and an ascent can go on where it was stopped.
"""

from __future__ import annotations

import math
import threading
import time
import uuid

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.datasets.thumbnails import png_of
from innv_gui.errors import Conflict, NotFound
from innv_gui.records import STOPS, Ascent, Features, Layer, Model, Start
from innv_gui.session.features.request import FeatureRequest

NUMBERS_AT_ONCE = 2_000_000  # of network input in one task: 64 pictures of 100 x 100 in colour
PRODUCTS_AT_ONCE = 3e10  # multiplications of a forward pass: a step then takes a few cores a second or two
OPEN_SIDE = 56  # taken for a side of a layer's output that the model leaves open
TASK_S = 0.4  # a task is to take so long: previews follow each other, a cancel is quick
MOST_LOOKS = 200  # a task
CONTRASTS = ("generated", "stretched")


class Maximization:
    """T pictures that grow. All arrays are (T, ...) in the order of `targets`; they may be read at any time."""

    def __init__(self, request: FeatureRequest):
        self.id = f"a-{uuid.uuid4().hex[:12]}"
        self.request = request
        self.job: Job | None = None
        self.start: Start | None = None
        self.seconds = 0.0
        self._state: Ascent | None = None
        self._curves: list[list[np.ndarray]] = [[] for _ in request.names]
        self._lock = threading.Lock()

    # -- what came out

    @property
    def targets(self) -> tuple[int, ...]:
        """Indices of the classes, neurons or channels."""
        return self.request.features.index

    @property
    def is_class(self) -> bool:
        """Whether targets are classes: these alone have probabilities."""
        return self.request.features.kind == "class"

    @property
    def images(self) -> np.ndarray:
        """float32 (T, H, W, C): network input."""
        start, u = self.start, self._known().u
        return start.low + (start.high - start.low) * u

    @property
    def pictures(self) -> np.ndarray:
        """uint8 (T, H, W, C), as generated: the network input before preprocessing."""
        return np.stack([self.picture(place) for place in range(len(self.targets))])

    def picture(self, place: int, contrast: str = "generated") -> np.ndarray:
        """uint8 (H, W, C). "stretched": from its least value to its largest; so, too, where the range is not known."""
        if not 0 <= place < len(self.targets):
            raise NotFound(f"There are {len(self.targets)} pictures, not {place + 1}.", field="picture")
        shown = self._known().u[place]
        shown = shown[..., ::-1] if self.start.backwards else shown
        if contrast == "stretched" or not self.start.bounded:
            low, high = float(shown.min()), float(shown.max())
            shown = (shown - low) / (high - low) if high > low else np.full_like(shown, np.clip(low, 0, 1))
        return np.clip(np.rint(shown * 255), 0, 255).astype(np.uint8)

    def png(self, place: int, contrast: str = "generated") -> bytes:
        """`picture` as PNG, one pixel a value."""
        return png_of(self.picture(place, contrast))

    @property
    def curves(self) -> tuple[np.ndarray, ...]:
        """For each target the objective at every picture it went through, the start first: float32 (steps + 1,)."""
        return tuple(curve[0] for curve in self.joined())

    @property
    def probabilities(self) -> tuple[np.ndarray, ...]:
        """For each class its probability at every picture it went through; empty for neurons and channels."""
        return tuple(curve[1] for curve in self.joined()) if self.is_class else ()

    @property
    def steps(self) -> tuple[int, ...]:
        """How many steps each picture has gone."""
        state = self._state
        return tuple(int(step) for step in state.steps) if state is not None else (0,) * len(self.targets)

    @property
    def stopped(self) -> tuple[str, ...]:
        """Why each picture stopped: probability (above stop_at), iterations (the cap), flat (the derivative is zero
        everywhere), not finite, cancelled, or failed (the work did); empty while it goes on."""
        state = self._state
        reasons = [STOPS[stop] for stop in state.stops] if state is not None else [""] * len(self.targets)
        ended = self.job.status if self.job is not None and self.job.status in ("cancelled", "failed") else ""
        return tuple(reason or ended for reason in reasons)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of the start and the valid range."""
        return self.start.notes if self.start is not None else ()

    @property
    def begun(self) -> bool:
        """Whether there are pictures."""
        return self._state is not None

    @property
    def n_bytes(self) -> int:
        """Memory of the pictures."""
        return self._state.u.nbytes if self._state is not None else 0

    # -- the work

    @property
    def most_steps(self) -> int:
        """If every picture goes to the cap."""
        return self.request.params["iterations"] * len(self.targets)

    @property
    def steps_done(self) -> int:
        """Of `most_steps`; a picture that has stopped is done with all of its own."""
        state, cap = self._state, self.request.params["iterations"]
        return 0 if state is None else int(np.where(state.stops == 0, state.steps, cap).sum())

    def begin(self, start: Start) -> None:
        """All pictures are the start."""
        with self._lock:
            self.start = start
            self._state = Ascent.of(start, len(self.targets))

    def part(self, places: np.ndarray) -> tuple[Features, Ascent]:
        """The features and the state of some pictures."""
        asked, state = self.request.features, self._state
        features = Features(asked.kind, asked.layer, tuple(asked.index[place] for place in places))
        none = np.zeros((0, len(places)), np.float32)
        return features, Ascent(state.u[places], state.steps[places], state.stops[places], none, none)

    def put(self, places: np.ndarray, part: Ascent) -> None:
        """Take over how far some pictures are."""
        with self._lock:
            rows = {name: getattr(self._state, name).copy() for name in ("u", "steps", "stops")}
            for name, row in rows.items():
                row[places] = getattr(part, name)
            self._state = Ascent(**rows, values=part.values, probabilities=part.probabilities)
            for column, place in enumerate(places):
                both = np.stack([part.values[:, column], part.probabilities[:, column]])
                self._curves[place].append(both[:, ~np.isnan(part.values[:, column])])

    def going(self, places: np.ndarray) -> np.ndarray:
        """Those of the places whose pictures have not stopped."""
        return places[self._state.stops[places] == 0]

    def joined(self) -> list[np.ndarray]:
        """For each target (2, steps + 1): its curve, and its probabilities or NaN."""
        with self._lock:
            return [np.concatenate([np.zeros((2, 0), np.float32), *parts], axis=1) for parts in self._curves]

    def _known(self) -> Ascent:
        if self._state is None:
            raise Conflict("There is no picture of this ascent yet.", "Wait until it has begun.", field="maximization")
        return self._state


def ascend(known: Maximization, pool: Pool, job: Job) -> Maximization:
    """Do an ascent, or go on with one: group by group in turn, some steps per task."""
    request, model, began = known.request, known.request.model, time.monotonic() - known.seconds
    more = {"cancelled": job.cancelled, "about": model.name}
    if not known.begun:
        wishes = request.initial, request.seed, request.params["clip"]
        start = pool.run("keras.start", model.source, model.preprocessing, *wishes, **more)
        known.begin(start)
    groups, count = _groups(known), 1
    while any(len(known.going(group)) for group in groups):
        for group in groups:
            places = known.going(group)
            if len(places):
                job.check()
                count = _some_steps(known, places, count, pool, job, more)
                known.seconds = time.monotonic() - began
    return known


def _groups(known: Maximization) -> list[np.ndarray]:
    """Pictures that are moved together; those of a group have always gone equally far."""
    size = _at_once(known.request.model, known.start.u.size)
    return [np.arange(i, min(i + size, len(known.targets))) for i in range(0, len(known.targets), size)]


def _at_once(model: Model, numbers: int) -> int:
    """How many pictures a task moves; it depends on the model alone, so that the same request has the same groups."""
    return max(1, min(NUMBERS_AT_ONCE // numbers, int(PRODUCTS_AT_ONCE // max(products(model.layers), 1))))


def products(layers: tuple[Layer, ...]) -> int:
    """Multiplications of one picture's forward pass, near enough: every weight at every position of the output."""
    places = (math.prod(side or OPEN_SIDE for side in layer.output_shape[:-1]) for layer in layers)
    return sum(layer.n_params * place for layer, place in zip(layers, places, strict=True))


def _some_steps(known: Maximization, places: np.ndarray, count: int, pool: Pool, job: Job, more: dict) -> int:
    """One task; how many looks the next one is to have."""
    request, before, started = known.request, known.steps_done, time.monotonic()
    features, state = known.part(places)
    part = pool.run(
        "keras.climb", request.model.source, features, request.params, known.start, state, request.seed, count, **more
    )
    known.put(places, part)
    job.step(known.steps_done - before)
    fitting = count * TASK_S / max(time.monotonic() - started, 1e-3)
    return int(np.clip(fitting, 1, min(4 * count, MOST_LOOKS)))
