"""What many tests share: one session with the sample models and images, and one server of the demo."""

import gc
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings

from innv_gui import Session
from innv_gui.cli import main
from innv_gui.web.app import create_app
from tests.fast_part import HEAVY, may_start_processes, needs_heavy
from tests.homes import HomeScheduling

gc.disable()  # until everything is imported and collected: pytest_collection_finish

settings.register_profile("repeatable", derandomize=True)  # `--hypothesis-profile=default` searches on
settings.load_profile("repeatable")

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "t" * 32
SAMPLES = ROOT / "sample_models"
LONGEST = """
    browser/suggest browser/walk browser/regressions browser/evidence browser/features browser/accessibility
    scoring/resilience probe/probe attribution/main_job cluster/remote session/session commands/cli scoring/scoring
    attribution/every_layer attribution/target_contract innvestigate/runtime attribution/conformance
    innvestigate/bridge networks/outputs networks/loading attribution/layers networks/custom_layers networks/coverage
    attribution/rules files/keras_versions files/old_models networks/preprocessing_detection datasets/tiff
    datasets/samples
""".split()
MODEL_FILES = (
    "digits_mlp.keras",
    "digits_cnn.keras",
    "digits_resnet.keras",
    "digits_cnn_legacy.h5",
    "weather_shortcut.keras",
    "weather_clean.keras",
)


def pytest_addoption(parser):
    parser.addoption("--fast", action="store_true", help="only tests without TensorFlow, browser and started processes")


def pytest_ignore_collect(collection_path, config):
    """--fast: files that import TensorFlow, Keras or a browser, and folders whose fixtures do."""
    path = collection_path / "conftest.py" if collection_path.is_dir() else collection_path
    is_ours = path.suffix == ".py" and path.exists()
    return True if config.getoption("--fast") and is_ours and needs_heavy(path) else None


def pytest_collection_modifyitems(config, items):
    """Files that take longest come first, so that no process begins one of them when the others are done."""
    if config.getoption("--fast"):
        _leave_out(config, items, may_start_processes)
    places = {name: place for place, name in enumerate(LONGEST)}
    name = lambda item: f"{item.path.parent.name}/{item.path.stem.removeprefix('test_')}"  # noqa: E731
    items.sort(key=lambda item: places.get(name(item), len(places)))


def pytest_collection_finish():
    """What has been imported stays: looking through it for garbage took a tenth of the processor's time."""
    gc.set_threshold(100_000, 50, 100)
    gc.freeze()
    gc.enable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """Networks that a test makes have the same weights each time, alone and among others: Keras draws from it."""
    random.seed(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """`--dist loadscope`: files go where what they need runs already."""
    return HomeScheduling(config, log) if config.getvalue("dist") == "loadscope" else None


def _leave_out(config, items, unwanted):
    left = [item for item in items if unwanted(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


@pytest.fixture(scope="session", autouse=True)
def nothing_heavy_was_imported(request):
    """--fast keeps what it says, whatever the rules by which tests were left out have missed."""
    yield
    if request.config.getoption("--fast"):
        found = HEAVY & sys.modules.keys()
        assert not found, f"--fast is for tests without {', '.join(sorted(found))}, and one of these imported it."


@pytest.fixture(scope="session")
def opened(tmp_path_factory):
    """One session for all tests, whose workers start once, with the sample images and models, opened before all others:

    classes without names of their own take those of the first dataset that fits, and a second model of a name a number.
    """
    with Session(tmp_path_factory.mktemp("workspace")) as session:
        session.warm_up("images", "keras", "innvestigate")
        datasets = {name: session.datasets.get(session.add_samples(name).id) for name in ("digits", "weather")}
        yield session, datasets, {Path(name).stem: session.start_model(SAMPLES / name).id for name in MODEL_FILES}


@pytest.fixture(scope="session")
def session(opened):
    """The session."""
    return opened[0]


@pytest.fixture(scope="session")
def sample_models(opened):
    """The sample models by file stem."""
    session, _, ids = opened
    return {stem: session.models.get(id) for stem, id in ids.items()}


@pytest.fixture(scope="module")
def client(session, sample_models, sample_datasets):
    """REST and the pages without a server, signed in."""
    client = create_app(session, TOKEN).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return client


@pytest.fixture(scope="session")
def sample_datasets(opened):
    """The sample images: digits and weather."""
    return opened[1]


class Lent:
    """The workers of one session for another one, whose end they outlive."""

    def __init__(self, pool):
        self._pool = pool

    def __getattr__(self, name):
        return getattr(self._pool, name)

    def close(self):
        pass


@contextmanager
def workers_lent_by(session):
    """Sessions and commands that are opened in this process work with the workers that run already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("innv_gui.session.session.Pool", lambda folder: Lent(session.pool))
        yield


@pytest.fixture
def lent_workers(session):
    """For one test."""
    with workers_lent_by(session):
        yield


class Server:
    """`innv-gui ...` in a process of its own, as a person starts it."""

    def __init__(self, *arguments, log):
        self.started = time.monotonic()
        self.log = log
        with open(log, "w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "innv_gui.cli", *arguments], stdout=out, stderr=out, env={**os.environ}
            )
        self._wait_for_address()

    def _wait_for_address(self):
        while time.monotonic() - self.started < 60:
            found = re.search(r"((http://[^/]+)/\?token=(\S+))\n", self.log.read_text())
            if found:
                self.address, self.base, self.token = found.groups()
                return
            if self._has_ended():
                break
            time.sleep(0.02)
        raise AssertionError(self.log.read_text())

    def _has_ended(self):
        return self.process.poll() is not None

    def says(self, words, times=1):
        """What it has written, once the words are in it."""
        while time.monotonic() - self.started < 60:
            if self.log.read_text().count(words) >= times:
                return self.log.read_text()
            time.sleep(0.02)
        raise AssertionError(self.log.read_text())

    def get(self, path, **headers):
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        return urllib.request.urlopen(urllib.request.Request(self.base + path, headers=headers), timeout=60)

    def post(self, path, body):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        asked = urllib.request.Request(self.base + path, json.dumps(body).encode(), headers)
        return urllib.request.urlopen(asked, timeout=60)

    def put(self, path, body):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        asked = urllib.request.Request(self.base + path, json.dumps(body).encode(), headers, method="PUT")
        return urllib.request.urlopen(asked, timeout=60)

    def delete(self, path):
        asked = urllib.request.Request(
            self.base + path, headers={"Authorization": f"Bearer {self.token}"}, method="DELETE"
        )
        return urllib.request.urlopen(asked, timeout=60)

    def holds(self):
        """Addresses of its models and datasets, refused ones too."""
        kinds = ("models", "datasets")
        return {f"/api/v1/{k}/{one['id']}" for k in kinds for one in json.load(self.get(f"/api/v1/{k}"))[k]}

    def stop(self):
        """As Ctrl-C or the system ends it."""
        self.process.terminate()
        assert self.process.wait(20) == 0, self.log.read_text()


class ServerHere(Server):
    """`innv-gui serve ...` in a thread of this process: what it would do on a signal is done by `stop`."""

    def __init__(self, *arguments, log, monkeypatch):
        self.started, self.log, self.handlers, self.status = time.monotonic(), log, [], None
        signals = SimpleNamespace(**vars(signal) | {"signal": lambda _, handler: self.handlers.append(handler)})
        monkeypatch.setattr("innv_gui.commands.serve.signal", signals)
        self._out = open(log, "w", buffering=1)  # noqa: SIM115
        for stream in ("stdout", "stderr"):
            monkeypatch.setattr(sys, stream, self._out)
        self.thread = threading.Thread(target=self._run, args=(arguments,), daemon=True)
        self.thread.start()
        self._wait_for_address()

    def _run(self, arguments):
        self.status = main(list(map(str, arguments)))

    def _has_ended(self):
        return self.status is not None

    def stop(self):
        self.handlers[0]()
        self.thread.join(20)
        for thread in threading.enumerate():
            if thread.name == "reports":  # it may be about to write into what is closed next
                thread.join(5)
        self._out.close()
        assert self.status == 0


@pytest.fixture
def serve(lent_workers, tmp_path, monkeypatch):
    """serve(*arguments): the server of `innv-gui serve`, without a process and workers of its own."""
    servers = []

    def serve(*arguments):
        server = ServerHere("serve", "--port", "0", *arguments, log=tmp_path / "log", monkeypatch=monkeypatch)
        servers.append(server)
        return server

    yield serve
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The demo's server, for browser tests."""
    folder = tmp_path_factory.mktemp("demo")
    server = Server("demo", "--port", "0", "--workspace", str(folder / "w"), log=folder / "log")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def demo_holds(demo):
    """What the demo itself opens."""
    return demo.holds()


@pytest.fixture(scope="module", autouse=True)
def demo_left_as_found(request):
    """A file of tests leaves no model, no dataset and no selection to the file after it, whichever that is."""
    uses = any(
        {"demo", "open_tab"} & set(item.fixturenames) for item in request.session.items if item.path == request.path
    )
    if not uses:
        yield
        return
    found, demo = request.getfixturevalue("demo_holds"), request.getfixturevalue("demo")
    yield
    demo.put("/api/v1/basket", {"dataset": None, "images": []})
    for address in demo.holds() - found:
        demo.delete(address)
