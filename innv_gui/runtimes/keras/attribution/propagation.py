"""A rule at work on one layer with weights: relevance of the output in, relevance of the input out.

Only what is needed is computed: parts of an input that is known not to be negative are left out, the forward pass's own
sum serves the rules that ask for it, and sums of weights alone are made for one image instead of a batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add

import tensorflow as tf

from innv_gui.runtimes.keras.attribution.linear import Linear, Weights
from innv_gui.runtimes.keras.attribution.rules import STABILIZER, Part, Rule, Share


@dataclass(frozen=True, eq=False)
class Passed:
    """What the forward pass left at a layer: x its input, y = map(x) without bias, and the tape that saw it."""

    linear: Linear
    x: tf.Tensor
    y: tf.Tensor
    tape: tf.GradientTape
    never_negative: bool  # x
    low: tf.Tensor | None = None  # range of x, where the layer is the first one
    high: tf.Tensor | None = None

    @property
    def z(self) -> tf.Tensor:
        """Before the activation."""
        return self.y if self.linear.bias is None else self.y + self.linear.bias


def forward(linear: Linear, x: tf.Tensor, never_negative: bool, bounds: tuple = (None, None)) -> Passed:
    """The linear part of a layer."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = linear.map(x, linear.weights)
    return Passed(linear, x, y, tape, never_negative, *bounds)


def relevance_of_input(rule: Rule, passed: Passed, relevance: tf.Tensor) -> tf.Tensor:
    """relevance: of the layer's output, of y's shape -> of x's shape."""
    with tf.control_dependencies([relevance]):  # else the parts of all layers' weights would be made, and held, at once
        shares = [_share(rule, share, passed, relevance) for share in rule.shares]
    found = [one for one in shares if one is not None]
    return tf.add_n(found) if found else tf.zeros_like(passed.x)


def divided(
    relevance: tf.Tensor, denominator: tf.Tensor, epsilon: float | None = None, zero: float = STABILIZER
) -> tf.Tensor:
    """relevance / denominator: epsilon added away from zero, or a denominator of exactly zero replaced by `zero`."""
    if epsilon is None:
        return relevance / tf.where(denominator == 0, zero, denominator)
    return relevance / (denominator + tf.where(denominator >= 0, epsilon, -epsilon))


def _share(rule: Rule, share: Share, passed: Passed, relevance: tf.Tensor) -> tf.Tensor | None:
    parts = [part for part in share.parts if not (part.inputs == "negative" and passed.never_negative)]
    if not parts:
        return None
    done = [_sum(part, rule, passed) for part in parts]
    denominator = reduce(add, [_signed(one.y, part.sign) for one, part in zip(done, parts, strict=True)])
    bias = _bias(share.bias, passed.linear.bias)
    denominator = denominator if bias is None else denominator + bias
    message = divided(relevance, denominator, rule.epsilon, rule.zero)
    gathered = [_signed(one.back(message), part.sign) for one, part in zip(done, parts, strict=True)]
    return _signed(tf.add_n(gathered), share.factor)


@dataclass(frozen=True, eq=False)
class _Sum:
    """One part X, V: y = V X, and the way back X * V^T."""

    y: tf.Tensor
    x: tf.Tensor | None  # None: X is one
    passed: Passed
    weights: Weights | None  # None: weights of one, summed over channels first
    tape: tf.GradientTape | None = None
    tape_y: tf.Tensor | None = None

    def back(self, message: tf.Tensor) -> tf.Tensor:
        """message: of y's shape for the batch."""
        if self.tape is not None:
            return self.x * self.tape.gradient(self.tape_y, self.x, message)
        if self.weights is None:
            return _evenly_back(self.passed, message)
        gradient = _transposed(self.passed.linear, self.passed.x, self.weights, message)
        return gradient if self.x is None else self.x * gradient


def _sum(part: Part, rule: Rule, passed: Passed) -> _Sum:
    linear = passed.linear
    if part == Part("all", "all", part.sign):
        return _Sum(passed.y, passed.x, passed, linear.weights, passed.tape, passed.y)
    if part.inputs == "ones" and part.weights == "ones" and linear.sums_channels:
        return _Sum(_even_count(passed), None, passed, None)
    weights = tuple(_WEIGHTS[part.weights](one) for one in linear.weights)
    if part.inputs == "ones":
        return _Sum(linear.map(tf.ones_like(passed.x[:1]), weights), None, passed, weights)
    if part.inputs in ("low", "high"):
        bound = _bound(part.inputs, rule, passed)
        return _Sum(linear.map(bound, weights), bound, passed, weights)
    x = passed.x if passed.never_negative else _INPUTS[part.inputs](passed.x)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = linear.map(x, weights)
    return _Sum(y, x, passed, weights, tape, y)


def _bound(which: str, rule: Rule, passed: Passed) -> tf.Tensor:
    """Of one image's shape: the constant, or what the layers in front make of it."""
    known = getattr(passed, which)
    return tf.ones_like(passed.x[:1]) * getattr(rule, which) if known is None else known


def _transposed(linear: Linear, x: tf.Tensor, weights: Weights, message: tf.Tensor) -> tf.Tensor:
    """V^T message; the forward pass that is written here is never run, for nothing asks for its values."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = linear.map(x, weights)
    return tape.gradient(y, x, message)


def _even_count(passed: Passed) -> tf.Tensor:
    """(1, ..., 1): how many inputs each output sees, borders included."""
    channels = tf.cast(tf.shape(passed.x)[-1], tf.float32)
    return passed.linear.map(tf.ones_like(passed.x[:1, ..., :1]), _one_channel(passed.linear)) * channels


def _evenly_back(passed: Passed, message: tf.Tensor) -> tf.Tensor:
    """Every input of an output receives the same, so the output channels are summed first."""
    one_channel = passed.x[..., :1]
    together = tf.reduce_sum(message, axis=-1, keepdims=True)
    return tf.broadcast_to(
        _transposed(passed.linear, one_channel, _one_channel(passed.linear), together), tf.shape(passed.x)
    )


def _one_channel(linear: Linear) -> Weights:
    return (tf.ones_like(linear.weights[0][..., :1, :1]),)


def _bias(which: str, bias: tf.Tensor | None) -> tf.Tensor | None:
    return None if bias is None or which == "none" else _INPUTS[which](bias)


def _signed(value: tf.Tensor, factor: float) -> tf.Tensor:
    return value if factor == 1.0 else factor * value


_INPUTS = {"all": tf.identity, "positive": tf.nn.relu, "negative": lambda x: tf.minimum(x, 0.0)}
_WEIGHTS = {**_INPUTS, "squared": tf.square, "ones": tf.ones_like}
