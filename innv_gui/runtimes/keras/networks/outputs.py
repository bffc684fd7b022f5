"""What a network's outputs are, from its structure (what it ends in) and its values (what comes out of a few images).

Both have to agree. Where the structure is not known the values decide, and where they say different things there is a
doubt, which a person settles by naming the kind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from innv_gui.errors import BadInput, ModelRefused
from innv_gui.records import OUTPUT_KINDS, Outputs
from innv_gui.runtimes.keras.files.quoting import quoted
from innv_gui.runtimes.keras.networks.ending import SCALED
from innv_gui.runtimes.keras.networks.links import TAKEN_OFF

CLOSE = 1e-3  # of a sum of probabilities
_SIGMOIDS = {
    "sigmoid": "a sigmoid",
    "hard_sigmoid": "a hard sigmoid",
    "hard_sigmoid_of_keras_2": "the hard sigmoid of Keras 2",
    "log_sigmoid": "the logarithm of a sigmoid",
}


@dataclass(frozen=True)
class Reading:
    """One way to understand the outputs. link: from scores to probabilities, see `links`."""

    kind: str
    link: str
    reason: str


@dataclass(frozen=True)
class Said:
    """What is said about the outputs. kind: by a person; by_itself: the file's loss takes each value as a logit."""

    kind: str | None = None
    by_itself: bool = False


NOTHING = Said()


@dataclass(frozen=True)
class Ends:
    """All that is known. function: what was taken off (`is_off`), or what stands there. values: (n, K) as they came.

    by_itself: as in `Said`.
    """

    function: str
    is_off: bool
    values: np.ndarray
    by_itself: bool = False

    @property
    def n_units(self) -> int:
        """K of the file."""
        return self.values.shape[1]

    def rows(self) -> np.ndarray:
        """Those that are finite."""
        return self.values[np.isfinite(self.values).all(axis=1)]

    def between(self) -> bool:
        """All in [0, 1]."""
        rows = self.rows()
        return bool(len(rows)) and rows.min() >= -CLOSE and rows.max() <= 1 + CLOSE

    def sum_to_one(self) -> bool:
        """All in [0, 1], and each image's sum is 1."""
        return self.n_units > 1 and self.between() and bool(np.allclose(self.rows().sum(axis=1), 1, atol=CLOSE))

    def logarithms(self) -> bool:
        """The exponentials are probabilities."""
        rows = self.rows()
        negative = self.n_units > 1 and len(rows) > 0 and rows.max() <= CLOSE
        return bool(negative and np.allclose(np.exp(rows).sum(axis=1), 1, atol=CLOSE))

    def range(self) -> str:
        """In words."""
        rows = self.rows()
        return f"from {rows.min():.3g} to {rows.max():.3g}".replace("-", "−") if len(rows) else "not finite"


def decided(ends: Ends, wish: str | None, file: str) -> tuple[Outputs, str]:
    """(what the outputs are, the link). Raises BadInput for a request that the values contradict, ModelRefused for one
    unit whose meaning cannot be known."""
    if wish not in (None, *OUTPUT_KINDS):
        raise BadInput(f"{quoted(wish)} is not a kind of outputs.", field="outputs", allowed=OUTPUT_KINDS)
    readings, doubt = _readings(ends)
    choices = tuple(reading.kind for reading in readings)
    if wish is not None:
        chosen = next((reading for reading in readings if reading.kind == wish), None)
        if chosen is None:
            raise _contradicted(ends, wish, choices, file)
        return Outputs(chosen.kind, f"As you said. {chosen.reason}", "", choices, _scores(chosen)), chosen.link
    if doubt and ends.n_units == 1 and ends.function != "softmax":
        hint = "If it is the logit of class 1, say so: --outputs binary."
        raise ModelRefused(f"{file}: {doubt}", hint, "outputs", choices)
    return Outputs(readings[0].kind, readings[0].reason, doubt, choices, _scores(readings[0])), readings[0].link


def _readings(ends: Ends) -> tuple[list[Reading], str]:
    """All that fit, the likeliest first, and what speaks against it."""
    if ends.function.startswith(SCALED) and ends.between():
        ends = replace(ends, function="")  # smoothed: they still are probabilities
    if ends.is_off:
        return _known(ends)
    if ends.sum_to_one():
        reason = "Its values lie in [0, 1] and sum to 1 for each image: probabilities, with no softmax to remove."
        return [Reading("probabilities", "identity", reason)], ""
    if ends.logarithms():
        reason = "The exponentials of its values sum to 1 for each image."
        return [Reading("log_probabilities", "exp", reason)], ""
    return _one_unit(ends) if ends.n_units == 1 else _many_units(ends)


def _known(ends: Ends) -> tuple[list[Reading], str]:
    function, link = ends.function, TAKEN_OFF[ends.function][0]
    if link != "softmax":
        return _sigmoids(ends, link)
    if ends.n_units == 1:
        doubt = "A softmax over a single unit is 1 for every image, whatever the network has learned."
        as_logit = Reading("binary", "sigmoid", "The unit before the softmax is read as the logit of class 1.")
        return [Reading("softmax", link, doubt), as_logit], doubt
    if function == "log_softmax":
        return [Reading("log_probabilities", link, "The model ends in the logarithm of a softmax.")], ""
    return [Reading("softmax", link, "The model ends in a softmax.")], ""


def _sigmoids(ends: Ends, link: str) -> tuple[list[Reading], str]:
    what = _SIGMOIDS[ends.function]
    if ends.n_units == 1:
        reason = f"One unit with {what}: p of class 1, and 1 − p of class 0."
        return [Reading("binary", link, reason)], ""
    several = Reading("multilabel", link, f"Each unit has {what} of its own: every class is right or wrong by itself.")
    if not ends.sum_to_one():
        return [several], ""
    doubt = f"Each unit has {what} of its own, but all values of an image sum to 1: can an image be of several classes?"
    return [Reading("probabilities", link, "Its values sum to 1 for each image."), several], doubt


def _one_unit(ends: Ends) -> tuple[list[Reading], str]:
    if ends.function == "" and ends.between():
        reason = "One unit with values in [0, 1]: p of class 1, and 1 − p of class 0."
        return [Reading("binary", "identity", reason)], ""
    ends_plainly = ends.function in ("linear", "")
    what = "One unit without activation" if ends_plainly else f"One unit behind {quoted(ends.function)}"
    reading = Reading("binary", "sigmoid", f"{what}: it is read as the logit of class 1.")
    if ends_plainly:
        return [reading], ""
    behind = quoted(ends.function)
    doubt = f"it gives one value for each image, {ends.range()}, behind {behind}: neither a probability nor a logit."
    return [reading], doubt


def _many_units(ends: Ends) -> tuple[list[Reading], str]:
    each = "Each output is read as the logit of a class of its own."
    logits = Reading("logits", "softmax", "The model ends without softmax: softmax of its values gives probabilities.")
    if ends.function == "linear" and ends.by_itself:
        trained = "The model was trained with a binary cross-entropy of each value as a logit"
        doubt = f"{trained}: can an image be of several classes, or is the largest value its one class?"
        return [Reading("multilabel", "sigmoid", f"{trained}: every class is right or wrong by itself."), logits], doubt
    if ends.function == "linear":
        return [logits, Reading("multilabel", "sigmoid", each)], ""
    if ends.between() and not ends.function:
        reason = "All values lie in [0, 1] and do not sum to 1: every class is right or wrong by itself."
        doubt = "All values lie in [0, 1] and do not sum to 1: independent classes, or scores that need a softmax?"
        return [Reading("multilabel", "identity", reason), logits], doubt
    doubt = f"The model ends in {quoted(ends.function)}: are its values ({ends.range()}) logits of a softmax?"
    return [logits, Reading("multilabel", "sigmoid", each)], doubt if ends.function else ""


def _scores(reading: Reading) -> str:
    """What an explanation explains."""
    names = {"identity": "probability", "exp": "log-probability", "softmax": "logit", "sigmoid": "logit"}
    return names.get(reading.link, "score before the hard sigmoid")


def _contradicted(ends: Ends, wish: str, choices: tuple[str, ...], file: str) -> BadInput:
    many = f"{ends.n_units} values" if ends.n_units > 1 else "one value"
    behind = f" behind {quoted(ends.function)}" if ends.function not in ("", "linear") else ""
    return BadInput(
        f"{file} gives {many} an image, {ends.range()}{behind}; they cannot be {quoted(wish)}.",
        f"Expected {' or '.join(choices)}.",
        "outputs",
        choices,
    )
