"""What a method's author is given and what of an answer is checked, on a network small enough to count by hand."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.errors import WorkFailed
from innv_gui.records import ModelSource
from innv_gui.runtimes.averages import NOISE_SEED
from innv_gui.runtimes.keras.answers import checked_maps
from innv_gui.runtimes.keras.attribution import gradients, yardsticks
from innv_gui.runtimes.keras.attribution.question import Question
from innv_gui.runtimes.keras.cam.question import Question as CamQuestion
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import BATCH

WEIGHTS = np.eye(3, dtype=np.float32)  # the first image's first neuron, the second one's second


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    keras.utils.set_random_seed(1)
    start = keras.Input((4, 4, 1))
    hidden = keras.layers.Conv2D(2, 2, activation="relu", name="hidden")(start)
    scores = keras.layers.Dense(3, activation="softmax", name="scores")(keras.layers.Flatten()(hidden))
    path = tmp_path_factory.mktemp("question") / "small.keras"
    keras.Model(start, scores).save(path)
    return loading.load(ModelSource("keras", str(path)))


@pytest.fixture
def question(network):
    x = np.random.default_rng(0).normal(size=(3, 4, 4, 1)).astype(np.float32)
    return Question(network, "gradient", {"postprocess": "none"}, network.explained_layer, False, False, x, WEIGHTS)


def test_each_image_is_asked_for_its_own_neuron(question):
    copies = np.random.default_rng(1).normal(size=(BATCH + 3, 4, 4, 1)).astype(np.float32)
    scores = question.network.scores(copies)
    pairs = list(question.images())  # all at once: none may wait for the next
    for number, (image, value) in enumerate(pairs):
        np.testing.assert_array_equal(image, question.x[number])
        np.testing.assert_allclose(value(copies), scores[:, number], rtol=1e-4, atol=1e-5)


def test_the_gradient_at_other_inputs_is_of_those(question):
    there = question.x + 1
    steps = np.eye(16, dtype=np.float32).reshape(16, 4, 4, 1) * 1e-2
    for number, (_, value) in enumerate(question.images()):
        slope = (value(there[number] + steps) - value(there[number] - steps)) / 2e-2
        np.testing.assert_allclose(question.gradient(there)[number].ravel(), slope, atol=2e-2)
    assert np.abs(question.gradient(there) - question.gradient()).max() > 0


def test_the_map_of_several_neurons_is_the_mean_of_their_maps_image_by_image(question):
    question.params = {"postprocess": "abs"}
    singles = []
    for neuron in range(3):
        question.weights = np.tile(WEIGHTS[neuron], (3, 1))
        singles.append(gradients.gradient(question))
    question.weights = np.array([[0.5, 0.5, 0], [0, 0.25, 0.75], [0, 0, 1]], np.float32)
    expected = np.einsum("nu,unhwc->nhwc", question.weights, np.stack(singles))
    np.testing.assert_allclose(gradients.gradient(question), expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("softmax", [False, True])
def test_what_is_explained_of_a_class_is_its_score_or_its_probability(network, question, softmax):
    x, classes = question.x, np.array([2, 0, 1])
    asked = CamQuestion(network, "grad_cam", {}, "hidden", softmax, x, classes)
    table = network.probabilities(network.scores(x)) if softmax else network.scores(x)
    np.testing.assert_allclose(asked.score_of(x, classes), table[np.arange(3), classes], rtol=1e-5)


@pytest.mark.parametrize(("shape", "kept"), [((4, 4), (4, 4, 1)), ((4, 4, 1), (4, 4, 1)), ((4, 4, 3), (4, 4, 3))])
def test_maps_of_the_images_shape_are_taken_in_single_precision(shape, kept):
    asked = SimpleNamespace(x=np.zeros((2, 4, 4, 3), np.float32))
    maps = checked_maps(lambda question: np.ones((2, *shape)), analyzers.get("gradient"), asked)
    assert maps.shape == (2, *kept) and maps.dtype == np.float32


@pytest.mark.parametrize(
    ("maps", "words"),
    [
        (np.ones((2, 3)), r"maps of shape \(2, 3\) for images of shape \(2, 4, 4, 3\)"),
        (np.ones((1, 4, 4, 3)), "maps of shape"),
        (np.ones((2, 4, 4, 2)), "maps of shape"),
        (np.full((2, 4, 4), "a"), "expected numbers"),
        (np.ones((2, 4, 4), np.complex64), "expected numbers"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(maps, words):
    asked = SimpleNamespace(x=np.zeros((2, 4, 4, 3), np.float32))
    with pytest.raises(WorkFailed, match=words):
        checked_maps(lambda question: maps, analyzers.get("gradient"), asked)


def test_what_knows_nothing_of_the_model_shows_the_input_and_the_input_with_noise(question):
    np.testing.assert_array_equal(yardsticks.input(question), question.x)
    for stddev in (0.0, 0.5):
        question.params = {"stddev": stddev}
        noise = np.random.default_rng(NOISE_SEED).standard_normal((4, 4, 1)).astype(np.float32)
        np.testing.assert_allclose(yardsticks.random(question), question.x + stddev * noise, atol=1e-6)
