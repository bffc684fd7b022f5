"""Top lists of a suggestion: which images, in which order, and a sentence for each with its numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from innv_gui.class_names import map_by_name
from innv_gui.errors import BadInput
from innv_gui.records import Model
from innv_gui.session.suggest_numbers import Numbers
from innv_gui.suggestions.agreement import groups_of
from innv_gui.suggestions.features import N_SAMPLE, Projection, fit
from innv_gui.suggestions.label_errors import ClassThresholds, suspects
from innv_gui.suggestions.neighbours import (
    ALMOST_SAME,
    EXACT,
    N_NEIGHBOURS,
    Nearest,
    isolation,
    nearest,
    reference_rows,
)
from innv_gui.suggestions.ranking import KINDS, Kind, diverse, joined, only_model_right, ranked

N_CANDIDATES = 1000  # the best of a ranking, of which the diverse ones are listed
SAMPLED_PARTS = 50


@dataclass(frozen=True)
class Offer:
    """A list that can be asked for, or why not. n: how many images it would rank, None where that is not known yet."""

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
        self._numbers, self._layers, self._complete = numbers, layers, complete
        self._models = numbers.models

    def offers(self) -> list[Offer]:
        """Every list, in the order of KINDS; "only model k is right" once a model."""
        return [self._offer(kind, model) for kind in KINDS.values() for model in self._subjects(kind)]

    def _subjects(self, kind: Kind) -> tuple[Model | None, ...]:
        return self._models if kind.name == "only_right" and len(self._models) > 1 else (None,)

    def _offer(self, kind: Kind, model: Model | None) -> Offer:
        name = kind.name if model is None else f"{kind.name}.{model.id}"
        title = kind.title.format(letter=model.letter if model else "one model")
        why_not = self._why_not(kind)
        made = self._numbers.peek(("list values", name))
        n = None if made is None else int(np.isfinite(made).sum())
        return Offer(name, title, why_not or kind.reason, not why_not, n)

    def _why_not(self, kind: Kind) -> str:
        if len(self._models) < kind.models:
            return f"Needs at least {kind.models} models."
        if kind.labels and not any(self._numbers.label_counts.values()):
            return "Needs images with labels."
        if kind.name == "label_errors" and not self._knowing():
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
            raise BadInput(f"The list {name} cannot be had: {offers[name].reason}", "", "list", allowed)
        values, reason = self._made(name)
        rows = self._numbers.kept(("list", name), lambda: self._diverse(values, KINDS[name.partition(".")[0]]))
        return TopList(offers[name], rows, values, reason)

    def _made(self, name: str) -> tuple[np.ndarray, Callable[[int], str]]:
        kind, _, model = name.partition(".")
        make, reason = MAKERS[kind]
        position = next((p for p, known in enumerate(self._models) if known.id == model), 0)
        values = self._numbers.kept(("list values", name), lambda: make(self, position))
        return values, lambda row: reason(self, row, float(values[row]), position)

    def _diverse(self, values: np.ndarray, kind: Kind) -> np.ndarray:
        rows = ranked(values, kind.rising)[:N_CANDIDATES]
        return diverse(rows, self._features_of(rows)) if len(rows) else rows

    # -- what is ranked

    def _disagreement(self, _) -> np.ndarray:
        scatter, sure = self._numbers.scatter(), self._numbers.mean("probability")
        return np.where(scatter.n_groups > 1, scatter.n_groups + sure / 2, np.nan)

    def _entropy(self, _) -> np.ndarray:
        return self._numbers.mean("entropy")

    def _margin(self, _) -> np.ndarray:
        return self._numbers.mean("margin")

    def _divergence(self, _) -> np.ndarray:
        values = self._numbers.divergence()
        return np.where(values > 0, values, np.nan)

    def _only_right(self, position: int) -> np.ndarray:
        predicted, labels = self._numbers.predicted(), self._numbers.label_classes()
        right = (predicted == labels) & (labels >= 0)
        return only_model_right(right, self._numbers.of_models("probability"), position)

    def _knowing(self) -> list[int]:
        """Models that have every label of the dataset among their classes."""
        used = [name for name, count in self._numbers.label_counts.items() if count]
        return [m for m, own in enumerate(self._numbers.class_names) if used and not map_by_name(own, used)[2]]

    def _suspicion(self) -> dict[str, np.ndarray]:
        return self._numbers.kept(("suspects",), self._suspects)

    def _suspects(self) -> dict[str, np.ndarray]:
        numbers, knowing = self._numbers, self._knowing()
        labels = numbers.label_classes()[knowing[0]]
        thresholds = ClassThresholds(len(numbers.common.names))
        for rows in numbers.blocks():
            thresholds.add(numbers.probabilities(knowing, rows).mean(axis=0), labels[rows])
        found = {"suggested": np.full(numbers.table.n, -1, np.int32), "thresholds": thresholds.values}
        found |= {name: np.full(numbers.table.n, np.nan) for name in ("own", "other", "strength")}
        for rows in numbers.blocks():
            block = suspects(numbers.probabilities(knowing, rows).mean(axis=0), labels[rows], thresholds.values)
            for name in ("suggested", "own", "other", "strength"):
                found[name][rows] = getattr(block, name)
        return found

    def _label_errors(self, _) -> np.ndarray:
        return self._suspicion()["strength"]

    def _pairs(self) -> tuple[Nearest, np.ndarray]:
        """Nearest images, and the rows they are counted in."""
        return self._numbers.kept(("nearest",), lambda: (nearest(self._features()), self._featured()))

    def _near_duplicates(self, _) -> np.ndarray:
        pairs, rows = self._pairs()
        values = np.full(self._numbers.table.n, np.nan)
        values[rows] = np.where(pairs.similarity >= ALMOST_SAME, pairs.similarity, np.nan)
        return values

    def _least_similar(self, _) -> np.ndarray:
        values = np.full(self._numbers.table.n, np.nan)
        features = self._features()
        values[self._featured()] = isolation(features, reference_rows(len(features)))
        return values

    # -- features

    def _projection(self) -> Projection:
        return self._numbers.kept(("projection",), lambda: fit(self._activations(self._sample())))

    def _sample(self) -> np.ndarray:
        """Images from many places of the dataset (folders are sorted by class), out of few parts (each is a file)."""
        rows = self._numbers.table.rows()
        if len(rows) <= N_SAMPLE:
            return rows
        generator = np.random.default_rng(0)
        blocks = list(self._numbers.table.blocks(rows, parts=1))
        chosen = generator.permutation(len(blocks))[:SAMPLED_PARTS]
        each = -(-N_SAMPLE // len(chosen))
        picked = [generator.permutation(blocks[block])[:each] for block in chosen]
        return np.sort(np.concatenate(picked))

    def _activations(self, rows: np.ndarray) -> list[np.ndarray]:
        table = self._numbers.table
        return [table.activations(model.id, self._layers[model.id], rows) for model in self._models]

    def _features_of(self, rows: np.ndarray) -> np.ndarray:
        return self._projection()(np.concatenate(self._activations(rows), axis=1))

    def _features(self) -> np.ndarray:
        blocks = lambda: [self._features_of(rows) for rows in self._numbers.blocks()]  # noqa: E731
        return self._numbers.kept(("features",), lambda: np.concatenate(blocks() or [np.zeros((0, 1), np.float32)]))

    def _featured(self) -> np.ndarray:
        return self._numbers.kept(("featured",), self._numbers.table.rows)

    # -- sentences

    def _said(self, row: int) -> str:
        """ "3 by digits_cnn and digits_mlp, 8 by digits_resnet"."""
        predicted = self._numbers.predicted_of(row)
        probabilities = [float(self._numbers.table.column(model.id, "probability")[row]) for model in self._models]
        names = self._numbers.common.names
        groups = groups_of(predicted, probabilities)
        by = [joined([self._models[member].name for member in group.members]) for group in groups]
        said = zip(groups, by, strict=True)
        return ", ".join(f"{names[group.class_]} by {who} ({group.probability:.3f})" for group, who in said)

    def _label(self, row: int) -> str:
        return self._numbers.dataset.class_names[self._numbers.labels[row]]

    def _name(self, row: int) -> str:
        dataset = self._numbers.dataset
        return dataset.collection.ref(int(dataset.positions()[row])).name

    def _disagreement_reason(self, row: int, value: float, _) -> str:
        return f"{int(self._numbers.scatter().n_groups[row])} different answers: {self._said(row)}."

    def _entropy_reason(self, row: int, value: float, _) -> str:
        most = np.mean([np.log(model.n_classes) for model in self._models])
        return f"Entropy {value:.3f} of at most {most:.3f}{self._averaged()}: {self._said(row)}."

    def _averaged(self) -> str:
        return f", mean of {len(self._models)} models" if len(self._models) > 1 else ""

    def _margin_reason(self, row: int, value: float, _) -> str:
        tops = [self._numbers.table.top(model.id, np.array([row]))[0].classes[:2] for model in self._models]
        pairs = [
            f"{' and '.join(names[class_] for class_ in top)} in {model.name}"
            for top, names, model in zip(tops, self._numbers.class_names, self._models, strict=True)
        ]
        return f"Only {value:.3f} between the two likeliest classes{self._averaged()}: {', '.join(pairs)}."

    def _divergence_reason(self, row: int, value: float, _) -> str:
        most = np.log(len(self._models))
        return f"Jensen-Shannon divergence {value:.3f} of at most {most:.3f}: {self._said(row)}."

    def _only_right_reason(self, row: int, value: float, position: int) -> str:
        return f"The label is {self._label(row)}; only {self._models[position].name} says so: {self._said(row)}."

    def _label_errors_reason(self, row: int, value: float, _) -> str:
        found = self._suspicion()
        class_ = int(found["suggested"][row])
        suggested, usual = self._numbers.common.names[class_], found["thresholds"][class_]
        return (
            f"Labelled {self._label(row)} with probability {found['own'][row]:.3f}, but {suggested} has "
            f"{found['other'][row]:.3f}, at least the {usual:.3f} that images labelled {suggested} get on average."
        )

    def _near_duplicates_reason(self, row: int, value: float, _) -> str:
        pairs, rows = self._pairs()
        partner = int(rows[pairs.partner[np.searchsorted(rows, row)]])
        found = "" if pairs.exact else f" (of more than {EXACT:,} images the nearest found by hashing)"
        return f"Cosine similarity {value:.4f} with {self._name(partner)} in {self._where()}{found}."

    def _where(self) -> str:
        return joined([f"{self._layers[model.id]} of {model.name}" for model in self._models])

    def _least_similar_reason(self, row: int, value: float, _) -> str:
        values = self._numbers.kept(("list values", "least_similar"), lambda: self._least_similar(0))
        usual = self._numbers.kept(("usual distance",), lambda: float(np.nanmedian(values)))
        n, among = int(np.isfinite(values).sum()), len(reference_rows(int(np.isfinite(values).sum())))
        of = f" of a sample of {among:,}" if among < n else ""
        return (
            f"Mean cosine distance {value:.3f} to its {min(N_NEIGHBOURS, among - 1)} nearest images{of}; for half of "
            f"all images it is below {usual:.3f}."
        )


MAKERS: dict[str, tuple[Callable, Callable]] = {
    name: (getattr(Lists, f"_{name}"), getattr(Lists, f"_{name}_reason")) for name in KINDS
}
