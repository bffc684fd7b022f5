"""What a model's file tells about it."""

from __future__ import annotations

from innv_gui import imagenet
from innv_gui.datasets import geometry
from innv_gui.records import ModelFacts, ModelSource, replace
from innv_gui.runtimes.keras.networks import hooks, loading, preprocessing_detection
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.workshop import written


def inspect(source: ModelSource) -> ModelFacts:
    """Gate, load, and facts; raises ModelRefused naming the file and, where there is one, the layer."""
    network = loading.load(source)
    layers = network.layers()
    found = (
        preprocessing_detection.OWN
        if "preprocess" in hooks.load(source.hooks)
        else preprocessing_detection.preprocessing(network)
    )
    notes = (*network.notes, found.reason) if found.basis in ("name", "assumed") else network.notes
    return ModelFacts(
        source=replace(source, sha256=network.sha256, output=_index(source, network)),
        input_shape=network.input_shape,
        n_classes=network.n_classes,
        layers=layers,
        n_params=sum(layer.n_params for layer in layers),
        preprocessing=found.rule,
        preprocessing_reason=found.reason,
        preprocessing_basis=found.basis,
        class_names=_class_names(source, network),
        outputs=network.flat.outputs,
        output_names=network.outputs,
        explained_layer=network.explained_layer,
        cam_layer=network.cam_layer,
        notes=(*notes, *_size_notes(network)),
        architecture=_architecture(network),
    )


def _index(source: ModelSource, network: Network) -> int | None:
    """The chosen output by its index, so that what is kept has one key; None where nothing was chosen."""
    return None if source.output is None else network.output


def _size_notes(network: Network) -> tuple[str, ...]:
    sides = geometry.open_sides(network.input_shape)
    height, width = geometry.size_of(network.input_shape)
    return (f"The model takes {sides}; {height} × {width} is used.",) if sides else ()


def _architecture(network: Network) -> str:
    """What the network, or a model inside it, is called, where that is the name of a known architecture."""
    names = network.flat.inner_names
    return next(filter(imagenet.is_architecture, names), names[0] if names else "")


def _class_names(source: ModelSource, network: Network) -> tuple[str, ...] | None:
    """From the person's `decode_prob`, or as the Workshop wrote them into the file."""
    if "decode_prob" in hooks.load(source.hooks):
        return hooks.class_names(source.hooks, network.n_classes)
    names = written.class_names_in(source.path) if source.kind == "keras" and source.path else None
    return names if names and len(names) == network.n_classes else None
