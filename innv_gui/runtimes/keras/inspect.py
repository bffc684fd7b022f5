"""What a model's file tells about it."""

from __future__ import annotations

import json
from pathlib import Path

from innv_gui.records import ModelFacts, ModelSource, replace
from innv_gui.runtimes.keras import detection, hooks, loading
from innv_gui.runtimes.keras.network import Network

IMAGENET_INDEX = Path("models") / "imagenet_class_index.json"  # inside Keras' own folder


def inspect(source: ModelSource) -> ModelFacts:
    """Gate, load, and facts; raises ModelRefused naming the file and, where there is one, the layer."""
    network = loading.load(source)
    layers = network.layers()
    found = detection.OWN if "preprocess" in hooks.load(source.hooks) else detection.preprocessing(network)
    spatial = [layer.name for layer in layers if layer.spatial]
    notes = (*network.notes, found.reason) if found.basis in ("name", "assumed") else network.notes
    return ModelFacts(
        source=replace(source, sha256=network.sha256),
        input_shape=network.input_shape,
        n_classes=network.n_classes,
        layers=layers,
        n_params=sum(layer.n_params for layer in layers),
        preprocessing=found.rule,
        preprocessing_reason=found.reason,
        preprocessing_basis=found.basis,
        class_names=_class_names(source, network),
        softmax=network.flat.softmax,
        outputs=network.outputs,
        explained_layer=network.explained_layer,
        cam_layer=spatial[-1] if spatial else None,
        notes=(*notes, *_size_notes(network)),
    )


def _size_notes(network: Network) -> tuple[str, ...]:
    if None in network.input_shape[:2]:
        return ("The model takes images of any size; 224 × 224 is used.",)
    return ()


def _class_names(source: ModelSource, network: Network) -> tuple[str, ...] | None:
    """From the person's `decode_prob`, or ImageNet's when Keras has them on this machine already."""
    if "decode_prob" in hooks.load(source.hooks):
        return hooks.class_names(source.hooks, network.n_classes)
    if source.kind == "application" and network.n_classes == 1000:
        return _imagenet()
    return None


def _imagenet() -> tuple[str, ...] | None:
    path = Path.home() / ".keras" / IMAGENET_INDEX
    try:
        index = json.loads(path.read_text())
        return tuple(index[str(i)][1] for i in range(1000))
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return None
