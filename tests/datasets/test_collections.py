"""Opening collections: what is listed, in which order, with which labels, and what is said of the rest."""

import os
import pickle
import re
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innv_gui import datasets
from innv_gui.datasets import content_hash, decode, hdf5_files, is_upload_acceptable, open_dataset, scan
from innv_gui.datasets.folder import folder_labels
from innv_gui.datasets.names import Names, quoted, shown, sort_naturally
from innv_gui.errors import BadInput, ImageRefused
from tests.datasets.picture_files import (
    bare_pickle,
    good_and_bad,
    leading_out_hdf5,
    lying_npy,
    pickled_npy,
    quarters,
    save,
    secret_hdf5,
    tiny_png,
)

ODD_NAMES = ["quo\"te's.png", "<b>bold<script>.png", "new\nline.png", "emoji 🦊.png", "ü&%#?.png", "a;b|c$(d).png"]


def touched(folder, *names):
    """Empty files: opening looks at names only."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def names_of(collection):
    return [ref.name for ref in collection.refs(0, collection.n)]


# -- folders


def test_folder_lists_images_in_natural_order(tmp_path):
    touched(tmp_path, "img10.png", "img2.PNG", "Img1.jpg", "b/1.gif", "a.tiff")
    assert names_of(open_dataset(tmp_path)) == ["a.tiff", "b/1.gif", "Img1.jpg", "img2.PNG", "img10.png"]


def test_opening_reads_no_file(tmp_path):
    touched(tmp_path, "a.png", "b.png")
    (tmp_path / "a.png").chmod(0)
    assert open_dataset(tmp_path).n == 2
    assert len(scan(open_dataset(tmp_path).refs(0, 2))) == 2


def test_the_same_folder_gives_the_same_list_and_fingerprint(tmp_path):
    good_and_bad(tmp_path / "d", 20, 5)
    first, second = open_dataset(tmp_path / "d"), open_dataset(tmp_path / "d")
    assert names_of(first) == names_of(second) and first == second
    touched(tmp_path / "d", "cat/new.png")
    assert open_dataset(tmp_path / "d").fingerprint != first.fingerprint


def test_class_folders_are_labels_in_natural_order(tmp_path):
    collection = open_dataset(touched(tmp_path, "10/a.png", "2/b.png", "2/deep/er/c.png"))
    assert collection.class_names == ("2", "10")
    assert [(ref.name, ref.label) for ref in collection.refs(0, 3)] == [
        ("2/b.png", "2"),
        ("2/deep/er/c.png", "2"),
        ("10/a.png", "10"),
    ]


@pytest.mark.parametrize(
    ("files", "labels"),
    [
        (["a.png", "b.png"], None),
        (["cat/a.png"], ["cat"]),
        (["top/cat/a.png", "top/dog/b.png"], ["cat", "dog"]),
        (["train/cat/a.png", "test/dog/b.png"], ["cat", "dog"]),
        (["train/a.png", "test/b.png"], ["train", "test"]),
        (["a.png", "cat/b.png"], [None, "cat"]),
        (["test/0.png", "train/cat/a.png", "train/dog/b.png"], [None, "cat", "dog"]),
        (["cover.png", "train/cat/a.png", "train/dog/b.png"], [None, "cat", "dog"]),
        (["pets/cover.png", "pets/cat/a.png", "pets/dog/b.png"], [None, "cat", "dog"]),
        (["Train/cat/a.png", "dev/cat/b.png", "eval/dog/c.png", "holdout/d.png"], ["cat", "cat", "dog", None]),
        (["train/cat/a.png", "unlabelled/b.png", "unlabeled/c.png"], ["cat", None, None]),
        (["top/read.png", "top/train/cat/a.png", "top/test/b.png", "top/test/dog/c.png"], [None, "cat", None, "dog"]),
        (["cat/a.png", "cat/b.png", "cat/more/c.png"], ["cat", "cat", "cat"]),
        (["Cat/x/a.png", "cat/y/b.png"], ["Cat", "cat"]),
        (["cat/a.png", "train/b.png", "train/more/c.png"], ["cat", "train", "train"]),
    ],
)
def test_labels_come_from_the_first_folder_that_tells_images_apart(files, labels):
    assert folder_labels(files) == labels


def test_thousand_good_and_hundred_bad_files_add_up(tmp_path):
    folder = good_and_bad(tmp_path / "d", 1000, 100)
    collection = open_dataset(folder)
    assert collection.n == 1100 and collection.n_problems == 0
    refs = collection.refs(0, collection.n)
    problems = scan(refs)
    assert len(problems) == 100 and {problem.name for problem in problems} == {
        ref.name for ref in refs if "bad_" in ref.name
    }
    assert all(len(problem.reason) > 10 for problem in problems)
    assert scan(refs) == problems
    bad = {problem.name for problem in problems}
    assert sum(decode(ref).shape == (4, 4, 1) for ref in refs if ref.name not in bad) == 1000


def test_other_files_are_listed_and_system_files_are_not(tmp_path):
    touched(
        tmp_path, "a.png", "README.txt", "Thumbs.db", ".DS_Store", ".git/x.png", "photo.heic", "labels.csv", "noext"
    )
    collection = open_dataset(tmp_path)
    reasons = {problem.name: problem.reason for problem in collection.problems}
    assert collection.n == 1 and collection.n_problems == 4
    assert set(reasons) == {"README.txt", "photo.heic", "labels.csv", "noext"}
    assert "an unsupported kind" in reasons["photo.heic"] and "by itself" in reasons["labels.csv"]


def test_a_flood_of_other_files_is_counted_but_not_listed(tmp_path, monkeypatch):
    monkeypatch.setattr("innv_gui.datasets.collection.MAX_LISTED_PROBLEMS", 3)
    collection = open_dataset(touched(tmp_path, "a.png", *(f"{i}.txt" for i in range(10))))
    assert collection.n_problems == 10 and len(collection.problems) == 4
    assert collection.problems[-1].name == "7 more"


def test_links_are_followed_only_inside_the_folder(tmp_path):
    outside = touched(tmp_path / "outside", "secret.png", "more/b.png")
    folder = touched(tmp_path / "d", "a.png", "sub/b.png")
    (folder / "in.png").symlink_to(folder / "a.png")
    (folder / "out.png").symlink_to(outside / "secret.png")
    (folder / "dead.png").symlink_to(folder / "nothing.png")
    (folder / "loop").symlink_to(folder)
    (folder / "away").symlink_to(outside)
    collection = open_dataset(folder)
    assert names_of(collection) == ["a.png", "in.png", "sub/b.png"]
    assert {problem.name for problem in collection.problems} == {"out.png", "dead.png", "loop", "away"}


def test_a_pipe_is_listed_and_never_opened(tmp_path):
    os.mkfifo(touched(tmp_path, "a.png") / "pipe.png")
    assert [problem.name for problem in open_dataset(tmp_path).problems] == ["pipe.png"]
    with pytest.raises(BadInput, match="regular file"):
        open_dataset(tmp_path / "pipe.png")


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_survive(tmp_path, name):
    save(tmp_path / name, quarters())
    collection = pickle.loads(pickle.dumps(open_dataset(tmp_path)))
    ref = collection.ref(0)
    assert ref.name == name and decode(ref).shape == (16, 16, 3)
    assert open_dataset(tmp_path / name).ref(0).name == name


def test_a_name_that_is_no_utf8_is_shown_escaped_and_still_found(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9")).mkdir()
    path = tmp_path / os.fsdecode(b"caf\xe9") / os.fsdecode(b"p\xff.png")
    path.write_bytes(tiny_png())
    ref = open_dataset(tmp_path).ref(0)
    assert ref.name == "caf\\xe9/p\\xff.png" and ref.label == "caf\\xe9"
    ref.name.encode("utf-8")
    assert decode(ref).shape == (4, 4, 1)


def test_refusals_stay_on_one_line_whatever_the_name(tmp_path):
    (tmp_path / "a\n\x1b[31mb.png").write_bytes(b"no image")
    with pytest.raises(ImageRefused) as refused:
        decode(open_dataset(tmp_path).ref(0))
    assert "\n" not in str(refused.value) and "\x1b" not in str(refused.value)
    assert r"a\n\x1b[31mb.png" in refused.value.message


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: p / "nothing", "There is no folder or file"),
        (lambda p: p, "No image in .*The folder is empty"),
        (lambda p: touched(p, "only/notes.txt") / "only", "No image in what was sent"),
        (lambda p: touched(p, "zero.png") / "zero.png", "is empty"),
        (lambda p: (p / "no.png", (p / "no.png").write_bytes(b"hello there"))[0], "not an image"),
        (lambda p: (p / "a.txt", (p / "a.txt").write_bytes(b"hello there"))[0], "holds no images"),
        (lambda p: (p / "a.heic", (p / "a.heic").write_bytes(b"hello there"))[0], "an unsupported kind"),
        (lambda p: (p / "a.npz", (p / "a.npz").write_bytes(b"hello there"))[0], "not what its extension"),
        (lambda p: "a\0b", "not a path"),
    ],
)
def test_what_is_no_dataset_is_refused_in_a_sentence(tmp_path, make, said):
    with pytest.raises(BadInput) as refused:
        open_dataset(make(tmp_path))
    assert re.search(said, str(refused.value))
    assert refused.value.field == "images" and refused.value.message.endswith(".")


def test_a_single_image_is_a_collection_of_one_whatever_its_extension(tmp_path):
    for name in ("photo.png", "photo", "photo.txt"):
        (tmp_path / name).write_bytes(tiny_png(9))
        collection = open_dataset(tmp_path / name)
        assert collection.n == 1 and collection.name == name and decode(collection.ref(0))[0, 0, 0] == 9


# -- many names


def test_a_hundred_thousand_names_are_kept_compactly():
    names = [f"class_{i % 10}/picture_{i:06d}.png" for i in range(100_000)]
    kept = Names.of(names)
    assert len(kept) == 100_000 and kept[0] == names[0] and kept[99_999] == names[-1] and kept[5] == names[5]
    assert len(pickle.dumps(kept)) < 5_000_000
    assert sys.getsizeof(kept.joined) + kept.ends.nbytes < 5_000_000


def test_opening_makes_no_reference_before_it_is_asked_for(tmp_path, monkeypatch):
    made = []
    real = datasets.collection.ImageRef
    monkeypatch.setattr(datasets.collection, "ImageRef", lambda *a, **k: made.append(1) or real(*a, **k))
    collection = open_dataset(touched(tmp_path, *(f"{i}.png" for i in range(2000))))
    assert len(collection) == 2000 and not made
    collection.search("19")
    collection.refs(5, 8)
    assert len(made) == 3


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)))
def test_names_come_back_as_they_were(names):
    kept = Names.of(names)
    assert [kept[i] for i in range(len(kept))] == names


@given(st.lists(st.text("ab10/. ", min_size=1), unique=True))
def test_natural_order_does_not_depend_on_the_order_of_listing(names):
    assert sort_naturally(names) == sort_naturally(reversed(names))


@given(st.lists(st.integers(0, 10**12), unique=True))
def test_numbers_sort_by_value(numbers):
    assert sort_naturally(f"img{n}.png" for n in numbers) == [f"img{n}.png" for n in sorted(numbers)]


@given(st.binary(min_size=1, max_size=300).filter(lambda b: b"\0" not in b))
def test_any_file_name_becomes_text_that_can_be_sent_and_quoted(name):
    text = shown(os.fsdecode(name))
    text.encode("utf-8")
    assert quoted(os.fsdecode(name)).isprintable()


def test_search_ignores_case_and_the_way_accents_are_written(tmp_path):
    collection = open_dataset(touched(tmp_path, "cat/Fuchs.png", "cat/cafe\u0301.png", "dog/fuchsia.png"))
    assert collection.search("FUCHS").tolist() == [1, 2]
    assert collection.search("fuchs", "cat").tolist() == [1]
    assert collection.search("caf\u00e9").tolist() == [0]
    assert collection.search(None, "dog").tolist() == [2]
    assert collection.search(None, "horse").tolist() == [] and collection.search("zebra").tolist() == []
    assert collection.search().tolist() == [0, 1, 2]


def test_positions_and_places_outside(tmp_path):
    collection = open_dataset(touched(tmp_path, "a.png", "b/c.png"))
    assert collection.positions(["b/c.png", "nothing.png", "a.png"]) == [1, 0]
    with pytest.raises(IndexError):
        collection.ref(2)
    with pytest.raises(IndexError):
        collection.ref(-1)
    assert len(collection.refs(-5, 50)) == 2 and collection.refs(3, 9) == []


def test_given_labels_replace_the_found_ones(tmp_path):
    touched(tmp_path, "x/a.png", "y/b.png")
    assert open_dataset(tmp_path, labels=["p", None]).refs(0, 2)[0].label == "p"
    with pytest.raises(BadInput, match="Expected 2 labels, one per image, got 1"):
        open_dataset(tmp_path, labels=["p"])


# -- manifests


def manifest(folder, text, name="list.csv"):
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / name


@pytest.mark.parametrize(
    "text",
    [
        "path,label\np/b.png,two\na.png,one\n",
        "\ufeffPath, Label\r\np/b.png,two\r\na.png,one\r\n",
        "label;filename\ntwo;p/b.png\none;a.png\n",
    ],
)
def test_csv_lists_images_in_its_own_order(tmp_path, text):
    collection = open_dataset(manifest(tmp_path, text))
    assert [(ref.name, ref.label) for ref in collection.refs(0, 2)] == [("p/b.png", "two"), ("a.png", "one")]
    assert collection.kind == "manifest" and collection.class_names == ("one", "two")
    assert collection.ref(1).path == str(tmp_path / "a.png")


def test_csv_counts_add_up(tmp_path):
    text = "path,label\na.png,1\n,2\nnotes.txt,3\n../secret.png,4\n/etc/secret.png,5\nb.png\n"
    collection = open_dataset(manifest(tmp_path, text))
    assert names_of(collection) == ["a.png", "b.png"] and collection.n_problems == 4
    assert [ref.label for ref in collection.refs(0, 2)] == ["1", None]
    outside = [problem.name for problem in collection.problems if "leads out" in problem.reason]
    assert sorted(outside) == ["../secret.png", "/etc/secret.png"]


def test_csv_named_on_the_command_line_may_list_images_anywhere(tmp_path):
    (tmp_path / "a.png").write_bytes(tiny_png(5))
    folder = tmp_path / "lists"
    folder.mkdir()
    path = manifest(folder, f"path\n{tmp_path}/a.png\n../a.png\n")
    assert [decode(ref)[0, 0, 0] for ref in open_dataset(path, anywhere=True).refs(0, 2)] == [5, 5]
    with pytest.raises(BadInput, match="No image in list.csv"):
        open_dataset(path)


def test_a_listed_file_that_is_missing_is_found_when_it_is_used(tmp_path):
    problems = scan(open_dataset(manifest(tmp_path, "path\ngone.png\n")).refs(0, 1))
    assert problems[0].name == "gone.png" and "is not there" in problems[0].reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("image_name,label\na.png,1\n", "no column 'path'"),
        ("path,label\n", "No image in"),
        (b"path\n\xff\xfe.png\n", "UTF-8"),
        ('path\n"a.png\n', "is not CSV"),
        ("path\n" + "a" * 200_000 + ".png\n", "is not CSV"),
    ],
)
def test_csv_that_cannot_be_used_is_refused(tmp_path, text, said):
    with pytest.raises(BadInput, match=said):
        open_dataset(manifest(tmp_path, text))


def test_parquet_is_read_like_csv(tmp_path):
    frame = pd.DataFrame({"path": ["b.png", None, "a.png"], "label": [3, 4, 10], "more": [b"x", b"y", b"z"]})
    frame.to_parquet(tmp_path / "list.parquet")
    collection = open_dataset(tmp_path / "list.parquet")
    assert [(ref.name, ref.label) for ref in collection.refs(0, 2)] == [("b.png", "3"), ("a.png", "10")]
    assert collection.class_names == ("3", "10") and collection.problems[0].name == "row 2"


def test_parquet_that_cannot_be_used_is_refused(tmp_path):
    pd.DataFrame({"path": [1, 2]}).to_parquet(tmp_path / "numbers.parquet")
    with pytest.raises(BadInput, match="expected text in the column path, got int64"):
        open_dataset(tmp_path / "numbers.parquet")
    content = (tmp_path / "numbers.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(content[:-20])
    with pytest.raises(BadInput, match="cut.parquet cannot be read as Parquet"):
        open_dataset(tmp_path / "cut.parquet")


# -- arrays


@pytest.mark.parametrize("packed", [False, True])
def test_npz_with_labels(tmp_path, packed):
    images = np.arange(5 * 4 * 6 * 3, dtype=np.uint8).reshape(5, 4, 6, 3)
    (np.savez_compressed if packed else np.savez)(tmp_path / "d.npz", x=images, y=np.array([2, 0, 10, 0, 2]))
    collection = open_dataset(tmp_path / "d.npz")
    assert (collection.kind, collection.n, collection.class_names) == ("array", 5, ("0", "2", "10"))
    assert collection.ref(3).name == "d.npz[3]" and collection.ref(2).label == "10"
    assert all(np.array_equal(decode(ref), images[i]) for i, ref in enumerate(collection.refs(0, 5)))
    assert collection.search("[3]").tolist() == [3] and collection.search(None, "2").tolist() == [0, 4]


@pytest.mark.parametrize(
    ("array", "row"),
    [
        (np.full((2, 4, 5), 7, np.uint8), np.full((4, 5, 1), 7)),
        (np.full((2, 4, 5, 1), 7, ">u2"), np.full((4, 5, 1), 7)),
        (np.full((2, 3, 4, 5), 9, np.uint8), np.full((4, 5, 3), 9)),
        (np.asfortranarray(np.full((2, 4, 5, 3), 9, np.uint8)), np.full((4, 5, 3), 9)),
        (np.full((2, 4, 5, 3), 0.5, np.float64), np.full((4, 5, 3), 127.5)),
        (np.full((2, 4, 5, 3), 200, np.float16), np.full((4, 5, 3), 200)),
        (np.stack([np.full((4, 5), -1.0), np.full((4, 5), 1.0)]), np.zeros((4, 5, 1))),
        (np.full((2, 4, 5), 65535, np.uint16), np.full((4, 5, 1), 255)),
        (np.full((2, 4, 5), True), np.full((4, 5, 1), 255)),
    ],
)
def test_numbers_become_brightness(tmp_path, array, row):
    np.save(tmp_path / "x.npy", array)
    decoded = decode(open_dataset(tmp_path / "x.npy").ref(0))
    assert decoded.shape == row.shape and np.allclose(decoded, row, atol=1e-3)
    assert decoded.dtype in (np.uint8, np.float32)


def test_one_dark_row_is_scaled_like_the_others(tmp_path):
    array = np.full((3, 4, 4), 200, np.float32)
    array[1] = 0.5
    np.save(tmp_path / "x.npy", array)
    assert decode(open_dataset(tmp_path / "x.npy").ref(1)).max() == 0.5


def test_transparent_rows_lie_on_white(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((1, 2, 2, 4), np.uint8))
    assert decode(open_dataset(tmp_path / "x.npy").ref(0)).tolist() == np.full((2, 2, 3), 255).tolist()


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((10, 64), np.uint8), r"shape \(10, 64\); expected \(N, H, W\)"),
        (np.zeros((64, 64, 3), np.uint8), "one colour image or 64 grey ones"),
        (np.zeros((2, 8, 8, 5), np.uint8), "expected"),
        (np.zeros((0, 8, 8), np.uint8), "holds no image"),
        (np.zeros((2, 0, 8), np.uint8), "no pixels"),
        (np.zeros((2, 8, 8), np.complex64), "complex numbers"),
        (np.zeros((2, 8, 8), "U3"), "text"),
        (np.full((2, 8, 8), -7.0), "expected"),
        (np.full((2, 8, 8), 70000, np.int32), "0 to 65535"),
    ],
)
def test_arrays_that_are_no_images_are_refused_with_expected_and_got(tmp_path, array, said):
    np.save(tmp_path / "x.npy", array)
    with pytest.raises(BadInput, match=said):
        open_dataset(tmp_path / "x.npy")


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize(("height", "width"), [(8, 12), (12, 8), (5, 5), (1, 28), (224, 13), (224, 224)])
@pytest.mark.parametrize("save_as", [np.save, np.savez])
def test_one_image_of_any_size_is_not_opened_as_many_strips(tmp_path, height, width, channels, save_as):
    path = tmp_path / ("image.npy" if save_as is np.save else "image.npz")
    named = {} if save_as is np.save else {"image": np.zeros((height, width, channels), np.uint8)}
    save_as(path, *([] if named else [np.zeros((height, width, channels), np.uint8)]), **named)
    with pytest.raises(BadInput, match=f"one {'grey' if channels == 1 else 'colour'} image or {height} grey ones"):
        open_dataset(path)


@pytest.mark.parametrize("shape", [(600, 28, 28), (600, 8, 8), (5, 4, 4), (5, 3, 3), (9, 3, 4), (2, 12, 5), (7, 1, 1)])
def test_stacks_of_small_grey_images_stay_stacks(tmp_path, shape):
    np.save(tmp_path / "x.npy", np.zeros(shape, np.uint8))
    assert open_dataset(tmp_path / "x.npy").n == shape[0]


def test_a_row_with_nan_is_refused_by_name_and_the_rest_is_used(tmp_path):
    array = np.full((3, 4, 4), 0.5, np.float32)
    array[1, 0, 0] = np.nan
    np.save(tmp_path / "x.npy", array)
    collection = open_dataset(tmp_path / "x.npy")
    assert [problem.name for problem in scan(collection.refs(0, 3))] == ["x.npy[1]"]


def test_a_pickle_in_an_array_file_is_not_executed(tmp_path):
    mark = tmp_path / "mark"
    for path in (pickled_npy(tmp_path / "a.npy", mark), bare_pickle(tmp_path / "b.npy", mark)):
        with pytest.raises(BadInput):
            open_dataset(path)
    with zipfile.ZipFile(tmp_path / "c.npz", "w") as archive:
        archive.write(tmp_path / "a.npy", "x.npy")
    with pytest.raises(BadInput, match="holds no array of images"):
        open_dataset(tmp_path / "c.npz")
    assert not mark.exists()


def test_a_header_that_lies_is_refused_before_memory_is_taken(tmp_path):
    for shape in ((10**9, 32, 32), (2**31, 2**31, 2**31), (1, 10**6, 10**6)):
        with pytest.raises(BadInput, match="cut short|pixels"):
            open_dataset(lying_npy(tmp_path / "x.npy", shape))


def test_labels_of_another_length_are_refused(tmp_path):
    np.savez(tmp_path / "d.npz", x=np.zeros((4, 8, 8)), y=np.zeros(3))
    with pytest.raises(BadInput, match=r"4 images in x, but y has the shape \(3,\); expected \(4,\)"):
        open_dataset(tmp_path / "d.npz")


@pytest.mark.parametrize(
    ("labels", "texts"),
    [
        (np.eye(3)[[2, 0]], ["2", "0"]),
        (np.array([[1], [2]]), ["1", "2"]),
        (np.array([1.0, 4.0]), ["1", "4"]),
        (np.array(["cat", "dog"]), ["cat", "dog"]),
        (np.array([b"cat", b"d\xff"]), ["cat", "d\\xff"]),
        (np.array([True, False]), ["1", "0"]),
        (np.array([0.5, 1.5]), [None, None]),
    ],
)
def test_labels_in_every_usual_form(tmp_path, labels, texts):
    np.savez(tmp_path / "d.npz", images=np.zeros((2, 8, 8)), labels=labels)
    assert [ref.label for ref in open_dataset(tmp_path / "d.npz").refs(0, 2)] == texts


def test_further_arrays_are_named_as_left_out(tmp_path):
    arrays = {"x_train": np.zeros((9, 8, 8)), "x_test": np.zeros((3, 8, 8)), "y_test": np.arange(3)}
    np.savez(tmp_path / "d.npz", **arrays)
    collection = open_dataset(tmp_path / "d.npz")
    assert collection.n == 3 and [problem.name for problem in collection.problems] == ["x_train"]


@pytest.mark.parametrize(
    "name, labels",
    [
        ("{}_images", "{}_labels"),  # MedMNIST
        ("images_{}", "labels_{}"),
        ("{}_data", "{}_labels"),
        ("{}_set_x", "{}_set_y"),
        ("{}X", "{}Y"),
        ("X{}", "y{}"),
        ("{}/images", "{}/labels"),
    ],
)
def test_of_the_arrays_of_splits_the_one_to_test_on_is_opened_with_its_labels(tmp_path, name, labels):
    sizes = {"train": 9, "val": 4, "test": 3}
    arrays = {name.format(split): np.zeros((n, 8, 8), np.uint8) for split, n in sizes.items()}
    arrays |= {labels.format(split): np.arange(n)[:, None] for split, n in sizes.items()}
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for key, values in arrays.items():
            file[key] = values
    np.savez(tmp_path / "a.npz", **arrays)
    for path in (tmp_path / "a.h5", tmp_path / "a.npz"):
        found = open_dataset(path)
        assert (found.n, found.class_names, found.key) == (3, ("0", "1", "2"), name.format("test"))
        assert found.n_problems == 2 and "only" in found.problems[0].reason
    without = {key: values for key, values in arrays.items() if "test" not in key}
    np.savez(tmp_path / "b.npz", **without)
    assert open_dataset(tmp_path / "b.npz").n == 9


def test_a_packed_folder_is_to_be_unpacked(tmp_path):
    for name in ("photos.zip", "photos.npz", "photos"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("pets/cat/a.JPG", b"any")
        with pytest.raises(BadInput, match=f"{name} is a packed folder of images; unpack it"):
            open_dataset(tmp_path / name)


def test_several_unnamed_arrays_are_not_guessed_at(tmp_path):
    np.savez(tmp_path / "d.npz", a=np.zeros((9, 8, 8)), b=np.zeros((3, 8, 8)))
    with pytest.raises(BadInput, match=r"several arrays that could be images \(a, b\)"):
        open_dataset(tmp_path / "d.npz")


@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.h5"])
def test_a_container_that_is_cut_short_is_refused(tmp_path, name):
    images = np.random.default_rng(0).integers(0, 255, (9, 8, 8), np.uint8)
    if name.endswith("h5"):
        with h5py.File(tmp_path / name, "w") as file:
            file["images"] = images
    else:
        (np.save if name.endswith("npy") else np.savez)(tmp_path / name, images)
    content = (tmp_path / name).read_bytes()
    for length in (20, len(content) // 2, len(content) - 30):
        (tmp_path / name).write_bytes(content[:length])
        with pytest.raises(BadInput, match=name):
            open_dataset(tmp_path / name)


def make_container(path):
    """Three pictures and labels in the format that the extension names; "packed" in the name: compressed."""
    images, packed = np.arange(3 * 8 * 8, dtype=np.uint8).reshape(3, 8, 8), "packed" in path.name
    if path.suffix == ".npy":
        np.save(path, images.astype(np.float32))
    elif path.suffix == ".npz":
        (np.savez_compressed if packed else np.savez)(path, x=images, y=[1, 2, 3])
    else:
        path.write_text('path,label\na.png,"x"\nb.png,y\n')
    return path


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_container_gives_pixels_or_a_sentence_and_nothing_else(tmp_path_factory, data):
    """Not HDF5: the library itself can crash on a damaged file, which is why files are opened in a worker."""
    name = data.draw(st.sampled_from(["x.npy", "x.npz", "packed.npz", "x.csv"]))
    path = make_container(tmp_path_factory.mktemp("d") / name)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        reach = data.draw(st.sampled_from([len(content), min(len(content), 130)]))
        content[data.draw(st.integers(0, reach - 1))] = data.draw(st.integers(0, 255) | st.sampled_from(b"(')9,\n"))
    path.write_bytes(bytes(content[: data.draw(st.sampled_from([len(content), len(content) - 9]))]))
    try:
        scan(open_dataset(path).refs(0, 3))
    except BadInput as refused:
        assert name in refused.message


@pytest.mark.parametrize("header", ["(", "{'descr': '|u1', 'fortran_order': False, 'shape': (", "[" * 500])
def test_regression_a_npy_header_that_python_cannot_tokenize_is_refused(tmp_path, header):
    content = header.encode() + b"\n"
    (tmp_path / "x.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(content).to_bytes(2, "little") + content)
    with pytest.raises(BadInput, match="x.npy is damaged"):
        open_dataset(tmp_path / "x.npy")


def test_a_container_that_changes_under_way_is_refused_and_not_misread(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((9, 8, 8), np.uint8))
    ref = open_dataset(tmp_path / "x.npy").ref(8)
    np.save(tmp_path / "x.npy", np.zeros((2, 8, 8), np.uint8))
    with pytest.raises(ImageRefused, match=r"x.npy\[8\] is gone"):
        decode(ref)
    (tmp_path / "x.npy").unlink()
    with pytest.raises(ImageRefused, match="is not there"):
        decode(ref)


def test_content_hash_tells_pictures_apart_and_not_names(tmp_path):
    for name, value in (("a.png", 1), ("b.png", 1), ("c.png", 2)):
        (tmp_path / name).write_bytes(tiny_png(value))
    a, b, c = map(content_hash, open_dataset(tmp_path).refs(0, 3))
    assert a == b != c and len(a) == 64
    np.save(tmp_path / "x.npy", np.stack([np.zeros((4, 4)), np.zeros((4, 4)), np.ones((4, 4))]))
    first, second, third = map(content_hash, open_dataset(tmp_path / "x.npy").refs(0, 3))
    assert first == second != third


# -- HDF5


def test_hdf5_with_images_and_labels_in_a_group(tmp_path):
    images = np.arange(3 * 4 * 4, dtype=np.uint8).reshape(3, 4, 4)
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file.create_dataset("set/images", data=images, chunks=(1, 4, 4), compression="gzip")
        file["set/labels"] = ["cat", "dog", "cät"]
    collection = open_dataset(tmp_path / "d.h5")
    assert collection.kind == "hdf5" and collection.key == "set/images"
    assert [ref.label for ref in collection.refs(0, 3)] == ["cat", "dog", "cät"]
    assert np.array_equal(decode(collection.ref(2))[..., 0], images[2])


def in_own_process(code, path, timeout_s):
    command = [sys.executable, "-c", f"import sys; path = sys.argv[1]\n{code}", str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout_s)


def test_hdf5_that_points_out_of_itself_opens_nothing_else(tmp_path):
    """A pipe stands where the file points: whoever opens it waits for ever."""
    hostile = leading_out_hdf5(tmp_path / "d.h5", secret_hdf5(tmp_path / "secret.h5"), tmp_path / "raw.bin")
    for name in ("secret.h5", "raw.bin"):
        (tmp_path / name).unlink()
        os.mkfifo(tmp_path / name)
    with pytest.raises(subprocess.TimeoutExpired):
        in_own_process("import h5py; h5py.File(path)['x']", hostile, 4)
    code = "from innv_gui.datasets import open_dataset\ntry: open_dataset(path)\nexcept Exception as e: print(e)"
    assert "holds no array of images" in in_own_process(code, hostile, 60).stdout


def test_hdf5_with_one_good_array_lists_the_links_it_did_not_follow(tmp_path):
    hostile = leading_out_hdf5(tmp_path / "hostile.h5", secret_hdf5(tmp_path / "s.h5"), tmp_path / "raw.bin")
    with h5py.File(hostile, "a") as file:
        file["good/images"] = np.full((2, 4, 4), 50, np.uint8)
    collection = open_dataset(hostile)
    assert decode(collection.ref(1)).max() == 50
    assert {problem.name for problem in collection.problems} == {"x", "images", "data", "image"}


def test_hdf5_exchanged_after_opening_is_not_followed(tmp_path):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["images"] = np.zeros((3, 4, 4), np.uint8)
    ref = open_dataset(tmp_path / "d.h5").ref(0)
    secret_hdf5(tmp_path / "secret.h5")
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file["images"] = h5py.ExternalLink(str(tmp_path / "secret.h5"), "images")
    with pytest.raises(ImageRefused):
        decode(ref)


def test_hdf5_that_holds_a_model_is_told_so(tmp_path):
    with h5py.File(tmp_path / "m.h5", "w") as file:
        file["model_weights/conv/kernel"] = np.zeros((3, 3, 16, 32))
    with pytest.raises(BadInput, match="m.h5 is a Keras model"):
        open_dataset(tmp_path / "m.h5")


def test_hdf5_that_declares_more_than_it_holds_is_refused(tmp_path):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file.create_dataset("images", (10**9, 64, 64), np.uint8, chunks=(1, 64, 64))
    with pytest.raises(BadInput, match="declares 1,000,000,000 images"):
        open_dataset(tmp_path / "d.h5")


def hollow_hdf5(path, **layout):
    with h5py.File(path, "w") as file:
        file.create_dataset("images", (10**6, 1000, 1000, 3), np.uint8, **layout)


def hollow_npy(path):
    with open(path, "wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "|u1", "fortran_order": False, "shape": (10**6, 100, 100, 3)}
        )
        file.truncate(file.tell() + 3 * 10**10)


HOLLOW = {
    "never written": ("d.h5", hollow_hdf5),
    "chunks never written": ("d.h5", lambda path: hollow_hdf5(path, chunks=(1, 500, 500, 3))),
    "packed, never written": ("d.h5", lambda path: hollow_hdf5(path, chunks=(1, 500, 500, 3), compression="gzip")),
    "a hole": ("d.npy", hollow_npy),
}


@pytest.mark.parametrize("kind", HOLLOW)
def test_a_file_that_declares_images_it_cannot_hold_is_refused_with_both_sizes(kind, tmp_path):
    name, make = HOLLOW[kind]
    make(tmp_path / name)
    with pytest.raises(
        BadInput, match=rf"^'?{name}'? declares 1,000,000 images \([\d,.]+ GB\), but no more than [\d,]+ byt"
    ):
        open_dataset(tmp_path / name)


def black_but_packed(path):
    with h5py.File(path, "w") as file:
        images = np.zeros((1100, 256, 256), np.uint8)
        file.create_dataset("images", data=images, chunks=(550, 256, 256), compression="gzip")


def one_of_many_written(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("images", (2000, 256, 256), np.uint8, chunks=(1, 256, 256))[:3] = 7


def half_a_hole(path):
    images = np.lib.format.open_memmap(path, "w+", np.uint8, (2000, 256, 256))
    images[:5] = 7
    images.flush()


@pytest.mark.parametrize(
    ("name", "make"), [("d.h5", black_but_packed), ("d.h5", one_of_many_written), ("d.npy", half_a_hole)]
)
def test_real_files_that_hold_less_than_they_declare_open(name, make, tmp_path):
    make(tmp_path / name)
    assert open_dataset(tmp_path / name).n >= 1100


@pytest.mark.parametrize(
    ("chunks", "reads"), [(True, 2), ((7, 9, 3, 2), 15), ((100, 9, 6, 3), 1), ((1, 9, 6, 3), 100), (None, 100)]
)
def test_rows_that_are_packed_together_are_unpacked_once(chunks, reads, tmp_path, monkeypatch):
    """In order and in any other, they are the rows that were written; h5py packs some hundred small ones together."""
    packing = {} if chunks is None else {"chunks": chunks, "compression": "gzip"}
    images = np.random.default_rng(0).integers(0, 256, (100, 9, 6, 3), np.uint8)
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file.create_dataset("images", data=images, **packing)
    read, asked = hdf5_files._read, []
    monkeypatch.setattr(hdf5_files, "_read", lambda *what: asked.append(what) or read(*what))
    row = hdf5_files.hdf5_arrays(str(tmp_path / "d.h5"))["images"].row
    for index, image in enumerate(images):
        found = row(index)
        np.testing.assert_array_equal(found, image)
        found[:] = 0  # is the asker's own
    assert len(asked) == reads
    for index in (99, 0, 50, 7, 6):
        np.testing.assert_array_equal(row(index), images[index])


def test_rows_packed_together_in_large_pieces_are_read_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(hdf5_files, "PACKED_BYTES", 10 * 4 * 4 - 1)
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file.create_dataset("images", data=np.arange(320, dtype=np.uint16).reshape(20, 4, 4) % 256, chunks=(10, 4, 4))
        file["bytes"] = np.uint8(1)
    monkeypatch.setattr(hdf5_files, "_packed", None)
    arrays = hdf5_files.hdf5_arrays(str(tmp_path / "d.h5"))
    assert arrays["images"].row(19)[3, 3] == 319 % 256


def test_a_row_of_a_large_piece_that_is_not_packed_is_read_alone(tmp_path, monkeypatch):
    with h5py.File(tmp_path / "d.h5", "w") as file:
        file.create_dataset("images", (20, 256, 256), np.uint8, chunks=(20, 256, 256))[:] = 7
    monkeypatch.setattr(hdf5_files, "_packed", None)
    assert (hdf5_files.hdf5_arrays(str(tmp_path / "d.h5"))["images"].row(19) == 7).all()


def test_a_file_that_is_written_again_gives_its_new_rows(tmp_path):
    path = tmp_path / "d.h5"
    for value in (3, 200):
        with h5py.File(path, "w") as file:
            file.create_dataset("images", data=np.full((50 + value, 4, 4), value, np.uint8), chunks=True)
        collection = open_dataset(path)
        assert np.unique(np.asarray(decode(collection.ref(collection.n - 1)))).tolist() == [value]


# -- uploads and imports


@pytest.mark.parametrize(
    ("name", "first", "accepted"),
    [
        ("a.png", b"whatever", True),
        ("a.bin", tiny_png()[:16], True),
        ("a.csv", b"path,label", True),
        ("a.npz", b"PK\x03\x04", True),
        ("a.npz", b"hello", False),
        ("a.exe", b"MZ\x90\0", False),
        ("a.html", b"<html>", False),
    ],
)
def test_uploads_are_images_or_containers(name, first, accepted):
    assert is_upload_acceptable(name, first) is accepted


def test_datasets_never_load_tensorflow():
    heavy = ("tensorflow", "keras", "h5py", "pyarrow", "pandas")
    code = f"import innv_gui.datasets, innv_gui.class_names; print([m for m in {heavy} if m in sys.modules])"
    assert in_own_process(code, "", 60).stdout.strip() == "[]"


def test_a_folder_that_the_command_line_names_is_called_by_its_name(tmp_path):
    touched(tmp_path, "only/notes.txt")
    with pytest.raises(BadInput, match="No image in only; expected files that are PNG"):
        open_dataset(str(tmp_path / "only"), anywhere=True)
