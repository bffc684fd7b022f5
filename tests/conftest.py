"""What many tests share: one session with the sample models and images, and one server of the demo."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from hypothesis import settings

from innv_gui import Session
from tests.fast_part import HEAVY, may_start_processes, needs_heavy

settings.register_profile("repeatable", derandomize=True)  # `--hypothesis-profile=default` searches on
settings.load_profile("repeatable")

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "sample_models"
LONGEST = """
    browser/suggest browser/accessibility attribution/conformance attribution/every_layer scoring/resilience
    browser/evidence browser/walk commands/cli browser/regressions attribution/main_job explain/history
    session/session browser/session_menu attribution/target_contract browser/visualize datasets/samples
    probe/probe innvestigate/runtime scoring/scoring networks/loading innvestigate/bridge cluster/remote
    explain/streaming browser/features files/old_models
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


@pytest.fixture(scope="session")
def sample_datasets(opened):
    """The sample images: digits and weather."""
    return opened[1]


class Server:
    """`innv-gui ...` in a process of its own, as a person starts it."""

    def __init__(self, *arguments, log):
        self.started = time.monotonic()
        self.log = log
        with open(log, "w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "innv_gui.cli", *arguments], stdout=out, stderr=out, env={**os.environ}
            )
        self.address = self._wait_for_address()
        self.base, self.token = re.match(r"(http://[^/]+)/\?token=(\S+)", self.address).groups()

    def _wait_for_address(self):
        while time.monotonic() - self.started < 60:
            found = re.search(r"http://\S+", self.log.read_text())
            if found:
                return found.group()
            if self.process.poll() is not None:
                break
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
        self.process.terminate()
        self.process.wait(20)


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
