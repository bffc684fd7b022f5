"""`innv-gui suggest` and `innv-gui worker` as commands: tables, exit statuses, sentences."""

import pandas as pd
import pytest

from innv_gui.cli import main
from tests.conftest import SAMPLES
from tests.scoring.scored_pictures import make_pictures

CNN, MLP = str(SAMPLES / "digits_cnn.keras"), str(SAMPLES / "digits_mlp.keras")


@pytest.mark.usefixtures("lent_workers")
def test_a_table_is_written_with_a_row_an_image(tmp_path, capsys):
    images = make_pictures(tmp_path / "images", 40)
    (images / "1" / "0007.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    out = tmp_path / "scores.parquet"
    models = ["--model", CNN, "--model", MLP]
    assert main(["suggest", *models, "--images", str(images), "--neuron", "2", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert said.out.strip() == f"{out}: 39 images x 2 models"
    assert "left out: 1/0007.png" in said.err and "1 of 40 images were left out" in said.err
    frame = pd.read_parquet(out)
    assert len(frame) == 40 and list(frame["image"][:2]) == ["0/0000.png", "0/0002.png"]
    wanted = {"confidence", "n_classes", "digits_cnn.class", "digits_mlp.probability", "digits_cnn.activation"}
    assert wanted <= set(frame.columns)
    assert frame[frame["image"] == "1/0007.png"]["confidence"].isna().all()


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--images", "i", "--out", "o.csv"], 2, "No model was given"),
        (["--model", CNN, "--out", "o.csv"], 2, "No image was given"),
        (["--model", CNN, "--images", "i", "--out", "o.txt"], 2, "neither .parquet nor .csv"),
        (["--model", CNN, "--images", "i", "--out", "nope/o.csv"], 2, "does not exist"),
        (["--model", CNN, "--images", "i"], 2, "--out"),
        (["--model", CNN, "--images", "i", "--neuron", "x", "--out", "o.csv"], 2, "--neuron"),
        (["--model", CNN, "--images", "i", "--preprocessing", "p", "--out", "o.csv"], 2, "not a preprocessing"),
        (["--model", CNN, "--images", "i", "--scheduler", "nope", "--out", "o.csv"], 2, "address of a scheduler"),
    ],
)
def test_wrong_usage_is_said_in_one_line_before_any_work(tmp_path, monkeypatch, capsys, options, status, words):
    monkeypatch.chdir(tmp_path)
    assert main(["suggest", *options]) == status
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and not said.out
    assert list(tmp_path.iterdir()) == []


def test_a_worker_needs_a_scheduler(capsys):
    assert main(["worker"]) == 2
    assert "--scheduler" in capsys.readouterr().err
