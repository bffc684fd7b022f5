"""Reading scores: part by part, aligned over models, while they are still being written."""

import json

import numpy as np
import pytest

from innv_gui.errors import NotFound
from innv_gui.store import scores
from innv_gui.store.part_files import PartFiles
from innv_gui.store.scores import ScoreTable
from tests.scoring.score_folders import Folder

N, K = 30, 7


@pytest.fixture
def made(tmp_path):
    generator = np.random.default_rng(3)
    p = generator.dirichlet(np.ones(K), (2, N))
    layers = {"logits": generator.normal(size=(N, K)), "dense": generator.normal(size=(N, 5))}
    first = Folder(tmp_path / "a", p[0], generator.integers(0, K, N), layers, bad=(4, 17))
    second = Folder(tmp_path / "b", p[1], generator.integers(0, K, N), {"logits": layers["logits"]}, bad=(4,))
    return first, second


def table_of(*folders):
    return ScoreTable({folder.path.name: folder.path for folder in folders})


def test_columns_come_back_as_they_were_written(made):
    table = table_of(*(folder.write() for folder in made))
    rows = table.rows()
    assert rows.tolist() == [row for row in range(N) if row not in (4, 17)] and table.n == N
    first = made[0]
    np.testing.assert_array_equal(table.column("a", "predicted")[rows], first.p[rows].argmax(1))
    np.testing.assert_array_equal(table.column("a", "probability")[rows], first.p[rows].max(1))
    np.testing.assert_array_equal(table.probability_of("b", 2)[rows], made[1].p[rows, 2])
    np.testing.assert_array_equal(table.probabilities("a", rows), first.p[rows])
    np.testing.assert_allclose(table.neuron("a", "dense", 3)[rows], first.activations["dense"][rows, 3], rtol=1e-6)
    np.testing.assert_allclose(
        table.column("a", "mean:dense")[rows], first.activations["dense"][rows].mean(1), rtol=1e-5
    )
    some = np.array([29, 0, 8])
    np.testing.assert_array_equal(
        table.activations("a", "logits", some), first.activations["logits"][some].astype("f4")
    )


def test_bad_images_are_nowhere_but_in_the_list_of_problems(made):
    table = table_of(*(folder.write() for folder in made))
    assert np.isnan(table.column("a", "probability")[[4, 17]]).all() and table.column("a", "predicted")[4] == -1
    assert np.isnan(table.probabilities("a", np.array([4, 5]))).all(axis=1).tolist() == [True, False]
    assert np.isnan(table.probability_of("a", 0)[17])
    problems = table.problems()
    assert [(bad.row, bad.name, bad.reason) for bad in problems] == [
        (4, "4.png", "is broken in row 4"),
        (17, "17.png", "is broken in row 17"),
    ]
    assert table.problems(1) == problems[1:] and table.n_problems() == 2


def test_an_image_counts_once_all_models_have_it_and_the_table_grows(made):
    first, second = made
    first.write(0, 2)
    second.write(2)
    table = table_of(first, second)
    assert table.rows().tolist() == [16, 18, 19, 20, 21, 22, 23] and table.scored().tolist() == list(range(16, 24))
    held = table.column("b", "probability")
    assert np.isnan(held[:16]).all()
    second.write(0, 3)
    assert set(table.rows()) == {*range(8), *range(16, 24)} - {4, 17}
    np.testing.assert_array_equal(table.column("b", "probability")[24:], second.p[24:].max(1))
    first.write(1, 3)
    second.write(1)
    rows = table.rows()
    np.testing.assert_array_equal(table.column("a", "probability")[rows], first.p[rows].max(1))


def test_rows_are_counted_once_and_again_when_a_part_has_come(made):
    first = made[0]
    first.write(0)
    table = table_of(first)
    rows = table.rows()
    assert table.rows() is rows and not rows.flags.writeable
    first.write(1)
    assert table.rows().tolist() == [row for row in range(16) if row != 4]


def test_a_part_is_read_once_a_column_and_again_when_it_was_written_anew(made, monkeypatch):
    first = made[0].write()
    read = []
    real = PartFiles.columns
    monkeypatch.setattr(PartFiles, "columns", lambda self, parts, names: read.append(parts) or real(self, parts, names))
    table = table_of(first)
    table.column("a", "margin")
    table.column("a", "entropy")
    assert read == [[0, 1, 2, 3]]
    first.p[8:16] = first.p[8:16][:, ::-1]
    first.write(1)
    state = table.state()
    table.rows()
    assert table.state() != state and read == [[0, 1, 2, 3], [1]]
    rows = np.arange(8, 16)
    np.testing.assert_array_equal(table.column("a", "predicted")[rows[rows != 17]], first.p[8:16].argmax(1))


def test_many_parts_come_back_as_few_do(tmp_path):
    generator = np.random.default_rng(0)
    p = generator.dirichlet(np.ones(3), 100)
    folder = Folder(tmp_path / "a", p, generator.integers(0, 3, 100), bad=(0, 50, 99)).write()
    quick, slow = table_of(folder), PartFiles(folder.path)
    for part in range(folder.n_parts):
        ((_, values),) = slow.columns([part], scores.SMALL)
        for name in scores.SMALL:
            np.testing.assert_array_equal(quick.column("a", name)[slow.rows_of(part)], values[name])
    assert quick.column("a", "predicted")[[0, 50, 99]].tolist() == [-1, -1, -1] and len(quick.rows()) == 97


def test_many_parts_of_which_one_is_damaged_or_in_an_odd_folder(tmp_path):
    p = np.random.default_rng(0).dirichlet(np.ones(3), 100)
    odd = Folder(tmp_path / "a[1]*", p).write()
    np.testing.assert_array_equal(table_of(odd).column("a[1]*", "probability"), odd.p.max(1))
    early = Folder(tmp_path / "b", p).write()
    table = table_of(early)
    listed = table.models["b"].files.finished()
    (early.path / "part-0000003.parquet").unlink()  # after it was listed
    (early.path / "part-0000005.parquet").write_bytes(b"damaged")
    assert list(listed) == list(range(early.n_parts))
    found = table.column("b", "probability")
    assert np.isnan(found).nonzero()[0].tolist() == [*range(24, 32), *range(40, 48)]


def test_a_layer_that_is_added_later_fills_in_as_its_parts_come(made, tmp_path):
    first, _ = made
    old = Folder(tmp_path / "c", first.p, activations={"logits": first.activations["logits"]}, bad=(4, 17)).write()
    table = table_of(old)
    assert len(table.rows()) == N - 2
    old.activations["dense"] = first.activations["dense"]
    old.files["dense"] = "l1"
    (old.path / "about.json").write_text(json.dumps(old.about()))
    old.write(1)
    table.rows()
    means, neuron = table.column("c", "mean:dense"), table.neuron("c", "dense", 2)
    there = np.flatnonzero(np.isfinite(means))
    assert set(there) == set(range(8, 16)) == set(np.flatnonzero(np.isfinite(neuron)))
    assert np.isnan(table.activations("c", "dense", np.array([0, 9]))).all(axis=1).tolist() == [True, False]
    assert table.activations("c", "dense", np.array([0])).shape == (1, 0)
    old.write()
    rows = table.rows()
    assert np.isfinite(table.column("c", "mean:dense")[rows]).all() and len(rows) == N - 2


def test_a_table_without_any_part_is_empty(made):
    table = table_of(*made)
    assert len(table.rows()) == 0 and table.problems() == [] and table.n_problems() == 0
    assert table.probabilities("a", np.zeros(0, int)).shape == (0, 0) and list(table.blocks(table.rows())) == []


def test_a_part_without_its_parquet_file_does_not_count(made):
    made[0].write()
    (made[0].path / "part-0000001.parquet").unlink()
    (made[0].path / ".new-x.parquet").write_bytes(b"half")
    assert table_of(made[0]).finished() == {0, 2, 3}


def test_layers_that_were_not_scored_are_refused_by_name(made):
    table = table_of(made[0].write())
    assert table.n_neurons("a", "dense") == 5 and table.n_neurons("a", "conv") is None
    with pytest.raises(NotFound, match="conv"):
        table.neuron("a", "conv", 0)
    with pytest.raises(NotFound, match="conv"):
        table.column("a", "mean:conv")


def test_the_likeliest_classes_come_in_the_order_that_was_asked_for(made):
    table = table_of(made[0].write())
    rows = np.array([20, 3, 21])
    for row, top in zip(rows, table.top("a", rows), strict=True):
        assert list(top.classes) == np.argsort(-made[0].p[row], kind="stable")[:5].tolist()
        assert top.probabilities == pytest.approx(made[0].p[row][list(top.classes)])


def test_blocks_end_where_parts_end(made, monkeypatch):
    monkeypatch.setattr("innv_gui.store.scores.PARTS_A_BLOCK", 2)
    table = table_of(made[0].write())
    blocks = list(table.blocks(table.rows()))
    assert [block[0] for block in blocks] == [0, 16] and np.concatenate(blocks).tolist() == table.rows().tolist()
