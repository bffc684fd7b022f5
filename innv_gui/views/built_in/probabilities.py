"""What the models answer, as numbers."""

from innv_gui.analyzers.settings import Whole
from innv_gui.views.declaration import View

CLASS_PROBABILITIES = View(
    name="class_probabilities",
    title="Class probabilities",
    summary="The likeliest classes of each image with their probabilities, and how many images are predicted as each.",
    run={"native": "innv_gui.runtimes.keras.views.probabilities:class_probabilities"},
    settings={"classes": Whole(5, "Classes", "How many of the likeliest classes are listed.", low=1, high=20)},
    most_images=200,
)
