"""The settings of the analyzers, each with title, description, default and limits.

Values are in the network's own units: what the preprocessing gives, not pixels.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from innv_gui.analyzers.settings import LARGEST, Params

ONLY_BOUNDED = {"when": {"input_layer_rule": "Bounded"}}  # a form shows the setting only then
RULES = (
    "Z",
    "ZIgnoreBias",
    "Epsilon",
    "EpsilonIgnoreBias",
    "WSquare",
    "Flat",
    "AlphaBeta",
    "AlphaBetaIgnoreBias",
    "Alpha2Beta1",
    "Alpha2Beta1IgnoreBias",
    "Alpha1Beta0",
    "Alpha1Beta0IgnoreBias",
    "ZPlus",
    "ZPlusFast",
    "Bounded",
)


Postprocess = Literal["abs", "none", "square"]


def _wrong_pair(name: str, expected: str, got: float) -> PydanticCustomError:
    """An error of two values together, reported for field `name`."""
    context = {"name": name, "expected": expected, "got": f"{got:g}"}
    return PydanticCustomError("wrong_pair", "{name} must be {expected}; got {got}.", context)


def _low_to_high(params: Any) -> Any:
    if None not in (params.low, params.high) and params.low > params.high:
        raise _wrong_pair("low", f"at most high ({params.high:g})", params.low)
    return params


class StddevParams(Params):
    """random"""

    stddev: float = Field(
        1.0,
        ge=0,
        le=LARGEST,
        title="Noise",
        description="Standard deviation of the noise, in network input units.",
    )


class GradientParams(Params):
    """gradient, gradient.baseline"""

    postprocess: Postprocess = Field(
        "abs", title="Postprocess", description="How each derivative is used: its size, unchanged, or its square."
    )


class SmoothGradParams(Params):
    """smoothgrad"""

    augment_by_n: int = Field(
        32, ge=1, le=1024, title="Noisy copies", description="How many noisy copies of the image are averaged."
    )
    noise_scale: float = Field(
        1.0,
        ge=0,
        le=LARGEST,
        title="Noise scale",
        description="Standard deviation of the noise, in network input units; usual: 0.1 to 0.2 of their range.",
    )
    postprocess: Postprocess = Field(
        "abs", title="Postprocess", description="What is done to each derivative before averaging."
    )


class IntegratedGradientsParams(Params):
    """integrated_gradients"""

    steps: int = Field(
        32, ge=1, le=1024, title="Steps", description="Points on the way from the reference to the image."
    )
    reference_inputs: float = Field(
        0.0,
        ge=-LARGEST,
        le=LARGEST,
        title="Reference",
        description="The network input that stands for no information; 0 is black or grey, by preprocessing.",
    )
    postprocess: Postprocess = Field(
        "none", title="Postprocess", description="What is done to each derivative before averaging."
    )


class DeepLiftParams(Params):
    """deep_lift"""

    reference_inputs: float = Field(
        0.0,
        ge=-LARGEST,
        le=LARGEST,
        title="Reference",
        description="The network input that stands for no information; 0 is black or grey, by preprocessing.",
    )


class InputRuleParams(Params):
    """What all LRP methods share but the ones that fix the first layer's rule."""

    input_layer_rule: Literal["none", "Flat", "Bounded"] = Field(
        "none", title="Input layer rule", description="Another rule for the first layer; none keeps the method's own."
    )
    low: float = Field(
        -1.0,
        ge=-LARGEST,
        le=LARGEST,
        title="Low",
        description="Smallest value a network input can have; used by the Bounded rule only.",
        json_schema_extra=ONLY_BOUNDED,
    )
    high: float = Field(
        1.0,
        ge=-LARGEST,
        le=LARGEST,
        title="High",
        description="Largest value a network input can have; used by the Bounded rule only.",
        json_schema_extra=ONLY_BOUNDED,
    )

    _ordered = model_validator(mode="after")(_low_to_high)


class LrpParams(InputRuleParams):
    """lrp"""

    rule: Literal[RULES] = Field(
        "Epsilon",
        title="Rule",
        description="How layers with weights propagate relevance.",
    )


class LrpZParams(InputRuleParams):
    """lrp.z"""

    bias: bool = Field(True, title="Bias", description="Biases take their share of the relevance.")


class LrpEpsilonParams(InputRuleParams):
    """lrp.epsilon"""

    epsilon: float = Field(
        1e-7,
        gt=0,
        le=LARGEST,
        title="Epsilon",
        description="Absorbs relevance where evidence is weak.",
    )
    bias: bool = Field(True, title="Bias", description="Biases take their share of the relevance.")


class AttentionParams(Params):
    """What the rules for today's networks share."""

    attention: Literal["taylor", "constant"] = Field(
        "taylor",
        title="Attention",
        description="taylor: also counts why values were attended to (AttnLRP); constant: only what was read.",
    )


class LrpGammaParams(AttentionParams, InputRuleParams):
    """lrp.gamma"""

    gamma: float = Field(
        0.1,
        ge=0,
        le=1000,
        title="Gamma",
        description="Extra weight of what agrees with the sign of a neuron's output; 0 is LRP-z.",
    )


class CompositeParams(AttentionParams):
    """What the composites share."""

    epsilon: float = Field(
        1e-6, gt=0, le=LARGEST, title="Epsilon", description="ε of the LRP-epsilon rule in the dense layers."
    )


class EpsilonGammaBoxParams(CompositeParams):
    """lrp.epsilon_gamma_box"""

    gamma: float = Field(
        0.1,
        ge=0,
        le=1000,
        title="Gamma",
        description="γ of the LRP-gamma rule in the convolutions; the larger, the smoother.",
    )
    low: float | None = Field(
        None,
        ge=-LARGEST,
        le=LARGEST,
        title="Low",
        description="Smallest value a network input can have; not set: what preprocessing makes of black.",
    )
    high: float | None = Field(
        None,
        ge=-LARGEST,
        le=LARGEST,
        title="High",
        description="Largest value a network input can have; not set: what preprocessing makes of white.",
    )

    _ordered = model_validator(mode="after")(_low_to_high)


class LrpAlphaBetaParams(InputRuleParams):
    """lrp.alpha_beta: alpha - beta = 1 (Bach et al. 2015, eq. 60); where one is missing it follows from the other."""

    alpha: float = Field(2.0, ge=1, le=100, title="Alpha", description="Weight of the evidence for the score.")
    beta: float = Field(1.0, ge=0, le=99, title="Beta", description="Weight of the evidence against it: alpha - 1.")
    bias: bool = Field(True, title="Bias", description="Biases take their share of the relevance.")

    @model_validator(mode="before")
    @classmethod
    def _follow(cls, given: Any) -> Any:
        """Fill in the one that was not given; what is no number is left for the field's own check."""
        if not isinstance(given, dict) or ("alpha" in given) == ("beta" in given):
            return given
        known, other, step = ("alpha", "beta", -1) if "alpha" in given else ("beta", "alpha", 1)
        try:
            return {**given, other: float(given[known]) + step}
        except (TypeError, ValueError, OverflowError):
            return given

    @model_validator(mode="after")
    def _differ_by_one(self) -> LrpAlphaBetaParams:
        if abs(self.alpha - self.beta - 1) > 1e-6:
            raise _wrong_pair("beta", f"alpha - 1 = {self.alpha - 1:g}", self.beta)
        return self


class PresetParams(InputRuleParams):
    """lrp.sequential_preset_a, _b"""

    epsilon: float = Field(
        1e-1, gt=0, le=LARGEST, title="Epsilon", description="ε of the LRP-epsilon rule in the dense layers."
    )


class PresetFlatParams(Params):
    """lrp.sequential_preset_a_flat, _b_flat: the first layer's rule is fixed."""

    epsilon: float = Field(
        1e-1, gt=0, le=LARGEST, title="Epsilon", description="ε of the LRP-epsilon rule in the dense layers."
    )


class PresetUntilParams(PresetFlatParams):
    """lrp.sequential_preset_b_flat_until_idx"""

    until_layer_idx: int = Field(
        0,
        ge=0,
        le=10000,
        title="Flat until layer",
        description="Layers 0 (the input) up to and including this one use the flat rule.",
    )


class BoundedParams(Params):
    """deep_taylor.bounded"""

    low: float = Field(
        -1.0, ge=-LARGEST, le=LARGEST, title="Low", description="Smallest value a network input can have."
    )
    high: float = Field(
        1.0, ge=-LARGEST, le=LARGEST, title="High", description="Largest value a network input can have."
    )

    _ordered = model_validator(mode="after")(_low_to_high)


class ScoreCamParams(Params):
    """score_cam"""

    channels: int = Field(
        0,
        ge=0,
        le=10000,
        title="Channels",
        description="How many channels are tried, the most active first; 0: all. Each costs a prediction.",
    )


class FillParams(Params):
    """What all methods share that remove parts of a picture."""

    fill: Literal["grey", "black", "white", "mean", "blur"] = Field(
        "grey",
        title="Fill",
        description="What replaces a removed part: a single colour, the picture's own mean, or its blur.",
    )


class OcclusionParams(FillParams):
    """occlusion"""

    window: float = Field(
        0.5,
        ge=0.02,
        le=0.9,
        title="Window",
        description="A window's share of the picture's width and height; usual: 0.5, 0.4, 0.3, 0.2, 0.1, 0.05.",
    )
    positions: int = Field(
        2,
        ge=2,
        le=30,
        title="Positions",
        description="Windows along each side; usual: 2, 5, 10, 20, 30. Each window costs a prediction.",
    )


class RiseParams(FillParams):
    """rise"""

    masks: int = Field(
        4000,
        ge=100,
        le=10_000,
        title="Masks",
        description="Most masks to use; it stops as soon as both halves of them give the same map.",
    )
    cells: int = Field(8, ge=2, le=32, title="Cells", description="Cells along a mask's side; more give finer maps.")
    open: float = Field(0.5, ge=0.1, le=0.9, title="Open", description="Share of a mask's cells that are open.")
    seed: int = Field(0, ge=0, le=1_000_000, title="Seed", description="The same seed draws the same masks.")
