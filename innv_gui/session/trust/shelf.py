"""Measured explanations of a session: beginning them, what they cost, finding them again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from innv_gui.cluster.jobs import Jobs
from innv_gui.cluster.pool import Pool
from innv_gui.errors import InnvError, NotFound
from innv_gui.records import Model
from innv_gui.session.explain.map_keys import map_key
from innv_gui.session.explain.work import Blueprints
from innv_gui.session.recent import Recent
from innv_gui.session.trust.record import Trust
from innv_gui.session.trust.request import TrustRequest
from innv_gui.session.trust.work import Kept, Measuring
from innv_gui.store.maps import KeptMap, MapStore
from innv_gui.store.measurements import MeasurementStore
from innv_gui.trust import controls, ordering
from innv_gui.trust.small_maps import from_text, small

RECENT = 50
COMPILING_S = 0.05  # of a method, for each layer of the network


def _seconds(request: TrustRequest, model: Model, speed: float | None) -> float | None:
    """What the whole table of a model takes, near enough: its passes, and compiling each method once."""
    if speed is None:
        return None
    compiling = COMPILING_S * len(request.methods) * len(model.layers)
    return speed * request.total_passes / len(request.models) + compiling


@dataclass(frozen=True)
class Cost:
    """passes: forward passes; kept: of them need not be made; seconds: of the others, None as long as unknown."""

    passes: int
    kept: int
    seconds: float | None


class TrustShelf:
    """Begins measurings and keeps the latest."""

    def __init__(self, pool: Callable[[], Pool], jobs: Jobs, maps: MapStore, folder: Path):
        self._pool, self._jobs, self._maps = pool, jobs, maps
        self._store = MeasurementStore(folder)
        self._recent: Recent[Trust] = Recent(RECENT, "measuring", "Ask for it again; kept numbers are reused.")
        self._speeds: dict[tuple, float] = {}  # identity of a model -> seconds of a forward pass
        self._asking: set[tuple] = set()
        self._lock = threading.Lock()

    def start(self, request: TrustRequest, blueprints: Blueprints) -> Trust:
        """Begin; the record grows while its job runs."""
        trust, pool = Trust(request), self._pool()
        pool.start("keras")

        def work(job) -> Trust:
            kept = Kept(trust, self._store)
            return Measuring(trust, pool, self._maps, kept, blueprints, job).run()

        n = len(request.methods)
        title = f"Measuring {n} {'method' if n == 1 else 'methods'}"
        trust.job = self._jobs.start("trust", title, work, request.total_passes, "forward passes")
        return self._recent.put(trust)

    def get(self, id: str) -> Trust:
        """Raises NotFound where there is none of that id."""
        return self._recent.get(id)

    def cost(self, request: TrustRequest) -> Cost:
        """What a request would cost; the speed of a model that is not known yet is measured beside."""
        kept = Kept(Trust(request), self._store).take_up()
        speeds = {model.id: self._speed(model) for model in request.models}
        left = 1 - kept / max(request.total_passes, 1)
        parts = [_seconds(request, model, speeds[model.id]) for model in request.models]
        seconds = None if None in parts else left * sum(part for part in parts if part is not None)
        return Cost(request.total_passes, kept, seconds)

    def replaced(
        self, trust: Trust, model: Model, row: str, fill: str, image: int, share: float, inserted: bool
    ) -> bytes:
        """PNG of an image with the most relevant share of its blocks replaced; inserted: with only these left."""
        position = trust.position(image)
        if trust.row(row).is_control:
            kept = self._map(trust, model, None, position)
            evidence = controls.control(row, kept.x)
        else:
            kept = self._map(trust, model, row, position)
            asked = trust.row(row).explained
            evidence = ordering.evidence(kept.values[0], asked.analyzer.is_signed(asked.params))
        places = ordering.places(evidence, controls.seed_of(kept.x))
        n_blocks = int(places.max()) + 1
        asked = (model.source, model.preprocessing, kept.x, places, fill, round(share * n_blocks), inserted)
        return self._pool().run("keras.replaced_picture", *asked, about=model.name)

    def stage(self, trust: Trust, model: Model, row: str, image: int, stage: int) -> np.ndarray:
        """(h, w) in [-1, 1]: the map, small; before (0) or after a stage of shuffled weights."""
        position = trust.position(image)
        if trust.row(row).is_control:
            raise NotFound("A control does not look at the weights.", "", "method")
        if stage == 0:
            return small(self._map(trust, model, row, position).values[0]).astype(np.float32)
        record = trust.records(model, row, "sanity").get(position)
        maps = [] if record is None else from_text(record["maps"])
        if stage > len(maps):
            raise NotFound("This stage was not measured.", "Measure the sanity check.", "stage")
        return maps[stage - 1]

    def _map(self, trust: Trust, model: Model, row: str | None, position: int) -> KeptMap:
        """Of a row, or, for what an image looks like to the network, of any row that has one."""
        request = trust.request
        rows = [trust.row(row)] if row else request.methods
        for one in rows:
            key = map_key(one.explained, model, request.target(model, one), request.items[position])
            kept = self._maps.get(key, remember=False)
            if kept is not None:
                return kept
        raise NotFound("The map of this image is no longer kept.", "Measure again.", "image")

    def _speed(self, model: Model) -> float | None:
        key = model.source.identity
        with self._lock:
            if key not in self._speeds and key not in self._asking:
                self._asking.add(key)
                self._jobs.start("speed", f"Timing {model.name}", lambda job: self._time(model, key))
            return self._speeds.get(key)

    def _time(self, model: Model, key: tuple) -> None:
        try:
            self._speeds[key] = self._pool().run("keras.speed", model.source, about=model.name)
        except InnvError:
            pass  # the measuring itself will say what is wrong with the model
        finally:
            self._asking.discard(key)
