"""Where images are compared: raw pixels, or a layer of a model, as short vectors that are kept."""

from __future__ import annotations

import hashlib
import json
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.datasets.small import SIDE
from innv_gui.errors import BadInput
from innv_gui.explore.components import Components, Shortened, components_of
from innv_gui.session.explore.thumbs import Thumbs
from innv_gui.session.suggest.numbers import Numbers
from innv_gui.store import raw_arrays
from innv_gui.store.files import private_folder, told

PIXELS = "pixels"
VERSION = 2  # of how vectors are made short
IN_MEMORY = 2
FIRST = 2000  # images of a rough map


@dataclass(frozen=True)
class Space:
    """of: PIXELS or a model's id; layer: None of pixels; key: changes with anything that changes its vectors."""

    of: str
    layer: str | None
    title: str
    dimensions: int
    key: str


@dataclass(frozen=True)
class Short:
    """rows (k,) of the dataset that have vectors; vectors (k, d) float32; components: how others are made short."""

    rows: np.ndarray = field(repr=False)
    vectors: np.ndarray = field(repr=False)
    components: Components = field(repr=False)

    def place_of(self, row: int) -> int | None:
        """Position of a row among the vectors; None when it has none."""
        at = int(np.searchsorted(self.rows, row))
        return at if at < len(self.rows) and self.rows[at] == row else None


class Spaces:
    """The spaces of one exploration. Vectors are made when first asked for and kept in a folder."""

    def __init__(
        self, folder: Path, numbers: Numbers, layers: dict[str, str], thumbs: Thumbs, pool: Callable[[], Pool]
    ):
        self._folder, self._numbers, self._layers = Path(folder), numbers, layers
        self._thumbs, self._pool = thumbs, pool
        self._kept: OrderedDict[str, Short] = OrderedDict()
        self._making: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def space(self, of: str) -> Space:
        """By its word. Raises BadInput for what is neither pixels nor one of the models."""
        table = self._numbers.table
        if of == PIXELS:
            words = [str(self._thumbs.path.parent.name), SIDE, self._thumbs.content()]
            return Space(PIXELS, None, "Raw pixels", SIDE * SIDE * 3, self._key([PIXELS, *words]))
        models = {model.id: model for model in self._numbers.models}
        if of not in models:
            hint = f"Expected {PIXELS}, or one of {', '.join(models)}."
            raise BadInput(f"There is nothing to map called {of!r:.60}.", hint, "of", (PIXELS, *models))
        layer = self._layers[of]
        about = table.models[of].files.about
        words = [about["dataset"]["fingerprint"], about["model"]["scores"], layer, self._content(of)]
        return Space(of, layer, layer, table.n_neurons(of, layer) or 0, self._key(words))

    def _content(self, of: str) -> str:
        """Changes when a file that was scored has."""
        files = self._numbers.table.models[of].files

        def make() -> str:
            stamped = {part: files.stamps(part) for part in files.known()}
            checks = {part: zlib.crc32(one.tobytes()) for part, one in stamped.items() if one is not None}
            return hashlib.sha256(json.dumps(checks).encode()).hexdigest()

        return self._numbers.kept(("content", of), make)

    def _key(self, parts: list) -> str:
        rows = self._numbers.table.rows()
        told = [VERSION, *parts, hashlib.sha256(rows.tobytes()).hexdigest()]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]

    def path(self, space: Space) -> Path:
        """Where its vectors are."""
        return self._folder / f"{space.key}.f32"

    def short(self, space: Space, job: Job | None = None) -> Short:
        """Its vectors, made where they are not kept."""
        with self._lock:
            making = self._making.setdefault(space.key, threading.Lock())
            if space.key in self._kept and self.path(space).exists():  # a worker reads the file
                self._kept.move_to_end(space.key)
                return self._kept[space.key]
        with making:
            found = self._read(space) or self._made(space, job)
        with self._lock:
            self._kept[space.key] = found
            while len(self._kept) > IN_MEMORY:
                self._kept.popitem(last=False)
        return found

    def _read(self, space: Space) -> Short | None:
        places = (self.path(space), self._beside(space, "axes.f32"), self._beside(space, "rows.u8"))
        vectors, axes, chosen = map(raw_arrays.get, places)
        scored = self._numbers.table.rows()
        if vectors is None or axes is None or chosen is None or len(chosen.values) != len(scored):
            return None
        rows = scored[chosen.values.astype(bool)]
        if len(vectors.values) != len(rows) or len(axes.values) != vectors.values.shape[1] + 1:
            return None
        directions, variances = np.ascontiguousarray(axes.values[1:].T), np.array(axes.more["variances"])
        return Short(rows, vectors.values, Components(axes.values[0], directions, variances, axes.more["total"]))

    def _beside(self, space: Space, ending: str) -> Path:
        return self._folder / f"{space.key}.{ending}"

    def _made(self, space: Space, job: Job | None) -> Short:
        scored, target = self._numbers.table.rows(), self.path(space)
        with told(target):
            private_folder(target.parent)
        if space.of == PIXELS:
            chosen = np.ones(len(scored), bool)
            made = self._shorten(space, self._thumbs.path, (self._thumbs.shape, "uint8", scored), job)
        else:
            source = target.with_suffix(".whole")
            try:
                chosen = self._write(space, source, scored, job)
                shape = (int(chosen.sum()), space.dimensions)
                made = self._shorten(space, source, (shape, "float32", None), job)
            finally:
                source.unlink(missing_ok=True)
        raw_arrays.put(self._beside(space, "rows.u8"), chosen.astype(np.uint8))
        axes = np.vstack([made.components.mean, made.components.axes.T]).astype(np.float32)
        spread = {"variances": made.components.variances.tolist(), "total": made.components.total}
        raw_arrays.put(self._beside(space, "axes.f32"), axes, spread)
        raw_arrays.sign(target, made.shape, "float32", made.check)
        return Short(scored[chosen], np.fromfile(target, np.float32).reshape(made.shape), made.components)

    def _shorten(self, space: Space, source: Path, of: tuple, job: Job | None) -> Shortened:
        stop = None if job is None else job.cancelled
        asked = (str(source), *of, str(self.path(space)))
        return self._pool().run("numbers.shorten", *asked, cancelled=stop, about=space.title)

    def _write(self, space: Space, source: Path, rows: np.ndarray, job: Job | None) -> np.ndarray:
        """Features to a file -> (k,) bool: rows whose features are numbers, the only ones that are written."""
        table, good = self._numbers.table, []

        def blocks() -> Iterator[np.ndarray]:
            for block in table.blocks(rows):
                if job is not None:
                    job.check()
                values = table.activations(space.of, space.layer or "", block)
                good.append(np.isfinite(values).all(axis=1) if values.shape[1] else np.zeros(len(block), bool))
                yield values[good[-1]]

        raw_arrays.write_blocks(source, blocks())
        chosen = np.concatenate(good) if good else np.zeros(0, bool)
        if not chosen.any():
            words = f"{space.layer} gives no numbers for any of the images."
            raise BadInput(words, "Choose another layer.", "layer")
        return chosen

    def first_rows(self, of: str) -> np.ndarray:
        """(k,) rows that have features already, at most FIRST of them, evenly spaced."""
        rows = self._numbers.table.rows()
        if of == PIXELS:
            rows = rows[self._thumbs.has(rows)]
        return rows if len(rows) <= FIRST else rows[np.linspace(0, len(rows) - 1, FIRST).astype(int)]

    def rough(self, of: str, rows: np.ndarray) -> np.ndarray:
        """(k, 2) two principal components of some images; NaN where features are no numbers."""
        if of == PIXELS:
            features = self._thumbs.get(rows).reshape(len(rows), -1).astype(np.float32) / 255
        else:
            features = self._numbers.table.activations(of, self._layers[of], rows)
        places, good = np.full((len(rows), 2), np.nan, np.float32), np.isfinite(features).all(axis=1)
        if good.sum() > 1 and features.shape[1]:
            short = components_of(lambda: [features[good]], 2)(features[good])
            places[good, : short.shape[1]] = short
            places[good, short.shape[1] :] = 0
        return places

    def vector(self, space: Space, row: int) -> np.ndarray:
        """(D,) of one image, as it was before it was made short."""
        rows = np.array([row])
        if space.of == PIXELS:
            return self._thumbs.get(rows)[0].reshape(-1).astype(np.float32) / 255
        return self._numbers.table.activations(space.of, space.layer or "", rows)[0]
