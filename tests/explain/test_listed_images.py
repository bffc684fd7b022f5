"""Images that are given one by one, or of several folders: whose labels, class names and names they have."""

import h5py
import numpy as np
import pytest
from PIL import Image

from innv_gui.errors import BadInput
from innv_gui.records import ImageRef
from innv_gui.session.explain.listed_images import as_part, distinguished
from innv_gui.session.explain.request import check_request, items_of
from tests.conftest import SAMPLES

LABELS = ("background", "vehicle", "tree")


@pytest.fixture
def folders(session, tmp_path):
    """Two folders of one name, each with a picture of one name for each label."""
    opened = []
    for place in ("one/pictures", "two/pictures"):
        for shade, label in enumerate(LABELS):
            (tmp_path / place / label).mkdir(parents=True)
            Image.new("RGB", (64, 64), (40 * shade, 0, 0)).save(tmp_path / place / label / "1.png")
        opened.append(session.add_dataset(tmp_path / place))
    yield opened
    for dataset in opened:
        session.remove_dataset(dataset.id)


@pytest.fixture
def named(session):
    """A model with class names of its own."""
    model = session.add_model(SAMPLES / "weather_clean.keras", name="named", classes=["tree", "vehicle"])
    yield model
    session.remove_model(model.id)


@pytest.mark.parametrize("make", [list, tuple, iter])
def test_images_of_one_dataset_are_a_part_of_it(session, sample_models, sample_datasets, make):
    digits, model = sample_datasets["digits"], sample_models["digits_mlp"]
    part = digits[[7, 3, 7]]
    listed, by_part = (session.explain(model, given, "gradient", class_="4") for given in (make(list(part)), part))
    assert listed.items == by_part.items and listed.request.dataset.collection is digits.collection
    classes = [[run.class_of(model, item.label) for item in run.items] for run in (listed, by_part)]
    assert classes[0] == classes[1] and None not in classes[0]
    assert listed.names(model) == by_part.names(model) and listed.notes(model) == by_part.notes(model)
    alone = session.explain(model, digits[7], "gradient")
    assert alone.items == tuple(items_of(digits[[7]])[0]) and alone.class_of(model, "7") is not None


def test_rows_of_an_array_and_of_a_list_of_it_are_found_again(session, tmp_path):
    np.savez(tmp_path / "rows.npz", x=np.zeros((6, 8, 8), np.uint8), y=[0, 1, 2, 2, 1, 0])
    whole = session.add_dataset(tmp_path / "rows.npz")
    part = session.datasets.add_part(whole, "some", np.array([1, 4])).dataset
    assert list(as_part([whole[5], whole[1]], [whole]).positions()) == [5, 1]
    assert list(as_part([part[1]], [part]).positions()) == [1]
    assert as_part([whole[5]], [part]) == [whole[5]]
    for one in (whole, part):
        session.remove_dataset(one.id)


def test_labels_of_several_folders_are_classes_by_name(session, named, folders, tmp_path):
    images = [ref for dataset in folders for ref in dataset]
    run = session.start_explain_to(tmp_path / "run.h5", check_request([named], images, "gradient", class_="tree"))
    run.job.wait()
    with h5py.File(tmp_path / "run.h5") as file:
        classes = dict(zip(file["name"].asstr()[:], file["label"][:].tolist(), strict=True))
        labels = set(file["label_name"].asstr()[:])
    expected = {"background": -1, "vehicle": 1, "tree": 0}
    assert labels == set(LABELS) and classes == {
        f"{place}/pictures/{label}/1.png": class_ for place in ("one", "two") for label, class_ in expected.items()
    }
    assert "2 of 6 images match no class of named: label background." in run.notes(named)


def test_images_without_labels_have_no_fit(session, sample_models, folders, tmp_path):
    run = session.explain(sample_models["weather_clean"], [tmp_path / "one/pictures/tree/1.png"], "gradient")
    assert run.label_fit(run.models[0]) is None and run.class_of(run.models[0], None) is None


def test_names_are_longer_only_where_two_images_would_have_the_same():
    refs = [ImageRef(name, path) for name, path in (
        ("a/1.png", "/x/one/a/1.png"), ("a/1.png", "/y/one/a/1.png"), ("a/2.png", "/y/one/a/2.png"),
        ("1.png", "1.png"), ("1.png", "/z/1.png"),
    )]  # fmt: skip
    rows = [ImageRef("all.npz[0]", f"/{place}/all.npz", "x", 0) for place in "uv"]
    names = ["x/one/a/1.png", "y/one/a/1.png", "a/2.png", "1.png", "z/1.png", "u/all.npz[0]", "v/all.npz[0]"]
    assert [ref.name for ref in distinguished([*refs, *rows])] == names
    assert distinguished([refs[0], refs[0]]) == [refs[0], refs[0]]
    assert [ref.path for ref in distinguished(refs)] == [ref.path for ref in refs]


def test_a_name_of_bytes_is_shown_escaped(tmp_path):
    path = tmp_path / "a\udcff.png"
    path.write_bytes(b"")
    (item,) = items_of([path])[0]
    assert item.name == "a\\xff.png" and item.ref.path == str(path)


def test_what_is_no_image_is_still_refused(session, sample_models, sample_datasets):
    with pytest.raises(BadInput, match="Expected images, got int 5"):
        session.explain(sample_models["digits_mlp"], [sample_datasets["digits"][0], 5], "gradient")
