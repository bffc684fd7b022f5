"""The LRP family: which rule for which layer. Settings are iNNvestigate's, so are the numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from innv_gui.errors import BadInput
from innv_gui.runtimes.keras.attribution import rules, unweighted
from innv_gui.runtimes.keras.attribution.layerwise import Propagation
from innv_gui.runtimes.keras.attribution.method import Method, Place, anywhere, conv, first, until
from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.attribution.rules import Rule
from innv_gui.runtimes.keras.predict.feeding import WHITE

_NOT_RELU = "is not meant for activations other than ReLU"


def _everywhere(rule: Rule, params: dict[str, Any], norm: Rule | str | None = None) -> Method:
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


def _composite(conv_rule: Callable[[dict[str, Any]], Rule], input_rule: Callable[[dict[str, Any]], Rule]) -> Callable:
    """Anders et al. 2021, zennit's layer maps: a rule for the first layer, one for convolutions, epsilon elsewhere."""

    def make(params: dict[str, Any]) -> Method:
        near, far = (first, input_rule(params)), (conv, conv_rule(params))
        every = (near, far, (anywhere, rules.epsilon(params["epsilon"])))
        return Method(every, unweighted.PASS, weighs=params["attention"] == "taylor")

    return make


def _gamma(params: dict[str, Any]) -> Method:
    every = _everywhere(rules.gamma(params["gamma"]), params, unweighted.PASS)
    return replace(every, weighs=params["attention"] == "taylor")


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
gamma = Propagation(_gamma)
sequential_preset_a = Propagation(_preset(0))
sequential_preset_b = Propagation(_preset(1))
sequential_preset_a_flat = Propagation(_preset_flat(0))
sequential_preset_b_flat = Propagation(_preset_flat(1))


epsilon_plus_flat = Propagation(_composite(lambda params: rules.alpha_beta_split(1, 0), lambda params: rules.flat()))
epsilon_alpha2_beta1_flat = Propagation(
    _composite(lambda params: rules.alpha_beta_split(2, 1), lambda params: rules.flat())
)


class _Boxed(Propagation):
    def settings(self, question: Question) -> dict[str, Any]:
        """With the range that inputs have: what was given, else what black and white become."""
        ends = {"low": 0, "high": WHITE}
        asked = [name for name in ends if question.params[name] is None]
        height, width, channels = question.shape
        fed = {name: _of_channels(question.feeding.plain(ends[name], (height, width, channels))) for name in asked}
        found = {**question.params, **fed}
        if np.any(np.asarray(found["low"]) > np.asarray(found["high"])):
            (known,) = (name for name in ends if name not in asked)
            message = f"{known} must lie within what black and white become by the preprocessing of this model."
            raise BadInput(message, "Set low and high, or neither.", f"params.{known}")
        return found


def _of_channels(picture: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in picture[0, 0])


epsilon_gamma_box = _Boxed(
    _composite(lambda params: rules.gamma(params["gamma"]), lambda params: rules.bounded(params["low"], params["high"]))
)


class _FlatUntil(Propagation):
    def __call__(self, question: Question) -> np.ndarray:
        """As every propagation; refuses an index that the model does not have."""
        last, index = len(question.network.flat.operations) - 1, question.params["until_layer_idx"]
        if index > last:
            message = f"until_layer_idx must be a layer of this model, from 0 to {last}; got {index}."
            raise BadInput(message, "", "params.until_layer_idx", (f"0 to {last}",))
        return super().__call__(question)


sequential_preset_b_flat_until_idx = _FlatUntil(_preset_b_flat_until)
