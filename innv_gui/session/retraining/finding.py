"""What came of a retraining, in words, with what to try next. Behaviour first: a share of evidence is no proof."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from innv_gui.session.retraining.request import LEARNING_RATE, MOST_STEPS, STEPS, STRENGTH, keeps_weights
from innv_gui.workshop.retraining import Behaviour

if TYPE_CHECKING:
    from innv_gui.session.retraining.request import RetrainRequest

RIGHT = 0.9  # with the painted part replaced, of those that are right as usual: a model need not be right on all
LOST = 0.03  # of accuracy as usual: more is a price
LITTLE = 0.3  # of the evidence
BETTER = 0.1
MOST, MANY = 0.5, 0.2  # of the right answers: more are lost with the painted part replaced


@dataclass(frozen=True)
class Try:
    """What to change, and the button's words."""

    label: str
    changes: dict


@dataclass(frozen=True)
class Finding:
    """kind: cured, dearly (cured at a price), better, same, undecided, unlearned, needless, unknown or measured."""

    kind: str
    title: str
    detail: str
    tries: tuple[Try, ...] = ()


def finding(request: RetrainRequest, before: Behaviour, after: Behaviour) -> Finding:
    """before, after: on the same held-out images."""
    kind = _kind(request, before, after)
    title, detail = _WORDS[kind]
    counts = {"right": round(after.replaced * after.n_painted) if _known(after) else 0, "n": after.n_painted}
    facts = {"before": before, "after": after, "steps": request.plan.steps, "chance": _chance(request), **counts}
    facts["of_one_class"] = len(np.unique(request.plan.labels[request.plan.painted])) == 1
    tries = () if kind in ("cured", "needless", "measured") else tuple(_tries(request))
    return Finding(kind, title, detail(facts), tries)


def _kind(request: RetrainRequest, before: Behaviour, after: Behaviour) -> str:
    if not request.plan.steps:
        return "measured"
    if after.undecided:
        return "undecided"
    if not _known(after) or not _known(before):
        return "unknown"
    if after.usual <= _chance(request) < before.usual:
        return "unlearned"
    if _stays_right(before) and _stays_right(after):
        return "needless"
    if _stays_right(after):
        return "cured" if after.usual >= before.usual - LOST else "dearly"
    return "better" if after.replaced >= before.replaced + BETTER else "same"


def _chance(request: RetrainRequest) -> float:
    """Share of the held-out images that is right where one class is the answer to all."""
    labels = request.plan.labels[request.plan.held]
    return float(np.bincount(labels).max() / len(labels))


def _stays_right(one: Behaviour) -> bool:
    """With the painted part replaced about as often as usual."""
    return one.usual > 0 and one.replaced >= RIGHT * one.usual


def _known(one: Behaviour) -> bool:
    return not math.isnan(one.replaced)


def _cured(facts: dict) -> str:
    before, after = facts["before"], facts["after"]
    words = f"With the painted part replaced, {facts['right']} of {facts['n']} held-out images are right; before, "
    words += f"{round(before.replaced * before.n_painted)} were."
    if after.share > LITTLE:
        words += f" {after.share:.0%} of its evidence still lies there, which does not change what it answers."
    return words


def _dearly(facts: dict) -> str:
    before, after = facts["before"], facts["after"]
    return f"{_cured(facts)} As they are, {after.usual:.0%} are right; before, {before.usual:.0%} were."


def _better(facts: dict) -> str:
    return f"{_cured(facts)} It still relies on the painted part, but less than before."


def _same(facts: dict) -> str:
    words = f"With the painted part replaced, only {facts['right']} of {facts['n']} held-out images are right."
    few = facts["steps"] < STEPS
    return f"{words} {facts['steps']:,} steps are too few to learn something new." if few else words


def _undecided(facts: dict) -> str:
    return "It names nearly all images alike, or none clearly: nothing can be said about where it looks."


def _unlearned(facts: dict) -> str:
    before, after = facts["before"], facts["after"]
    words = f"As they are, {after.usual:.0%} of the held-out images are right, as by chance; before, "
    return f"{words}{before.usual:.0%} were."


def _needless(facts: dict) -> str:
    return f"With the painted part replaced, {facts['before'].replaced:.0%} were right before, too."


def _unknown(facts: dict) -> str:
    if facts["of_one_class"]:
        return "All painted images are of one class, so there is no painted part of another class to put in its place."
    return "None of the held-out images is painted, so the painted part cannot be replaced on any of them."


def _measured(facts: dict) -> str:
    before = facts["before"]
    if not _known(before):
        return _unknown(facts)
    if before.replaced >= RIGHT:
        return "Its answers stay right when the painted part is replaced: it does not depend on it."
    lost = 1 - before.replaced / before.usual if before.usual > 0 else 0.0
    if lost <= LOST:
        return "It is right about as often when the painted part is replaced: it does not depend on it."
    if before.replaced < 1 - RIGHT and before.usual > facts["chance"]:
        return "It knows the painted part, not the rest: its answers change when that part is replaced."
    return f"{_how_many(lost)} of its answers change when the painted part is replaced."


def _how_many(lost: float) -> str:
    """lost: of the right answers."""
    return "Most" if lost > MOST else "Many" if lost > MANY else "Some"


_WORDS = {
    "cured": ("It no longer relies on the painted part.", _cured),
    "dearly": ("It no longer relies on the painted part, at a price.", _dearly),
    "better": ("Better, not cured.", _better),
    "same": ("Not cured: it still relies on the painted part.", _same),
    "undecided": ("The network has stopped deciding.", _undecided),
    "unlearned": ("It no longer knows the classes.", _unlearned),
    "needless": ("It did not rely on the painted part.", _needless),
    "unknown": ("Trained; whether it helped is not known.", _unknown),
    "measured": ("What it does now", _measured),
}


def _tries(request: RetrainRequest):
    """The next things to try, the likeliest first."""
    plan, model = request.plan, request.model
    if plan.way == "penalty":
        yield Try("Fill as well", {"way": "both", "strength": STRENGTH})
    if plan.way != "penalty" and plan.fill != "pictures":
        yield Try("Fill from other images", {"fill": "pictures"})
    if plan.forget < 1 and not keeps_weights(model):
        yield Try("Begin with fresh weights", {"forget": 1.0, "learning_rate": LEARNING_RATE})
    if plan.learning_rate > LEARNING_RATE:
        yield Try(f"Learning rate {LEARNING_RATE:g}", {"learning_rate": LEARNING_RATE})
    if plan.steps < MOST_STEPS:
        steps = STEPS if plan.steps < STEPS else min(2 * plan.steps, MOST_STEPS)
        yield Try(f"{steps:,} steps", {"steps": steps})
    yield Try(f"Seed {plan.seed + 1}", {"seed": plan.seed + 1})
