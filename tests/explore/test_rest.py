"""Explorations over REST, on the sample digits under two models."""

import base64
import io
import time

import numpy as np
import pytest
from PIL import Image

from innv_gui.explore.bits import unpacked
from tests.explore.polygon import inside

ENDED = ("done", "failed", "cancelled")


def until_done(client, address, take=lambda found: found):
    """What is at an address once its job has ended."""
    for _ in range(600):
        found = take(client.get(address).json)
        if found["job"]["status"] in ENDED:
            assert found["job"]["status"] == "done", found["job"]
            return found
        time.sleep(0.1)
    raise AssertionError(found["job"])


@pytest.fixture(scope="module")
def asked(client, sample_models, sample_datasets):
    return {
        "dataset": sample_datasets["digits"].id,
        "models": [sample_models["digits_mlp"].id, sample_models["digits_cnn"].id],
    }


@pytest.fixture(scope="module")
def explored(client, asked):
    answer = client.post("/api/v1/explorations", json=asked)
    assert answer.status_code == 202
    return until_done(client, f"/api/v1/explorations/{answer.json['exploration']['id']}")


@pytest.fixture(scope="module")
def at(explored):
    return f"/api/v1/explorations/{explored['id']}"


def values(client, at, name, kind):
    return np.frombuffer(client.get(f"{at}/columns/{name}").data, kind)


def test_facts_come_first_and_equal_a_plain_count(client, at, explored):
    n = explored["dataset"]["n"]
    labels, said = values(client, at, "label", "<i4"), values(client, at, "A.prediction", "<i4")
    loss, facts = values(client, at, "A.loss", "<f4"), explored["facts"]["models"][0]
    assert explored["scored"] == explored["thumbs"] == n == len(labels)
    assert facts["right"] == pytest.approx((labels == said).mean()) and facts["n"] == n
    assert facts["loss"] == pytest.approx(loss.mean(), rel=1e-5)
    worst = min(range(10), key=lambda c: (labels == said)[labels == c].mean())
    assert facts["worst"][0]["name"] == explored["dataset"]["labels"][worst]
    pair = facts["pairs"][0]
    assert client.get(f"{at}/rows", query_string={"query": pair["query"]}).json["total"] == pair["n"]
    several = explored["facts"]["together"]["answers"]
    assert sum(one["n"] for one in several) == n


def test_its_job_names_the_one_that_scores_for_it(client, explored):
    """So that no page says that it waits for another job."""
    jobs = {job["id"]: job for job in client.get("/api/v1/jobs").json["jobs"]}
    assert jobs[explored["job"]["follows"]]["kind"] == "score" and jobs[explored["job"]["follows"]]["follows"] is None


def test_what_is_kept_needs_no_press(client, asked, explored):
    assert client.post("/api/v1/explorations/kept", json=asked).json == {"kept": True}
    again = client.post("/api/v1/explorations", json=asked).json["exploration"]
    assert again["id"] == explored["id"]


def test_the_table_is_paged_sorted_and_filtered(client, at, explored):
    loss = values(client, at, "A.loss", "<f4")
    page = client.get(f"{at}/rows", query_string={"sort": "A.loss", "order": "desc", "start": 5, "size": 4}).json
    assert [row["row"] for row in page["rows"]] == np.argsort(-loss, kind="stable")[5:9].tolist()
    assert page["total"] == page["n"] == explored["dataset"]["n"]
    one = page["rows"][0]
    assert one["cells"]["A.loss"] == pytest.approx(loss[one["row"]]) and one["cells"]["label"] == one["label"]
    for column in explored["columns"]:
        assert client.get(f"{at}/rows", query_string={"sort": column["name"], "size": 1}).status_code == 200


def test_a_filter_never_changes_a_selection_silently(client, at):
    chosen = client.post(f"{at}/selections", json={"query": "label 3"}).json
    asked = {"query": "A.right no", "selection": chosen["selection"]}
    found = client.get(f"{at}/rows", query_string=asked).json
    assert found["total"] + found["hidden"] == chosen["n"] and found["hidden"] > 0
    assert client.get(f"{at}/rows", query_string={"selection": chosen["selection"]}).json["total"] == chosen["n"]


def test_the_same_rows_are_the_same_selection_however_they_are_chosen(client, at, explored, asked):
    n = explored["dataset"]["n"]
    by_query = client.post(f"{at}/selections", json={"query": "label 3 and A.prediction 3"}).json
    cell = {"rows": "label", "columns": asked["models"][0], "row": "3", "column": "3"}
    by_cell = client.post(f"{at}/selections", json={"cell": cell}).json
    bits = client.get(f"{at}/selections/{by_query['selection']}").data
    by_bits = client.post(f"{at}/selections", json={"bits": base64.b64encode(bits).decode()}).json
    rows = np.flatnonzero(unpacked(bits, n)).tolist()
    by_rows = client.post(f"{at}/selections", json={"rows": rows}).json
    assert by_query["selection"] == by_cell["selection"] == by_bits["selection"] == by_rows["selection"]
    facts = client.get(f"{at}/selections/{by_query['selection']}/facts").json
    assert facts["n"] == len(rows) and facts["labels"][0] == {"name": "3", "n": len(rows), "share": 1.0}
    assert client.get(f"{at}/selections/{by_query['selection']}/indices").json["indices"] == rows


@pytest.mark.parametrize(
    ("path", "wish", "status", "words"),
    [
        ("/rows", {"query": "los > 1"}, 400, "There is no column 'los'."),
        ("/rows", {"sort": "size"}, 400, "Rows cannot be sorted by 'size'."),
        ("/rows", {"selection": "s0"}, 404, "There is no selection"),
        ("/confusion", {"columns": "nobody"}, 400, "There is no side 'nobody'."),
        ("/neighbours", {"row": 10**6}, 400, "There is no image 1000000 here."),
        ("/neighbours", {"row": 0, "k": 0}, 400, "Expected 1 to 100 neighbours, got 0."),
        ("/neighbours", {"name": "nothing.png"}, 404, "No image is called 'nothing.png'."),
        ("/neighbours", {}, 400, "Expected an image by row, index or name."),
        ("/neighbours", {"row": 0, "of": "m99"}, 400, "There is nothing to map called 'm99'."),
        ("/columns/size", {}, 404, "There is no column 'size'."),
        ("/maps/m-0", {}, 404, "There is no map"),
        ("/wall/o0", {}, 404, "There is no order"),
        ("/images/1000000", {}, 400, "There is no image 1000000 here."),
    ],
)
def test_what_is_not_there_is_a_sentence(client, at, path, wish, status, words):
    answer = client.get(at + path, query_string=wish)
    assert answer.status_code == status and answer.json["error"]["message"].startswith(words)


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/maps", {"of": "m99", "method": "pca"}, "There is nothing to map called 'm99'."),
        ("/maps", {"of": "pixels", "method": "tsne", "perplexity": 1}, "Expected perplexity from 5 to 100, got 1."),
        ("/maps", {"of": "pixels", "method": "tsne", "seed": -1}, "Expected a seed from 0"),
        ("/selections", {}, "Expected one of bits, query, cell, rows; got nothing."),
        ("/selections", {"bits": "%%"}, "The selection is not base64 text."),
        ("/selections", {"bits": "AAAA"}, "Expected"),
        ("/selections", {"rows": [10**6]}, "There is no image 1000000 here."),
    ],
)
def test_a_wish_that_cannot_be_met_is_a_sentence(client, at, path, body, words):
    answer = client.post(at + path, json=body)
    assert answer.status_code == 400 and answer.json["error"]["message"].startswith(words)


def test_a_layer_that_is_not_there_is_refused_by_name(client, asked):
    body = {**asked, "layers": {asked["models"][0]: "nowhere"}}
    answer = client.post("/api/v1/explorations", json=body)
    assert answer.status_code == 400 and "has no layer 'nowhere'" in answer.json["error"]["message"]


def test_confusion_equals_a_plain_count_in_both_orders(client, at, asked):
    labels, said = values(client, at, "label", "<i4"), values(client, at, "A.prediction", "<i4")
    twin = np.zeros((10, 10), int)
    np.add.at(twin, (labels, said), 1)
    for order in ("given", "similar"):
        wish = {"columns": asked["models"][0], "order": order}
        found = client.get(f"{at}/confusion", query_string=wish).json
        rows = [int(name) for name in found["rows"]["names"]]
        columns = [int(name) for name in found["columns"]["names"]]
        assert found["counts"] == twin[np.ix_(rows, columns)].tolist()
        assert found["right"] == pytest.approx([twin[r, r] / twin[r].sum() for r in rows])
        assert rows == columns and found["rest"] == 0
    models = {"rows": asked["models"][1], "columns": asked["models"][0]}
    both = client.get(f"{at}/confusion", query_string=models).json
    assert both["total"] == len(labels) and set(both["right"]) == {None}


def test_a_map_is_there_at_once_again_and_a_lasso_means_its_points(client, at, explored, asked):
    wish = {"of": asked["models"][0], "method": "pca"}
    made = client.post(f"{at}/maps", json=wish).json["map"]
    found = until_done(client, f"{at}/maps/{made['id']}")
    points = np.frombuffer(client.get(f"{at}/maps/{made['id']}/points").data, "<f4").reshape(-1, 2)
    assert len(points) == explored["dataset"]["n"] and np.abs(points).max() == 1
    assert 0 < found["trust"] < 1 and found["placed"] == len(points)
    assert client.post(f"{at}/maps", json=wish).json["map"]["id"] == made["id"]
    assert inside(points, np.array([[-2, -2], [2, -2], [2, 2], [-2, 2]])).all()


def test_the_wall_shows_the_pictures_of_an_order(client, at, explored):
    order = client.get(f"{at}/order", query_string={"query": "label 3", "sort": "A.loss", "order": "desc"}).json
    tile = client.get(f"{at}/wall/{order['order']}/0")
    picture = np.asarray(Image.open(io.BytesIO(tile.data)).convert("RGB"), float)
    assert picture.shape == (512, 512, 3) and tile.mimetype == "image/webp"
    first = client.get(f"{at}/wall/{order['order']}", query_string={"size": 1}).json["rows"][0]
    address = f"/api/v1/datasets/{explored['dataset']['id']}/images/{first['index']}/thumbnail?size=32"
    small = np.asarray(Image.open(io.BytesIO(client.get(address).data)).convert("RGB"), float)
    assert np.corrcoef(picture[:32, :32].ravel(), small.ravel())[0, 1] > 0.9
    assert client.get(f"{at}/wall/{order['order']}/0?side=96").status_code == 200


def test_an_uploaded_picture_finds_itself(client, at, explored):
    row = client.get(f"{at}/rows", query_string={"query": "label 7", "size": 1}).json["rows"][0]
    address = f"/api/v1/datasets/{explored['dataset']['id']}/images/{row['index']}/thumbnail?size=16"
    by_row = client.get(f"{at}/neighbours", query_string={"row": row["row"], "k": 3}).json
    assert by_row["query"]["name"] == row["name"] and len(by_row["neighbours"]) == 3
    far = [one["distance"] for one in by_row["neighbours"]]
    assert far == sorted(far) and row["row"] not in [one["row"] for one in by_row["neighbours"]]
    named = client.get(f"{at}/neighbours", query_string={"name": row["name"], "k": 3}).json
    assert named["neighbours"] == by_row["neighbours"]
    sent = {"image": (io.BytesIO(client.get(address).data), "seven.png"), "k": "2", "of": "pixels"}
    found = client.post(f"{at}/neighbours", data=sent).json
    assert found["query"]["picture"].startswith("data:image/png;base64,") and len(found["neighbours"]) == 2


def test_tags_and_saved_lists_are_kept(client, session, at, explored):
    chosen = client.post(f"{at}/selections", json={"query": "label 9 and index ..1700"}).json
    wish = {"selection": chosen["selection"], "tag": "nines", "on": True}
    assert client.post(f"{at}/tags", json=wish).json["tags"] == [{"name": "nines", "n": chosen["n"]}]
    assert client.get(f"{at}/rows", query_string={"query": "tags nines"}).json["total"] == chosen["n"]
    saved = client.post(f"{at}/subsets", json={"name": "nines", "selection": chosen["selection"]})
    assert saved.status_code == 201 and saved.json["dataset"]["n"] == chosen["n"]
    part = session.datasets.get(saved.json["dataset"]["id"])
    assert {ref.label for ref in part} == {"9"}
    listed = client.get(f"/api/v1/datasets/{part.id}/images").json
    assert listed["total"] == chosen["n"] and all(one["label"] == "9" for one in listed["images"])
    session.datasets.remove(part.id)
    session.subsets.open_kept(session.datasets.get(explored["dataset"]["id"]))
    again = [entry for entry in session.datasets.entries() if entry.name == "nines"]
    assert len(again) == 1 and len(again[0].dataset) == chosen["n"]
    session.datasets.remove(again[0].id)
    client.post(f"{at}/tags", json={**wish, "on": False})
    assert client.get(at).json["tags"] == []


def test_a_saved_list_that_is_removed_is_not_kept(client, session, at, explored):
    saved = client.post(f"{at}/subsets", json={"name": "mistake", "query": "label 3"})
    assert client.delete(f"/api/v1/datasets/{saved.json['dataset']['id']}").status_code == 204
    before = {entry.id for entry in session.datasets.entries()}
    session.subsets.open_kept(session.datasets.get(explored["dataset"]["id"]))
    again = [entry for entry in session.datasets.entries() if entry.id not in before]
    for entry in again:
        session.datasets.remove(entry.id)
    assert "mistake" not in {entry.name for entry in again}


def test_rows_leave_as_a_table(client, at):
    import pandas as pd

    text = client.get(f"{at}/export.csv", query_string={"query": "A.right no", "sort": "A.loss"}).data
    frame = pd.read_csv(io.BytesIO(text))
    assert (frame["A.loss"].diff().dropna() >= 0).all() and not frame["A.right"].any()
    whole = pd.read_parquet(io.BytesIO(client.get(f"{at}/export.parquet").data))
    assert {"index", "file", "label", "A.prediction", "B.loss", "tags"} <= set(whole)


def test_a_table_says_which_models_its_letters_are(client, explored, at):
    import pandas as pd

    names = [model["name"] for model in explored["models"]]
    frame = pd.read_csv(io.BytesIO(client.get(f"{at}/export.csv").data))
    assert [set(frame[f"{letter}.model"]) for letter in "AB"] == [{name} for name in names]
    columns = list(frame)
    assert columns.index("B.model") == min(k for k, name in enumerate(columns) if name.startswith("B."))
    whole = pd.read_parquet(io.BytesIO(client.get(f"{at}/export.parquet").data))
    models = [client.get(f"/api/v1/models/{model['id']}").json for model in explored["models"]]
    assert list(whole.attrs["models"]) == ["A", "B"]
    assert list(whole.attrs["models"].values()) == [{name: one[name] for name in ("name", "sha256")} for one in models]


def test_an_exploration_says_how_its_models_were_fed_and_what_labels_meant(client, explored, at, sample_models):
    id, dataset = sample_models["digits_cnn"].id, explored["dataset"]["id"]
    change = lambda **body: client.patch(f"/api/v1/models/{id}", json=body)  # noqa: E731
    answered = lambda: next(one for one in client.get(at).json["models"] if one["id"] == id)  # noqa: E731
    before = client.get(f"/api/v1/models/{id}").json
    assert answered()["preprocessing"] == before["preprocessing"]
    assert answered()["output_kind"] == before["outputs"]["kind"]
    assert answered()["by_hand"] == before["by_hand"].get(dataset, {})
    try:
        now = change(preprocessing={**before["preprocessing"], "mode": "none"}).json
        assert answered()["preprocessing"] == before["preprocessing"] != now["preprocessing"]
    finally:
        change(preprocessing=before["preprocessing"])
