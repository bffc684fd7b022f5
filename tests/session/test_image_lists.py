"""Lists of images that were written and are read again, where names alone do not say which image is meant."""

import numpy as np
import pytest

from innv_gui.datasets import open_dataset
from innv_gui.datasets.collection import ProblemList, of_files
from innv_gui.errors import BadInput
from innv_gui.session.datasets import Dataset
from innv_gui.session.keep.image_lists import read_list, write_list

FILES = [f"i{number}.png" for number in range(4)]


@pytest.fixture
def twice():
    """Four files, each listed under two labels."""
    return Dataset("d", "two", of_files("two", "manifest", "/a", FILES * 2, ["a"] * 4 + ["b"] * 4, ProblemList()))


def test_a_file_that_is_listed_twice_comes_back_as_the_image_that_was_written(twice):
    chosen = (4, 5, 6, 0, 1)
    found = read_list(twice, write_list(twice, chosen))
    assert found.indices == chosen and found.n_unknown == 0


@pytest.mark.parametrize("index", ["3", "99", "-1", "", "five", "4.0"])
def test_the_name_counts_where_another_image_or_none_is_at_the_index(twice, index):
    assert read_list(twice, f"index,image\n{index},i1.png\n").indices == (1,)
    assert read_list(twice, f"image,index\ni1.png,{index}\nnone.png,{index}\n").unknown == ("none.png",)


def test_without_a_name_column_or_a_header_all_is_as_it_was(twice):
    assert read_list(twice, "index\n5\n4\n").indices == (5, 4)
    assert read_list(twice, "i2.png\n7\n").indices == (2, 7)
    assert read_list(twice, "label,index,image\na,5\nb,5,i1.png\n").indices == (5,), "a row may be shorter"


def test_rows_of_a_container_are_found_by_name_in_a_part_of_it(tmp_path):
    np.save(tmp_path / "images.npy", np.zeros((6, 8, 8, 3), np.uint8))
    collection = open_dataset(tmp_path / "images.npy").part("some", np.array([1, 4, 5]))
    part = Dataset("d", "some", collection)
    assert read_list(part, write_list(part, (2, 0))).indices == (2, 0)
    assert read_list(part, f"{collection.name}[4]\n{collection.name}[0]\n").indices == (1,)


NAMES = ["car/0.png", "car/1;2.png", "dog/0.png", "dog/a b.png"]
WRITTEN = {
    "semicolons": "label;image\ncar;car/0.png\ndog;dog/a b.png\n",
    "semicolons without a header": "car/0.png;car\ndog/a b.png;dog\n",
    "tabs": "label\timage\ncar\tcar/0.png\ndog\tdog/a b.png\n",
    "carriage returns": "image\rcar/0.png\rdog/a b.png\r",
    "both": "image\r\ncar/0.png\r\ndog/a b.png\r\n",
    "from here": "./car/0.png\n./dog/../dog/a b.png\n",
    "in full": "/a/car/0.png\n/a/dog/a b.png\n",
    "by Windows": "car\\0.png\n.\\dog\\a b.png\n",
    "by index": "index;x\n0;1\n3;1\n",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_lists_are_read_as_spreadsheets_and_programs_write_them(text):
    images = Dataset("d", "d", of_files("d", "folder", "/a", NAMES, None, ProblemList()))
    found = read_list(images, text)
    assert found.indices == (0, 3) and found.n_unknown == 0


def test_the_header_and_names_say_what_parts_the_cells_and_not_numbers():
    images = Dataset("d", "d", of_files("d", "folder", "/a", NAMES, None, ProblemList()))
    assert read_list(images, "score;image\n0,5;dog/0.png\n0,7;dog/a b.png\n").indices == (2, 3)
    assert read_list(images, "1;foo.png\n2;bar.png\n").unknown == ("1;foo.png", "2;bar.png")
    others = "".join(f"none{k}.png;x\n" for k in range(1500))
    assert read_list(images, f"{others}dog/0.png;x\n" * 2).indices == (2,)
    quoted = 'car/0.png,a;"b\n' * 9000
    assert read_list(images, quoted).indices == (0,)
    assert read_list(images, "image,scores\n1;nope,2\n").unknown == ("1;nope",)


def test_a_cell_that_is_too_long_is_refused_in_a_sentence_wherever_it_is():
    images = Dataset("d", "d", of_files("d", "folder", "/a", NAMES, None, ProblemList()))
    for text in ("x" * 200_000 + ",y\ncar/0.png\n", "car/0.png\n" + "x" * 200_000 + ",y\n"):
        with pytest.raises(BadInput, match="The list is not CSV: field larger"):
            read_list(images, text)


def test_a_mark_in_a_name_and_a_name_that_is_no_image_stay_whole():
    images = Dataset("d", "d", of_files("d", "folder", "/a", NAMES, None, ProblemList()))
    found = read_list(images, "car/1;2.png\nnone;such.png\n")
    assert found.indices == (1,) and found.unknown == ("none;such.png",)
    assert read_list(images, "/b/car/0.png\n/a/none.png\n").unknown == ("/b/car/0.png", "/a/none.png")
    odd = Dataset("d", "d", of_files("d", "folder", "/a", ["a\rb.png", "c.png"], None, ProblemList()))
    assert read_list(odd, write_list(odd, (0, 1))).indices == (0, 1)
