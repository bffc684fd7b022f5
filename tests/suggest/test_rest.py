"""REST of the suggestions: numbers as the models give them, every selection, and what bad input gets."""

import csv
import io
import json

import numpy as np
import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from innv_gui.session.suggest.suggestion import Suggestion
from innv_gui.web.api.suggestions.answers import suggestion_json
from innv_gui.web.api.suggestions.incoming import GalleryQuery, PlotLook, SelectionQuery
from tests.suggest import twins as twins

MODELS = ("digits_mlp", "digits_cnn", "digits_resnet")
N = 120
SCHEMAS = {
    path: {field.alias or name for name, field in query.model_fields.items()}
    for path, query in {"plots": PlotLook, "images": GalleryQuery, "indices": SelectionQuery}.items()
}


@pytest.fixture(scope="module")
def models(sample_models):
    return [sample_models[name] for name in MODELS]


@pytest.fixture(scope="module")
def made(client, session, models, sample_datasets):
    """A suggestion over all digits, done."""
    body = {"dataset": sample_datasets["digits"].id, "models": [model.id for model in models], "neuron": 3}
    answer = client.post("/api/v1/suggestions", json=body)
    assert answer.status_code == 202, answer.json
    session.suggestion(answer.json["suggestion"]["id"]).job.wait()
    return answer.json["suggestion"]["id"]


@pytest.fixture(scope="module")
def p(session, models, sample_datasets):
    """(M, N, K) float64 class probabilities of the first N digits, by another way through the program."""
    return np.stack([session.predict(model, sample_datasets["digits"][:N]) for model in models]).astype(np.float64)


@pytest.fixture(scope="module")
def ask(client, made):
    def ask(path="", **query):
        return client.get(f"/api/v1/suggestions/{made}{path}", query_string=query)

    return ask


def test_a_suggestion_says_what_it_is_and_has(ask, models, sample_datasets):
    said = ask().json
    assert said["status"] == "done" and said["n_scored"] == said["dataset"]["n"] == len(sample_datasets["digits"])
    assert [model["letter"] for model in said["models"]] == [model.letter for model in models]
    assert all(plot["available"] for plot in said["plots"])
    assert said["labels"]["has"] and len(said["labels"]["classes"]) == 10 and said["labels"]["same"] is None
    kinds = [offer["kind"] for offer in said["lists"]]
    assert {"entropy", "divergence", "label_errors", "near_duplicates"} <= set(kinds)
    assert [f"only_right.{model.id}" for model in models] == [kind for kind in kinds if kind.startswith("only_right")]


def test_a_suggestion_says_how_its_models_were_fed(ask, client, session, models):
    old = models[0]
    before = client.get(f"/api/v1/models/{old.id}").json
    try:
        session.models.change(old.id, preprocessing="none")
        said = ask().json["models"][0]
    finally:
        session.models.change(old.id, preprocessing=old.preprocessing)
    assert said["preprocessing"] == before["preprocessing"] and said["output_kind"] == before["outputs"]["kind"]


def test_the_list_has_the_newest_first(client, made):
    listed = client.get("/api/v1/suggestions").json["suggestions"]
    assert made in [suggestion["id"] for suggestion in listed]


def test_confidence_groups_and_distance_equal_the_plain_loop(ask, p, models, sample_datasets):
    rows = ",".join(map(str, range(N)))
    images = ask("/images", plot="scatter", rows=rows, sort="index", order="asc", size=200).json["images"]
    labels = [int(sample_datasets["digits"][index].label) for index in range(N)]
    for index, image in enumerate(images):
        confidence, n_groups, largest = twins.agreement(p[:, index].argmax(1), p[:, index].max(1))
        assert image["index"] == index and image["value"] == pytest.approx(confidence, abs=1e-4)
        assert image["values"]["confidence"] == image["value"] and image["values"]["n_classes"] == n_groups
        assert image["values"]["distance"] == pytest.approx(twins.distance(p[:, index], labels[index]), abs=1e-6)
        assert image["values"]["entropy"] == pytest.approx(np.mean([twins.entropy(v) for v in p[:, index]]), abs=1e-5)
        assert image["groups"][0]["name"] == str(largest) and len(image["groups"]) == n_groups
        said = {id for group in image["groups"] for id in group["models"]}
        assert said == {model.id for model in models}
        best = image["models"][models[1].id]["top5"]
        assert [entry["class"] for entry in best] == np.argsort(-p[1, index], kind="stable")[:5].tolist()


def test_a_point_is_found_by_its_index_even_where_others_have_the_same_coordinates(ask):
    certain = ask("/images", plot="scatter", x0=99.9, sort="index", order="asc", size=200).json["images"]
    assert len(certain) > 2
    for image in certain[:3]:
        found = ask("/images", plot="scatter", rows=image["index"]).json
        assert found["total"] == 1 and found["images"][0]["index"] == image["index"]


@pytest.mark.parametrize("kind", ["distance", "layer", "neuron"])
@pytest.mark.parametrize("rule", ["sturges", "fd", "7"])
def test_every_image_is_behind_exactly_one_bin(ask, kind, rule, sample_datasets):
    plot = ask(f"/plots/{kind}", rule=rule).json
    assert plot["n"] == len(sample_datasets["digits"]) and not plot["aggregated"]
    seen = []
    for number, entry in enumerate(plot["bins"]):
        found = ask("/indices", plot=kind, rule=rule, bin=number).json
        assert len(found["indices"]) == found["total"] == entry["count"]
        assert entry["label"].startswith(f"{entry['count']} image") and " in bin [" in entry["label"]
        low = float(entry["label"].partition("[")[2].partition(",")[0])
        assert low == pytest.approx(entry["low"], abs=0.005)
        seen += found["indices"]
    assert sorted(seen) == list(range(plot["n"]))


def test_a_bin_of_a_zoomed_histogram_is_the_bin_that_is_drawn(ask):
    plot = ask("/plots/distance", x0=0.1, x1=0.5, rule="4").json
    assert len(plot["bins"]) == 4 and plot["ranges"]["x"] == [0.1, 0.5]
    images = ask("/images", plot="distance", x0=0.1, x1=0.5, rule="4", bin=3, size=200).json
    assert images["total"] == plot["bins"][3]["count"]
    assert all(plot["bins"][3]["low"] <= image["value"] <= 0.5 for image in images["images"])
    values = [image["value"] for image in images["images"]]
    assert values == sorted(values, reverse=True)


def test_distance_to_one_class_tells_which_models_predict_it(ask, p, models):
    plot = ask("/plots/distance", **{"class": "3"}).json
    assert plot["class"] == "3"
    rows = ",".join(map(str, range(40)))
    images = ask("/images", plot="distance", rows=rows, sort="index", order="asc", size=60, **{"class": "3"}).json
    for index, image in enumerate(images["images"]):
        assert image["value"] == pytest.approx(twins.distance(p[:, index], 3), abs=1e-6)
        right = {model.id for m, model in enumerate(models) if p[m, index].argmax() == 3}
        assert set(image["predicting"]) == right


def test_a_label_group_is_measured_against_its_own_class(ask):
    plot = ask("/plots/distance", group="8").json
    assert plot["class"] == "8"
    own = ask("/images", plot="distance", group="8", size=200).json
    assert own["total"] == plot["n"] and {image["label"] for image in own["images"]} == {"8"}


def test_the_mean_over_the_default_layer_is_not_the_constant_of_a_softmax(ask, session, models, sample_datasets):
    for model in models:
        bins = ask("/plots/layer", model=model.id).json
        assert bins["layer"] == model.facts.explained_layer and bins["bins"][-1]["high"] - bins["bins"][0]["low"] > 0.1
    images = ask("/images", plot="layer", model=models[1].id, rows="0,1,2,3", sort="index", order="asc").json["images"]
    from innv_gui.session.explain.request import items_of
    from innv_gui.session.explain.work import prepare

    logits = prepare(session.pool, models[1], items_of(sample_datasets["digits"][:4])[0]).scores
    np.testing.assert_allclose([image["value"] for image in images], logits.mean(1), atol=1e-4)
    neuron = ask("/images", plot="neuron", model=models[1].id, neuron=7, rows="0,1,2,3", sort="index", order="asc").json
    np.testing.assert_allclose([image["value"] for image in neuron["images"]], logits[:, 7], atol=1e-4)


def test_a_box_selects_what_is_drawn_inside_and_a_whole_number_means_the_whole_row(ask):
    everything = ask("/images", plot="scatter", size=200, sort="n_classes").json
    split = [image for image in everything["images"] if image["values"]["n_classes"] == 2]
    assert split
    rows = ask("/indices", plot="scatter", y0=2, y1=2).json["indices"]
    assert {image["index"] for image in split} <= set(rows)
    upper = ask("/indices", plot="scatter", y0=2.0001, y1=2.5).json["indices"]
    lower = ask("/indices", plot="scatter", y0=1.5, y1=2.0001).json["indices"]
    assert sorted(upper + lower) == sorted(rows) and upper and lower
    narrow = ask("/images", plot="scatter", x0=40, x1=60, y0=2, y1=3, size=200).json["images"]
    assert all(40 <= image["values"]["confidence"] <= 60 and image["values"]["n_classes"] >= 2 for image in narrow)


def test_pages_hold_all_images_once(ask):
    total = ask("/images", plot="scatter", size=50).json["total"]
    seen = [
        image["index"]
        for page in range(1, 3 + total // 200)
        for image in ask("/images", plot="scatter", page=page, size=200).json["images"]
    ]
    assert len(seen) == total == len(set(seen))


def test_images_are_sorted_by_what_is_asked(ask):
    for sort in ("value", "confidence", "n_classes", "entropy", "margin", "loss", "distance"):
        images = ask("/images", plot="distance", sort=sort, order="asc", size=60).json["images"]
        values = [image["value"] if sort == "value" else image["values"][sort] for image in images]
        assert values == sorted(values)
    names = [image["name"] for image in ask("/images", plot="distance", sort="name", order="asc").json["images"]]
    from innv_gui.datasets.names import sort_naturally

    assert names == sort_naturally(names)


def test_filters_keep_what_they_say(ask, sample_datasets):
    where = json.dumps({"confidence": ">60", "n_classes": "1..1", "label": ["3", "5"]})
    found = ask("/images", plot="scatter", where=where, size=200).json
    assert found["total"] > 0
    for image in found["images"]:
        assert image["values"]["confidence"] > 60 and image["values"]["n_classes"] == 1 and image["label"] in "35"
    one = sample_datasets["digits"][7].name
    assert ask("/indices", where=json.dumps({"name": one})).json["indices"] == [7]
    said = ask("/images", plot="scatter", where=json.dumps({"predicted": ["8"]})).json["images"]
    assert said and all("8" in [group["name"] for group in image["groups"]] for image in said)


def test_accuracy_is_told_where_labels_and_predictions_meet_with_its_number_of_images(client, ask, session, models):
    told = {model["id"]: model["accuracy"] for model in ask().json["models"]}
    dataset = session.datasets.get(ask().json["dataset"]["id"])
    labels = np.array([int(ref.label) for ref in dataset[:200]])
    said = session.predict(models[0], dataset[:200]).argmax(axis=1)
    assert all(one["n"] == len(dataset) and one["dataset"] == dataset.id for one in told.values())
    assert abs(told[models[0].id]["right"] / len(dataset) - np.mean(said == labels)) < 0.05
    shown = {model["id"]: model["accuracy"] for model in client.get("/api/v1/models").json["models"]}
    assert shown[models[0].id] == told[models[0].id], "Models shows what Suggest shows"


def test_accuracy_is_that_of_all_scores_as_soon_as_they_are_there(ask, session, tmp_path):
    """It once stayed that of the last look but one, after which nobody looked again."""
    old = session.suggestion(ask().json["id"])
    fresh, model = Suggestion(old, old._folders, old.job), old.models[0]
    part = old._folders[model.id] / "part-0000000.parquet"
    part.rename(tmp_path / part.name)
    try:
        before = suggestion_json(fresh)["models"][0]["accuracy"]["n"]
    finally:
        (tmp_path / part.name).rename(part)
    after = suggestion_json(fresh)
    assert before < after["models"][0]["accuracy"]["n"] == after["n_scored"] == len(old)


def test_there_is_no_accuracy_without_labels(client, session, models, tmp_path):
    for number in range(3):
        Image.fromarray(np.full((32, 32), 40 * number, np.uint8)).save(tmp_path / f"{number}.png")
    dataset = session.add_dataset(tmp_path, name="unlabelled")
    body = {"dataset": dataset.id, "models": [models[0].id]}
    id = client.post("/api/v1/suggestions", json=body).json["suggestion"]["id"]
    session.suggestion(id).job.wait()
    assert [model["accuracy"] for model in client.get(f"/api/v1/suggestions/{id}").json["models"]] == [None]


def test_lists_of_a_finished_scoring_are_counted_before_anybody_asks_for_them(client, session, models, sample_datasets):
    body = {"dataset": sample_datasets["digits"].id, "models": [model.id for model in models[:2]]}
    id = client.post("/api/v1/suggestions", json=body).json["suggestion"]["id"]
    session.suggestion(id).job.wait()
    counted = {offer["kind"]: offer["n"] for offer in client.get(f"/api/v1/suggestions/{id}").json["lists"]}
    right = session.suggestion(id).lists.get(f"only_right.{models[0].id}")
    assert counted[right.offer.name] == np.isfinite(right.values).sum()
    assert [kind for kind, n in counted.items() if n is None] == ["near_duplicates", "least_similar"]


def test_every_list_has_a_reason_with_numbers_for_each_image(ask):
    for offer in ask().json["lists"]:
        assert offer["available"], offer
        found = ask("/images", list=offer["kind"], size=5)
        assert found.status_code == 200, found.json
        assert found.json["total"] <= 200
        for image in found.json["images"]:
            assert image["reason"].endswith(".") and any(letter.isdigit() for letter in image["reason"])
    assert ask("/images", list="margin", size=3).json["images"][0]["reason"].startswith("Only 0.")
    counted = {offer["kind"]: offer["n"] for offer in ask().json["lists"]}
    assert counted["entropy"] == ask().json["dataset"]["n"]


def test_only_one_model_is_right_where_the_list_says_so(ask, models):
    for model in models:
        for image in ask("/images", list=f"only_right.{model.id}").json["images"]:
            groups = {group["name"]: group["models"] for group in image["groups"]}
            assert groups[image["label"]] == [model.id]


def test_top_lists_are_diverse(ask, session, made):
    suggestion = session.suggestion(made)
    rows = np.array(ask("/indices", list="disagreement").json["indices"])
    features = suggestion.lists._ground.features.of(rows)
    assert len(rows) > 3 and (features @ features.T - np.eye(len(rows))).max() <= 0.98 + 1e-5


def test_scores_can_be_downloaded(ask, session, made, models, p):
    from_csv = pandas.read_csv(io.BytesIO(ask("/scores.csv").data), dtype={"label": str})
    from_parquet = pandas.read_parquet(io.BytesIO(ask("/scores.parquet").data))
    frame = session.suggestion(made).scores
    assert list(from_csv) == list(from_parquet) == list(frame) and len(from_csv) == len(frame)
    assert list(frame)[:5] == ["image", "label", "confidence", "n_classes", "distance"]
    assert {f"{model.name}.{what}" for model in models for what in ("mean_activation", "activation")} <= set(frame)
    top = frame[f"{models[0].name}.probability"].to_numpy()[:N]
    np.testing.assert_allclose(top, p[0].max(1), atol=1e-6)
    assert frame[f"{models[0].name}.class"][:N].tolist() == [str(class_) for class_ in p[0].argmax(1)]


def test_a_plot_is_a_bokeh_item_whose_references_are_in_order(ask):
    for kind in ("scatter", "distance", "layer", "neuron"):
        plot = ask(f"/plots/{kind}", theme="dark", width=400, height=300).json
        assert plot["item"]["doc"]["roots"] and plot["item"]["root_id"]
        assert 0 < len(plot["table"]) <= 200 and set(plot["ranges"]) == {"x", "y"}


def test_above_fifty_thousand_points_cells_with_an_example_are_sent(ask, monkeypatch):
    from innv_gui.plots import suggest_figures

    monkeypatch.setattr(suggest_figures, "POINTS_AT_MOST", 100)
    monkeypatch.setattr(suggest_figures, "DOTS_IN_PART", 100)
    plot = ask("/plots/scatter").json
    assert plot["aggregated"] and sum(cell["count"] for cell in plot["cells"]) == plot["n"]
    for cell in plot["cells"][:5]:
        image = ask("/images", rows=cell["example"]).json["images"][0]
        assert cell["low"] <= image["values"]["confidence"] <= cell["high"]
        assert image["values"]["n_classes"] == cell["n_classes"]
    close = ask("/plots/scatter", x0=40, x1=60, y0=0.5, y1=3.5).json
    assert not close["aggregated"] and close["n"] < 100


def test_a_basket_is_saved_as_a_list_and_loaded_again(client, sample_datasets):
    id = sample_datasets["digits"].id
    text = client.get(f"/api/v1/datasets/{id}/list.csv?indices=5,3,900").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["index"] for row in rows] == ["5", "3", "900"] and rows[0]["image"] == sample_datasets["digits"][5].name
    for sent in (
        {"json": {"text": text}},
        {"data": text.encode(), "content_type": "text/csv"},
        {"data": text.replace(",", "\t").encode("utf-16"), "content_type": "text/csv"},
        {"data": {"file": (io.BytesIO(text.encode()), "list.csv")}, "content_type": "multipart/form-data"},
    ):
        read = client.post(f"/api/v1/datasets/{id}/list", **sent).json
        assert read == {"indices": [5, 3, 900], "unknown": [], "n_unknown": 0}
    plain = client.post(f"/api/v1/datasets/{id}/list", json={"text": f"7\n{rows[0]['image']}\nnobody.png\n7\n999999\n"})
    assert plain.json == {"indices": [7, 5], "unknown": ["nobody.png", "999999"], "n_unknown": 2}
    client.put("/api/v1/basket", json={"dataset": id, "images": [11, 2]})
    saved = client.get(f"/api/v1/datasets/{id}/list.csv").get_data(as_text=True)
    assert [row["index"] for row in csv.DictReader(io.StringIO(saved))] == ["11", "2"]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("/plots/layer", {"layer": "nowhere"}, "layer"),
        ("/plots/layer", {"model": "m999"}, "model"),
        ("/plots/neuron", {"neuron": 10}, "neuron"),
        ("/plots/neuron", {"neuron": -1}, "neuron"),
        ("/plots/distance", {"class": "zebra"}, "class"),
        ("/plots/distance", {"group": "zebra"}, "group"),
        ("/plots/distance", {"rule": "0"}, "rule"),
        ("/plots/distance", {"rule": "9" * 30}, "rule"),
        ("/plots/distance", {"x0": "nan"}, "x0"),
        ("/plots/distance", {"theme": "pink"}, "theme"),
        ("/plots/distance", {"unknown": "1"}, "unknown"),
        ("/plots/scatter", {"where": "{"}, "where"),
        ("/plots/scatter", {"where": '{"price": ">1"}'}, "where"),
        ("/plots/scatter", {"where": '{"confidence": "1; drop table"}'}, "where"),
        ("/images", {"list": "nothing"}, "list"),
        ("/images", {"plot": "distance", "bin": 99}, "bin"),
        ("/images", {"plot": "scatter", "bin": 0}, "bin"),
        ("/images", {"bin": 0}, "plot"),
        ("/images", {"rows": "1,x"}, "rows"),
        ("/images", {"rows": "1", "list": "entropy"}, "list"),
        ("/images", {"plot": "distance", "sort": "beauty"}, "sort"),
        ("/images", {"page": 0}, "page"),
        ("/images", {"size": 1000}, "size"),
    ],
)
def test_what_is_not_there_is_refused_by_name(ask, path, query, field):
    answer = ask(path, **query)
    assert answer.status_code == 400, answer.json
    error = answer.json["error"]
    assert error["field"] == field and error["message"].endswith(".") and "Traceback" not in answer.text


TEXTS = st.sampled_from(
    ["", "3", "zebra", "m1", "logits", "sturges", "0", "-1", "1e99", "a,b", "{}", "\x00", "entropy", "%"]
)
NUMBERS = st.one_of(st.integers(-5, 2000), st.floats(allow_nan=True), st.sampled_from([2**31, 10**30]))
VALUES = {
    **dict.fromkeys(("x0", "x1", "y0", "y1", "neuron", "bin", "page", "size", "width", "rows"), NUMBERS),
    **dict.fromkeys(("model", "layer", "class", "group", "rule", "list", "sort", "order", "theme"), TEXTS),
    "plot": st.sampled_from(["scatter", "distance", "layer", "neuron", "pie"]),
    "where": st.sampled_from(['{"confidence": ">50"}', '{"label": "3"}', "[]", '{"name": 3}', '{"margin": "1..0"}']),
}
PLAIN = settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize(
    "path", ["/plots/scatter", "/plots/distance", "/plots/layer", "/plots/neuron", "/images", "/indices"]
)
def test_no_query_about_what_is_there_is_answered_by_a_500(ask, path):
    known = SCHEMAS[path.split("/")[1]]

    @PLAIN
    @given(query=st.fixed_dictionaries({}, optional={name: VALUES[name] for name in VALUES if name in known}))
    def run(query):
        answer = ask(path, **query)
        assert answer.status_code in (200, 400), (query, answer.json)
        assert answer.status_code == 200 or answer.json["error"]["message"]
        json.loads(answer.get_data(as_text=True), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))

    run()


def test_allowed_values_come_with_the_refusal(ask, models):
    assert ask("/plots/distance", **{"class": "zebra"}).json["error"]["allowed"][:2] == ["0", "1"]
    assert "sturges" in ask("/plots/distance", rule="best").json["error"]["allowed"]
    assert models[0].id in ask("/plots/layer", model="m999").json["error"]["allowed"]
    assert "entropy" in ask("/images", list="nothing").json["error"]["allowed"]


def test_what_cannot_be_scored_is_refused(client, session, models, sample_models, sample_datasets, made):
    def post(**body):
        body = {"dataset": sample_datasets["digits"].id, "models": [models[0].id]} | body
        return client.post("/api/v1/suggestions", json=body)

    assert post(models=[]).status_code == 400 and post(models=["m999"]).status_code == 404
    assert post(dataset="d999").status_code == 404 and post(**{"class": "zebra"}).status_code == 400
    assert post(**{"class": "²"}).status_code == post(**{"class": "9" * 5000}).status_code == 400
    assert post(neuron=10).status_code == 400 and post(layers={models[0].id: "nowhere"}).status_code == 400
    assert client.get("/api/v1/suggestions/s-none").status_code == 404
    assert client.get(f"/api/v1/suggestions/{made}/plots/pie").status_code == 404


def test_kept_scores_are_told_without_computing_any(client, made, session, models, sample_datasets):
    body = {"dataset": sample_datasets["digits"].id, "models": [model.id for model in models]}
    kept = lambda **more: client.post("/api/v1/suggestions/kept", json={**body, **more}).json["kept"]  # noqa: E731
    jobs = len(session.jobs.all())
    assert kept() and not kept(layers={models[1].id: models[1].layers[1].name})
    assert not kept(dataset=sample_datasets["weather"].id, models=body["models"][:1])
    assert len(session.jobs.all()) == jobs
