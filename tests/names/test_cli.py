"""What is said of a model on the command line binds to the --model before it, and what does not fit is told."""

import json

import pytest

from innv_gui.cli import main, parser
from innv_gui.commands.model_options import loose_end, named_models
from innv_gui.errors import BadInput
from tests.conftest import SAMPLES
from tests.scoring.scored_pictures import make_pictures

CNN, MLP = str(SAMPLES / "digits_cnn.keras"), str(SAMPLES / "digits_mlp.keras")


def parsed(*words, command="serve"):
    needed = {"explain": ["--analyzer", "gradient", "--out", "o.h5"], "suggest": ["--out", "o.csv"], "serve": []}
    return parser().parse_args([command, *words, *needed[command]])


def wishes(*words, command="serve"):
    return [model.wishes for model in named_models(parsed(*words, command=command))]


@pytest.mark.parametrize("command", ["serve", "explain", "suggest"])
def test_an_option_is_of_the_model_before_it_and_of_all_when_it_comes_first(command):
    given = [
        "--preprocessing",
        "unit",
        "--model",
        "a",
        "--classes",
        "a.txt",
        "--model",
        "b",
        "--preprocessing",
        "caffe",
    ]
    assert wishes(*given, command=command) == [
        {"preprocessing": "unit", "classes": "a.txt"},
        {"preprocessing": "caffe"},
    ]
    assert wishes("--classes", "all.txt", "--model", "a", "--model", "b", command=command) == 2 * [
        {"classes": "all.txt"}
    ]
    assert wishes("--model", "a", "--outputs", "binary", "--model", "b") == [{"outputs": "binary"}, {}]


def test_parsing_one_line_leaves_nothing_for_the_next():
    assert wishes("--classes", "x", "--model", "a") and wishes("--model", "a") == [{}]


@pytest.mark.parametrize("option", ["--classes", "--preprocessing", "--outputs"])
@pytest.mark.parametrize("before", [[], ["--model", "a"]])
def test_the_same_said_twice_of_a_model_is_refused_in_a_sentence(option, before):
    value = {"--outputs": "logits", "--preprocessing": "unit"}.get(option, "f")
    with pytest.raises(BadInput, match=f"{option} was given twice for {'a' if before else 'all models'}"):
        parsed(*before, option, value, option, value, *([] if before else ["--model", "a"]))


def test_classes_after_several_models_are_of_the_last_and_that_is_said():
    said = loose_end(parsed("--model", "x/a.keras", "--model", "b.keras", "--classes", "f"))
    assert "of b.keras only" in said and "a.keras had none" in said
    for clear in (
        ["--model", "a", "--classes", "f"],
        ["--classes", "f", "--model", "a", "--model", "b"],
        ["--model", "a", "--classes", "f", "--model", "b", "--classes", "g"],
        ["--model", "a", "--classes", "f", "--model", "b"],
    ):
        assert loose_end(parsed(*clear)) == ""


def test_what_cannot_be_is_told_before_any_work(tmp_path, capsys):
    assert main(["serve", "--model", CNN, "--outputs", "cheese"]) == 2
    assert main(["serve", "--model", CNN, "--preprocessing", "cheese"]) == 2
    assert main(["serve", "--model", CNN, "--classes", str(tmp_path / "none.txt")]) == 2
    said = capsys.readouterr().err
    assert "none.txt" in said and said.count("\n") == 3


@pytest.mark.usefixtures("lent_workers")
def test_names_that_do_not_fit_end_suggest_with_2_and_the_models_name(tmp_path, capsys):
    images = make_pictures(tmp_path / "images", 4)
    (tmp_path / "nine.txt").write_text("\n".join("abcdefghi"))
    (tmp_path / "ten.txt").write_text("\n".join("abcdefghij"))
    options = ["--model", CNN, "--classes", str(tmp_path / "ten.txt"), "--model", MLP]
    misfit = [*options, "--classes", str(tmp_path / "nine.txt")]
    assert main(["suggest", *misfit, "--images", str(images), "--out", str(tmp_path / "o.csv")]) == 2
    assert "Expected 10 class names, one per class of digits_mlp, got 9." in capsys.readouterr().err
    assert main(["suggest", *options, "--images", str(images), "--out", str(tmp_path / "o.csv")]) == 0
    said = capsys.readouterr().err
    assert "4 of 4 images match no class of digits_cnn" in said and "digits_mlp: images has" in said


def test_serve_goes_on_without_names_that_do_not_fit_and_says_whose(serve, tmp_path):
    images = make_pictures(tmp_path / "images", 4)
    (tmp_path / "nine.txt").write_text("\n".join("abcdefghi"))
    server = serve("--model", MLP, "--model", CNN, "--classes", tmp_path / "nine.txt", "--images", images)
    said = server.says("left out")
    assert "digits_cnn: The class names that were given are left out. Expected 10 class names" in said
    assert "--classes names the classes of digits_cnn.keras only" in said
    models = json.load(server.get("/api/v1/models"))["models"]
    model = next(one for one in models if one["name"] == "digits_cnn")
    assert model["status"] == "ready" and any("left out" in note for note in model["notes"])
    assert model["class_names_origin"] == "numbers"
