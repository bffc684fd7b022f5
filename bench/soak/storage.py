"""Faults of files: a full disk, a workspace that goes or is damaged, unreadable models, paths that lead outside."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import urllib.error
from pathlib import Path

import numpy as np

from bench.soak import work
from bench.soak.pictures import CLASSES, array_of, folder_of
from bench.soak.product import ENDED, SAMPLES, Product, can_be_bound, product
from bench.soak.trial import Outcome, Trials

storage = Trials("storage")
MODELS = [SAMPLES / "digits_cnn.keras", SAMPLES / "digits_resnet.keras"]
UNBOUND = "root may read and write everything, and setpriv is missing"
KINDS = ("score", "explain", "maximize", "rank")


@storage("a full disk during every kind of write")
def disk_full(folder: Path) -> Outcome:
    images = folder_of(folder / "images", 2000)
    with _small_disk(folder / "disk") as disk:
        if disk is None:
            return Outcome(None, "a tmpfs cannot be mounted here")
        with product(disk / "w", MODELS, [images]) as running:
            place = work.place_of(running)
            filler = disk / "filler"
            _fill(filler)
            states = [_state(running, work.WORK[kind][0], place) for kind in KINDS]
            upload = _upload_status(running)
            alive = running.status("/models")[0]
            filler.unlink()
            after = _states(running, [work.WORK[kind][0](place) for kind in KINDS])
    ended = all(status in (*ENDED, "507") for status, _ in states)
    unsaid = [words for status, words in states if status != "done" and "full" not in words and "space" not in words]
    healed = all(status == "done" for status, _ in after)
    said = "; ".join(dict.fromkeys(words for _, words in states if words))[:160]
    figure = f"while full {[status for status, _ in states]}, upload {upload}; after room was made all done: {healed}"
    return Outcome(ended and not unsaid and upload != 500 and alive == 200 and healed, f"{figure}. {said}")


@contextlib.contextmanager
def _small_disk(place: Path, size_mib: int = 48):
    place.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_mib}m", "tmpfs", str(place)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        yield place if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(place)], check=False)


def _fill(path: Path) -> None:
    with contextlib.suppress(OSError), open(path, "wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def _state(running: Product, begin, place: work.Place) -> tuple[str, str]:
    try:
        return _states(running, [begin(place)])[0]
    except urllib.error.HTTPError as error:
        return str(error.code), error.read().decode()


def _states(running: Product, begun: list[work.Begun]) -> list[tuple[str, str]]:
    """(status, what was said) of each job."""
    jobs = [running.ended(one.job) for one in begun]
    return [(job["status"], (job["error"] or {}).get("message", "") or job["message"]) for job in jobs]


def _upload_status(running: Product) -> int:
    try:
        running.upload("/datasets", "images", "a.png", os.urandom(100_000))
    except Exception as error:
        return getattr(error, "code", 500)
    return 202


@storage("the workspace is deleted while images are scored")
def workspace_deleted(folder: Path) -> Outcome:
    return _without_workspace(folder, lambda workspace: shutil.rmtree(workspace, ignore_errors=True))


@storage("the workspace becomes read-only while images are scored")
def workspace_read_only(folder: Path) -> Outcome:
    if not can_be_bound():
        return Outcome(None, UNBOUND)

    def close(workspace: Path) -> None:
        for path in (workspace, *workspace.rglob("*")):
            os.chmod(path, 0o555 if path.is_dir() else 0o444)

    return _without_workspace(folder, close, bound=True)


def _without_workspace(folder: Path, take, bound: bool = False) -> Outcome:
    images = folder_of(folder / "images", 6000)
    with product(folder / "w", MODELS, [images], bound=bound) as running:
        place = work.place_of(running)
        begun = work.score(place)
        running.running(begun.job, 0.1)
        take(folder / "w")
        states = _states(running, [begun])
        states += _states(running, [work.explain(place, "gradient")])
        codes = [running.status(path)[0] for path in ("/models", "/history", "/datasets")]
    figure = f"scoring {states[0][0]}, explanation {states[1][0]}, pages {codes}. {states[0][1] or states[1][1]}"
    failed = [words for status, words in states if status == "failed"]
    plain = not any("Error" in words for words in failed)  # a sentence, and no name of an exception
    return Outcome(all(failed) and plain and max(codes) < 500, figure[:300])


@storage("files of every kind in the workspace cut short, and with bits turned")
def workspace_damaged(folder: Path) -> Outcome:
    images = folder_of(folder / "images", 300)
    with product(folder / "w", MODELS, [images]) as running:
        wanted = _worked(running)
    rounds, codes, worse = 0, [], []
    for seed, damage in enumerate((_cut, _turned, _cut, _turned)):
        _damage_all(folder / "w", np.random.default_rng(seed), damage)
        with product(folder / "w", MODELS, [images]) as running:
            got = _worked(running)
            codes += [running.status(path)[0] for path in ("/history", "/models", "/datasets", "/suggestions")]
        rounds += 1
        worse += [f"{kind}: {words}" for kind in wanted if (words := _difference(got[kind], wanted[kind]))]
    figure = (
        f"{rounds} rounds, every second file damaged: pages {sorted(set(codes))}, other numbers in {worse or 'none'}"
    )
    return Outcome(max(codes) < 400 and not worse, figure)


def _worked(running: Product) -> dict[str, np.ndarray | str]:
    """Kind of work -> its numbers, or how it failed."""
    place, found = work.place_of(running), {}
    for kind in ("explain", "score", "maximize", "rank", "probe"):
        begun = work.WORK[kind][0](place)
        [(status, words)] = _states(running, [begun])
        found[kind] = begun.numbers() if status == "done" else f"{status}, {words}"
    for index in range(0, 300, 30):
        running.open(f"/api/v1/datasets/{place.dataset}/images/{index}/thumbnail?size=96")
    return found


def _difference(got: np.ndarray | str, wanted: np.ndarray | str) -> str:
    """How numbers differ from those that are wanted; nothing where they are equal."""
    if isinstance(got, str) or isinstance(wanted, str):
        return f"{got if isinstance(got, str) else wanted}"
    if got.shape != wanted.shape:
        return f"{got.shape} and not {wanted.shape}"
    other = (got != wanted) & ~(np.isnan(got) & np.isnan(wanted))
    apart = np.abs(got - wanted)[other]
    return f"{apart.size} of {got.size} numbers, by at most {np.max(apart, initial=0):.2g}" if apart.size else ""


def _damage_all(workspace: Path, generator: np.random.Generator, damage) -> None:
    files = sorted(path for path in workspace.rglob("*") if path.is_file() and path.name != "lock")
    for path in files:
        content = path.read_bytes()
        if content and generator.random() < 0.5:
            path.write_bytes(damage(content, generator))


def _cut(content: bytes, generator: np.random.Generator) -> bytes:
    return content[: generator.integers(len(content))]


def _turned(content: bytes, generator: np.random.Generator) -> bytes:
    bits = bytearray(content)
    for place in generator.integers(len(bits), size=3):
        bits[place] ^= 1 << int(generator.integers(8))
    return bytes(bits)


@storage("chmod 000 of a model, of images and of a folder")
def unreadable(folder: Path) -> Outcome:
    if not can_be_bound():
        return Outcome(None, UNBOUND)
    images, model = folder_of(folder / "images", 100), folder / "locked.keras"
    shutil.copy(MODELS[0], model)
    closed = [model, images / "3", *sorted((images / "1").iterdir())[:3]]
    for path in closed:
        os.chmod(path, 0)
    with product(folder / "w", [model, MODELS[1]], [images], bound=True) as running:
        models, datasets = running.ready()
        refused = [one for one in models if one["status"] == "refused"]
        n = datasets[0]["n"]
        alive = running.status("/models")[0]
    words = refused[0]["error"]["message"] if refused else "the model was read"
    return Outcome(bool(refused) and alive == 200 and n >= 80, f"{n} images; {words}")


@storage("an uploaded list that points outside")
def list_points_outside(folder: Path) -> Outcome:
    array_of(folder / "images.npz", 10)
    secret = folder / "secret" / "0"
    folder_of(folder / "secret", CLASSES)
    lines = ["path,label", *(f"{path},x" for path in ("/etc/passwd", "../../../secret/0/00000.png", *secret.iterdir()))]
    with product(folder / "w", MODELS[:1], []) as running:
        running.ready()
        running.upload("/datasets", "images", "list.csv", "\n".join(lines).encode())
        _, datasets = running.ready()
        status = datasets[-1]["status"]
        n = datasets[-1]["n"] - datasets[-1]["n_problems"] if status == "ready" else 0
        codes = [running.status(f"/datasets/{datasets[-1]['id']}/images/{k}/picture")[0] for k in range(3)]
    return Outcome(200 not in codes, f"{status}, {max(n, 0)} images, pictures answer {codes}")
