"""What the answer does when a part of the picture is covered."""

from innv_gui.analyzers.methods.params import OcclusionParams
from innv_gui.views.declaration import View

PARTIAL_OCCLUSION = View(
    name="partial_occlusion",
    title="Partial occlusion",
    summary="A window covers one place of the picture after the other; what becomes of the five likeliest classes?",
    run={"native": "innv_gui.runtimes.keras.views.occlusion:partial_occlusion"},
    params=OcclusionParams,
    most_images=16,
    passes=lambda params: params["positions"] ** 2 + 1,
)
