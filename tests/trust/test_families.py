"""The kind of a network by its layers, and that what is suggested for it can be run on it."""

import json
from pathlib import Path

import pytest

from innv_gui import analyzers
from innv_gui.records import Layer
from innv_gui.trust.families import DEFAULTS, family_of, suggested


def layers(*types):
    return tuple(Layer(f"layer_{n}", type, (8, 8, 4), 0, True) for n, type in enumerate(types))


@pytest.mark.parametrize(
    ("types", "family"),
    [
        (("Conv2D", "MaxPooling2D", "Dense"), "VGG-like"),
        (("Conv2D", "BatchNormalization", "Add", "Dense"), "residual"),
        (("Conv2D", "DepthwiseConv2D", "BatchNormalization", "Add", "Dense"), "inverted bottleneck"),
        (("Conv2D", "DepthwiseConv2D", "LayerNormalization", "Add", "Dense"), "ConvNeXt-like"),
        (("Conv2D", "MultiHeadAttention", "LayerNormalization", "Add", "Dense"), "attention"),
        (("DepthwiseConv2D", "Conv2D", "Dense"), "VGG-like"),
        (("Flatten", "Dense"), ""),
    ],
)
def test_families_are_told_by_their_layers(types, family):
    assert family_of(layers(*types)) == family


def test_what_is_suggested_exists_is_fast_and_is_explained():
    for family, method in DEFAULTS.items():
        assert analyzers.cost(method, analyzers.check(method, {})) <= 5
        assert family
    found = suggested(layers("Conv2D", "Dense"))
    assert found.method in found.reason and "VGG-like" in found.reason
    assert suggested(layers("Dense")) is None


def test_a_family_has_a_suggestion_just_where_a_method_beat_all_controls_when_measured():
    measured = json.loads((Path(__file__).parents[2] / "docs" / "trust.json").read_text())
    assert {row["family"] for row in measured} >= set(DEFAULTS)
    for network in measured:
        best = {name: row["difference"] for name, row in network["rows"].items() if "difference" in row}
        beaten = [name for name, (*_, beats) in best.items() if beats == "all"]
        method = DEFAULTS.get(network["family"])
        assert (method in beaten) if method else not beaten, network["network"]
        if method:
            *_, place, _ = best[method]
            assert place == min(row[3] for row in best.values() if row[3] is not None), network["network"]
