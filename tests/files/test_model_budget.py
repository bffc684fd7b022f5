"""What opening a model may cost: said before anything is made, and enforced where the estimate was wrong."""

from __future__ import annotations

import functools
import json
import os
import struct
import subprocess
import sys
import time
import zipfile

import h5py
import keras
import numpy as np
import pytest

from innv_gui.errors import ModelRefused
from innv_gui.records import Budget, ModelSource
from innv_gui.runtimes.keras.files import budget, gate, zip_directory
from innv_gui.runtimes.keras.networks import building, loading
from tests.files import model_files as files

MANY = 10**9


def flat(*layers: dict) -> dict:
    return files.sequential(files.input_layer(), files.layer("Flatten", "flat"), *layers, files.dense())


def drawn(tmp_path, config, **more) -> ModelSource:
    """An architecture with random weights."""
    path = tmp_path / "net.json"
    path.write_text(json.dumps(config))
    return ModelSource("json", str(path), weights="random", **more)


def orthogonal(units: int) -> dict:
    kind = {"module": "keras.initializers", "class_name": "Orthogonal", "config": {"gain": 1.0, "seed": None}}
    return flat(files.dense("a", units=units), files.dense("b", units=units, kernel_initializer=kind))


@pytest.mark.parametrize("ending", ["keras", "hdf5"])
def test_a_file_that_asks_for_more_than_it_stores_is_refused_before_memory_is_taken(ending, tmp_path):
    wide = [files.dense("a", units=20_000), files.dense("b", units=30_000)]
    if ending == "keras":
        path = files.archive(tmp_path / "net.keras", flat(*wide))
    else:
        config = files.old_ordinary(*({"class_name": "Dense", "config": one["config"]} for one in wide))
        path = files.old_model(tmp_path / "net.h5", config)
    with pytest.raises(ModelRefused, match=r"asks for [\d,]+ values, and \d+ are stored"):
        loading.load(ModelSource(ending, str(path)))


def test_what_was_measured_and_refused_takes_no_memory_later(tmp_path):
    """Keras would fill the variables of a refused network when the next one is built."""
    with building.unallocated() as pending:
        keras.layers.Dense(10).build((None, 10))
    assert len(pending) == 2
    loading.load(drawn(tmp_path, files.ordinary()))
    assert all(variable._value is None for variable in pending)


def test_no_initializer_runs_for_weights_that_are_loaded(tmp_path, monkeypatch):
    keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(2)]).save(
        tmp_path / "net.keras"
    )
    drawing = keras.initializers.GlorotUniform.__call__

    def only_symbolic(self, shape, dtype=None):
        values = drawing(self, shape, dtype)
        assert not hasattr(values, "numpy"), "random weights were drawn, to be thrown away"
        return values

    monkeypatch.setattr(keras.initializers.GlorotUniform, "__call__", only_symbolic)
    assert loading.load(ModelSource("keras", str(tmp_path / "net.keras"))).n_classes == 2


def test_a_long_sequential_model_is_built_once_and_not_once_a_layer(tmp_path, monkeypatch):
    built = []
    build = keras.Sequential.build

    @functools.wraps(build)
    def counted(self, shape=None):
        built.append(self.name)
        return build(self, shape)

    monkeypatch.setattr(keras.Sequential, "build", counted)
    loading.load(drawn(tmp_path, flat(*[files.dense(f"d{i}", units=4, activation="relu") for i in range(20)])))
    assert len(built) == 1


@pytest.mark.parametrize(
    ("config", "limits", "words"),
    [
        (
            orthogonal(12_000),
            Budget(),
            "parameters need 9.7 GB of memory to open; the limit is 4 GB. --most-memory 10 ",
        ),
        (orthogonal(3_000), Budget(memory=64 * MANY, seconds=5), "orthogonal matrices and takes about .* --most-secon"),
        (
            flat(files.dense("a", units=10**6)),
            Budget(memory=MANY),
            "need 2.2 GB of memory to open; the limit is 0.9 GB",
        ),
        (
            flat(*[files.dense(f"d{i}") for i in range(4_900)]),
            Budget(),
            "has 4,903 layers and takes about 74 s to open",
        ),
    ],
)
def test_a_network_that_costs_too_much_is_refused_by_its_estimate(config, limits, words, tmp_path):
    started = time.process_time()
    with pytest.raises(ModelRefused, match=words):
        loading.load(drawn(tmp_path, config, budget=limits))
    assert time.process_time() - started < 5


def test_a_limit_that_is_raised_lets_the_same_network_in(tmp_path):
    config = flat(files.dense("a", units=1000))
    with pytest.raises(ModelRefused, match="--most-memory 1 "):
        loading.load(drawn(tmp_path, config, budget=Budget(memory=10**6)))
    assert loading.load(drawn(tmp_path, config)).n_classes == 3


def sparse(path):
    with h5py.File(path, "w") as tree:
        tree["few"] = np.zeros(3)
    os.truncate(path, 39 * 10**8)
    return ModelSource("hdf5", str(path))


def hole(path):
    source = sparse(path)
    os.truncate(path, 10**9)
    return source


def much_text(path):
    path.write_bytes(b'{"class_name": "Sequential", "x": "' + b" " * (9 * 2**20) + b'"}')
    return ModelSource("json", str(path), weights="random")


def many_members(path):
    """Its end says that there are three; Python goes by the size of the list."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, *[0] * 6, 0, 0, 1, *[0] * 6) + b"a"
    listed = entry * 100_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 3, 3, len(listed), 34, 0)
    path.write_bytes(b"PK\3\4" + bytes(30) + listed + end)
    return ModelSource("keras", str(path))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (sparse, "needs 7.3 GB of memory to open; the limit is 4 GB"),
        (hole, "is 0.9 GB large, but only 0 GB were written"),
        (much_text, "9 MB of text; 8 MB is the limit"),
        (many_members, "far more members than the three"),
    ],
)
def test_a_file_that_is_too_large_in_some_way_is_refused_by_its_sizes(make, words, tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZipFile", None)  # the list of members is not made into objects
    with pytest.raises(ModelRefused, match=words):
        gate.check(make(tmp_path / "net"))


def test_a_large_file_is_looked_at_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(gate, "GLANCE", 10)
    (tmp_path / "cut.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(1000))
    monkeypatch.setattr(gate.io, "BytesIO", None)
    with pytest.raises(ModelRefused, match="damaged or cut short"):
        gate.check(ModelSource("hdf5", str(tmp_path / "cut.h5")))


@pytest.mark.parametrize("n_members", [3, 70_000])
def test_the_list_of_members_is_measured_in_every_form_of_zip(n_members, tmp_path):
    with zipfile.ZipFile(tmp_path / "net.keras", "w") as archive:
        for place in range(n_members):
            archive.writestr(zipfile.ZipInfo(str(place)), b"")
    with open(tmp_path / "net.keras", "rb") as stream:
        if n_members == 3:
            zip_directory.check(stream, "net.keras", gate.MAX_DIRECTORY)
        else:
            with pytest.raises(ModelRefused, match="far more members"):
                zip_directory.check(stream, "net.keras", gate.MAX_DIRECTORY)


def test_a_member_that_is_larger_than_declared_is_not_unpacked(tmp_path):
    path = files.archive(tmp_path / "net.keras", b" " * 10**8, packed=True)
    content = bytearray(path.read_bytes())
    for place in (22, content.find(b"PK\1\2") + 24):
        struct.pack_into("<L", content, place, 1000)
    path.write_bytes(content)
    code = (
        "import sys; from bench.memory import peak_kib; from innv_gui.records import ModelSource\n"
        "from innv_gui.runtimes.keras.files import gate\n"
        "before = peak_kib()\n"
        "try: gate.check(ModelSource('keras', sys.argv[1]))\n"
        "except gate.ModelRefused: print(peak_kib() - before)"
    )
    found = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert int(found.stdout) < 30_000  # KB; 100 000 when it is unpacked


COSTLY = {
    "memory": ("x = [bytearray(b'1' * 10**7) for _ in range(300)]", "needs more than 0.1 GB of memory to open"),
    "seconds": ("while True: pass", "takes more than 1 s of computing to open"),
}


@pytest.mark.parametrize("kind", COSTLY)
def test_a_load_that_costs_more_than_it_may_ends_its_process_and_is_refused_by_the_next(kind, tmp_path):
    work, words = COSTLY[kind]
    code = (
        "from innv_gui.records import ModelSource; from innv_gui.runtimes.keras.files import budget\n"
        "budget.SLACK, budget.SLACK_S = 10**8, 1.0\n"
        "try:\n"
        "    with budget.watched(ModelSource('keras', 'net.keras'), 'net.keras', ('key',)):\n"
        f"        {work}\n"
        "except budget.ModelRefused as error: print(error)"
    )
    run = [sys.executable, "-c", code]
    more = {"env": os.environ | {budget.SCRATCH: str(tmp_path)}, "capture_output": True, "text": True}
    assert subprocess.run(run, **more, check=False).returncode == budget.OVER_BUDGET
    assert words in subprocess.run(run, **more, check=True).stdout
    assert not list(tmp_path.iterdir())
