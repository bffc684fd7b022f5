"""Scoring photographs against the loop that anyone writes in ten lines: `tf.data` decodes, the network predicts.

`python -m bench.photo_loop` is one measurement in a process of its own, told as JSON. Three pretrained networks
(`make demo-photos` installs their weights), alone and all three; the loop takes one model after another and decodes
anew for each. Beside its scores the job writes features and thumbnails. Both sides take turns.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from statistics import median

from innv_gui.errors import WorkFailed
from innv_gui.samples.photographs import WEIGHTS

PHOTOS, TURNS, BATCH = 384, 3, 32
AIMS = {1: 1.0, 3: 1.05}  # models: least ratio of the job's rate to the loop's


def photo_loop() -> dict:
    """Rates in photographs a second, each the middle one of `TURNS`, and their ratio in the middle."""
    try:
        for one in WEIGHTS:
            one.path  # noqa: B018 - says what is missing
    except WorkFailed as missing:
        return {"skipped": str(missing)}
    with tempfile.TemporaryDirectory() as folder:
        return {"photos": PHOTOS, "rows": _rows(Path(folder))}


def _rows(folder: Path) -> list[dict]:
    from bench.photos import make_photos
    from innv_gui import Session
    from innv_gui.session.pretrained import PREPROCESSING, networks

    photos = make_photos(folder / "photos", PHOTOS)
    with Session(folder / "w") as session:
        dataset, places = session.add_dataset(photos), networks(session.pool, print)
        models = [session.add_model(place, preprocessing=PREPROCESSING) for place in places]
        loops = [Loop(place) for place in places]
        return [_turns(session, dataset, models[:n], loops[:n]) for n in AIMS]


def _turns(session, dataset, models: list, loops: list) -> dict:
    session.start_explore(models, dataset[:BATCH]).job.wait()
    paths, found = [ref.path for ref in dataset], []
    for turn in range(TURNS):
        started = time.perf_counter()
        for loop in loops:
            loop.run(paths)
        looped = time.perf_counter() - started
        part = dataset[: len(paths) - turn - 1]  # another list each time: none of it is kept
        job = session.start_explore(models, part).job.wait()
        scored = job.seconds * len(paths) / len(part)
        found.append((len(paths) / scored, len(paths) / looped, looped / scored))
    rate, loop, ratio = (median(one) for one in zip(*found, strict=True))
    return {"models": len(models), "rate": rate, "loop": loop, "ratio": ratio, "aim": AIMS[len(models)]}


class Loop:
    """Decode, resize to the shorter side, crop, predict."""

    def __init__(self, place: Path):
        import keras
        import tensorflow as tf

        self._tf = tf
        self._network = keras.models.load_model(place, compile=False)
        self._side = self._network.input_shape[1]
        self._predict = tf.function(lambda x: self._network(x, training=False))

    def run(self, paths: list[str]) -> None:
        """All scores, which are left."""
        tf = self._tf
        files = tf.data.Dataset.from_tensor_slices([str(path) for path in paths])
        for x in files.map(self._input, tf.data.AUTOTUNE).batch(BATCH).prefetch(tf.data.AUTOTUNE):
            self._predict(x).numpy()

    def _input(self, path):
        tf = self._tf
        picture = tf.cast(tf.io.decode_jpeg(tf.io.read_file(path), 3), tf.float32)
        size = tf.cast(tf.shape(picture)[:2], tf.float32)
        scaled = tf.cast(tf.round(size * self._side / tf.reduce_min(size)), tf.int32)
        picture = tf.image.resize(picture, scaled, antialias=True)
        return tf.image.resize_with_crop_or_pad(picture, self._side, self._side) / 127.5 - 1


if __name__ == "__main__":
    print(json.dumps(photo_loop()))
