"""Attention as steps: its weights held constant (Ali et al. 2022, https://doi.org/10.48550/arXiv.2202.07304), or not.

out = A (x W_v + b_v) W_o + b_o with A = softmax(q k^T) constant is linear in the values: the projections W_v and W_o
are layers with weights and take the method's rule, A v is a weighted average and goes by share, queries and keys take
nothing. So no relevance is lost to the softmax, whose gradient would not conserve it.

Where the weights take relevance, too, it is AttnLRP (Achtibat et al. 2024, https://doi.org/10.48550/arXiv.2402.05602):
with S = q k^T / sqrt(d) the two products share in halves, and the softmax takes its Taylor rule at S, R_S = S (R_A - A
sum(R_A)), the sum over the keys: that is S J^T (R_A / A), by share. All four projections take the method's rule.
Attention that is not such a product keeps its weights constant.
"""

from __future__ import annotations

import inspect
from typing import Any

import keras
import tensorflow as tf

from innv_gui.runtimes.keras.attribution.graph import Step
from innv_gui.runtimes.keras.attribution.inner_steps import (
    PAIRED,
    WEIGHING,
    WEIGHTED_AVERAGE,
    computed,
    fresh_id,
    inside,
)

CALLED_WITH = ("attention_mask", "use_causal_mask")
NOTHING_MASKED = -1e9  # added to scores that a mask takes out


def open_projected(step: Step) -> tuple[Step, ...]:
    """MultiHeadAttention, GroupedQueryAttention: the values' projection, the average, the output's projection."""
    layer, asked = step.operation, _given(step)
    value, projected, context = id(asked["value"]), fresh_id(), fresh_id()
    scores = step.outputs[1:] if asked.get("return_attention_scores") else ()

    def mix(tensors):
        output, weights = _mixed(layer, _filled(step, tensors), tensors[projected])
        return [output, weights] if scores else [output]

    return (
        inside(step, layer._value_dense, value, projected, step.is_first),
        computed(step, WEIGHTED_AVERAGE, mix, (projected, *step.inputs), (context, *scores)),
        inside(step, layer._output_dense, context, step.outputs[0]),
    )


def open_plain(step: Step) -> tuple[Step, ...]:
    """Attention, AdditiveAttention: the average is all there is."""
    layer = step.operation

    def mix(tensors):
        (inputs, *rest), more = step.node.arguments.fill_in(tensors)
        query, value, *key = inputs
        held = [tf.stop_gradient(query), value, tf.stop_gradient(key[0] if key else value)]
        return keras.tree.flatten(layer(held, *rest, **{**more, "training": False}))

    return (computed(step, WEIGHTED_AVERAGE, mix, step.inputs, step.outputs),)


def open_operation(step: Step) -> tuple[Step, ...]:
    """keras.ops.dot_product_attention."""

    def mix(tensors):
        filled = _filled(step, tensors)
        held = {name: tf.stop_gradient(filled.pop(name)) for name in ("query", "key")}
        return [step.operation(**held, **filled)]

    return (computed(step, WEIGHTED_AVERAGE, mix, step.inputs, step.outputs),)


def _given(step: Step) -> dict:
    """The symbolic arguments of the call by name."""
    arguments = step.node.arguments
    return _by_name(step, arguments.args, arguments.kwargs)


def _filled(step: Step, tensors: dict) -> dict:
    """The same with their values."""
    return _by_name(step, *step.node.arguments.fill_in(tensors))


def _by_name(step: Step, args: tuple, kwargs: dict) -> dict:
    return dict(inspect.signature(step.operation.call).bind(*args, **kwargs).arguments)


def _mask_of(layer, given: dict):
    """What the layer's own call makes of the masks that it is called with; None: nothing is masked."""
    masking = {name: given[name] for name in CALLED_WITH if name in given}
    return layer._compute_attention_mask(given["query"], given["value"], **masking)


def _mixed(layer, given: dict, values: tf.Tensor) -> tuple:
    """What the layer's own call does between its projections: (heads' outputs, attention weights or None)."""
    query, value = given["query"], given["value"]
    key = value if given.get("key") is None else given["key"]
    mask = _mask_of(layer, given)
    query, key = tf.stop_gradient(query), tf.stop_gradient(key)
    heads = [tf.cast(one, values.dtype) for one in (layer._query_dense(query), layer._key_dense(key))]
    averaged = _grouped if type(layer).__name__ == "GroupedQueryAttention" else _multi_head
    output, weights = averaged(layer, *heads, values, mask, bool(given.get("return_attention_scores")))
    if getattr(layer, "_use_gate", False) or getattr(layer, "use_gate", False):
        output = output * tf.cast(layer._gate_dense(query), output.dtype)
    return output, weights


def _multi_head(layer, query, key, values, mask, with_weights: bool) -> tuple:
    return layer._compute_attention(query, key, values, mask, False, with_weights)


def _grouped(layer, query, key, values, mask, with_weights: bool) -> tuple:
    layer._return_attention_scores = with_weights
    key, values = (keras.ops.repeat(one, layer.num_repeats, axis=2) for one in (key, values))
    return layer._compute_attention(query, key, values, attention_mask=mask, training=False)


def open_weighing(step: Step) -> tuple[Step, ...]:
    """MultiHeadAttention, GroupedQueryAttention: four projections, the scores, their softmax, the average."""
    layer: Any = step.operation
    given = _given(step)
    if not _is_plain(layer, given):
        return open_projected(step)
    asked = {name: id(given["value" if given.get(name) is None else name]) for name in ("query", "key", "value")}
    query, key, value, scores, weights, context = (fresh_id() for _ in range(6))
    into = zip(("_query_dense", "_key_dense", "_value_dense"), asked.values(), (query, key, value), strict=True)

    def weigh(tensors):
        mask = _mask_of(layer, _filled(step, tensors))
        return [_softmax(tensors[scores], mask)]

    return (
        *(inside(step, getattr(layer, name), start, end, step.is_first) for name, start, end in into),
        computed(step, PAIRED, lambda tensors: [_scores(layer, tensors[query], tensors[key])], (query, key), (scores,)),
        computed(step, WEIGHING, weigh, (scores, *step.inputs), (weights,)),
        computed(
            step, PAIRED, lambda tensors: [_averaged(tensors[weights], tensors[value])], (weights, value), (context,)
        ),
        inside(step, layer._output_dense, context, step.outputs[0]),
    )


def open_plain_weighing(step: Step) -> tuple[Step, ...]:
    """Attention: the same without projections."""
    layer: Any = step.operation
    node: Any = step.node
    inputs, *rest = node.arguments.args
    if layer.score_mode != "dot" or any(one is not None for one in (*rest, *node.arguments.kwargs.values())):
        return open_plain(step)
    query, value, *more = (id(one) for one in inputs)
    key, scores, weights = more[0] if more else value, fresh_id(), fresh_id()
    return (
        computed(
            step,
            PAIRED,
            lambda tensors: [layer._calculate_scores(tensors[query], tensors[key])],
            tuple(dict.fromkeys((query, key))),
            (scores,),
        ),
        computed(step, WEIGHING, lambda tensors: [tf.nn.softmax(tensors[scores])], (scores,), (weights,)),
        computed(
            step,
            PAIRED,
            lambda tensors: [tf.matmul(tensors[weights], tensors[value])],
            (weights, value),
            step.outputs,
        ),
    )


def _is_plain(layer, given: dict) -> bool:
    """Whether it is attention along one axis, without gates, whose weights nothing else reads."""
    gated = getattr(layer, "_use_gate", False) or getattr(layer, "use_gate", False)
    return len(given["query"].shape) == 3 and not gated and not given.get("return_attention_scores")


def _heads(one: Any, count: int | None) -> Any:
    """(N, S, heads, D) with heads that several queries share repeated."""
    return one if one.shape[2] == count else keras.ops.repeat(one, count // one.shape[2], axis=2)


def _scores(layer, query: Any, key: tf.Tensor) -> tf.Tensor:
    """(N, T, heads, D), (N, S, heads, D) -> (N, heads, T, S)."""
    return tf.einsum("nthd,nshd->nhts", query, _heads(key, query.shape[2])) / tf.sqrt(float(query.shape[-1]))


def _softmax(scores: tf.Tensor, mask) -> tf.Tensor:
    if mask is None:
        return tf.nn.softmax(scores)
    mask = mask[:, None] if len(mask.shape) == 3 else mask
    return tf.nn.softmax(tf.where(tf.cast(mask, tf.bool), scores, scores + NOTHING_MASKED))


def _averaged(weights: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    return tf.einsum("nhts,nshd->nthd", weights, _heads(values, weights.shape[1]))
