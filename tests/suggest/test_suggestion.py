"""The suggestion as Python sees it: its frame, figures and files, for one, two and four models, good and bad images."""

import json
import threading

import numpy as np
import pandas
import pytest
from PIL import Image

from innv_gui.cluster.jobs import Job
from innv_gui.datasets.collection import ProblemList, of_files
from innv_gui.errors import BadInput
from innv_gui.records import LabelClass, replace
from innv_gui.session.datasets import Dataset
from innv_gui.session.labels import class_of_label
from innv_gui.session.suggest.request import SuggestionRequest
from innv_gui.session.suggest.selection import Choice, select
from innv_gui.session.suggest.suggestion import Suggestion
from innv_gui.session.suggest.views import PlotWish
from innv_gui.suggestions.classes import common_classes
from innv_gui.suggestions.neighbours import apart
from tests.scoring.score_folders import Folder
from tests.suggest import twins as twins
from tests.suggest.made_suggestions import CLASSES, K, model_of


def dataset_of(n, labels=None):
    files = [f"{index}.png" for index in range(n)]
    return Dataset("d", "made", of_files("made", "folder", "/nowhere", files, labels, ProblemList()))


def suggestion_of(tmp_path, p, labels=None, models=None, bad=(), class_=None, neurons=None, write=True, names=None):
    """p (M, N, K); labels: names."""
    models = models or [model_of(position, p.shape[2]) for position in range(len(p))]
    dataset = dataset_of(p.shape[1], labels)
    folders = {}
    for model, own in zip(models, p, strict=True):
        class_of = class_of_label(model, dataset) if labels else {}
        classes = [class_of.get(label, -1) for label in labels or ()]
        folder = Folder(tmp_path / model.id, own, classes or None, bad=bad)
        folders[model.id] = folder.write() if write else folder
    job = Job("score", "Scoring", 1, "images")
    job.run(lambda job: job.step())
    layers = {model.id: "logits" for model in models}
    request = SuggestionRequest(tuple(models), dataset, layers, neurons or {}, class_, {}, layers)
    return Suggestion(request, {id: folder.path for id, folder in folders.items()}, job), folders


def vectors(n_models, n_images, seed=0, ties=False):
    generator = np.random.default_rng(seed)
    raw = (
        generator.integers(1, 3, (n_models, n_images, K))
        if ties
        else generator.exponential(size=(n_models, n_images, K))
    )
    return (raw / raw.sum(-1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("n_models", [1, 2, 4])
@pytest.mark.parametrize("ties", [False, True])
def test_the_frame_equals_the_plain_loop(tmp_path, n_models, ties):
    p = vectors(n_models, 50, ties=ties)
    labels = [CLASSES[index % K] for index in range(50)]
    frame = suggestion_of(tmp_path, p, labels, neurons={f"m{m}": 2 for m in range(n_models)})[0].scores
    assert frame["image"].tolist() == [f"{index}.png" for index in range(50)] and frame["label"].tolist() == labels
    for index in range(50):
        confidence, n_groups, _ = twins.agreement(p[:, index].argmax(1), p[:, index].max(1))
        assert frame["confidence"][index] == pytest.approx(confidence, abs=1e-6 if ties else 1e-5)
        assert frame["n_classes"][index] == n_groups
        assert frame["distance"][index] == pytest.approx(twins.distance(p[:, index], index % K), abs=1e-6)
    logits = np.log(p)
    for m in range(n_models):
        prefix = f"net{m}." if n_models > 1 else ""
        np.testing.assert_allclose(frame[f"{prefix}mean_activation"], logits[m].mean(1), atol=1e-5)
        np.testing.assert_allclose(frame[f"{prefix}activation"], logits[m, :, 2], atol=1e-5)
        assert frame[f"net{m}.class"].tolist() == [CLASSES[class_] for class_ in p[m].argmax(1)]
        np.testing.assert_array_equal(frame[f"net{m}.probability"], p[m].max(1))


def test_columns_that_do_not_apply_are_not_there(tmp_path):
    plain = suggestion_of(tmp_path / "a", vectors(2, 9))[0].scores
    assert list(plain) == [
        *("image", "label", "confidence", "n_classes", "net0.mean_activation", "net1.mean_activation"),
        *("net0.class", "net0.probability", "net1.class", "net1.probability"),
    ]
    assert plain["label"].isna().all()
    asked = suggestion_of(tmp_path / "b", vectors(2, 9), class_="cat")[0].scores
    assert "distance" in asked and "net0.activation" not in asked


def test_models_are_named_by_identity_and_not_by_position(tmp_path):
    p = vectors(3, 20)
    models = [model_of(position, name=name) for position, name in enumerate(("zebra", "apple", "mango"))]
    frame = suggestion_of(tmp_path / "a", p, models=models)[0].scores
    other = suggestion_of(tmp_path / "b", p[[2, 0, 1]], models=[models[2], models[0], models[1]])[0].scores
    for name in ("zebra", "apple", "mango"):
        assert frame[f"{name}.class"].tolist() == other[f"{name}.class"].tolist()
        assert frame[f"{name}.probability"].tolist() == other[f"{name}.probability"].tolist()
    np.testing.assert_allclose(frame["confidence"], other["confidence"], atol=1e-9)


def test_images_of_equal_scores_are_found_by_their_index(tmp_path):
    p = vectors(2, 12)
    p[:, 3:9] = p[:, [3]]
    suggestion, _ = suggestion_of(tmp_path, p)
    confidence = suggestion.scores["confidence"]
    assert confidence[3:9].nunique() == 1
    for index in (5, 8):
        found = select(suggestion, PlotWish("scatter"), Choice(indices=(index,)))
        assert found.rows.tolist() == [index]


def test_bad_images_keep_their_row_and_are_told_as_problems(tmp_path):
    suggestion, _ = suggestion_of(tmp_path, vectors(2, 20), bad=(3, 11))
    frame = suggestion.scores
    assert len(frame) == 20 and frame["confidence"].isna().to_numpy().nonzero()[0].tolist() == [3, 11]
    assert frame["n_classes"].isna().sum() == 2 and frame["net0.class"].isna().sum() == 2
    assert [problem.name for problem in suggestion.problems] == ["3.png", "11.png"]
    assert len(suggestion) == 20 and suggestion.views.of(PlotWish("scatter")).rows.tolist() == [
        row for row in range(20) if row not in (3, 11)
    ]


def test_it_grows_part_by_part_and_numbers_do_not_change_under_way(tmp_path):
    p = vectors(2, 40)
    suggestion, folders = suggestion_of(tmp_path, p, write=False)
    assert len(suggestion) == 0 and len(suggestion.scores) == 0
    assert suggestion.figure("scatter") is not None and suggestion.figure("layer") is not None
    seen = {}
    for part in (1, 0, 4, 2, 3):
        for folder in folders.values():
            folder.write(part)
        frame = suggestion.scores
        assert len(frame) == len(seen) + 8
        for index, value in seen.items():
            assert frame["confidence"][index] == value
        seen = frame["confidence"].to_dict()
    assert list(suggestion.scores.index) == list(range(40))


def test_a_plot_grows_though_nobody_asks_how_far_it_is(tmp_path):
    suggestion, folders = suggestion_of(tmp_path, vectors(2, 40), write=False)
    for part, n in ((0, 8), (1, 16)):
        for folder in folders.values():
            folder.write(part)
        assert len(suggestion.views.of(PlotWish("scatter")).rows) == n


def test_models_without_names_are_compared_by_index(tmp_path):
    models = [model_of(0, names=None), model_of(1, names=None)]
    p = vectors(2, 30)
    frame = suggestion_of(tmp_path / "a", p, models=models)[0].scores
    agree = p[0].argmax(1) == p[1].argmax(1)
    assert (frame["n_classes"] == np.where(agree, 1, 2)).all() and frame["net0.class"][0].startswith("class ")
    named = suggestion_of(tmp_path / "b", p, models=[model_of(0, names=None), model_of(1)])[0].scores
    assert (named["n_classes"] == frame["n_classes"]).all() and set(named["net0.class"]) <= set(CLASSES)


def test_models_with_their_classes_in_another_order_are_compared_by_name(tmp_path):
    p = vectors(1, 30)
    order = [2, 0, 3, 1]
    models = [model_of(0), model_of(1, names=tuple(CLASSES[k] for k in order))]
    labels = [CLASSES[index % K] for index in range(30)]
    same = np.stack([p[0], p[0][:, order]])
    frame = suggestion_of(tmp_path, same, labels, models=models)[0].scores
    assert (frame["n_classes"] == 1).all() and frame["net0.class"].tolist() == frame["net1.class"].tolist()
    for index in range(30):
        assert frame["distance"][index] == pytest.approx(twins.distance(p[:, index], index % K), abs=1e-6)


def test_one_label_for_all_makes_its_class_the_one_that_distance_is_measured_to(tmp_path):
    p = vectors(2, 10)
    suggestion, _ = suggestion_of(tmp_path, p, ["cat"] * 10)
    assert suggestion.views.same_label() == "cat"
    view = suggestion.views.of(PlotWish("distance"))
    assert view.class_ == "cat"
    np.testing.assert_allclose(view.values, [twins.distance(p[:, i], 2) for i in range(10)], atol=1e-6)
    other = suggestion.views.of(PlotWish("distance", class_="dog"))
    np.testing.assert_allclose(other.values, [twins.distance(p[:, i], 3) for i in range(10)], atol=1e-6)


def by_hand(model, labels, mapped):
    """The model with labels of the dataset of these that a person mapped: label -> class index."""
    place = dataset_of(len(labels), labels).collection.fingerprint
    return replace(model, by_hand=tuple(LabelClass(place, label, class_) for label, class_ in mapped.items()))


def test_a_label_that_was_mapped_by_hand_is_one_class_of_both_models(tmp_path):
    """The same network twice, where one calls cats otherwise."""
    p = np.repeat(vectors(1, 40), 2, axis=0)
    labels = [CLASSES[index % K] for index in range(40)]
    other = by_hand(model_of(1, names=("ant", "bee", "feline", "dog")), labels, {"cat": 2})
    one = suggestion_of(tmp_path / "1", p[:1], labels)[0]
    two = suggestion_of(tmp_path / "2", p, labels, [model_of(0), other])[0]
    found, expected = two.lists.get("label_errors"), one.lists.get("label_errors")
    np.testing.assert_allclose(found.values, expected.values, atol=1e-6)
    assert found.reason(int(found.rows[0])) == expected.reason(int(expected.rows[0]))
    np.testing.assert_array_equal(two.numbers.scatter().n_groups, 1)


def test_one_label_that_is_no_common_class_is_measured_by_each_models_own(tmp_path):
    p, labels = vectors(2, 10), ["cat"] * 10
    labels[3] = None  # not all images have a label
    wide = by_hand(model_of(1, names=("animal", "plant", "rock", "car")), labels, {"cat": 0})
    suggestion = suggestion_of(tmp_path, p, labels, [model_of(0), wide])[0]
    suggestion.numbers.common = common_classes(suggestion.numbers.class_names)  # as where a class is wider than a label
    assert suggestion.views.same_label() is None
    own = np.stack([p[0, :, 2], p[1, :, 0]]) / np.linalg.norm(p, axis=-1)
    expected = np.delete((1 - own).mean(axis=0), 3)
    for wish in (PlotWish("distance"), PlotWish("distance", group="cat")):
        np.testing.assert_allclose(suggestion.views.of(wish).values, expected, atol=1e-6)


def test_images_without_a_label_come_last_by_label(tmp_path):
    labels = ["dog", None, "ant", None, "cat"]
    suggestion = suggestion_of(tmp_path, vectors(1, 5), labels)[0]
    for falling, expected in ((False, [2, 4, 0, 1, 3]), (True, [0, 4, 2, 1, 3])):
        assert select(suggestion, PlotWish("layer"), Choice(), "label", falling).rows.tolist() == expected


def test_without_labels_the_distance_asks_for_a_class(tmp_path):
    suggestion, _ = suggestion_of(tmp_path, vectors(2, 10))
    with pytest.raises(BadInput, match="no labels"):
        suggestion.figure("distance")
    assert suggestion.figure("distance", class_="cat") is not None


def test_labels_that_no_model_knows_give_no_distance_but_a_sentence(tmp_path):
    suggestion, _ = suggestion_of(tmp_path, vectors(2, 10), ["yak", "owl"] * 5)
    assert "distance" not in suggestion.scores and suggestion.views.same_label() is None
    with pytest.raises(BadInput, match="no label is a class"):
        suggestion.figure("distance")
    offers = {offer.name: offer for offer in suggestion.lists.offers()}
    assert not offers["label_errors"].available and "all labels" in offers["label_errors"].reason


def test_the_mean_over_a_softmax_layer_is_refused_because_it_is_constant(tmp_path, session):
    suggestion, folders = suggestion_of(tmp_path, vectors(1, 10), models=[model_of(0, softmax="layer")])
    folder = folders["m0"]
    folder.activations["softmax"] = folder.p
    folder.files["softmax"] = "l1"
    (folder.path / "about.json").write_text(json.dumps(folder.about()))
    folder.write()
    with pytest.raises(BadInput, match="1/4"):
        suggestion.views.of(PlotWish("layer", layer="softmax"))
    neuron = suggestion.views.of(PlotWish("neuron", layer="softmax", neuron=1))
    np.testing.assert_array_equal(neuron.values, folder.p[:, 1])
    with pytest.raises(BadInput, match="softmax"):
        session.start_suggest([model_of(0, softmax="layer")], dataset_of(3), layer="softmax")


@pytest.mark.parametrize(("neuron", "got"), [("1", "the text '1'"), (1.5, "1.5"), (True, "True"), (9, "9")])
def test_a_neuron_is_a_whole_number_and_a_text_is_named_as_one(tmp_path, neuron, got):
    suggestion, _ = suggestion_of(tmp_path, vectors(2, 30), neurons={"m0": 1})
    with pytest.raises(BadInput, match=f"has neurons 0 to \\d+, got {got}"):
        suggestion.views.of(PlotWish("neuron", neuron=neuron))


def test_a_figure_can_be_had_of_every_kind(tmp_path):
    suggestion, _ = suggestion_of(tmp_path, vectors(2, 30), ["cat", "dog", "bee"] * 10, neurons={"m0": 1})
    for kind in ("scatter", "distance", "layer", "neuron"):
        assert suggestion.figure(kind, theme="dark", width=300).width == 300
    assert suggestion.figure("layer", model=suggestion.models[1], rule=3) is not None
    with pytest.raises(BadInput, match="sturges"):
        suggestion.figure("layer", rule="best")
    with pytest.raises(BadInput, match="pie"):
        suggestion.figure("pie")


def test_a_table_is_saved_as_parquet_or_csv(tmp_path):
    suggestion, _ = suggestion_of(tmp_path / "w", vectors(2, 12), ["cat", "dog"] * 6)
    frame = suggestion.scores.reset_index(drop=True)
    pandas.testing.assert_frame_equal(pandas.read_parquet(suggestion.save(tmp_path / "s.parquet")), frame)
    read = pandas.read_csv(suggestion.save(tmp_path / "s.csv"))
    assert list(read) == list(frame) and read["image"].tolist() == frame["image"].tolist()
    with pytest.raises(BadInput, match="parquet or .csv"):
        suggestion.save(tmp_path / "s.xlsx")
    assert sorted(path.name for path in tmp_path.glob("s.*")) == ["s.csv", "s.parquet"]


def test_label_errors_are_the_images_whose_labels_were_swapped(tmp_path):
    generator = np.random.default_rng(0)
    truth = generator.integers(0, K, 200)
    p = (0.05 + 0.8 * np.eye(K)[truth] + generator.uniform(0, 0.1, (2, 200, K))).astype(np.float32)
    p /= p.sum(-1, keepdims=True)
    labels = [CLASSES[(class_ + (index < 10)) % K] for index, class_ in enumerate(truth)]
    suggestion, _ = suggestion_of(tmp_path, p, labels)
    found = suggestion.lists.get("label_errors")
    assert found.rows.size and set(found.rows) <= set(range(10)) and "not trained on these" in found.offer.reason
    row = int(found.rows[0])
    reason = found.reason(row)
    assert f"Labelled {labels[row]}" in reason and f"{p[:, row, truth[row]].mean():.3f}" in reason


@pytest.mark.parametrize("n_unknown", [1, 3])
def test_images_whose_label_no_model_has_are_left_out_of_the_labels_to_check(tmp_path, n_unknown):
    p = vectors(2, 60)
    labels = [CLASSES[index % K] for index in range(60)]
    strange, none = list(labels), list(labels)
    strange[:n_unknown], none[:n_unknown] = ["extra"] * n_unknown, [None] * n_unknown
    found = suggestion_of(tmp_path / "strange", p, strange)[0].lists.get("label_errors")
    expected = suggestion_of(tmp_path / "none", p, none)[0].lists.get("label_errors")
    np.testing.assert_array_equal(found.values, expected.values)
    assert found.rows.size and found.rows.tolist() == expected.rows.tolist()
    verb, whose = ("is", "its") if n_unknown == 1 else ("are", "their")
    said = f"{n_unknown} of 60 images {verb} left out: no model has a class for {whose} label (extra)."
    assert found.offer.reason == f"{expected.offer.reason} {said}" and "left out" not in expected.offer.reason


def test_a_label_that_only_one_of_two_models_has_is_checked_by_that_one(tmp_path):
    p, labels = vectors(2, 40), [CLASSES[index % K] for index in range(40)]
    fewer = model_of(1, names=("ant", "bee", "cat", "yak"))
    both = suggestion_of(tmp_path / "both", p, labels, [model_of(0), fewer])[0].lists.get("label_errors")
    one = suggestion_of(tmp_path / "one", p[:1], labels)[0].lists.get("label_errors")
    np.testing.assert_allclose(both.values, one.values, atol=1e-6)
    apart = suggestion_of(tmp_path / "apart", p, labels, [model_of(0, names=("ant", "bee", "cat", "owl")), fewer])[0]
    assert "10 of 40 images are left out" in apart.lists.get("label_errors").offer.reason


def test_near_duplicates_name_their_partner_and_are_shown_once(tmp_path):
    p = vectors(2, 40)
    p[:, 21] = p[:, 4]
    p[:, 33] = p[:, 4]
    suggestion, _ = suggestion_of(tmp_path, p)
    found = suggestion.lists.get("near_duplicates")
    assert len(set(found.rows.tolist()) & {4, 21, 33}) == 1
    row = next(row for row in found.rows.tolist() if row in (4, 21, 33))
    assert any(f"{other}.png" in found.reason(row) for other in {4, 21, 33} - {row})


def test_where_images_differ_in_one_direction_only_distances_are_compared(tmp_path):
    """As in the scores of two classes, of which one is what the other is not: all angles are 0 or 180 degrees."""
    z = np.random.default_rng(3).normal(0, 3, 60)
    z[40], z[7] = z[9], 30
    p = 1 / (1 + np.exp(-np.stack([z, -z], axis=-1)))[None].astype(np.float32)
    labels = [CLASSES[index % 2] for index in range(60)]
    lists = suggestion_of(tmp_path, p, labels, [model_of(0, 2, CLASSES[:2])])[0].lists
    near, unlike = lists.get("near_duplicates"), lists.get("least_similar")
    assert near.rows.tolist() == [9]
    assert near.reason(9) == (
        "The same activations as 40.png in logits of net0: images differ in too few directions there to say more."
    )
    assert unlike.rows[0] == 7 and "logits of net0, where 1 is the spread of all" in unlike.reason(7)
    assert len(lists.get("entropy").rows) == len(unlike.rows) == 59


def test_of_many_images_in_one_place_each_list_shows_one(tmp_path):
    """More than an image has neighbours that are looked at, in two places, in few directions."""
    z = np.linspace(-3, 2.9, 120)
    z[:40], z[60:80] = 3.3, -3.3
    p = 1 / (1 + np.exp(-np.stack([z, -z], axis=-1)))[None].astype(np.float32)
    labels = [CLASSES[index % 2] for index in range(120)]
    suggestion = suggestion_of(tmp_path, p, labels, [model_of(0, 2, CLASSES[:2])])[0]
    assert suggestion.lists.get("near_duplicates").rows.tolist() == [0, 60]
    for name in ("least_similar", "entropy", "margin"):
        rows = suggestion.lists.get(name).rows
        assert ((rows < 40).sum(), ((rows >= 60) & (rows < 80)).sum(), len(rows)) == (1, 1, 62), name


def test_points_that_are_taken_lie_apart():
    points = np.random.default_rng(0).random((200, 3))
    taken: list[int] = []
    for row in range(200):
        if all(np.linalg.norm(points[row] - points[other]) > 0.2 for other in taken):
            taken.append(row)
    assert np.flatnonzero(apart(points, 0.2)).tolist() == taken


def test_an_image_unlike_all_others_comes_first(tmp_path):
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 0.05, (1, 60, K)) + [4, 1, 0, 0]
    logits[0, 17] = [0, 1, 9, 0]
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    p[0, 0] = [0.97, 0.01, 0.01, 0.01]
    found = suggestion_of(tmp_path, p.astype(np.float32))[0].lists.get("least_similar")
    assert 17 in found.rows[:3]


def test_lists_that_compare_all_images_wait_for_all_of_them(tmp_path):
    suggestion, _ = suggestion_of(tmp_path, vectors(2, 10))
    suggestion.job.status = "running"
    offers = {offer.name: offer for offer in suggestion.lists.offers()}
    assert not offers["near_duplicates"].available and offers["entropy"].available
    assert not offers["label_errors"].available and "labels" in offers["label_errors"].reason
    with pytest.raises(BadInput, match="all are scored"):
        suggestion.lists.get("least_similar")


def test_whoever_asks_for_something_quick_does_not_wait_for_something_slow(tmp_path):
    numbers = suggestion_of(tmp_path, vectors(2, 10))[0].numbers
    begun, go_on, made = threading.Event(), threading.Event(), []
    slow = lambda: (begun.set(), go_on.wait(30), made.append(1))  # noqa: E731
    waiting = [threading.Thread(target=numbers.kept, args=(("slow",), slow)) for _ in range(2)]
    for thread in waiting:
        thread.start()
    assert begun.wait(30)
    assert numbers.scatter().confidence.shape == (10,)  # while the slow one goes on
    go_on.set()
    for thread in waiting:
        thread.join(30)
    assert made == [1]  # the second one waited for the first and took what it made


def test_a_part_of_a_dataset_keeps_the_indices_of_the_whole(session, sample_models, sample_datasets, tmp_path):
    part = sample_datasets["digits"][200:240:2]
    model = sample_models["digits_cnn"]
    suggestion = session.suggest(model, part, neuron=1)
    frame = suggestion.scores
    assert frame["image"].tolist() == [ref.name for ref in part] and suggestion.index_of(3) == 206
    p = session.predict(model, part)
    np.testing.assert_allclose(frame[f"{model.name}.probability"], p.max(1), atol=1e-5)
    np.testing.assert_allclose(frame["confidence"], 100 * p.max(1), atol=1e-3)
    assert suggestion.neuron == 1 and suggestion.layer == model.facts.explained_layer
    found = select(suggestion, None, Choice(indices=(206, 207)))
    assert found.rows.tolist() == [3]


def test_a_folder_with_a_broken_file_ends_well(session, sample_models, tmp_path):
    for index in range(5):
        Image.new("L", (8, 8), index * 40).save(tmp_path / f"{index}.png")
    (tmp_path / "2.png").write_bytes((tmp_path / "2.png").read_bytes()[:40])
    suggestion = session.suggest([sample_models["digits_cnn"], sample_models["digits_mlp"]], tmp_path)
    frame = suggestion.scores
    assert frame["confidence"].isna().tolist() == [False, False, True, False, False]
    assert [problem.name for problem in suggestion.problems] == ["2.png"]
