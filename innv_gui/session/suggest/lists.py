"""Top lists of a suggestion: which there are, and the best of each, none almost the same as another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.records import Model
from innv_gui.session.suggest.numbers import Numbers
from innv_gui.session.suggest.reasons import RANKINGS, Ground, knowing
from innv_gui.session.suggest.similarity import Features
from innv_gui.suggestions.ranking import KINDS, Kind, diverse, ranked

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
        """Every list, in the order of KINDS; "only model k is right" once a model."""
        return [self._offer(kind, model) for kind in KINDS.values() for model in self._subjects(kind)]

    def _subjects(self, kind: Kind) -> tuple[Model | None, ...]:
        models = self._numbers.models
        return models if kind.name == "only_right" and len(models) > 1 else (None,)

    def _offer(self, kind: Kind, model: Model | None) -> Offer:
        name = kind.name if model is None else f"{kind.name}.{model.id}"
        title = kind.title.format(letter=model.letter if model else "one model")
        reason = kind.reason.format(name=model.name if model else "One model")
        why_not = self._why_not(kind)
        values = self._numbers.peek(("list values", name)) if why_not or not self._counts(kind) else self._values(name)
        n = None if values is None else int(np.isfinite(values).sum())
        return Offer(name, title, why_not or reason, not why_not, n)

    def _counts(self, kind: Kind) -> bool:
        """Whether a list can be counted at once: all are scored, few, and not compared with each other."""
        return self._complete() and not kind.similarity and self._numbers.table.n <= MOST_COUNTED

    def _values(self, name: str) -> np.ndarray:
        kind, ground = self._about(name)
        return self._numbers.kept(("list values", name), lambda: RANKINGS[kind].values(ground))

    def _about(self, name: str) -> tuple[str, Ground]:
        """The kind of a list, and what it is made of: one model, where it is about one."""
        kind, _, id = name.partition(".")
        which = next((place for place, model in enumerate(self._numbers.models) if model.id == id), 0)
        return kind, replace(self._ground, which=which)

    def _why_not(self, kind: Kind) -> str:
        if len(self._numbers.models) < kind.models:
            return f"Needs at least {kind.models} models."
        if kind.one_class and self._numbers.why_no_single_class:
            return self._numbers.why_no_single_class
        if kind.labels and not any(self._numbers.label_counts.values()):
            return "Needs images with labels."
        if kind.name == "label_errors" and not knowing(self._numbers):
            return "Needs a model that has all labels among its classes."
        if kind.similarity and not self._complete():
            return "Compares all images with each other, so it comes when all are scored."
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
        rows = self._numbers.kept(("list", offer.name), lambda: self._diverse(ranked(values, KINDS[kind].rising)))
        return TopList(offer, rows, values, lambda row: RANKINGS[kind].reason(ground, row, float(values[row])))

    def _diverse(self, rows: np.ndarray) -> np.ndarray:
        return diverse(rows[:N_CANDIDATES], self._ground.features.of)
