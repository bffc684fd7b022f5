"""Which pixels the score of a class depends on most."""

from innv_gui.views.declaration import View

SALIENCY = View(
    name="saliency",
    title="Saliency",
    summary="The gradient of the score of each of the five likeliest classes, over the picture.",
    run={"native": "innv_gui.runtimes.keras.views.saliency:saliency"},
    most_images=32,
    passes=11,
)
