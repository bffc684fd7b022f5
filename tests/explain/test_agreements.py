"""Agreement of models and methods on the product's own maps, and images ranked by disagreement."""

import io
import time
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from scipy.stats import spearmanr

from innv_gui.cluster.jobs import Job
from innv_gui.errors import BadInput, Cancelled
from innv_gui.records import Problem
from innv_gui.session.explain.agreement import Agreement, comparable
from innv_gui.session.explain.agreements import between_runs
from innv_gui.session.explain.ranking import Ranked, Ranking
from innv_gui.web.app import create_app

RNG = np.random.default_rng(5)
TOKEN = "t" * 32
WEATHER = ("weather_shortcut", "weather_clean")


def kept(values, size=(30, 60)):
    return SimpleNamespace(values=np.asarray(values, np.float32)[None, ..., None], image_size=size)


def model(resize="stretch"):
    return SimpleNamespace(id="m", preprocessing=SimpleNamespace(resize=resize))


def test_the_same_model_twice_is_neither_explained_nor_ranked(session, sample_models, sample_datasets):
    twice, images = [sample_models[WEATHER[0]]] * 2, sample_datasets["weather"][:3]
    for ask in (session.explain, session.rank_by_disagreement):
        with pytest.raises(BadInput, match="same model was given twice"):
            ask(twice, images, "gradient")


def test_a_runs_agreement_is_scipys_on_its_maps(session, sample_models, sample_datasets):
    models = [sample_models[name] for name in WEATHER]
    run = session.explain(models, sample_datasets["weather"][:3], "lrp.epsilon")
    found = run.agreement("spearman")
    assert found.shape == (3, 2, 2)
    for row in range(3):
        one, other = (run[model].maps[row, 0].sum(axis=-1).ravel() for model in models)
        assert found[row, 0, 1] == found[row, 1, 0] == pytest.approx(spearmanr(one, other).statistic, abs=1e-6)
        assert found[row, 0, 0] == pytest.approx(1)
    assert run.agreement("iou").max() == 1


def test_methods_are_compared_under_one_model(session, sample_models, sample_datasets):
    images, chosen = sample_datasets["weather"][:2], sample_models["weather_clean"]
    runs = [session.explain([chosen], images, name) for name in ("gradient", "lrp.epsilon", "gradient")]
    found = between_runs(runs, chosen)
    assert found.matrices.shape == (2, 3, 3) and found.mean[0, 2] == pytest.approx(1)
    assert found.mean[0, 1] < 0.99 and found.counts.min() == 2


def test_maps_of_different_sizes_meet_in_the_image():
    small, large = RNG.normal(size=(8, 8)), np.zeros((16, 16))
    large += np.kron(small, np.ones((2, 2)))
    one, other = comparable([(model(), kept(small)), (model(), kept(large))])
    assert one.shape == other.shape == (30, 60)
    assert spearmanr(one.ravel(), other.ravel()).statistic > 0.9


def test_maps_of_the_same_geometry_are_not_touched():
    values = RNG.normal(size=(8, 8)).astype(np.float32)
    one, none = comparable([(model(), kept(values)), None])
    np.testing.assert_array_equal(one, values.astype(np.float64))
    assert none is None


def test_arrays_of_different_sizes_are_refused():
    with pytest.raises(BadInput, match="cannot be compared"):
        comparable([(model(), kept(np.ones((8, 8)), None)), (model(), kept(np.ones((4, 4)), None))])


def test_mean_and_spread_leave_out_what_has_no_number():
    matrices = np.array([[[1, 0.2], [0.2, 1]], [[1, np.nan], [np.nan, 1]], [[1, 0.6], [0.6, 1]]])
    found = Agreement("spearman", matrices)
    assert found.mean[0, 1] == pytest.approx(0.4) and found.spread[0, 1] == pytest.approx(0.2)
    assert found.counts[0, 1] == 2
    assert np.isnan(Agreement("spearman", np.full((2, 1, 1), np.nan)).mean).all()


def test_a_ranking_puts_least_agreement_first_and_no_number_last():
    ranking, job = Ranking(None, "spearman"), Job("rank", "", 4, "images")
    for position, agreement in enumerate((0.9, float("nan"), -0.2, 0.9)):
        ranking.put(Ranked(position, position, "", None, agreement, (("a", 0.9), ("a" if position else "b", 0.8))), job)
    assert [row.position for row in ranking.rows] == [2, 0, 3, 1]
    assert [row.same_answer for row in ranking.rows] == [True, False, True, True]


def test_images_come_in_the_same_order_however_they_arrive():
    agreements = [0.5, float("nan"), 0.5, -1.0, float("nan"), 1.0, 0.0]
    for seed in range(20):
        ranking, job = Ranking(None, "spearman"), Job("rank", "", 7, "images")
        for position in np.random.default_rng(seed).permutation(7).tolist():
            ranking.put(Ranked(position, position, "", None, agreements[position], (("a", 1.0),)), job)
        assert [row.position for row in ranking.rows] == [3, 6, 0, 2, 5, 1, 4]


def test_what_a_cancelled_ranking_shows_changes_no_more():
    ranking, job = Ranking(None, "spearman"), Job("rank", "", 2, "images")
    ranking.put(Ranked(0, 0, "", None, 0.5, (("a", 1.0),)), job)
    job.cancel()
    with pytest.raises(Cancelled):
        ranking.put(Ranked(1, 1, "", None, 0.1, (("a", 1.0),)), job)
    with pytest.raises(Cancelled):
        ranking.leave_out(Problem("b.png", "It cannot be read."), job)
    assert [row.position for row in ranking.rows] == [0] and not ranking.problems


def test_ranking_is_the_order_of_the_runs_agreement(session, sample_models, sample_datasets):
    models, images = [sample_models[name] for name in WEATHER], sample_datasets["weather"][:20]
    ranking = session.rank_by_disagreement(models, images, "grad_cam")
    wanted = session.explain(models, images, "grad_cam").agreement()[:, 0, 1]
    rows = ranking.rows
    order = np.argsort(np.where(np.isnan(wanted), np.inf, wanted), kind="stable")
    assert [row.position for row in rows] == order.tolist()
    np.testing.assert_allclose([row.agreement for row in rows], wanted[order], atol=1e-9)
    probabilities = session.predict(models[0], images)
    assert [row.answers[0][1] for row in rows] == pytest.approx(probabilities.max(axis=1)[order].tolist())


def test_one_model_cannot_disagree(session, sample_models, sample_datasets):
    with pytest.raises(BadInput, match="two or more models"):
        session.rank_by_disagreement(sample_models["weather_clean"], sample_datasets["weather"][:2], "gradient")


def test_an_unknown_measure_names_the_known_ones(session, sample_models, sample_datasets):
    models = [sample_models[name] for name in WEATHER]
    with pytest.raises(BadInput, match="spearman or iou"):
        session.rank_by_disagreement(models, sample_datasets["weather"][:2], "gradient", measure="cosine")


@pytest.fixture(scope="module")
def client(session):
    client = create_app(session, TOKEN).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return client


@pytest.fixture
def ranked(client, session, sample_models, sample_datasets):
    """Posts a ranking and waits for its end -> its id."""

    def ranked(images, dataset=None, **more):
        models = [sample_models[name].id for name in WEATHER]
        dataset = dataset or sample_datasets["weather"].id
        body = {"models": models, "dataset": dataset, "images": images, "analyzer": "gradient", **more}
        answer = client.post("/api/v1/rankings", json=body)
        assert answer.status_code == 202, answer.json
        id = answer.json["ranking"]["id"]
        assert session.ranking(id).job.ended(120)
        return id

    return ranked


def test_a_ranking_over_rest_tells_what_it_was_made_by_and_how_many_answer_alike(client, ranked, sample_datasets):
    id = ranked([7, 3, 11, 40], params={"postprocess": "abs"}, measure="iou")
    found = client.get(f"/api/v1/rankings/{id}?size=2").json
    assert found["dataset"] == sample_datasets["weather"].id and found["n_images"] == 4
    assert found["params"]["postprocess"] == "abs" and found["measure"] == "iou" and found["unchecked"] is False
    everything = client.get(f"/api/v1/rankings/{id}").json
    assert sorted(row["index"] for row in everything["rows"]) == [3, 7, 11, 40]
    assert everything["n_ranked"] == found["n_ranked"] == 4
    alike = [row for row in everything["rows"] if len({answer["class"] for answer in row["answers"]}) == 1]
    assert found["n_same_answer"] == len(alike)
    for same in (True, False):
        page = client.get(f"/api/v1/rankings/{id}?same_answer={same}").json
        assert page["total"] == len(page["rows"]) == (len(alike) if same else 4 - len(alike))
        assert page["rows"] == [row for row in everything["rows"] if row["same_answer"] is same]


def test_the_heatmaps_of_a_rankings_first_pages_can_be_looked_at(client, ranked, session, sample_models, monkeypatch):
    monkeypatch.setattr("innv_gui.session.explain.ranking.MOST_SHOWN", 2)
    id = ranked([21, 22, 23, 24, 25, 26], params={"postprocess": "none"})
    rows = client.get(f"/api/v1/rankings/{id}").json["rows"]
    for same in {row["same_answer"] for row in rows}:
        of_list = [row for row in rows if row["same_answer"] is same]
        assert all(row["maps"] for row in of_list[:2])
    model = sample_models[WEATHER[0]].id
    picture = client.get(f"/api/v1/rankings/{id}/maps/{model}/{rows[0]['index']}.png")
    assert Image.open(io.BytesIO(picture.data)).size == (256, 256)
    for wrong in (f"{model}/999", f"m999/{rows[0]['index']}"):
        refused = client.get(f"/api/v1/rankings/{id}/maps/{wrong}.png")
        assert refused.status_code == 404 and "No heatmap" in refused.json["error"]["message"]


def test_an_image_that_cannot_be_used_is_listed_with_its_reason(client, ranked, session, tmp_path):
    for name, value in (("a", 20), ("b", 90), ("c", 200)):
        Image.fromarray(RNG.integers(0, value, (64, 64, 3), np.uint8)).save(tmp_path / f"{name}.png")
    dataset = session.add_dataset(tmp_path, name="partly gone")
    (tmp_path / "b.png").unlink()
    found = client.get(f"/api/v1/rankings/{ranked([], dataset.id)}").json
    assert found["status"] == "done" and [row["name"] for row in found["rows"]] != ["b.png"]
    assert sorted(row["name"] for row in found["rows"]) == ["a.png", "c.png"]
    assert found["n_problems"] == 1 and found["problems"][0]["name"] == "b.png" and found["problems"][0]["reason"]


def test_a_cancelled_ranking_keeps_what_it_has(client, session, sample_models, sample_datasets):
    models = [sample_models[name] for name in WEATHER]
    body = {
        "models": [model.id for model in models],
        "dataset": sample_datasets["weather"].id,
        "analyzer": "smoothgrad",
    }
    ranking = session.ranking(client.post("/api/v1/rankings", json=body).json["ranking"]["id"])
    until = time.monotonic() + 120
    while not ranking.rows and time.monotonic() < until:
        time.sleep(0.02)
    client.delete(f"/api/v1/jobs/{ranking.job.id}")
    assert ranking.job.ended(60)
    found = client.get(f"/api/v1/rankings/{ranking.id}").json
    assert found["status"] == "cancelled"
    assert 0 < found["n_ranked"] == len(ranking.rows) < found["n_images"] == len(sample_datasets["weather"])


def test_runs_of_other_images_are_not_compared_by_their_file_names(session, sample_models, sample_datasets):
    model = sample_models["digits_mlp"]
    runs = [session.explain(model, sample_datasets[name][:1], "gradient") for name in ("digits", "weather")]
    with pytest.raises(BadInput, match="different datasets"):
        between_runs(runs, model)
