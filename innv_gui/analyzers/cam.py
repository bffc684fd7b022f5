"""Class activation maps: where the channels of a spatial layer speak for a class."""

from innv_gui.analyzers.declaration import CAM, RGB, Analyzer, Targets

_SELVARAJU = {
    "source": "https://doi.org/10.1109/ICCV.2017.74",
    "citation": "Selvaraju et al. 2017",
    "targets": Targets.CAM,
    "runtimes": ("native",),
    "family": "cam",
}

GRAD_CAM = Analyzer(
    name="grad_cam",
    title="Grad-CAM",
    summary="Shows the region whose features speak for the class: coarse, but class-specific.",
    display=CAM,
    signed=False,
    **_SELVARAJU,
)

GUIDED_GRAD_CAM = Analyzer(
    name="guided_grad_cam",
    title="Guided Grad-CAM",
    summary="Guided backprop inside the region that Grad-CAM finds: sharp and class-specific.",
    display=RGB,
    **_SELVARAJU,
)

ANALYZERS = (GRAD_CAM, GUIDED_GRAD_CAM)
