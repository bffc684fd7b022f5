"""What a model's outputs are: every kind, whatever stands behind it, in files of either Keras."""

from pathlib import Path

import keras
import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.errors import BadInput, ModelRefused
from innv_gui.records import ModelSource, Target
from innv_gui.runtimes.keras.explain import explain
from innv_gui.runtimes.keras.files import losses
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.forward import outputs_of
from innv_gui.runtimes.keras.networks.inspect import inspect
from tests.eager import step_by_step
from tests.files.kept_models import kept
from tests.networks import output_models

L = keras.layers
KINDS = {".keras": "keras", ".h5": "hdf5", "": "saved_model"}
ENDINGS = {2: (".keras", ".h5", ""), 3: (".keras", ".h5")}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Keras' version -> a folder of all networks, written by that Keras."""
    made = {version: tmp_path_factory.mktemp(f"keras{version}") for version in ENDINGS}
    make = f"m.save(tf_keras, sys.argv[1], 2, {ENDINGS[2]!r})  # with tests.files.short_weights"
    kept("outputs", f"import sys, tf_keras, tests.networks.output_models as m; {make}", made[2])
    output_models.save(keras, str(made[3]), 3, ENDINGS[3])
    return made


def expected_of(end: str, y: np.ndarray) -> tuple[str, np.ndarray]:
    """(kind, probabilities (N, K)) of what a network gives, written out."""
    y = y.astype(np.float64)
    if end == "logits":
        powers = np.exp(y)
        return "logits", powers / powers.sum(axis=1, keepdims=True)
    if end.startswith("one "):
        p = 1 / (1 + np.exp(-y)) if end == "one logit" else np.exp(y) if "log " in end else y
        return "binary", np.concatenate([1 - p, p], axis=1)
    if end in output_models.BLENDS:
        return ("multilabel" if "sigmoid" in end else "probabilities"), y
    if end.startswith("several"):
        return "multilabel", np.exp(y) if "log " in end else y
    return ("log_probabilities", np.exp(y)) if "log " in end else ("softmax", y)


def files_of(folders):
    for version, folder in folders.items():
        for known in sorted(folder.glob("*.npz")):
            for ending in ENDINGS[version]:
                path = folder / (known.stem + (ending or "+folder"))
                if path.exists():
                    yield version, known.stem, path, ending, np.load(known)


def wrong_of(files) -> list[tuple]:
    """Files whose kind or probabilities are others than those of Keras."""
    wrong = []
    for version, stem, path, ending, known in files:
        network = loading.load(ModelSource(KINDS[ending], str(path)))
        kind, wanted = expected_of(stem.partition("+")[0], known["y"])
        found = network.probabilities(network.scores(known["x"]))
        off = np.abs(found - wanted).max() if found.shape == wanted.shape else np.inf
        if network.flat.outputs.kind != kind or off > 1e-5:
            wrong.append((version, stem, ending, network.flat.outputs.kind, kind, float(off)))
    return wrong


def test_probabilities_are_those_of_keras_whatever_a_network_ends_in(folders):
    """Compiled; what holds the same network in another form of file, step by step."""
    files = [one for one in files_of(folders) if one[1].endswith("+nothing")]
    firsts = list({one[:2]: one for one in reversed(files)}.values())
    assert len(files) == 10 + 4 * 3 + 14 + 4 * 2 and not wrong_of(firsts)
    with step_by_step():
        assert not wrong_of([one for one in files if one not in firsts])


@pytest.mark.usefixtures("untraced")
def test_probabilities_are_those_of_keras_whatever_stands_behind_the_end(folders):
    files = [one for one in files_of(folders) if not one[1].endswith("+nothing")]
    assert len(files) == 3 * (10 + 14) and not wrong_of(files)
    assert len({(version, stem.partition("+")[0], ending) for version, stem, _, ending, _ in files_of(folders)}) == (
        (10 + 4) * 3 + (14 + 4) * 2
    )


def cut_at_logits(network_file: Path, sign: int):
    """The same network with nothing behind its last Dense layer; sign -1: with the opposite scores."""
    model = keras.models.load_model(network_file)
    scores = model.get_layer("scores")
    end = L.Dense(scores.units, name="scores")
    cut = keras.Model(model.inputs[0], end(scores.input))
    end.set_weights([sign * values for values in scores.get_weights()])
    return cut


LINEAR_BEHIND = ("one logit", "pooling")  # without an activation to take off, what stands behind stays
METHODS = ("gradient", "input_t_gradient", "lrp.epsilon", "lrp.alpha_2_beta_1", "lrp.z_plus", "grad_cam", "deep_taylor")


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("end", ["softmax layer", "one sigmoid", "one logit", "several sigmoids", "one log sigmoid"])
@pytest.mark.parametrize("tail", ["nothing", "pooling"])
def test_maps_are_those_of_the_network_cut_at_its_logits(end, tail, folders, tmp_path):
    """Of class 0 of one unit: those of the network with the opposite logit."""
    path = next(one for ending in ENDINGS[3] if (one := folders[3] / f"{end}+{tail}{ending}").exists())
    x = np.load(folders[3] / f"{end}+{tail}.npz")["x"]
    whole = loading.load(ModelSource(KINDS[path.suffix], str(path)))
    units = output_models.ENDS.get(end, output_models.OF_KERAS_3.get(end))[0]
    for class_ in range(whole.n_classes):
        sign, neuron = (1, class_) if units > 1 else (2 * class_ - 1, 0)
        cut_at_logits(path, sign).save(tmp_path / f"{class_}.keras")
        twin = two_units(tmp_path / f"{class_}.keras") if units == 1 else tmp_path / f"{class_}.keras"
        ours, theirs = probabilities(path, x), probabilities(twin, x)
        for method in METHODS:
            found = maps(path, x, method, class_, ours)
            wanted = maps(twin, x, method, neuron, theirs)
            np.testing.assert_allclose(found, wanted, atol=1e-5 * max(np.abs(wanted).max(), 1e-6), err_msg=method)


def two_units(path: Path) -> Path:
    """A one-unit network with a second unit of zeros beside it, so that it is logits without being binary."""
    model = keras.models.load_model(path)
    scores = model.get_layer("scores")
    end = L.Dense(2, name="scores")
    wide = keras.Model(model.inputs[0], end(scores.input))
    end.set_weights([np.concatenate([values, 0 * values], axis=-1) for values in scores.get_weights()])
    wide.save(path.with_suffix(".wide.keras"))
    return path.with_suffix(".wide.keras")


def probabilities(path: Path, x: np.ndarray) -> np.ndarray:
    network = loading.load(ModelSource(KINDS[path.suffix], str(path)))
    return network.probabilities(network.scores(x))


def maps(path: Path, x: np.ndarray, method: str, class_: int, p: np.ndarray) -> np.ndarray:
    source, target = ModelSource(KINDS[path.suffix], str(path)), Target(class_=class_)
    return explain(source, x, method, analyzers.check(method, {}), target, False, p).values


def one(tmp_path, behind=lambda x: x, units=1, activation=None, conv=False) -> ModelSource:
    image = keras.Input((8, 8, 3))
    x = L.Conv2D(units, 3, activation=activation)(image) if conv else L.Dense(units, activation)(L.Flatten()(image))
    path = tmp_path / "one.keras"
    keras.Model(image, behind(x)).save(path)
    return ModelSource("keras", str(path))


def test_a_convolution_of_one_unit_is_widened_in_front_of_its_pooling(tmp_path):
    source = one(tmp_path, lambda x: L.Activation("sigmoid")(L.GlobalAveragePooling2D()(x)), conv=True)
    network, x = loading.load(source), np.random.default_rng(0).random((2, 8, 8, 3), np.float32)
    scores = network.scores(x)
    np.testing.assert_allclose(scores[:, 0], -scores[:, 1], atol=1e-6)
    assert next(one for name, one in network.flat.tensors.items() if name.startswith("conv2d")).shape[-1] == 2
    assert network.explained_layer.startswith("global_average")


def test_one_unit_behind_a_maximum_is_not_widened_in_front_of_it(tmp_path):
    """The maximum of the negative is not the negative of the maximum."""
    source = one(tmp_path, lambda x: L.Activation("sigmoid")(L.GlobalMaxPooling2D()(x)), conv=True)
    network, x = loading.load(source), np.random.default_rng(0).random((2, 8, 8, 3), np.float32)
    scores = network.scores(x)
    np.testing.assert_allclose(scores[:, 0], -scores[:, 1], atol=1e-6)
    np.testing.assert_allclose(network.predict(x), scores[:, 1:])


@pytest.mark.parametrize("activation", ["linear", "tanh", "softsign", "relu", "elu", "swish", "leaky_relu", "gelu"])
@pytest.mark.parametrize("conv", [True, False])
def test_class_0_of_one_unit_is_the_opposite_of_class_1_whatever_its_activation(activation, conv, tmp_path):
    """act(-z) is -act(z) only for odd functions."""
    inside = L.GlobalAveragePooling2D() if conv else L.Flatten()
    source = one(tmp_path, lambda x: L.Activation("sigmoid")(inside(x)), activation=activation, conv=conv)
    network, x = loading.load(source), np.random.default_rng(0).normal(size=(4, 8, 8, 3)).astype(np.float32)
    p = np.asarray(keras.models.load_model(source.path)(x))
    np.testing.assert_allclose(network.probabilities(network.scores(x)), np.concatenate([1 - p, p], axis=1), atol=1e-6)


HEADS = {
    "percent": lambda x: L.Rescaling(100.0)(L.Softmax()(x)),
    "percent by an operation": lambda x: 100.0 * keras.ops.softmax(x),
    "moved": lambda x: 2.0 * keras.ops.sigmoid(x) - 1.0,
    "divided": lambda x: L.Activation("hard_sigmoid")(x) / 0.01,
}


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("units", [4, 1])
def test_probabilities_in_another_unit_are_not_taken_for_logits(head, units, tmp_path):
    source = one(tmp_path, HEADS[head], units=units)
    if units == 1:
        with pytest.raises(ModelRefused, match="scaled"):
            loading.load(source)
    else:
        assert "scaled" in inspect(source).outputs.doubt


def test_smoothed_probabilities_are_probabilities_and_scaled_logits_are_logits(tmp_path):
    smoothed = inspect(one(tmp_path, lambda x: 0.9 * keras.ops.softmax(x) + 0.025, units=4)).outputs
    assert (smoothed.kind, smoothed.doubt) == ("probabilities", "")
    assert inspect(one(tmp_path, lambda x: 0.9 * keras.ops.sigmoid(x) + 0.05)).outputs.kind == "binary"
    for behind in (lambda x: x / 0.07, lambda x: x * keras.ops.sigmoid(x), lambda x: L.Rescaling(10.0)(x)):
        logits = inspect(one(tmp_path, behind, units=4)).outputs
        assert (logits.kind, logits.doubt) == ("logits", "")


@pytest.mark.parametrize("activation", ["tanh", "relu", "softplus"])
def test_one_unit_that_is_neither_p_nor_a_logit_is_refused_until_a_person_says_so(activation, tmp_path):
    source = one(tmp_path, activation=activation)
    with pytest.raises(ModelRefused, match=activation) as refused:
        loading.load(source)
    assert (refused.value.field, refused.value.allowed) == ("outputs", ("binary",))
    said = ModelSource("keras", source.path, outputs="binary")
    assert loading.load(said).flat.outputs.kind == "binary"


def test_a_softmax_over_one_unit_is_doubted_and_can_be_read_as_a_logit(tmp_path):
    source = one(tmp_path, activation="softmax")
    outputs = inspect(source).outputs
    assert "1 for every image" in outputs.doubt and outputs.choices == ("softmax", "binary")
    assert inspect(ModelSource("keras", source.path, outputs="binary")).n_classes == 2


def test_two_independent_units_whose_values_sum_to_one_are_doubted(tmp_path):
    def mirrored(x):
        return L.Activation("sigmoid")(L.Concatenate()([L.Rescaling(-1.0)(x), x]))

    outputs = inspect(one(tmp_path, mirrored)).outputs
    assert outputs.choices == ("probabilities", "multilabel") and "sum to 1" in outputs.doubt


@pytest.mark.parametrize("wish, said", [("multilabel", "softmax"), ("binary", "softmax"), ("logits", "softmax")])
def test_a_kind_that_the_values_contradict_is_refused_with_those_that_fit(wish, said, tmp_path):
    source = one(tmp_path, units=3, activation="softmax")
    with pytest.raises(BadInput, match=r"gives 3 values an image, from [0-9.]+ to") as refused:
        loading.load(ModelSource("keras", source.path, outputs=wish))
    assert (refused.value.field, refused.value.allowed) == ("outputs", (said,))


def test_logits_can_be_read_as_independent_classes(tmp_path):
    source = one(tmp_path, units=3)
    x = np.random.default_rng(0).random((4, 8, 8, 3), np.float32)
    network = loading.load(ModelSource("keras", source.path, outputs="multilabel"))
    scores = network.scores(x)
    np.testing.assert_allclose(network.probabilities(scores), 1 / (1 + np.exp(-scores.astype(np.float64))), atol=1e-7)


def test_a_shared_head_is_not_switched_off_in_one_place_for_all(tmp_path):
    image = keras.Input((8, 8, 3))
    head, pool = L.Dense(3, activation="softmax"), L.GlobalAveragePooling2D()
    left, right = head(pool(image)), head(pool(L.Rescaling(2.0)(image)))
    both = keras.Model(image, L.Flatten()(L.Average()([left, right])))
    both.save(tmp_path / "shared.keras")
    x = np.random.default_rng(0).random((4, 8, 8, 3), np.float32)
    network = loading.load(ModelSource("keras", str(tmp_path / "shared.keras")))
    np.testing.assert_allclose(network.probabilities(network.scores(x)), np.asarray(both(x)), atol=1e-6)
    assert network.flat.outputs.kind == "probabilities"


def test_a_relu_that_happens_to_lie_in_0_to_1_is_no_probability(tmp_path):
    def small(x):
        return L.ReLU()(L.Rescaling(1e-4)(x))

    outputs = inspect(one(tmp_path, small, units=3)).outputs
    assert (outputs.kind, outputs.choices) == ("logits", ("logits", "multilabel")) and "relu" in outputs.doubt


def test_a_pass_that_forgets_gives_what_keras_gives():
    start = keras.Input((8, 8, 3))
    x = L.Conv2D(4, 3, padding="same")(start)
    ends = [L.Add()([x, L.Dropout(0.5)(L.BatchNormalization()(x))]), x]
    ends += [keras.ops.split(L.Flatten()(ends[0]), 2, axis=-1)[1]]
    images = np.random.default_rng(0).random((3, 8, 8, 3), np.float32)
    for ours, theirs in zip(outputs_of(start, ends, images), keras.Model(start, ends)(images), strict=True):
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


PER_UNIT = {
    "cross-entropy": lambda: keras.losses.BinaryCrossentropy(from_logits=True),
    "focal": lambda: keras.losses.BinaryFocalCrossentropy(from_logits=True),
    "of a list": lambda: [keras.losses.BinaryCrossentropy(from_logits=True)],
    "by name": lambda: {"dense": keras.losses.BinaryCrossentropy(from_logits=True)},
}
OF_ONE_CLASS = {
    "not of logits": lambda: keras.losses.BinaryCrossentropy(),
    "text": lambda: "binary_crossentropy",
    "categorical": lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    "squares": lambda: "mse",
    "none": lambda: None,
}


def compiled(tmp_path, loss, ending, units=3, activation=None) -> ModelSource:
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, L.Dense(units, activation, name="dense")(L.Flatten()(image)))
    model.compile("sgd", loss=loss)
    model.save(tmp_path / f"compiled{ending}")
    return ModelSource(KINDS[ending], str(tmp_path / f"compiled{ending}"))


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize("loss", PER_UNIT)
def test_logits_that_were_trained_each_by_itself_are_independent_classes_and_asked_about(loss, ending, tmp_path):
    source = compiled(tmp_path, PER_UNIT[loss](), ending)
    outputs = inspect(source).outputs
    assert (outputs.kind, outputs.choices) == ("multilabel", ("multilabel", "logits"))
    assert "trained with a binary cross-entropy" in outputs.doubt
    network, x = loading.load(source), np.random.default_rng(0).random((4, 8, 8, 3), np.float32)
    z = np.asarray(keras.models.load_model(source.path)(x), np.float64)
    np.testing.assert_allclose(network.probabilities(network.scores(x)), 1 / (1 + np.exp(-z)), atol=1e-6)
    said = inspect(ModelSource(source.kind, source.path, outputs="logits")).outputs
    assert (said.kind, said.doubt) == ("logits", "")


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_any_other_loss_says_nothing_about_logits_and_none_about_probabilities(ending, tmp_path):
    for loss in OF_ONE_CLASS.values():
        outputs = inspect(compiled(tmp_path, loss(), ending)).outputs
        assert (outputs.kind, outputs.doubt) == ("logits", "")
    of_logits = PER_UNIT["cross-entropy"]
    assert inspect(compiled(tmp_path, of_logits(), ending, activation="softmax")).outputs.kind == "softmax"
    assert inspect(compiled(tmp_path, of_logits(), ending, units=1)).outputs.kind == "binary"


@pytest.mark.parametrize(
    "said",
    [
        *(
            None,
            "",
            "{",
            "[]",
            '{"loss": 1}',
            '{"loss": {}}',
            '{"loss": [[]]}',
            '{"loss": {"class_name": []}}',
            "[" * 10**5,
        ),
        '{"loss": {"class_name": "BinaryCrossentropy"}}',
        '{"loss": {"class_name": "BinaryCrossentropy", "config": {"from_logits": 1}}}',
        '{"loss": ' + '{"a": ' * 900 + "1" + "}" * 901,
        {"loss": {"a": {"class_name": "BinaryCrossentropy", "config": {"from_logits": True}}, "b": "mse"}},
    ],
)
def test_whatever_a_file_says_of_its_loss_is_read_and_no_more(said):
    assert losses.is_of_each_logit(losses.told(said)) is False
