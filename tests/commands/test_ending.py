"""SIGTERM and SIGHUP end a command as Ctrl-C does: nothing half-written, no temporary workspace."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np
import pytest
from PIL import Image

from innv_gui import Session
from innv_gui.cli import main
from innv_gui.commands import explain as command
from innv_gui.commands.ending import Ended, ended_by_signals
from innv_gui.store.saving import saved
from tests.conftest import SAMPLES

EXIT = {signal.SIGTERM: 143, signal.SIGHUP: 129}


@pytest.fixture(autouse=True)
def usual_signals():
    """As a command finds them that no nohup started, whatever started the tests."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in EXIT}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Where temporary folders are made."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    return tmp_path / "tmp"


def explaining(out):
    images = ("--images", "i", "--analyzer", "gradient")
    return main(["explain", "--model", "m.keras", *images, "--out", str(out)])


@pytest.mark.parametrize("number", EXIT)
def test_a_signal_leaves_nothing_and_is_the_exit_status(place, tmp_path, monkeypatch, capsys, number):
    out = tmp_path / "run.h5"
    out.write_text("keep")

    def work(_options):
        with Session(), saved(out) as temporary:
            assert temporary.exists() and len(list(place.iterdir())) == 1
            try:
                os.kill(os.getpid(), number)
                time.sleep(10)
            finally:
                os.kill(os.getpid(), signal.SIGTERM)  # must not disturb what is being cleared
                time.sleep(0.05)

    monkeypatch.setattr(command, "explain", work)
    assert explaining(out) == EXIT[number]
    assert capsys.readouterr().err == "innv-gui: stopped.\n"
    assert not list(place.iterdir()) and sorted(path.name for path in tmp_path.iterdir()) == ["run.h5", "tmp"]
    assert out.read_text() == "keep" and signal.getsignal(number) is signal.SIG_DFL


def test_a_terminal_that_is_gone_does_not_change_the_status(monkeypatch):
    def work(_options):
        try:
            os.kill(os.getpid(), signal.SIGHUP)
            time.sleep(10)
        finally:
            raise OSError(5, "Input/output error")  # as a progress bar does

    monkeypatch.setattr(command, "explain", work)
    assert explaining("run.h5") == 129


@pytest.mark.parametrize("kept", [signal.SIG_IGN, lambda *_: None])
def test_a_signal_that_is_ignored_or_handled_stays_so(kept):
    before = signal.signal(signal.SIGHUP, kept)
    try:
        with ended_by_signals():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is kept
        assert signal.getsignal(signal.SIGHUP) is kept
    finally:
        signal.signal(signal.SIGHUP, before)


def test_ctrl_c_and_other_threads_are_as_before(monkeypatch):
    def work(_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "explain", work)
    status = []
    thread = threading.Thread(target=lambda: status.append(explaining("run.h5")))
    thread.start()
    thread.join()
    assert status == [1] and explaining("run.h5") == 1
    with pytest.raises(Ended), ended_by_signals():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)


def test_a_command_at_work_ends_cleanly(place, tmp_path):
    Image.fromarray(np.zeros((28, 28), np.uint8)).save(tmp_path / "a.png")
    given = ["--model", SAMPLES / "digits_cnn.keras", "--images", tmp_path / "a.png", "--out", tmp_path / "run.h5"]
    wish = ["--analyzer", "rise", "--param", "masks=10000"]
    process = subprocess.Popen([sys.executable, "-m", "innv_gui.cli", "explain", *map(str, given), *wish])
    try:
        end = time.monotonic() + 60
        while not list(tmp_path.glob(".new-*")) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        assert list(tmp_path.glob(".new-*")) and list(place.glob("innv-gui-*"))
        process.terminate()
        assert process.wait(30) == 143
    finally:
        process.kill()
    assert not list(place.glob("innv-gui-*")) and not list(tmp_path.glob(".*"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "tmp"]
