"""Measured explanations through a session: what is kept, what is measured again, what fails alone."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from innv_gui.errors import AnalyzerRefused, BadInput, Cancelled
from innv_gui.samples.own_masks import own_mask
from innv_gui.session.explain.request import Item
from innv_gui.session.trust.opened import opened
from innv_gui.session.trust.record import Trust
from innv_gui.session.trust.regions import check_regions
from innv_gui.session.trust.report import report
from innv_gui.session.trust.request import check_trust
from innv_gui.session.trust.work import Kept
from innv_gui.store.measurements import MeasurementStore
from innv_gui.trust import ordering

METHODS = ["grad_cam", "gradient"]


@pytest.fixture(scope="module")
def model(sample_models):
    return sample_models["digits_cnn"]


@pytest.fixture(scope="module")
def digits(sample_datasets):
    return sample_datasets["digits"][[3, 400, 800]]


@pytest.fixture(scope="module")
def trust(session, model, digits):
    regions = {3: [(0.2, 0.1, 0.8, 0.9)], 800: np.eye(32, dtype=bool)}
    return session.trust(model, digits, METHODS, regions=regions)


def test_every_number_is_in_the_frame(trust, model):
    frame = trust.frame
    assert list(frame.columns) == ["model", "method", "control", "metric", "fill", "image", "name", "value"]
    counts = frame.groupby(["method", "metric"]).size()
    assert counts["grad_cam", "deletion"] == 3 * 2  # fills
    assert counts["grad_cam", "region_mass"] == 2  # images with a region
    assert counts["grad_cam", "sanity"] == counts["grad_cam", "stability"] == 3
    assert ("control:edges", "sanity") not in counts
    assert np.isfinite(frame["value"]).all()
    assert set(trust.summary["method"]) == {"grad_cam", "gradient", "control:random", "control:edges", "control:centre"}


def test_areas_are_those_of_the_kept_curves(trust, model):
    shares, p = trust.curves(model, "grad_cam", "blur", "deletion")
    assert p.shape == (3, 11)
    np.testing.assert_allclose(trust.values(model, "grad_cam", "deletion", "blur"), ordering.area(p, shares))
    both = [trust.values(model, "grad_cam", "deletion", fill) for fill in ("blur", "mean")]
    np.testing.assert_allclose(trust.values(model, "grad_cam", "deletion"), np.mean(both, axis=0))
    difference = trust.values(model, "grad_cam", "insertion") - trust.values(model, "grad_cam", "deletion")
    np.testing.assert_allclose(trust.values(model, "grad_cam", "difference"), difference)


def test_curves_begin_with_the_networks_own_answer(trust, session, model, digits):
    p = session.predict(model, digits)
    np.testing.assert_allclose(trust.curves(model, "gradient", "mean", "deletion")[1][:, 0], p.max(axis=1), atol=1e-6)
    np.testing.assert_allclose(trust.curves(model, "gradient", "mean", "insertion")[1][:, -1], p.max(axis=1), atol=1e-6)


def test_a_second_time_nothing_is_computed(trust, session, model, digits):
    request = trust.request
    assert session.trust_cost(request).kept == request.total_passes
    again = session.start_trust(request)
    again.job.wait()
    assert again.job.rate is None  # no step was made
    pd.testing.assert_frame_equal(again.frame, trust.frame)


@pytest.mark.parametrize("name", ["gradient", "smoothgrad"])
@pytest.mark.parametrize(("postprocess", "signed"), [("none", True), ("abs", False), ("square", False)])
def test_a_map_that_its_settings_make_signed_ranks_by_its_positive_part(
    session, model, digits, monkeypatch, name, postprocess, signed
):
    asked, evidence = [], ordering.evidence
    monkeypatch.setattr(
        ordering, "evidence", lambda values, signed: (asked.append(signed), evidence(values, signed))[1]
    )
    params = {"postprocess": postprocess} | ({"augment_by_n": 2} if name == "smoothgrad" else {})
    trust = session.trust(model, digits[:1], [(name, params)], ["deletion"], fills=("grey",), steps=50)
    session.trusts.replaced(trust, model, trust.request.methods[0].name, "grey", 3, 0.5, False)
    assert set(asked[-1:]) == {signed}
    assert signed in asked[:-1]


def test_what_is_damaged_is_measured_again_with_the_same_numbers(trust, session, monkeypatch):
    monkeypatch.setattr(
        session.trusts, "_store", MeasurementStore(session.workspace.part("trust"))
    )  # as after a restart
    kept = sorted(session.workspace.part("trust").rglob("*.json"))
    for path in kept[::5]:
        path.write_bytes(path.read_bytes()[:-7])
    again = session.start_trust(trust.request)
    again.job.wait()
    assert again.job.rate
    ranks = trust.frame["metric"] == "sanity"  # a last digit of another batch size ranks a plateau otherwise
    pd.testing.assert_frame_equal(again.frame[~ranks], trust.frame[~ranks], rtol=1e-5)
    pd.testing.assert_frame_equal(again.frame[ranks], trust.frame[ranks], atol=1e-4)


def test_a_cancelled_table_goes_on_where_it_stopped(session, model, digits):
    request = check_trust(model, digits, ["gradient", "smoothgrad"], ["deletion", "stability"], steps=20)
    first = session.start_trust(request)
    while not first.records(model, "control:centre", "replacement"):
        assert first.job.status in ("queued", "running")
    first.job.cancel()
    with pytest.raises(Cancelled):
        first.job.wait()
    kept = session.trust_cost(request).kept
    assert kept > 0
    second = session.start_trust(request)
    second.job.wait()
    assert second.job.done == request.total_passes
    assert np.isfinite(second.values(model, "smoothgrad", "stability")).all()


def test_a_method_that_the_model_cannot_take_fails_alone(session, sample_models, digits):
    mlp = sample_models["digits_mlp"]
    found = session.trust(mlp, digits, ["grad_cam", "gradient"], ["deletion"])
    assert isinstance(found.failures[mlp.id, "grad_cam"], AnalyzerRefused)
    assert np.isfinite(found.values(mlp, "gradient", "deletion")).all()
    assert "grad_cam" in found.job.message
    with pytest.raises(AnalyzerRefused):
        session.trust(mlp, digits, ["grad_cam"], ["deletion"])


def test_an_image_that_cannot_be_read_is_left_out_alone(session, model, tmp_path):
    rng = np.random.default_rng(0)
    for name in ("a", "b"):
        Image.fromarray(rng.integers(0, 255, (32, 32), np.uint8)).save(tmp_path / f"{name}.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    found = session.trust(
        model, [tmp_path / name for name in ("a.png", "broken.png", "b.png")], ["gradient"], "deletion"
    )
    assert [problem.name for problem in found.problems] == ["broken.png"]
    assert np.isfinite(found.values(model, "gradient", "deletion")).tolist() == [True, False, True]


def test_the_same_method_twice_is_named_by_its_settings(session, model, digits):
    methods = [("lrp.epsilon", {"epsilon": 0.1}), "lrp.epsilon", "lrp.epsilon"]
    request = check_trust(model, digits, methods, ["sparseness"])
    assert [row.name for row in request.rows if not row.is_control] == ["lrp.epsilon (epsilon 0.1)", "lrp.epsilon"]


def test_network_input_is_measured_as_it_is(session, model):
    x = np.random.default_rng(1).random((2, 32, 32, 1), np.float32)
    found = session.trust(model, x, ["gradient"], ["difference", "region_mass"], regions={0: np.ones((32, 32))})
    assert found.values(model, "gradient", "region_mass")[0] == pytest.approx(1)
    assert np.isfinite(found.values(model, "gradient", "difference")).all()


def test_masks_of_a_folder_go_by_name(session, model, digits, tmp_path, trust):
    items = check_trust(model, digits, METHODS).items
    half = np.zeros((64, 64), np.uint8)
    half[:32] = 255
    Image.fromarray(half).save(tmp_path / f"{items[1].name.rpartition('/')[2].rpartition('.')[0]}.png")
    found = session.trust(model, digits, ["gradient"], ["region_mass", "pointing"], regions=tmp_path)
    known = np.isfinite(found.values(model, "gradient", "region_mass"))
    assert known.tolist() == [False, True, False]
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match="No mask in empty"):
        check_trust(model, digits, METHODS, regions=tmp_path / "empty")


def test_a_name_that_two_images_have_is_refused():
    items = [Item(0, "0.png"), Item(1, "0.png"), Item(2, "1.png")]
    with pytest.raises(BadInput, match="2 images are called '0.png'"):
        check_regions({"0.png": [(0, 0, 1, 1)]}, items)
    assert set(check_regions({0: [(0, 0, 1, 1)], "1.png": [(0, 0, 1, 1)]}, items).of) == {0, 2}


def test_an_image_that_is_named_twice_is_refused():
    with pytest.raises(BadInput, match="The image '1.png' has two regions"):
        check_regions({2: [(0, 0, 1, 1)], "1.png": [(0, 0, 0.5, 1)]}, [Item(2, "1.png")])


@pytest.mark.parametrize(
    ("wishes", "field", "words"),
    [
        ({"methods": []}, "methods", "No method"),
        ({"methods": [3]}, "methods", "Expected a method's name"),
        ({"methods": ["nix"]}, "analyzer", "nix"),
        ({"methods": [("lrp.epsilon", {"epsilon": -1})]}, "params.epsilon", "epsilon"),
        ({"metrics_": ["nix"]}, "metrics", "Unknown metric"),
        ({"fills": []}, "fills", "No fill"),
        ({"fills": ["pink"]}, "fills", "Unknown fill"),
        ({"steps": 11}, "steps", "10, 20, 50"),
        ({"steps": True}, "steps", "10, 20, 50"),
        ({"regions": {99: [(0, 0, 1, 1)]}}, "regions", "not one of the images"),
        ({"regions": {3: [(0.5, 0, 0.4, 1)]}}, "regions", "Expected a box"),
        ({"regions": {3: [(0, 0, float("nan"), 1)]}}, "regions", "Expected a box"),
        ({"regions": {3: []}}, "regions", "1 to 50 boxes"),
        ({"regions": {3: np.zeros((2, 2, 2))}}, "regions", "Expected a mask"),
        ({"regions": "/nowhere"}, "regions", "no folder"),
        ({"regions": 3}, "regions", "Expected regions"),
        ({"class_": "nix"}, "class", "no class"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_its_field(model, digits, wishes, field, words):
    with pytest.raises(BadInput, match=words) as refused:
        check_trust(model, digits, **wishes)
    assert refused.value.field == field


def test_a_row_opens_to_curves_images_and_stages(trust, model):
    found = opened(trust, model, "grad_cam", "mean")
    assert list(found.curves["deletion"]) == ["grad_cam", *[n for n in found.curves["deletion"] if n != "grad_cam"]]
    mean, low, high = found.curves["insertion"]["grad_cam"]
    assert (low <= mean + 1e-9).all() and (mean <= high + 1e-9).all()
    assert [one.difference for one in found.images] == sorted(one.difference for one in found.images)
    assert len(found.stages) == 3
    assert "controls" in found.verdict or "does not beat" in found.verdict
    with pytest.raises(BadInput, match="no method"):
        opened(trust, model, "nix")
    with pytest.raises(BadInput, match="not measured"):
        opened(trust, model, "grad_cam", "grey")


def test_pictures_and_maps_behind_a_row_are_there(trust, session, model):
    for row in ("grad_cam", "control:edges"):
        assert session.trusts.replaced(trust, model, row, "blur", 400, 0.3, False).startswith(b"\x89PNG")
    stages = [session.trusts.stage(trust, model, "gradient", 400, stage) for stage in range(4)]
    assert {one.shape for one in stages} == {(32, 32)}
    assert np.abs(stages[0] - stages[3]).max() > 0.1


def test_the_report_is_a_whole_page_without_foreign_markup(trust, model):
    page = "".join(report(trust))
    assert page.startswith("<!doctype html>") and page.endswith("</html>")
    assert "<script" not in page
    assert trust.advice(model).sentence.split("(")[0] in page
    assert page.count("<figure>") == 4


def test_the_key_holds_all_that_changes_a_number(session, model, digits, trust):
    plain = check_trust(model, digits, METHODS, ["difference"])
    variants = [
        check_trust(model, digits, METHODS, ["difference"], fills=["grey"]),
        check_trust(model, digits, METHODS, ["difference"], steps=20),
        check_trust(model, digits, METHODS, ["difference"], class_=1),
    ]
    keys = set()
    for request in (plain, *variants):
        row = request.rows[-1]
        keys.add(Kept(Trust(request), None).key(model, row, "replacement", 0))
        keys.add(Kept(Trust(request), None).key(model, request.rows[0], "replacement", 0))
    assert len(keys) == 8


def test_a_sample_set_knows_where_its_evidence_is(session, sample_models, sample_datasets):
    weather, model = sample_datasets["weather"], sample_models["weather_clean"]
    metrics = ["region_mass", "pointing"]
    found = session.trust(model, weather[[3, 200]], ["gradient"], metrics, regions="samples")
    assert set(found.frame["image"]) == {3, 200} and set(found.frame["metric"]) == set(metrics)
    mask = own_mask(weather.collection.ref(3).path)
    assert 0.2 < mask.mean() < 0.9 and mask[-1].all() and not mask[0].all()  # ground below, sky above
    with pytest.raises(BadInput, match="no masks of their own"):
        check_trust(sample_models["digits_cnn"], sample_datasets["digits"][:2], ["gradient"], regions="samples")
