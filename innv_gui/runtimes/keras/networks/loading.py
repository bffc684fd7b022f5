"""From a source to a network: gate, build, weights, checks of its shape. Nothing is ever downloaded."""

from __future__ import annotations

import copy
import math
import tempfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras.src.saving.serialization_lib import ObjectSharingScope

from innv_gui.errors import BadInput, InnvError, ModelRefused
from innv_gui.file_state import file_state
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.files import budget, gate, merged_lora, saved_model
from innv_gui.runtimes.keras.files.quoting import file_name, first_line, quoted
from innv_gui.runtimes.keras.networks import building, checkpoint, custom_layers, flatten, hooks, layer_order
from innv_gui.runtimes.keras.networks.depthwise import compute_by_channel
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.networks.outputs import Said
from innv_gui.runtimes.keras.networks.seeding import seeded

SEED = 20240229  # of random weights, so that every process builds the same network
MOST_LAYERS = 1100  # of a network of keras.applications
MAX_KEPT_BYTES = 3 * 2**30
MAX_KEPT = 8
MAX_SIDE_PX = 4096
MAX_LAYER_VALUES = 2**28  # of one layer for one image: 1 GB

_kept: OrderedDict[tuple, Network] = OrderedDict()


def load(source: ModelSource) -> Network:
    """The network of a source, kept for the next call; raises ModelRefused with a sentence."""
    key = key_of(source)
    if key in _kept and source.sha256 in ("", _kept[key].sha256):
        _kept.move_to_end(key)
        return _kept[key]
    network = fresh(source)
    _keep(key, network)
    return network


def fresh(source: ModelSource) -> Network:
    """The same, read again, for who asks alone."""
    with budget.watched(source, file_name(source.path or source.application or ""), key_of(source)) as watch:
        _measure(source, watch)
        cleared = gate.check(source)
        watch.allow(cleared.n_layers or MOST_LAYERS)
        make = _application if source.kind == "application" else _from_config
        return _network(make(source, cleared, watch), source, cleared)


def _measure(source: ModelSource, watch: budget.Watch) -> None:
    """Refuses a large file by its own description, before it is read into memory."""
    looked = gate.look(source)
    if looked is None:
        return
    watch.allow(looked.n_layers)
    with building.unallocated():
        _check_stored(_built(looked, source), looked)


def applications() -> tuple[str, ...]:
    """The names of the networks in keras.applications."""
    return tuple(name for name in dir(keras.applications) if name[0].isupper())


def key_of(source: ModelSource) -> tuple:
    """Changes with the files' content: their size and time stand for it, so that a kept network is found at once."""
    stamps = []
    for path in (source.path, source.weights, source.hooks if source.trusted else None):
        if path and path != "random" and Path(path).exists():
            stamps += map(_stamp, [Path(path), *saved_model.inside(Path(path))])
    return source.kind, source.application, source.weights, source.trusted, source.output, source.outputs, *stamps


def _stamp(path: Path) -> tuple:
    return str(path), *file_state(path), path.stat().st_ino


def _keep(key: tuple, network: Network) -> None:
    _kept[key] = network
    while len(_kept) > 1 and (len(_kept) > MAX_KEPT or sum(n.n_bytes for n in _kept.values()) > MAX_KEPT_BYTES):
        _kept.popitem(last=False)


def _from_config(source: ModelSource, cleared: gate.Cleared, watch: budget.Watch) -> keras.Model:
    model = _allocated(lambda: _built(cleared, source), source, cleared, watch)
    layer_order.restore(model, cleared.config)
    if cleared.weights is not None:
        _set_weights(model, cleared)
    if cleared.checkpoint is not None:
        checkpoint.fill(model, cleared.checkpoint, cleared.file)
        _check_filled(model, cleared.file)
    return model


@seeded(SEED)
def _allocated(make: Callable, source: ModelSource, cleared: gate.Cleared, watch: budget.Watch) -> keras.Model:
    """The network that `make` builds, with NaN for weights that a file gives; measured before they take memory.

    Custom code may need its weights while it is built.
    """
    has_file = cleared.weights is not None or cleared.checkpoint is not None
    if source.trusted:
        model = make()
        if has_file:
            _empty(model)
        return model
    with building.unallocated() as pending:
        model = make()
    if has_file:
        _check_stored(model, cleared)
    needed = budget.check_weights(source.budget, cleared.file, pending, drawn=not has_file)
    watch.allow(needed=needed)
    building.allocate(pending, to_be_loaded=has_file)
    return model


def _check_stored(model: keras.Model, cleared: gate.Cleared) -> None:
    """Each value of a network has to come out of its file, so that it cannot ask for more of them than there are."""
    asked = sum(math.prod(one.shape) for one in model.weights if keras.backend.is_float_dtype(one.dtype))
    if asked > cleared.n_stored:
        what = f"it asks for {asked:,} values, and {cleared.n_stored:,} are stored"
        raise _misfit(cleared.file, what)


def _built(cleared: gate.Cleared, source: ModelSource) -> keras.Model:
    """The model of a cleaned configuration, with fresh weights. Keras changes what it reads, so it gets a copy.

    What the hooks file defines is available for a trusted file, and for no other.
    """
    known = custom_layers.named(hooks.objects(source.hooks)) if source.trusted else {}
    config = copy.deepcopy(cleared.config)
    if not cleared.old_weights:  # files in the layout of Keras 2 hold the factors
        merged_lora.drop_factors(config)
    try:
        with ObjectSharingScope():
            model = keras.saving.deserialize_keras_object(config, custom_objects=known, safe_mode=not source.trusted)
    except InnvError:
        raise
    except Exception as error:  # whatever a configuration makes Keras raise
        raise ModelRefused(
            f"{cleared.file}: Keras cannot build the model: {first_line(error)}",
            _build_hint(source, str(error)),
        ) from error
    if not isinstance(model, keras.Model):
        raise ModelRefused(f"{cleared.file} does not describe a model.")
    return model


def _build_hint(source: ModelSource, said: str) -> str:
    if "marshal" in said or "code object" in said:
        return "A Lambda holds code for one version of Python: replace it by a layer where the model was made."
    if source.trusted:
        return "Name the Python file that defines the model's custom classes: --hooks FILE."
    return "Open the model in the Keras that wrote it, change what is named here, and save it again."


def _count(shape) -> int:
    size = 1
    for length in shape:
        size *= length or 1
    return size


def _set_weights(model: keras.Model, cleared: gate.Cleared) -> None:
    """Keras reads weights from a path only, so the checked bytes go through a private file."""
    if not flatten.has_graph(model):
        custom_layers.check_built(model, cleared.file)
    name = "model.h5" if cleared.old_weights else "model.weights.h5"
    with tempfile.TemporaryDirectory(prefix="innv-gui-") as folder:
        path = Path(folder) / name
        path.write_bytes(cleared.weights)
        try:
            model.load_weights(path)
        except Exception as error:  # whatever does not fit
            raise _misfit(cleared.file, first_line(error)) from error
    _check_filled(model, cleared.file)


def _empty(model: keras.Model) -> None:
    """Sets all weights to NaN: Keras only warns about some that a file lacks."""
    for weight in model.weights:
        if keras.backend.is_float_dtype(weight.dtype):
            weight.assign(keras.ops.full(weight.shape, np.nan, weight.dtype))


def _check_filled(model: keras.Model, file: str) -> None:
    for weight in model.weights:
        if keras.backend.is_float_dtype(weight.dtype) and bool(keras.ops.any(keras.ops.isnan(weight))):
            raise _misfit(file, f"{quoted(weight.path)} is missing or holds values that are not numbers")


def _misfit(file: str, what: str) -> ModelRefused:
    return ModelRefused(
        f"{file}: its weights do not fit its architecture: {what.rstrip('.')}.",
        "Save architecture and weights from the same model.",
    )


def _application(source: ModelSource, cleared: gate.Cleared, watch: budget.Watch) -> keras.Model:
    name = source.application
    if name not in applications():
        raise BadInput(
            f"{quoted(name)} is not a network of keras.applications.", field="application", allowed=applications()
        )
    keras.utils.clear_session(free_memory=False)  # layers are renumbered: the same names in every process
    model = _allocated(lambda: getattr(keras.applications, name)(weights=None), source, cleared, watch)
    if cleared.weights is not None:
        _set_weights(model, cleared)
    return model


def _network(model: keras.Model, source: ModelSource, cleared: gate.Cleared) -> Network:
    file = cleared.file
    graph = flatten.functional(model, file)
    compute_by_channel(model)
    _check_input(graph, file)
    output = _chosen_output(model, graph, source, file)
    try:
        said = Said(source.outputs, cleared.by_itself)
        flat = flatten.flatten(model, output, file, said, _check_layers)
    except InnvError:
        raise
    except Exception as error:  # graphs that Keras builds but does not call again
        raise ModelRefused(f"{file}: its nested models cannot be joined: {first_line(error)}") from error
    network = Network(cleared.sha256, file, flat, _output_names(model, graph), output, _notes(flat, graph))
    _check_runs(network)
    return network


def _check_runs(network: Network) -> None:
    """Traces the prediction, which will be needed, so that a graph that cannot run is refused here."""
    try:
        network.function("scores", network.trace_scores).get_concrete_function()
    except Exception as error:  # whatever a layer raises
        raise ModelRefused(f"{network.file}: TensorFlow cannot run the model: {first_line(error)}") from error


def _output_names(model, graph) -> tuple[str, ...]:
    return tuple(getattr(graph, "output_names", None) or [t.name for t in graph.outputs])


def _check_input(graph: keras.Model, file: str) -> None:
    """One image input, (H, W, 1 or 3) with channels last, or (H, W) in grey."""
    if len(graph.inputs) != 1:
        names = ", ".join(quoted(t.name) for t in graph.inputs)
        raise ModelRefused(
            f"{file} has {len(graph.inputs)} inputs ({names}); one is needed.",
            "Save a model that takes nothing but the image.",
        )
    shape = tuple(graph.inputs[0].shape[1:])
    if len(shape) == 3 and shape[0] in (1, 3) and shape[2] not in (1, 3):
        raise ModelRefused(
            f"{file} takes images as (channels, height, width) = {shape}; channels must come last.",
            "Save the model with data_format='channels_last'.",
        )
    is_grey = len(shape) == 2 and None not in shape
    if not is_grey and (len(shape) != 3 or shape[2] not in (1, 3)):
        raise ModelRefused(
            f"{file} takes {_shape(shape)}; an image (height, width, 1 or 3 channels) is needed.",
            "Put keras.Input(shape=(height, width, channels)) and a Reshape in front.",
        )
    if any(side is not None and not 0 < side <= MAX_SIDE_PX for side in shape[:2]):
        raise ModelRefused(f"{file} takes images of {_shape(shape)}; {MAX_SIDE_PX} pixels a side is the limit.")


def _chosen_output(model, graph: keras.Model, source: ModelSource, file: str) -> int:
    names = _output_names(model, graph)
    if source.output is None and len(names) > 1:
        raise ModelRefused(
            f"{file} has {len(names)} outputs ({_numbered(names)}); one must be chosen.",
            "Choose one by its number or its name.",
        )
    chosen = source.output or 0
    if isinstance(chosen, str):
        if names.count(chosen) == 1:
            return names.index(chosen)
        raise _no_output(file, quoted(chosen), names)
    if not 0 <= chosen < len(names):
        raise _no_output(file, str(chosen), names)
    return chosen


def _no_output(file: str, chosen: str, names: tuple[str, ...]) -> BadInput:
    hint = f"Expected a number or a name of {_numbered(names)}."
    return BadInput(f"{file} has no output {chosen}.", hint, "output", (*range(len(names)), *names))


def _numbered(names: tuple[str, ...]) -> str:
    return ", ".join(f"{i}: {quoted(name)}" for i, name in enumerate(names))


def _check_layers(operations: dict, tensors: dict, end, file: str) -> None:
    """Before anything is computed: that all layers can be, and that there is one score for each class."""
    for operation in operations.values():
        if getattr(operation, "data_format", None) == "channels_first" and hasattr(operation, "kernel_size"):
            raise ModelRefused(
                f"{file}: layer {quoted(operation.name)} works with channels first.",
                "Save the model with data_format='channels_last'.",
            )
    for name, tensor in tensors.items():
        if any(_count(t.shape) > MAX_LAYER_VALUES for t in keras.tree.flatten(tensor)):
            raise ModelRefused(
                f"{file}: layer {quoted(name)} makes more than {MAX_LAYER_VALUES:,} values of one image."
            )
    shape = tuple(end.shape)
    if len(shape) != 2 or not shape[1]:
        raise ModelRefused(
            f"{file} gives {_shape(shape[1:])} for each image; one score for each class is needed.",
            "Innv-gui explains classifiers: models that end in a Dense layer or the like.",
        )


def _shape(shape: tuple) -> str:
    return "(" + ", ".join("any" if side is None else str(side) for side in shape) + ")"


def _notes(flat: flatten.Flat, graph: keras.Model) -> tuple[str, ...]:
    notes = []
    if len(graph.inputs[0].shape) == 3:
        notes.append("The model takes (height, width) without channels: its images are grey, with one channel.")
    if flat.skipped:
        notes.append(f"Augmentation layers do nothing outside training and are left out: {', '.join(flat.skipped)}.")
    without_graph = [name for name, one in flat.operations.items() if custom_layers.is_own(one)]
    if without_graph:
        notes.append(f"Custom code, which gradient methods can explain: {', '.join(without_graph)}.")
    if len(flat.inner_names) > 1:
        notes.append(f"Nested models are shown layer by layer: {', '.join(flat.inner_names[1:])}.")
    return tuple(notes)
