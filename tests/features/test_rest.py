"""Activation maximization by REST: ask, follow, pictures, numbers, refusals."""

import csv
import io

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def ask(client, sample_models):
    def ask(path="maximizations", model="digits_cnn", **more):
        return client.post(f"/api/v1/{path}", json={"model": sample_models[model].id, **more})

    return ask


def finished(client, answer):
    assert answer.status_code == 202, answer.json
    sort = next(name for name in ("maximization", "extremes") if name in answer.json)
    client.application.config["SESSION"].jobs.get(answer.json["job"]["id"]).ended(120)
    path = "maximizations" if sort == "maximization" else sort
    return client.get(f"/api/v1/{path}/{answer.json[sort]['id']}").json


@pytest.fixture(scope="module")
def ascent(client, ask):
    return finished(client, ask(classes=[8, 3], initial="blurred", seed=2))


def test_an_ascent_tells_value_probability_and_why_it_stopped(ascent):
    assert ascent["status"] == "done" and ascent["request"]["index"] == [8, 3]
    assert ascent["request"]["params"]["stop_at"] == 0.99 and ascent["request"]["seed"] == 2
    for target in ascent["targets"]:
        assert target["stopped"] == "probability" and target["probability"] > 0.99
        assert target["curve"][0]["step"] == 0 and target["curve"][-1]["step"] == target["steps"]
        assert target["curve"][-1]["probability"] == target["probability"]


def test_classes_are_called_as_the_dataset_calls_them(ascent):
    assert [target["name"] for target in ascent["targets"]] == ["8", "3"]


def test_pictures_and_numbers_are_the_same_ascent(client, ascent):
    path = f"/api/v1/maximizations/{ascent['id']}"
    images = np.load(io.BytesIO(client.get(f"{path}/images.npy").data))
    assert images.shape == (2, 32, 32, 1) and images.dtype == np.float32
    answer = client.get(f"{path}/pictures/1.png?contrast=generated&step=7")
    picture = np.asarray(Image.open(io.BytesIO(answer.data)))
    np.testing.assert_array_equal(picture, np.rint(images[1, ..., 0] * 255).astype(np.uint8))
    stretched = np.asarray(Image.open(io.BytesIO(client.get(f"{path}/pictures/1.png?contrast=stretched").data)))
    assert (stretched.min(), stretched.max()) == (0, 255)


def test_curves_come_whole_as_a_table(client, ascent):
    text = client.get(f"/api/v1/maximizations/{ascent['id']}/curves.csv").data.decode()
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["target"] == "3"]
    assert len(rows) == ascent["targets"][1]["steps"] + 1
    assert float(rows[-1]["probability"]) == pytest.approx(ascent["targets"][1]["probability"])


def test_an_image_of_a_dataset_is_a_start(client, ask, sample_datasets):
    more = {"initial": "image", "dataset": sample_datasets["digits"].id, "image": 5}
    ascent = finished(client, ask(classes=["1"], params={"iterations": 3}, **more))
    assert ascent["request"]["initial"] == "image" and ascent["request"]["image"] == 5
    assert ask(classes=[1], initial="image").json["error"]["field"] == "image"


def test_channels_have_values_and_no_probability(client, ask):
    ascent = finished(client, ask(layer="conv_2", channels=[4], preset="modern", params={"iterations": 8}))
    (target,) = ascent["targets"]
    assert target["probability"] is None and target["value"] > target["curve"][0]["value"]
    assert target["stopped"] == "iterations" and target["steps"] == 8


def test_a_cancelled_ascent_is_resumed(client, ask):
    answer = ask(classes=[0], params={"iterations": 10000, "stop_at": 1, "step": 1e-5})
    id = answer.json["maximization"]["id"]
    assert client.post(f"/api/v1/maximizations/{id}/resume").status_code == 409
    client.delete(f"/api/v1/jobs/{answer.json['job']['id']}")
    resumed = client.post(f"/api/v1/maximizations/{id}/resume")
    assert resumed.status_code == 202 and resumed.json["job"]["id"] != answer.json["job"]["id"]
    client.delete(f"/api/v1/jobs/{resumed.json['job']['id']}")


def test_extremes_come_with_name_label_and_activation(client, ask, sample_datasets):
    found = finished(client, ask("extremes", classes=[8], dataset=sample_datasets["digits"].id, count=3))
    (target,) = found["targets"]
    assert found["seen"] == found["n"] == len(sample_datasets["digits"])
    assert [row["label"] for row in target["most"]] == ["8"] * 3
    assert target["most"][0]["value"] >= target["most"][1]["value"] > target["least"][0]["value"]


def test_extremes_note_for_how_many_images_a_neuron_is_not_a_number(client, overflowing):
    model, dataset = overflowing
    asked = {"model": model.id, "dataset": dataset.id, "layer": "sum", "neurons": [0, 1], "count": 7}
    bad, good = finished(client, client.post("/api/v1/extremes", json=asked))["targets"]
    assert [len(side["most"]) for side in (bad, good)] == [len(side["least"]) for side in (bad, good)] == [5, 7]
    assert "not a number for 5 of 10 images" in bad["note"] and good["note"] == ""


def test_presets_are_told_as_declared_and_checked(client):
    answer = client.get("/api/v1/presets").json
    assert [preset["name"] for preset in answer["presets"]] == ["plain", "modern"]
    assert answer["starts"] == ["black", "white", "noise", "blurred", "image"]
    good = client.post("/api/v1/presets/plain/check", json={"params": {"step": "1e-2"}}).json
    assert good["params"]["step"] == 0.01 and good["params"]["iterations"] == 500
    bad = client.post("/api/v1/presets/plain/check", json={"params": {"step": 2}})
    assert bad.status_code == 400 and bad.json["error"]["field"] == "params.step"


def test_layers_say_which_kind_of_feature_they_have(client, sample_models):
    id = sample_models["digits_cnn"].id
    rows = client.get(f"/api/v1/models/{id}/features?kind=channel").json["layers"]
    usable = {row["name"] for row in rows if row["usable"]}
    assert usable == {"conv_1", "pool_1", "conv_2", "pool_2"}
    assert all(row["why_not"] for row in rows if not row["usable"])


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"classes": [99]}, 400, "class"),
        ({"classes": ["cat"]}, 400, "class"),
        ({"neurons": [0], "layer": "nowhere"}, 400, "layer"),
        ({"classes": [0], "preset": "nice"}, 400, "preset"),
        ({"classes": [0], "params": {"iterations": 0}}, 400, "params.iterations"),
        ({"classes": [0], "initial": "green"}, 400, "initial"),
        ({"classes": [0], "seed": -3}, 400, "seed"),
        ({"classes": [0], "unknown": 1}, 400, "unknown"),
    ],
)
def test_defect_14_illegal_values_are_answered_by_the_field(ask, change, status, field):
    answer = ask(**change)
    assert answer.status_code == status and answer.json["error"]["field"] == field


def test_starts_of_rest_have_names_alone(ask):
    error = ask(classes=[0], initial="green").json["error"]
    assert error["message"] == "There is no start 'green'."
    assert error["hint"] == "Expected black, white, noise, blurred, image."
    assert error["allowed"] == ["black", "white", "noise", "blurred", "image"]


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("POST", "maximizations", {"classes": [0]}),
        ("POST", "extremes", {"classes": [0]}),
        ("POST", "patterns", {}),
        ("POST", "workshop/retrainings/check", {}),
        ("GET", "workshop/retrainings/recommended?model=m999", {}),
    ],
)
def test_an_unknown_model_is_refused_by_the_field_of_the_request(client, sample_datasets, method, path, more):
    body = {"model": "m999", "dataset": sample_datasets["digits"].id, **more} if method == "POST" else None
    if path == "maximizations":
        del body["dataset"]
    answer = client.open(f"/api/v1/{path}", method=method, json=body)
    assert answer.status_code == 404 and answer.json["error"]["field"] == "model"
    assert "There is no model 'm999'" in answer.json["error"]["message"]


@pytest.mark.parametrize(
    "path", ["maximizations/none", "maximizations/none/pictures/0.png", "extremes/none", "models/none/features"]
)
def test_what_is_not_there_is_404(client, path):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 404 and answer.json["error"]["message"]


def test_a_picture_that_is_not_there_is_404(client, ascent):
    assert client.get(f"/api/v1/maximizations/{ascent['id']}/pictures/2.png").status_code == 404
