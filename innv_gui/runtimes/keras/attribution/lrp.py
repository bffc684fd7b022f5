"""The LRP family: which rule for which layer. Settings are iNNvestigate's, so are the numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.runtimes.keras.attribution import rules
from innv_gui.runtimes.keras.attribution.layerwise import Propagation
from innv_gui.runtimes.keras.attribution.method import Method, Place, anywhere, conv, first, until
from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.attribution.rules import Rule

_NOT_RELU = "is not meant for activations other than ReLU"


def _everywhere(rule: Rule, params: dict[str, Any], norm: Rule | None = None) -> Method:
    """One rule for all layers, but for the first when the settings say so."""
    return Method((*_input_rule(params), (anywhere, rule)), norm or rule)


def _input_rule(params: dict[str, Any]) -> tuple[tuple[Place, Rule], ...]:
    chosen = params.get("input_layer_rule", "none")
    if chosen == "Flat":
        return ((first, rules.flat()),)
    return ((first, rules.bounded(params["low"], params["high"])),) if chosen == "Bounded" else ()


def _preset(beta: float) -> Callable[[dict[str, Any]], Method]:
    """epsilon in dense layers, alpha-beta in convolutions (Kohlbrenner et al. 2020)."""

    def make(params: dict[str, Any]) -> Method:
        shared = ((conv, rules.alpha_beta(1 + beta, beta)), (anywhere, rules.epsilon(params["epsilon"])))
        return Method((*_input_rule(params), *shared), rules.preset_norm(), only_relu=_NOT_RELU)

    return make


def _preset_flat(beta: float) -> Callable[[dict[str, Any]], Method]:
    make = _preset(beta)
    return lambda params: make({**params, "input_layer_rule": "Flat"})


def _preset_b_flat_until(params: dict[str, Any]) -> Method:
    made = _preset_flat(1)(params)
    near = (until(params["until_layer_idx"]), rules.flat())
    return Method((made.rules[0], near, *made.rules[1:]), made.norm, only_relu=_NOT_RELU)


def _fixed(rule: Rule) -> Callable[[dict[str, Any]], Method]:
    return lambda params: _everywhere(rule, params)


lrp = Propagation(lambda params: _everywhere(rules.BY_NAME[params["rule"]], params, norm=rules.z()))
z = Propagation(lambda params: _everywhere(rules.z(params["bias"]), params))
epsilon = Propagation(lambda params: _everywhere(rules.epsilon(params["epsilon"], params["bias"]), params))
w_square = Propagation(_fixed(rules.w_square()))
flat = Propagation(_fixed(rules.flat()))
alpha_beta = Propagation(
    lambda params: _everywhere(rules.alpha_beta(params["alpha"], params["beta"], params["bias"]), params)
)
alpha_2_beta_1 = Propagation(_fixed(rules.alpha_beta(2, 1)))
alpha_2_beta_1_IB = Propagation(_fixed(rules.alpha_beta(2, 1, bias=False)))
alpha_1_beta_0 = Propagation(_fixed(rules.alpha_beta(1, 0)))
alpha_1_beta_0_IB = Propagation(_fixed(rules.alpha_beta(1, 0, bias=False)))
z_plus = Propagation(_fixed(rules.alpha_beta(1, 0, bias=False)))
z_plus_fast = Propagation(_fixed(rules.z_plus_fast()))
sequential_preset_a = Propagation(_preset(0))
sequential_preset_b = Propagation(_preset(1))
sequential_preset_a_flat = Propagation(_preset_flat(0))
sequential_preset_b_flat = Propagation(_preset_flat(1))


class _FlatUntil(Propagation):
    def __call__(self, question: Question) -> np.ndarray:
        """As every propagation; refuses an index that the model does not have."""
        last, index = len(question.network.flat.operations) - 1, question.params["until_layer_idx"]
        if index > last:
            message = f"until_layer_idx must be a layer of this model, from 0 to {last}; got {index}."
            raise BadInput(message, "", "params.until_layer_idx", (f"0 to {last}",))
        return super().__call__(question)


sequential_preset_b_flat_until_idx = _FlatUntil(_preset_b_flat_until)
