"""Deep Taylor decomposition (Montavon et al. 2017) as iNNvestigate does it: z+ without biases at layers with weights,
the plain gradient at all others, BatchNormalization, sums and averages included. Products are as in LRP: by the
gradient relevance is multiplied by the other factor, at every gate of a deep network again.
"""

from __future__ import annotations

from innv_gui.runtimes.keras.attribution import rules, unweighted
from innv_gui.runtimes.keras.attribution.layerwise import Propagation
from innv_gui.runtimes.keras.attribution.method import Method, anywhere, first

_NOT_RELU = "knows no activations other than ReLU"
_PLAIN_GRADIENTS = dict.fromkeys(
    """
    Activation ReLU Relu Add Average AveragePooling1D AveragePooling2D AveragePooling3D GlobalAveragePooling1D
    GlobalAveragePooling2D GlobalAveragePooling3D Subtract Divide TrueDivide LayerScale Rescaling
    Normalization
    """.split(),
    unweighted.GRADIENT,
)


def _made(*at_the_input) -> Method:
    layers = (*at_the_input, (anywhere, rules.alpha_beta(1, 0, bias=False)))
    return Method(layers, None, _PLAIN_GRADIENTS, positive_score=True, only_relu=_NOT_RELU)


deep_taylor = Propagation(lambda params: _made())
bounded = Propagation(lambda params: _made((first, rules.bounded(params["low"], params["high"]))))
