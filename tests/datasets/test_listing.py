"""Folders: links that a person's folder is made of, and the order in which Keras' own loader counts classes."""

import os
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innv_gui.datasets import decode, open_dataset
from innv_gui.datasets.array_labels import array_labels
from innv_gui.datasets.names import shown
from innv_gui.session.datasets import Dataset
from tests.datasets.picture_files import tiny_png


def touched(folder, *names):
    """Empty files: opening looks at names only."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def names_of(collection):
    return [ref.name for ref in collection.refs(0, collection.n)]


def said(collection):
    return {problem.name: problem.reason for problem in collection.problems}


# -- links in a folder that a person named


def test_a_folder_of_links_to_files_and_folders_is_read_for_whom_named_it(tmp_path):
    outside = touched(tmp_path / "outside", "a.png", "cat/1.png", "cat/deep/2.png")
    (outside / "a.png").write_bytes(tiny_png(9))
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "a.png").symlink_to(outside / "a.png")
    (folder / "cat").symlink_to(outside / "cat")
    collection = open_dataset(folder, anywhere=True)
    assert names_of(collection) == ["a.png", "cat/1.png", "cat/deep/2.png"] and not collection.problems
    assert collection.class_names == ("cat",) and collection.keras_class_names == ("cat",)
    assert decode(collection.ref(0)).max() == 9


def test_what_was_uploaded_follows_no_link_out(tmp_path):
    touched(tmp_path, "secret/s.png")
    folder = touched(tmp_path / "d", "a.png")
    (folder / "out.png").symlink_to(tmp_path / "secret" / "s.png")
    (folder / "away").symlink_to(tmp_path / "secret")
    collection = open_dataset(folder)
    assert names_of(collection) == ["a.png"] and set(said(collection)) == {"out.png", "away"}


def test_a_link_whose_target_is_gone_is_a_bad_file_with_that_reason(tmp_path):
    folder = touched(tmp_path, "a.png")
    (folder / "dead.png").symlink_to(folder / "nothing.png")
    (folder / "dead").symlink_to(folder / "nowhere")
    (folder / "itself.png").symlink_to(folder / "itself.png")
    os.mkfifo(tmp_path / "pipe")
    (folder / "pipe.png").symlink_to(tmp_path / "pipe")
    reasons = said(open_dataset(folder, anywhere=True))
    assert reasons["dead.png"] == reasons["dead"] == "is a link whose target is gone."
    assert "link" in reasons["itself.png"] and "not a regular file" in reasons["pipe.png"]


@st.composite
def link_trees(draw):
    """Folders "", a, b, a/c with an image each, and links between them, to themselves and to what holds them."""
    places = ("", "a", "b", "a/c")
    links = draw(st.lists(st.tuples(st.sampled_from(places), st.sampled_from((*places, ".."))), max_size=6))
    return [(where, f"l{number}", target) for number, (where, target) in enumerate(links)]


@settings(max_examples=60, deadline=None)
@given(link_trees())
def test_no_net_of_links_loops_and_each_folder_is_opened_once(tmp_path_factory, links):
    top = tmp_path_factory.mktemp("t")
    root = touched(top / "d", "r.png", "a/1.png", "b/2.png", "a/c/3.png")
    for where, name, target in links:
        (root / where / name).symlink_to(root / target)
    collection = open_dataset(root, anywhere=True)
    assert names_of(collection) == ["a/1.png", "a/c/3.png", "b/2.png", "r.png"] or links
    reals = [os.path.realpath(ref.path) for ref in collection.refs(0, collection.n)]
    assert sorted(reals) == sorted({*reals}) and collection.n == 4
    assert collection.n_problems == len(links)


def test_links_beside_each_other_to_one_outside_folder_count_its_images_once(tmp_path):
    outside = touched(tmp_path / "o", "1.png", "sub/2.png")
    folder = touched(tmp_path / "d", "k.png")
    for name in ("b", "a"):
        (folder / name).symlink_to(outside)
    (folder / "c").symlink_to(outside / "sub")
    collection = open_dataset(folder, anywhere=True)
    assert names_of(collection) == ["a/1.png", "a/sub/2.png", "k.png"]
    assert set(said(collection)) == {"b", "c"} and "counted once" in said(collection)["b"]


# -- the index that Keras gives a class folder


SOME_NAMES = st.one_of(
    st.integers(0, 120).map(str),
    st.sampled_from(["Cat", "cat", "CAT", "dog 1", "dog 10", "Äpfel", "apfel", "zebra", ".hidden", "__MACOSX", "été"]),
    st.text(string.ascii_letters + "01 _-é猫", min_size=1, max_size=6).map(str.strip).filter(bool),
)


@pytest.fixture(scope="module")
def keras_index():
    from keras.src.utils.dataset_utils import index_directory

    return lambda folder: index_directory(
        str(folder), "inferred", (".bmp", ".gif", ".jpeg", ".jpg", ".png"), shuffle=False, verbose=False
    )


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(SOME_NAMES, min_size=2, max_size=14, unique=True),
    data=st.data(),
)
def test_index_to_name_is_what_keras_own_loader_says(tmp_path_factory, keras_index, names, data):
    root = tmp_path_factory.mktemp("k")
    n_images = data.draw(st.lists(st.integers(0, 2), min_size=len(names), max_size=len(names)))
    for name, n in zip(names, n_images, strict=True):
        (root / name).mkdir()
        touched(root / name, *(f"{index}.png" for index in range(n)))
    touched(root, *(["beside.png"] if data.draw(st.booleans()) else []), "notes.txt")
    touched(root / data.draw(st.sampled_from(names)), "note.txt")
    classes = [name for name, n in zip(names, n_images, strict=True) if n and name not in (".hidden", "__MACOSX")]
    if not classes:
        return
    collection = open_dataset(root)
    files, codes, expected = keras_index(root)
    assert collection.keras_class_names == tuple(expected)
    index = {os.path.relpath(file, root): code for file, code in zip(files, codes, strict=True)}
    for ref in collection.refs(0, collection.n):
        if ref.label is not None:
            assert collection.keras_class_names[index[ref.name]] == ref.label


def test_numbered_folders_are_listed_for_eyes_and_indexed_as_keras_does(tmp_path):
    collection = open_dataset(touched(tmp_path, *(f"{n}/a.png" for n in range(1, 13))))
    assert collection.class_names == tuple(map(str, range(1, 13)))
    assert collection.keras_class_names == ("1", "10", "11", "12", "2", "3", "4", "5", "6", "7", "8", "9")


def test_linked_class_folders_count_as_keras_counts_them(tmp_path, keras_index):
    touched(tmp_path / "o", "x/1.png")
    root = touched(tmp_path / "d", "b/2.png")
    (root / "a").symlink_to(tmp_path / "o" / "x")
    assert open_dataset(root, anywhere=True).keras_class_names == tuple(keras_index(root)[2]) == ("a", "b")


def test_nested_folders_are_of_their_first_folders_class(tmp_path, keras_index):
    root = touched(tmp_path, "b/deep/1.png", "b/2.png", "A/x/y/3.png")
    assert open_dataset(root).keras_class_names == tuple(keras_index(root)[2]) == ("A", "b")


def test_of_splits_the_folder_to_train_on_says_the_order(tmp_path):
    root = touched(tmp_path, "train/b/1.png", "train/a/2.png", "test/b/3.png", "test/unknown/4.png")
    (root / "train" / "Empty").mkdir()
    (root / "test" / "x").mkdir()
    assert open_dataset(root).keras_class_names == ("Empty", "a", "b")
    below = touched(tmp_path / "one" / "digits", "1/a.png", "0/b.png").parent
    assert open_dataset(below).keras_class_names == ("0", "1")


def test_images_above_the_class_folders_of_splits_are_no_classes(tmp_path):
    root = touched(tmp_path, "train/b/1.png", "train/a/2.png", "test/3.png", "cover.png")
    collection = open_dataset(root)
    assert collection.keras_class_names == collection.class_names == ("a", "b") and collection.n_unlabelled == 2
    below = touched(tmp_path / "dev", "train/b/1.png", "dev/a/2.png", "more.png")
    assert open_dataset(below).keras_class_names == ("b",) and open_dataset(below).class_names == ("a", "b")


def test_where_labels_are_only_texts_nobody_knows_an_index(tmp_path):
    root = touched(tmp_path, "b/1.png", "a/2.png")
    assert open_dataset(root, labels=["x", "y"]).keras_class_names is None
    assert open_dataset(root / "a").keras_class_names is None
    (root / "list.csv").write_text("path,label\nb/1.png,b\na/2.png,a\n")
    assert open_dataset(root / "list.csv").keras_class_names is None


@pytest.mark.parametrize(
    ("labels", "texts", "order"),
    [
        (np.array([2, 0, 2]), ["2", "0", "2"], ("0", "1", "2")),
        (np.array([[2], [0], [1]], np.uint8), ["2", "0", "1"], ("0", "1", "2")),
        (np.array([1.0, 0.0]), ["1", "0"], ("0", "1")),
        (np.array([True, False]), ["1", "0"], ("0", "1")),
        (np.eye(4)[[3, 0]], ["3", "0"], ("0", "1", "2", "3")),
        (np.array([[0, 0], [1, 1], [0, 1]]), [None, None, "1"], ("0", "1")),
        (np.array([[np.nan, 1], [0.2, 0.8]]), [None, "1"], ("0", "1")),
        (np.array([-1, 1]), ["-1", "1"], None),
        (np.array([10**9, 1]), ["1000000000", "1"], None),
        (np.array(["b", "a"]), ["b", "a"], None),
        (np.array(["1", "0"]), ["1", "0"], None),
    ],
)
def test_numbers_in_an_array_are_positions_and_texts_are_not(labels, texts, order):
    found = array_labels(labels)
    assert (found.texts, found.order) == (texts, order)


def test_images_without_a_class_are_counted(tmp_path):
    collection = open_dataset(touched(tmp_path, "a/1.png", "b/2.png", "beside.png", "more.png"))
    assert collection.n_unlabelled == 2
    dataset = Dataset("d1", "d", collection)
    assert dataset.n_unlabelled == 2 and dataset[:2].n_unlabelled == 0 and dataset[1:3].n_unlabelled == 1
    assert open_dataset(touched(tmp_path / "flat", "1.png")).n_unlabelled == 0


def test_opening_looks_at_no_file_that_is_not_a_link(tmp_path, monkeypatch):
    """A million files are a listing, not a million calls."""
    touched(tmp_path, *(f"{n % 3}/{n}.png" for n in range(30)))
    real, asked = os.stat, []
    monkeypatch.setattr(os, "stat", lambda path, *a, **k: asked.append(str(path)) or real(path, *a, **k))
    monkeypatch.setattr("builtins.open", lambda *_, **__: pytest.fail("opened"))
    assert open_dataset(tmp_path, anywhere=True).n == 30
    assert not [path for path in asked if path.endswith(".png")]


def test_names_that_are_no_utf8_are_shown_in_keras_order(tmp_path):
    for name in (b"b\xff", b"a"):
        os.mkdir(os.path.join(os.fsencode(tmp_path), name))
        open(os.path.join(os.fsencode(tmp_path), name, b"1.png"), "w").close()
    assert open_dataset(tmp_path).keras_class_names == ("a", shown(os.fsdecode(b"b\xff")))
