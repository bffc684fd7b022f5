"""REST: how it is known what classes are called; confirm, edit, drop; labels by hand."""

import pytest
from PIL import Image

from tests.conftest import SAMPLES


@pytest.fixture
def model(session, sample_datasets):
    model = session.add_model(SAMPLES / "weather_clean.keras", name="rest_names")
    yield f"/api/v1/models/{model.id}"
    session.remove_model(model.id)


def test_a_model_says_where_its_names_are_from_and_follows_what_a_person_says(client, model):
    told = client.get(model).json
    assert (told["class_names_origin"], told["class_names_source"]) == ("assumed", "weather")
    assert told["class_names_words"] == "assumed from the folders of weather"
    confirmed = client.patch(model, json={"class_names": "confirm"}).json
    assert (confirmed["class_names_origin"], confirmed["class_names"]) == ("given", ["tree", "vehicle"])
    dropped = client.patch(model, json={"class_names": []}).json
    assert (dropped["class_names_origin"], dropped["class_names"]) == ("numbers", ["class 0", "class 1"])
    edited = client.patch(model, json={"class_names": ["vehicle", "tree"]}).json
    assert (edited["class_names_origin"], edited["class_names"]) == ("given", ["vehicle", "tree"])
    for wrong in ("confirmed", ["one"], 3):
        assert client.patch(model, json={"class_names": wrong}).status_code == 400


def test_beside_each_dataset_a_model_borrows_that_ones_names(client, model, session, sample_datasets):
    borrowed = client.get(model).json["borrowed"]
    digits = borrowed[sample_datasets["digits"].id]
    assert digits["class_names_origin"] == "numbers" and "digits has 10 folders" in digits["class_names_note"]
    assert sample_datasets["weather"].id not in borrowed  # as it is called anyhow


def test_labels_are_mapped_by_hand_and_images_without_a_class_counted(client, model, sample_datasets):
    weather = sample_datasets["weather"].id
    client.patch(model, json={"class_names": ["tree", "car"]})
    told = client.get(f"{model}/labels?dataset={weather}").json
    assert (told["n_without_class"], told["n_images"], told["n_unmapped"]) == (200, 400, 1)
    assert told["without_class"] == "200 of 400 images match no class of rest_names: label vehicle."
    dataset = client.get(f"/api/v1/datasets/{weather}").json
    assert model.rpartition("/")[2] in dataset["fits"]
    assert any(one["n_without_class"] == 200 for one in dataset["left_out"])
    assert client.patch(model, json={"labels": {"dataset": weather, "classes": {"vehicle": "car"}}}).status_code == 200
    told = client.get(f"{model}/labels?dataset={weather}").json
    row = next(row for row in told["labels"] if row["label"] == "vehicle")
    assert (row["class"], row["name"], row["by_hand"], told["n_without_class"]) == (1, "car", True, 0)
    for wrong in ({"bird": 1}, {"vehicle": 7}, {"vehicle": "bird"}):
        answer = client.patch(model, json={"labels": {"dataset": weather, "classes": wrong}})
        assert answer.status_code == 400 and answer.json["error"]["field"] == "labels"
    client.patch(model, json={"labels": {"dataset": weather, "classes": {"vehicle": None}}})
    assert client.get(f"{model}/labels?dataset={weather}").json["n_without_class"] == 200


def test_a_cell_says_which_class_the_label_is_and_a_run_where_names_are_from(client, model, session, sample_datasets):
    id = model.rpartition("/")[2]
    body = {"models": [id], "dataset": sample_datasets["weather"].id, "images": [0, 399], "analyzer": "gradient"}
    run = client.post("/api/v1/explanations", json=body).json["explanation"]["id"]
    session.run(run).job.ended(120)
    told = client.get(f"/api/v1/explanations/{run}").json
    assert [cell["label_class"] for cell in told["cells"]] == [0, 1]
    assert told["models"][0]["class_names_words"] == "assumed from the folders of weather"
    client.patch(model, json={"class_names": ["plant", "vehicle"]})
    told = client.get(f"/api/v1/explanations/{run}").json
    assert [cell["label_class"] for cell in told["cells"]] == [None, 1]
    assert "1 of 2 images matches no class of rest_names: label tree." in told["models"][0]["notes"]


def test_a_suggestion_says_it_for_each_model_and_which_answers_are_right(client, model, session, sample_datasets):
    id, weather = model.rpartition("/")[2], sample_datasets["weather"].id
    answer = client.post("/api/v1/suggestions", json={"dataset": weather, "models": [id]}).json["suggestion"]
    session.suggestion(answer["id"]).job.ended(120)
    told = client.get(f"/api/v1/suggestions/{answer['id']}").json["models"][0]
    assert told["class_names_words"] == "assumed from the folders of weather" and told["label_order"] is None
    rows = client.get(f"/api/v1/suggestions/{answer['id']}/images?plot=distance&size=200").json["images"]
    assert {row["models"][id]["right"] for row in rows} <= {True, False}
    client.patch(model, json={"class_names": ["vehicle", "tree"]})  # the other way round
    session.suggestion(answer["id"]).job.ended(120)
    again = client.get(f"/api/v1/suggestions/{answer['id']}/images?plot=distance&size=200").json["images"]
    was = {row["index"]: row["models"][id]["right"] for row in rows}
    assert all(row["models"][id]["right"] != was[row["index"]] for row in again if row["index"] in was)


def test_images_beside_class_folders_are_counted_as_without_a_label(client, session, tmp_path):
    for place in ("a/1.png", "b/2.png", "beside.png"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        Image.new("L", (8, 8)).save(tmp_path / place)
    id = session.add_dataset(tmp_path).id
    assert client.get(f"/api/v1/datasets/{id}").json["n_unlabelled"] == 1
    session.datasets.remove(id)
