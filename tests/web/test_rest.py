"""REST: what the pages and scripts rely on, and what bad input gets."""

import io
import json

import h5py
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from innv_gui.analyzers.declaration import COLORMAPS
from innv_gui.trust.metrics import STEPS

TWO_TILES = {"classes": [{"tile": "vertical_line"}, {"tile": "horizontal_line"}]}


@pytest.fixture(scope="module")
def ask(client, session, sample_models, sample_datasets):
    def ask(analyzer="grad_cam", models=("weather_shortcut",), dataset="weather", images=(0, 1), **more):
        body = {
            "models": [sample_models[name].id for name in models],
            "dataset": sample_datasets[dataset].id,
            "images": list(images),
            "analyzer": analyzer,
            **more,
        }
        return client.post("/api/v1/explanations", json=body)

    return ask


def finished(client, answer):
    assert answer.status_code == 202, answer.json
    run = answer.json["explanation"]["id"]
    client.application.config["SESSION"].run(run).job.ended(120)
    return client.get(f"/api/v1/explanations/{run}").json


def test_models_tell_what_was_detected(client, sample_models):
    models = {model["id"]: model for model in client.get("/api/v1/models").json["models"]}
    model = models[sample_models["weather_clean"].id]
    assert model["status"] == "ready" and model["input"] == [64, 64, 3] and model["n_classes"] == 2
    assert model["preprocessing"]["mode"] == "unit" and model["preprocessing_reason"]
    assert model["class_names"] == ["tree", "vehicle"]
    assert "path" not in json.dumps(model)


def test_layers_tell_which_methods_can_aim_at_them(client, sample_models):
    id = sample_models["digits_cnn"].id
    rows = client.get(f"/api/v1/models/{id}/layers?analyzer=grad_cam").json["layers"]
    assert any(row["usable"] for row in rows) and any(row["why_not"] for row in rows if not row["usable"])
    assert {"name", "type", "output_shape", "n_params", "spatial", "analyzers"} <= set(rows[0])


def test_an_explanation_has_a_cell_for_each_model_and_image(client, ask):
    run = finished(client, ask(models=("weather_shortcut", "weather_clean"), images=(3, 1)))
    assert run["status"] == "done" and len(run["cells"]) == 4
    assert [image["index"] for image in run["images"]] == [3, 1]
    cell = run["cells"][0]
    assert cell["status"] == "done" and len(cell["top"]) == 2 and cell["top"][0]["name"] in ("tree", "vehicle")
    assert cell["target"]["index"] == cell["top"][0]["class"] and cell["health"]


def test_maps_come_as_numbers_as_they_are_drawn_and_as_pictures(client, ask, session):
    run = finished(client, ask())
    model = run["models"][0]["id"]
    base = f"/api/v1/explanations/{run['id']}/maps/{model}/0"
    full = np.load(io.BytesIO(client.get(f"{base}.npy").data))
    assert full.shape[0] == 1 and full.shape[1:3] == (64, 64) and full.dtype == np.float32
    drawn = client.get(f"{base}.f32")
    shape = tuple(int(side) for side in drawn.headers["X-Shape"].split(","))
    np.testing.assert_allclose(np.frombuffer(drawn.data, "<f4").reshape(shape), full[0].sum(-1), rtol=1e-6)
    with_bar = Image.open(io.BytesIO(client.get(f"{base}.png").data))
    without = Image.open(io.BytesIO(client.get(f"{base}.png?bar=0&opacity=0.2&colormap=inferno&clip=99").data))
    assert with_bar.size != without.size and without.width == without.height


def test_a_run_is_one_hdf5_file(client, ask):
    run = finished(client, ask(models=("weather_shortcut", "weather_clean")))
    with h5py.File(io.BytesIO(client.get(f"/api/v1/explanations/{run['id']}/run.h5").data)) as file:
        assert file["attribution"].shape[0] == 2 and file.attrs["method"] == "grad_cam"
        assert len(file["models"]) == 2


def test_the_second_time_nothing_is_computed(client, ask):
    finished(client, ask(images=(5, 6)))
    again = finished(client, ask(images=(6, 5)))
    assert all(cell["cached"] for cell in again["cells"])


def test_a_model_that_is_refused_does_not_stop_the_others(client, ask):
    run = finished(client, ask(models=("digits_mlp", "digits_cnn"), dataset="digits"))
    assert run["status"] == "done" and [model["status"] for model in run["models"]] == ["failed", "done"]
    assert "digits_mlp" in run["models"][0]["error"]["message"] or "spatial" in run["models"][0]["error"]["message"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"analyzer": "lrp.epsilom"}, "analyzer"),
        ({"analyzer": "lrp.epsilon", "params": {"epsilon": -1}}, "params.epsilon"),
        ({"analyzer": "lrp.epsilon", "params": {"epsilonn": 1}}, "params.epsilonn"),
        ({"layer": "nope"}, "layer"),
        ({"class": "sky"}, "class"),
        ({"class": 7}, "class"),
        ({"engine": "magic"}, "engine"),
        ({"images": []}, "images"),
        ({"models": []}, "models"),
        ({"top_neurons": 3}, "top_neurons"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_illegal_values_are_answered_by_400_and_the_field(ask, change, field):
    answer = ask(**change)
    assert answer.status_code == 400, answer.json
    error = answer.json["error"]
    assert error["field"] == field and error["message"] and "Traceback" not in json.dumps(error)


def test_defect_14_an_illegal_setting_gets_the_allowed_ones(ask):
    error = ask(analyzer="gradient", params={"postprocess": "cube"}).json["error"]
    assert {"abs", "none", "square"} <= set(error["allowed"])


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("explanations", "layer"),
        ("rankings", "layer"),
        ("suggestions", "layers"),
        ("suggestions", "neuron"),
        ("explorations", "layers"),
    ],
)
def test_what_is_said_of_a_model_that_is_not_asked_about_is_refused(
    client, sample_models, sample_datasets, path, field
):
    ids = [sample_models[name].id for name in ("digits_cnn", "digits_mlp")]
    body = {"models": ids, "dataset": sample_datasets["digits"].id}
    body |= {"images": [0], "analyzer": "gradient"} if path in ("explanations", "rankings") else {}
    for other in ("m999", sample_models["weather_clean"].id):
        answer = client.post(f"/api/v1/{path}", json={**body, field: {other: 1 if field == "neuron" else "conv2d"}})
        assert answer.status_code == 400, answer.json
        error = answer.json["error"]
        assert error["field"] in (field, "layer") and error["allowed"] == ids and repr(other) in error["message"]
        assert error["message"].startswith(f"A {error['field'].removesuffix('s')} is given for ")


@pytest.mark.parametrize(
    ("path", "change", "allowed"),
    [
        ("workshop/check", {"model": "vgg"}, ["mlp", "cnn", "file"]),
        ("workshop/check", {"initial": "red"}, ["black", "white", "noise", "blurred"]),
        ("workshop/check", {"way": "hope"}, ["none", "penalty", "filling", "both"]),
        ("trust", {"models": ["m1"], "dataset": "d1", "images": [0], "steps": 3}, [*STEPS]),
        ("explanations/e-9/sheet.png?colormap=foo", None, [*COLORMAPS]),
        ("models/m1", {"class_names": 3}, []),  # names may be anything
    ],
)
def test_a_closed_list_comes_with_its_refusal(client, path, change, allowed):
    body = TWO_TILES | change if path == "workshop/check" else change
    method = "GET" if body is None else "PATCH" if path.startswith("models") else "POST"
    answer = client.open(f"/api/v1/{path}", method=method, json=body)
    assert answer.status_code == 400 and answer.json["error"]["allowed"] == allowed, answer.json


def test_nan_in_json_is_refused(client, sample_models, sample_datasets):
    body = json.dumps({"params": {"epsilon": float("nan")}})
    answer = client.post("/api/v1/analyzers/lrp.epsilon/check", data=body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["models/m999", "datasets/d999", "jobs/j-9", "explanations/e-9", "nothing"])
def test_what_is_not_there_is_404_with_a_sentence(client, path):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 404 and answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/basket", ["GET", "HEAD", "OPTIONS", "PUT"]),
        ("GET", "/api/v1/workshop/check", ["OPTIONS", "POST"]),
        ("POST", "/visualize", ["GET", "HEAD", "OPTIONS"]),
    ],
)
def test_another_method_is_a_405_that_names_those_of_the_address(client, method, path, allowed):
    answer = client.open(path, method=method)
    assert answer.status_code == 405 and answer.headers["Allow"] == ", ".join(allowed)
    assert answer.headers["Content-Security-Policy"] and ", ".join(allowed) in answer.text
    if path.startswith("/api/"):
        assert answer.json["error"]["allowed"] == allowed and method in answer.json["error"]["message"]


def test_a_body_that_is_no_json_object_is_refused(client):
    for body in (b"", b"[1]", b"{", b"\xff"):
        answer = client.put("/api/v1/basket", data=body, content_type="application/json")
        assert answer.status_code == 400 and answer.json["error"]["message"]


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (
            b"{",
            "application/json",
            "not valid JSON: expecting property name enclosed in double quotes at line 1, column 2",
        ),
        (b'{"images": [\n1,]}', "application/json", "line 2"),
        (b'{"images": [%s]}' % (b"1" * 5000), "application/json", "a number has too many digits"),
        (b"\xff", "application/json", "not text in UTF-8"),
        (b"[" * 10_000, "application/json", "nested too deeply"),
        (b"[1]", "application/json", "got a list"),
        (b"{}", "text/plain", "got the content type 'text/plain'"),
    ],
)
def test_the_refusal_of_a_body_says_what_is_wrong_with_it(client, body, kind, words):
    error = client.put("/api/v1/basket", data=body, content_type=kind).json["error"]
    assert words in error["message"] and ("Content-Type" in error["hint"]) == (kind == "text/plain")


RETRAINED = {"model": "m999", "dataset": "d999"}


@pytest.mark.parametrize(
    ("path", "body", "field", "words"),
    [
        ("workshop/check", TWO_TILES | {"epochs": True}, "epochs", "valid integer, got True"),
        ("workshop/check", TWO_TILES | {"seeds": "2"}, "seeds", "valid integer, got '2'"),
        ("workshop/check", TWO_TILES | {"step_size": "0.1"}, "step_size", "valid number"),
        ("workshop/check", TWO_TILES | {"name": 5}, "name", "valid string, got 5"),
        ("workshop/retrainings/check", RETRAINED | {"steps": True}, "steps", "valid integer"),
        ("workshop/retrainings/check", RETRAINED | {"learning_rate": True}, "learning_rate", "valid number"),
        ("workshop/retrainings/check", RETRAINED | {"images": [3, True]}, "images.1", "valid integer"),
        (
            "workshop/retrainings/check",
            RETRAINED | {"regions": {"3": [[0, 0, "1", 1]]}},
            "regions.3.0.2",
            "valid number",
        ),
        (
            "workshop/retrainings/check",
            RETRAINED | {"regions": "other"},
            "regions",
            "a valid object or a valid list or 'samples', got 'other'",
        ),
        ("explanations", {"unchecked": 1}, "unchecked", "valid boolean, got 1"),
        ("explanations", {"softmax": "true"}, "softmax", "valid boolean, got 'true'"),
        ("explanations", {"neuron": True}, "neuron", "valid integer"),
        ("explanations", {"class": True}, "class", "valid string or a valid integer, got True"),
        ("suggestions", {"dataset": "d1", "models": [], "neuron": {"m1": True}}, "neuron.m1", "valid integer"),
        (
            "trust",
            {"models": ["m1"], "dataset": "d1", "images": [0], "methods": [5]},
            "methods.0",
            "valid string or a valid object, got 5",
        ),
        ("workshop/check", TWO_TILES | {"epochs": 1e300}, "epochs", "valid integer, got 1e+300"),
    ],
)
def test_json_has_numbers_texts_and_booleans(client, path, body, field, words):
    rest = {"models": [], "dataset": "d1", "images": [0], "analyzer": "gradient"} if path == "explanations" else {}
    answer = client.post(f"/api/v1/{path}", json=rest | body)
    assert answer.status_code == 400 and answer.json["error"]["field"] == field, answer.json
    assert words in answer.json["error"]["message"]


def test_a_whole_number_may_be_written_with_a_point(client, ask):
    text = json.dumps(TWO_TILES | {"epochs": 2.0, "seed": 1.0})
    assert client.post("/api/v1/workshop/check", data=text, content_type="application/json").status_code == 200
    assert client.post("/api/v1/workshop/check", json=TWO_TILES | {"epochs": 2.5}).json["error"]["field"] == "epochs"
    run = finished(client, ask(images=(1.0,), **{"class": 1.0}))
    assert run["images"][0]["index"] == 1 and run["cells"][0]["target"]["index"] == 1


def test_the_basket_is_one_selection_for_all(client, sample_datasets):
    body = {"dataset": sample_datasets["digits"].id, "images": [4, 2, 4]}
    assert client.put("/api/v1/basket", json=body).json["images"] == [4, 2]
    assert client.get("/api/v1/basket").json["images"] == [4, 2]
    listed = client.get(f"/api/v1/datasets/{body['dataset']}/list.csv").text.splitlines()[1:]
    assert [int(row.split(",")[0]) for row in listed] == [4, 2]
    assert client.put("/api/v1/basket", json={**body, "images": [99999]}).status_code == 404


@pytest.mark.parametrize("names", [["x.npz"], ["X.NPZ"], ["x"], ["set/x.npz", "set/.DS_Store", "__MACOSX/x.npz"]])
def test_one_file_of_arrays_is_opened_whatever_is_called_and_lies_beside_it(client, session, names):
    content = io.BytesIO()
    np.savez(content, x=np.zeros((3, 8, 8), np.uint8))
    files = [(content.getvalue() if k == 0 else b"litter", name) for k, name in enumerate(names)]
    id = client.post("/api/v1/datasets", **as_a_browser_sends(files)).json["dataset"]["id"]
    session.datasets.entry(id).job.ended(30)
    assert client.get(f"/api/v1/datasets/{id}").json["n"] == 3
    client.delete(f"/api/v1/datasets/{id}")


def test_a_table_of_tabs_is_opened_by_itself(client, session):
    id = client.post("/api/v1/datasets", **as_a_browser_sends([(b"path\tlabel\na.png\tcat\n", "l.tsv")])).json[
        "dataset"
    ]["id"]
    session.datasets.entry(id).job.ended(30)
    found = client.get(f"/api/v1/datasets/{id}").json
    client.delete(f"/api/v1/datasets/{id}")
    assert (found["n"], found["class_names"]) == (1, ["cat"])


PICTURES = ("a.png", "b.png", "c.png", "cat/d.png")


@pytest.mark.parametrize("above", ["", "pets/"])
@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet"])
def test_a_table_that_is_sent_with_its_images_has_their_labels(client, session, tmp_path, above, ending):
    table = pd.DataFrame({"file_name": ["a.png", "b.png", "gone.png"], "label": ["cat", "dog", "dog"], "x": [1, 2, 3]})
    path = tmp_path / f"labels.{ending}"
    table.to_parquet(path) if ending == "parquet" else table.to_csv(path, sep=",\t"[ending == "tsv"], index=False)
    files = [(png(9).read(), above + name) for name in PICTURES] + [(path.read_bytes(), above + path.name)]
    id = client.post("/api/v1/datasets?name=pets", **as_a_browser_sends(files)).json["dataset"]["id"]
    session.datasets.entry(id).job.ended(30)
    found, listed = (client.get(f"/api/v1/datasets/{id}{end}").json for end in ("", "/problems"))
    assert (found["n"], found["class_names"], found["n_left_out"]) == (3, ["cat", "dog"], 2)
    assert [one["name"] for one in listed["problems"]] == ["c.png", "cat/d.png"]
    again = session.datasets.start(session.datasets.entry(id).path)
    again.job.ended(30)
    assert again.dataset.collection == session.datasets.get(id).collection, "as a run of it opens it again"
    for one in (id, again.id):
        client.delete(f"/api/v1/datasets/{one}")


@pytest.mark.parametrize(
    "tables",
    [
        {"scores.csv": b"name,score\na.png,1\n"},  # no list
        {"far.csv": b"path,label\nfar/a.png,1\n"},  # of other files
        {"one.csv": b"path,label\na.png,1\n", "two.csv": b"path,label\nb.png,1\n"},
        {"broken.csv": b'path,label\n"a.png'},
        {"broken.parquet": b"PAR1 nothing"},
        {"cat/within.csv": b"path,label\nd.png,1\n"},
    ],
)
def test_other_tables_among_images_change_nothing(client, session, tables):
    files = [(png(9).read(), name) for name in PICTURES] + [(content, name) for name, content in tables.items()]
    id = client.post("/api/v1/datasets", **as_a_browser_sends(files)).json["dataset"]["id"]
    session.datasets.entry(id).job.ended(30)
    found = client.get(f"/api/v1/datasets/{id}").json
    client.delete(f"/api/v1/datasets/{id}")
    assert (found["n"], found["class_names"], found["n_left_out"]) == (4, ["cat"], len(tables))


def test_an_uploaded_list_leads_nowhere_when_it_is_opened_again_either(client, session, tmp_path):
    (tmp_path / "secret.png").write_bytes(png(9).read())
    listed = f"path\na.png\n{tmp_path / 'secret.png'}\n".encode()
    files = [(png(9).read(), "a.png"), (listed, "l.csv")]
    id = client.post("/api/v1/datasets", **as_a_browser_sends(files)).json["dataset"]["id"]
    session.datasets.entry(id).job.ended(30)
    again = session.datasets.start(session.datasets.entry(id).path)
    again.job.ended(30)
    assert [len(session.datasets.get(one)) for one in (id, again.id)] == [1, 1]
    for one in (id, again.id):
        client.delete(f"/api/v1/datasets/{one}")


def test_nothing_of_a_removed_dataset_is_selected(client, session):
    id = client.post("/api/v1/datasets", **as_a_browser_sends([(png(9).read(), "a.png")])).json["dataset"]["id"]
    session.datasets.entry(id).job.ended(30)
    assert client.put("/api/v1/basket", json={"dataset": id, "images": [0]}).json["images"] == [0]
    client.delete(f"/api/v1/datasets/{id}")
    assert client.get("/api/v1/basket").json == {"dataset": None, "images": []}


def test_images_are_paged_searched_and_filtered(client, sample_datasets):
    id = sample_datasets["digits"].id
    page = client.get(f"/api/v1/datasets/{id}/images?page=1&per_page=50").json
    assert page["total"] == 1797 and len(page["images"]) == 50
    sevens = client.get(f"/api/v1/datasets/{id}/images?label=7").json
    assert 0 < sevens["total"] < 1797 and {image["label"] for image in sevens["images"]} == {"7"}
    found = client.get(f"/api/v1/datasets/{id}/images?q=0012").json
    assert found["total"] >= 1 and all("0012" in image["name"] for image in found["images"])
    chosen = client.get(f"/api/v1/datasets/{id}/images?indices=272,3,1797,3").json
    assert [image["index"] for image in chosen["images"]] == [272, 3]


def test_pictures_and_thumbnails(client, sample_models, sample_datasets):
    id, model = sample_datasets["weather"].id, sample_models["weather_clean"].id
    thumbnail = Image.open(io.BytesIO(client.get(f"/api/v1/datasets/{id}/images/0/thumbnail?size=32").data))
    seen = Image.open(io.BytesIO(client.get(f"/api/v1/datasets/{id}/images/0/as/{model}").data))
    assert max(thumbnail.size) == 32 and seen.size == (64, 64)
    assert client.get(f"/api/v1/datasets/{id}/images/0/thumbnail?size=5").status_code == 400
    assert client.get(f"/api/v1/datasets/{id}/images/4000/thumbnail").status_code == 404


def wait_for_model(client, answer):
    assert answer.status_code == 202, answer.json
    id = answer.json["model"]["id"]
    client.application.config["SESSION"].models.entry(id).job.ended(60)
    return client.get(f"/api/v1/models/{id}").json


def test_a_model_is_uploaded_changed_and_removed(client, sample_models):
    from tests.conftest import SAMPLES

    file = (io.BytesIO((SAMPLES / "digits_cnn.keras").read_bytes()), "my <b>model<b>.keras")
    model = wait_for_model(client, client.post("/api/v1/models", data={"file": file}))
    assert model["status"] == "ready" and model["name"] == "my <b>model<b>"
    path = f"/api/v1/models/{model['id']}"
    changed = client.patch(path, json={"preprocessing": {"mode": "symmetric"}, "class_names": list("abcdefghij")})
    assert changed.json["preprocessing"]["mode"] == "symmetric" and changed.json["class_names"][0] == "a"
    assert client.patch(path, json={"class_names": ["a"]}).status_code == 400
    bad = {"preprocessing": {"mode": "standardize", "std": -1}}
    assert client.patch(path, json=bad).json["error"]["field"] == "preprocessing"
    assert client.delete(path).status_code == 204
    gone = client.get(path)
    assert gone.status_code == 404 and gone.json["error"]["field"] == "models"
    assert "my <b>model<b> is no longer open" in gone.json["error"]["message"] and gone.json["error"]["hint"]
    never = client.get("/api/v1/models/m999").json["error"]["message"]
    assert never == "There is no model 'm999'."


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_an_unreadable_model_is_refused_with_a_sentence_and_the_session_goes_on(client, name):
    answer = client.post("/api/v1/models", data={"file": (io.BytesIO(b"not a model at all"), name)})
    model = wait_for_model(client, answer)
    assert model["status"] == "refused" and name in model["error"]["message"]
    client.delete(f"/api/v1/models/{model['id']}")
    assert client.get("/api/v1/models").status_code == 200


def test_a_wrong_ending_is_refused(client):
    answer = client.post("/api/v1/models", data={"file": (io.BytesIO(b"x"), "model.pt")})
    assert answer.status_code == 400 and "model.pt" in answer.json["error"]["message"]


def png(value):
    buffer = io.BytesIO()
    Image.new("L", (40, 30), value).save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def as_a_browser_sends(files):
    """A multipart form with names escaped as the HTML standard says: only quote and line breaks."""
    body = b""
    for content, name in files:
        escaped = name.replace("\n", "%0D%0A").replace('"', "%22")
        head = f'--frontier\r\nContent-Disposition: form-data; name="images"; filename="{escaped}"\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return {"data": body + b"--frontier--\r\n", "content_type": "multipart/form-data; boundary=frontier"}


def test_images_are_uploaded_with_any_name_and_bad_ones_are_listed(client, session, ask, sample_models):
    names = ['quote".png', "<img src=x>.png", "new\nline.png", "smile😀.png", "../../etc/passwd.png"]
    files = [(png(50 * i).read(), name) for i, name in enumerate(names)]
    files += [(b"no image", "bad.png"), (b"no image", "notes.txt")]
    answer = client.post("/api/v1/datasets", **as_a_browser_sends(files))
    assert answer.status_code == 202
    id = answer.json["dataset"]["id"]
    session.datasets.entry(id).job.ended(30)
    page = client.get(f"/api/v1/datasets/{id}/images").json
    assert {image["name"] for image in page["images"]} == {name.removeprefix("../../") for name in names} | {"bad.png"}
    job = client.post(f"/api/v1/datasets/{id}/scan").json["job"]
    session.jobs.get(job["id"]).ended(30)
    problems = client.get(f"/api/v1/datasets/{id}/problems").json
    assert {problem["name"] for problem in problems["problems"]} == {"bad.png", "notes.txt"}
    assert (problems["total"], problems["checked"], problems["unread"], problems["left_out"]) == (6, 6, 1, 1)
    known = client.get(f"/api/v1/datasets/{id}").json
    assert (known["n"], known["n_unread"], known["n_left_out"], known["n_problems"]) == (6, 1, 1, 2)
    body = {"models": [sample_models["weather_clean"].id], "dataset": id, "images": list(range(6))}
    run = finished(client, client.post("/api/v1/explanations", json={**body, "analyzer": "grad_cam"}))
    failed = [cell for cell in run["cells"] if cell["status"] == "failed"]
    assert run["status"] == "done" and len(failed) == 1 and "bad.png" in failed[0]["error"]["message"]
    done = next(cell for cell in run["cells"] if cell["status"] == "done")
    assert any("grey" in note for note in done["notes"])


@pytest.mark.parametrize(
    "names, labels",
    [
        (["cat/a.png", "dog/b.png", "c.png"], ["cat", "dog"]),
        (["train/cat/a.png", "test/cat/b.png", "train/dog/c.png", "test/dog/d.png"], ["cat", "dog"]),
        (
            ["n01530575_brambling.jpg", "n02056570_king_penguin.jpg"],
            ["brambling (n01530575)", "king penguin (n02056570)"],
        ),
        (["a.png"], None),
    ],
)
def test_an_uploaded_folder_has_the_labels_that_it_has_on_disk(client, session, names, labels):
    files = [(png(9).read(), name) for name in names]
    id = client.post("/api/v1/datasets?name=pets", **as_a_browser_sends(files)).json["dataset"]["id"]
    session.datasets.entry(id).job.ended(30)
    found = client.get(f"/api/v1/datasets/{id}").json
    client.delete(f"/api/v1/datasets/{id}")
    assert (found["name"], found["n"], found["class_names"]) == ("pets", len(names), labels)


def test_openapi_covers_every_route(client):
    document = client.get("/api/v1/openapi.json").json
    paths = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    known = {rule.rule for rule in client.application.url_map.iter_rules() if rule.rule.startswith("/api/v1")}
    assert len(paths) >= len(known) and document["openapi"].startswith("3.1")
    for item in document["paths"].values():
        assert all(operation["summary"] and operation["responses"] for operation in item.values())


def test_earlier_runs_are_listed_named_and_deleted_without_naming_a_place(client, ask):
    run = finished(client, ask("gradient"))
    listed = client.get("/api/v1/history").json["runs"]
    assert listed[0]["id"] == run["id"] and listed[0]["n_images"] == 2 and listed[0]["dataset"] == "weather"
    assert "/" not in json.dumps(listed[0]["models"])
    named = client.patch(f"/api/v1/history/{run['id']}", json={"title": " first  look "}).json
    assert named["title"] == "first look"
    assert client.patch("/api/v1/history/e-000000000000", json={"title": "x"}).status_code == 404
    assert client.delete(f"/api/v1/history/{run['id']}").status_code == 204
    assert run["id"] not in [one["id"] for one in client.get("/api/v1/history").json["runs"]]


def test_agreement_over_rest_is_the_runs_own(client, ask):
    run = finished(client, ask("gradient", models=("weather_shortcut", "weather_clean")))
    found = client.get(f"/api/v1/explanations/{run['id']}/agreement?measure=iou").json
    wanted = client.application.config["SESSION"].run(run["id"]).agreement("iou")
    np.testing.assert_allclose([image["matrix"] for image in found["images"]], wanted)
    np.testing.assert_allclose(found["mean"], wanted.mean(axis=0))
    assert client.get(f"/api/v1/explanations/{run['id']}/agreement?measure=x").status_code == 400
    model, image = run["models"][0]["id"], run["images"][0]["index"]
    other = finished(client, ask("lrp.z", models=("weather_shortcut",)))
    agreement = f"/api/v1/agreement?runs={run['id']},{other['id']}&model={model}&target=5"
    drawn = f"/api/v1/explanations/{run['id']}/maps/{model}/{image}.f32?target=5"
    for address in (f"/api/v1/explanations/{run['id']}/agreement?target=5", agreement, drawn):
        refused = client.get(address)
        assert refused.status_code == 404, address
        assert refused.json["error"]["message"] == "There is 1 target, counted from 0; got 5."


def test_methods_are_compared_over_rest(client, ask, sample_models):
    ids = [finished(client, ask(name))["id"] for name in ("gradient", "lrp.z")]
    model = sample_models["weather_shortcut"].id
    found = client.get(f"/api/v1/agreement?runs={','.join(ids)}&model={model}").json
    assert [run["analyzer"] for run in found["runs"]] == ["gradient", "lrp.z"] and len(found["images"]) == 2
    assert client.get(f"/api/v1/agreement?runs={ids[0]}&model={model}").status_code == 400


def test_images_are_ranked_over_rest(client, sample_models, sample_datasets):
    body = {
        "models": [sample_models[name].id for name in ("weather_shortcut", "weather_clean")],
        "dataset": sample_datasets["weather"].id,
        "images": list(range(12)),
        "analyzer": "gradient",
    }
    answer = client.post("/api/v1/rankings", json=body)
    assert answer.status_code == 202
    id = answer.json["ranking"]["id"]
    client.application.config["SESSION"].ranking(id).job.ended(120)
    page = client.get(f"/api/v1/rankings/{id}?size=5").json
    values = [row["agreement"] for row in page["rows"]]
    assert page["total"] == 12 and values == sorted(values) and len(values) == 5
    fed = [(model["preprocessing"], model["output_kind"]) for model in page["models"]]
    now = [client.get(f"/api/v1/models/{id}").json for id in body["models"]]
    assert fed == [(model["preprocessing"], model["outputs"]["kind"]) for model in now]
    assert page["images"] == body["images"]
    alike = client.get(f"/api/v1/rankings/{id}?same_answer=true").json
    assert all(row["same_answer"] for row in alike["rows"])
    assert client.post("/api/v1/rankings", json=body | {"models": body["models"][:1]}).status_code == 400


def test_what_is_kept_is_told_without_computing_it(client, session, sample_models, sample_datasets):
    body = {"models": [sample_models["weather_clean"].id], "dataset": sample_datasets["weather"].id}
    body |= {"images": [7, 8], "analyzer": "gradient", "params": {"postprocess": "square"}}
    jobs = len(session.jobs.all())
    assert client.post("/api/v1/explanations/kept", json=body).json == {"kept": False}
    assert len(session.jobs.all()) == jobs, "asking begins nothing"
    finished(client, client.post("/api/v1/explanations", json=body))
    assert client.post("/api/v1/explanations/kept", json=body).json == {"kept": True}
    assert client.post("/api/v1/explanations/kept", json={**body, "images": [7, 9]}).json == {"kept": False}
    assert client.post("/api/v1/explanations/kept", json={**body, "analyzer": "nope"}).status_code == 400


def test_whether_a_ranking_is_kept_is_told_without_computing_it(client, session, sample_models, sample_datasets):
    models = [sample_models[name].id for name in ("weather_clean", "weather_shortcut")]
    body = {"models": models, "dataset": sample_datasets["weather"].id, "images": [4, 9], "analyzer": "gradient"}
    body |= {"params": {"postprocess": "square"}}
    kept = lambda **more: client.post("/api/v1/rankings/kept", json={**body, **more}).json["kept"]  # noqa: E731
    jobs = len(session.jobs.all())
    assert not kept()
    assert len(session.jobs.all()) == jobs, "asking begins nothing"
    session.ranking(client.post("/api/v1/rankings", json=body).json["ranking"]["id"]).job.ended(120)
    assert kept() and kept(measure="iou"), "the same heatmaps are compared by another measure"
    assert not kept(images=[4, 10]) and not kept(images=[]), "no images: all of the dataset"
    assert client.post("/api/v1/rankings/kept", json={**body, "analyzer": "nope"}).status_code == 400
