"""The command line: exit status, sentences on standard error, and the file it writes."""

import json
import socket
import subprocess
import sys
import threading
import time

import h5py
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from innv_gui import analyzers
from innv_gui.cli import main, parser
from innv_gui.commands.serve import open_browser
from tests.conftest import MODEL_FILES, SAMPLES

MODEL = str(SAMPLES / "digits_cnn.keras")


def run(*arguments, timeout_s=180):
    command = [sys.executable, "-m", "innv_gui.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout_s)


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    rng = np.random.default_rng(0)
    for number in range(3):
        Image.fromarray(rng.integers(0, 255, (32, 48), np.uint8)).save(folder / f"{number}.png")
    (folder / "bad <b>.png").write_bytes(b"no image")
    return folder


@pytest.mark.usefixtures("lent_workers")
def test_explain_writes_the_run_and_lists_what_was_left_out(images, tmp_path, session, capsys):
    out = tmp_path / "run.h5"
    wish = ["--analyzer", "smoothgrad", "--param", "augment_by_n=8", "--class", "3"]
    assert main(["explain", "--model", MODEL, "--images", str(images), *wish, "--out", str(out)]) == 0
    said = capsys.readouterr().err
    assert "bad <b>.png" in said and "Traceback" not in said
    model = session.add_model(MODEL)
    expected = session.explain(model, session.add_dataset(images), "smoothgrad", {"augment_by_n": 8}, class_=3)
    with h5py.File(out) as file:
        assert list(file["name"].asstr()) == ["0.png", "1.png", "2.png"] and list(file["target"]) == [3, 3, 3]
        np.testing.assert_array_equal(file["attribution"][:], np.moveaxis(expected[model].maps[:, 0], -1, 1))
        assert file.attrs["method"] == "smoothgrad" and len(file.attrs["model_sha256"]) == 64
        assert file.attrs["layer"] == "digit" and "innvestigate" in file.attrs["versions"]


@pytest.mark.usefixtures("lent_workers")
def test_explain_with_all_sample_models_gives_a_group_each(images, tmp_path):
    out = tmp_path / "run.h5"
    models = [part for name in MODEL_FILES for part in ("--model", str(SAMPLES / name))]
    two = [str(images / name) for name in ("0.png", "1.png")]
    assert main(["explain", *models, "--images", *two, "--analyzer", "gradient", "--out", str(out)]) == 0
    with h5py.File(out) as file:
        assert len(file["models"]) == 6 and file["models/F/attribution"].shape == (2, 3, 64, 64)


@pytest.mark.usefixtures("lent_workers")
def test_a_refused_method_is_exit_1_with_the_reason(images, tmp_path, capsys):
    given = ["--model", str(SAMPLES / "digits_mlp.keras"), "--images", str(images)]
    assert main(["explain", *given, "--analyzer", "grad_cam", "--out", str(tmp_path / "run.h5")]) == 1
    said = capsys.readouterr().err
    assert "no layer has spatial output" in said and "Traceback" not in said
    assert not (tmp_path / "run.h5").exists()


WRONG = {
    "no model": (["--images", "{images}", "--analyzer", "gradient"], 2, "No model"),
    "no image": (["--model", MODEL, "--analyzer", "gradient"], 2, "No image"),
    "no such model": (["--model", "nope.keras", "--images", "{images}", "--analyzer", "gradient"], 2, "nope.keras"),
    "no such image": (["--model", MODEL, "--images", "nope.png", "--analyzer", "gradient"], 2, "nope.png"),
    "no memory": (["--model", MODEL, "--images", "{images}", "--most-memory", "0"], 2, "a number above 0, got '0'"),
    "unknown analyzer": (["--model", MODEL, "--images", "{images}", "--analyzer", "lrp.epsilom"], 2, "lrp.epsilon"),
    "bad parameter": (
        ["--model", MODEL, "--images", "{images}", "--analyzer", "lrp.epsilon", "--param", "epsilon=nan"],
        2,
        "epsilon",
    ),
    "no equals": (
        ["--model", MODEL, "--images", "{images}", "--analyzer", "lrp.epsilon", "--param", "epsilon"],
        2,
        "NAME=VALUE",
    ),
    "unknown option": (["--modell", MODEL], 2, "--help"),
    "bad preprocessing": (
        ["--model", MODEL, "--images", "{images}", "--analyzer", "gradient", "--preprocessing", "std=3"],
        2,
        "mean",
    ),
    "bad engine": (
        ["--model", MODEL, "--images", "{images}", "--analyzer", "gradient", "--engine", "magic"],
        2,
        "innvestigate",
    ),
    "not a model": (["--model", "{images}/0.png", "--images", "{images}", "--analyzer", "gradient"], 2, "0.png"),
}


@pytest.mark.usefixtures("lent_workers")
@pytest.mark.parametrize("case", WRONG)
def test_wrong_usage_is_told_before_any_work(case, images, tmp_path, capsys):
    arguments, status, words = WRONG[case]
    arguments = [argument.replace("{images}", str(images)) for argument in arguments]
    assert main(["explain", *arguments, "--out", str(tmp_path / "run.h5")]) == status
    said = capsys.readouterr().err
    assert words in said and "Traceback" not in said and said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_out_that_cannot_be_written_is_told_before_the_work(images, tmp_path, capsys):
    arguments = ["explain", "--model", MODEL, "--images", str(images), "--analyzer", "gradient", "--out"]
    assert main([*arguments, str(tmp_path)]) == 2
    assert main([*arguments, str(tmp_path / "none" / "run.h5")]) == 2
    assert "does not exist" in capsys.readouterr().err


def test_a_port_in_use_is_one_sentence(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["demo", "--port", str(port)]) == 1
    assert f"Port {port}" in capsys.readouterr().err


def test_a_workspace_that_cannot_be_used_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert main(["serve", "--model", MODEL, "--workspace", str(tmp_path / "file" / "w"), "--port", "0"]) == 2
    assert "workspace" in capsys.readouterr().err


def test_a_second_server_on_a_workspace_is_refused_naming_the_first(serve, tmp_path):
    first = serve("--workspace", tmp_path / "w")
    second = run("serve", "--port", "0", "--workspace", tmp_path / "w")
    assert second.returncode == 1 and first.base.rsplit(":")[-1] in second.stderr


def test_serve_offers_the_given_models_and_images(serve, images):
    server = serve("--model", MODEL, "--images", images)
    for _ in range(300):
        models = json.load(server.get("/api/v1/models"))["models"]
        datasets = json.load(server.get("/api/v1/datasets"))["datasets"]
        if models[0]["status"] == datasets[0]["status"] == "ready":
            break
        time.sleep(0.1)
    assert models[0]["name"] == "digits_cnn" and datasets[0]["n"] == 4
    assert json.load(server.get("/api/v1/start")) == {}


def test_serve_says_on_the_terminal_what_was_left_out_or_refused_and_runs_on(serve, tmp_path):
    (tmp_path / "broken.keras").write_bytes(b"PK\x03\x04 cut short")
    for name in ("some", "none"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "dead.png").symlink_to(tmp_path / "gone.png")
    Image.new("L", (4, 4)).save(tmp_path / "real.png")
    (tmp_path / "some" / "a.png").symlink_to(tmp_path / "real.png")
    folders = [part for name in ("some", "none") for part in ("--images", str(tmp_path / name))]
    models = ("--model", str(tmp_path / "broken.keras"))
    server = serve(*models, *folders)
    server.says("was refused", times=2)
    said = server.says("target is gone", times=2)  # the others are opened at the same time, each as fast as it can be
    assert said.count("innv-gui: broken.keras was refused: it is damaged or cut short") == 1
    assert "innv-gui: none was refused: No image in none" in said
    assert server.get("/api/v1/models").status == 200
    assert "some: 1 of 2 files cannot be used: dead.png is a link whose target is gone." in said
    assert "No image in none" in said and said.count("target is gone") == 2 and "Traceback" not in said


@pytest.mark.usefixtures("lent_workers")
def test_explain_and_suggest_say_what_a_folder_of_links_leaves_out(images, tmp_path, capsys):
    folder = tmp_path / "links"
    folder.mkdir()
    (folder / "dead.png").symlink_to(tmp_path / "gone.png")
    arguments = ["--model", MODEL, "--images", str(folder)]
    assert main(["explain", *arguments, "--analyzer", "gradient", "--out", str(tmp_path / "run.h5")]) == 2
    assert "1 of 1 file cannot be used: dead.png is a link whose target is gone." in capsys.readouterr().err
    for name in ("0.png", "1.png"):
        (folder / name).symlink_to(images / name)
    assert main(["suggest", *arguments, "--out", str(tmp_path / "scores.csv")]) == 0
    assert "links: 1 of 3 files cannot be used: dead.png is a link whose target is gone." in capsys.readouterr().err


def test_the_help_of_explain_names_every_method_and_setting(capsys):
    with pytest.raises(SystemExit) as left:
        main(["explain", "--help"])
    told = capsys.readouterr().out
    words = told.split()
    assert left.value.code == 0 and "augment_by_n=32" in told and "a whole number from 1 to 1024" in told
    assert all(one.name in words for one in analyzers.all())
    assert all(name in words for one in analyzers.all() for name in one.params.model_fields)


def test_doctor_says_that_everything_is_installed(capsys):
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "innvestigate" in said and "Everything is installed" in said


def test_doctor_tells_the_one_command_when_innvestigate_is_missing(monkeypatch, capsys):
    from innv_gui.commands import doctor

    monkeypatch.setattr(doctor, "version", lambda name: None if name == "innvestigate" else "1")
    assert doctor.doctor() == 0
    assert "pip install --no-deps --ignore-requires-python innvestigate==2.1.2" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["nope"], ["demo", "--port", "x"], ["demo", "--port", "99999"]])
def test_wrong_commands_are_exit_2(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("innv-gui: ")


def test_without_a_command_the_help_is_printed(capsys):
    assert main([]) == 0
    assert "usage: innv-gui" in (told := capsys.readouterr().out) and "demo" in told and "methods" in told


def test_methods_lists_every_declared_method_with_its_sentence_and_settings(capsys):
    assert main(["methods"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert all(f"{one.name} {one.summary}" in told for one in analyzers.all())
    assert "epsilon=1e-07" in told or "epsilon=1e-7" in told


@pytest.mark.parametrize(("opens", "said"), [(True, ""), (False, "no browser could be opened")])
def test_open_takes_the_printed_address_to_the_browser(opens, said, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr("webbrowser.open", lambda address: asked.append(address) or opens)
    for command in (["demo"], ["serve"]):
        assert parser().parse_args([*command, "--open"]).open and not parser().parse_args(command).open
    open_browser("http://127.0.0.1:1/?token=x")
    next((one.join(5) for one in threading.enumerate() if one.name == "browser"), None)
    assert asked == ["http://127.0.0.1:1/?token=x"] and said in capsys.readouterr().err


def test_a_reader_who_goes_away_is_no_failure():
    command = f"{sys.executable} -m innv_gui.cli methods | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["function", "0"] and done.stderr == ""


@pytest.mark.usefixtures("lent_workers")
def test_explore_writes_the_rows_that_a_query_means_and_says_what_is_right(sample_datasets, tmp_path, capsys):
    out = tmp_path / "wrong.csv"
    digits = sample_datasets["digits"].collection.root
    wish = ["--query", "A.right no", "--sort", "A.loss", "--falling", "--map", "pca"]
    assert main(["explore", "--model", MODEL, "--images", digits, *wish, "--out", str(out)]) == 0
    frame = pd.read_csv(out)
    assert len(frame) and not frame["A.right"].any() and (frame["A.loss"].diff().dropna() <= 0).all()
    assert frame[["pixels.x", "pixels.y", "A.x", "A.y"]].abs().max().max() <= 1
    said = capsys.readouterr().out
    assert "A digits_cnn: 99." in said and f"{len(frame)} of 1,797 images" in said
    bad = ["explore", "--model", MODEL, "--images", digits, "--query", "A.rght no", "--out", str(out)]
    assert main(bad) == 2 and "Did you mean A.right?" in capsys.readouterr().err
