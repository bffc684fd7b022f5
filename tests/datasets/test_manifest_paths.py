"""Paths in lists, as other systems and programs write them."""

import os

import pandas as pd
import pytest

from innv_gui.datasets import decode, open_dataset
from innv_gui.errors import BadInput
from tests.datasets.picture_files import tiny_png


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "d"
    for number, name in enumerate(("cat/0.png", "my cat/1.PNG", "ü/2.png"), start=1):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(tiny_png(number))
    return root


def opened(folder, text, anywhere=False, encoding="utf-8"):
    (folder / "list.csv").write_bytes(text.encode(encoding))
    return open_dataset(folder / "list.csv", anywhere=anywhere)


def values(collection):
    return [int(decode(ref).max()) for ref in collection.refs(0, collection.n)]


@pytest.mark.parametrize(
    "text",
    [
        "path,label\r\ncat\\0.png,a\r\nmy cat\\1.PNG,b\r\nü\\2.png,c\r\n",
        "\ufeffpath;label\r\ncat\\0.png;a\r\nmy cat\\1.PNG;b\r\nü\\2.png;c\r\n",
        "sep=;\r\npath;label\r\ncat\\0.png;a\r\nmy cat/1.PNG;b\r\n.\\ü\\2.png;c\r\n",
        "path\tlabel\n.\\cat\\0.png\ta\n./my cat\\1.PNG\tb\nü/2.png\tc\n",
        'path,label\n"cat\\0.png", "a"\n\'my cat\\1.PNG\',b\n  ü\\2.png  ,c\n',
        "path,label\ncat/0.png,a\nmy%20cat/1.PNG,b\n%C3%BC/2.png,c\n",
        "path,label\rcat\\0.png,a\rcat\\..\\my cat\\1.PNG,b\rü\\2.png,c\r",
    ],
)
def test_a_list_is_read_however_its_program_spells_paths(folder, text):
    collection = opened(folder, text)
    assert values(collection) == [1, 2, 3] and collection.class_names == ("a", "b", "c")


def test_a_list_in_utf16_is_read_and_in_latin1_it_is_told(folder):
    assert values(opened(folder, "path\nü\\2.png\n", encoding="utf-16")) == [3]
    with pytest.raises(BadInput, match="not text in UTF-8") as refused:
        opened(folder, "path\nü\\2.png\n", encoding="latin-1")
    assert "CSV UTF-8" in refused.value.hint


def test_parquet_paths_are_spelt_like_those_of_csv(folder):
    pd.DataFrame({"path": ["cat\\0.png", "my%20cat\\1.PNG"]}).to_parquet(folder / "list.parquet")
    assert values(open_dataset(folder / "list.parquet")) == [1, 2]


def test_file_addresses_are_paths_for_who_named_the_list(folder):
    text = f"path\nfile://{folder}/cat/0.png\nfile://localhost{folder}/my%20cat/1.PNG\nfile:{folder}/cat/0.png\n"
    assert values(opened(folder, text, anywhere=True)) == [1, 2, 1]
    with pytest.raises(BadInput, match="leads out"):
        opened(folder, text)


def test_a_name_that_really_holds_a_backslash_or_percent_comes_first(folder):
    for number, name in enumerate(("cat\\0.png", "my%20cat.png", "C:\\x.png"), start=7):
        (folder / name).write_bytes(tiny_png(number))
    (folder / "my cat.png").write_bytes(tiny_png(99))
    assert values(opened(folder, "path\ncat\\0.png\nmy%20cat.png\nC:\\x.png\n")) == [7, 8, 9]


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("C:\\photos\\a.png", r"Windows drive \(C:\)"),
        ("d:/photos/a.png", r"Windows drive \(d:\)"),
        ("file:///C:/photos/a.png", r"Windows drive \(C:\)"),
        ("\\\\server\\share\\a.png", "Windows network share"),
        ("http://example.org/a.png", "is an address"),
        ("s3://bucket/a.png", "is an address"),
    ],
)
@pytest.mark.parametrize("anywhere", [False, True])
def test_what_this_system_cannot_reach_is_told_by_its_kind(folder, listed, said, anywhere):
    with pytest.raises(BadInput, match=said):
        opened(folder, f"path\n{listed}\n", anywhere)


WAYS_OUT = [
    "../s.png",
    "..\\s.png",
    "cat\\..\\..\\s.png",
    "cat/..\\../s.png",
    "%2e%2e/s.png",
    "..%5Cs.png",
    "'../s.png'",
]
ABSOLUTE = ["{root}/s.png", "file://{root}/s.png", "file:..\\s.png", "\\{root}/s.png"]


@pytest.mark.parametrize("listed", WAYS_OUT + ABSOLUTE)
def test_no_spelling_leads_out_of_an_uploaded_list(folder, listed, monkeypatch):
    (folder.parent / "s.png").write_bytes(tiny_png(5))
    asked, real = [], os.path.lexists
    monkeypatch.setattr(os.path, "lexists", lambda path: asked.append(path) or real(path))
    with pytest.raises(BadInput, match="leads out|Windows"):
        opened(folder, "path\n" + listed.format(root=folder.parent) + "\n")
    assert all(os.path.normpath(path).startswith(str(folder)) for path in asked)


@pytest.mark.parametrize("listed", WAYS_OUT)
def test_who_names_the_list_may_go_out_in_every_spelling(folder, listed):
    (folder.parent / "s.png").write_bytes(tiny_png(5))
    assert values(opened(folder, f"path\n{listed}\n", anywhere=True)) == [5]


def test_plain_paths_are_not_looked_at(folder, monkeypatch):
    monkeypatch.setattr(os.path, "lexists", lambda path: pytest.fail(f"looked at {path}"))
    assert opened(folder, "path\n" + "cat/0.png\n" * 50).n == 50
