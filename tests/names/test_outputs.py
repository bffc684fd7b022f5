"""One unit and independent classes, from the file to suggestions, maps and REST."""

import keras
import numpy as np
import pytest
from PIL import Image

from innv_gui import Session
from innv_gui.errors import BadInput, ModelRefused
from innv_gui.session.naming import naming_of

L = keras.layers
SHAPE = (16, 12, 3)


@pytest.fixture(scope="module")
def pets(tmp_path_factory):
    """Twelve bright cats and twelve dark dogs."""
    root, generator = tmp_path_factory.mktemp("pets"), np.random.default_rng(0)
    for name, base in (("cat", 130), ("dog", 0)):
        (root / name).mkdir()
        for number in range(12):
            pixels = generator.integers(base, base + 120, SHAPE).astype("uint8")
            Image.fromarray(pixels).save(root / name / f"{number}.png")
    return root


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """One-unit networks: two of opposite opinion, one whose meaning is unknown; of three units: independent, bare."""
    folder = tmp_path_factory.mktemp("outputs")
    keras.utils.set_random_seed(3)
    image = keras.Input(SHAPE)
    x = L.GlobalAveragePooling2D()(L.Conv2D(4, 3, activation="relu")(L.Rescaling(1 / 255)(image)))
    unit = L.Dense(1, activation="sigmoid", bias_initializer=keras.initializers.Constant(0.2))
    model = keras.Model(image, unit(x))
    model.save(folder / "yes.keras")
    unit.set_weights([-values for values in unit.get_weights()])
    model.save(folder / "no.keras")
    keras.Model(image, L.Dense(3, activation="sigmoid")(x)).save(folder / "tags.keras")
    keras.Model(image, L.Dense(1, activation="tanh")(x)).save(folder / "tanh.keras")
    keras.Model(image, L.Dense(3)(x)).save(folder / "bare.keras")
    return folder


@pytest.fixture(scope="module")
def compared(session, pets, files):
    """(session, images, the two opposite models, the one of independent classes)."""
    images = session.add_dataset(pets)
    models = [session.add_model(files / f"{name}.keras") for name in ("yes", "no", "tags")]
    yield session, images, models[:2], models[2]
    for model in models:
        session.remove_model(model.id)
    session.datasets.remove(images.id)


def test_two_opposite_one_unit_models_disagree_about_every_image(compared):
    session, images, (yes, no), _ = compared
    table = session.suggest([yes, no], images).scores
    p = session.predict(yes, images)
    np.testing.assert_allclose(session.predict(no, images), p[:, ::-1], atol=1e-6)
    assert (table["n_classes"] == 2).all() and naming_of(yes, images).names == ("cat", "dog")
    np.testing.assert_allclose(table["confidence"], 100 * p.max(axis=1), atol=1e-4)


def test_the_distance_of_one_unit_is_that_of_both_probabilities(compared):
    session, images, (yes, _), _ = compared
    table, p = session.suggest([yes], images).scores, session.predict(yes, images)
    own = np.where(table["label"].to_numpy() == "cat", p[:, 0], p[:, 1])
    np.testing.assert_allclose(table["distance"], 1 - own / np.linalg.norm(p, axis=1), atol=1e-6)
    logit = np.log(p[:, 1] / p[:, 0])
    np.testing.assert_allclose(table["mean_activation"], logit, atol=1e-4)


def test_the_entropy_of_one_unit_is_at_most_that_of_two_classes(compared):
    session, images, (yes, _), _ = compared
    suggestion = session.suggest([yes], images)
    found = suggestion.lists.get("entropy")
    assert "of at most 0.693" in found.reason(int(found.rows[0]))


def test_maps_of_the_two_classes_of_one_unit_are_opposite(compared):
    session, images, (yes, _), _ = compared
    cat, dog = (
        session.explain(yes, images[:2], "gradient", {"postprocess": "none"}, class_=name) for name in ("cat", "dog")
    )
    np.testing.assert_allclose(cat[yes].maps, -dog[yes].maps, atol=1e-7)
    assert cat[yes].activations[0, 0] == pytest.approx(-dog[yes].activations[0, 0])


def test_independent_classes_are_not_ranked_as_if_one_excluded_the_others(compared):
    session, images, (yes, _), tags = compared
    suggestion = session.suggest([tags, yes], images)
    offers = {offer.name.partition(".")[0]: offer for offer in suggestion.lists.offers()}
    assert {name for name, offer in offers.items() if offer.available} == {"near_duplicates", "least_similar"}
    assert "tags says yes or no to each class (multilabel)" in offers["entropy"].reason
    for kind in ("scatter", "distance"):
        with pytest.raises(BadInput, match="multilabel"):
            suggestion.figure(kind)
    assert suggestion.figure("layer") is not None
    assert "confidence" not in suggestion.scores and "distance" not in suggestion.scores


def test_independent_classes_that_are_said_are_all_above_one_half(compared):
    session, images, _, tags = compared
    said, p = session.suggest([tags], images).scores["tags.class"], session.predict(tags, images)
    names = naming_of(tags, images).names
    for row, words in zip(p, said, strict=True):
        assert words == ", ".join(names[k] for k in np.argsort(-row, kind="stable") if row[k] > 0.5)


def test_a_refused_file_is_read_as_a_person_says(session, files):
    entry = session.start_model(files / "tanh.keras")
    with pytest.raises(ModelRefused, match="neither a probability nor a logit"):
        entry.job.wait()
    assert session.models.change(entry.id, outputs="binary").n_classes == 2
    session.remove_model(entry.id)


def test_what_a_person_said_of_the_outputs_is_kept(tmp_path, files, lent_workers):
    with Session(tmp_path) as first:
        refused = first.start_model(files / "tanh.keras")
        refused.job.ended(None)
        first.models.change(refused.id, outputs="binary")
        bare = first.add_model(files / "bare.keras")
        first.models.change(bare.id, outputs="multilabel")
        assert first.add_model(files / "bare.keras").facts.outputs.kind == "logits", "opened again: as its file says"
    with Session(tmp_path) as second:
        tanh, bare = (second.add_model(files / f"{name}.keras") for name in ("tanh", "bare"))
        assert (tanh.facts.outputs.kind, bare.facts.outputs.kind) == ("binary", "multilabel")
        assert tanh.chosen_earlier == bare.chosen_earlier == ("outputs",)
        assert second.add_model(files / "bare.keras", outputs="auto").facts.outputs.kind == "logits"
        assert second.models.change(bare.id, outputs="auto").chosen_earlier == ()
    with Session(tmp_path) as third:
        assert third.add_model(files / "bare.keras").facts.outputs.kind == "logits"


def test_a_kind_that_is_none_is_refused_with_the_kinds(session, files):
    with pytest.raises(BadInput) as refused:
        session.add_model(files / "yes.keras", outputs="softmaxes")
    assert refused.value.field == "outputs" and "binary" in refused.value.allowed
