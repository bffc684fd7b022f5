"""Models that leave one side or both of their images open: what is said is what is used."""

import keras
import pytest
from PIL import Image

from innv_gui.records import ImageRef, ModelSource, Preprocessing
from innv_gui.runtimes.keras.maximize.starts import _pixels
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.inspect import inspect
from innv_gui.runtimes.keras.predict.prepare import prepare

L = keras.layers
ROWS = [
    ((None, None, 3), (224, 224), "images of any size"),
    ((None, 20, 3), (20, 20), "images of any height that are 20 pixels wide"),
    ((24, None, 3), (24, 24), "images of any width that are 24 pixels high"),
    ((None, 24, 1), (24, 24), "images of any height that are 24 pixels wide"),
    ((20, 24, 3), (20, 24), ""),
]


@pytest.mark.parametrize(("shape", "used", "said"), ROWS)
def test_notes_say_which_sides_are_open_and_what_is_used(shape, used, said, tmp_path):
    image = keras.Input(shape)
    body = L.GlobalAveragePooling2D()(L.Conv2D(2, 3)(image))
    keras.Model(image, L.Dense(3, activation="softmax")(body)).save(tmp_path / "open.keras")
    Image.new("RGB", (50, 60)).save(tmp_path / "a.png")
    source, rule = ModelSource("keras", str(tmp_path / "open.keras")), Preprocessing("unit")
    size = f"{used[0]} × {used[1]}"
    prepared = prepare(source, rule, (ImageRef("a.png", str(tmp_path / "a.png")),), None)
    pixels, chosen = _pixels(loading.load(source), rule, "black", 0)
    assert prepared.x.shape[1:3] == pixels.shape[:2] == used
    about_size = tuple(note for note in inspect(source).notes if "×" in note)
    assert about_size == ((f"The model takes {said}; {size} is used.",) if said else ())
    assert prepared.notes == ((f"the model takes {said}: they are brought to {size}",) if said else ())
    assert chosen == ((f"The model takes {said}: {size} was chosen.",) if said else ())
