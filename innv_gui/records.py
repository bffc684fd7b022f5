"""The values that cross borders: between processes, packages and the outside.

All are frozen and plain (text, numbers, tuples, numpy arrays), so that they pickle, compare and hash without
anything else being imported. Shapes: image batches are (N, H, W, C).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

import numpy as np

from innv_gui.notebook import card, sizes

PREPROCESSING_MODES = ("none", "unit", "symmetric", "caffe", "tf", "torch", "standardize")
RESIZE_RULES = ("stretch", "pad", "crop")
OUTPUT_KINDS = ("softmax", "logits", "probabilities", "log_probabilities", "binary", "multilabel")
NAME_ORIGINS = ("given", "file", "bundled", "assumed", "numbers")
SCRATCH = "INNV_GUI_SCRATCH"  # environment of a worker: a folder that the one after it finds, too
CHANNEL_ORDERS = ("rgb", "bgr")
# How sure a detected preprocessing is: the file's own front was measured and has one reading; the likelier reading of
# values; a guess by the architecture's name; nothing is known; a custom function does it.
BASES = ("structure", "values", "name", "assumed", "own")


@dataclass(frozen=True)
class Preprocessing:
    """How pixels in [0, 255] become network input.

    mode: none (pixels as they are), unit ([0, 1]), symmetric ([-1, 1]), the three ImageNet conventions of
    keras.applications (caffe, tf, torch), or standardize: (x - mean) / (std + eps), mean and std given once or once
    per channel, in pixel units.
    resize: stretch, pad (keep the proportions, black border) or crop (keep the proportions, centre).
    channels: in what order the mode is given the colours: rgb, or bgr as OpenCV reads pictures.
    """

    mode: str = "none"
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    resize: str = "stretch"
    channels: str = "rgb"


@dataclass(frozen=True)
class Budget:
    """What opening a model may cost. memory: bytes on top of what the worker has; seconds: of processor time."""

    memory: int = 4 * 2**30
    seconds: float = 60.0


@dataclass(frozen=True)
class ModelSource:
    """All a worker needs to build a network. Paths are this machine's and never leave the server."""

    kind: str  # "keras", "hdf5", "json", "saved_model" (a folder) or "application"
    path: str | None = None
    weights: str | None = None  # a file, "random", or None when the model file holds them
    application: str | None = None  # name in keras.applications
    sha256: str = ""  # of the content; empty until a worker has read it
    trusted: bool = False  # Lambda and custom code allowed: this file was trusted by hash on the command line
    output: int | str | None = None  # for a model with several outputs; facts have its index, a person may say its name
    outputs: str | None = None  # one of OUTPUT_KINDS where a person said it
    hooks: str | None = None  # Python file with preprocess / postprocess / decode_prob
    budget: Budget = Budget()

    @property
    def identity(self) -> tuple[str, int | str, str | None]:
        """What makes it the same network wherever it is: content, output, and what a person says of its outputs."""
        return self.sha256, self.output or 0, self.outputs

    @property
    def content(self) -> dict[str, str | int]:
        """What a file says of it: the hash, and the index of the output where one of several was chosen."""
        return {"sha256": self.sha256} | ({} if self.output is None else {"output": self.output})


@dataclass(frozen=True)
class Layer:
    """One layer of a model. output_shape is without the batch axis; None where the model leaves a size open."""

    name: str
    type: str
    output_shape: tuple[int | None, ...]
    n_params: int
    spatial: bool  # output is (H, W, U): Grad-CAM can use it


@dataclass(frozen=True)
class Outputs:
    """What a model's outputs are: one of OUTPUT_KINDS.

    softmax, logits, probabilities, log_probabilities: one class per image. binary: one unit, two classes, 1 - p and p.
    multilabel: each class for itself, predicted is every class with p > 0.5. reason: how it was determined. doubt: what
    speaks against it, until a person chooses among `choices`. explained: what a score is ("logit", "probability" ...).
    """

    kind: str = "softmax"
    reason: str = ""
    doubt: str = ""
    choices: tuple[str, ...] = ()
    explained: str = "logit"

    @property
    def exclusive(self) -> bool:
        """Whether an image is of exactly one class."""
        return self.kind != "multilabel"

    @property
    def bounded(self) -> bool:
        """Whether scores are probabilities, because nothing could be taken off."""
        return self.explained == "probability"


@dataclass(frozen=True)
class ModelFacts:
    """What the file itself tells about a model; made by a worker."""

    source: ModelSource  # with sha256 filled in
    input_shape: tuple[int | None, int | None, int]  # (H, W, C)
    n_classes: int
    layers: tuple[Layer, ...]
    n_params: int
    preprocessing: Preprocessing
    preprocessing_reason: str  # how it was determined
    class_names: tuple[str, ...] | None
    outputs: Outputs
    output_names: tuple[str, ...]  # one for almost every model
    explained_layer: str  # the default target: the last layer with softmax removed
    cam_layer: str | None  # the last layer with spatial output
    notes: tuple[str, ...] = ()
    preprocessing_basis: str = "assumed"  # one of BASES
    architecture: str = ""  # what the network calls itself


@dataclass(frozen=True)
class ClassNames:
    """What a model's classes are called, one name per class, and how that is known.

    origin: "given" (a person gave or confirmed them), "file" (the model's own files say so), "bundled" (ImageNet's, of
    a network of keras.applications), "assumed" (nobody said so), or "numbers" (class 0, class 1 ...).
    source: of assumed names the dataset, the model or the list that they were taken from; basis: what of it
    ("folders", "labels", "classes", "list"). note: of numbers, why nothing was taken from the images.
    """

    names: tuple[str, ...]
    origin: str = "numbers"
    source: str = ""
    basis: str = ""
    note: str = ""

    @property
    def words(self) -> str:
        """In a few words where assumed names are from; empty for others."""
        if self.origin != "assumed":
            return ""
        return (
            f"assumed to be {self.source}'s"
            if self.basis == "list"
            else f"assumed from the {self.basis} of {self.source}"
        )


@dataclass(frozen=True)
class LabelClass:
    """A label that a person says is a class of a model. class_: index.

    dataset: key of the place that the images were opened from (`session/datasets.py`), in what earlier versions kept
    that of names and place, or the fingerprint, which is of names alone.
    """

    dataset: str
    label: str
    class_: int


@dataclass(frozen=True)
class Model:
    """A model in a session. `letter` is given once and never changes; `id` is opaque.

    naming: what its classes are called; None where nobody said, so that names may be borrowed from the images
    (`session/naming.py` decides). by_hand: labels that a person mapped to classes. chosen_earlier: which of
    "preprocessing" and "class_names" a person chose in an earlier session with this workspace. fit: the patterns that
    were fitted last for the model as it is.
    """

    id: str
    name: str
    letter: str
    file: str  # file name as a person knows it, without its folder
    facts: ModelFacts
    preprocessing: Preprocessing
    naming: ClassNames | None
    notes: tuple[str, ...] = ()
    by_hand: tuple[LabelClass, ...] = ()
    chosen_earlier: tuple[str, ...] = ()
    fit: Fit | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        what = f"{sizes(self.input_shape)} to {self.n_classes} classes, {self.facts.n_params:,} parameters"
        return f"<Model {self.letter} {self.name!r}: {what}, preprocessing {self.preprocessing.mode!r}>"

    def _repr_html_(self) -> str:
        facts = [("file", self.file), ("input", sizes(self.input_shape)), ("classes", self.n_classes)]
        facts += [("class names", ", ".join(self.class_names)), ("outputs", self.facts.outputs.kind)]
        facts += [("parameters", f"{self.facts.n_params:,}"), ("layers", len(self.layers))]
        facts += [("preprocessing", f"{self.preprocessing.mode}, {self.preprocessing.resize}")]
        return card(f"{self.letter} · {self.name}", facts + [("note", note) for note in self.notes])

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names that are known without looking at images; empty without."""
        return () if self.naming is None or self.naming.origin == "numbers" else self.naming.names

    @property
    def input_shape(self) -> tuple[int | None, int | None, int]:
        """(H, W, C)."""
        return self.facts.input_shape

    @property
    def n_classes(self) -> int:
        """K."""
        return self.facts.n_classes

    @property
    def layers(self) -> tuple[Layer, ...]:
        """In the order of computation."""
        return self.facts.layers

    @property
    def source(self) -> ModelSource:
        """What a worker loads."""
        return self.facts.source


@dataclass(frozen=True)
class ImageRef:
    """Where one image can be found. A worker turns it into pixels with `innv_gui.datasets.decode`.

    path: an image file, or a container (.npy, .npz, .h5) with `key` (the array's name) and `index` (its row).
    """

    name: str
    path: str
    key: str | None = None
    index: int | None = None
    label: str | None = None


@dataclass(frozen=True)
class Problem:
    """A file that could not be used, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Fit:
    """What was fitted on images for one model, and lasts in the workspace. sha256: of what came out.

    dataset: its name; n_images: how many were used. n_without: of n_neurons, those that have no pattern.
    """

    folder: str
    sha256: str
    dataset: str
    n_images: int
    n_layers: int
    n_neurons: int
    n_without: int
    n_problems: int = 0


@dataclass(frozen=True)
class FitStep:
    """How far a fit is: images behind it, and those that were used. The rest is known when it has finished."""

    done: int
    used: int
    problems: tuple[Problem, ...] = ()
    sha256: str = ""
    n_layers: int = 0
    n_neurons: int = 0
    n_without: int = 0


@dataclass(frozen=True)
class Target:
    """What of the model is explained.

    class_: "predicted", a class index, or None when neurons are asked for. layer: None is the default (the last
    layer with softmax removed; for Grad-CAM the last with spatial output). neuron: an index into the layer.
    top_neurons: 1, 4, 9 or 16 neurons with the largest activation.
    """

    layer: str | None = None
    class_: int | str | None = "predicted"
    neuron: int | None = None
    top_neurons: int | None = None
    softmax: bool = False  # True: explain the probability instead of the score


@dataclass(frozen=True)
class Aim:
    """A Target looked up in a network, for each image of a batch. targets: (N, T) int64.

    weights: T arrays (N, U) float32, how much of each neuron of `layer` is asked for; one hot is one neuron, several
    are averaged over. A neuron of a layer with several positions is its strongest position, the first one of equals.
    activations: (N, T), None where the method itself meets them on its way, as the values of the neurons `targets`.
    values: (N, U), the neurons' values, for an engine whose own have to agree with them.
    """

    layer: str
    is_output: bool  # the layer's output is the scores
    targets: np.ndarray = field(compare=False)
    weights: tuple[np.ndarray, ...] = field(compare=False)
    activations: np.ndarray | None = field(default=None, compare=False)
    values: np.ndarray | None = field(default=None, compare=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Health:
    """A fact about one map. level: "ok", "warn" or "bad": nothing can be read off it; text: a few words; reason."""

    level: str
    text: str
    reason: str


@dataclass(frozen=True)
class Blueprint:
    """A network as plain values, so that another process can build it without reading the user's file.

    config: Keras 3 functional configuration of the flattened network (no nested models). weights: per layer name
    the arrays in `layer.get_weights()` order.
    """

    sha256: str
    config: dict = field(compare=False)
    weights: dict[str, tuple[np.ndarray, ...]] = field(compare=False)


@dataclass(frozen=True)
class Prepared:
    """A batch as a network sees it, with its prediction.

    x: (N, H, W, C) float32 network input; scores: (N, K) float32, what is explained (see `Outputs.explained`);
    probabilities: (N, K) float32. notes: about all images; image_notes: about each one.
    """

    x: np.ndarray = field(compare=False)
    scores: np.ndarray = field(compare=False)
    probabilities: np.ndarray = field(compare=False)
    notes: tuple[str, ...] = ()
    image_notes: tuple[tuple[str, ...], ...] = ()
    sizes: tuple[tuple[int, int], ...] = ()  # (height, width) of each image file in pixels; empty for arrays


@dataclass(frozen=True)
class Maps:
    """Relevance of a batch: values (N, T, H, W, C) float32, not normalised; targets (N, T) int64 indices."""

    values: np.ndarray = field(compare=False)
    targets: np.ndarray = field(compare=False)
    seconds: float = 0.0
    engine: str = "native"
    notes: tuple[str, ...] = ()
    activations: np.ndarray | None = field(default=None, compare=False)  # (N, T): score of each explained target


@dataclass(frozen=True)
class ScoreWish:
    """What a scoring pass asks of one model: class probabilities, and every neuron of the layers named."""

    source: ModelSource
    preprocessing: Preprocessing
    layers: tuple[str, ...] = ()


NOT_FINITE = "makes the model give values that are not numbers."  # a problem's reason: it follows the image's name


@dataclass(frozen=True)
class Votes:
    """What one model says of n images; rows of NaN where it says nothing.

    probabilities: (n, K) float32. activations: per layer (n, U) float32, the spatial maximum where the layer has
    positions. problems: row -> why this model has nothing for it, images that could not be read among them.
    """

    probabilities: np.ndarray = field(compare=False)
    activations: dict[str, np.ndarray] = field(compare=False)
    problems: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ScoredImages:
    """n images under several models, in the order asked.

    stamps: (n, 2) int64, size in bytes and time of change in ns of each file when it was read; GONE where there was
    none, CHANGED where it had changed after the dataset was opened. squares: (n, 32, 32, 3) uint8, the middle of each
    image, where they were asked for.
    """

    stamps: np.ndarray = field(compare=False)
    models: tuple[Votes, ...] = ()
    seconds: float = 0.0  # in the worker, without loading the models
    worker: str = ""  # machine and process that did it
    squares: np.ndarray | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Features:
    """What of a model is maximised. kind: "class" (of the output), "neuron" (where a layer has positions: its strongest
    one) or "channel" (the mean over all positions). layer: None is the output. index: one per picture."""

    kind: str
    layer: str | None
    index: tuple[int, ...]


@dataclass(frozen=True)
class Start:
    """Where an ascent begins: u (H, W, C) float32, network input = low + (high - low) * u, low and high (C,).

    bounded: u in [0, 1] is what a picture can give; else the range is not known, and low is 0, high 1.
    backwards: channels are blue, green, red.
    """

    u: np.ndarray = field(compare=False)
    low: np.ndarray = field(compare=False)
    high: np.ndarray = field(compare=False)
    bounded: bool = True
    backwards: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ascent:
    """How far T pictures are. u (T, H, W, C) float32; steps (T,) int32; stops (T,) int32: places in STOPS.

    values, probabilities (k, T) float32: of the k pictures met since the last time, the first being the given one;
    NaN where a picture had stopped, and for probabilities where there are none.
    """

    u: np.ndarray = field(compare=False)
    steps: np.ndarray = field(compare=False)
    stops: np.ndarray = field(compare=False)
    values: np.ndarray = field(compare=False)
    probabilities: np.ndarray = field(compare=False)

    @classmethod
    def of(cls, start: Start, count: int) -> Ascent:
        """`count` pictures before their first step."""
        zeros, none = np.zeros(count, np.int32), np.zeros((0, count), np.float32)
        return cls(np.repeat(start.u[None], count, axis=0), zeros, zeros, none, none)


UNREAD, NO_ANSWER = -1, -2  # in Answers: an image that cannot be read, a network that gives no numbers for it


@dataclass(frozen=True)
class Answers:
    """What a network says of n images under R rules. predicted: (R, n) int32 class indices, UNREAD or NO_ANSWER.

    uniform: all have the proportions of the network's input, so that no resize rule makes a difference.
    sums: (3, C) float64 over all pixels before preprocessing: how many, their sum, the sum of their squares.
    """

    predicted: np.ndarray = field(compare=False)
    uniform: bool
    sums: np.ndarray = field(compare=False)


STOPS = ("", "probability", "iterations", "flat", "not finite")  # "": it goes on


def as_plain(record) -> dict:
    """A record as dictionaries, lists and numbers, for JSON. Not for records that hold arrays."""
    return asdict(record)


__all__ = [name for name in dir() if name[:1].isupper()] + ["as_plain", "replace"]
