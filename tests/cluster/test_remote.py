"""A Dask scheduler with worker processes of their own, over TLS: the same scores, whoever computes them."""

import datetime
import hashlib
import ipaddress
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from innv_gui import Session
from innv_gui.cli import main
from innv_gui.cluster.address import remote
from innv_gui.cluster.code import code
from innv_gui.cluster.reach import answers
from innv_gui.errors import BadInput, Cancelled, WorkFailed
from innv_gui.records import ImageRef, Target
from innv_gui.session.scoring import plan as score_plan
from tests.conftest import ROOT, SAMPLES
from tests.scoring.scored_pictures import same, scored, table

N = 1500
LAYERS = ("conv_1",)
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).strip(":")}
HERE = "/proc/self/cwd/x.png"  # another file for each process that has a folder of its own, as on another machine


class Certificates:
    """An authority and one certificate for all, as PEM files: what a person with two machines makes with openssl."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        self.ca = self._write(folder / "ca.pem", certificate(issuer, issuer, authority, authority, True))
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "innv-gui")])
        self.cert = self._write(folder / "cert.pem", certificate(name, issuer, own, authority, False))
        plain = serialization.NoEncryption()
        pem = own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        self.key = str(folder / "key.pem")
        (folder / "key.pem").write_bytes(pem)

    @staticmethod
    def _write(path, made):
        path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        return str(path)

    def locked(self, folder):
        """The key with a password."""
        key = serialization.load_pem_private_key(Path(self.key).read_bytes(), None)
        locked = serialization.BestAvailableEncryption(b"secret")
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
        (folder / "locked.pem").write_bytes(pem)
        return str(folder / "locked.pem")

    @property
    def options(self):
        return ["--tls-ca", self.ca, "--tls-cert", self.cert, "--tls-key", self.key]

    @property
    def wishes(self):
        return {"tls_ca": self.ca, "tls_cert": self.cert, "tls_key": self.key}


def certificate(subject, issuer, key, signing_key, is_authority):
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1))
    builder = builder.not_valid_after(now + datetime.timedelta(days=1))
    builder = builder.add_extension(x509.BasicConstraints(is_authority, None), True)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    return builder.add_extension(names, False).sign(signing_key, hashes.SHA256())


class Cluster:
    """`dask scheduler` and `innv-gui worker` processes, as a person starts them."""

    def __init__(self, folder, certificates):
        self.folder, self.certificates = folder, certificates
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"tls://127.0.0.1:{port}"
        tls = ["--tls-ca-file", certificates.ca, "--tls-cert", certificates.cert, "--tls-key", certificates.key]
        command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", self.address, "--no-dashboard"]
        self._scheduler, self.processes = [*command, *tls], []
        self.start_scheduler()

    def start_scheduler(self):
        self.processes.insert(0, self._start(self._scheduler, "scheduler"))

    def wait_for_scheduler(self):
        where = remote(self.address, self.certificates.ca, self.certificates.cert, self.certificates.key)
        while not answers(where):
            time.sleep(0.05)

    def stop_scheduler(self):
        scheduler = self.processes.pop(0)
        scheduler.kill()
        scheduler.wait()

    def _start(self, command, name):
        with open(self.folder / f"{name}.log", "w") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, env=ENVIRONMENT, cwd=self.folder)

    def add_worker(self):
        command = [sys.executable, "-m", "innv_gui.cli", "worker", "--scheduler", self.address]
        process = self._start([*command, *self.certificates.options], f"worker-{len(self.processes)}")
        self.processes.append(process)
        return process

    def stop(self):
        children = [child for p in self.processes if p.poll() is None for child in psutil.Process(p.pid).children()]
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(30)
        return psutil.wait_procs(children, 20)[1]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, certificates):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"), certificates)
    cluster.add_worker()
    cluster.add_worker()
    yield cluster
    assert not cluster.stop(), "worker processes outlive their command"


@pytest.fixture(scope="module")
def far(cluster, tmp_path_factory):
    """A session whose work is done by the cluster."""
    with Session(tmp_path_factory.mktemp("far"), scheduler=cluster.address, **cluster.certificates.wishes) as session:
        wait_for_workers(session, 2)
        yield session


def wait_for_workers(session, count):
    deadline = time.monotonic() + 120
    while session.pool.capacity("keras") < count or session.pool.capacity("images") < count:
        assert time.monotonic() < deadline, "the workers do not come"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def arrays(tmp_path_factory):
    path = tmp_path_factory.mktemp("arrays") / "x.npz"
    x = np.random.default_rng(0).integers(0, 256, (N, 32, 32, 1), np.uint8)
    np.savez(path, x=x, y=np.arange(N) % 10)
    return path


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(score_plan, "FIRST_ROWS", 32)
    monkeypatch.setattr(score_plan, "MOST_ROWS", 32)


def test_two_workers_share_a_job_and_give_what_the_embedded_one_gives(
    session, sample_models, far, arrays, small_chunks
):
    near = sample_models["digits_cnn"]
    here = scored(session, [near], session.add_dataset(arrays), {near.id: LAYERS})
    model = far.add_model(SAMPLES / "digits_cnn.keras")
    there = scored(far, [model], far.add_dataset(arrays), {model.id: LAYERS})
    assert there.n_computed == N and len(there.by_worker) == 2 and min(there.by_worker.values()) >= 32
    same(table(there.folders[model.id]), table(here.folders[near.id]))


def test_explanations_are_done_there_too(far, sample_models, session, arrays):
    near, images = sample_models["digits_cnn"], session.add_dataset(arrays)[:3]
    model = far.add_model(SAMPLES / "digits_cnn.keras")
    here = session.explain(near, images, "gradient", engine="native")
    there = far.explain(model, far.add_dataset(arrays)[:3], "gradient", engine="native")
    np.testing.assert_allclose(there[model].maps, here[near].maps, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("theirs", "said"), [(b"01", "not the same"), (b"2", "not the same"), (None, "but not on")])
def test_a_path_that_leads_elsewhere_on_a_workers_machine_is_refused(far, cluster, tmp_path, monkeypatch, theirs, said):
    ref = ImageRef("x.png", HERE)
    (tmp_path / "x.png").write_bytes(b"1")
    monkeypatch.chdir(tmp_path)
    (cluster.folder / "x.png").unlink(missing_ok=True)
    if theirs is not None:
        (cluster.folder / "x.png").write_bytes(theirs)
    with pytest.raises(WorkFailed, match=f"'x.png' .*{socket.gethostname()}.*{said}.*All machines must reach the same"):
        far.pool.run("images.content_hashes", [ref])
    (cluster.folder / "x.png").write_bytes(b"1")
    assert far.pool.run("images.content_hashes", [ref]) == [hashlib.sha256(b"1").hexdigest()]


def test_a_cancelled_task_that_does_not_end_loses_its_worker_and_another_one_comes(far):
    model = far.add_model(SAMPLES / "digits_cnn.keras")
    x, p = np.zeros((8, *model.input_shape), np.float32), np.full((8, 10), 0.1, np.float32)
    params = {"augment_by_n": 200_000, "noise_scale": 0.1, "postprocess": "abs"}
    before, cancelled = keras_workers(far), threading.Event()
    threading.Timer(1, cancelled.set).start()
    with pytest.raises(Cancelled):
        far.pool.run("keras.explain", model.source, x, "smoothgrad", params, Target(), False, p, cancelled=cancelled)
    deadline = time.monotonic() + 60
    while len(keras_workers(far)) < len(before) or keras_workers(far) == before:
        assert time.monotonic() < deadline, "the task goes on although nobody wants it"
        time.sleep(0.1)


def keras_workers(session):
    """Names, which tell their processes apart."""
    workers = session.pool._client.scheduler_info(n_workers=-1)["workers"].values()
    return {worker["name"] for worker in workers if "keras" in worker["resources"]}


def test_a_worker_that_leaves_in_the_middle_loses_nothing(session, sample_models, far, cluster, tmp_path, small_chunks):
    x = np.random.default_rng(1).integers(0, 256, (N, 32, 32, 1), np.uint8)
    np.save(tmp_path / "x.npy", x)
    model = far.add_model(SAMPLES / "digits_cnn.keras")
    job = far.scoring.start([model], far.add_dataset(tmp_path / "x.npy"))
    while job.done < N / 3:
        time.sleep(0.005)
    leaving = cluster.processes.pop()
    leaving.send_signal(signal.SIGKILL)
    leaving.wait()
    result = job.wait(120).result
    assert result.n_computed == N and result.n_problems == 0
    near = sample_models["digits_cnn"]
    here = scored(session, [near], session.add_dataset(tmp_path / "x.npy"))
    same(table(result.folders[model.id]), table(here.folders[near.id]))


def test_without_a_worker_a_task_says_how_to_start_one(certificates, tmp_path, monkeypatch):
    from innv_gui.cluster import remote as module

    monkeypatch.setattr(module, "NO_WORKER_S", 1.0)
    lonely = Cluster(tmp_path, certificates)
    try:
        with (
            Session(tmp_path / "w", scheduler=lonely.address, **certificates.wishes) as session,
            pytest.raises(WorkFailed, match=r"No worker at tls://127.* offers keras.*innv-gui worker --scheduler tls"),
        ):
            session.add_model(SAMPLES / "digits_cnn.keras")
    finally:
        lonely.stop()


def test_workers_of_another_version_are_given_nothing(cluster, far, certificates, tmp_path, monkeypatch):
    monkeypatch.setattr("innv_gui.cluster.remote.code", lambda: "innv-gui 9.9 000000000000")
    with (
        Session(tmp_path, scheduler=cluster.address, **certificates.wishes) as session,
        pytest.raises(WorkFailed, match="run another innv-gui than this server, innv-gui 9.9"),
    ):
        session.add_model(SAMPLES / "digits_cnn.keras")


def test_the_code_of_a_package_is_its_source(tmp_path):
    (tmp_path / "a.py").write_text("1")
    before = code(tmp_path)
    code.cache_clear()
    assert code(tmp_path) == before
    (tmp_path / "a.py").write_text("2")
    code.cache_clear()
    assert code(tmp_path) != before


def test_a_scheduler_that_does_not_answer_is_told(certificates, tmp_path, monkeypatch):
    from innv_gui.cluster import remote as module

    monkeypatch.setattr(module, "CONNECT_S", 1)
    with (
        Session(tmp_path, scheduler="tls://127.0.0.1:9", **certificates.wishes) as session,
        pytest.raises(WorkFailed, match="No scheduler answers at tls://127.0.0.1:9"),
    ):
        session.warm_up("keras")


def test_a_scheduler_that_was_away_for_long_is_found_again(certificates, tmp_path, monkeypatch):
    from innv_gui.cluster import remote as module

    monkeypatch.setattr(module, "CONNECT_S", 1)
    np.save(tmp_path / "x.npy", np.zeros((3, 8, 8, 3), np.uint8))
    lonely = Cluster(tmp_path, certificates)
    try:
        lonely.add_worker()
        lonely.wait_for_scheduler()
        with Session(tmp_path / "w", scheduler=lonely.address, **certificates.wishes) as session:
            assert len(session.add_dataset(tmp_path / "x.npy")) == 3
            lonely.stop_scheduler()
            for _ in range(2):
                with pytest.raises(WorkFailed, match=r"(connection to the scheduler.*lost|No scheduler answers)"):
                    session.add_dataset(tmp_path / "x.npy")
            lonely.start_scheduler()
            lonely.wait_for_scheduler()
            assert len(session.add_dataset(tmp_path / "x.npy")) == 3
    finally:
        lonely.stop()
    said = (tmp_path / "worker-1.log").read_text()
    assert "The images worker has lost the scheduler and looks for it again." in said and "SIGABRT" not in said


@pytest.mark.parametrize("theirs", ["both", "certificate", "none"])
def test_a_worker_of_another_authority_is_refused_with_the_reason(
    far, cluster, certificates, tmp_path, capsys, monkeypatch, theirs
):
    monkeypatch.setattr("innv_gui.cluster.reach.ANSWER_S", 1.0)
    strangers = Certificates(tmp_path)
    wishes = strangers.wishes | ({"tls_ca": certificates.ca} if theirs == "certificate" else {})
    options = [f"--{name.replace('_', '-')}={file}" for name, file in wishes.items()]
    address = cluster.address.replace("tls", "tcp") if theirs == "none" else cluster.address
    assert main(["worker", "--scheduler", address, *([] if theirs == "none" else options)]) == 1
    words = {"both": "certificate is not of the authority in --tls-ca", "certificate": "tlsv1 alert", "none": "TLS"}
    said = capsys.readouterr().err
    assert f"No scheduler answers at {address} as it should" in said and words[theirs] in said


def test_certificates_of_another_authority_do_not_get_in(cluster, tmp_path, monkeypatch):
    from innv_gui.cluster import remote as module

    monkeypatch.setattr(module, "CONNECT_S", 2)
    strangers = Certificates(tmp_path / "strangers")
    with (
        Session(tmp_path / "w", scheduler=cluster.address, **strangers.wishes) as session,
        pytest.raises(WorkFailed, match="No scheduler answers"),
    ):
        session.warm_up("keras")


# -- addresses


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("tcp://127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("localhost:8786", "tcp://localhost:8786"),
        ("tcp://[::1]:8786", "tcp://[::1]:8786"),
    ],
)
def test_this_machine_may_be_spoken_with_plainly(address, shown):
    where = remote(address)
    assert where.address == shown and where.safety is None and where.loopback


@pytest.mark.parametrize("address", ["tcp://10.0.0.5:8786", "big.example.org:8786", "tcp://0.0.0.0:8786"])
def test_another_machine_is_refused_without_certificates(address):
    with pytest.raises(BadInput, match="another machine and not encrypted") as refusal:
        remote(address)
    assert refusal.value.field == "scheduler"


@pytest.mark.parametrize(
    "address",
    ["", "host", "tls://host", "http://127.0.0.1:1", "tcp://127.0.0.1:99999", "tcp://:1"]
    + ["tls://a..b:1", "tls://.:1", f"tls://{'a' * 64}.org:1", "tls://a\0b:1"],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(BadInput, match="not the address of a scheduler|not encrypted"):
        remote(address)


@pytest.mark.parametrize(("number", "is_refused"), [(socket.EAI_NONAME, True), (socket.EAI_AGAIN, False)])
def test_a_name_that_no_machine_has_is_refused_and_not_waited_for(certificates, monkeypatch, number, is_refused):
    def unknown(*_):
        raise socket.gaierror(number, "no")

    monkeypatch.setattr(socket, "create_connection", unknown)
    where = remote("tls://big.example.org:8786", certificates.ca, certificates.cert, certificates.key)
    if not is_refused:
        assert not answers(where)
        return
    with pytest.raises(WorkFailed, match="There is no machine named big.example.org"):
        answers(where)


def test_certificates_make_any_machine_possible(certificates):
    where = remote("10.0.0.5:8786", certificates.ca, certificates.cert, certificates.key)
    assert where.address == "tls://10.0.0.5:8786" and where.safety.require_encryption and not where.loopback


def test_certificates_that_cannot_be_used_are_refused_by_name(certificates, tmp_path):
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    with pytest.raises(BadInput, match="--tls-key is missing"):
        remote("tls://127.0.0.1:1", certificates.ca, certificates.cert)
    with pytest.raises(BadInput, match="There is no file"):
        remote("tls://127.0.0.1:1", certificates.ca, certificates.cert, str(tmp_path / "nope.pem"))
    with pytest.raises(BadInput, match="The key is encrypted.*openssl pkey"):
        remote("tls://127.0.0.1:1", certificates.ca, certificates.cert, certificates.locked(tmp_path))
    with pytest.raises(BadInput, match="cannot be used"):
        remote("tls://127.0.0.1:1", str(bad), certificates.cert, certificates.key)
    with pytest.raises(BadInput, match="not encrypted"):
        remote("tcp://127.0.0.1:1", certificates.ca, certificates.cert, certificates.key)
    with pytest.raises(BadInput, match="needs certificates"):
        remote("tls://127.0.0.1:1")


@pytest.mark.parametrize("command", [["worker"], ["suggest", "--model", "m.keras", "--images", "i", "--out", "o.csv"]])
def test_the_command_line_refuses_an_open_connection_in_one_sentence(command, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--scheduler", "tcp://10.0.0.5:8786"]) == 2
    said = capsys.readouterr().err
    assert re.fullmatch(r"innv-gui: tcp://10\.0\.0\.5:8786 is another machine and not encrypted.*\n", said)
