"""What kind of network a model is, by its layers, and which method was measured to be worth most on such networks.

The figures are in docs/methods.md ("Which method to believe"). A measuring on the model itself says more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from innv_gui.records import Layer

_CONVOLUTIONS = frozenset("Conv2D SeparableConv2D DepthwiseConv2D Conv2DTranspose".split())
_ATTENTION = frozenset("MultiHeadAttention GroupedQueryAttention Attention AdditiveAttention".split())
_SUMS = frozenset({"Add"})


@dataclass(frozen=True)
class Suggested:
    """A method for a model and why: family in words, and the sentence that is shown."""

    family: str
    method: str
    reason: str


def family_of(layers: Sequence[Layer]) -> str:
    """By the types of the layers; "" for a network without convolution and attention."""
    types = {layer.type for layer in layers}
    if types & _ATTENTION:
        return "attention"
    if not types & _CONVOLUTIONS:
        return ""
    if "DepthwiseConv2D" in types and types & _SUMS:
        return "ConvNeXt-like" if "LayerNormalization" in types else "inverted bottleneck"
    return "residual" if types & _SUMS else "VGG-like"


# Family -> the method of at most 5 passes with the largest insertion minus deletion, alone or tied. On the networks
# with attention and with LayerNormalization no method beat all three controls, so none is named.
DEFAULTS = {
    "VGG-like": "lrp.epsilon_gamma_box",
    "residual": "lrp.epsilon_gamma_box",
    "inverted bottleneck": "lrp.epsilon_gamma_box",
}


def suggested(layers: Sequence[Layer]) -> Suggested | None:
    """None for a kind of network that was not measured."""
    family = family_of(layers)
    method = DEFAULTS.get(family)
    if method is None:
        return None
    reason = f"On {family} networks {method} did best of the fast methods when measured; Trust measures it on yours."
    return Suggested(family, method, reason)
