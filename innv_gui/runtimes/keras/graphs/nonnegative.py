"""Which tensors of a graph are known never to be negative, so that half of a rule need not be computed."""

from __future__ import annotations

from innv_gui.runtimes.keras.graphs.graph import Graph, Step

_FUNCTIONS = frozenset(
    """
    relu relu6 sigmoid hard_sigmoid hard_sigmoid_of_keras_2 softmax softplus exponential squareplus sparse_sigmoid
    """.split()
)
_MAKERS = frozenset("Relu Relu6 Sigmoid HardSigmoid Softmax Softplus Exp Square Abs Absolute Squareplus".split())
_KEEPERS = frozenset(
    """
    Flatten Reshape Permute RepeatVector Concatenate Cropping2D ZeroPadding2D UpSampling2D Dropout SpatialDropout2D
    MaxPooling1D MaxPooling2D MaxPooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
    AveragePooling1D AveragePooling2D AveragePooling3D GlobalAveragePooling1D GlobalAveragePooling2D
    GlobalAveragePooling3D Identity ActivityRegularization
    """.split()
)
_KEEPERS_OF_SEVERAL = frozenset(
    "Add Multiply Average Maximum Minimum".split()
)  # layers and operations of the same name


def never_negative(graph: Graph) -> frozenset[int]:
    """Ids of symbolic tensors."""
    known: set[int] = set()
    for step in graph.steps:
        keeps = step.kind in _KEEPERS or (step.kind in _KEEPERS_OF_SEVERAL and len(step.inputs) > 1)
        if _makes(step) or (keeps and known.issuperset(step.inputs)):
            known.update(step.outputs)
    return frozenset(known)


def _makes(step: Step) -> bool:
    function = getattr(getattr(step.operation, "activation", None), "__name__", "")
    plain_relu = step.kind == "ReLU" and not step.operation.negative_slope
    return plain_relu or function in _FUNCTIONS or step.kind in _MAKERS
