"""A finished probe: how many labelled images a model gets right under each preprocessing, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from innv_gui.preprocessing import in_words, written
from innv_gui.records import UNREAD, Model, Preprocessing
from innv_gui.session.probe.sample import Sample, arithmetic
from innv_gui.suggestions.label_order import LabelOrder, better_order
from innv_gui.suggestions.rule_comparison import (
    CLEAR,
    Comparison,
    can_be_assigned,
    compared,
    interval,
    is_near_chance,
    p_value,
    right_when_assigned,
)

if TYPE_CHECKING:
    import pandas

NEAR_CHANCE = (
    "No rule is better than chance: the class names may be in another order, or the images are unlike the "
    "training images."
)
ASSIGNED = "Which label is which class is only assumed: rules are compared by the best assignment of classes to labels."
UNSURE = (
    "{} gets more right, {} instead of {}, but that may be luck: {} cannot distinguish it from the rule in use. Open "
    "more labelled images, or use it if the model was trained that way."
)
BY_ASSIGNMENT = "by the best assignment of classes to labels"  # where the figures are not those of right answers
OTHER_ORDER = "With its classes in another order {} would be right: what is assumed may be in the wrong order."


@dataclass(frozen=True, eq=False)
class Probe:
    """R rules on n labelled images. predicted: (R, n) int32 class indices; sample.classes: (n,) those of the labels.

    current: the model's rule now. names_assumed: which label is which class is not known for certain.
    """

    model: Model
    sample: Sample
    rules: tuple[Preprocessing, ...]
    predicted: np.ndarray = field(repr=False)
    current: Preprocessing
    names_assumed: bool = False

    @cached_property
    def _read(self) -> np.ndarray:
        """Images that could be read."""
        return np.flatnonzero((self.predicted != UNREAD).all(axis=0))

    @property
    def n(self) -> int:
        """Images that count."""
        return len(self._read)

    @cached_property
    def classes(self) -> np.ndarray:
        """(n,) class indices of the labels of images that count."""
        return self.sample.classes[self._read]

    @cached_property
    def right(self) -> np.ndarray:
        """(R, n) bool: the label's class is the predicted one."""
        return self.predicted[:, self._read] == self.classes

    @cached_property
    def assigned(self) -> np.ndarray | None:
        """(R, n) bool: right after the best assignment of classes; None where names are known or images too few."""
        if not self.names_assumed or not can_be_assigned(self.n, self.model.n_classes):
            return None
        answers = self.predicted[:, self._read]
        return np.stack([right_when_assigned(row, self.classes, self.model.n_classes) for row in answers])

    @cached_property
    def comparison(self) -> Comparison | None:
        """The rules compared; None without an image."""
        if self.n == 0:
            return None
        told = self.place(self.model.facts.preprocessing)
        right = self.right if self.assigned is None else self.assigned
        return compared(right, self.place(self.current) or 0, told)

    @cached_property
    def label_order(self) -> LabelOrder | None:
        """Another order of the classes that the answers under the best rule fit far better."""
        if self.comparison is None:
            return None
        return better_order(self.predicted[self.comparison.best, self._read], self.classes, self.model.n_classes)

    def place(self, rule: Preprocessing) -> int | None:
        """Where a rule that computes the same stands."""
        same = [place for place, one in enumerate(self.rules) if arithmetic(one) == arithmetic(rule)]
        return same[0] if same else None

    def seen_with(self, model: Model) -> Probe:
        """The same answers for a model whose current rule is another."""
        return Probe(model, self.sample, self.rules, self.predicted, model.preprocessing, self.names_assumed)

    @property
    def advised(self) -> Preprocessing | None:
        """The rule to take instead of the current one; None where none is clearly better."""
        place = self.comparison.advised if self.comparison is not None else None
        return None if place is None else self.rules[place]

    @property
    def advice(self) -> str:
        """One sentence with figures; empty where the current rule is as good as any."""
        if self.advised is None:
            return ""
        words, then, now = self.figures().values()
        by = "" if self.assigned is None else f" {BY_ASSIGNMENT}"
        return f"{words}: {then} right instead of {now} of {self.n} images of {self.sample.dataset.name}{by}."

    def figures(self) -> dict[str, str]:
        """Of the best rule: it in words, and the shares of right answers, with it and now."""
        shown = self.right if self.assigned is None else self.assigned
        now, then = (percent(row.mean()) for row in shown[[self.comparison.current, self.comparison.best]])
        best = self.rules[self.comparison.best]
        resize = "" if best.resize == self.current.resize else f", {best.resize}"
        return {"words": _capital(f"{in_words(best)}{resize}"), "then": then, "now": now}

    @property
    def verdict(self) -> str:
        """What the table says, in one or two sentences; empty without images."""
        if self.comparison is None:
            return ""
        if self.advised is not None:
            return self.advice
        if self.comparison.best == self.comparison.current:
            return f"{self._by('the rule in use')} gets the most images right.{self._rivals()}"
        words, then, now = self.figures().values()
        return UNSURE.format(self._by(words), then, now, _images(self.n))

    def _by(self, rule: str) -> str:
        """A rule at the beginning of a sentence that says what is compared, where that is not the right answers."""
        return _capital(rule if self.assigned is None else f"{BY_ASSIGNMENT}: {rule}")

    def _rivals(self) -> str:
        """How many other rules could be as good as the best."""
        others = len(self.comparison.tied) - 1
        return f" {_images(self.n)} cannot distinguish it from {others} other{'s' * (others > 1)}." if others else ""

    @property
    def option(self) -> str:
        """What to give on the command line; empty without advice."""
        return "" if self.advised is None else f"--preprocessing {_quoted(written(self.advised))}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What else has to be known to read the table."""
        if self.comparison is None:
            return ("None of its images could be read.",)
        best = self.comparison.best
        found = [ASSIGNED] if self.assigned is not None else []
        if self._is_other_order(best):
            found.append(OTHER_ORDER.format(percent(self.assigned[best].mean())))
        elif self.n > 1 and is_near_chance(self.right[best], self.classes):
            found.append(NEAR_CHANCE)
        unread = len(self.sample) - self.n
        if unread:
            found.append(f"{unread} image{'' if unread == 1 else 's'} could not be read.")
        return tuple(found)

    def _is_other_order(self, best: int) -> bool:
        """Whether another order of the classes would more than double what is right, by more than accident."""
        if self.assigned is None:
            return False
        right, assigned = self.right[best], self.assigned[best]
        return assigned.sum() > 2 * right.sum() and p_value(assigned, right) < CLEAR

    def rows(self) -> list[dict]:
        """One row per rule: rule, words, resize, right, n, accuracy, low, high, assigned, current, advised, tied.

        low, high: the 95 % interval of the accuracy.
        """
        if self.comparison is None:
            return []
        return [self._row(place, rule) for place, rule in enumerate(self.rules)]

    def _row(self, place: int, rule: Preprocessing) -> dict:
        n_right = int(self.right[place].sum())
        low, high = interval(n_right, self.n)
        return {
            "rule": rule,
            "words": in_words(rule),
            "resize": rule.resize,
            "right": n_right,
            "n": self.n,
            "accuracy": n_right / self.n,
            "low": low,
            "high": high,
            "assigned": None if self.assigned is None else float(self.assigned[place].mean()),
            "current": place == self.comparison.current,
            "advised": place == self.comparison.advised,
            "tied": place in self.comparison.tied,
        }

    @property
    def table(self) -> pandas.DataFrame:
        """The rows as a frame, the rule as `--preprocessing` takes it."""
        import pandas  # slow to import, and the pages do not need it

        return pandas.DataFrame([{**row, "rule": written(row["rule"])} for row in self.rows()])


def percent(share: float) -> str:
    """Whole per cents; 0 and 100 mean exactly that."""
    shown = min(99, max(1, round(100 * share))) if 0 < share < 1 else round(100 * share)
    return f"{shown} %"


def _images(n: int) -> str:
    return f"{n} image{'' if n == 1 else 's'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _quoted(text: str) -> str:
    return f"'{text}'" if ";" in text else text
