"""The workshop by REST: options, runs from the first point to their files, and refusals."""

import csv
import hashlib
import io
import json
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from innv_gui.workshop import tiles

HERE = "/api/v1/workshop"
TWO = {"classes": [{"tile": "vertical_line"}, {"tile": "horizontal_line"}], "epochs": 40}
HOUSE = np.zeros((28, 28), int)
HOUSE[10:20, 8:20] = 255
CORNER = np.zeros((28, 28), int)
CORNER[:4, :4] = -1


def drawn(name, pixels):
    return {"name": name, "pixels": pixels.ravel().tolist()}


@pytest.fixture(scope="module")
def ask(client):
    def ask(body, path="runs"):
        return client.post(f"{HERE}/{path}", json=body)

    return ask


@pytest.fixture(scope="module")
def finished(client):
    def finished(answer):
        assert answer.status_code == 202, answer.json
        client.application.config["SESSION"].jobs.get(answer.json["job"]["id"]).ended(120)
        return client.get(f"{HERE}/runs/{answer.json['run']['id']}").json

    return finished


@pytest.fixture(scope="module")
def run(ask, finished):
    return finished(ask(TWO | {"name": "Lines"}))


@pytest.fixture(scope="module")
def marked(ask, finished):
    body = {"classes": [{"tile": "box"}, drawn("my house", HOUSE)], "marks": {"box": CORNER.ravel().tolist()}}
    return finished(ask(body | {"way": "filling", "epochs": 10, "seeds": 2}))


def test_options_are_the_tiles_the_choices_and_the_story(client):
    found = client.get(f"{HERE}/options").json
    assert [tile["id"] for tile in found["tiles"]] == list(tiles.TILES)
    for tile in found["tiles"]:
        if not tile["noise"]:
            np.testing.assert_array_equal(np.reshape(tile["pixels"], (28, 28)), 255 * tiles.pixels(tile["id"]))
    assert [model["id"] for model in found["models"]] == ["mlp", "cnn", "file"]
    assert found["defaults"]["epochs"] in found["epochs"] and found["limits"]["classes"] == 18
    sizes = [len(story["body"]["classes"]) for story in found["stories"]]
    assert sizes == [2, 4, 6] and all(story["sentence"] for story in found["stories"])


def test_each_run_of_the_story_can_be_asked_for_as_it_is(client, ask):
    for story in client.get(f"{HERE}/options").json["stories"]:
        answer = ask(story["body"], "check")
        assert answer.status_code == 200 and answer.json["seconds"] > 0 and answer.json["problems"] == []


def test_a_run_has_its_curve_its_films_and_its_classes(run):
    (trial,) = run["trials"]
    assert run["status"] == "done" and run["name"] == "Lines" and run["error"] is None
    assert [one["name"] for one in run["classes"]] == ["vertical_line", "horizontal_line"]
    assert [one["label"] for one in run["classes"]] == ["vertical line", "horizontal line"]
    assert trial["curve"]["epoch"][0] == 0 and trial["curve"]["epoch"][-1] == trial["epoch"] == 40
    assert trial["accuracy"] == 1 == trial["curve"]["held_accuracy"][-1] and trial["loss"] < 0.01
    for film in trial["films"]:
        assert len(film["p"]) == film["steps"] + 1 and film["r"] == abs(film["signed_r"])
        assert len(film["others"]) == 1 and film["stopped"] == "probability"
    assert trial["replaced_accuracy"] is trial["inside"] is trial["undecided"] is None


def test_frames_come_class_after_class(client, run):
    found = client.get(f"{HERE}/runs/{run['id']}/trials/0/films.bin")
    counts = [film["steps"] + 1 for film in run["trials"][0]["films"]]
    frames = np.frombuffer(found.data, "<f4").reshape(sum(counts), 28, 28)
    session = client.application.config["SESSION"]
    np.testing.assert_array_equal(frames[counts[0] :], session.workshop.runs.get(run["id"]).frames()[1])
    assert (frames[0] == 0).all() and client.get(f"{HERE}/runs/{run['id']}/trials/1/films.bin").status_code == 404


def test_the_curve_grows_while_it_is_trained_and_a_cancelled_run_goes_on(client, ask):
    answer = ask(TWO | {"epochs": 9000})
    id, seen = answer.json["run"]["id"], []
    while len(seen) < 3:
        trial = client.get(f"{HERE}/runs/{id}").json["trials"][0]
        seen += [trial["epoch"]] if trial["epoch"] not in seen else []
        assert len(trial["curve"]["epoch"]) <= 200 and trial["films"] == []
        time.sleep(0.02)
    assert client.post(f"{HERE}/runs/{id}/resume", json={}).status_code == 409
    client.delete(f"/api/v1/jobs/{answer.json['job']['id']}")
    again = client.post(f"{HERE}/runs/{id}/resume", json={})
    assert again.status_code == 202 and again.json["job"]["total"] < 9000
    assert client.delete(f"{HERE}/runs/{id}").status_code == 204
    assert client.get(f"{HERE}/runs/{id}").status_code == 404


def test_fifty_more_epochs_are_said_in_the_request(client, finished, ask):
    run = finished(ask(TWO | {"epochs": 5}))
    more = finished(client.post(f"{HERE}/runs/{run['id']}/resume", json={"epochs": 35}))
    assert more["request"]["epochs"] == 40 and more["trials"][0]["films_epoch"] == 40


def test_the_same_run_twice_is_said_and_has_the_same_numbers(ask, finished, run):
    again = finished(ask(TWO))
    assert again["same_as"] is not None and again["id"] != run["id"]
    assert again["trials"] == [one | {"title": again["name"]} for one in run["trials"]]


def test_a_run_with_marks_has_pairs_of_networks_and_what_they_look_at(marked):
    assert [(one["seed"], one["way"]) for one in marked["trials"]] == [
        (s, w) for s in (0, 1) for w in ("none", "filling")
    ]
    assert [one["marked"] for one in marked["classes"]] == [True, False] and marked["classes"][1]["tile"] is None
    for trial in marked["trials"]:
        assert 0 <= trial["replaced_accuracy"] <= 1 and 0 <= trial["inside"] <= 1
        assert trial["undecided"] in (True, False) and set(trial["inside_of"]) == {"box", "my house"}
    assert marked["trials"][3]["title"] == f"{marked['name']} (seed 1, filling)"


def test_what_was_asked_can_be_sent_again(ask, finished, marked):
    again = finished(ask(marked["request"]))
    assert again["same_as"]["id"] == marked["id"] and again["trials"][3]["curve"] == marked["trials"][3]["curve"]


def test_images_of_a_dataset_are_a_class_also_when_the_dataset_is_gone(ask, finished, sample_datasets):
    images = {"name": "digits", "dataset": sample_datasets["digits"].id, "images": [0, 3, 5, 5]}
    run = finished(ask({"classes": [{"tile": "box"}, images], "epochs": 3}))
    assert run["classes"][1]["n_pictures"] == 3 and run["request"]["classes"][1]["images"] == [0, 3, 5]
    asked = json.loads(json.dumps(run["request"]))
    asked["classes"][1]["dataset"] = "gone"
    assert finished(ask(asked))["same_as"]["id"] == run["id"]


def test_a_run_is_named_pinned_removed_and_restored(client, finished, ask):
    run = finished(ask(TWO | {"epochs": 1}))
    path = f"{HERE}/runs/{run['id']}"
    changed = client.patch(path, json={"name": "  Only   one epoch ", "pinned": True}).json
    assert (changed["name"], changed["pinned"]) == ("Only one epoch", True)
    assert client.patch(path, json={"name": " "}).json["error"]["field"] == "name"
    assert client.delete(path).status_code == 204
    assert run["id"] not in {one["id"] for one in client.get(f"{HERE}/runs").json["runs"]}
    restored = client.post(f"{path}/restore")
    assert restored.json["name"] == "Only one epoch" and restored.json["trials"] == [
        one | {"title": "Only one epoch"} for one in run["trials"]
    ]
    assert client.post(f"{path}/restore").status_code == 404


def test_a_network_enters_the_models_with_its_training_images(client, run):
    answer = client.post(f"{HERE}/runs/{run['id']}/model", json={})
    session = client.application.config["SESSION"]
    model, dataset = answer.json["model"]["id"], answer.json["dataset"]["id"]
    try:
        assert answer.status_code == 202 and session.models.get(model).class_names[0] == "vertical line"
        assert len(session.datasets.get(dataset)) == 20
        found = client.get(f"/api/v1/datasets/{dataset}").json
        assert model in found["fits"] and found["left_out"] == []
    finally:
        session.models.remove(model)
        session.datasets.remove(dataset)


def test_files_of_a_run_are_named_after_it(client, marked, run):
    names = {}
    for path in (f"{run['id']}/script.py", f"{run['id']}/export.zip", f"{marked['id']}/trials/3/model.keras"):
        answer = client.get(f"{HERE}/runs/{path}")
        assert answer.status_code == 200, answer.json
        names[path.rpartition("/")[2]] = answer.headers["Content-Disposition"].partition("filename=")[2]
    number = marked["name"].replace(" ", "_")
    assert names == {
        "script.py": "Lines.py",
        "export.zip": "Lines.zip",
        "model.keras": f"{number}_seed_1_filling.keras",
    }


def test_an_export_has_pictures_curves_numbers_and_the_request(client, marked):
    found = zipfile.ZipFile(io.BytesIO(client.get(f"{HERE}/runs/{marked['id']}/export.zip").data))
    assert json.loads(found.read("request.json"))["way"] == "filling"
    made_of = json.loads(found.read("made_of.json"))
    assert made_of["run"] == marked["id"] and made_of["model"] == "mlp" and "tensorflow" in made_of["versions"]
    drawing = hashlib.sha256(HOUSE.astype(np.uint8).tobytes()).hexdigest()
    assert [one["sha256"] for one in made_of["classes"]] == [None, drawing]
    name = next(one for one in found.namelist() if one.endswith("seed_1_filling/01_my_house.png"))
    picture = np.asarray(Image.open(io.BytesIO(found.read(name))))
    assert picture.shape == (28, 28) and (picture.min(), picture.max()) == (0, 255)
    house = np.asarray(Image.open(io.BytesIO(found.read("training_images/01_my_house.png"))))
    np.testing.assert_array_equal(house, HOUSE)
    rows = list(csv.DictReader(io.StringIO(found.read("numbers.csv").decode())))
    assert len(rows) == 8 and float(rows[0]["r"]) == marked["trials"][0]["films"][0]["r"]
    curve = found.read(name.rpartition("/")[0] + "/curve.csv").decode().splitlines()
    assert len(curve) == 12 and curve[0] == "epoch,loss,accuracy,held_loss,held_accuracy"


def test_all_runs_are_a_table(client, run):
    rows = list(csv.DictReader(io.StringIO(client.get(f"{HERE}/runs.csv").data.decode())))
    mine = [row for row in rows if row["run"] == run["id"]]
    assert [row["class"] for row in mine] == ["vertical_line", "horizontal_line"]
    assert float(mine[0]["signed_r"]) == run["trials"][0]["films"][0]["signed_r"]


def test_training_can_be_prepared(client, ask):
    assert ask({"model": "mlp"}, "warm").status_code == 202 and ask({"model": "vgg"}, "warm").status_code == 400


BOX = {"tile": "box"}
WRONG = {
    "one class": ({"classes": [BOX]}, "classes", "at least two"),
    "a tile twice": ({"classes": [BOX, BOX]}, "classes", "twice"),
    "an empty drawing": ({"classes": [BOX, drawn("a", HOUSE * 0)]}, "classes", "empty"),
    "a short drawing": (
        {"classes": [BOX, {"name": "a", "pixels": [1, 2]}]},
        "classes",
        "28 x 28 = 784 numbers for 'a', got 2",
    ),
    "a drawing of 300": ({"classes": [BOX, drawn("a", HOUSE + 45)]}, "classes", "0 to 255"),
    "a drawing with -1": (
        {"classes": [BOX, {"name": "a", "pixels": [-1, 1] * 392}]},
        "classes",
        "whole numbers from 0 to 255, got -1",
    ),
    "huge numbers": (
        {"classes": [BOX, {"name": "a", "pixels": [10**30] * 784}]},
        "classes",
        "whole numbers from 0 to 255, got 1000",
    ),
    "a drawing without a name": ({"classes": [BOX, {"pixels": [0] * 784}]}, "classes", "a name with pixels"),
    "nothing of a class": ({"classes": [BOX, {"name": "a"}]}, "classes", "got nothing"),
    "both": ({"classes": [BOX, BOX | {"pixels": [0] * 784}]}, "classes", "got tile, pixels"),
    "an empty name": (TWO | {"name": " "}, "name", "1 to 80 characters"),
    "a name that turns the line around": (TWO | {"name": "a\u202eb"}, "name", "1 to 80 characters"),
    "no epoch": (TWO | {"epochs": 0}, "epochs", "1 to 10000"),
    "100 000 epochs": (TWO | {"epochs": 100_000}, "epochs", "1 to 10000"),
    "a step of 0": (TWO | {"step_size": 0}, "step_size", "above 0"),
    "a text as step": (TWO | {"step_size": "wide"}, "step_size", "valid number"),
    "no seed": (TWO | {"seeds": 0}, "seeds", "1 to 10"),
    "short marks": (TWO | {"marks": {"vertical_line": [1]}}, "marks", "784 numbers"),
    "marks of none": (TWO | {"marks": {"box": [1] * 784}}, "marks", "Expected vertical line, horizontal line"),
    "no file": (TWO | {"model": "file"}, "file", "was not named"),
    "an unknown field": (TWO | {"lr": 3}, "lr", "extra"),
    "19 classes": ({"classes": [drawn(f"{k}", HOUSE // (k + 1)) for k in range(19)]}, "classes", "at most 18"),
}


@pytest.mark.parametrize("path", ["runs", "check"])
@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_trained_is_a_400_with_its_field(ask, what, path):
    body, field, words = WRONG[what]
    answer = ask(body, path)
    assert answer.status_code == 400 and answer.json["error"]["field"] == field, answer.json
    assert words in answer.json["error"]["message"] + answer.json["error"]["hint"]


@pytest.mark.parametrize(
    "text", ['{"classes": [], "step_size": NaN}', '{"classes": [], "seed": 1e999}', "[" * 10_000, "3"]
)
def test_what_is_no_json_of_ours_is_a_400(client, text):
    answer = client.post(f"{HERE}/runs", data=text, content_type="application/json")
    assert answer.status_code == 400 and answer.json["error"]["message"]


def test_a_drawing_of_0_and_1_is_as_dark_as_it_says(session, ask):
    request = {"classes": [BOX, {"name": "a", "pixels": [0, 1] * 392}], "epochs": 1}
    run = session.workshop.runs.get(ask(request).json["run"]["id"])
    assert run.request.recipe.classes[1].pixels.max() == 1
    kept, _ = run.folder.read()
    assert kept.recipe.classes[1].pixels.max() == 1
    run.wait()
    session.workshop.runs.remove(run.id)


@pytest.mark.parametrize("change", [{"dataset": "nope"}, {"run": "w-000000000000"}])
def test_what_a_class_names_has_to_be_there(ask, change):
    assert ask({"classes": [BOX, {"name": "a"} | change]}).status_code == 404


def test_files_of_a_run_that_has_not_begun_are_refused_with_a_sentence(client, session, ask):
    answer = ask(TWO | {"epochs": 10_000})
    path = f"{HERE}/runs/{answer.json['run']['id']}"
    found = client.get(f"{path}/trials/0/films.bin")
    assert found.status_code == 409 and "no pictures yet" in found.json["error"]["message"]
    assert client.get(f"{path}/export.zip").status_code == 200  # what is known so far
    assert client.delete(path).status_code == 204
