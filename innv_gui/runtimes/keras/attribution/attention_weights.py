"""Attention whose weights take relevance, too: AttnLRP (Achtibat et al. 2024, https://doi.org/10.48550/arXiv.2402.05602).

out = A (x W_v + b_v) W_o + b_o with A = softmax(S), S = q k^T / sqrt(d). The two products share in halves. The softmax
takes its Taylor rule at S, R_S = S (R_A - A sum(R_A)), the sum over the keys: that is S J^T (R_A / A), by share. All
four projections take the method's rule. Attention that is not such a product keeps its weights constant.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from innv_gui.runtimes.keras.attribution import attention
from innv_gui.runtimes.keras.graphs.graph import Step
from innv_gui.runtimes.keras.graphs.inner_steps import PAIRED, WEIGHING, computed, fresh_id, inside

NOTHING_MASKED = -1e9  # added to scores that a mask takes out


def open_projected(step: Step) -> tuple[Step, ...]:
    """MultiHeadAttention, GroupedQueryAttention: four projections, the scores, their softmax, the average."""
    layer, given = step.operation, attention.asked_with(step)
    if not _is_plain(layer, given):
        return attention.open_projected(step)
    asked = {name: id(given["value" if given.get(name) is None else name]) for name in ("query", "key", "value")}
    query, key, value, scores, weights, context = (fresh_id() for _ in range(6))
    into = zip(("_query_dense", "_key_dense", "_value_dense"), asked.values(), (query, key, value), strict=True)

    def weigh(tensors):
        mask = attention.mask_of(layer, attention.values_of(step, tensors))
        return [_softmax(tensors[scores], mask)]

    return (
        *(inside(step, getattr(layer, name), start, end, step.is_first) for name, start, end in into),
        computed(step, PAIRED, lambda tensors: [_scores(layer, tensors[query], tensors[key])], (query, key), (scores,)),
        computed(step, WEIGHING, weigh, (scores, *step.inputs), (weights,)),
        computed(
            step, PAIRED, lambda tensors: [_mixed(tensors[weights], tensors[value])], (weights, value), (context,)
        ),
        inside(step, layer._output_dense, context, step.outputs[0]),
    )


def open_plain(step: Step) -> tuple[Step, ...]:
    """Attention: the same without projections."""
    layer, arguments = step.operation, step.node.arguments
    inputs, *rest = arguments.args
    if layer.score_mode != "dot" or any(one is not None for one in (*rest, *arguments.kwargs.values())):
        return attention.open_plain(step)
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


def _heads(one: tf.Tensor, count: int) -> tf.Tensor:
    """(N, S, heads, D) with heads that several queries share repeated."""
    return one if one.shape[2] == count else keras.ops.repeat(one, count // one.shape[2], axis=2)


def _scores(layer, query: tf.Tensor, key: tf.Tensor) -> tf.Tensor:
    """(N, T, heads, D), (N, S, heads, D) -> (N, heads, T, S)."""
    return tf.einsum("nthd,nshd->nhts", query, _heads(key, query.shape[2])) / tf.sqrt(float(query.shape[-1]))


def _softmax(scores: tf.Tensor, mask) -> tf.Tensor:
    if mask is None:
        return tf.nn.softmax(scores)
    mask = mask[:, None] if len(mask.shape) == 3 else mask
    return tf.nn.softmax(tf.where(tf.cast(mask, tf.bool), scores, scores + NOTHING_MASKED))


def _mixed(weights: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    return tf.einsum("nhts,nshd->nthd", weights, _heads(values, weights.shape[1]))
