"""Refused models and datasets: one sentence wherever they are missed, and "try again" only where that can help."""

import re
from pathlib import Path

import pytest

from innv_gui import errors
from innv_gui.cluster.jobs import Job
from innv_gui.commands.reports import tell_when_opened
from innv_gui.session.datasets import DatasetEntry
from innv_gui.session.models import ModelEntry, ModelShelf
from innv_gui.session.refusals import refusal
from innv_gui.web.api.common_answers import error_json

STATIC = Path(__file__).resolve().parents[2] / "static" / "js"
PASSING = {"Cancelled", "StorageFailed", "WorkerDied", "NoWorker"}


def refused(error, file="broken.keras"):
    return ModelEntry("m1", "broken", "A", file, None, status="refused", error=error)


@pytest.mark.parametrize(
    "message, said",
    [
        ("broken.keras is empty.", "broken.keras was refused: it is empty."),
        ("broken.keras: its weights are NaN.", "broken.keras was refused: its weights are NaN."),
        ("The worker died.", "broken.keras was refused: The worker died."),
    ],
)
def test_a_refusal_names_its_file_once_however_the_cause_begins(message, said):
    assert refusal(refused(errors.ModelRefused(message, "Copy it again."))) == said


def test_what_was_not_refused_or_was_stopped_says_nothing():
    assert refusal(ModelEntry("m1", "a", "A", "a.keras", None)) == ""
    assert refusal(refused(errors.Cancelled("The work was cancelled."))) == ""


def test_every_refusal_of_models_and_datasets_is_one_line_on_the_terminal(capfd):
    entries = [refused(errors.ModelRefused("broken.keras is empty.", "Copy it again."))]
    entries.append(DatasetEntry("d1", "none", "", "refused", error=errors.BadInput("No image in none.", "Add some.")))
    for entry in entries:
        entry.job = Job("load", "Loading", 1, "steps")
        entry.job.run(lambda job: None)
    for thread in tell_when_opened(entries):
        thread.join(5)
    said = capfd.readouterr().err.splitlines()
    assert sorted(said) == [
        "innv-gui: broken.keras was refused: it is empty. Copy it again.",
        "innv-gui: none was refused: No image in none. Add some.",
    ]


def test_a_model_that_fails_by_a_fault_of_ours_does_not_load_for_ever():
    shelf = ModelShelf(None, None)
    entry = ModelEntry("m1", "a", "A", "a.keras", None)
    entry.job = Job("load", "Loading a", 1, "models")
    shelf._facts = lambda entry, job: 1 / 0
    entry.job.run(lambda job: shelf._load(entry, job))
    assert entry.status == "refused" and "ZeroDivisionError" in refusal(entry)


def test_retry_is_told_by_the_class_of_an_error_and_only_what_passes_has_it():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.InnvError)]
    assert {kind.__name__ for kind in kinds if error_json(kind("No."))["retry"]} == PASSING


def test_every_button_that_tries_a_failed_thing_again_asks_the_error_first():
    """Cancelled work is taken up by the person's own wish; anything else goes through `retry`."""
    for path in STATIC.rglob("*.js"):
        for line in path.read_text().splitlines():
            if re.search(r'"(Retry|Try again)', line):
                assert "retry" in line, f"{path.name}: {line.strip()}"
