"""`innv-gui explore`: what it says about images that it leaves out and about options that do not fit."""

import numpy as np
import pytest
from PIL import Image

from innv_gui.cli import main
from innv_gui.commands.reports import SHOWN_PROBLEMS, tell_problems
from innv_gui.records import Problem
from tests.conftest import SAMPLES

MODEL = str(SAMPLES / "digits_cnn.keras")


def explore(images, out, *wishes):
    return main(["explore", "--model", MODEL, "--images", str(images), "--out", str(out), *wishes])


@pytest.fixture
def images(tmp_path):
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(3):
        Image.fromarray(np.full((8, 8), 80 * number, np.uint8)).save(folder / f"{number}.png")
    (folder / "bad <b>.png").write_bytes(b"no image")
    return folder


@pytest.mark.usefixtures("lent_workers")
def test_images_that_are_left_out_are_named_with_the_reason(images, tmp_path, capsys):
    out = tmp_path / "all.csv"
    assert explore(images, out) == 0
    said = capsys.readouterr()
    assert "innv-gui: left out: bad <b>.png is not an image" in said.err and f"{out}: 3 of 4 images" in said.out
    assert "innv-gui: 1 of 4 images were left out.\n" in said.err and said.err.count("left out") == 2


def test_many_are_counted(capsys):
    tell_problems([Problem(f"{k}.png", "is not there.") for k in range(SHOWN_PROBLEMS + 1200)], 5000)
    said = capsys.readouterr().err.splitlines()
    assert len(said) == SHOWN_PROBLEMS + 2 and said[0] == "innv-gui: left out: 0.png is not there."
    assert said[-2:] == ["innv-gui: left out: 1,200 more.", "innv-gui: 1,220 of 5,000 images were left out."]
    tell_problems([], 5000)
    assert not capsys.readouterr().err


def test_falling_without_a_column_is_refused_before_the_work(images, tmp_path, capsys):
    assert explore(images, tmp_path / "rows.csv", "--falling") == 2
    said = capsys.readouterr().err
    assert said == "innv-gui: --falling was given without --sort; expected both. Add --sort COLUMN.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["images"]
