"""Class activation maps: where the channels of a spatial layer speak for a class."""

from typing import Any

from innv_gui.analyzers.declaration import CAM, RGB, Analyzer, Targets, own
from innv_gui.analyzers.methods.params import ScoreCamParams

_FAMILY: dict[str, Any] = {"targets": Targets.CAM, "family": "cam"}
_SELVARAJU: dict[str, Any] = {
    "source": "https://doi.org/10.1109/ICCV.2017.74",
    "citation": "Selvaraju et al. 2017",
    **_FAMILY,
}

GRAD_CAM = Analyzer(
    name="grad_cam",
    title="Grad-CAM",
    summary="Shows the region whose features speak for the class: coarse, but class-specific.",
    run=own("cam.methods:grad_cam"),
    display=CAM,
    signed=False,
    **_SELVARAJU,
)

GUIDED_GRAD_CAM = Analyzer(
    name="guided_grad_cam",
    title="Guided Grad-CAM",
    summary="Guided backprop inside the region that Grad-CAM finds: sharp and class-specific.",
    run=own("cam.methods:guided_grad_cam"),
    display=RGB,
    passes=4,
    **_SELVARAJU,
)

GRAD_CAM_PLUS_PLUS = Analyzer(
    name="grad_cam_plus_plus",
    title="Grad-CAM++",
    summary="Grad-CAM that counts positive gradients only, each by its own factor: finds several objects of the class.",
    run=own("cam.methods:grad_cam_plus_plus"),
    source="https://doi.org/10.1109/WACV.2018.00097",
    citation="Chattopadhay et al. 2018",
    display=CAM,
    signed=False,
    **_FAMILY,
)

SCORE_CAM = Analyzer(
    name="score_cam",
    title="Score-CAM",
    summary="Shows the image through each channel's region and counts what the class gains: slow, needs no gradient.",
    run=own("cam.methods:score_cam"),
    source="https://doi.org/10.1109/CVPRW50498.2020.00020",
    citation="Wang et al. 2020",
    display=CAM,
    params=ScoreCamParams,
    passes=lambda params: params["channels"] + 2 if params["channels"] else None,
    signed=False,
    **_FAMILY,
)

LAYER_CAM = Analyzer(
    name="layer_cam",
    title="Layer-CAM",
    summary="Weighs every position of every channel by its positive gradient: fine maps from early layers, too.",
    run=own("cam.methods:layer_cam"),
    source="https://doi.org/10.1109/TIP.2021.3089943",
    citation="Jiang et al. 2021",
    display=CAM,
    signed=False,
    **_FAMILY,
)

ANALYZERS = (GRAD_CAM, GUIDED_GRAD_CAM, GRAD_CAM_PLUS_PLUS, SCORE_CAM, LAYER_CAM)
