"""Methods that read the derivative of the score with respect to the input, plainly or bent at the ReLUs."""

from typing import Any

from innv_gui.analyzers.declaration import GREY, RGB, SIGNED, Analyzer, both, own
from innv_gui.analyzers.methods.params import (
    DeepLiftParams,
    GradientParams,
    IntegratedGradientsParams,
    SmoothGradParams,
)

_SIMONYAN: dict[str, Any] = {"source": "https://doi.org/10.48550/arXiv.1312.6034", "citation": "Simonyan et al. 2013"}

GRADIENT = Analyzer(
    name="gradient",
    title="Gradient",
    summary="Shows where a small change of the image would change the score most.",
    run=both("attribution.gradients:gradient"),
    display=GREY,
    params=GradientParams,
    signed=False,
    family="gradient",
    **_SIMONYAN,
)

BASELINE = Analyzer(
    name="gradient.baseline",
    title="Gradient (baseline)",
    summary="The same derivative by TensorFlow's own differentiation, to check the gradient map against.",
    run=both("attribution.gradients:gradient"),
    display=GREY,
    params=GradientParams,
    signed=False,
    family="gradient",
    **_SIMONYAN,
)

INPUT_T_GRADIENT = Analyzer(
    name="input_t_gradient",
    title="Input × gradient",
    summary="Weighs each pixel's derivative by the pixel itself: how much it adds to the score to first order.",
    source="https://doi.org/10.48550/arXiv.1605.01713",
    citation="Shrikumar et al. 2016",
    run=both("attribution.gradients:input_times_gradient"),
    display=SIGNED,
    family="gradient",
)

DECONVNET = Analyzer(
    name="deconvnet",
    title="DeconvNet",
    summary="Projects the score back to pixels, keeping only positive signals on the way, whatever the image was.",
    source="https://doi.org/10.1007/978-3-319-10590-1_53",
    citation="Zeiler and Fergus 2014",
    run=both("attribution.gradients:deconvnet"),
    display=RGB,
    family="gradient",
)

GUIDED_BACKPROP = Analyzer(
    name="guided_backprop",
    title="Guided backprop",
    summary="A gradient that keeps only positive signals through active ReLUs: sharp, but not very class-specific.",
    source="https://doi.org/10.48550/arXiv.1412.6806",
    citation="Springenberg et al. 2014",
    run=both("attribution.gradients:guided_backprop"),
    display=RGB,
    family="gradient",
)

INTEGRATED_GRADIENTS = Analyzer(
    name="integrated_gradients",
    title="Integrated gradients",
    summary="Adds up the gradient on the way from an empty image to this one, so that saturated evidence counts, too.",
    source="https://doi.org/10.48550/arXiv.1703.01365",
    citation="Sundararajan et al. 2017",
    run=both("attribution.gradients:integrated_gradients", "integrated_gradients"),
    display=SIGNED,
    params=IntegratedGradientsParams,
    passes=lambda params: 2 * params["steps"],
    family="gradient",
)

DEEP_LIFT = Analyzer(
    name="deep_lift",
    title="DeepLIFT",
    summary="Splits the difference from an empty image's score among the pixels, layer by layer, in one pass.",
    source="https://doi.org/10.48550/arXiv.1704.02685",
    citation="Shrikumar et al. 2017",
    run=own("attribution.deep_lift:deep_lift"),
    display=SIGNED,
    params=DeepLiftParams,
    family="gradient",
)

SMOOTHGRAD = Analyzer(
    name="smoothgrad",
    title="SmoothGrad",
    summary="Averages the gradient over noisy copies of the image, which removes the grain.",
    source="https://doi.org/10.48550/arXiv.1706.03825",
    citation="Smilkov et al. 2017",
    run=both("attribution.gradients:smoothgrad", "smoothgrad"),
    display=GREY,
    params=SmoothGradParams,
    passes=lambda params: 2 * params["augment_by_n"],
    signed=False,
    stochastic=True,
    family="gradient",
)

ANALYZERS = (
    GRADIENT,
    BASELINE,
    INPUT_T_GRADIENT,
    DECONVNET,
    GUIDED_BACKPROP,
    INTEGRATED_GRADIENTS,
    DEEP_LIFT,
    SMOOTHGRAD,
)
