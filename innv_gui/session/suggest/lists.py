"""Top lists of a suggestion: which there are, and the best of each, none almost the same as another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from innv_gui.errors import BadInput, InnvError, WorkFailed
from innv_gui.extensions.calling import told
from innv_gui.records import Model
from innv_gui.session.suggest.catalog import CATALOG, reasons
from innv_gui.session.suggest.ground import Ground, knowing, left_out
from innv_gui.session.suggest.numbers import Numbers
from innv_gui.session.suggest.similarity import Features
from innv_gui.suggestions.declaration import Reason
from innv_gui.suggestions.ranking import N_LISTED, diverse, ranked

N_CANDIDATES = 2000  # the best of a ranking, of which the diverse ones are listed
MOST_COUNTED = 50_000  # images: up to here a list is counted before anybody asks for it, in a few milliseconds


@dataclass(frozen=True)
class Offer:
    """A list that can be asked for, or why not. n: how many images it ranks, None where that is not known yet."""

    name: str
    title: str
    reason: str
    available: bool
    n: int | None = None


@dataclass(frozen=True)
class TopList:
    """rows (k,) best first, diverse; values (n,) over the dataset; reason: the sentence for one row."""

    offer: Offer
    rows: np.ndarray = field(repr=False)
    values: np.ndarray = field(repr=False)
    reason: Callable[[int], str] = field(repr=False)


class Lists:
    """All lists of one suggestion. layers: per model id, where similarity is measured. complete: no more will come."""

    def __init__(self, numbers: Numbers, layers: dict[str, str], complete: Callable[[], bool]):
        self._numbers, self._complete = numbers, complete
        self._ground = Ground(numbers, Features(numbers, layers))

    def offers(self) -> list[Offer]:
        """Every list, in order; "only model k is right" once per model."""
        return [self._offer(kind, model) for kind in reasons().values() for model in self._subjects(kind)]

    def _subjects(self, kind: Reason) -> tuple[Model | None, ...]:
        models = self._numbers.models
        return models if kind.each_model and len(models) > 1 else (None,)

    def _offer(self, kind: Reason, model: Model | None) -> Offer:
        name = kind.name if model is None else f"{kind.name}.{model.id}"
        title, reason = _words(kind, model)
        why_not = self._why_not(kind)
        if kind.all_labels and (without := left_out(self._numbers)):
            reason = f"{reason} {without}"
        try:
            values = self._counted(kind, name, why_not)
        except InnvError as error:  # a plug-in's
            return Offer(name, title, str(error), False)
        n = None if values is None else int((~np.isnan(values)).sum())  # the same as are ranked: a loss may be infinite
        return Offer(name, title, why_not or reason, not why_not, n)

    def _counted(self, kind: Reason, name: str, why_not: str) -> np.ndarray | None:
        if why_not or not self._counts(kind):
            return self._numbers.peek(("list values", name))
        return self._values(name)

    def _counts(self, kind: Reason) -> bool:
        """Whether a list can be counted at once: all are scored, few, and not compared with each other."""
        return self._complete() and not kind.similarity and self._numbers.table.n <= MOST_COUNTED

    def _values(self, name: str) -> np.ndarray:
        kind, ground = self._about(name)
        return self._numbers.kept(("list values", name), lambda: _values_of(kind, ground))

    def _about(self, name: str) -> tuple[str, Ground]:
        """The kind of a list, and what it is made of: one model, where it is about one."""
        kind, _, id = name.partition(".")
        which = next((place for place, model in enumerate(self._numbers.models) if model.id == id), 0)
        return kind, replace(self._ground, which=which)

    def _why_not(self, kind: Reason) -> str:
        if len(self._numbers.models) < kind.models:
            return f"Needs at least {kind.models} models."
        if kind.one_class and self._numbers.why_no_single_class:
            return self._numbers.why_no_single_class
        if kind.labels and not any(self._numbers.label_counts.values()):
            return "Needs images with labels."
        if kind.all_labels and not knowing(self._numbers):
            return "Needs a model that has all labels among its classes."
        if kind.similarity and not self._complete():
            return "Compares all images with each other, so it is available once all are scored."
        return ""

    def get(self, name: str) -> TopList:
        """One list. Raises BadInput when there is none of the name, or not now."""
        offers = {offer.name: offer for offer in self.offers()}
        if name not in offers:
            raise BadInput(f"There is no list {name!r}.", f"Expected {', '.join(offers)}.", "list", tuple(offers))
        if not offers[name].available:
            allowed = tuple(offer.name for offer in offers.values() if offer.available)
            raise BadInput(f"The list {name} is not available: {offers[name].reason}", "", "list", allowed)
        return self._made(offers[name])

    def _made(self, offer: Offer) -> TopList:
        (kind, ground), values = self._about(offer.name), self._values(offer.name)
        rows = self._numbers.kept(("list", offer.name), lambda: self._diverse(ranked(values, reasons()[kind].rising)))
        return TopList(offer, rows, values, lambda row: _sentence_of(kind, ground, row, float(values[row])))

    def _diverse(self, rows: np.ndarray) -> np.ndarray:
        best, features = rows[:N_CANDIDATES], self._ground.features
        return features.distinct(best)[:N_LISTED] if features.few else diverse(best, features.of)


def _words(kind: Reason, model: Model | None) -> tuple[str, str]:
    """Title and summary; those of a list about one model name it."""
    if not kind.each_model:
        return kind.title, kind.summary
    title = kind.title.format(letter=model.letter if model else "one model")
    return title, kind.summary.format(name=model.name if model else "One model")


def _values_of(name: str, ground: Ground) -> np.ndarray:
    """(n,) float64. Raises WorkFailed where a plug-in fails or gives something else."""
    entry = CATALOG.entries()[name]
    values = told(name, entry.origin, lambda: np.asarray(entry.declaration.values(ground)))
    if values.shape != (ground.n,) or values.dtype.kind not in "fiub":
        raise WorkFailed(
            f"{name} gave {values.shape} of {values.dtype}, expected one number per image, {(ground.n,)}.",
            f"It comes from {entry.origin.name}.",
        )
    return values.astype(np.float64)


def _sentence_of(name: str, ground: Ground, row: int, value: float) -> str:
    entry = CATALOG.entries()[name]
    if entry.declaration.sentence is None:
        return f"{entry.declaration.title}: {value:.4g}."
    said = told(name, entry.origin, lambda: entry.declaration.sentence(ground, row, value))
    if not isinstance(said, str):
        raise WorkFailed(
            f"The sentence of {name} gave {said!r:.60}, expected text.", f"It comes from {entry.origin.name}."
        )
    return said
