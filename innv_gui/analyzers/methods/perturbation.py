"""Methods that cover parts of the picture and look at what the network answers: any network, no gradient."""

from innv_gui.analyzers.declaration import CAM, SIGNED, Analyzer, own
from innv_gui.analyzers.methods.params import OcclusionParams, RiseParams

OCCLUSION = Analyzer(
    name="occlusion",
    title="Occlusion",
    summary="Covers the picture one window at a time and shows how much the class's probability falls.",
    run=own("perturbation.occlusion:occlusion"),
    source="https://doi.org/10.1007/978-3-319-10590-1_53",
    citation="Zeiler and Fergus 2014",
    display=SIGNED,
    params=OcclusionParams,
    passes=lambda params: params["positions"] ** 2 + 1,
    family="perturbation",
)

RISE = Analyzer(
    name="rise",
    title="RISE",
    summary="Looks at the picture through many random masks and shows which visible parts make the class more likely.",
    run=own("perturbation.rise:rise"),
    source="https://doi.org/10.48550/arXiv.1806.07421",
    citation="Petsiuk et al. 2018",
    display=CAM,
    params=RiseParams,
    passes=lambda params: params["masks"],
    signed=False,
    stochastic=True,
    family="perturbation",
)

ANALYZERS = (OCCLUSION, RISE)
