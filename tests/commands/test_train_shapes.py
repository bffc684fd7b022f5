"""`innv-gui train-shapes`: the files it writes, and exit status 2 with a sentence for what cannot be trained."""

import csv
import os
import stat
import zipfile

import numpy as np
import pytest
from PIL import Image

from innv_gui.cli import main
from tests.conftest import SAMPLES

LINES = ["vertical_line", "horizontal_line"]


def train(*arguments):
    return main(["train-shapes", *map(str, arguments)])


@pytest.mark.usefixtures("lent_workers")
def test_rows_are_written_and_the_same_seed_gives_the_same(tmp_path, capsys):
    rows = {}
    for name in ("a", "b"):
        assert train(*LINES, "--epochs", 30, "--seeds", 2, "--seed", 3, "--out", tmp_path / f"{name}.csv") == 0
        text = (tmp_path / f"{name}.csv").read_text()
        rows[name] = [row | {"run": ""} for row in csv.DictReader(text.splitlines())]
    said = capsys.readouterr().out
    assert rows["a"] == rows["b"] and [row["seed"] for row in rows["a"]] == ["3", "3", "4", "4"]
    assert "seed 4: 100 % right, |r| vertical_line 0." in said and "2 networks x 2 classes" in said


@pytest.mark.usefixtures("lent_workers")
def test_a_folder_gets_pictures_numbers_and_networks(tmp_path):
    house = np.zeros((56, 80), np.uint8)
    house[20:40, 30:50] = 255
    Image.fromarray(house).save(tmp_path / "house.png")
    out = tmp_path / "made" / "here"
    assert train("ring", f"house={tmp_path / 'house.png'}", "--epochs", 5, "--initial", "noise", "--out", out) == 0
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {"numbers.csv", "request.json", "training_images/01_house.png", "networks/Run_1/00_ring.png"} <= names
    seen = np.asarray(Image.open(out / "training_images" / "01_house.png"))
    assert (seen[11:19, 10:18] == 255).all() and not seen[:9].any()
    assert zipfile.ZipFile(out / "networks" / "Run_1" / "network.keras").testzip() is None


WRONG = {
    "one class": ["box"],
    "a tile twice": ["box", "box"],
    "no such tile": ["box", "cross"],
    "no such folder": ["box", "cats=/nowhere/cats"],
    "no epoch": ["box", "ring", "--epochs", "0"],
    "epochs of letters": ["box", "ring", "--epochs", "many"],
    "a step of NaN": ["box", "ring", "--step-size", "nan"],
    "no seed": ["box", "ring", "--seeds", "0"],
    "no such start": ["box", "ring", "--initial", "grey"],
    "no such model": ["box", "ring", "--model", "vgg"],
}


@pytest.mark.usefixtures("lent_workers")
@pytest.mark.parametrize("what", WRONG)
def test_bad_arguments_are_exit_2_with_a_sentence(tmp_path, capsys, what):
    assert train(*WRONG[what], "--out", tmp_path / "rows.csv") == 2
    said = capsys.readouterr().err
    assert said.startswith("innv-gui: ") and "Traceback" not in said and not (tmp_path / "rows.csv").exists()


@pytest.mark.parametrize("out", ["a_file", "a_file/rows.csv", "nowhere/rows.csv"])
def test_a_place_that_cannot_be_written_is_known_before_the_work(tmp_path, capsys, out):
    (tmp_path / "a_file").write_text("mine")
    assert train(*LINES, "--out", tmp_path / out) in (1, 2)
    assert "innv-gui: " in capsys.readouterr().err and (tmp_path / "a_file").read_text() == "mine"


@pytest.mark.parametrize("content", ["numbers.csv", ".hidden", "networks/Run_1/network.keras"])
def test_a_folder_with_files_of_another_run_is_refused_before_the_work(tmp_path, capsys, content):
    out = tmp_path / "made"
    (out / content).parent.mkdir(parents=True)
    (out / content).write_text("another run")
    assert train(*LINES, "--out", out) == 2
    said = capsys.readouterr().err
    assert "made' has files in it; expected a new or empty folder. Choose another folder." in said
    assert [path for path in out.rglob("*") if path.is_file()] == [out / content]


@pytest.mark.usefixtures("lent_workers")
def test_an_empty_folder_is_filled_with_files_as_the_umask_says(tmp_path):
    before = os.umask(0o027)
    try:
        (tmp_path / "made").mkdir()
        assert train(*LINES, "--epochs", 2, "--out", tmp_path / "made") == 0
    finally:
        os.umask(before)
    made = list((tmp_path / "made").rglob("*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_file()} == {0o640}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_dir()} == {0o750}


@pytest.mark.usefixtures("lent_workers")
def test_a_file_that_does_not_fit_says_why(tmp_path, capsys):
    given = ["--model", SAMPLES / "digits_cnn.keras", "--out", tmp_path / "rows.csv"]
    assert train(*LINES, *given) in (1, 2)
    assert "28" in capsys.readouterr().err
