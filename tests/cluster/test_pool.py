"""The embedded cluster: results, death, cancel, and what it listens on. Its tasks here are Python's own functions."""

import os
import signal
import subprocess
import threading
import time

import psutil
import pytest

from innv_gui.cluster import tasks
from innv_gui.cluster.ending import Ending, words_since
from innv_gui.cluster.pool import Pool
from innv_gui.errors import Cancelled, WorkFailed

SLEEP = tasks.Task("images", "time:sleep")
PID = tasks.Task("images", "os:getpid")


@pytest.fixture(scope="module", autouse=True)
def small_tasks():
    added = {"test.sleep": SLEEP, "test.pid": PID, "test.int": tasks.Task("images", "builtins:int")}
    added["test.exit"] = tasks.Task("images", "os:_exit")
    tasks.TASKS.update(added)
    yield
    for name in added:
        del tasks.TASKS[name]


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    pool = Pool(tmp_path_factory.mktemp("pool"))
    pool.wait_ready("images")
    yield pool
    pool.close()


def test_a_task_runs_in_another_process(pool):
    assert pool.run("test.pid") == pool.pid("images") != os.getpid()


def test_an_error_in_a_task_comes_back_as_it_was(pool):
    with pytest.raises(ValueError, match="invalid literal"):
        pool.run("test.int", "seven")


def test_a_killed_worker_is_replaced_and_its_task_done_again(pool):
    before = pool.run("test.pid")
    threading.Timer(0.5, pool.kill, ["images"]).start()
    pool.run("test.sleep", 1.5)
    assert pool.run("test.pid") != before


def test_a_task_that_kills_its_worker_twice_fails_alone_and_names_the_model(pool):
    stop = threading.Event()

    def killer():
        """Kills each worker once it has had the task for a moment."""
        killed = set()
        while not stop.wait(0.2):
            pid = pool.pid("images")
            if pid not in killed and pool.ready("images"):
                time.sleep(0.5)
                killed.add(pid)
                pool.kill("images")

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        with pytest.raises(WorkFailed, match=r"died twice on vgg\.keras"):
            pool.run("test.sleep", 60, about="vgg.keras")
    finally:
        stop.set()
        thread.join()
    assert pool.run("test.int", "7") == 7


def test_a_worker_that_cannot_start_fails_its_tasks_with_the_reason(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "sitecustomize.py").write_text("raise SystemExit('no TensorFlow here')")
    pool = Pool(tmp_path)
    try:
        with pytest.raises(WorkFailed, match="worker cannot start.*no TensorFlow here"):
            pool.run("test.pid")
    finally:
        pool.close()


def test_quick_deaths_of_a_worker_do_not_refuse_the_one_that_lives(pool):
    killed = []
    while len(killed) < 4:
        pid = pool.pid("images")
        if pid not in killed:
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
        time.sleep(0.02)
    assert _refused_or_waits(pool) == ""
    assert pool.run("test.int", "7") == 7


def _refused_or_waits(pool):
    """The refusal of a task while the pool rests after deaths, "" once the task is done."""
    for _ in range(5):
        try:
            return "" if pool.run("test.pid") == pool.pid("images") else "another process answered"
        except WorkFailed as error:
            assert "cannot start (killed by signal 9 (SIGKILL)" in error.message
            time.sleep(0.5)
    return "refused for good"


def test_a_task_that_ends_its_process_is_said_to_have_done_so(pool):
    """Memory is not to blame, and fewer images would not help."""
    with pytest.raises(WorkFailed, match=r"died twice on vgg\.keras \(exit code 3\)") as error:
        pool.run("test.exit", 3, about="vgg.keras")
    assert "a plug-in or a library" in error.value.hint and "smaller" not in error.value.hint
    assert pool.run("test.int", "7") == 7


def test_a_process_that_the_system_does_not_start_is_tried_again(pool, monkeypatch):
    starts = iter([OSError(12, "Cannot allocate memory"), None])
    popen = subprocess.Popen

    def scarce(*args, **kwargs):
        error = next(starts, None)
        if error is not None:
            raise error
        return popen(*args, **kwargs)

    monkeypatch.setattr(subprocess, "Popen", scarce)
    pool.kill("images")
    assert pool.run("test.int", "7") == 7
    assert next(starts, "all used") == "all used"


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [
        (Ending(-9, out_of_memory=True), "the system killed it because memory ran out"),
        (Ending(-9), "killed by signal 9 (SIGKILL), most often because memory ran out"),
        (Ending(-11, last_words="a harmless warning"), "killed by signal 11 (SIGSEGV)"),
        (Ending(1, last_words="ImportError: no TensorFlow"), "exit code 1: ImportError: no TensorFlow"),
        (Ending(7, last_words="a harmless warning"), "exit code 7"),
        (Ending(None, last_words="Cannot allocate memory"), "the system does not start it: Cannot allocate memory"),
    ],
)
def test_the_end_of_a_worker_is_told_by_what_ended_it(ending, sentence):
    assert str(ending) == sentence


def test_last_words_are_those_of_the_process_that_ended(tmp_path):
    log = tmp_path / "keras.log"
    log.write_text("of one before\n")
    assert words_since(log, log.stat().st_size) == ""
    log.write_text("of one before\nImportError: here\n")
    assert words_since(log, 14) == "ImportError: here"


def test_cancel_frees_the_worker_within_five_seconds(pool):
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    started = time.monotonic()
    with pytest.raises(Cancelled):
        pool.run("test.sleep", 600, cancelled=stop)
    assert pool.run("test.int", "7") == 7
    assert time.monotonic() - started < 15  # seconds; 600 without the kill


def test_a_waiting_task_can_be_cancelled_without_harm_to_the_one_that_runs(pool):
    stop = threading.Event()
    results = []
    runner = threading.Thread(target=lambda: results.append(pool.run("test.sleep", 1.0)))
    runner.start()
    time.sleep(0.2)
    stop.set()
    with pytest.raises(Cancelled):
        pool.run("test.pid", cancelled=stop)
    runner.join()
    assert results == [None]


def test_it_listens_on_loopback_only(pool):
    processes = [psutil.Process(), psutil.Process(pool.pid("images"))]
    sockets = [c for p in processes for c in p.net_connections() if c.status == psutil.CONN_LISTEN]
    assert sockets and {c.laddr.ip for c in sockets} == {"127.0.0.1"}


def test_it_speaks_tls(pool):
    assert pool._cluster.scheduler_address.startswith("tls://127.0.0.1:")
