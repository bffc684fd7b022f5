"""The LRP family: which rule for which layer. Settings are iNNvestigate's, so are the numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from innv_gui.runtimes.keras.attribution import rules
from innv_gui.runtimes.keras.attribution.method import Method, Place, anywhere, conv, first, until
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
    flat = (until(params["until_layer_idx"]), rules.flat())
    return Method((made.rules[0], flat, *made.rules[1:]), made.norm, only_relu=_NOT_RELU)


def _fixed(rule: Rule) -> Callable[[dict[str, Any]], Method]:
    return lambda params: _everywhere(rule, params)


METHODS: dict[str, Callable[[dict[str, Any]], Method]] = {
    "lrp": lambda params: _everywhere(rules.BY_NAME[params["rule"]], params, norm=rules.z()),
    "lrp.z": lambda params: _everywhere(rules.z(params["bias"]), params),
    "lrp.epsilon": lambda params: _everywhere(rules.epsilon(params["epsilon"], params["bias"]), params),
    "lrp.w_square": _fixed(rules.w_square()),
    "lrp.flat": _fixed(rules.flat()),
    "lrp.alpha_beta": lambda params: _everywhere(
        rules.alpha_beta(params["alpha"], params["beta"], params["bias"]), params
    ),
    "lrp.alpha_2_beta_1": _fixed(rules.alpha_beta(2, 1)),
    "lrp.alpha_2_beta_1_IB": _fixed(rules.alpha_beta(2, 1, bias=False)),
    "lrp.alpha_1_beta_0": _fixed(rules.alpha_beta(1, 0)),
    "lrp.alpha_1_beta_0_IB": _fixed(rules.alpha_beta(1, 0, bias=False)),
    "lrp.z_plus": _fixed(rules.alpha_beta(1, 0, bias=False)),
    "lrp.z_plus_fast": _fixed(rules.z_plus_fast()),
    "lrp.sequential_preset_a": _preset(0),
    "lrp.sequential_preset_b": _preset(1),
    "lrp.sequential_preset_a_flat": _preset_flat(0),
    "lrp.sequential_preset_b_flat": _preset_flat(1),
    "lrp.sequential_preset_b_flat_until_idx": _preset_b_flat_until,
}
