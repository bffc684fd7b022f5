"""Models that give no numbers: the sentence names them and says what to do."""

import os

import keras
import numpy as np
import pytest

from innv_gui.cli import main
from innv_gui.errors import WorkFailed
from tests.conftest import SAMPLES
from tests.scoring.scored_pictures import make_pictures


@pytest.fixture(scope="module")
def infinite(tmp_path_factory):
    """Gives infinity for every class, of which no probability comes."""
    inputs = keras.Input((8, 8, 1))
    outputs = keras.layers.Dense(3, activation="softmax", kernel_initializer=keras.initializers.Constant(3e38))(
        keras.layers.Flatten()(keras.layers.Rescaling(1.0, 1.0)(inputs))
    )
    place = tmp_path_factory.mktemp("models") / "infinite.keras"
    keras.Model(inputs, outputs).save(place)
    return place


def failure(session, models, dataset):
    with pytest.raises(WorkFailed) as failed:
        session.start_suggest(models, dataset).job.wait(60)
    return str(failed.value)


@pytest.mark.usefixtures("lent_workers")
def test_the_command_names_the_model_and_says_what_to_do(infinite, tmp_path, capsys):
    images = make_pictures(tmp_path / "p", 4)
    given = ["--model", str(infinite), "--model", str(SAMPLES / "digits_cnn.keras"), "--images", str(images)]
    assert main(["suggest", *given, "--out", str(tmp_path / "t.csv")]) == 1
    said = capsys.readouterr().err
    assert said.endswith(
        "innv-gui: infinite gives values that are not numbers for every image of p that can be read. Remove this model"
        " from those to score, or check its weights and preprocessing.\n"
    )
    assert not (tmp_path / "t.csv").exists()


def test_one_model_alone_and_several_of_them(session, infinite, tmp_path):
    dataset = session.add_dataset(make_pictures(tmp_path / "p", 3))
    os.unlink(dataset[0].path)
    first, second = (session.add_model(infinite, name=name) for name in ("one", "two"))
    said = failure(session, [first], dataset)
    assert said.startswith(f"{first.name} gives values that are not numbers for every image of {dataset.name}")
    assert "Choose another model, or check" in said
    both = failure(session, [first, second], dataset)
    assert both.startswith(f"{first.name} and {second.name} give values") and "or check their weights" in both


def test_images_that_cannot_be_read_are_not_the_models_fault(session, infinite, tmp_path):
    dataset = session.add_dataset(make_pictures(tmp_path / "p", 3))
    for ref in dataset:
        os.unlink(ref.path)
    said = failure(session, [session.add_model(infinite)], dataset)
    assert said.startswith(f"No image of {dataset.name} could be scored. The first one is not there")


def test_a_single_image_without_numbers_reads_as_a_sentence(session, tmp_path):
    inputs = keras.Input((8, 8, 1))
    outputs = keras.layers.Dense(3, activation="softmax", kernel_initializer=keras.initializers.Constant(3e38))(
        keras.layers.Flatten()(inputs)
    )
    keras.Model(inputs, outputs).save(tmp_path / "bright.keras")
    pixels = np.zeros((4, 8, 8, 1), np.uint8)
    pixels[2] = 255
    np.save(tmp_path / "images.npy", pixels)
    found = session.suggest(session.add_model(tmp_path / "bright.keras"), session.add_dataset(tmp_path / "images.npy"))
    assert [problem.reason for problem in found.problems] == ["makes the model give values that are not numbers."]
