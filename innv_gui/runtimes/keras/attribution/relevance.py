"""Relevance on its way, and what it becomes when it is divided by a sum.

Where a rule gives x * slope, the product is not made: the layer in front divides by what it made x from, and then x
need not be there at all. A ReLU's x / z is one where it is active: LRP-z through it costs no more than a gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import cast

import tensorflow as tf

STABILIZER = 1e-7  # in place of a denominator that is exactly zero


@dataclass(frozen=True, eq=False)
class Product:
    """Relevance value * slope: zero wherever value is zero."""

    value: tf.Tensor
    slope: tf.Tensor


@dataclass(frozen=True, eq=False)
class BySign:
    """As Product; slopes: the one for positive values, then the one for negative values, along the last axis."""

    value: tf.Tensor
    slopes: tf.Tensor

    def product(self) -> Product:
        """With the slope of each value's own sign."""
        positive, negative = tf.split(self.slopes, 2, axis=-1)
        return Product(self.value, tf.where(self.value > 0, positive, negative))


Relevance = Product | tf.Tensor


def made(relevance: Relevance) -> tf.Tensor:
    """As one tensor."""
    return relevance.value * relevance.slope if isinstance(relevance, Product) else relevance


def newest(relevance: Relevance | BySign) -> tf.Tensor:
    """The tensor in it that was computed last."""
    if isinstance(relevance, BySign):
        return relevance.slopes
    return relevance.slope if isinstance(relevance, Product) else relevance


def settled(relevance: Relevance | BySign) -> Relevance:
    """With one slope a value."""
    return relevance.product() if isinstance(relevance, BySign) else relevance


def added(one: Relevance | BySign | None, other: Relevance | BySign | None) -> Relevance | BySign | None:
    """The sum; None is nothing."""
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, BySign) and isinstance(other, BySign) and one.value is other.value:
        return BySign(one.value, one.slopes + other.slopes)
    one, other = settled(one), settled(other)
    if isinstance(one, Product) and isinstance(other, Product) and one.value is other.value:
        return Product(one.value, one.slope + other.slope)
    return made(one) + made(other)


def total(parts: Sequence[Relevance | BySign]) -> Relevance | BySign:
    """The sum of at least one."""
    return cast("Relevance | BySign", reduce(added, parts))


def divided(
    relevance: Relevance,
    denominator: tf.Tensor,
    epsilon: float | None = None,
    zero: float = STABILIZER,
    nothing_at_zero: bool = False,
) -> tf.Tensor:
    """relevance / denominator: epsilon added away from zero, or a denominator of exactly zero replaced by `zero`.

    nothing_at_zero: where the denominator is zero so are all its summands, and what they receive.
    """
    relevance = made(relevance)
    if epsilon is not None:
        return relevance / _away_from_zero(denominator, epsilon)
    if nothing_at_zero or zero == float("inf"):
        return tf.math.divide_no_nan(relevance, denominator)
    return relevance / (denominator + zero * tf.cast(denominator == 0, tf.float32))


def divided_by_origin(relevance: Product, origin: tf.Tensor, bend: str, epsilon: float | None = None) -> tf.Tensor:
    """As `divided`, where value is the denominator itself (bend "none"), its ReLU ("relu") or a clipped one ("clip").

    Where the ReLU is zero nothing arrives; where value and denominator are the same they cancel.
    """
    value, slope = relevance.value, relevance.slope
    if epsilon is None and bend == "none":
        return slope
    if epsilon is None and bend == "relu":
        return tf.raw_ops.ReluGrad(gradients=slope, features=value)
    if bend == "none":
        return slope * (value / _away_from_zero(value, epsilon))
    reached = value if bend == "relu" else origin
    return slope * tf.math.divide_no_nan(value, reached if epsilon is None else reached + epsilon)


def _away_from_zero(denominator: tf.Tensor, epsilon: float) -> tf.Tensor:
    return denominator + tf.where(denominator >= 0, epsilon, -epsilon)
