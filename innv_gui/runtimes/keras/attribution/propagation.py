"""A rule at work on one layer with weights: relevance of the output in, relevance of the input out.

Only what is needed is computed: parts of an input that is known not to be negative are left out, the forward pass's own
sums serve the way back, and sums of weights alone are made for one image instead of a batch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from operator import add

import numpy as np
import tensorflow as tf

from innv_gui.runtimes.keras.attribution.relevance import (
    BySign,
    Product,
    Relevance,
    added,
    divided,
    divided_by_origin,
    made,
    newest,
    settled,
    total,
)
from innv_gui.runtimes.keras.attribution.rules import (
    ALL,
    Part,
    Rule,
    Share,
    goes_by_sign,
    is_for,
    is_one_sided,
    splits_everything,
)
from innv_gui.runtimes.keras.attribution.weighted import Linear, Weights

LARGE_BYTES = 64 * 2**20  # a kernel above this size is worked through in blocks of output neurons
BLOCK_BYTES = 32 * 2**20


@dataclass(frozen=True, eq=False)
class Summed:
    """One sum V X, without bias, and the way back: message (of y's shape), factor -> factor * X * V^T message."""

    y: tf.Tensor
    back: Callable[[tf.Tensor, float], Relevance | BySign]


@dataclass(frozen=True, eq=False)
class Passed:
    """What the forward pass left at a layer: x its input, y = map(x) without bias, z with it.

    sums: of shares that the forward pass was made from.
    """

    linear: Linear
    x: tf.Tensor
    y: tf.Tensor
    z: tf.Tensor
    never_negative: bool  # x
    low: tf.Tensor | None = None  # range of x, where the layer is the first one
    high: tf.Tensor | None = None
    sums: dict[Share, Summed] = field(default_factory=dict)


def forward(
    linear: Linear,
    x: tf.Tensor,
    never_negative: bool,
    bounds: tuple = (None, None),
    rule: Rule | None = None,
    rectified: bool = False,
) -> Passed:
    """The linear part of a layer. Where the rule will ask for evidence for and against, the two make the sum.

    rectified: only a ReLU sees what comes out; then evidence against is enough (`_for_and_against`).
    """
    passed = Passed(linear, x, None, None, never_negative, *bounds)
    makes_sums = rule is not None and splits_everything(rule) and not _is_large(linear)
    if makes_sums and not (rectified and _counts_all_bias(rule, linear)):
        sums = {share: _summed(share, rule, passed, x) for share in rule.shares}
        y = tf.add_n([one.y for one in sums.values()])
        return replace(passed, y=y, z=linear.plus_bias(y), sums=sums)
    y = linear.map(x, linear.weights)
    return replace(passed, y=y, z=linear.plus_bias(y))


def relevance_of_input(rule: Rule, passed: Passed, relevance: Relevance, bend: str | None = None) -> Relevance:
    """relevance: of the layer's output, of y's shape -> of x's shape.

    bend: how relevance's value was made from z ("none", "relu" or "clip"); None: it was not.
    """
    if bend is not None and [(share.parts, share.bias) for share in rule.shares] == [((ALL,), "all")]:
        message = divided_by_origin(relevance, passed.z, bend, rule.epsilon)
        return _back_to_x(passed, passed.linear.weights, message)
    return settled(_by_shares(rule, passed, relevance, bend))


def _by_shares(rule: Rule, passed: Passed, relevance: Relevance, bend: str | None) -> Relevance | BySign:
    relevance, is_bent = made(relevance), bend in ("relu", "clip")
    if goes_by_sign(rule):
        return _by_sign(rule, passed, relevance, is_bent)
    rectified = is_bent and _counts_all_bias(rule, passed.linear)
    if rectified and splits_everything(rule) and not passed.sums and not _is_large(passed.linear):
        return _for_and_against(rule, passed, relevance)
    if passed.sums and _goes_back_at_once(rule, passed):
        messages = [_message(rule, share, passed, passed.sums[share].y, relevance, rectified) for share in rule.shares]
        return _both_back(rule.shares, passed, messages)
    return total([_share(rule, share, passed, relevance, rectified) for share in rule.shares])


def _by_sign(rule: Rule, passed: Passed, relevance: tf.Tensor, is_bent: bool) -> Relevance | BySign:
    """Outputs above zero, then the others: behind a ReLU these have no relevance. Both sums are (2 + gamma) W x."""
    above, below = rule.shares
    split = [relevance] if is_bent else _split_by_sign(passed.z, relevance)
    if _is_large(passed.linear):
        parts = zip(rule.shares, split, strict=False)
        return total([_share_by_blocks(rule, share, passed, part, False) for share, part in parts])
    one = _summed(above, rule, passed, relevance)
    found = one.back(_message(rule, above, passed, one.y, split[0], False), above.factor)
    if is_bent:
        return found
    message = _message(rule, below, passed, (2 + rule.gamma) * passed.y - one.y, split[1], False)
    return total([found, _summed(below, rule, passed, message).back(message, below.factor)])


def _split_by_sign(z: tf.Tensor, relevance: tf.Tensor) -> list[tf.Tensor]:
    is_above = z >= 0
    return [tf.where(is_above, relevance, 0.0), tf.where(is_above, 0.0, relevance)]


def _goes_back_at_once(rule: Rule, passed: Passed) -> bool:
    """Whether both shares go back faster as one: what has to be added up is larger than what has to be joined."""
    linear = passed.linear
    plain = linear.in_axis == -2 and passed.never_negative and not _is_large(linear) and len(linear.weights) == 1
    narrows = plain and linear.weights[0].shape[-1] < linear.weights[0].shape[-2]
    return narrows and len(rule.shares) == 2 and splits_everything(rule)


def _both_back(shares: tuple[Share, ...], passed: Passed, messages: list[tf.Tensor]) -> Product:
    """Of an input that is never negative: each share asks for the weights of one sign."""
    with tf.control_dependencies([messages[0]]):
        kernels = [_of_one_sign(share, passed.linear.weights[0]) for share in shares]
    return _back_to_x(passed, (tf.concat(kernels, axis=-1),), tf.concat(messages, axis=-1))


def _of_one_sign(share: Share, kernel: tf.Tensor) -> tf.Tensor:
    sign = next(part.weights for part in share.parts if part.inputs == "positive")
    return share.factor * _WEIGHTS[sign](kernel)


def _counts_all_bias(rule: Rule, linear: Linear) -> bool:
    return linear.bias is None or all(share.bias == "all" for share in rule.shares)


def _for_and_against(rule: Rule, passed: Passed, relevance: tf.Tensor) -> Relevance | BySign:
    """Both shares behind a ReLU, with one sum for two: where it is active z > 0, evidence for is z - against, and both
    of these terms are positive. Elsewhere there is no relevance. A denominator of zero hands nothing on.
    """
    supports, opposes = sorted(rule.shares, key=is_for, reverse=True)
    against = _summed(opposes, rule, passed, relevance)
    for_it = divided(relevance, passed.z - against.y, nothing_at_zero=True)
    against_it = divided(relevance, passed.linear.plus_bias(against.y), nothing_at_zero=True)
    if _goes_back_at_once(rule, passed):
        return _both_back((supports, opposes), passed, [for_it, against_it])
    supported = _summed(supports, rule, passed, relevance).back(for_it, supports.factor)
    return added(supported, against.back(against_it, opposes.factor))


def _share(rule: Rule, share: Share, passed: Passed, relevance: tf.Tensor, rectified: bool) -> Relevance | BySign:
    """rectified: there is relevance only where z > 0, so evidence for, all bias included, is at least that."""
    if share.parts == (_EVEN,) and passed.linear.in_axis is not None:
        return _evenly(passed, relevance)
    if share.parts != (ALL,) and _is_large(passed.linear):
        return _share_by_blocks(rule, share, passed, relevance, rectified)
    return _share_at_once(rule, share, passed, relevance, relevance, rectified)


def _share_at_once(
    rule: Rule, share: Share, passed: Passed, relevance: tf.Tensor, after: tf.Tensor, rectified: bool
) -> Relevance | BySign:
    one = passed.sums.get(share) or _summed(share, rule, passed, after)
    return one.back(_message(rule, share, passed, one.y, relevance, rectified), share.factor)


def _message(
    rule: Rule, share: Share, passed: Passed, y: tf.Tensor, relevance: tf.Tensor, rectified: bool
) -> tf.Tensor:
    """relevance by the share's denominator; y: its sum without bias."""
    denominator = _with_bias(share.bias, y, rule, passed.linear)
    nothing_at_zero = is_one_sided(share, passed.linear.bias is not None) or rectified and is_for(share)
    return divided(relevance, denominator, rule.epsilon, rule.zero, nothing_at_zero)


def _share_by_blocks(rule: Rule, share: Share, passed: Passed, relevance: tf.Tensor, rectified: bool) -> Relevance:
    """Output neurons do not know of each other, so a few of them at a time do, and their weights' parts stay small."""
    total, after = None, relevance
    for start, stop in _blocks(passed.linear.weights[0]):
        with tf.control_dependencies([after]):
            kernel = passed.linear.weights[0][:, start:stop]
        bias = None if passed.linear.bias is None else passed.linear.bias[start:stop]
        block = replace(passed, linear=replace(passed.linear, weights=(kernel,), bias=bias))
        total = added(total, _share_at_once(rule, share, block, relevance[..., start:stop], after, rectified))
        after = newest(total)
    return total


def _is_large(linear: Linear) -> bool:
    kernel = linear.weights[0]
    return len(linear.weights) == 1 and len(kernel.shape) == 2 and int(np.prod(kernel.shape)) * 4 > LARGE_BYTES


def _blocks(kernel: tf.Tensor) -> list[tuple[int, int]]:
    """Of output neurons: (start, stop)."""
    n_in, n_out = kernel.shape
    width = max(1, BLOCK_BYTES // (4 * n_in))
    return [(start, min(start + width, n_out)) for start in range(0, n_out, width)]


def _summed(share: Share, rule: Rule, passed: Passed, after: tf.Tensor) -> Summed:
    """after: a tensor without which the parts of the weights are not made; else those of all layers would be held."""
    with tf.control_dependencies([after]):
        kernels = [tuple(_weighed(part.weights, rule, one) for one in passed.linear.weights) for part in share.parts]
    if share.parts == (ALL,):
        return Summed(passed.y, partial(_back_to_x, passed, passed.linear.weights))
    if all(part.inputs in _SIGNS for part in share.parts):
        return _of_signs(share, passed, kernels)
    sums = [_of_part(part, kernel, rule, passed) for part, kernel in zip(share.parts, kernels, strict=True)]
    if len(sums) == 1:
        return sums[0]
    y = reduce(add, [part.sign * one.y for part, one in zip(share.parts, sums, strict=True)])

    def back(message: tf.Tensor, factor: float) -> Relevance:
        parts = zip(share.parts, sums, strict=True)
        return tf.add_n([made(one.back(message, factor * part.sign)) for part, one in parts])

    return Summed(y, back)


def _of_part(part: Part, kernel: Weights, rule: Rule, passed: Passed) -> Summed:
    linear, x = passed.linear, passed.x
    if part.inputs == "all":
        return Summed(linear.map(x, kernel), partial(_back_to_x, passed, kernel))
    bound = tf.ones_like(x[:1]) if part.inputs == "ones" else _bound(part.inputs, rule, passed)

    def back(message: tf.Tensor, factor: float) -> tf.Tensor:
        slope = linear.transposed(message, _times(kernel, factor), x)
        return slope if part.inputs == "ones" else bound * slope

    return Summed(linear.map(bound, kernel), back)


def _back_to_x(passed: Passed, kernel: Weights, message: tf.Tensor, factor: float = 1.0) -> Product:
    return Product(passed.x, passed.linear.transposed(message, _times(kernel, factor), passed.x))


def _times(kernel: Weights, factor: float) -> Weights:
    """Smaller than what it is applied to."""
    return kernel if factor == 1.0 else (factor * kernel[0], *kernel[1:])


def _of_signs(share: Share, passed: Passed, kernels: list[Weights]) -> Summed:
    """Positive and negative inputs with a kernel each.

    As twice as many channels of one convolution it is faster, and rounds otherwise than iNNvestigate does. Where a bias
    nearly cancels a sum that shows; so only where iNNvestigate has no such layer, or where nothing can cancel.
    """
    x, linear = passed.x, passed.linear
    signs = [part.inputs for part in share.parts]
    if passed.never_negative:
        return _of_part(ALL, kernels[signs.index("positive")], None, passed)
    nothing_cancels = linear.bias is None or share.bias == "none" or share.outputs != "any"
    if linear.in_axis is not None and signs == ["positive", "negative"] and (linear.merged or nothing_cancels):
        return _as_channels(passed, (tf.concat([kernels[0][0], kernels[1][0]], axis=linear.in_axis),))
    y = tf.add_n([linear.map(_SIGNS[sign](x), kernel) for sign, kernel in zip(signs, kernels, strict=True)])

    def back(message: tf.Tensor, factor: float) -> Relevance:
        slopes = [linear.transposed(message, _times(kernel, factor), x) for kernel in kernels]
        return reduce(added, [_SIGNS[sign](x) * slope for sign, slope in zip(signs, slopes, strict=True)])

    return Summed(y, back)


def _as_channels(passed: Passed, kernel: Weights) -> Summed:
    both = tf.concat([tf.nn.relu(passed.x), tf.minimum(passed.x, 0.0)], axis=-1)

    def back(message: tf.Tensor, factor: float) -> BySign:
        return BySign(passed.x, passed.linear.transposed(message, _times(kernel, factor), both))

    return Summed(passed.linear.map(both, kernel), back)


def _bound(which: str, rule: Rule, passed: Passed) -> tf.Tensor:
    """Of one image's shape: the constant, or what the layers in front make of it."""
    known = getattr(passed, which)
    return tf.ones_like(passed.x[:1]) * getattr(rule, which) if known is None else known


def _evenly(passed: Passed, relevance: tf.Tensor) -> tf.Tensor:
    """Every connection counts the same, so channels are summed first: all inputs of an output receive one share."""
    linear, one_channel = passed.linear, passed.x[..., :1]
    ones = (tf.ones_like(linear.weights[0][..., :1, :1]),)
    count = linear.map(tf.ones_like(one_channel[:1]), ones) * float(passed.x.shape[-1])
    message = tf.reduce_sum(relevance, axis=-1, keepdims=True) / count
    return tf.broadcast_to(linear.transposed(message, ones, one_channel), tf.shape(passed.x))


def _with_bias(which: str, y: tf.Tensor, rule: Rule, linear: Linear) -> tf.Tensor:
    if linear.bias is None or which == "none":
        return y
    return replace(linear, bias=_weighed(which, rule, linear.bias)).plus_bias(y)


def _weighed(which: str, rule: Rule, weights: tf.Tensor) -> tf.Tensor:
    """Of weights or biases what a part or a share asks for."""
    sign = {"raised": "positive", "lowered": "negative"}.get(which)
    return _WEIGHTS[which](weights) if sign is None else weights + rule.gamma * _WEIGHTS[sign](weights)


_EVEN = Part("ones", "ones")
_SIGNS = {"positive": tf.nn.relu, "negative": lambda x: tf.minimum(x, 0.0)}
_WEIGHTS = {**_SIGNS, "all": lambda x: x, "squared": tf.square, "ones": tf.ones_like}
