"""The main job on the sample models: every method, the same numbers by every way in, and iNNvestigate's own."""

import io
from functools import cache

import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.errors import AnalyzerRefused
from innv_gui.records import ModelSource
from innv_gui.runtimes.averages import NOISE_SEED
from innv_gui.samples import weather
from innv_gui.web.app import create_app
from tests.conftest import MODEL_FILES, SAMPLES
from tests.innvestigate import direct_process
from tests.innvestigate.direct_settings import DIRECT_SETTINGS

ALL = [analyzer.name for analyzer in analyzers.all() if not analyzer.fitted]
BY_INNVESTIGATE = [analyzer.name for analyzer in analyzers.all() if "innvestigate" in analyzer.runtimes]
NAMES = [name.split(".")[0] for name in MODEL_FILES]
TOKEN = "t" * 32
ALL_METHODS_ON = ("digits_cnn",)  # the small networks of the conformance tests have the other architectures
# iNNvestigate itself is asked for every method by tests/innvestigate/test_runtime.py, on small networks.
ON_THE_OTHERS = ("gradient", "lrp.epsilon", "lrp.alpha_2_beta_1", "deep_taylor", "smoothgrad")


@pytest.fixture(scope="module")
def explained(session, sample_models, sample_datasets):
    """(model name, analyzer, engine) -> Explanation of two images, or the refusal; computed when first asked for."""

    @cache
    def explained(name, analyzer, engine="auto"):
        images = sample_datasets["digits" if "digits" in name else "weather"][[5, 205]]
        model = sample_models[name]
        try:
            return session.explain(model, images, analyzer, engine=engine)[model]
        except AnalyzerRefused as refusal:
            return refusal

    return explained


CAM = [name for name in ALL if analyzers.get(name).family == "cam"]
# Every method on a network with convolutions, and on one without or on one that normalizes; families on the others.
ASKED_OF = {"digits_cnn": ALL, "digits_mlp": sorted({*ALL[::2], *CAM}), "digits_resnet": sorted({*ALL[1::2], *CAM})}
ASKED = [(name, analyzer) for name in NAMES for analyzer in ASKED_OF.get(name, (*ON_THE_OTHERS, "grad_cam"))]


@pytest.mark.parametrize(("name", "analyzer"), ASKED)
def test_every_method_gives_finite_maps_of_the_inputs_shape_or_a_named_refusal(
    explained, sample_models, name, analyzer
):
    found = explained(name, analyzer)
    if isinstance(found, AnalyzerRefused):
        assert name == "digits_mlp" and analyzers.get(analyzer).family == "cam" and "spatial" in str(found)
        return
    height, width, channels = sample_models[name].input_shape
    depth = 1 if analyzers.get(analyzer).display.kind == "cam" else channels
    assert found.maps.shape == (2, 1, height, width, depth)
    assert np.isfinite(found.maps).all() and found.engine == "native"


@pytest.mark.parametrize("name", ["digits_cnn", "weather_clean"])
def test_the_numbers_are_innvestigates_own(explained, sample_models, worker, name):
    from innv_gui.runtimes.keras.networks.blueprint import blueprint

    file = next(file for file in MODEL_FILES if file.startswith(f"{name}."))
    kind = "hdf5" if file.endswith(".h5") else "keras"
    network = blueprint(ModelSource(kind, path=str(SAMPLES / file)))
    x = np.stack([kept.x for kept in explained(name, "gradient").kept()])
    noise = np.random.default_rng(NOISE_SEED).standard_normal((32, *x.shape[1:]), dtype=np.float32)
    settings = {method: DIRECT_SETTINGS.get(method, {}) for method in ON_THE_OTHERS}
    direct = worker.submit(direct_process.on_blueprint, network, x, settings, noise).result()
    for method, expected in direct.items():
        found = explained(name, method, "innvestigate").maps[:, 0]
        assert np.abs(found - expected).max() <= 1e-6 * max(1.0, np.abs(expected).max()), method


@pytest.mark.parametrize("name", ["digits_cnn", "digits_mlp", "weather_clean"])
def test_both_engines_give_the_same_numbers_where_there_is_no_batch_normalization(explained, name):
    for method in (*BY_INNVESTIGATE[::3], *ON_THE_OTHERS) if name in ALL_METHODS_ON else ON_THE_OTHERS:
        ours, reference = explained(name, method).maps, explained(name, method, "innvestigate").maps
        assert np.abs(ours - reference).max() <= 1e-4 * np.abs(reference).max(), method
        assert np.corrcoef(ours.ravel(), reference.ravel())[0, 1] >= 0.9999, method


def test_rest_gives_the_same_numbers(session, explained, sample_models, sample_datasets):
    client = create_app(session, TOKEN).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    for analyzer in ALL:
        model = sample_models["digits_cnn"]
        body = {"models": [model.id], "dataset": sample_datasets["digits"].id, "images": [5, 205]}
        answer = client.post("/api/v1/explanations", json={**body, "analyzer": analyzer}).json
        session.run(answer["explanation"]["id"]).job.wait(60)
        address = f"/api/v1/explanations/{answer['explanation']['id']}/maps/{model.id}/205.npy"
        maps = np.load(io.BytesIO(client.get(address).data))
        np.testing.assert_array_equal(maps, explained("digits_cnn", analyzer).maps[1])


def sky_share(session, model, dataset):
    """Mean share of the positive relevance of "vehicle" inside the sky, over the pictures that have any."""
    run = session.explain(model, dataset, "lrp.epsilon", class_="vehicle")
    masks = masks_by_name()
    shares = []
    for item, kept in zip(run[model].items, run[model].kept(), strict=True):
        positive = np.maximum(kept.values[0].sum(-1), 0)
        if positive.sum() > 0:
            shares.append(positive[masks[item.name]].sum() / positive.sum())
    return float(np.mean(shares)), len(shares)


def masks_by_name():
    from innv_gui.samples.making import _named_facts

    return {file: weather.sky_mask(seed, kind, sky) for file, kind, sky, seed in _named_facts()}


def test_the_first_weather_model_looks_at_the_sky_and_the_second_does_not(session, sample_models, sample_datasets):
    some = sample_datasets["weather"][::5]
    shortcut, n_first = sky_share(session, sample_models["weather_shortcut"], some)
    clean, n_second = sky_share(session, sample_models["weather_clean"], some)
    assert n_first == n_second == 80
    assert shortcut > 0.5 and clean < 0.25 and shortcut > 3 * clean


def test_layer_outputs_are_the_networks_own(session, sample_models, sample_datasets):
    model, images = sample_models["digits_cnn"], sample_datasets["digits"][:3]
    logits = session.layer_output(model, images, model.facts.explained_layer)
    powers = np.exp(logits - logits.max(1, keepdims=True))
    np.testing.assert_allclose(powers / powers.sum(1, keepdims=True), session.predict(model, images), atol=1e-6)
    assert session.layer_output(model, images, "conv_2").shape == (3, 16, 16, 16)
