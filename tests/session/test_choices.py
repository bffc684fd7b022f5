"""What a person chose for a model's file comes back at the next start of the same workspace."""

import logging
from types import SimpleNamespace

import pytest

from innv_gui.cluster.jobs import Job
from innv_gui.commands.reports import earlier
from innv_gui.datasets.collection import ProblemList, of_files
from innv_gui.errors import StorageFailed
from innv_gui.preprocessing import parse
from innv_gui.records import LabelClass, ModelSource, replace
from innv_gui.session.keep import choices as kept
from innv_gui.session.keep.choices import Choices
from innv_gui.session.models import ModelShelf
from innv_gui.store.workspace import Workspace
from tests.suggest.made_suggestions import CLASSES, model_of

FACTS = model_of(7, names=None).facts
GIVEN = ("d", "c", "b", "a")
CAFFE = {"mode": "standardize", "mean": [100.0], "std": [50.0]}


class Begun:
    """Does a job at once."""

    def start(self, kind, title, work, total, unit):
        job = Job(kind, title, total, unit)
        job.run(work)
        return job


@pytest.fixture
def started(tmp_path):
    """A workspace that is opened anew: started(more=facts that differ, wishes) -> shelf, id of the model."""

    def started(facts=FACTS, **wishes):
        (tmp_path / "a.keras").touch()
        workspace = Workspace(tmp_path / "w")
        shelf = ModelShelf(lambda: None, Begun(), choices=Choices(workspace.part("choices")))
        shelf._facts = lambda entry, job: facts
        workspace.close()
        return shelf, shelf.start(tmp_path / "a.keras", **wishes).id

    return started


def again(started, facts=FACTS, **wishes):
    shelf, id = started(facts, **wishes)
    return shelf.get(id)


def test_names_and_preprocessing_come_back_and_say_where_they_are_from(started):
    shelf, id = started()
    shelf.change(id, preprocessing=CAFFE)
    shelf.change(id, class_names=GIVEN)
    assert shelf.get(id).chosen_earlier == ()
    model = again(started)
    assert model.preprocessing == parse(CAFFE) and model.naming.names == GIVEN and model.naming.origin == "given"
    assert model.chosen_earlier == ("preprocessing", "class_names")
    assert earlier(model) == "a: preprocessing and class names as chosen earlier, kept in this workspace."


def test_names_that_were_confirmed_or_dropped_come_back(started):
    shelf, id = started(classes=CLASSES)
    shelf.change(id, class_names="confirm")
    assert again(started).naming.names == CLASSES
    shelf, id = started()
    shelf.change(id, class_names=[])
    assert again(started).naming.origin == "numbers" and again(started).chosen_earlier == ("class_names",)


def test_what_is_said_now_wins_over_what_is_kept(started):
    shelf, id = started()
    shelf.change(id, preprocessing=CAFFE, class_names=GIVEN)
    model = again(started, preprocessing="unit", classes=CLASSES)
    assert model.preprocessing == parse("unit") and model.naming.names == CLASSES and model.chosen_earlier == ()
    detected = again(started, preprocessing="auto")
    assert detected.preprocessing == FACTS.preprocessing and detected.naming.names == GIVEN
    assert again(started).preprocessing == parse(CAFFE), "an option of one start is no choice"


def test_a_choice_of_now_replaces_the_one_of_earlier_and_the_detected_rule_is_none(started):
    shelf, id = started()
    shelf.change(id, preprocessing=CAFFE, class_names=GIVEN)
    shelf, id = started()
    assert shelf.change(id, preprocessing="auto").chosen_earlier == ("class_names",)
    model = again(started)
    assert model.preprocessing == FACTS.preprocessing and model.chosen_earlier == ("class_names",)


def test_labels_mapped_by_hand_come_back(started, dataset):
    shelf, id = started()
    shelf.map_labels(id, dataset, {"wasp": 1})
    assert again(started).by_hand == shelf.get(id).by_hand and again(started).by_hand[0].class_ == 1


@pytest.fixture
def dataset():
    images = of_files("d", "folder", "/d", ["a.png"], ["wasp"], ProblemList())
    return SimpleNamespace(name="d", class_names=("wasp", "bee"), keras_class_names=None, collection=images)


def test_a_model_of_an_earlier_run_has_the_names_and_labels_of_since_then(started, dataset):
    shelf, id = started()
    shelf.map_labels(id, dataset, {"wasp": 1, "bee": 3})
    then = shelf.get(id).by_hand
    shelf.change(id, class_names=GIVEN)
    shelf.map_labels(id, dataset, {"wasp": 2, "bee": None})
    other = LabelClass("of another place", "fly", 0)
    shelf, id = started(recorded=True, classes=CLASSES, by_hand=(*then, other), preprocessing="unit")
    model = shelf.get(id)
    assert model.naming.names == GIVEN and model.preprocessing == parse("unit")
    assert {(one.label, one.class_) for one in model.by_hand} == {("wasp", 2), ("fly", 0)}
    shelf.map_labels(id, dataset, {"bee": 0})
    assert {(one.label, one.class_) for one in again(started).by_hand} == {("wasp", 2), ("bee", 0)}


def test_a_model_of_an_earlier_run_has_its_own_where_nothing_is_kept(started):
    one = LabelClass("d", "wasp", 2)
    model = again(started, recorded=True, classes=CLASSES, by_hand=(one,))
    assert model.naming.names == CLASSES and model.by_hand == (one,)


def test_labels_of_one_file_opened_twice_are_kept_together(started, tmp_path, dataset):
    shelf, id = started()
    second = shelf.start(tmp_path / "a.keras").id
    shelf.map_labels(id, dataset, {"wasp": 1})
    shelf.map_labels(second, dataset, {"bee": 3})
    assert {(one.label, one.class_) for one in again(started).by_hand} == {("wasp", 1), ("bee", 3)}


def test_another_file_and_the_same_one_opened_twice_are_as_detected(started, tmp_path):
    shelf, id = started()
    shelf.change(id, class_names=GIVEN)
    assert shelf.get(shelf.start(tmp_path / "a.keras").id).naming is None, "two rules can be compared side by side"
    other = replace(FACTS, source=ModelSource("keras", sha256="b" * 64))
    assert again(started, other).naming is None


def test_names_that_do_not_fit_any_more_are_left_out_with_a_note(started):
    shelf, id = started()
    shelf.change(id, class_names=GIVEN)
    model = again(started, replace(FACTS, n_classes=2))
    assert model.naming is None and model.chosen_earlier == ()
    assert "kept in this workspace is left out. Expected 2 class names" in model.notes[-1]


def test_a_damaged_choice_is_passed_over_with_one_sentence(started, tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    shelf, id = started()
    shelf.change(id, class_names=GIVEN)
    path = next((tmp_path / "w" / "choices").iterdir())
    path.write_bytes(path.read_bytes().replace(b'"d"', b'"e"'))
    assert again(started).naming is None and again(started).naming is None
    assert [record.message for record in caplog.records] == [
        f"choices/{path.name} is damaged and passed over (Damaged)."
    ]


def test_a_choice_that_cannot_be_written_holds_for_now_and_is_logged(started, monkeypatch, caplog):
    caplog.set_level(logging.WARNING)
    shelf, id = started()

    def full(*_):
        raise StorageFailed("a.json cannot be written: the disk is full.")

    monkeypatch.setattr(kept, "write_record", full)
    assert shelf.change(id, class_names=GIVEN).naming.names == GIVEN
    assert "What was chosen for a model is not kept: a.json" in caplog.text
