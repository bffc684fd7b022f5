"""Explorations through a session: odd datasets, changed files, cancelled maps."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from innv_gui.cluster.jobs import Job
from innv_gui.errors import BadInput, Cancelled
from innv_gui.records import ImageRef
from innv_gui.session.explore.maps import MapWish
from innv_gui.session.feature_layers import features_layer
from innv_gui.session.scoring.work import are_few


@pytest.fixture(scope="module")
def model(sample_models):
    return sample_models["digits_mlp"]


def folder_of(place, pictures, labels=None):
    for number, picture in enumerate(pictures):
        path = place / (labels[number] if labels else "") / f"{number:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path)
    return place


def drawn(n, seed=0):
    return np.random.default_rng(seed).integers(0, 255, (n, 16, 16), np.uint8)


@pytest.fixture(scope="module")
def plain(session, model, tmp_path_factory):
    """40 images without labels."""
    return session.explore(model, session.add_dataset(folder_of(tmp_path_factory.mktemp("plain"), drawn(40))))


def test_features_come_from_the_layer_before_the_classifier(sample_models):
    assert features_layer(sample_models["digits_cnn"]) == "dense"
    assert features_layer(sample_models["digits_mlp"]) == "dense_2"
    for found in sample_models.values():
        last = [layer.name for layer in found.layers].index(found.facts.explained_layer)
        assert features_layer(found) in [layer.name for layer in found.layers[:last]]


def test_without_labels_what_needs_them_says_so_and_the_rest_works(plain):
    (told,) = plain.facts["models"]
    assert told["right"] is None and "no labels" in told["why"]
    assert "label" not in plain.columns and "A.loss" not in plain.columns and "A.confidence" in plain.columns
    with pytest.raises(BadInput, match="has no labels"):
        plain.confusion()
    assert len(plain.query("A.confidence > 0")) == 40 and len(plain.neighbours(3).rows) == 5
    assert np.isfinite(plain.map("pixels", "pca").places).all()


def test_agreement_of_heatmaps_is_a_column_once_the_same_models_were_ranked(session, sample_models, sample_datasets):
    models, digits = [sample_models["digits_cnn"], sample_models["digits_mlp"]], sample_datasets["digits"]
    explored = session.explore(models, digits)
    before = explored.version
    assert "agreement" not in explored.columns
    session.rank_by_disagreement(models, digits[[700, 3, 5]], "gradient")
    ranking = session.rank_by_disagreement(models, digits[[5, 3, 700]], "lrp.epsilon")
    values = explored.columns["agreement"].values()
    expected = {row.index: row.agreement for row in ranking.rows}
    assert set(np.flatnonzero(~np.isnan(values)).tolist()) == set(expected) == {3, 5, 700}
    assert values[[3, 5, 700]] == pytest.approx([expected[index] for index in (3, 5, 700)])
    assert explored.version != before
    assert set(explored.query("agreement <= 1").tolist()) == {3, 5, 700}
    alone = session.explore(models[0], digits)
    assert "agreement" not in alone.columns


def test_one_image_is_refused_and_images_all_alike_are_not(session, model, tmp_path):
    with pytest.raises(BadInput, match="at least 2 are needed"):
        session.explore(model, session.add_dataset(folder_of(tmp_path / "one", drawn(1))))
    alike = session.explore(model, session.add_dataset(folder_of(tmp_path / "alike", [drawn(1)[0]] * 30)))
    for method in ("pca", "tsne"):
        for of in ("pixels", model):
            assert np.abs(alike.map(of, method).places).max() <= 1
    assert alike.neighbours(0).distances.max() < 1e-3


def test_one_class_and_bad_files_leave_the_rest(session, model, tmp_path):
    place = folder_of(tmp_path / "single", drawn(12), ["3"] * 12)
    (place / "3" / "bad.png").write_bytes(b"no image")
    found = session.explore(model, session.add_dataset(place))
    assert len(found) == 12 and len(found.problems) == 1 and found.facts["n"] == 12
    bad = next(row for row in range(13) if found.ref(row).name.endswith("bad.png"))
    places = found.map(model, "pca").places
    assert np.isnan(places[bad]).all() and np.isfinite(np.delete(places, bad, axis=0)).all()
    with pytest.raises(BadInput, match="no features"):
        found.neighbours(bad)
    assert found.confusion().to_numpy().sum() == 12


def test_features_that_are_no_numbers_have_no_place(session, model, tmp_path, monkeypatch):
    found = session.explore(model, session.add_dataset(folder_of(tmp_path / "nan", drawn(20, 5))))
    table, plain = found.table_of_scores, found.table_of_scores.activations

    def broken(*of):
        values = plain(*of)
        values[4] = np.nan
        return values

    monkeypatch.setattr(table, "activations", broken)
    made = found.map(model, "pca")
    assert np.isnan(made.places[4]).all() and made.placed == 19
    with pytest.raises(BadInput, match="no features"):
        found.neighbours(4)
    monkeypatch.setattr(table, "activations", lambda *of: np.full((20, 3), np.inf, np.float32))
    found.spaces._kept.clear()
    for path in found.spaces._folder.glob("*"):
        path.unlink()
    found.maps._maps.clear()
    with pytest.raises(BadInput, match="gives no numbers"):
        found.map(model, "pca")


def test_a_file_that_changed_is_seen_again(session, model, tmp_path):
    place = folder_of(tmp_path / "changing", drawn(10, 7))
    before = session.explore(model, session.add_dataset(place))
    first, keys = before.thumbs.get(np.arange(10)), [before.spaces.space(of).key for of in ("pixels", model.id)]
    Image.fromarray(255 - drawn(10, 7)[2]).save(place / "002.png")
    after = session.explore(model, session.add_dataset(place))
    second = after.thumbs.get(np.arange(10))
    changed = [row for row in range(10) if not np.array_equal(first[row], second[row])]
    assert changed == [2]
    assert not {after.spaces.space(of).key for of in ("pixels", model.id)} & set(keys)


def test_a_file_that_changed_since_its_dataset_was_opened_is_no_longer_counted(session, model, tmp_path):
    dataset = session.add_dataset(folder_of(tmp_path / "changing", drawn(10, 8)))
    before = session.explore(model, dataset)
    assert session.explore(model, dataset) is before
    path = tmp_path / "changing" / "002.png"
    path.write_bytes(path.read_bytes()[::-1])
    after = session.explore(model, dataset)
    assert after is not before and session.explore(model, dataset) is after
    (problem,) = after.problems
    assert problem.name == "002.png" and "changed since the dataset was opened" in problem.reason
    assert not after.thumbs.get(np.arange(10))[2].any(), "it is no picture any more"
    fresh = session.explore(model, session.add_dataset(tmp_path / "changing"))
    (problem,) = fresh.problems
    assert "changed since" not in problem.reason
    session.suggest(model, dataset)
    assert fresh.problems == (problem,), "an opening of before does not spoil the one of now"
    path.write_bytes(b"no picture")
    assert [one.name for one in session.suggest(model, dataset).problems] == ["002.png"]


def test_files_of_which_only_the_rights_changed_are_the_same(session, model, tmp_path):
    dataset = session.add_dataset(folder_of(tmp_path / "rights", drawn(10, 11)))
    before = session.explore(model, dataset)
    for path in (tmp_path / "rights").iterdir():
        path.chmod(0o600)
    assert session.explore(model, dataset) is before
    assert session.suggest(model, dataset).problems == ()


@pytest.mark.parametrize(("path", "n", "few"), [("/a", 5000, 1), ("/a", 5001, 0), ("s3://b/a", 3, 0), ("/a", 0, 0)])
def test_files_elsewhere_and_very_many_are_not_looked_at_each_time(path, n, few):
    class Images(list):
        collection = SimpleNamespace(ref=lambda _: ImageRef("a", path))

    assert are_few(Images(range(n))) is bool(few)


def test_small_pictures_whose_bytes_changed_are_black_and_made_again(session, model, tmp_path):
    dataset = session.add_dataset(folder_of(tmp_path / "rotten", drawn(10, 9)))
    found = session.explore(model, dataset)
    content = bytearray(found.thumbs.path.read_bytes())
    content[5] ^= 255
    found.thumbs.path.write_bytes(content)
    found.thumbs._looked.clear()
    assert found.thumbs.get(np.arange(10)).max() == 0 and found.thumbs.n_done == 0
    found.thumbs.make(found.job)
    assert found.thumbs.get(np.arange(10)).max() > 0


def test_a_cancelled_map_can_be_asked_for_again(plain, model):
    wish = MapWish(model.id, "tsne", perplexity=7)
    made = plain.start_map(wish)
    made.job.cancel()
    with pytest.raises(Cancelled):
        made.job.wait()
    again = plain.start_map(wish)
    again.job.wait()
    assert again.id != made.id and np.isfinite(again.places).all()
    other = plain.map(model, "tsne", perplexity=7, seed=1)
    assert not np.array_equal(again.places, other.places)


def test_numbers_of_numpy_are_whole_numbers_and_switches_are_none(plain, model):
    own, numpys = plain.map(model, "tsne", perplexity=9), {"perplexity": np.int64(9), "seed": np.int32(0)}
    assert plain.map(model, "tsne", **numpys).id == own.id
    for name in ("perplexity", "neighbours", "seed"):
        with pytest.raises(BadInput, match=f"Expected (a )?{name} from"):
            plain.map(model, "tsne", **{name: True})


def test_a_worker_that_dies_changes_no_coordinate(session, plain, model):
    expected = plain.map(model, "tsne", perplexity=9).places
    for path in plain.spaces._folder.glob("map-*"):
        path.unlink()
    plain.maps._maps.clear()
    made = plain.start_map(MapWish(model.id, "tsne", perplexity=9))
    while made.version < 2 and not made.job.ended():
        made.job.ended(0.01)
    session.pool._processes["numbers"].kill()
    made.job.wait()
    assert np.array_equal(made.places, expected)


def test_maps_and_orders_are_there_again_in_another_exploration(plain, session, model):
    made = plain.map(model, "tsne", perplexity=11)
    session.explorations._recent._kept.clear()
    again = session.explore(model, plain.dataset)
    assert again is not plain
    second = again.map(model, "tsne", perplexity=11)
    assert second.version == 1 and np.array_equal(second.places, made.places)
    assert second.trust_mean == pytest.approx(made.trust_mean)


def test_pictures_that_come_along_with_scores_are_those_made_alone(session, model, tmp_path):
    pictures = [np.kron(one, np.ones((5, 7), np.uint8)) for one in drawn(9)]
    dataset = session.add_dataset(folder_of(tmp_path / "along", pictures))
    found = session.explore(model, dataset)
    along = found.thumbs.get(np.arange(9))
    assert len(np.unique(along.reshape(9, -1), axis=0)) == 9
    alone = session.pool.run("images.small", list(dataset), 32)
    assert np.array_equal(along, alone.pixels)
    middle = np.kron(drawn(9)[4], np.ones((5, 7)))[:80, 16:96]  # 80 x 112: the middle square
    block = middle[8:72, 8:72].reshape(32, 2, 32, 2).mean(axis=(1, 3))
    assert np.abs(along[4, :, :, 0] - block).max() <= 0.5


def test_the_first_images_are_on_a_map_while_others_are_scored(session, model, tmp_path):
    found = session.explore(model, session.add_dataset(folder_of(tmp_path / "growing", drawn(80, 11))))
    waiting = Job("explore", "Exploring", 80, "images")
    finished, found.job = found.job, waiting
    made = found.start_map(MapWish(model.id, "pca"))
    while not made.version and not made.job.ended():
        made.job.ended(0.02)
    assert made.job.status == "running" and made.placed == 80 and "first images" in made.state
    waiting.run(lambda job: None)
    made.job.wait()
    assert found.job is waiting and finished.status == "done" and made.trust_mean is not None


def test_a_tag_is_seen_and_kept_by_every_exploration_of_the_images(session, model, plain):
    other = session.explore(model, plain.dataset, "dense_1")
    before, chosen = other.version, np.arange(40) < 3
    plain.tags.mark("dark", chosen, True)
    other.tags.mark("bright", ~chosen, True)
    assert other.version != before and plain.query("tags dark").tolist() == other.query("tags dark").tolist() == [
        0,
        1,
        2,
    ]
    assert plain.tags.counts() == other.tags.counts() == [{"name": "dark", "n": 3}, {"name": "bright", "n": 37}]
