"""Class names: read in every usual form, refused where they do not fit, mapped by name."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innv_gui.class_names import class_names, fit, map_by_name, read_class_names
from innv_gui.errors import BadInput


def written(tmp_path, content, name="classes.json"):
    content = content if isinstance(content, bytes | str) else json.dumps(content)
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path / name


@pytest.mark.parametrize(
    "content",
    [
        {"0": ["n01", "cat"], "1": ["n02", "dog"], "2": ["n03", "großer Fuchs"]},
        {"2": "großer Fuchs", "0": "cat", "1": "dog"},
        ["cat", "dog", "großer Fuchs"],
        [["n01", "cat"], ["n02", "dog"], ["n03", "großer Fuchs"]],
        {"cat": 0, "großer Fuchs": 2, "dog": 1},
        "cat\ndog\ngroßer Fuchs\n\n",
        "\ufeffcat\r\n dog \r\ngroßer Fuchs",
        "0 cat\n1 dog\n2 großer Fuchs\n",  # as Teachable Machine writes them
        "2: großer Fuchs\n0: cat\n1: dog",
        "1\tcat\n2\tdog\n3\tgroßer Fuchs",
        "2,dog\n 3 , großer Fuchs\n1,cat",
    ],
)
def test_every_usual_form_is_read(tmp_path, content):
    assert read_class_names(written(tmp_path, content)) == ("cat", "dog", "großer Fuchs")


@pytest.mark.parametrize(
    "lines",
    [
        ("1 star", "2 star", "3 star"),
        ("0 cat", "dog"),
        ("0 cat", "2 dog"),
        ("7 cat", "8 dog"),
        ("3D", "2D"),
        ("0", "1"),
        ("0-cat", "1-dog"),
        ("1 cat",),
    ],
)
def test_numbers_that_are_no_count_of_the_classes_belong_to_the_names(tmp_path, lines):
    assert read_class_names(written(tmp_path, "\n".join(lines), "labels.txt")) == lines


def test_names_that_imagenet_has_twice_are_told_apart_by_their_ids():
    assert class_names({"0": ["n02012849", "crane"], "1": ["n03126707", "crane"], "2": ["n1", "tench"]}) == (
        "crane (n02012849)",
        "crane (n03126707)",
        "tench",
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"0": "a", "2": "b"}, "keys 0 to 1, but 1 is missing"),
        ({"a": "x", "b": "y"}, "keys 0 to 1, but 0 is missing"),
        (["a", "b", "a"], "Classes 0 and 2 have the same name, 'a'"),
        ("a\n\nb\n", "name of class 1 is empty"),
        ([1, 2], "name or .id, name. for class 0, got 1"),
        ([["a", "b", "c"]], "for class 0"),
        ([], "no class name"),
        ("", "no class name"),
        ('{"0": "a"', "is not JSON"),
        ("[" * 100_000, "JSON|deeply"),
        ("x" * 300, "300 characters"),
        (b"\xff\xfe\x00a", "not text in UTF-8"),
        (b"a\0b", "not text"),
        (b"a\n" * 3_000_000, "larger than 4 MiB"),
    ],
)
def test_what_is_no_list_of_names_is_refused_by_file_name(tmp_path, content, said):
    with pytest.raises(BadInput, match=said) as refused:
        read_class_names(written(tmp_path, content))
    assert "classes.json" in refused.value.message and refused.value.field == "class_names"


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "nothing.json", tmp_path):
        with pytest.raises(BadInput, match="There is no file"):
            read_class_names(path)


def test_fit_says_expected_and_got():
    assert fit(["a", "b"], 2) == ("a", "b") == fit({"1": "b", "0": ["n", "a"]}, 2)
    with pytest.raises(BadInput, match="Expected 10 class names, one per class of the model, got 2"):
        fit(["a", "b"], 10)
    with pytest.raises(BadInput, match="Expected a list or a dictionary"):
        fit("ab", 2)


def test_labels_are_mapped_by_name_and_the_rest_is_said():
    mapping, classes, labels = map_by_name(
        ("tree", "Sports Car", "cafe\u0301", "x"), ("sports_car", "caf\u00e9", "tree", "fox")
    )
    assert mapping == {"sports_car": 1, "caf\u00e9": 2, "tree": 0}
    assert classes == ("x",) and labels == ("fox",)


def test_a_label_that_begins_with_its_index_fits_the_class_of_that_index_and_name():
    found, without, left = map_by_name(["cat", "dog", "hen"], ["1 Dog", "0: cat", "1 hen", "3 hen", "hen 2"])
    assert found == {"1 Dog": 1, "0: cat": 0} and without == ("hen",) and left == ("1 hen", "3 hen", "hen 2")


def test_an_exact_name_wins_and_an_ambiguous_one_is_not_guessed():
    mapping, _, labels = map_by_name(("Crane", "crane"), ("crane", "CRANE"))
    assert mapping == {"crane": 1} and labels == ("CRANE",)


@given(st.lists(st.text(min_size=1), unique=True))
def test_the_same_names_map_to_themselves(names):
    assert map_by_name(names, names) == ({name: index for index, name in enumerate(names)}, (), ())
