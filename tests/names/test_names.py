"""Which class is which index is never guessed silently: where names come from, and what is said of it."""

import json
import shutil
import string
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from innv_gui import imagenet
from innv_gui.class_names import class_names, map_by_name
from innv_gui.commands.steps import say_naming
from innv_gui.datasets import open_dataset
from innv_gui.datasets.collection import ProblemList, of_files
from innv_gui.errors import BadInput
from innv_gui.records import ClassNames, LabelClass, replace
from innv_gui.session.datasets import Dataset, collection_key, place_key
from innv_gui.session.labels import class_of_label, is_by_position, label_fit, mapped_by_hand
from innv_gui.session.naming import confirmed, known_naming, naming_of, namings_of
from innv_gui.session.probe.shelf import check_probe
from innv_gui.web.api.common_answers import labels_json
from tests.conftest import SAMPLES
from tests.suggest.made_suggestions import model_of

ROOT = Path(__file__).resolve().parents[2]


def nameless(n_classes, position=0, name=None):
    return model_of(position, n_classes, names=None, name=name)


def labelled(labels, kind="manifest", folders=None, name="made"):
    files = [f"{index}.png" for index in range(len(labels))]
    collection = of_files(name, kind, "/nowhere", files, labels, ProblemList())
    return Dataset("d", name, replace(collection, keras_class_names=folders))


def folder_of(root, folders):
    """A folder of class folders; each value is how many images it holds."""
    for name, count in folders.items():
        (root / name).mkdir(parents=True)
        for number in range(count):
            Image.new("L", (4, 4)).save(root / name / f"{number}.png")
    return root


# -- in Keras' order

FOLDER = st.text(string.ascii_letters + string.digits + "_- äßÉ", min_size=1, max_size=6).filter(
    lambda name: name == name.strip() and name not in (".", "..")
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    folders=st.dictionaries(FOLDER | st.integers(0, 120).map(str), st.integers(0, 1), min_size=2, max_size=12).filter(
        lambda found: sum(found.values()) >= 2
    )
)
def test_an_index_has_the_name_that_keras_own_loader_gives_it(folders, tmp_path_factory):
    from keras.utils import image_dataset_from_directory

    root = folder_of(tmp_path_factory.mktemp("folders"), folders)
    expected = image_dataset_from_directory(root, verbose=False, shuffle=False).class_names
    dataset = Dataset("d", "made", open_dataset(root))
    naming = naming_of(nameless(len(folders)), dataset)
    assert list(naming.names) == expected
    assert (naming.origin, naming.source, naming.basis) == ("assumed", "made", "folders")
    assert {label: expected[index] for label, index in class_of_label(nameless(len(folders)), dataset).items()} == {
        name: name for name, count in folders.items() if count
    }


def test_what_is_listed_for_eyes_is_in_natural_order_and_indices_in_keras(tmp_path):
    root = folder_of(tmp_path / "numbers", {str(number): 1 for number in range(1, 13)})
    dataset = Dataset("d", "numbers", open_dataset(root))
    assert dataset.class_names == tuple(map(str, range(1, 13)))
    assert naming_of(nameless(12), dataset).names == ("1", "10", "11", "12", *map(str, range(2, 10)))


def test_folders_below_train_are_those_that_count(tmp_path):
    folder_of(tmp_path / "split" / "train", {"b": 1, "a": 0})
    folder_of(tmp_path / "split" / "test", {"C": 1, "b": 1})
    assert open_dataset(tmp_path / "split").keras_class_names == ("a", "b")


# -- what may be borrowed


@pytest.mark.parametrize("n_classes", [9, 11])
def test_more_or_fewer_folders_than_classes_are_not_borrowed_and_that_is_said(n_classes):
    folders = tuple(f"kind {letter}" for letter in "abcdefghij")
    naming = naming_of(nameless(n_classes), labelled(folders, "folder", folders))
    assert naming.names[3] == "class 3" and naming.origin == "numbers" and naming.words == ""
    assert "made has 10 folders" in naming.note and f"{n_classes} classes" in naming.note


NUMBERS = [str(number) for number in range(12)]
BORROWED = {
    "numbers in an array are indices": ("array", NUMBERS, 12, tuple(NUMBERS)),
    "numbers in HDF5, too, with gaps": ("hdf5", ["0", "3", "11"], 12, tuple(NUMBERS)),
    "numbers in an array that begin with 1": ("array", NUMBERS[1:], 11, tuple(NUMBERS[1:])),
    "words in an array are sorted": ("array", ["zebra", "Ant", "bee"], 3, ("Ant", "bee", "zebra")),
    "words in a table are sorted as text": ("manifest", ["zebra", "Ant", "bee"], 3, ("Ant", "bee", "zebra")),
    "numbers in a table, below ten": ("manifest", list("0123"), 4, tuple("0123")),
    "numbers in a table whose two orders differ": ("manifest", NUMBERS, 12, None),
    "leading zeros are text": ("manifest", ["02", "10", "01"], 3, ("01", "02", "10")),
    "too few in a table": ("manifest", ["a", "b"], 3, None),
    "too many in an array": ("array", NUMBERS, 11, None),
    "a placeholder in an array": ("array", ["0", "1", "2", "255"], 4, None),
    "a placeholder below 0 in an array": ("array", ["-1", "0", "1", "2"], 4, None),
    "a placeholder below 0 in a table": ("manifest", ["-1", "0", "1", "2"], 4, None),
    "numbers in an array beyond the classes": ("hdf5", ["3", "4", "5"], 3, None),
    "a number of an identifier's length": ("array", ["0", "1", "18446744073709551615"], 3, None),
    "two signs in an array": ("array", ["1", "-1"], 2, ("-1", "1")),
    "two signs in a table": ("manifest", ["1", "-1"], 2, ("-1", "1")),
}


@pytest.mark.parametrize("case", BORROWED)
def test_labels_that_are_no_folders_are_borrowed_where_their_order_is_not_in_doubt(case):
    kind, labels, n_classes, expected = BORROWED[case]
    naming = naming_of(nameless(n_classes), labelled(labels, kind))
    if expected is None:
        assert naming.origin == "numbers" and "not taken" in naming.note
    else:
        assert (naming.names, naming.words) == (expected, "assumed from the labels of made")


def test_nothing_is_borrowed_from_images_without_labels():
    assert naming_of(nameless(3), labelled([None] * 4)) == naming_of(nameless(3), None) == naming_of(nameless(3))


def test_what_is_known_of_a_model_stands_before_its_images():
    dataset = labelled(["a", "b"], "folder", ("a", "b"))
    for origin in ("given", "file", "bundled"):
        named = replace(nameless(2), naming=ClassNames(("x", "y"), origin))
        assert naming_of(named, dataset) == named.naming and named.class_names == ("x", "y")


def test_a_model_that_is_compared_without_names_takes_anothers_and_it_is_said():
    named = model_of(1, 3, names=("x", "y", "z"), name="knows")
    own, other = namings_of([nameless(3), named], labelled([None] * 3))
    assert (own.names, own.words) == (("x", "y", "z"), "assumed from the classes of knows") and other.origin == "given"
    dropped = replace(nameless(3), naming=ClassNames(("class 0", "class 1", "class 2"), "numbers"))
    assert namings_of([dropped, named], labelled([None] * 3))[0].origin == "numbers"


# -- confirm, edit, drop


def test_assumed_names_are_confirmed_edited_and_dropped_for_good(session, sample_datasets):
    model = session.add_model(SAMPLES / "digits_cnn.keras", name="naming")
    assert session.naming(model).words == "assumed from the folders of digits"
    assert session.models.change(model.id, class_names="confirm").naming.origin == "given"
    dropped = session.models.change(model.id, class_names=[])
    assert session.naming(dropped).names[3] == "class 3" and dropped.class_names == ()
    assert naming_of(dropped, sample_datasets["digits"]).origin == "numbers"
    with pytest.raises(BadInput, match="could be confirmed"):
        session.models.change(model.id, class_names="confirm")
    named = session.models.change(model.id, class_names=list("abcdefghij"))
    assert named.naming == ClassNames(tuple("abcdefghij"), "given")
    session.remove_model(model.id)


def test_a_run_follows_a_change_of_names_and_its_file_says_where_they_are_from(session, sample_datasets, tmp_path):
    import h5py

    model = session.add_model(SAMPLES / "digits_cnn.keras", name="followed")
    run = session.explain(model, sample_datasets["digits"][:2], "gradient")
    assert run[model].naming.words == "assumed from the folders of digits"
    assert "assumed from the folders of digits" in run.notes(model)[0]
    with h5py.File(run.save(tmp_path / "run.h5")) as file:
        assert (file.attrs["class_names_origin"], file.attrs["class_names_source"]) == ("assumed", "digits")
    session.models.change(model.id, class_names=[f"digit {number}" for number in range(10)])
    assert run.names(model)[3] == "digit 3" and run[model].naming.origin == "given"
    assert "2 of 2 images match no class of followed: label 0." in run.notes(model)[0]
    session.remove_model(model.id)


def test_a_suggestion_and_its_scores_follow_a_change_of_names(session, sample_datasets):
    model, images = session.add_model(SAMPLES / "digits_cnn.keras", name="scored"), sample_datasets["digits"][::40]
    names = session.naming(model).names
    wrong = (*names[1:], names[0])
    session.models.change(model.id, class_names=wrong)
    model = session.models.get(model.id)
    suggestion = session.suggest(model, images)
    before = suggestion.scores["scored.class"].tolist()
    session.models.change(model.id, class_names=names)
    renewed = session.suggestion(suggestion.id)
    assert renewed.job.wait().result.n_computed == 0  # kept scores are told anew what labels mean
    other = session.add_model(SAMPLES / "digits_cnn.keras", name="scratch", classes=names, preprocessing="unit")
    fresh = session.scoring.scores.parent / "fresh"  # the same from the beginning
    session.scoring.scores, kept = fresh, session.scoring.scores
    try:
        scratch = session.suggest(other, images)
    finally:
        session.scoring.scores = kept
    for column in ("label_class", "loss", "probability", "mean:digit"):
        ours, theirs = renewed.table.column(model.id, column), scratch.table.column(other.id, column)
        np.testing.assert_array_equal(ours, theirs)
    session.remove_model(other.id)
    after = renewed.scores["scored.class"].tolist()
    assert renewed.id == suggestion.id and [wrong.index(one) for one in before] == [names.index(one) for one in after]
    assert (renewed.scores["distance"] < 0.5).mean() > 0.9 > 0.1 > (suggestion.scores["distance"] < 0.5).mean()
    assert session.suggestion(suggestion.id) is renewed
    session.remove_model(model.id)


def test_a_better_order_of_assumed_names_is_offered_from_scores_and_from_any_answers(session, tmp_path):
    names = "shirt trouser pullover dress coat sandal top sneaker bag boot".split()
    digits = session.workspace.part("samples") / "digits"
    for number, name in enumerate(names):
        (tmp_path / "clothes" / name).mkdir(parents=True)
        for path in sorted((digits / str(number)).iterdir())[:12]:
            shutil.copy(path, tmp_path / "clothes" / name)  # a link would be a change of the file
    clothes = session.add_dataset(tmp_path / "clothes")
    model = session.add_model(SAMPLES / "digits_cnn.keras", name="clothes_cnn")
    suggestion = session.suggest(model, clothes)
    naming = suggestion.numbers.namings[0]
    from innv_gui.session.label_orders import of_names

    order = of_names(model, naming, [suggestion])
    assert order.of(naming.names) == tuple(names) and order.better > 0.9 > 0.5 > order.accuracy
    assert of_names(model, naming, ()) is None
    assert of_names(model, confirmed(naming, "m"), [suggestion]) is None  # a person has said so
    session.datasets.remove(clothes.id)
    session.remove_model(model.id)


# -- ImageNet


def test_imagenets_names_come_with_the_package_in_the_order_of_its_networks():
    assert len(imagenet.names()) == len(set(imagenet.names())) == len({id for id, _ in imagenet.classes()}) == 1000
    assert imagenet.classes()[0] == ("n01440764", "tench") and imagenet.names()[999] == "toilet tissue"
    assert imagenet.names()[134] == "crane (n02012849)" and imagenet.names()[517] == "crane (n03126707)"
    assert "imagenet_classes.txt" in (ROOT / "setup.py").read_text()


def test_a_network_of_keras_applications_is_named_and_a_file_that_looks_like_one_assumed():
    assert known_naming(None, True, 1000, "").origin == "bundled"
    assert known_naming(None, False, 1000, "efficientnetv2-b0").words == "assumed to be ImageNet's"
    assert known_naming(None, False, 1000, "mobilenet_1.00_224").origin == "assumed"
    for application, n_classes, architecture in [(True, 10, "vgg16"), (False, 10, "vgg16"), (False, 1000, "my_own")]:
        assert known_naming(None, application, n_classes, architecture) is None
    assert known_naming(("a",), True, 1000, "vgg16").origin == "file"


def test_a_thousand_classes_and_labels_that_are_wordnet_ids_are_imagenets():
    ids = [id for id, _ in imagenet.classes()[::50]]
    naming = naming_of(nameless(1000), labelled(ids, "folder", tuple(ids)))
    assert naming.names == imagenet.names() and naming.words == "assumed to be ImageNet's"
    assert naming_of(nameless(len(ids)), labelled(ids, "folder", tuple(sorted(ids)))).basis == "folders"


MEANT = {
    "n01440764": "tench",
    "n01440764_tench": "tench",
    "n02085620-Chihuahua": "Chihuahua",
    "tench (n01440764)": "tench",
    "tench, Tinca tinca": "tench",
    "great_white_shark": "great white shark",
    "n02012849": "crane (n02012849)",
    "n03126707_crane": "crane (n03126707)",
    "crane": None,
    "n99999999": None,
    "-1": None,
}


@pytest.mark.parametrize("label", MEANT)
def test_labels_are_understood_by_wordnet_id_and_by_their_first_synonym(label):
    names = imagenet.names()
    found = map_by_name(names, [label])[0]
    assert (names[found[label]] if found else None) == MEANT[label]
    ids = tuple(id for id, _ in imagenet.classes())  # a model whose classes are called by their ids
    expected = MEANT[label] and imagenet.classes()[names.index(MEANT[label])][0]
    back = map_by_name(ids, [label])[0]
    assert (ids[back[label]] if back else None) == expected


def test_an_id_that_no_name_stands_for_is_kept():
    assert class_names({"0": ["n01440764", "tench"], "1": ["n12345678", "thing"]}) == ("tench", "thing (n12345678)")


def test_minus_one_is_not_the_class_one():
    assert map_by_name(("0", "1"), ("-1", "1"))[0] == {"1": 1}


def test_file_names_that_begin_with_an_id_are_labels(tmp_path):
    for name in ("n01440764_tench", "n02012849_crane", "n03126707_crane", "n12345678_x"):
        Image.new("RGB", (4, 4)).save(tmp_path / f"{name}.jpg")
    collection = open_dataset(tmp_path)
    assert [collection.label(index) for index in range(4)] == [
        *("tench (n01440764)", "crane (n02012849)", "crane (n03126707)", "n12345678"),
    ]
    assert collection.keras_class_names is None
    for number in range(2):
        Image.new("RGB", (4, 4)).save(tmp_path / f"holiday_{number}.jpg")
    assert open_dataset(tmp_path).class_names is None  # a third of the files is called otherwise


# -- labels and classes


def test_images_without_a_class_are_counted_with_their_labels():
    model = model_of(0, 2, names=("cat", "dog"), name="pets")
    fit = label_fit(model, labelled(["cat", "dog", "bird", "bird", None]))
    assert fit.n_without_class == 3 and fit.without == {"bird": 2}
    assert fit.sentence("pets") == "3 of 5 images match no class of pets: label bird; 1 without a label."
    assert label_fit(model, labelled(["cat", "dog"])).sentence("pets") == ""
    assert label_fit(model, labelled([None, None])).n_without_class == 0  # nothing is labelled, nothing left out
    assert label_fit(model, labelled(["cat", "bird"])[1:]).sentence("pets").startswith("1 of 1 image")


def test_a_label_is_mapped_by_hand_and_taken_back():
    model, dataset = model_of(0, 2, names=("cat", "dog")), labelled(["Katze", "dog"])
    mapped = replace(model, by_hand=mapped_by_hand(model, dataset, model.class_names, {"Katze": "cat"}))
    assert class_of_label(mapped, dataset) == {"Katze": 0, "dog": 1}
    other = labelled(["Katze", "cat"])
    elsewhere = replace(other, collection=replace(other.collection, root="/elsewhere"))
    assert class_of_label(mapped, elsewhere) == {"cat": 0}
    back = replace(mapped, by_hand=mapped_by_hand(mapped, dataset, model.class_names, {"Katze": None}))
    assert class_of_label(back, dataset) == {"dog": 1} and back.by_hand == ()


def test_labels_by_hand_are_of_the_images_at_one_place():
    model, dataset = model_of(0, 2, names=("cat", "dog")), labelled(["Katze", "dog"])
    copy = replace(dataset, collection=replace(dataset.collection, root="/elsewhere"))
    change = lambda model, dataset, **wish: replace(  # noqa: E731
        model, by_hand=mapped_by_hand(model, dataset, model.class_names, wish)
    )
    mapped = change(model, dataset, Katze="cat")
    assert class_of_label(mapped, copy) == {"dog": 1} != class_of_label(mapped, dataset)
    before = replace(model, by_hand=(LabelClass(dataset.collection.fingerprint, "Katze", 1),))
    assert class_of_label(before, dataset) == class_of_label(before, copy) == {"Katze": 1, "dog": 1}
    both = change(before, copy, dog="cat")
    assert class_of_label(both, copy) == {"Katze": 1, "dog": 0} and class_of_label(both, dataset)["dog"] == 1
    assert class_of_label(change(before, dataset, Katze=None), dataset) == {"dog": 1}


def test_labels_by_hand_stay_while_images_come_and_go_and_count_in_saved_lists():
    model, dataset = model_of(0, 2, names=("cat", "dog")), labelled(["Katze", "dog", "Katze"])
    mapped = replace(model, by_hand=mapped_by_hand(model, dataset, model.class_names, {"Katze": "cat"}))
    saved = replace(dataset, collection=dataset.collection.part("saved", np.array([0, 1])))
    within = replace(saved, collection=saved.collection.part("of it", np.array([0])))
    grown = labelled(["bird", "Katze", "dog"])
    for known in (saved, within, grown):
        assert class_of_label(mapped, known)["Katze"] == 0
    back = replace(mapped, by_hand=mapped_by_hand(mapped, within, model.class_names, {"Katze": None}))
    assert back.by_hand == ()


def test_labels_by_hand_that_an_earlier_version_kept_for_a_list_of_images_count_until_they_are_changed():
    model, dataset = model_of(0, 2, names=("cat", "dog")), labelled(["Katze", "dog"])
    before = replace(model, by_hand=(LabelClass(collection_key(dataset.collection), "Katze", 1),))
    assert class_of_label(before, dataset)["Katze"] == 1
    after = mapped_by_hand(before, dataset, model.class_names, {"dog": "cat"})
    assert {one.dataset for one in after} == {place_key(dataset.collection)}
    assert class_of_label(replace(model, by_hand=after), dataset) == {"Katze": 1, "dog": 0}


@pytest.mark.parametrize("wish", [{"bird": 0}, {"Katze": "bird"}, {"Katze": 2}, {"Katze": -1}, {"Katze": True}])
def test_what_is_no_label_or_no_class_is_not_mapped(wish):
    model, dataset = model_of(0, 2, names=("cat", "dog")), labelled(["Katze", "dog"])
    with pytest.raises(BadInput) as refused:
        mapped_by_hand(model, dataset, model.class_names, wish)
    assert refused.value.field == "labels"


def test_a_label_by_hand_gives_other_scores(session, sample_datasets):
    from innv_gui.session.scoring.scoring import model_key

    images = sample_datasets["weather"]
    model = session.add_model(SAMPLES / "weather_clean.keras", classes=["tree", "car"], name="by_hand")
    before = model_key(model, images)
    assert session.map_labels(model, images, {"vehicle": "car"}) == {"tree": 0, "vehicle": 1}
    assert model_key(session.models.get(model.id), images) != before
    session.remove_model(model.id)


def test_the_record_of_before_counts_with_the_labels_that_were_mapped_since(session, sample_datasets):
    before, images = (
        session.add_model(SAMPLES / "weather_clean.keras", classes=["tree", "car"]),
        sample_datasets["weather"],
    )
    part = images[[0, 1, len(images) - 2, len(images) - 1]]
    session.map_labels(before, images, {"vehicle": "car"})
    assert before.by_hand == (), "it is the record of before"
    try:
        assert session.explore(before, part).facts["models"][0]["n"] == 4
        assert session.suggest(before, part).numbers.class_of == [{"tree": 0, "vehicle": 1}]
        assert session.probe(before, part).n == 4
        session.models.change(before.id, class_names=["plant", "machine"])
        run = session.explain(before, part[:1], "gradient", class_="machine")
        assert run.request.targets[0].class_ == 1 and len(run[before].maps) == 1
    finally:
        session.remove_model(before.id)


# -- saved sessions


def test_a_saved_session_keeps_what_was_said_and_opens_files_of_before(session, sample_datasets):
    from innv_gui.session.keep.run_record import _classes, described
    from innv_gui.session.keep.session_file import SavedModel

    model = session.add_model(SAMPLES / "weather_clean.keras", classes=["tree", "car"], name="kept")
    session.map_labels(model, sample_datasets["weather"], {"vehicle": 1})
    record = described(session.models.get(model.id))
    again = SavedModel.model_validate_json(json.dumps(record)).model_dump()
    assert again["class_names_origin"] == "given" and again["labels_by_hand"][0]["class_"] == 1
    assert _classes(again) == ("tree", "car")
    assert _classes(described(session.models.change(model.id, class_names=[]))) == ()
    assert _classes(described(replace(model, naming=None))) is None
    old = {name: value for name, value in record.items() if name not in ("class_names_origin", "labels_by_hand")}
    assert _classes(SavedModel.model_validate(old).model_dump()) == ("tree", "car")
    assert _classes(SavedModel.model_validate(old | {"class_names": []}).model_dump()) is None
    session.remove_model(model.id)


def test_exports_say_that_names_are_assumed(session, sample_datasets, tmp_path):
    import pandas

    from innv_gui.session.explain.sheets import sheet_of

    model, images = session.add_model(SAMPLES / "digits_cnn.keras", name="told"), sample_datasets["digits"][:64]
    path = session.suggest(model, images).save(tmp_path / "scores.parquet")
    assert pandas.read_parquet(path).attrs["class_names"]["told"]["words"] == "assumed from the folders of digits"
    run = session.explain(model, images[:1], "gradient")
    facts = dict(sheet_of(run, session.pictures).facts)
    assert facts[f"class names {model.letter}"] == "assumed from the folders of digits"
    session.remove_model(model.id)


# -- labels that are numbers of classes

PLACED = {
    "names": ("abc", ["0", "2"], ("0", "1", "2"), "array", {"0": 0, "2": 2}, True),
    "names and columns": ("abc", ["1"], ("0", "1", "2"), "hdf5", {"1": 1}, True),
    "beyond the classes": ("abc", ["0", "3"], ("0", "1", "2", "3"), "array", {}, False),
    "names that are numbers": (["1", "2", "3"], ["0", "1", "2"], ("0", "1", "2"), "array", {"1": 0, "2": 1}, False),
    "names that are other numbers": (["10", "11", "12"], ["0", "1"], ("0", "1"), "array", {}, False),
    "texts in an array": ("abc", ["0", "2"], None, "array", {}, False),
    "folders": ("abc", ["0", "2"], ("0", "2"), "folder", {}, False),
}


@pytest.mark.parametrize("case", PLACED)
def test_numbers_beside_an_array_are_class_numbers_where_none_is_a_name(case):
    names, labels, order, kind, expected, assumed = PLACED[case]
    model, dataset = model_of(0, 3, names=tuple(names), name="net"), labelled(labels, kind, order)
    fit = label_fit(model, dataset)
    assert class_of_label(model, dataset) == fit.class_of == expected
    assert (fit.by_position, bool(fit.assumption("net"))) == (assumed, assumed)


def test_what_is_assumed_of_labels_is_in_rest_and_in_the_command_line(capsys):
    model, dataset = model_of(0, 3, names=("a", "b", "c"), name="net"), labelled(["0", "2"], "array", ("0", "1", "2"))
    assumption = "The labels are assumed to be the class numbers of net, since they are none of its class names."
    told = labels_json(model, dataset)
    assert told["labels_words"] == assumption and told["labels"][1]["name"] == "c" and not told["n_without_class"]
    say_naming([model], dataset)
    assert capsys.readouterr().err == f"innv-gui: {assumption}\n"
    hand = replace(model, by_hand=mapped_by_hand(model, dataset, model.class_names, {"0": "b", "2": "a"}))
    assert label_fit(hand, dataset).assumption("net") == "" and class_of_label(hand, dataset) == {"0": 1, "2": 0}


def test_a_refusal_says_whether_names_are_missing_or_do_not_match():
    dataset = labelled(["cat", "dog"])
    for model, hint in (
        (nameless(3), "Give the model's class names."),
        (model_of(0, 3, names=("a", "b", "c")), "The labels are cat, dog, its classes a, b, c: map labels to classes"),
    ):
        with pytest.raises(BadInput) as refused:
            check_probe(model, dataset)
        assert refused.value.hint.startswith(hint)


def test_a_probe_knows_that_labels_are_only_assumed_to_be_class_numbers():
    model, dataset = model_of(0, 3, names=("a", "b", "c")), labelled(["0", "1"], "array", ("0", "1"))
    hand = replace(model, by_hand=mapped_by_hand(model, dataset, model.class_names, {"0": "a", "1": "b"}))
    assert is_by_position(model, dataset) and not is_by_position(hand, dataset)
    check_probe(model, dataset)
