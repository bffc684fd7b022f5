"""How layers without weights hand relevance down, by their kind.

pass: each value keeps its relevance. gradient: by the transpose of the derivative, which for reshaping, padding and
the like is to hand it back where it came from, for max pooling that the winner takes all. proportional: x J^T (R / y),
each input by what it adds to the output. gate: products; the gating factor is held constant and takes nothing.
"""

from __future__ import annotations

import keras
import tensorflow as tf

from innv_gui.runtimes.keras.attribution.graph import Step
from innv_gui.runtimes.keras.attribution.propagation import divided

PASS, GRADIENT, PROPORTIONAL, GATE = "pass", "gradient", "proportional", "gate"


def _kinds(way: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), way)


WAYS = {
    **_kinds(PASS, "Activation ReLU LeakyReLU PReLU ELU Softmax Identity ActivityRegularization Masking"),
    **_kinds(PASS, "Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D AlphaDropout GaussianDropout"),
    **_kinds(PASS, "GaussianNoise Rescaling Normalization LayerScale StochasticDepth Cast StopGradient"),
    **_kinds(PASS, "Relu Relu6 LeakyRelu Elu Celu Selu Gelu Silu Sigmoid HardSigmoid HardSilu HardTanh Tanh Softplus"),
    **_kinds(PASS, "Softsign LogSigmoid SoftShrink HardShrink TanhShrink Threshold Squareplus SparsePlus LogSoftmax"),
    **_kinds(GRADIENT, "Flatten Reshape Permute RepeatVector Concatenate Cropping1D Cropping2D Cropping3D"),
    **_kinds(GRADIENT, "ZeroPadding1D ZeroPadding2D ZeroPadding3D UpSampling1D UpSampling2D UpSampling3D"),
    **_kinds(GRADIENT, "MaxPooling1D MaxPooling2D MaxPooling3D GlobalMaxPooling1D GlobalMaxPooling2D"),
    **_kinds(GRADIENT, "GlobalMaxPooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D"),
    **_kinds(GRADIENT, "Maximum Minimum Max Min Amax Amin MaxPool AdaptiveMaxPool GetItem Slice Split Unstack Stack"),
    **_kinds(GRADIENT, "ExpandDims Squeeze Transpose Moveaxis Swapaxes Tile Repeat Roll Flip Take TakeAlongAxis Pad"),
    **_kinds(GRADIENT, "DepthToSpace SpaceToDepth CropImages PadImages BroadcastTo Clip"),
    **_kinds(PROPORTIONAL, "AveragePooling1D AveragePooling2D AveragePooling3D GlobalAveragePooling1D Average Add"),
    **_kinds(PROPORTIONAL, "GlobalAveragePooling2D GlobalAveragePooling3D Subtract Mean Sum AveragePool Negative"),
    **_kinds(PROPORTIONAL, "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D"),
    **_kinds(PROPORTIONAL, "AdaptiveAveragePool Resizing Resize CustomScaleLayer Divide TrueDivide RGBToGrayscale"),
    **_kinds(GATE, "Multiply"),
}
_GATES = frozenset({"sigmoid", "hard_sigmoid", "softmax", "Sigmoid", "HardSigmoid", "Softmax"})


def back(way: str, step: Step, xs: list, ys: list, relevances: list, tape: tf.GradientTape, gates: list) -> list:
    """xs, ys: inputs and outputs of a step, each tensor once; relevances: of ys -> relevances of xs.

    gates: which of xs come out of a gating function.
    """
    if way == PASS:
        return [relevances[0], *(tf.zeros_like(x) for x in xs[1:])]
    if way == GATE:
        return _gated(xs, relevances[0], gates)
    messages = relevances
    if way == PROPORTIONAL:
        messages = [divided(relevance, y) for relevance, y in zip(relevances, ys, strict=True)]
    gradients = tape.gradient(ys, xs, messages, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    gradients = [tf.convert_to_tensor(one) for one in gradients]
    if way == PROPORTIONAL:
        return [x * gradient for x, gradient in zip(xs, gradients, strict=True)]
    return gradients


def is_gating(step: Step) -> bool:
    """Whether a step's output lies between 0 and 1 by its function."""
    function = getattr(step.operation, "activation", None)
    return step.kind in _GATES or getattr(function, "__name__", "") in _GATES


def _gated(xs: list, relevance: tf.Tensor, gates: list[bool]) -> list:
    """All to what is not a gate; where that is not to be told, to the largest ones, in equal parts."""
    carries = [not gate for gate in gates]
    if not any(carries):
        carries = [True] * len(xs)
    full = [carried and x.shape[1:] == relevance.shape[1:] for x, carried in zip(xs, carries, strict=True)]
    carries = full if any(full) else carries
    share = relevance / sum(carries)
    return [_shrunk(share, x) if carried else tf.zeros_like(x) for x, carried in zip(xs, carries, strict=True)]


def _shrunk(relevance: tf.Tensor, x: tf.Tensor) -> tf.Tensor:
    """Summed over the axes along which x was repeated."""
    axes = [axis for axis, (a, b) in enumerate(zip(x.shape, relevance.shape, strict=True)) if axis and a == 1 != b]
    return tf.reduce_sum(relevance, axis=axes, keepdims=True) if axes else relevance


def only_relu(step: Step) -> bool:
    """Whether a step has no activation but, at most, a ReLU."""
    if step.kind in _OTHER_ACTIVATIONS:
        return False
    function = getattr(step.operation, "activation", None)
    return function is None or function in (keras.activations.linear, keras.activations.relu)


_OTHER_ACTIVATIONS = frozenset(
    """
    LeakyReLU PReLU ELU Softmax LeakyRelu Elu Celu Selu Gelu Silu Sigmoid HardSigmoid HardSilu HardTanh Tanh Softplus
    Softsign LogSigmoid SoftShrink HardShrink TanhShrink Threshold Squareplus SparsePlus LogSoftmax
    """.split()
)
