"""Whatever text is in a table, its CSV is read back as the same rows, by Python and by pandas."""

import ast
import csv
import io
from pathlib import Path

import pandas as pd
import pytest

import innv_gui
from innv_gui.datasets.collection import ProblemList, of_files
from innv_gui.session.datasets import Dataset
from innv_gui.session.keep.image_lists import ImageList, read_list, write_list
from innv_gui.store.csv_text import csv_text, frame_csv
from innv_gui.store.score_export import save_frame

PACKAGE = Path(innv_gui.__file__).parent
TEXTS = [
    "a\rb",
    "\ra",
    "a\r",
    "a\r\nb",
    "a\nb",
    "\r\n",
    'say "a"',
    '"',
    "a,b",
    ";",
    "\t",
    " a ",
    "ü 図",
    "a\u2028b",
    "'",
    "a",
]
HEAD = ("in\rdex", "ima\nge", "label")


def as_frame():
    return pd.DataFrame([(str(k), text, text) for k, text in enumerate(TEXTS)], columns=list(HEAD))


def saved_frame(tmp_path):
    return save_frame(as_frame(), tmp_path / "t.csv").read_bytes().decode()


WRITERS = {
    "rows": lambda _: csv_text(HEAD, ((k, text, text) for k, text in enumerate(TEXTS))),
    "a frame": lambda _: frame_csv(as_frame()),
    "a file": saved_frame,
}


@pytest.mark.parametrize("writer", WRITERS)
def test_every_text_is_read_back(tmp_path, writer):
    text = WRITERS[writer](tmp_path)
    rows = [list(HEAD)] + [[str(k), one, one] for k, one in enumerate(TEXTS)]
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == rows
    frame = pd.read_csv(io.StringIO(text, newline=""), dtype=str, keep_default_na=False)
    assert frame.columns.tolist() == rows[0] and frame.to_numpy().tolist() == rows[1:]
    plain = pd.DataFrame({"a": [1.5, None], "b": ["x", ""]})
    assert frame_csv(plain) == plain.to_csv(index=False) == "a,b\n1.5,x\n,\n", "all else is written as before"


def test_no_value_is_an_empty_cell():
    assert csv_text(("a", "b"), [(None, 1)]) == "a,b\n,1\n"


def test_a_list_of_images_is_read_back_whatever_their_names_are():
    names = [f"{text}.png" for text in TEXTS] + [*TEXTS[:2], "a ", "a", " a"]
    dataset = Dataset("d", "odd", of_files("odd", "manifest", "/a", names, ["a\rb"] * len(names), ProblemList()))
    chosen = tuple(reversed(range(len(names))))
    assert read_list(dataset, write_list(dataset, chosen)).indices == chosen
    without = csv_text(("image",), ([name] for name in names))
    assert read_list(dataset, without).indices == tuple(range(len(names)))
    assert read_list(dataset, "   a.png  \n  b  \n") == ImageList((names.index("a.png"),), ("b",), 1)


def test_nothing_else_of_the_product_writes_csv():
    found = set()
    for path in PACKAGE.rglob("*.py"):
        called = (node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
        if any(ast.unparse(one).endswith(("csv.writer", "csv.DictWriter", ".to_csv")) for one in called):
            found.add(path.relative_to(PACKAGE).as_posix())
    assert found == {"store/csv_text.py", "samples/making.py", "samples/photographs.py"}, "samples have names of ours"
