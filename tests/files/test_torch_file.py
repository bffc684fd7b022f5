"""Files of weights are read without Python's unpickler: the plain ones exactly, every other one refused."""

import hashlib
import struct
from unittest.mock import patch

import numpy as np
import pytest

from innv_gui.errors import ModelRefused
from innv_gui.runtimes.keras.files import torch_file, torch_pickle
from tests.files import torch_files as made

FOUR = made.stored("a", count=4)
DEEP = b")" + b"2\x86" * 60  # a pair of a pair of ...: cheap to say, endless to hash or to compare
CODE = {
    "a function of the system": made.name("os", "system") + made.several(made.text("echo")) + b"R",
    "a builtin": made.name("builtins", "eval") + made.several(made.text("1")) + b"R",
    "another name of torch's": made.name("torch", "load"),
    "an old class": b"(ios\nsystem\n",
    "a class with a name from the stack": made.text("os") + made.text("system") + b"\x93",
    "an object": made.name("collections", "OrderedDict") + b")\x81",
    "an extension": b"\x82\x01",
    "a known name with arguments": made.name("collections", "OrderedDict") + made.several(made.text("x")) + b"R",
    "a tensor of something else": made.tensor(made.text("a"), 0, (1,), (1,)),
    "numbers by a key that is no text": made.several(made.text("storage"), DEEP, DEEP, b"N") + b"Q",
    "a mapping with deep keys": b"}" + DEEP + b"Ns",
    "what is not there": b"h\x07",
    "nothing left": b"0",
    "two values": b"NN",
    "a mark without end": b"t",
    "endless steps": b"N0" * torch_pickle.MOST_STEPS,
    "a text longer than the file": b"X\xff\xff\xff\x7f",
    "a place in memory far away": b"Nr\xff\xff\xff\xff0",
}
PLACES = {
    "beyond the end": (2, (3,), (1,)),
    "before the start": (-1, (2,), (1,)),
    "by steps back": (3, (2,), (-1,)),
    "by wide steps": (0, (2,), (4,)),
    "more than is there, by no steps": (0, (100000, 100000), (0, 0)),
    "nothing": (0, (0,), (1,)),
    "fewer steps than sizes": (0, (2, 2), (1,)),
    "too many axes": (0, (1,) * 40, (1,) * 40),
}


def test_what_was_written_is_read_exactly():
    arrays = {
        "float": np.arange(24, dtype=np.float32).reshape(2, 3, 4),
        "other_order": np.asfortranarray(np.arange(12, dtype=np.float32).reshape(3, 4)),
        "count": np.array(7, np.int64),
    }
    read = torch_file.tensors(made.weights(**arrays), "x.pth")
    assert list(read) == list(arrays)
    for key, one in arrays.items():
        np.testing.assert_array_equal(read[key], one)
        assert read[key].dtype == one.dtype and read[key].shape == one.shape


@pytest.mark.parametrize("steps", CODE.values(), ids=CODE)
def test_nothing_of_a_file_of_weights_is_run(steps):
    content = made.with_tensors(b"\x80\x02" + steps + b".")
    with patch("builtins.__import__") as imported, pytest.raises(ModelRefused, match=r"x\.pth"):
        torch_file.tensors(content, "x.pth")
    assert not imported.called


def test_python_s_unpickler_has_no_part_in_it():
    assert not hasattr(torch_pickle, "pickle") and not hasattr(torch_file, "pickle")


@pytest.mark.parametrize(("offset", "shape", "steps"), PLACES.values(), ids=PLACES)
def test_no_tensor_reaches_beyond_its_numbers(offset, shape, steps):
    content = made.with_tensors(made.mapping(a=made.tensor(FOUR, offset, shape, steps)))
    with pytest.raises(ModelRefused, match="do not fit"):
        torch_file.tensors(content, "x.pth")


@pytest.mark.parametrize("count", [-1, 5, 2**40, 2**62])
def test_a_count_that_the_file_does_not_hold_is_refused(count):
    content = made.with_tensors(made.mapping(a=made.tensor(FOUR, 0, (4,), (1,))), counts=[count])
    with pytest.raises(ModelRefused, match="do not fit"):
        torch_file.tensors(content, "x.pth")


def test_a_file_cut_short_anywhere_is_refused():
    whole = made.weights(a=np.arange(6, dtype=np.float32).reshape(2, 3))
    for length in range(len(whole)):
        with pytest.raises(ModelRefused):
            torch_file.tensors(whole[:length], "x.pth")


def test_a_file_with_turned_bits_is_read_or_refused():
    whole = made.weights(a=np.arange(6, dtype=np.float32).reshape(2, 3))
    rng = np.random.default_rng(0)
    for _ in range(500):
        turned = bytearray(whole)
        turned[rng.integers(len(turned))] ^= 1 << rng.integers(8)
        try:
            torch_file.tensors(bytes(turned), "x.pth")
        except ModelRefused as refused:
            assert "x.pth" in str(refused)


def test_another_format_is_refused():
    other = made.weights(a=np.zeros(2, np.float32)).replace(struct.pack("<H", 1001), struct.pack("<H", 1002), 1)
    for content in (b"", b"PK\x03\x04", other):
        with pytest.raises(ModelRefused):
            torch_file.tensors(content, "x.pth")


def test_only_the_file_with_the_known_hash_is_read(tmp_path):
    content = made.weights(a=np.ones(3, np.float32))
    (tmp_path / "w.pth").write_bytes(content)
    known = hashlib.sha256(content).hexdigest()
    assert torch_file.weights(tmp_path / "w.pth", known)["a"].tolist() == [1, 1, 1]
    with pytest.raises(ModelRefused, match="not the file that was expected"):
        torch_file.weights(tmp_path / "w.pth", known[::-1])


def test_a_file_larger_than_any_that_is_known_is_refused_before_its_hash_is_taken(tmp_path, monkeypatch):
    content = made.weights(a=np.ones(3, np.float32))
    (tmp_path / "w.pth").write_bytes(content)
    monkeypatch.setattr(torch_file, "MOST_BYTES", len(content) - 1)
    with pytest.raises(ModelRefused):
        torch_file.weights(tmp_path / "w.pth", hashlib.sha256(content).hexdigest())
