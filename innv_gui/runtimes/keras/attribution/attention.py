"""Attention with its weights held constant (Ali et al. 2022, https://doi.org/10.48550/arXiv.2202.07304).

out = A (x W_v + b_v) W_o + b_o with A = softmax(q k^T) constant is linear in the values: the projections W_v and W_o
are layers with weights and take the method's rule, A v is a weighted average and goes by share, queries and keys take
nothing. So no relevance is lost to the softmax, whose gradient would not conserve it.
"""

from __future__ import annotations

import inspect

import keras
import tensorflow as tf

from innv_gui.runtimes.keras.graphs.graph import Step
from innv_gui.runtimes.keras.graphs.inner_steps import WEIGHTED_AVERAGE, computed, fresh_id, inside

CALLED_WITH = ("attention_mask", "use_causal_mask")


def open_projected(step: Step) -> tuple[Step, ...]:
    """MultiHeadAttention, GroupedQueryAttention: the values' projection, the average, the output's projection."""
    layer, asked = step.operation, asked_with(step)
    value, projected, context = id(asked["value"]), fresh_id(), fresh_id()
    scores = step.outputs[1:] if asked.get("return_attention_scores") else ()

    def mix(tensors):
        output, weights = _mixed(layer, values_of(step, tensors), tensors[projected])
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
        filled = values_of(step, tensors)
        held = {name: tf.stop_gradient(filled.pop(name)) for name in ("query", "key")}
        return [step.operation(**held, **filled)]

    return (computed(step, WEIGHTED_AVERAGE, mix, step.inputs, step.outputs),)


def asked_with(step: Step) -> dict:
    """The symbolic arguments of the call by name."""
    arguments = step.node.arguments
    return _by_name(step, arguments.args, arguments.kwargs)


def values_of(step: Step, tensors: dict) -> dict:
    """The same with their values."""
    return _by_name(step, *step.node.arguments.fill_in(tensors))


def _by_name(step: Step, args: tuple, kwargs: dict) -> dict:
    return dict(inspect.signature(step.operation.call).bind(*args, **kwargs).arguments)


def mask_of(layer, given: dict):
    """What the layer's own call makes of the masks that it is called with; None: nothing is masked."""
    masking = {name: given[name] for name in CALLED_WITH if name in given}
    return layer._compute_attention_mask(given["query"], given["value"], **masking)


def _mixed(layer, given: dict, values: tf.Tensor) -> tuple:
    """What the layer's own call does between its projections: (heads' outputs, attention weights or None)."""
    query, value = given["query"], given["value"]
    key = value if given.get("key") is None else given["key"]
    mask = mask_of(layer, given)
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
