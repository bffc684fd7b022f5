"""Which layers of a model an analyzer can look at, and in a few words why not the others."""

from __future__ import annotations

from innv_gui.analyzers.declaration import Analyzer, Targets
from innv_gui.records import Layer, ModelFacts


def usable_layers(analyzer: Analyzer, facts: ModelFacts) -> list[tuple[Layer, bool, str]]:
    """Every layer of a model in order: (layer, usable, why not; empty when it is usable)."""
    reason = REASONS[analyzer.targets]
    answers = [(layer, reason(analyzer, layer, facts)) for layer in facts.layers]
    return [(layer, not why_not, why_not) for layer, why_not in answers]


def _why_not_output(analyzer: Analyzer, layer: Layer, facts: ModelFacts) -> str:
    if layer.name == facts.layers[0].name:
        return "This is the input itself: there is nothing to explain."
    if not layer.output_shape or layer.output_shape[-1] is None:
        return "This layer has no distinguishable neurons."
    return ""


def _why_not_none(analyzer: Analyzer, layer: Layer, facts: ModelFacts) -> str:
    if layer.name == facts.explained_layer:
        return ""
    return f"{analyzer.name} does not depend on a layer."


def _why_not_cam(analyzer: Analyzer, layer: Layer, facts: ModelFacts) -> str:
    if layer.spatial:
        return ""
    shape = " × ".join("?" if size is None else str(size) for size in layer.output_shape)
    if len(layer.output_shape) == 3 and layer.output_shape[:2] != (1, 1):
        return "This layer prepares the input, or is computed on several parts of it: it has no single map."
    return f"{analyzer.title} needs height, width and channels; this layer gives {shape or 'one value'}."


REASONS = {Targets.ONE_OUTPUT: _why_not_output, Targets.NONE: _why_not_none, Targets.CAM: _why_not_cam}
