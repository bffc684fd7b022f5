"""Labels that lie in a file are taken, or it is said why not."""

import h5py
import numpy as np
import pandas as pd
import pytest

from innv_gui.datasets import open_dataset
from innv_gui.session.datasets import Dataset

IMAGES = np.arange(3 * 4 * 4, dtype=np.uint8).reshape(3, 4, 4)
TEXTS = ["b", "a", "b"]


def opened(path):
    return Dataset("d1", "d", open_dataset(path))


def labels_of(dataset):
    return [ref.label for ref in dataset]


@pytest.mark.parametrize("labels", [TEXTS, [1, 0, 1], [None, "a", 2], [[1], [1, 2], []]])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["labels", "y", "names"])
def test_python_objects_are_never_loaded_and_named(tmp_path, labels, packed, name):
    objects = np.empty(3, object)
    objects[:] = labels
    (np.savez_compressed if packed else np.savez)(tmp_path / "d.npz", images=IMAGES, **{name: objects})
    dataset = opened(tmp_path / "d.npz")
    assert dataset.class_names is None and len(dataset) == 3
    assert dataset.left_out.startswith(f"{name} holds Python objects, which are never loaded; save it as")
    assert "dtype=str" in dataset.left_out


def test_what_the_sentence_says_to_do_works(tmp_path):
    np.savez(tmp_path / "d.npz", images=IMAGES, labels=np.array(list(np.array(TEXTS, object)), dtype=str))
    dataset = opened(tmp_path / "d.npz")
    assert labels_of(dataset) == TEXTS and dataset.left_out == ""


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, bool])
def test_rows_with_several_classes_are_counted(tmp_path, dtype):
    rows = np.array([[1, 1, 0], [0, 0, 0], [0, 0, 1]], dtype)
    np.savez(tmp_path / "d.npz", images=IMAGES, labels=rows)
    dataset = opened(tmp_path / "d.npz")
    assert labels_of(dataset) == [None, None, "2"] and dataset.n_unlabelled == 2
    expected = "labels marks several classes in 1 of 3 rows, which have no label; expected one class per image."
    assert dataset.left_out == expected


PAIRS = [
    ("train_set_x", "train_set_y"),
    ("X_train", "y_train"),
    ("XTrain", "YTrain"),
    ("trainX", "trainY"),
    ("train_images", "train_labels"),
    ("images_test", "labels_test"),
    ("val-data", "val-targets"),
    ("train/x", "train/y"),
    ("images/train", "labels/train"),
    ("set/image", "set/class"),
    ("x", "labels"),
    ("arr_0", "arr_1"),
]


@pytest.mark.parametrize("kind", ["npz", "h5"])
@pytest.mark.parametrize(("images", "labels"), PAIRS)
def test_labels_are_called_as_the_images_are(tmp_path, images, labels, kind):
    path, arrays = tmp_path / f"d.{kind}", {images: IMAGES, labels: np.array([1, 0, 1])}
    if kind == "npz":
        np.savez(path, **arrays)
    else:
        with h5py.File(path, "w") as file:
            file.update(arrays)
    dataset = opened(path)
    assert labels_of(dataset) == ["1", "0", "1"] and dataset.left_out == ""


def test_the_pair_comes_before_a_common_name(tmp_path):
    np.savez(tmp_path / "d.npz", x_test=IMAGES, y_test=np.array([1, 0, 1]), classes=np.array(["p", "q", "r"]))
    assert labels_of(opened(tmp_path / "d.npz")) == ["1", "0", "1"]


def test_what_could_be_labels_by_another_name_is_named(tmp_path):
    arrays = {"fine_labels": np.array([1, 0, 1]), "ids": np.arange(3), "class_names": np.array(["p", "q"])}
    np.savez(tmp_path / "d.npz", train_set_x=IMAGES, **arrays)
    dataset = opened(tmp_path / "d.npz")
    expected = "fine_labels is not taken as the labels of train_set_x; call it train_set_y if it holds them."
    assert dataset.class_names is None and dataset.left_out == expected


def test_lists_in_hdf5_are_no_labels(tmp_path):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["images"] = IMAGES
        file.create_dataset("labels", (3,), h5py.vlen_dtype(np.int32))[:] = [np.array([1, 2]), np.array([3]), []]
    dataset = opened(tmp_path / "d.h5")
    assert dataset.class_names is None and dataset.left_out.startswith("labels holds no labels")


def table(path, columns):
    frame = pd.DataFrame({"path": ["a.png", "b.png"], **dict.fromkeys(columns, [0, 1])})
    frame.to_csv(path, index=False) if path.suffix == ".csv" else frame.to_parquet(path)
    return opened(path)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_list_without_a_column_of_labels_says_which_columns_there_are(tmp_path, kind):
    dataset = table(tmp_path / f"list.{kind}", ["cat", "dog"])
    said = f"list.{kind} has no column 'label', so its images have no labels; its other columns are: cat, dog"
    assert dataset.left_out.startswith(said) and dataset.class_names is None and dataset.problems == ()
    assert dataset[:1].collection.n == 2


@pytest.mark.parametrize("columns", [[], ["label"], ["class", "dog"]])
def test_nothing_is_said_of_a_list_of_paths_or_with_labels(tmp_path, columns):
    assert table(tmp_path / "list.csv", columns).left_out == ""


def test_files_that_cannot_be_used_are_counted_without_the_list(tmp_path):
    (tmp_path / "list.csv").write_text("path,cat\na.png,1\nnotes.txt,0\n")
    said = opened(tmp_path / "list.csv").left_out
    assert said.startswith("1 of 2 files cannot be used: notes.txt ") and "list.csv has no column 'label'" in said
    assert Dataset("d1", "d", open_dataset(tmp_path / "list.csv", labels=["p"])).left_out.count("list.csv") == 0


WHOLE = {
    "with a gap": ([0.0, 10.0, None, 2.0], ["0", "10", None, "2"]),
    "below zero": ([-1.0, -0.0, 1.0, 2.0], ["-1", "0", "1", "2"]),
    "not all whole": ([0.0, 1.5, None, 2.0], ["0.0", "1.5", None, "2.0"]),
}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("case", WHOLE)
def test_whole_numbers_that_a_list_has_as_floats_are_whole(tmp_path, case, kind):
    numbers, expected = WHOLE[case]
    frame = pd.DataFrame({"path": list("abcd"), "label": numbers})
    frame["path"] += ".png"
    frame.to_csv(tmp_path / "l.csv", index=False) if kind == "csv" else frame.to_parquet(tmp_path / "l.parquet")
    assert labels_of(opened(tmp_path / f"l.{kind}")) == expected


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["01", "2", "10"], ["01", "2", "10"]),
        (["1", "2.", "nan"], ["1", "2", None]),
        (["1.0", "nan", "cat"], ["1.0", "nan", "cat"]),
        (["01.0", "2.0", "3.0"], ["01.0", "2.0", "3.0"]),
    ],
)
def test_labels_that_are_texts_stay_as_they_are_written(tmp_path, labels, expected):
    rows = "".join(f"{place}.png,{label}\n" for place, label in enumerate(labels))
    (tmp_path / "l.csv").write_text(f"path,label\n{rows}")
    assert labels_of(opened(tmp_path / "l.csv")) == expected


def test_nothing_is_no_label_in_parquet_however_it_is_written(tmp_path):
    import pyarrow
    import pyarrow.parquet

    columns = {"path": ["a.png", "b.png", "c.png"], "label": [1.0, float("nan"), None]}
    pyarrow.parquet.write_table(pyarrow.table(columns), tmp_path / "l.parquet")
    assert labels_of(opened(tmp_path / "l.parquet")) == ["1", None, None]


COLUMNS = {
    "marks": ([[0, 1, 0], [0, 0, 1], [1, 0, 0]], ["1", "2", "0"]),
    "marks as bytes": (np.eye(3, dtype=np.uint8), ["0", "1", "2"]),
    "marks as truths": (np.eye(3, dtype=bool), ["0", "1", "2"]),
    "minus one and one": (2 * np.eye(3) - 1, ["0", "1", "2"]),
    "probabilities": (np.float32([[0.2, 0.7, 0.1], [1, 0, 0], [0, 0, 0]]), ["1", "0", None]),
    "rounded probabilities": (np.float16([[0.333, 0.333, 0.335], [0.1, 0.8, 0.1], [0.9, 0.05, 0.05]]), ["2", "1", "0"]),
    "coarse and fine": ([[0, 1], [2, 5], [1, 3]], None),
    "boxes": ([[0, 0, 4, 4], [1, 2, 3, 4], [0, 1, 2, 3]], None),
    "landmarks from 0 to 1": ([[0.1, 0.5, 0.9], [0.2, 0.6, 0.7], [0.3, 0.3, 0.3]], None),
    "logits": ([[-2.5, 3.0], [0.5, 0.1], [1.0, -1.0]], None),
}


@pytest.mark.parametrize("case", COLUMNS)
def test_columns_are_labels_where_they_are_one_per_class(tmp_path, case):
    rows, expected = COLUMNS[case]
    rows = np.asarray(rows)
    np.savez(tmp_path / "d.npz", images=IMAGES, y=rows)
    dataset = opened(tmp_path / "d.npz")
    if expected is not None:
        assert (labels_of(dataset), dataset.left_out) == (expected, "")
    else:
        assert dataset.class_names is None and dataset.keras_class_names is None
        assert dataset.left_out.startswith(f"y holds no labels: its {rows.shape[1]} columns are not one per class;")


UNKNOWN = {
    "minus one": ([-1, 0, 2], [None, "0", "2"], ("0", "1", "2"), "1 of 3 rows, which has"),
    "bytes below 0": (np.array([-1, -2, 1], np.int8), [None, None, "1"], ("0", "1"), "2 of 3 rows, which have"),
    "NaN": ([np.nan, 0, -1.0], [None, "0", None], ("0",), "2 of 3 rows, which have"),
    "a column": ([[-1], [0], [1]], [None, "0", "1"], ("0", "1"), "1 of 3 rows, which has"),
    "all": ([-1, -1, -1], [None] * 3, None, "3 of 3 rows, which have"),
    "two signs": ([-1, 1, -1], ["-1", "1", "-1"], None, ""),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_a_number_below_0_beside_an_array_is_no_label(tmp_path, case):
    numbers, expected, order, said = UNKNOWN[case]
    np.savez(tmp_path / "d.npz", images=IMAGES, y=np.asarray(numbers))
    dataset = opened(tmp_path / "d.npz")
    assert (labels_of(dataset), dataset.keras_class_names) == (expected, order)
    assert dataset.left_out == (said and f"y is below 0 or NaN in {said} no label.")
