"""Loads: many clients, many requests, long sessions, large tables, large and slow uploads."""

from __future__ import annotations

import itertools
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil

from bench.soak import work
from bench.soak.pictures import array_of, folder_of
from bench.soak.product import SAMPLES, Product, product
from bench.soak.trial import Outcome, Trials
from bench.suggest import TOKEN

load = Trials("load")
CNN, RESNET = SAMPLES / "digits_cnn.keras", SAMPLES / "digits_resnet.keras"
PAGES = ("/visualize", "/models", "/images", "/suggest", "/features")
LISTS = ("/models", "/datasets", "/jobs", "/history", "/suggestions", "/start", "/analyzers", "/basket")
CLIENTS, SLOWEST_S = 20, 2.0
REQUESTS, RUNS, LOADS = 200, 500, 50
AT_ONCE = 50  # requests before their jobs are waited for
KEPT_RUNS = 40  # maps that are fetched: earlier runs make way for later ones
GROWTH = 0.05
ROWS, BROWSERS, BROWSED_S = 1_000_000, 5, 20.0
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
UPLOAD_BYTES = 2 * 2**30
SLOW_CLIENTS, SLOW_S = 30, 10.0


@load(f"{CLIENTS} clients on all pages while images are scored")
def clients_while_scoring(folder: Path) -> Outcome:
    images = folder_of(folder / "images", 2000)
    with product(folder / "w", ["MobileNetV2@random", CNN], [images]) as running:
        models, datasets = running.ready()
        body = {"dataset": datasets[0]["id"], "models": [model["id"] for model in models]}
        job = running.ask("/suggestions", body)["job"]["id"]
        running.running(job)
        paths = [*PAGES, *(f"/api/v1{path}" for path in LISTS)]
        paths += [f"/api/v1/datasets/{datasets[0]['id']}/images/{n}/thumbnail?size=96" for n in range(40)]
        times, errors = _asked_by_many(running, paths, CLIENTS, 20.0)
        status = running.ask(f"/jobs/{job}")
    slow = float(np.percentile(times, 95))
    figure = f"{len(times):,} requests, 95 % within {slow:.2f} s, slowest {max(times):.2f} s, {len(errors)} errors"
    state = status.get("job", status)["status"]
    return Outcome(not errors and slow < SLOWEST_S and state in ("running", "done"), f"{figure}, scoring {state}")


def _asked_by_many(running: Product, paths: list[str], n_clients: int, for_s: float) -> tuple[list[float], list[str]]:
    times, errors, until = [], [], time.monotonic() + for_s

    def client(number: int) -> None:
        for path in itertools.islice(itertools.cycle(paths), number, None):
            if time.monotonic() > until:
                return
            started = time.monotonic()
            try:
                running.open(path, timeout_s=60)
            except (OSError, urllib.error.HTTPError) as error:
                errors.append(f"{path}: {error}")
            times.append(time.monotonic() - started)

    with ThreadPoolExecutor(n_clients) as pool:
        list(pool.map(client, range(n_clients)))
    return times, errors


@load(f"{REQUESTS} requests for one map each, every second one cancelled at once")
def requests_cancelled(folder: Path) -> Outcome:
    images = array_of(folder / "images.npz", REQUESTS)
    with product(folder / "w", [CNN], [images]) as running:
        place = work.place_of(running)
        model = place.models["digits_cnn"]
        started, asked, states = time.monotonic(), [], []
        for image in range(REQUESTS):
            body = {"models": [model], "dataset": place.dataset, "images": [image], "analyzer": "lrp.epsilon"}
            answer = running.ask("/explanations", body)
            asked.append((answer["explanation"]["id"], answer["job"]["id"], image))
            if image % 2:
                running.ask(f"/jobs/{answer['job']['id']}", method="DELETE")
            if image % AT_ONCE == AT_ONCE - 1:
                states += [running.ended(job)["status"] for _, job, _ in asked[len(states) :]]
        took = time.monotonic() - started
        kept = [(run, image) for (run, _, image), state in zip(asked, states, strict=True) if state == "done"]
        kept = kept[-KEPT_RUNS:]
        sizes = {len(running.open(f"/api/v1/explanations/{run}/maps/{model}/{image}.f32")) for run, image in kept}
    right = all(state == "done" for state in states[::2]) and set(states[1::2]) <= {"cancelled", "done"}
    figure = f"{states.count('done')} done, {states.count('cancelled')} cancelled in {took:.1f} s"
    return Outcome(right and len(sizes) == 1, figure)


@load(f"memory over {RUNS} explanations")
def memory_of_explanations(folder: Path) -> Outcome:
    images = array_of(folder / "images.npz", RUNS)
    with product(folder / "w", [CNN], [images]) as running:
        place, seen = work.place_of(running), {}
        for image in range(RUNS):
            body = {
                "models": [place.models["digits_cnn"]],
                "dataset": place.dataset,
                "images": [image],
                "analyzer": ("gradient", "lrp.epsilon", "grad_cam", "smoothgrad")[image % 4],
            }
            state = running.ended(running.ask("/explanations", body)["job"]["id"])["status"]
            if state != "done":
                return Outcome(False, f"run {image} is {state}")
            if image + 1 in (RUNS // 5, RUNS):
                seen[image + 1] = running.memory_mib()
    return _growth(*seen.values(), f"after {RUNS // 5} and {RUNS} explanations")


@load(f"memory over {LOADS} loads of models")
def memory_of_loads(folder: Path) -> Outcome:
    content, seen = RESNET.read_bytes(), {}
    images = array_of(folder / "images.npz", 20)
    with product(folder / "w", [CNN], [images]) as running:
        _, datasets = running.ready()
        for number in range(LOADS):
            model = running.upload("/models", "file", f"model_{number}.keras", content)["model"]["id"]
            running.ready()
            body = {"models": [model], "dataset": datasets[0]["id"], "images": [number % 20], "analyzer": "gradient"}
            running.ended(running.ask("/explanations", body)["job"]["id"])
            running.open(f"/api/v1/models/{model}", method="DELETE")
            if number + 1 in (LOADS // 5, LOADS):
                seen[number + 1] = running.memory_mib()
    return _growth(*seen.values(), f"after {LOADS // 5} and {LOADS} loads")


def _growth(early: dict[str, float], late: dict[str, float], words: str) -> Outcome:
    grown = {kind: late[kind] / early[kind] - 1 for kind in early if kind in late}
    each = ", ".join(f"{kind} {early[kind]:.0f} to {late[kind]:.0f} MiB ({grown[kind]:+.1%})" for kind in grown)
    return Outcome(max(grown.values()) <= GROWTH, f"{each} {words}")


@load(f"{ROWS:,} scored rows browsed by {BROWSERS} clients")
def rows_browsed(folder: Path) -> Outcome:
    command = [sys.executable, "-m", "bench.million_page", str(folder / "w"), str(ROWS)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        told = json.loads(server.stdout.readline())
        times, errors = _browsed(told["base"], told["id"])
        server.stdin.close()
        memory_gib = json.loads(server.stdout.readline())["memory_gib"]
    finally:
        server.kill()
        server.wait()
    slow = float(np.percentile(times, 95))
    figure = f"{len(times):,} requests, 95 % within {slow:.2f} s, {len(errors)} errors, {memory_gib:.2f} GiB"
    figure += f", such as {errors[0]}" if errors else ""
    return Outcome(not errors and slow < SLOWEST_S and memory_gib < 1.5, figure)


def _browsed(base: str, id: str) -> tuple[list[float], list[str]]:
    times, errors = [], []
    paths = [
        "/images?plot=distance&size=60&page=1",
        "/images?plot=distance&size=60&page=400",
        "/plots/distance?theme=light",
        "/plots/scatter?theme=light",
        "/problems",
    ]

    def browse(number: int) -> None:
        for path in itertools.islice(itertools.cycle(paths), number, None):
            if time.monotonic() > until:
                return
            started = time.monotonic()
            asked = urllib.request.Request(f"{base}/api/v1/suggestions/{id}{path}", headers=HEADERS)
            try:
                urllib.request.urlopen(asked, timeout=60).read()
            except (OSError, urllib.error.HTTPError) as error:
                errors.append(f"{path}: {error}")
            times.append(time.monotonic() - started)

    for path in paths:  # what is read once for all is read before
        urllib.request.urlopen(urllib.request.Request(f"{base}/api/v1/suggestions/{id}{path}", headers=HEADERS)).read()
    until = time.monotonic() + BROWSED_S
    with ThreadPoolExecutor(BROWSERS) as pool:
        list(pool.map(browse, range(BROWSERS)))
    return times, errors


@load("an upload of 2 GB")
def upload_of_two_gigabytes(folder: Path) -> Outcome:
    with product(folder / "w", [CNN], []) as running:
        running.ready()
        peak, stop = [0.0], threading.Event()
        watch = threading.Thread(target=_watched, args=(running, peak, stop))
        watch.start()
        status, words = _sent(running, UPLOAD_BYTES)
        stop.set()
        watch.join()
        answers = running.status("/models")[0]
    figure = f"answer {status}, web process at most {peak[0]:.0f} MiB. {words[:120]}"
    return Outcome(status in (202, 413, 400) and answers == 200 and peak[0] < 1024, figure)


def _watched(running: Product, peak: list[float], stop: threading.Event) -> None:
    process = psutil.Process(running.process.pid)
    while not stop.wait(0.05):
        peak[0] = max(peak[0], process.memory_info().rss / 2**20)


def _sent(running: Product, n_bytes: int) -> tuple[int, str]:
    """A .npy of that size through a socket, in pieces. -> (status, the start of the answer)."""
    header = np.lib.format.magic(1, 0)
    side = n_bytes // (1000 * 1000)
    text = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({side}, 1000, 1000, 1), }}".ljust(117) + "\n"
    start = header + len(text).to_bytes(2, "little") + text.encode()
    border = "soak-border"
    head = f'--{border}\r\nContent-Disposition: form-data; name="images"; filename="large.npy"\r\n\r\n'.encode() + start
    tail = f"\r\n--{border}--\r\n".encode()
    length, piece = len(head) + side * 10**6 + len(tail), bytes(10**6)
    host, port = running.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=120) as line:
        line.sendall(
            f"POST /api/v1/datasets HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {running.token}\r\n"
            f"Content-Type: multipart/form-data; boundary={border}\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        try:
            for part in (head, *(piece for _ in range(side)), tail):
                line.sendall(part)
        except OSError:  # the answer came before all was sent
            pass
        answer = line.recv(65536).decode(errors="replace")
    return int(answer.split()[1]), answer.rpartition("\r\n\r\n")[2]


@load(f"{SLOW_CLIENTS} clients that send a byte a second")
def slow_clients(folder: Path) -> Outcome:
    with product(folder / "w", [CNN], []) as running:
        running.ready()
        host, port = running.base.removeprefix("http://").split(":")
        lines = [socket.create_connection((host, int(port))) for _ in range(SLOW_CLIENTS)]
        times, until = [], time.monotonic() + SLOW_S
        text = itertools.cycle(b"GET /models HTTP/1.1\r\nHost: x\r\nX-Slow: 1")
        while time.monotonic() < until:
            byte = bytes([next(text)])
            for line in lines:
                line.send(byte)
            started = time.monotonic()
            running.open("/models")
            times.append(time.monotonic() - started)
            time.sleep(0.5)
        for line in lines:
            line.close()
    return Outcome(max(times) < SLOWEST_S, f"{len(times)} pages meanwhile, slowest {max(times):.2f} s")
