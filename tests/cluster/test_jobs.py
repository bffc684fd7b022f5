"""Jobs: states, progress, cancel."""

import threading

import pytest

from innv_gui.cluster.jobs import Job, Jobs
from innv_gui.errors import BadInput, Cancelled, NotFound, WorkFailed


@pytest.fixture
def jobs():
    jobs = Jobs(at_once=1)
    yield jobs
    jobs.close()


def test_a_job_ends_done_with_its_result_and_counts(jobs):
    def work(job):
        for _ in range(3):
            job.step()
        return "result"

    job = jobs.start("test", "Testing", work, total=3, unit="steps")
    assert job.wait(5).result == "result"
    assert job.as_json()["status"] == "done" and job.as_json()["done"] == 3


def test_an_error_a_person_can_act_on_is_kept(jobs):
    def work(job):
        raise BadInput("No.", "Do it otherwise.", field="x")

    job = jobs.start("test", "Testing", work)
    with pytest.raises(BadInput):
        job.wait(5)
    said = {"message": "No.", "hint": "Do it otherwise.", "field": "x", "allowed": [], "retry": False}
    assert job.as_json()["error"] == said


def test_a_bug_becomes_a_sentence_and_the_next_job_runs(jobs, capsys):
    job = jobs.start("test", "Testing", lambda job: 1 / 0)
    with pytest.raises(WorkFailed, match="ZeroDivisionError"):
        job.wait(5)
    assert jobs.start("test", "Next", lambda job: 1).wait(5).result == 1


def test_cancel_says_so_at_once_while_the_work_is_still_ending(jobs):
    go, running = threading.Event(), threading.Event()

    def work(job):
        running.set()
        go.wait(5)
        job.check()

    job = jobs.start("test", "Testing", work)
    running.wait(5)
    job.cancel()
    assert job.status == "cancelled"
    go.set()
    with pytest.raises(Cancelled):
        job.wait(5)


def test_a_queued_job_that_is_cancelled_never_starts(jobs):
    go = threading.Event()
    jobs.start("test", "First", lambda job: go.wait(5))
    ran = []
    second = jobs.start("test", "Second", lambda job: ran.append(1))
    second.cancel()
    go.set()
    second.ended(5)
    assert not ran and second.status == "cancelled"


def test_an_unknown_job_is_said_to_be_unknown(jobs):
    with pytest.raises(NotFound, match="j-nope"):
        jobs.get("j-nope")


@pytest.mark.parametrize(
    "error",
    [FileNotFoundError(2, "No such file or directory", "w/part-3.parquet"), FileNotFoundError("w/part-3.parquet")],
)
def test_a_file_that_went_is_told_in_a_sentence(error):
    def work(_):
        raise error

    job = Job("score", "Scoring digits", 1, "images")
    job.run(work)
    assert job.status == "failed" and job.error.status == 507 and job.error.hint
    assert job.error.message == "Scoring digits failed: part-3.parquet cannot be used (No such file or directory)."
