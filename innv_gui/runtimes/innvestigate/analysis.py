"""iNNvestigate's analyzer of a name, with our settings as its arguments, and its refusals in words.

Analyzers are made with their checks disabled, and the checks run afterwards: iNNvestigate raises an empty
NotImplementedError where a "warning" check fails, and never says which layer it was.
"""

from __future__ import annotations

import re
import traceback
from typing import Any

import numpy as np

from innv_gui.errors import AnalyzerRefused, BadInput
from innv_gui.runtimes.innvestigate.legacy import methods, reversal, tf_keras

from innvestigate.analyzer.relevance_based import relevance_analyzer, relevance_rule  # isort: skip

LISTED_LAYERS = 3
HINT = "It can be run unchecked: what it does not know then passes on its gradient, and the map may mislead."
SEED = 20240601  # of the noise in `random`


class ZIgnoreBias(relevance_rule.ZRule):
    """LRP-z without the biases' share; iNNvestigate has the switch, but no name for it."""

    def __init__(self, layer, state):
        super().__init__(layer, state, bias=False)


class EpsilonIgnoreBias(relevance_rule.EpsilonRule):
    """LRP-epsilon (1e-7) without the biases' share."""

    def __init__(self, layer, state):
        super().__init__(layer, state, bias=False)


class AlphaBeta(relevance_rule.AlphaBetaRule):
    """alpha 2, beta 1: iNNvestigate's rule of this name has no default and so cannot be used by name alone."""

    def __init__(self, layer, state):
        super().__init__(layer, state, alpha=2, beta=1)


class AlphaBetaIgnoreBias(relevance_rule.AlphaBetaRule):
    """alpha 2, beta 1, without the biases' share."""

    def __init__(self, layer, state):
        super().__init__(layer, state, alpha=2, beta=1, bias=False)


class SeededRandom(methods.Random):
    """iNNvestigate's `random` with the same noise each time, whatever else is in the batch."""

    def _create_analysis(self, model, stop_analysis_at_tensors=None):
        image = model.inputs[0]
        shape = [int(size) for size in image.shape[1:]]
        noise = np.random.default_rng(SEED).standard_normal(shape).astype(np.float32) * self._stddev
        return [tf_keras.layers.Lambda(lambda x: x + noise)(image)]


OWN_RULES = {
    "ZIgnoreBias": ZIgnoreBias,
    "EpsilonIgnoreBias": EpsilonIgnoreBias,
    "AlphaBeta": AlphaBeta,
    "AlphaBetaIgnoreBias": AlphaBetaIgnoreBias,
}


def make(name: str, params: dict[str, Any], model: tf_keras.Model, last_layer: int):
    """The analyzer, not yet built; the output to explain is an index given with each image.

    last_layer: index in the whole model, of which `model` may be a part. Raises BadInput for what does not fit.
    """
    kind, arguments = _method(name, params, model, last_layer)
    return kind(model, neuron_selection_mode="index", disable_model_checks=True, **arguments)


def _method(name: str, params: dict, model: tf_keras.Model, last_layer: int) -> tuple[type, dict[str, Any]]:
    """iNNvestigate's class and its arguments for our settings, where the names differ."""
    arguments = dict(params)
    arguments.update(_input_layer_rule(arguments))
    if "postprocess" in arguments:
        arguments["postprocess"] = None if params["postprocess"] == "none" else params["postprocess"]
    if name == "random":
        return SeededRandom, arguments
    if name == "lrp":
        arguments["rule"] = OWN_RULES.get(params["rule"], params["rule"])
    if name == "lrp.z":
        return _lrp_z(arguments)
    if name == "lrp.alpha_beta":
        arguments.pop("beta")  # follows from alpha, to the last bit, as iNNvestigate's own check wants it
    if "until_layer_idx" in arguments:
        arguments["until_layer_idx"] = _within(arguments["until_layer_idx"], model, last_layer)
    return methods.analyzers[name], arguments


def _input_layer_rule(arguments: dict[str, Any]) -> dict[str, Any]:
    """One argument from three settings."""
    if "input_layer_rule" not in arguments:
        return {}
    low, high = arguments.pop("low"), arguments.pop("high")
    return {"input_layer_rule": {"none": None, "Flat": "Flat", "Bounded": (low, high)}[arguments["input_layer_rule"]]}


def _lrp_z(arguments: dict[str, Any]) -> tuple[type, dict[str, Any]]:
    """iNNvestigate's LRPZ is LRP with this one rule everywhere, BatchNormalization included."""
    rule = "Z" if arguments.pop("bias") else ZIgnoreBias
    return relevance_analyzer.LRP, {**arguments, "rule": rule, "bn_layer_rule": rule}


def _within(index: int, model: tf_keras.Model, last: int) -> int:
    """A layer behind the explained one stands for all layers up to that."""
    if index > last:
        message = f"until_layer_idx must be a layer of this model, from 0 to {last}; got {index}."
        raise BadInput(message, "", "params.until_layer_idx", (f"0 to {last}",))
    return min(index, len(model.layers) - 1)


def objection(name: str, analyzer) -> AnalyzerRefused | None:
    """What iNNvestigate's own checks find in the analyzer's model: the refusal to raise, or None."""
    for check in analyzer._model_checks:
        layers = [layer for layer in reversal.get_model_layers(analyzer._model) if check["check"](layer)]
        if layers:
            reason = "" if check["check_type"] == "warning" else " " + check["message"]
            message = f"{name} does not know {_named(layers)} of this model.{reason}"
            return AnalyzerRefused(message, HINT, "unchecked", (True,))
    return None


def checks_itself(name: str) -> bool:
    """iNNvestigate checks the model for every method but these; its base class LRP collects checks and forgets them."""
    return name not in ("input", "random", "lrp")


def _named(layers: list) -> str:
    names = [_known_as(layer) for layer in layers]
    listed = ", ".join(names[:LISTED_LAYERS])
    more = len(names) - LISTED_LAYERS
    return f"the layer{'s' if len(names) > 1 else ''} {listed}" + (f" and {more} more" if more > 0 else "")


def _known_as(layer) -> str:
    """ "conv1 (Conv2D, tanh)", by the name that the person's model gives it."""
    name = getattr(layer, "known_as", layer.name.removeprefix("model."))
    function = getattr(getattr(layer, "activation", None), "__name__", "linear")
    return f"{name} ({type(layer).__name__}{'' if function == 'linear' else f', {function}'})"


def failed(name: str, error: Exception) -> AnalyzerRefused:
    """An error from inside iNNvestigate's graph building as a refusal that names the layer it was at."""
    layer = _layer_at(error)
    at = f" at the layer {_known_as(layer)}" if layer is not None else ""
    words = " ".join(re.sub(r"<[\w.]*?(\w+) object at \w+>", r"\1", str(error)).split())[:200]
    hint = f"It says: {words}" if words else "It does not say why."
    return AnalyzerRefused(f"iNNvestigate cannot apply {name} to this model: it stopped{at}.", hint, "analyzer")


def _layer_at(error: Exception):
    """The layer that iNNvestigate's loop over layers had reached, read off the traceback."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if frame.f_code.co_name == "reverse_model"]
    return frames[-1].f_locals.get("layer") if frames else None
