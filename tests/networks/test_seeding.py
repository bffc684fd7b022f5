"""Weights drawn from a seed are the same while another thread draws from Python's generator, as a worker's does."""

import random
import sys
import threading
from contextlib import contextmanager

import keras
import numpy as np
import pytest

from innv_gui.records import ModelSource
from innv_gui.runtimes.keras import trial
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.seeding import seeded
from innv_gui.runtimes.keras.retraining import learned
from tests.workshop.planted import marker_model, written


@contextmanager
def another_thread_draws():
    ended, often = threading.Event(), sys.getswitchinterval()

    def draw():
        while not ended.is_set():
            random.random()

    thread = threading.Thread(target=draw)
    sys.setswitchinterval(1e-5)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        sys.setswitchinterval(often)


def loaded(source: ModelSource):
    """A second time, too."""
    loading._kept.clear()
    return loading.load(source)


def fresh_weights_of_a_file(folder):
    network = loaded(ModelSource("file", path=str(written(marker_model(), folder / "marker.keras"))))
    return learned.beginning(network, learned.checked(network, 1.0), 1.0, 3)


def a_description_without_weights(folder):
    path = folder / "blueprint.json"
    path.write_text(marker_model().to_json())
    return loaded(ModelSource("file", path=str(path), weights="random")).model.get_weights()


def an_application(folder):
    return loaded(ModelSource("application", application="MobileNetV3Small", weights="random")).model.get_weights()


def the_network_of_a_trial(folder):
    return trial._network(trial.SIZES[0]).model.get_weights()


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(
    "drawn", [fresh_weights_of_a_file, a_description_without_weights, an_application, the_network_of_a_trial]
)
def test_another_thread_changes_no_weight(tmp_path, drawn):
    alone = drawn(tmp_path)
    with another_thread_draws():
        beside = drawn(tmp_path)
    for one, other in zip(alone, beside, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_numbers_are_those_of_keras_own_seed():
    keras.utils.set_random_seed(11)
    plain = keras.layers.Dense(4)(np.ones((1, 3), np.float32))
    with seeded(11):
        ours = keras.layers.Dense(4)(np.ones((1, 3), np.float32))
    np.testing.assert_array_equal(ours, plain)
