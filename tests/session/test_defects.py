"""Defects of earlier systems that must not return, seen from outside; the tests carry the numbers of the specification.

Numbers 6 (an empty class activation map) and 14 (an illegal setting) have their tests where the cause would be.
"""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from innv_gui.errors import BadInput
from innv_gui.plots.heatmap import reduce
from innv_gui.runtimes.keras.attribution import targets
from innv_gui.web.app import create_app

TOKEN = "t" * 32
ENGINES = ("native", "innvestigate")
SIDE = (7, 12)  # height and width of the images here: never the same


def one_pixel(channels=1, row=2, column=9, weights=(1.0,)):
    """A linear network that looks at one pixel alone: class 1 is its channels, weighted."""
    start = keras.Input((*SIDE, channels))
    model = keras.Model(start, keras.layers.Dense(2, use_bias=False)(keras.layers.Flatten()(start)))
    kernel = np.zeros((*SIDE, channels, 2), np.float32)
    kernel[row, column, :, 1] = weights
    model.layers[-1].set_weights([kernel.reshape(-1, 2)])
    return model


@pytest.fixture
def added(session, tmp_path):
    def added(model, name="small"):
        path = tmp_path / f"{name}.keras"
        model.save(path)
        return session.add_model(path, preprocessing="none")

    return added


@settings(max_examples=200, deadline=None)
@given(some.integers(1, 6), some.integers(1, 40), some.sampled_from([1, 4, 9, 16]), some.integers(0, 10**6))
def test_defect_1_max_activations_are_the_largest_in_descending_order(n_images, n_neurons, count, seed):
    values = np.random.default_rng(seed).integers(-5, 5, (n_images, n_neurons)).astype(np.float32)
    aim = targets.strongest("layer", False, values, count)
    for row, neurons, activations in zip(values, aim.targets, aim.activations, strict=True):
        assert list(activations) == sorted(row.tolist(), reverse=True)[:count]
        assert list(row[neurons]) == list(activations) and len(set(neurons)) == min(count, n_neurons)
        ties = [(k, m) for k, m in zip(neurons, neurons[1:], strict=False) if row[k] == row[m]]
        assert all(k < m for k, m in ties)


@pytest.mark.parametrize("layer", [None, "dense", "conv_2"])
@pytest.mark.parametrize("engine", ENGINES)
def test_defect_5_class_minus_one_is_not_the_last_class(session, sample_models, sample_datasets, layer, engine):
    model, images = sample_models["digits_cnn"], sample_datasets["digits"][:1]
    client = create_app(session, TOKEN).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    body = {"models": [model.id], "dataset": sample_datasets["digits"].id, "images": [0], "analyzer": "gradient"}
    for class_ in (-1, "-1"):
        with pytest.raises(BadInput) as caught:
            session.explain(model, images, "gradient", layer=layer, class_=class_, engine=engine)
        assert caught.value.field == "class"
        answer = client.post("/api/v1/explanations", json={**body, "layer": layer, "class": class_, "engine": engine})
        assert answer.status_code == 400 and answer.json["error"]["field"] == "class"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("analyzer", ["gradient", "smoothgrad"])
def test_defect_7_a_gradients_size_is_taken_before_its_channels_are_put_together(session, added, analyzer, engine):
    model = added(one_pixel(3, weights=(1.0, -3.0, 2.0)))
    x = np.random.default_rng(0).random((1, *SIDE, 3), np.float32)
    maps = session.explain(model, x, analyzer, class_=1, engine=engine)[model].maps[0, 0]
    np.testing.assert_allclose(maps[2, 9], [1, 3, 2], rtol=1e-5)
    assert reduce(maps, "grey")[2, 9] == pytest.approx(6) and np.count_nonzero(reduce(maps, "grey")) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_defect_8_width_and_height_are_not_swapped_from_the_file_to_the_map(session, added, tmp_path, engine):
    model = added(one_pixel())
    pixels = np.zeros(SIDE, np.uint8)
    pixels[2, 9] = 200
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    run = session.explain(model, [tmp_path / "wide.png"], "input_t_gradient", class_=1, engine=engine)
    maps = run[model].maps[0, 0]
    assert maps.shape == (*SIDE, 1) and maps[2, 9, 0] == pytest.approx(200) and np.count_nonzero(maps) == 1
    assert next(run[model].kept()).x.shape == (*SIDE, 1)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("channels", [1, 3])
def test_defect_16_one_channel_images_are_explained(session, added, tmp_path, channels, engine):
    model = added(one_pixel(channels, weights=[1.0] * channels))
    Image.fromarray(np.full(SIDE, 90, np.uint8)).save(tmp_path / "grey.png")
    Image.fromarray(np.full((*SIDE, 3), 90, np.uint8)).save(tmp_path / "colour.png")
    files = [tmp_path / "grey.png", tmp_path / "colour.png"]
    maps = session.explain(model, files, "input_t_gradient", class_=1, engine=engine)[model].maps[:, 0]
    assert maps.shape == (2, *SIDE, channels)
    np.testing.assert_allclose(maps[:, 2, 9], 90, rtol=1e-5)


def transfer():
    """A backbone that is one layer of the model, with a head of its own."""
    inner = keras.Input((*SIDE, 3))
    x = keras.layers.Conv2D(4, 3, activation="relu", name="deep")(inner)
    backbone = keras.Model(inner, keras.layers.MaxPooling2D()(x), name="backbone")
    start = keras.Input((*SIDE, 3))
    x = keras.layers.Flatten()(backbone(start))
    return keras.Model(start, keras.layers.Dense(3, activation="softmax")(x))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("analyzer", ["gradient", "lrp.epsilon", "deep_taylor"])
def test_defect_17_transfer_models_are_explained_at_their_output_and_inside(session, added, analyzer, engine):
    keras.utils.set_random_seed(1)
    made = transfer()
    model = added(made, "transfer")
    x = np.random.default_rng(0).normal(size=(2, *SIDE, 3)).astype(np.float32)
    assert session.explain(model, x, analyzer, engine=engine)[model].maps.any()
    found = session.explain(model, x, analyzer, layer="deep", top_neurons=4, engine=engine)[model]
    features = np.asarray(made.get_layer("backbone").get_layer("deep")(x)).max(axis=(1, 2))
    np.testing.assert_allclose(found.activations, -np.sort(-features, axis=1), rtol=1e-5, atol=1e-6)
    at_class = session.explain(model, x, analyzer, layer="deep", class_=2, engine=engine)[model]
    assert at_class.maps.shape == (2, 1, *SIDE, 3) and np.isfinite(at_class.maps).all()
