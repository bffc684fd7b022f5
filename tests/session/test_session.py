"""The Python contract: what scripts and notebooks rely on."""

import threading

import numpy as np
import pytest
from PIL import Image

from innv_gui import Session, analyzers
from innv_gui.errors import AnalyzerRefused, BadInput, Cancelled, ImageRefused, ModelRefused, NotFound
from innv_gui.session.explain.request import check_request
from tests.conftest import ROOT, SAMPLES


def test_maps_are_in_the_models_geometry_one_target_an_image(session, sample_models, sample_datasets):
    model = sample_models["weather_clean"]
    run = session.explain(models=[model], images=sample_datasets["weather"][:3], analyzer="gradient")
    explanation = run[model]
    assert explanation.maps.shape == (3, 1, 64, 64, 3) and explanation.maps.dtype == np.float32
    assert explanation.targets.shape == (3, 1) and explanation.engine == "native"
    assert explanation.seconds > 0 and len(explanation.health) == 3


def test_the_predicted_class_is_the_target_by_default(session, sample_models, sample_datasets):
    model, images = sample_models["digits_cnn"], sample_datasets["digits"][::150]
    run = session.explain(models=model, images=images, analyzer="gradient")
    probabilities = session.predict(model, images)
    assert probabilities.shape == (len(images), 10) and probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-5)
    np.testing.assert_array_equal(run[model].targets[:, 0], probabilities.argmax(1))
    np.testing.assert_allclose(run[model].probabilities, probabilities, atol=1e-6)


def test_a_class_is_chosen_by_name_or_index(session, sample_models, sample_datasets):
    model, images = sample_models["weather_clean"], sample_datasets["weather"][:2]
    by_name = session.explain(model, images, "gradient", {"postprocess": "none"}, class_="vehicle")[model]
    by_index = session.explain(model, images, "gradient", {"postprocess": "none"}, class_=1)[model]
    other = session.explain(model, images, "gradient", {"postprocess": "none"}, class_="tree")[model]
    np.testing.assert_array_equal(by_name.maps, by_index.maps)
    assert (by_name.targets == 1).all() and not np.allclose(by_name.maps, other.maps)


def test_arrays_are_network_input_as_they_are(session, sample_models, sample_datasets):
    model, images = sample_models["weather_clean"], sample_datasets["weather"][:2]
    run = session.explain(model, images, "gradient", {"postprocess": "none"})
    x = np.stack([kept.x for kept in run[model].kept()])
    again = session.explain(model, x, "gradient", {"postprocess": "none"})
    np.testing.assert_allclose(again[model].maps, run[model].maps, atol=1e-6)
    np.testing.assert_allclose(session.predict(model, x), session.predict(model, images), atol=1e-6)


@pytest.mark.parametrize("shape", [(64, 64, 3), (1, 32, 32, 3), (1, 64, 64, 1), (0, 64, 64, 3)])
def test_arrays_of_another_shape_are_refused(session, sample_models, shape):
    with pytest.raises(BadInput):
        session.explain(sample_models["weather_clean"], np.zeros(shape, np.float32), "gradient")


def test_several_models_are_explained_in_one_run(session, sample_models, sample_datasets):
    models = [sample_models["weather_shortcut"], sample_models["weather_clean"]]
    run = session.explain(models, sample_datasets["weather"][:2], "grad_cam")
    assert [run[model].maps.shape for model in models] == [(2, 1, 64, 64, 1)] * 2
    with pytest.raises(NotFound):
        run[sample_models["digits_cnn"]]


def test_a_dataset_has_a_length_and_slices(sample_datasets):
    digits = sample_datasets["digits"]
    assert len(digits) == 1797 and len(digits[:4]) == 4 and len(digits[::2]) == 899 and len(digits[[3, 1]]) == 2
    assert [ref.name for ref in digits[[3, 1]]] == [digits[3].name, digits[1].name]
    assert len(digits[10:20][2:4]) == 2 and digits[10:20][2].name == digits[12].name


def test_a_method_that_does_not_apply_is_a_named_refusal(session, sample_models, sample_datasets):
    with pytest.raises(AnalyzerRefused, match="no layer has spatial output"):
        session.explain(sample_models["digits_mlp"], sample_datasets["digits"][:1], "grad_cam")


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"analyzer": "lrp.nope"}, "analyzer"),
        ({"params": {"epsilon": 0}}, "params.epsilon"),
        ({"params": {"epsilon": float("nan")}}, "params.epsilon"),
        ({"params": {"nope": 1}}, "params.nope"),
        ({"layer": "nope"}, "layer"),
        ({"layer": "image"}, "layer"),
        ({"neuron": 10}, "neuron"),
        ({"neuron": -1}, "neuron"),
        ({"neuron": 1, "top_neurons": 4}, "top_neurons"),
        ({"neuron": 1, "class_": 3}, "neuron"),
        ({"analyzer": "grad_cam", "params": {}, "engine": "innvestigate"}, "engine"),
        ({"top_neurons": 5}, "top_neurons"),
        ({"class_": 99}, "class"),
        ({"class_": "-1"}, "class"),
        ({"engine": "magic"}, "engine"),
        ({"images": []}, "images"),
        ({"models": []}, "models"),
    ],
)
def test_what_cannot_be_used_is_refused_naming_the_field(session, sample_models, sample_datasets, wish, field):
    request = {
        "models": [sample_models["digits_cnn"]],
        "images": sample_datasets["digits"][:1],
        "analyzer": "lrp.epsilon",
        **wish,
    }
    with pytest.raises(BadInput) as caught:
        session.explain(**request)
    assert caught.value.field == field


def test_a_worker_killed_in_a_run_changes_no_number(session, sample_models, sample_datasets):
    model, images = sample_models["digits_cnn"], sample_datasets["digits"][100:148]
    analyzer, params = "smoothgrad", {"augment_by_n": 64}
    request = check_request(model, images, analyzer, params)
    run = session.start_explain(request)
    killed = False
    while not run.job.ended(0.002):
        if run.job.done >= 8 and not killed:
            session.pool.kill("keras")
            killed = True
    assert killed and run.job.status == "done"
    first = run[model].maps
    session.store.forget([run.cell(model, position).key for position in range(48)])
    again = session.explain(model, images, analyzer, params)
    assert not any(cell.cached for cell in again[model].cells)
    np.testing.assert_array_equal(first, again[model].maps)


def test_cancel_says_so_at_once_keeps_what_is_finished_and_frees_the_worker(session, sample_models, sample_datasets):
    model, images = sample_models["digits_cnn"], sample_datasets["digits"][200:260]
    request = check_request(model, images, "smoothgrad", {"augment_by_n": 1024})
    run = session.start_explain(request)
    while run.job.done == 0:
        run.job.ended(0.05)
    run.job.cancel()
    assert run.job.as_json()["status"] == "cancelled"
    with pytest.raises(Cancelled):
        run.job.wait(10)
    assert run.job.ended(5)
    done = [run.cell(model, position).status for position in range(60)].count("done")
    assert 0 < done < 60 and run[model].maps.shape[0] == done


def test_bad_images_are_left_out_and_said(session, sample_models, tmp_path):
    for number in range(12):
        Image.new("L", (32, 32), number * 20).save(tmp_path / f"{number}.png")
    (tmp_path / "bad.png").write_bytes(b"no")
    (tmp_path / "cut.png").write_bytes((tmp_path / "1.png").read_bytes()[:40])
    model = sample_models["digits_cnn"]
    run = session.explain(model, session.add_dataset(tmp_path), "grad_cam")
    assert run[model].maps.shape[0] == 12 and {p.name for p in run.problems} == {"bad.png", "cut.png"}
    with pytest.raises((BadInput, ImageRefused), match=r"bad\.png"):
        session.explain(model, session.add_dataset(tmp_path / "bad.png"), "grad_cam")


def test_an_image_that_vanishes_after_opening_is_said(session, sample_models, tmp_path):
    for number in range(3):
        Image.new("L", (32, 32), number * 20).save(tmp_path / f"{number}.png")
    dataset = session.add_dataset(tmp_path)
    (tmp_path / "1.png").unlink()
    run = session.explain(sample_models["digits_cnn"], dataset, "grad_cam")
    assert [problem.name for problem in run.problems] == ["1.png"]


def test_a_kept_map_is_not_used_for_a_file_that_changed(session, sample_models, tmp_path):
    model = sample_models["digits_cnn"]
    Image.new("L", (32, 32), 50).save(tmp_path / "a.png")
    first = session.explain(model, [tmp_path / "a.png"], "gradient", {"postprocess": "none"})
    noise = np.random.default_rng(0).integers(0, 255, (32, 32), np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.png")
    second = session.explain(model, [tmp_path / "a.png"], "gradient", {"postprocess": "none"})
    assert not second[model].cells[0].cached and not np.allclose(first[model].maps, second[model].maps)


@pytest.mark.usefixtures("lent_workers")
def test_a_kept_map_is_not_used_for_a_hooks_file_that_changed(tmp_path):
    hooks, shade = tmp_path / "hooks.py", "import numpy as np\ndef preprocess(images):\n    return np.full({}, {})\n"
    Image.fromarray(np.zeros((8, 8), np.uint8)).save(tmp_path / "a.png")
    found = []
    for value in (0.25, 0.75):
        hooks.write_text(shade.format("(len(images), 32, 32, 1)", value))
        with Session(tmp_path / "w", hooks=str(hooks)) as session:
            model = session.add_model(SAMPLES / "digits_cnn.keras")
            found.append(session.explain(model, session.add_dataset(tmp_path)[:1], "input")[model].maps)
    assert found[0].max() == 0.25 and found[1].max() == 0.75


def test_a_model_that_is_not_there_or_broken_is_refused_and_the_session_goes_on(session, sample_models, tmp_path):
    with pytest.raises(BadInput, match="no model file"):
        session.add_model(tmp_path / "none.keras")
    (tmp_path / "cut.keras").write_bytes((SAMPLES / "digits_cnn.keras").read_bytes()[:5000])
    with pytest.raises(ModelRefused, match=r"cut\.keras"):
        session.add_model(tmp_path / "cut.keras")
    with pytest.raises(BadInput, match="VGG16@random"):
        session.add_model("VGG16")
    assert session.add_model(SAMPLES / "digits_cnn.keras", name="again").n_classes == 10


def test_class_names_come_from_a_file_and_have_to_fit(session, tmp_path):
    (tmp_path / "names.txt").write_text("\n".join("abcdefghij"))
    model = session.add_model(SAMPLES / "digits_cnn.keras", classes=tmp_path / "names.txt")
    assert model.class_names[2] == "c"
    (tmp_path / "few.json").write_text('["a", "b"]')
    with pytest.raises(BadInput, match="10"):
        session.add_model(SAMPLES / "digits_cnn.keras", classes=tmp_path / "few.json")


def test_labels_that_do_not_fit_the_models_classes_are_said(session, sample_datasets):
    model = session.add_model(SAMPLES / "weather_clean.keras", classes=["tree", "car"])
    run = session.explain(model, sample_datasets["weather"][-1:], "grad_cam")
    assert "1 of 1 images matches no class of" in run.notes(model)[0] and "vehicle" in run.notes(model)[0]


def test_closing_a_session_leaves_no_process_behind(tmp_path):
    session = Session(tmp_path / "w")
    session.warm_up("images")
    session.pool.wait_ready("images")
    pid = session.pool.pid("images")
    session.close()
    import psutil

    assert not psutil.pid_exists(pid)


def test_the_list_of_networks_is_keras_own():
    import keras

    from innv_gui.applications import APPLICATIONS

    assert tuple(name for name in dir(keras.applications) if name[0].isupper()) == APPLICATIONS


def test_runs_of_several_threads_do_not_mix(session, sample_models, sample_datasets):
    model = sample_models["digits_cnn"]
    results = {}

    def work(number):
        run = session.explain(model, sample_datasets["digits"][number : number + 2], "input_t_gradient")
        results[number] = run[model].names

    threads = [threading.Thread(target=work, args=(number,)) for number in (300, 400, 500)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {n: names[0] for n, names in results.items()} == {n: sample_datasets["digits"][n].name for n in results}


def test_every_analyzer_is_declared_with_a_runtime_that_exists():
    assert {runtime for analyzer in analyzers.all() for runtime in analyzer.runtimes} <= {"native", "innvestigate"}
    assert (ROOT / "innv_gui" / "runtimes").is_dir()
