"""The measurements, one record per image: what the workers compute and what is computed here.

A record is plain JSON. `CHECKS` say what makes one whole, for those that are read back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from innv_gui import analyzers
from innv_gui.cluster.jobs import Job
from innv_gui.cluster.pool import Pool
from innv_gui.records import ImageRef, Model, Target
from innv_gui.session.trust.parts import Part
from innv_gui.session.trust.request import Row, TrustRequest
from innv_gui.trust import controls, maps, ordering
from innv_gui.trust.small_maps import as_text


@dataclass(frozen=True)
class Measured:
    """A row's maps (n, H, W, C) of a chunk under a model, to be measured."""

    request: TrustRequest
    model: Model
    row: Row
    target: Target
    part: Part
    values: np.ndarray
    pool: Pool
    job: Job

    def run(self, task: str, *args):
        """Of a worker."""
        about = f"{self.model.name} with {self.row.name}"
        return self.pool.run(task, self.model.source, *args, cancelled=self.job.cancelled, about=about)

    def evidence(self) -> list[np.ndarray]:
        """(H, W) per image, by which pixels are ranked."""
        asked = self.row.request
        signed = asked is not None and asked.analyzer.is_signed(asked.params)
        return [ordering.evidence(one, signed) for one in self.values]


def _replacement(asked: Measured) -> list[dict]:
    part, request = asked.part, asked.request
    x = part.prepared.x
    filled, ends = _filled(asked)
    pairs = zip(asked.evidence(), x, strict=True)
    places = np.stack([ordering.places(one, controls.seed_of(image)) for one, image in pairs])
    inner = asked.run("keras.replacement", x, filled, places, part.classes, request.steps)
    starts = part.prepared.probabilities[np.arange(len(x)), part.classes]
    shares = ordering.shares(*x.shape[1:3], request.steps).tolist()
    curves = [_by_fill(start, own, end) for start, own, end in zip(starts, inner.swapaxes(0, 1), ends.T, strict=True)]
    return [
        {"class": int(class_), "shares": shares, "fills": dict(zip(request.fills, one, strict=True))}
        for class_, one in zip(part.classes, curves, strict=True)
    ]


def _filled(asked: Measured) -> tuple[np.ndarray, np.ndarray]:
    """Pictures of nothing but each fill, and their p; made once for all rows."""
    part = asked.part
    found = part.fills
    if found is None:
        what = (asked.model.preprocessing, part.prepared.x, asked.request.fills, part.classes)
        found = part.fills = asked.run("keras.filled", *what)
    return found


def _by_fill(start: float, inner: np.ndarray, ends: np.ndarray) -> list[dict]:
    """inner: (F, 2, steps - 1); ends: (F,)."""
    return [_curves(start, own, end) for own, end in zip(inner, ends, strict=True)]


def _curves(start: float, inner: np.ndarray, end: float) -> dict:
    """Both, with the ends that every method shares. inner: (2, steps - 1)."""
    first, last = float(start), float(end)
    return {"deletion": [first, *inner[0].tolist(), last], "insertion": [last, *inner[1].tolist(), first]}


def _region(asked: Measured) -> list[dict | None]:
    triples = zip(asked.part.positions, asked.evidence(), strict=True)
    return [_in_region(asked, position, one) for position, one in triples]


def _in_region(asked: Measured, position: int, evidence: np.ndarray) -> dict | None:
    regions = asked.request.regions
    if regions.key(position) is None:
        return None

    def decode(ref: ImageRef) -> np.ndarray:
        return asked.pool.run("images.decode", ref, about=ref.name, cancelled=asked.job.cancelled)

    region = regions.mask(position, asked.request.items[position], asked.model, evidence.shape, decode)
    return _values(region_mass=maps.region_mass(evidence, region), pointing=maps.pointing(evidence, region))


def _sparseness(asked: Measured) -> list[dict]:
    return [_values(sparseness=maps.gini(one.sum(axis=-1))) for one in asked.values]


def _sanity(asked: Measured) -> list[dict]:
    alike, after = asked.run("keras.sanity", *_again(asked))
    return [
        _values(sanity=one.mean()) | {"stages": [*map(_known, one.tolist())], "maps": as_text(pictures)}
        for one, pictures in zip(alike, after, strict=True)
    ]


def _stability(asked: Measured) -> list[dict]:
    return [_values(stability=one) for one in asked.run("keras.stability", *_again(asked))]


def _again(asked: Measured) -> tuple:
    """What a worker needs to make the maps once more."""
    prepared, request = asked.part.prepared, asked.row.explained
    name = request.analyzer.name
    what = (name, request.params, asked.target, request.unchecked)
    fit = asked.model.fit.folder if request.analyzer.fitted and asked.model.fit is not None else ""
    more = (analyzers.origin(name).code, asked.model.preprocessing, fit)
    return (prepared.x, asked.values, *what, prepared.probabilities, *more)


def _values(**values: float) -> dict:
    return {"values": {name: _known(value) for name, value in values.items()}}


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


MEASURES: dict[str, Callable[[Measured], list]] = {
    "replacement": _replacement,
    "region": _region,
    "sanity": _sanity,
    "stability": _stability,
    "sparseness": _sparseness,
}


def _check_replacement(record: dict) -> None:
    n = len(record["shares"])
    curves = [curve for ways in record["fills"].values() for curve in (ways["deletion"], ways["insertion"])]
    if n < 2 or not curves or any(len(curve) != n for curve in curves):
        raise ValueError
    np.array([record["shares"], *curves], np.float64)
    int(record["class"])


def _check_values(record: dict) -> None:
    for value in record["values"].values():
        if value is not None and not isinstance(value, int | float):
            raise ValueError


CHECKS = dict.fromkeys(MEASURES, _check_values) | {"replacement": _check_replacement}
