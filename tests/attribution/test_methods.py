"""Every method on a whole network, against the same done slowly: which rule goes where, and what starts the way back.

The network: two convolutions and two dense layers with ReLUs between, biases everywhere.
"""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.errors import BadInput
from innv_gui.records import ModelSource, Preprocessing, Target
from innv_gui.runtimes.averages import NOISE_SEED
from innv_gui.runtimes.keras.attribution.explain import explain
from innv_gui.runtimes.keras.attribution.lrp import epsilon_gamma_box
from innv_gui.runtimes.keras.predict.feeding import Feeding
from tests.attribution import twins as twins

METHODS = [one.name for one in analyzers.all() if one.family not in ("cam", "patterns")]

SHAPE = (4, 4, 1)
CLASS = 1
LOW, HIGH = -0.5, 1.5


def rule(name, **more):
    """One of the twins with its settings."""
    return lambda x, links, bias, relevance: getattr(twins, name)(x, links, bias, relevance, **more)


Z, EPSILON, LARGE_EPSILON = rule("z"), rule("epsilon", epsilon=1e-7), rule("epsilon", epsilon=0.1)
Z_NO_BIAS = rule("z", with_bias=False)
FLAT, W_SQUARE, FAST = rule("flat"), rule("w_square"), rule("z_plus_fast")
TWO_ONE, ONE_ZERO = rule("alpha_beta", alpha=2, beta=1), rule("alpha_beta", alpha=1, beta=0)
TWO_ONE_IB = rule("alpha_beta", alpha=2, beta=1, with_bias=False)
Z_PLUS = rule("alpha_beta", alpha=1, beta=0, with_bias=False)
PIXELS = rule("bounded", low=0, high=255)
BOUNDED = rule("bounded", low=LOW, high=HIGH)
RANGE = {"low": LOW, "high": HIGH}
GAMMA, LARGE_GAMMA, STEADY = rule("gamma", gamma=0.1), rule("gamma", gamma=0.5), rule("epsilon", epsilon=1e-6)
PLUS_SPLIT, TWO_ONE_SPLIT = (rule("alpha_beta_split", alpha=1 + beta, beta=beta) for beta in (0, 1))

# method, settings -> the rule of the first convolution, the second one, the dense layers
RULES = {
    ("lrp", ()): (EPSILON, EPSILON, EPSILON),
    ("lrp", (("rule", "WSquare"),)): (W_SQUARE, W_SQUARE, W_SQUARE),
    ("lrp.z", ()): (Z, Z, Z),
    ("lrp.z", (("bias", False),)): (Z_NO_BIAS, Z_NO_BIAS, Z_NO_BIAS),
    ("lrp.epsilon", ()): (EPSILON, EPSILON, EPSILON),
    ("lrp.epsilon", (("epsilon", 0.1), ("input_layer_rule", "Flat"))): (FLAT, LARGE_EPSILON, LARGE_EPSILON),
    ("lrp.w_square", ()): (W_SQUARE, W_SQUARE, W_SQUARE),
    ("lrp.flat", ()): (FLAT, FLAT, FLAT),
    ("lrp.alpha_beta", (("alpha", 2),)): (TWO_ONE, TWO_ONE, TWO_ONE),
    ("lrp.alpha_beta", (("alpha", 2), ("bias", False))): (TWO_ONE_IB, TWO_ONE_IB, TWO_ONE_IB),
    ("lrp.alpha_2_beta_1", ()): (TWO_ONE, TWO_ONE, TWO_ONE),
    ("lrp.alpha_2_beta_1_IB", ()): (TWO_ONE_IB, TWO_ONE_IB, TWO_ONE_IB),
    ("lrp.alpha_1_beta_0", ()): (ONE_ZERO, ONE_ZERO, ONE_ZERO),
    ("lrp.alpha_1_beta_0", (("input_layer_rule", "Bounded"), *RANGE.items())): (BOUNDED, ONE_ZERO, ONE_ZERO),
    ("lrp.alpha_1_beta_0_IB", ()): (Z_PLUS, Z_PLUS, Z_PLUS),
    ("lrp.z_plus", ()): (Z_PLUS, Z_PLUS, Z_PLUS),
    ("lrp.z_plus_fast", ()): (FAST, FAST, FAST),
    ("lrp.sequential_preset_a", ()): (ONE_ZERO, ONE_ZERO, LARGE_EPSILON),
    ("lrp.sequential_preset_b", ()): (TWO_ONE, TWO_ONE, LARGE_EPSILON),
    ("lrp.sequential_preset_a_flat", ()): (FLAT, ONE_ZERO, LARGE_EPSILON),
    ("lrp.sequential_preset_b_flat", ()): (FLAT, TWO_ONE, LARGE_EPSILON),
    ("lrp.sequential_preset_b_flat_until_idx", ()): (FLAT, TWO_ONE, LARGE_EPSILON),
    ("lrp.sequential_preset_b_flat_until_idx", (("until_layer_idx", 2),)): (FLAT, FLAT, LARGE_EPSILON),
    ("lrp.gamma", ()): (GAMMA, GAMMA, GAMMA),
    ("lrp.gamma", (("gamma", 0.5), ("input_layer_rule", "Flat"))): (FLAT, LARGE_GAMMA, LARGE_GAMMA),
    ("lrp.epsilon_gamma_box", (("gamma", 0.5), *RANGE.items())): (BOUNDED, LARGE_GAMMA, STEADY),
    ("lrp.epsilon_gamma_box", (("epsilon", 0.1),)): (PIXELS, GAMMA, LARGE_EPSILON),
    ("lrp.epsilon_plus_flat", ()): (FLAT, PLUS_SPLIT, STEADY),
    ("lrp.epsilon_plus_flat", (("epsilon", 0.1),)): (FLAT, PLUS_SPLIT, LARGE_EPSILON),
    ("lrp.epsilon_alpha2_beta1_flat", ()): (FLAT, TWO_ONE_SPLIT, STEADY),
    ("deep_taylor", ()): (Z_PLUS, Z_PLUS, Z_PLUS),
    ("deep_taylor.bounded", tuple(RANGE.items())): (BOUNDED, Z_PLUS, Z_PLUS),
}
GRADIENTS = {
    ("gradient", ()): lambda twin, x: np.abs(twin.gradient(x)),
    ("gradient", (("postprocess", "none"),)): lambda twin, x: twin.gradient(x),
    ("gradient", (("postprocess", "square"),)): lambda twin, x: twin.gradient(x) ** 2,
    ("gradient.baseline", ()): lambda twin, x: np.abs(twin.gradient(x)),
    ("input_t_gradient", ()): lambda twin, x: x * twin.gradient(x),
    ("guided_backprop", ()): lambda twin, x: twin.gradient(x, "guided"),
    ("deconvnet", ()): lambda twin, x: twin.gradient(x, "deconvnet"),
    ("integrated_gradients", (("steps", 5), ("reference_inputs", 0.25))): lambda twin, x: (
        (x - 0.25) * sum(twin.gradient(0.25 + (x - 0.25) * k / 5) for k in range(5)) / 5
    ),
    ("smoothgrad", (("augment_by_n", 3), ("noise_scale", 0.2), ("postprocess", "square"))): lambda twin, x: (
        sum(twin.gradient(x + 0.2 * noise) ** 2 for noise in noises(3)) / 3
    ),
    ("deep_lift", (("reference_inputs", 0.25),)): lambda twin, x: twin.lifted(x, 0.25),
    ("input", ()): lambda twin, x: x,
}


def noises(count):
    return np.random.default_rng(NOISE_SEED).standard_normal((count, *SHAPE), dtype=np.float32)


class Twin:
    """The network as lists of connections; a ReLU behind every layer but the last."""

    def __init__(self, model):
        shape, self.layers = SHAPE, []
        for layer in model.layers:
            if isinstance(layer, keras.layers.Conv2D):
                kernel, bias = (one.astype(np.float64) for one in layer.get_weights())
                links, out = twins.conv_connections(shape, kernel, 1, "valid")
            elif isinstance(layer, keras.layers.Dense):
                kernel, bias = (one.astype(np.float64) for one in layer.get_weights())
                links, shape, out = twins.dense_connections(kernel), kernel.shape[:1], kernel.shape[1:]
            else:
                continue
            self.layers.append((links, bias, shape, out))
            shape = out

    def forward(self, x):
        """What each layer is given, and what it makes of it before its ReLU."""
        given, made = [], []
        for links, bias, shape, out in self.layers:
            given.append((np.maximum(made[-1], 0) if made else x.astype(np.float64)).reshape(shape))
            made.append(twins.forward(given[-1], links, bias, out))
        return given, made

    def gradient(self, x, bent=""):
        """d score / d x; bent: ReLUs on the way back as in guided backprop or deconvnet, which start from the score."""
        given, made = self.forward(x)
        back = np.eye(len(made[-1]))[CLASS] * (made[-1] if bent else 1)
        for place in reversed(range(len(self.layers))):
            links, _, shape, out = self.layers[place]
            back, above = np.zeros(shape), back.reshape(out)
            if place < len(self.layers) - 1:
                above = np.maximum(above, 0) if bent else above
                above = above if bent == "deconvnet" else np.where(made[place] > 0, above, 0)
            for i, j, w in links:
                back[i] += w * above[j]
        return back

    def lifted(self, x, reference):
        """Shrikumar et al. 2017, rescale: at a ReLU the multiplier is difference behind over difference in front."""
        base = np.full(x.shape, reference)
        made, made_of_base = self.forward(x)[1], self.forward(base)[1]
        back = np.eye(len(made[-1]))[CLASS]
        for place in reversed(range(len(self.layers))):
            links, _, shape, out = self.layers[place]
            back, above = np.zeros(shape), back.reshape(out)
            for i, j, w in links:
                slope = 1.0
                if place < len(self.layers) - 1:
                    z, at_base = made[place][j], made_of_base[place][j]
                    slope = (max(z, 0) - max(at_base, 0)) / (z - at_base) if z != at_base else float(z > 0)
                back[i] += w * above[j] * slope
        return back * (x - base)

    def relevance(self, x, rules, start):
        """start: of the explained score -> of x."""
        given, made = self.forward(x)
        relevance = np.eye(len(made[-1]))[CLASS] * start(made[-1][CLASS])
        for value, (links, bias, _, out), one in zip(
            reversed(given), reversed(self.layers), reversed(rules), strict=True
        ):
            relevance = one(value, links, bias, relevance.reshape(out))
        return relevance


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """(source, twin, images): the first image has a score above zero, the second below."""
    layers, generator = keras.layers, np.random.default_rng(12)
    stack = [
        layers.Conv2D(3, 2, activation="relu"),
        layers.Conv2D(2, 2, activation="relu"),
        layers.Flatten(),
        layers.Dense(4, activation="relu"),
        layers.Dense(3),
    ]
    model = keras.Sequential([keras.Input(SHAPE), *stack])
    for weight in model.weights:
        weight.assign(generator.normal(0.1, 0.5, weight.shape))
    x = generator.normal(0.3, 0.5, (200, *SHAPE)).astype(np.float32)
    scores = np.asarray(model(x))[:, CLASS]
    model.layers[-1].bias.assign_sub(np.full(3, (scores.max() + scores.min()) / 2))
    path = tmp_path_factory.mktemp("methods") / "model.keras"
    model.save(path)
    return ModelSource("keras", str(path)), Twin(model), np.stack([x[scores.argmax()], x[scores.argmin()]])


def explained(source, x, name, given):
    params = analyzers.check(name, dict(given))
    probabilities = np.full((len(x), 3), 1 / 3, np.float32)
    maps = explain(source, x, name, params, Target(class_=CLASS), False, probabilities)
    return maps.values[:, 0]


def assert_is(found, expected):
    np.testing.assert_allclose(found, expected, atol=2e-5 * np.abs(expected).max())


@pytest.mark.parametrize(("name", "given"), RULES)
def test_a_method_hands_relevance_down_as_its_slow_twin_does(network, name, given):
    source, twin, x = network
    first, conv, dense = RULES[name, given]
    start = (lambda score: max(score, 0)) if name.startswith("deep_taylor") else (lambda score: score)
    expected = np.array([twin.relevance(one, (first, conv, dense, dense), start) for one in x])
    assert expected[0].any() and bool(expected[1].any()) == (not name.startswith("deep_taylor"))
    assert_is(explained(source, x, name, given), expected)


@pytest.mark.parametrize(("name", "given"), GRADIENTS)
def test_a_gradient_is_its_slow_twin(network, name, given):
    source, twin, x = network
    expected = np.array([GRADIENTS[name, given](twin, one) for one in x])
    assert expected[0].any()
    assert_is(explained(source, x, name, given), expected)


@pytest.mark.parametrize(("depth", "expected_rule"), [(8, FAST), (9, Z_PLUS)])
def test_the_short_form_of_z_plus_is_written_out_where_many_inputs_can_be_negative(tmp_path, depth, expected_rule):
    keras.utils.set_random_seed(depth)
    dense = [keras.layers.Dense(5, "tanh") for _ in range(depth - 1)]
    model = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten(), *dense, keras.layers.Dense(3)])
    model.save(tmp_path / "model.keras")
    x = np.random.default_rng(depth).normal(size=(1, 2, 2, 1)).astype(np.float32)
    source = ModelSource("keras", str(tmp_path / "model.keras"))
    params, probabilities = analyzers.check("lrp.z_plus_fast", {}), np.full((1, 3), 1 / 3, np.float32)
    maps = explain(source, x, "lrp.z_plus_fast", params, Target(class_=CLASS), False, probabilities)
    given, kernels = [x.ravel().astype(np.float64)], [layer.get_weights()[0] for layer in model.layers[1:]]
    for kernel in kernels:
        given.append(np.tanh(given[-1] @ kernel))
    relevance = np.eye(3)[CLASS] * (given[-2] @ kernels[-1])
    for value, kernel in zip(reversed(given[:-1]), reversed(kernels), strict=True):
        relevance = expected_rule(value, twins.dense_connections(kernel), np.zeros(kernel.shape[1]), relevance)
    np.testing.assert_allclose(maps.values.ravel(), relevance, atol=1e-4 * np.abs(relevance).max())
    assert [note.split(". ")[1][:8] for note in maps.notes] == ["9 layers"] * (depth == 9)


def boxed(feeding, **params):
    question = SimpleNamespace(params={"low": None, "high": None, **params}, feeding=feeding, shape=(2, 2, 3))
    found = epsilon_gamma_box.settings(question)
    return found["low"], found["high"]


def test_the_box_is_what_black_and_white_become_channel_by_channel():
    low, high = boxed(Feeding(Preprocessing("torch")))
    np.testing.assert_allclose(low, [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225], rtol=1e-6)
    np.testing.assert_allclose(high, [0.515 / 0.229, 0.544 / 0.224, 0.594 / 0.225], rtol=1e-6)
    assert boxed(Feeding(Preprocessing("unit")), low=-1.0) == (-1.0, (1.0, 1.0, 1.0))


def test_one_end_of_the_box_that_lies_beyond_the_other_is_refused():
    with pytest.raises(BadInput, match="low must lie") as caught:
        boxed(Feeding(Preprocessing("unit")), low=2.0)
    assert caught.value.field == "params.low"


def test_every_method_has_a_slow_twin():
    elsewhere = {"random", "occlusion", "rise"}  # tests/perturbation
    assert {name for name, _ in [*RULES, *GRADIENTS]} == set(METHODS) - elsewhere
