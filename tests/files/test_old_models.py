"""Files of Keras 2 load in Keras 3, also where Keras 3 alone would stumble over their settings."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st

from innv_gui.errors import ModelRefused
from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.files import gate, keras2_configs, keras2_operations
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.checkpoint_table import Bundle, Damaged
from innv_gui.session.model_sources import source_of
from tests.eager import untraced as untraced
from tests.files import called_models, hostile_models, model_files
from tests.files.kept_models import kept
from tests.files.legacy_models import KINDS


def test_files_of_keras_2(tmp_path):
    """Written by Keras 2 itself, in a process of its own."""
    text = """
import sys, numpy as np, tf_keras as keras
from tf_keras import layers as L
i = keras.Input((12, 10, 3)); x = L.Conv2D(4, 3, activation='relu', kernel_regularizer='l2')(i)
x = L.BatchNormalization()(x); y = L.DepthwiseConv2D(3, padding='same')(x); x = L.Add()([x, y])
inner = keras.Model(i, L.LeakyReLU()(x), name='inner')
m = keras.Sequential([keras.Input((12, 10, 3)), L.Rescaling(1 / 255), inner, L.ZeroPadding2D(1), L.MaxPooling2D(),
                      L.Flatten(), L.Dropout(.5), L.Dense(3, activation='softmax')])
m.compile('adam', 'categorical_crossentropy')
r = np.random.default_rng(0); m.set_weights([r.uniform(.1, .6, w.shape) for w in m.get_weights()])
m.save(sys.argv[1] + '/old.h5'); m.save(sys.argv[1] + '/old.keras')
open(sys.argv[1] + '/old.json', 'w').write(m.to_json()); m.save_weights(sys.argv[1] + '/old_weights.h5')
x = r.uniform(0, 255, (2, 12, 10, 3)).astype('f4'); np.savez(sys.argv[1] + '/old.npz', x=x, p=m.predict(x, verbose=0))
"""
    kept("plain", text, tmp_path)
    wanted = np.load(tmp_path / "old.npz")
    for source in (
        ModelSource("hdf5", str(tmp_path / "old.h5")),
        ModelSource("json", str(tmp_path / "old.json"), weights=str(tmp_path / "old_weights.h5")),
        ModelSource("keras", str(tmp_path / "old.keras")),
    ):
        network = loading.load(source)
        np.testing.assert_allclose(network.probabilities(network.predict(wanted["x"])), wanted["p"], atol=1e-6)


FOLDER = """
import sys, numpy as np, tf_keras as keras, tests.files.short_weights as short
from tf_keras import layers as L
r, drawn = np.random.default_rng(0), short.Weights()
x = r.uniform(0, 255, (3, 12, 10, 3)).astype("f4")
scale = L.Normalization(); scale.adapt(x)
changed = keras.Sequential([L.RandomFlip(), L.RandomRotation(0.1)], name="changed")
conv = keras.Sequential([L.Conv2D(4, 3, input_shape=(12, 10, 3)), L.BatchNormalization(), L.ReLU()], name="conv")
i = keras.Input((12, 10, 3)); y = scale(changed(i))
y = L.Add()([conv(y), conv(L.ReLU()(y))])
y = L.DepthwiseConv2D(3, padding="same")(y); y = L.SeparableConv2D(6, 3)(y); y = L.PReLU(shared_axes=[1, 2])(y)
y = L.Conv2DTranspose(4, 2)(y); y = L.LayerNormalization()(y); y = L.Reshape((9 * 7, 4))(y)
y = L.Add()([y, L.MultiHeadAttention(2, 3)(*(L.Dense(4)(y) for _ in range(3)))]); y = L.Attention()([y, y])
y = L.TimeDistributed(L.Dense(3))(y)
y = L.Concatenate()([L.GlobalAveragePooling1D()(y), L.RNN(L.SimpleRNNCell(2))(y)])
y = L.Dropout(0.5)(y); j = keras.Input((5,))
inner = keras.Model(j, L.Dense(8, activation="relu")(j), name="inner")
y = L.Concatenate()([inner(y), inner(L.ReLU()(y))])
m = keras.Model(i, L.Dense(3, activation="softmax")(y)); m.compile("adam", "categorical_crossentropy")
for v in m.trainable_variables:
    v.assign(drawn.uniform(.1, .6, v.shape))
for name in ("folder", "file.h5", "file.keras"):
    m.save(f"{sys.argv[1]}/{name}")
np.savez(sys.argv[1] + "/wanted.npz", x=x, p=m(x, training=False).numpy())
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with one model of Keras 2 in all its forms, and what it predicts."""
    folder = tmp_path_factory.mktemp("keras_2")
    kept("folder", FOLDER, folder)
    return folder


@pytest.mark.parametrize("kind, name", [("saved_model", "folder"), ("hdf5", "file.h5"), ("keras", "file.keras")])
def test_a_model_of_keras_2_that_calls_other_models_and_attention(kind, name, saved):
    network, wanted = loading.load(ModelSource(kind, str(saved / name))), np.load(saved / "wanted.npz")
    np.testing.assert_allclose(network.probabilities(network.predict(wanted["x"])), wanted["p"], atol=1e-6)
    assert network.flat.skipped == ("random_flip", "random_rotation") and network.n_classes == 3


def test_a_saved_model_is_added_by_its_folder_and_trusted_by_its_content(saved, tmp_path):
    source, copy = source_of(saved / "folder"), shutil.copytree(saved / "folder", tmp_path / "copy")
    network = loading.load(source)
    assert source.kind == "saved_model" and gate.fingerprint(str(copy)) == network.sha256
    assert gate.trusted_as(source) == network.sha256
    again = ModelSource("saved_model", str(copy), sha256=network.sha256)
    assert loading.load(again).sha256 == network.sha256
    data = next((copy / "variables").glob("*.data*"))
    data.write_bytes(data.read_bytes()[::-1])
    with pytest.raises(ModelRefused, match="copy has changed"):
        loading.load(again)


OPERATIONS = """
import sys, numpy as np, tensorflow as tf, tf_keras as keras
from tf_keras import layers as L
r = np.random.default_rng(0)
x = r.uniform(0, 255, (2, 12, 10, 3)).astype("f4")
base = keras.Sequential([L.Conv2D(4, 3, input_shape=(12, 10, 3)), L.ReLU(), L.GlobalAveragePooling2D()])
i, known = keras.Input((12, 10, 3)), {}

def more(y):
    y = 3.0 - (y / 255.0 * 2.0 + 1.0); z = tf.nn.relu(y)
    y = (y + z) * tf.sigmoid(z) - z
    y = L.Conv2D(3, 1)(tf.concat([tf.nn.swish(tf.nn.relu6(y)), 2.0 * z], -1))
    return tf.nn.softmax(L.Dense(3)(tf.reduce_mean(y, [1, 2])))

ends = {name: L.Dense(3, activation="softmax")(base(getattr(keras.applications, name).preprocess_input(i)))
        for name in ("mobilenet_v2", "vgg16", "densenet")}
for name, end in {**ends, "more": more(i)}.items():
    m = keras.Model(i, end); m.save(f"{sys.argv[1]}/{name}.h5"); known[name] = m(x, training=False).numpy()
    if name != "vgg16":  # Keras 2 cannot write its slice into one
        m.save(f"{sys.argv[1]}/{name}.keras")
np.savez(sys.argv[1] + "/wanted.npz", x=x, **known)
"""


def test_operations_that_keras_2_wrote_into_a_model_become_layers(tmp_path):
    kept("operations", OPERATIONS, tmp_path)
    wanted = np.load(tmp_path / "wanted.npz")
    files = [path for path in tmp_path.iterdir() if path.suffix in KINDS]
    assert len(files) == 7
    for path in files:
        network = loading.load(ModelSource(KINDS[path.suffix], str(path)))
        found = network.probabilities(network.predict(wanted["x"]))
        np.testing.assert_allclose(found, wanted[path.stem], atol=1e-6, err_msg=path.name)


def operation(function, *call, **settings):
    named = {"name": "op", "config": {"name": "op", "function": function}}
    return {"class_name": "TFOpLambda", **named, "inbound_nodes": [[*call, settings]]}


@pytest.mark.parametrize(
    "node",
    [
        operation("math.truediv", "x", 0, 0, y=0),
        operation("math.truediv", "x", 0, 0, y=["z", 0, 0]),
        operation("math.truediv", "_CONSTANT_VALUE", -1, 1.0, y=["x", 0, 0]),
        operation("math.multiply", "x", 0, 0, y=10**400),
        operation("math.multiply", "x", 0, 0, y=True),
        operation("math.multiply", "x", 0, 0, y=float("nan")),
        operation("math.pow", "x", 0, 0, y=2.0),
        operation("nn.softmax", "x", 0, 0, axis=1),
        operation("nn.bias_add", "x", 0, 0, bias=[1.0], data_format="NCHW"),
        operation("math.reduce_mean", "x", 0, 0, axis=[1]),
        operation("__operators__.getitem", "x", 0, 0, slice_spec=[{"start": 0, "stop": 1, "step": 1}]),
    ],
)
def test_an_operation_without_a_layer_that_is_the_same_stays_what_it_is(node):
    assert keras2_operations.as_layer(node) == node


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["x", "_CONSTANT_VALUE", "y", "axis"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["y", "bias", "axis"]), inner),
    max_leaves=12,
)
FUNCTIONS = ["math.truediv", "math.subtract", "nn.bias_add", "concat", "nn.relu", "math.reduce_mean", "cast"]


@given(st.sampled_from(FUNCTIONS), JSON)
def test_whatever_stands_in_an_operation_nothing_is_raised(function, calls):
    node = {"class_name": "TFOpLambda", "name": "op", "config": {"function": function}}
    for inbound in (calls, [calls], [["x", 0, 0, calls]]):
        assert isinstance(keras2_operations.as_layer({**node, "inbound_nodes": inbound}), dict)


@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize("version", [2, 3])
def test_models_that_call_models_give_what_they_gave(version, tmp_path):
    if version == 2:
        make = "m.save(tf_keras, sys.argv[1])  # with tests.files.short_weights"
        kept("called", f"import sys, tf_keras, tests.files.called_models as m; {make}", tmp_path)
    else:
        called_models.save(keras, str(tmp_path))
    files = [path for path in tmp_path.iterdir() if path.suffix in KINDS]
    assert len(files) == 20
    for path in files:
        wanted = np.load(path.with_suffix(".npz"))
        found = loading.load(ModelSource(KINDS[path.suffix], str(path))).predict(wanted["x"])
        np.testing.assert_allclose(found, wanted["y"], atol=1e-6, err_msg=path.name)


def test_the_arrays_of_a_checkpoint_are_those_that_tensorflow_reads(saved):
    folder = saved / "folder"
    bundle, reader = bundle_of(folder), tf.train.load_checkpoint(str(folder / "variables" / "variables"))
    shapes = reader.get_variable_to_shape_map()
    numbers = [name for name in shapes if name != "_CHECKPOINTABLE_OBJECT_GRAPH"]
    tree = reader.get_tensor("_CHECKPOINTABLE_OBJECT_GRAPH")
    assert len(numbers) > 40 and bundle.text("_CHECKPOINTABLE_OBJECT_GRAPH") == tree
    for name in numbers:
        np.testing.assert_array_equal(bundle.array(name), reader.get_tensor(name))


def bundle_of(folder, index: bytes | None = None):
    """index: in place of its own."""
    files = {path.name: path.read_bytes() for path in (folder / "variables").iterdir()}
    return Bundle({**files, **({} if index is None else {"variables.index": index})}, "variables.index")


@pytest.mark.parametrize("seed", range(200))
def test_a_changed_index_is_damaged_or_read_and_nothing_else(seed, saved):
    """TensorFlow's own reader ends the process on some of these."""
    generator = np.random.default_rng(seed)
    index = bytearray((saved / "folder" / INDEX).read_bytes())
    for place in generator.integers(0, len(index), 1 + seed % 5):
        index[place] = generator.integers(256)
    try:
        bundle = bundle_of(saved / "folder", bytes(index))
    except Damaged:
        return
    for name in bundle.names():
        for read in (bundle.array, bundle.text):
            with suppress(Damaged):
                read(name)


def _linked(folder):
    (folder / DATA).rename(folder.parent / "elsewhere")
    (folder / DATA).symlink_to(folder.parent / "elsewhere")


def _without(name):
    return lambda folder: (folder / name).unlink()


def _cut(name):
    def cut(folder):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])

    return cut


def _reversed(name):
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[::-1])


def _described(old: bytes, new: bytes):
    """In the metadata, of the same length."""

    def change(folder):
        content = (folder / "keras_metadata.pb").read_bytes()
        assert old in content and len(old) == len(new)
        (folder / "keras_metadata.pb").write_bytes(content.replace(old, new))

    return change


DATA, INDEX = "variables/variables.data-00000-of-00001", "variables/variables.index"
BROKEN_FOLDERS = {
    "no description": (_without("keras_metadata.pb"), "a TensorFlow graph only"),
    "half a description": (_cut("keras_metadata.pb"), "keras_metadata.pb is damaged"),
    "no index": (_without(INDEX), "variables.index"),
    "half an index": (_cut(INDEX), "weights cannot be read"),
    "another index": (_reversed(INDEX), "weights cannot be read"),
    "no data": (_without(DATA), "missing or not complete"),
    "half of the data": (_cut(DATA), "weights cannot be read"),
    "code": (_described(b'"class_name": "PReLU"', b'"class_name": "Lambd"'), "Lambd"),
    "another size": (_described(b'"filters": 6', b'"filters": 7'), "do not fit its architecture"),
    "a link": (_linked, "is a link to somewhere else"),
    "no model": (_described(b'"class_name": "Functional"', b'"class_nime": "Functional"'), "does not describe"),
}


@pytest.mark.parametrize("how", BROKEN_FOLDERS)
def test_a_broken_or_hostile_saved_model_is_one_sentence_with_its_name(how, saved, tmp_path):
    change, words = BROKEN_FOLDERS[how]
    folder = shutil.copytree(saved / "folder", tmp_path / "broken")
    change(folder)
    with pytest.raises(ModelRefused, match=words) as refused:
        loading.load(ModelSource("saved_model", str(folder)))
    assert "broken" in str(refused.value) and str(tmp_path) not in str(refused.value)


def test_a_folder_that_is_no_model_is_one_sentence(tmp_path):
    with pytest.raises(ModelRefused, match="is a folder, but not a SavedModel"):
        loading.load(ModelSource("saved_model", str(tmp_path)))


@pytest.mark.usefixtures("untraced")
def test_layers_of_keras_2_that_changed_their_settings(tmp_path):
    """Each of these stopped Keras 3 from reading a file of Keras 2."""
    text = """
import sys, numpy as np, tf_keras as keras, tests.files.short_weights as short
from tf_keras import layers as L
def layers():
    return {
        "separable": [L.SeparableConv2D(4, 3, name="conv1/separable")], "transposed": [L.Conv2DTranspose(4, 3)],
        "depthwise": [L.DepthwiseConv2D(3)], "norm": [L.BatchNormalization()], "dropped": [L.SpatialDropout2D(0.5)],
        "random": [L.RandomFlip(), L.RandomRotation(0.1), L.RandomZoom(0.1)],
        "memory": [L.Reshape((2, 6, 10, 3)), L.ConvLSTM2D(2, 3)],
        "rows": [L.Reshape((12, 30)), L.Bidirectional(L.LSTM(4))],
    }
drawn, X = short.Weights(), np.random.default_rng(0).uniform(0, 1, (2, 12, 10, 3)).astype('f4')
for name in layers():
    for form in ("flat", "nested"):
        i = x = keras.Input((12, 10, 3))
        for layer in layers()[name]:
            x = layer(x)
        head = [L.Flatten(), L.Dense(3, activation='softmax')]
        m = keras.Model(i, head[1](head[0](x))) if form == "flat" else keras.Sequential([keras.Model(i, x), *head])
        m.set_weights([drawn.uniform(.1, .6, w.shape) if w.dtype.kind == "f" else w for w in m.get_weights()])
        m.save(f"{sys.argv[1]}/{name}_{form}.h5"); m.save(f"{sys.argv[1]}/{name}_{form}.keras")
        np.savez(f"{sys.argv[1]}/{name}_{form}.npz", x=X, p=m(X, training=False).numpy())
"""
    kept("changed", text, tmp_path)
    files = sorted(path for path in tmp_path.iterdir() if path.suffix in KINDS)
    assert len(files) == 32
    for path in files:
        wanted = np.load(path.with_suffix(".npz"))
        network = loading.load(ModelSource(KINDS[path.suffix], str(path)))
        got = network.probabilities(network.predict(wanted["x"]))
        np.testing.assert_allclose(got, wanted["p"], atol=1e-5, err_msg=path.name)


def test_the_first_layer_of_an_old_sequential_model_may_tell_the_input(tmp_path):
    old = model_files.old_ordinary()
    old["config"]["layers"][:2] = [
        {"class_name": "Flatten", "config": {"batch_input_shape": [None, 8, 8, 3], "name": "f"}}
    ]
    (tmp_path / "old.json").write_text(json.dumps(old))
    (tmp_path / "older.json").write_text(json.dumps({"class_name": "Sequential", "config": old["config"]["layers"]}))
    for name in ("old.json", "older.json"):
        network = loading.load(ModelSource("json", str(tmp_path / name), weights="random"))
        assert network.input_shape == (8, 8, 3) and network.n_classes == 3


def test_a_trusted_lambda_of_keras_2_is_run(tmp_path):
    layer = {
        "class_name": "Lambda",
        "config": {"name": "secret", "function": [hostile_models.payload(tmp_path), None, None]},
    }
    (tmp_path / "old.json").write_text(json.dumps(model_files.old_ordinary(layer)))
    loading.load(ModelSource("json", str(tmp_path / "old.json"), weights="random", trusted=True))
    assert (tmp_path / hostile_models.TOUCHED).exists()


def test_settings_that_make_a_difference_are_never_dropped():
    """Keras then refuses the file and names the setting."""
    for class_name, setting, value in (("Conv2DTranspose", "groups", 2), ("ConvLSTM2D", "time_major", True)):
        config = keras2_configs.modernised({"class_name": class_name, "config": {"name": "x", setting: value}})
        assert config["config"][setting] == value


def test_a_configuration_of_keras_3_stays_as_it_is():
    config = model_files.ordinary(model_files.layer("Conv2D", "conv", filters=3, kernel_size=[3, 3], groups=1))
    assert keras2_configs.modernised(config) == config
