"""How layers without weights propagate relevance, by their kind.

pass: each value keeps its relevance. gradient: by the transpose of the derivative, which for reshaping, padding and
the like is to hand it back where it came from, for max pooling that the winner takes all. proportional: x J^T (R / y),
each input by what it adds to the output. gate: products value by value; the gating factor is held constant and takes
nothing. product: sums of products (matmul), by share, in equal parts to the factors that are no gates. quotient: the
denominator is held constant. halves: products of two, by share, half to each. nothing: what only chooses or compares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from innv_gui.runtimes.keras.attribution.propagation import divided
from innv_gui.runtimes.keras.graphs.graph import Step
from innv_gui.runtimes.keras.graphs.inner_steps import FOLD, PAIRED, WEIGHING, WEIGHTED_AVERAGE
from innv_gui.runtimes.keras.networks.custom_layers import is_own

PASS, GRADIENT, PROPORTIONAL, GATE = "pass", "gradient", "proportional", "gate"
PRODUCT, QUOTIENT, HALVES, NOTHING = "product", "quotient", "halves", "nothing"


def _kinds(way: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), way)


WAYS = {
    **_kinds(PASS, "Activation ReLU LeakyReLU PReLU ELU Softmax Identity ActivityRegularization"),
    **_kinds(PASS, "Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D AlphaDropout GaussianDropout"),
    **_kinds(PASS, "GaussianNoise Rescaling Normalization LayerScale StochasticDepth Cast StopGradient Normalize"),
    **_kinds(PASS, "Relu Relu6 LeakyRelu Elu Celu Selu Gelu Silu Sigmoid HardSigmoid HardSilu HardTanh Tanh Softplus"),
    **_kinds(PASS, "Softsign LogSigmoid SoftShrink HardShrink TanhShrink Threshold Squareplus SparsePlus LogSoftmax"),
    **_kinds(PASS, "SparseSigmoid Sparsemax Clip Abs Absolute Exp Expm1 Log Log1p Log2 Log10 Sqrt Rsqrt Square Sin"),
    **_kinds(PASS, "Cos Tan Sinh Cosh Erf Reciprocal Round Floor Ceil Sign AutoContrast Equalization Solarization"),
    **_kinds(GRADIENT, "Flatten Reshape Permute RepeatVector Concatenate Cropping1D Cropping2D Cropping3D"),
    **_kinds(GRADIENT, "ZeroPadding1D ZeroPadding2D ZeroPadding3D UpSampling1D UpSampling2D UpSampling3D"),
    **_kinds(GRADIENT, "MaxPooling1D MaxPooling2D MaxPooling3D GlobalMaxPooling1D GlobalMaxPooling2D"),
    **_kinds(GRADIENT, "GlobalMaxPooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D"),
    **_kinds(GRADIENT, "Maximum Minimum Max Min Amax Amin MaxPool AdaptiveMaxPool GetItem Slice Split Unstack Stack"),
    **_kinds(GRADIENT, "ExpandDims Squeeze Transpose Moveaxis Swapaxes Tile Repeat Roll Flip Take TakeAlongAxis Pad"),
    **_kinds(GRADIENT, "DepthToSpace SpaceToDepth CropImages PadImages BroadcastTo Where Sort Median"),
    **_kinds(GRADIENT, "Resizing Resize CenterCrop RandomCrop"),
    FOLD: GRADIENT,
    **_kinds(PROPORTIONAL, "AveragePooling1D AveragePooling2D AveragePooling3D GlobalAveragePooling1D Average Add"),
    **_kinds(PROPORTIONAL, "GlobalAveragePooling2D GlobalAveragePooling3D Subtract Mean Sum AveragePool Negative"),
    **_kinds(PROPORTIONAL, "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D"),
    **_kinds(PROPORTIONAL, "AdaptiveAveragePool CustomScaleLayer RGBToGrayscale"),
    WEIGHTED_AVERAGE: PROPORTIONAL,
    WEIGHING: PROPORTIONAL,
    PAIRED: HALVES,
    **_kinds(GATE, "Multiply"),
    **_kinds(PRODUCT, "Dot Matmul Einsum Tensordot Outer Conv ConvTranspose DepthwiseConv SeparableConv"),
    **_kinds(QUOTIENT, "Divide TrueDivide DivideNoNan"),
    **_kinds(NOTHING, "Equal NotEqual Greater GreaterEqual Less LessEqual LogicalAnd LogicalNot LogicalOr All Any"),
    **_kinds(NOTHING, "Argmax OneHot FullLike OnesLike ZerosLike"),
}
_WITH_A_CONSTANT = frozenset("Add Subtract Multiply Divide TrueDivide DivideNoNan Maximum Minimum Power Mod".split())
_SCALING = frozenset({"Divide", "TrueDivide"})  # as Multiply, which moves gates with other gates as well
_INTERPOLATING = frozenset({"UpSampling2D", "Resizing", "Resize"})
_GATES = frozenset(
    {"sigmoid", "hard_sigmoid", "hard_sigmoid_of_keras_2", "softmax", "Sigmoid", "HardSigmoid", "Softmax"}
) | frozenset({"sparse_sigmoid", "sparsemax", "SparseSigmoid", "Sparsemax"})
_KEEP_GATES = frozenset(
    """
    Reshape Permute Transpose Moveaxis Swapaxes ExpandDims Squeeze Flatten RepeatVector Repeat Tile BroadcastTo Cast
    Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D AlphaDropout GaussianDropout GaussianNoise Identity
    StochasticDepth GetItem Slice Split Unstack Concatenate Stack Multiply UpSampling1D UpSampling2D UpSampling3D
    StopGradient
    """.split()
)

_TIME = "it carries a state through time by gates, for which there is no rule here"
_STATISTIC = "what it computes is no sum of its inputs' shares"
_AS_LAYER = "as an operation it has no rule, the layer of that name has one"
REASONS = {
    **dict.fromkeys("RNN LSTM GRU SimpleRNN Bidirectional ConvLSTM1D ConvLSTM2D ConvLSTM3D".split(), _TIME),
    **dict.fromkeys("LSTMCell GRUCell SimpleRNNCell StackedRNNCells".split(), _TIME),
    "TimeDistributed": "the layer inside has no rule, or the number of steps is open",
    "Embedding": "it looks up whole numbers, and no relevance can go on to a number that is a name",
    "Masking": "the mask that it sets is not followed",
    "Dot": "with normalize=True its output does not grow with its inputs",
    "Glu": "it gates one half of its input by the other",
    **dict.fromkeys("Prod Var Std Moments Logsumexp TopK SegmentSum SegmentMax".split(), _STATISTIC),
    **dict.fromkeys("Power Mod FloorDivide".split(), "two tensors in this relation have no shares"),
    **dict.fromkeys("BatchNorm LayerNorm RMSNorm".split(), _AS_LAYER),
}


def of(step: Step) -> str | None:
    """The way of a layer or operation; None when there is none.

    With a constant for the other side (x + 3, x / 127.5, maximum(x, 0)) an operation is a function of one value, like
    an activation or Rescaling.
    """
    if len(step.inputs) == 1 and step.kind in _WITH_A_CONSTANT:
        return PASS
    if interpolates(step):
        return PROPORTIONAL
    if halves(step) or step.kind == "Dot" and getattr(step.operation, "normalize", False):
        return None
    return WAYS.get(step.kind)


def shifts(step: Step) -> bool:
    """Whether a step adds a constant to its one input."""
    if step.kind == "Rescaling":
        return bool(np.any(np.asarray(getattr(step.operation, "offset", 0))))
    return step.kind in ("Add", "Subtract") and len(step.inputs) == 1


def interpolates(step: Step) -> bool:
    """Whether a layer's outputs are weighted means of several inputs; the nearest neighbour is one of them as it is."""
    return step.kind in _INTERPOLATING and getattr(step.operation, "interpolation", "nearest") != "nearest"


def halves(step: Step) -> bool:
    """Whether a layer's activation is glu: it gives half as many values as it gets."""
    return getattr(step.operation, "activation", None) is keras.activations.glu


def reason(step: Step) -> str:
    """Why a layer has no way, as the end of a sentence."""
    if halves(step):
        return REASONS["Glu"]
    if is_own(step.operation):
        what = "model" if isinstance(step.operation, keras.Model) else "layer"
        return f"it is a {what} with custom code, without a graph that can be traced; gradient methods explain it"
    return REASONS.get(step.kind, "")


def back(way: str, step: Step, xs: list, ys: list, relevances: list, tape: tf.GradientTape, gates: list) -> list:
    """xs, ys: inputs and outputs of a step, each tensor once; relevances: of ys -> relevances of xs.

    gates: which of xs come out of a gating function.
    """
    if way == NOTHING:
        return [_nothing(x) for x in xs]
    if way == PASS:
        return [_shrunk(relevances[0], xs[0]), *(_nothing(x) for x in xs[1:])]
    if way == GATE:
        return _gated(xs, relevances[0], gates)
    if way == GRADIENT:
        return _transposed(xs, ys, relevances, tape)
    messages = [divided(one, y) if y.dtype.is_floating else one for one, y in zip(relevances, ys, strict=True)]
    slopes = _transposed(xs, ys, messages, tape)
    shares = [x * slope if x.dtype.is_floating else slope for x, slope in zip(xs, slopes, strict=True)]
    return _weighed(shares, _factors(way, step, gates))


def _factors(way: str, step: Step, gates: list[bool]) -> list[float]:
    """How much of its share each input takes. x J^T (R / y) is all of R for every factor of a product."""
    if way == PRODUCT:
        times = Counter(id(tensor) for tensor in step.node.input_tensors)
        carries = [not gate for gate in gates] if not all(gates) else [True] * len(gates)
        count = sum(times[one] for one, carried in zip(step.inputs, carries, strict=True) if carried)
        return [1.0 / count if carried else 0.0 for carried in carries]
    if way == HALVES:
        return [0.5] * len(gates)
    return [1.0, *([0.0] * (len(gates) - 1))] if way == QUOTIENT else [1.0] * len(gates)


def _weighed(shares: list, factors: list[float]) -> list:
    return [share if factor == 1.0 else share * factor for share, factor in zip(shares, factors, strict=True)]


def _transposed(xs: list, ys: list, messages: list, tape: tf.GradientTape) -> list:
    """J^T of the messages; whole numbers and truth values neither send nor get one."""
    sent = [(y, message) for y, message in zip(ys, messages, strict=True) if y.dtype.is_floating]
    floating = [x for x in xs if x.dtype.is_floating]
    zero = tf.UnconnectedGradients.ZERO
    found = tape.gradient([y for y, _ in sent], floating, [one for _, one in sent], unconnected_gradients=zero)
    slopes = iter(found)
    return [tf.convert_to_tensor(next(slopes)) if x.dtype.is_floating else _nothing(x) for x in xs]


def _nothing(x: tf.Tensor) -> tf.Tensor:
    return tf.zeros_like(x, dtype=tf.float32)


def gating(steps: Sequence[Step], weighs: bool = False) -> frozenset[int]:
    """Ids of the tensors that come out of a gating function, moved and copied at most.

    weighs: a softmax is none, as its values take relevance.
    """
    known: set[int] = set()
    shifted: set[int] = set()
    for step in steps:
        if (is_gating(step) and not (weighs and is_softmax(step))) or _keeps(step, known) or _is_clipped(step, shifted):
            known.update(step.outputs)
        elif step.kind == "Add" and len(step.inputs) == 1:
            shifted.update(step.outputs)
    return frozenset(known)


def _keeps(step: Step, gates: set[int]) -> bool:
    """Whether a step moves, copies or scales what are gates already."""
    scales = step.kind in _SCALING and len(step.inputs) == 1
    return (step.kind in _KEEP_GATES or scales) and gates.issuperset(step.inputs)


def _is_clipped(step: Step, shifted: set[int]) -> bool:
    """Whether a step cuts a shifted value off above and below, as relu6(x + 3) does in a hard sigmoid by operations."""
    operation = step.operation
    capped = step.kind == "Relu6" or getattr(operation, "activation", None) is keras.activations.relu6
    capped |= step.kind == "ReLU" and getattr(operation, "max_value", None) is not None
    capped |= step.kind == "Clip" and getattr(operation, "x_min", None) == 0
    return capped and shifted.issuperset(step.inputs)


def is_gating(step: Step) -> bool:
    """Whether a step's output lies between 0 and 1 by its function, or is the answer of a comparison."""
    function = getattr(step.operation, "activation", None)
    return step.kind in _GATES or getattr(function, "__name__", "") in _GATES or WAYS.get(step.kind) == NOTHING


def is_softmax(step: Step) -> bool:
    """Whether a step is a softmax and nothing else."""
    function = getattr(step.operation, "activation", None)
    return step.kind == "Softmax" or step.kind == "Activation" and function is keras.activations.softmax


def multiplied(steps: Sequence[Step]) -> frozenset[int]:
    """Ids of the tensors that are a factor of a product of two, moved and copied at most."""
    found: set[int] = set()
    for step in reversed(steps):
        is_product = len(step.inputs) > 1 and WAYS.get(step.kind) in (PRODUCT, HALVES, GATE)
        if is_product or step.kind in _KEEP_GATES and not found.isdisjoint(step.outputs):
            found.update(step.inputs)
    return frozenset(found)


def _gated(xs: list, relevance: tf.Tensor, gates: list[bool]) -> list:
    """All to what is not a gate; where that cannot be determined, to the largest ones, in equal parts."""
    carries = [not gate for gate in gates]
    if not any(carries):
        carries = [True] * len(xs)
    full = [carried and x.shape[1:] == relevance.shape[1:] for x, carried in zip(xs, carries, strict=True)]
    carries = full if any(full) else carries
    share = relevance / sum(carries)
    return [_shrunk(share, x) if carried else _nothing(x) for x, carried in zip(xs, carries, strict=True)]


def _shrunk(relevance: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    """Summed over the axes along which x was repeated."""
    if len(x.shape) != len(relevance.shape):
        return relevance
    axes = [axis for axis, (a, b) in enumerate(zip(x.shape, relevance.shape, strict=True)) if axis and a == 1 != b]
    return tf.reduce_sum(relevance, axis=axes, keepdims=True) if axes else relevance


def only_relu(step: Step) -> bool:
    """Whether a step has no activation but, at most, a ReLU."""
    if step.kind in _OTHER_ACTIVATIONS or is_own(step.operation) or _bends_by_operations(step):
        return False
    function = getattr(step.operation, "activation", None)
    return function is None or function in (keras.activations.linear, keras.activations.relu)


def _bends_by_operations(step: Step) -> bool:
    """Whether a step is a part of an activation that is written out, as in maximum(x, 0) and x * (x > 0)."""
    return step.kind in _WRITTEN_OUT or step.kind in ("Maximum", "Minimum") and len(step.inputs) == 1


def objection(step: Step) -> str:
    """Why a layer is not `only_relu`, as the end of a sentence that speaks of other activations."""
    return "is custom code, which may have one" if is_own(step.operation) else "has one"


_WRITTEN_OUT = frozenset("Clip Where Sign Greater GreaterEqual Less LessEqual".split())
_OTHER_ACTIVATIONS = frozenset(
    """
    LeakyReLU PReLU ELU Softmax LeakyRelu Elu Celu Selu Gelu Silu Sigmoid HardSigmoid HardSilu HardTanh Tanh Softplus
    Softsign LogSigmoid SoftShrink HardShrink TanhShrink Threshold Squareplus SparsePlus LogSoftmax SparseSigmoid
    Sparsemax Glu Exp Expm1 Log Log1p Log2 Log10 Sqrt Rsqrt Square Sin Cos Tan Sinh Cosh Erf Reciprocal Abs Absolute
    RNN Bidirectional StackedRNNCells TimeDistributed
    """.split()
) | {WEIGHTED_AVERAGE, WEIGHING}
