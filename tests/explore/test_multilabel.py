"""Explorations of models that say yes or no to each class: nothing is claimed that needs one answer."""

from types import SimpleNamespace

import numpy as np
import pytest

from innv_gui.datasets.collection import ProblemList, of_files
from innv_gui.errors import BadInput
from innv_gui.records import Outputs, replace
from innv_gui.session.datasets import Dataset
from innv_gui.session.explore.columns import columns_of
from innv_gui.session.explore.exploration import Exploration
from innv_gui.session.explore.facts import facts_of
from innv_gui.session.suggest.numbers import Numbers
from innv_gui.store.scores import ScoreTable
from tests.scoring.score_folders import Folder
from tests.suggest.made_suggestions import CLASSES, K, model_of

N = 12
TAGS = SimpleNamespace(bits=lambda: np.zeros(N, np.uint64), names=lambda: ())


def multilabel(position):
    model = model_of(position)
    return replace(model, facts=replace(model.facts, outputs=Outputs("multilabel")))


def numbers_of(tmp_path, models):
    labels = [CLASSES[index % K] for index in range(N)]
    files = [f"{index}.png" for index in range(N)]
    dataset = Dataset("d", "made", of_files("made", "folder", "/nowhere", files, labels, ProblemList()))
    p = np.random.default_rng(1).random((N, K), np.float32)
    folders = {model.id: Folder(tmp_path / model.id, p, np.arange(N) % K).write().path for model in models}
    return Numbers(models, dataset, ScoreTable(folders))


def test_there_is_no_answer_that_could_be_right_or_differ(tmp_path):
    numbers = numbers_of(tmp_path, [multilabel(0), multilabel(1)])
    known = set(columns_of(numbers, TAGS))
    assert {"A.confidence", "B.confidence", "label"} <= known
    assert not known & {"A.prediction", "A.right", "A.loss", "B.right", "disagreement"}
    facts = facts_of(numbers)
    assert facts["together"] == {"all_right": None, "none_right": None, "answers": []}
    assert all(model["right"] is None and "multilabel" in model["why"] for model in facts["models"])


def test_beside_a_model_with_one_answer_that_one_keeps_its_numbers(tmp_path):
    numbers = numbers_of(tmp_path, [model_of(0), multilabel(1)])
    known = set(columns_of(numbers, TAGS))
    assert {"A.prediction", "A.right", "A.loss", "B.confidence"} <= known
    assert not known & {"B.prediction", "B.right", "disagreement"}
    facts = facts_of(numbers)
    assert facts["models"][0]["right"] is not None and facts["together"]["all_right"] is None


def test_it_is_no_side_of_a_confusion_matrix():
    exploration = SimpleNamespace(models=[model_of(0), multilabel(1)], dataset=SimpleNamespace(class_names=CLASSES))
    assert Exploration.side(exploration, "A") == "0"
    with pytest.raises(BadInput, match=r"net1 says yes or no to each class \(multilabel\)"):
        Exploration.side(exploration, "B")
