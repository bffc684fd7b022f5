"""Which model a record, a script or a file means: one output of a file, under one custom preprocessing."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from innv_gui import Session
from innv_gui.errors import Cancelled, Conflict
from innv_gui.records import ModelSource, Preprocessing, replace
from innv_gui.session.explore.evidence import ranking_of
from innv_gui.session.keep import session_file
from innv_gui.session.labels import by_hand
from innv_gui.session.retraining.shelf import Retrainings
from innv_gui.session.workshop.script import script_of

CORNER = (0, 0, 0.25, 0.25)
WISHES = {"preprocessing": "unit", "classes": ["left", "right"]}

pytestmark = pytest.mark.usefixtures("lent_workers")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """28 x 28 x 1, as the Workshop takes it."""
    import keras

    keras.utils.set_random_seed(3)
    image = keras.Input((28, 28, 1))
    hidden = keras.layers.Dense(8, activation="relu")(keras.layers.Flatten()(image))
    outputs = [keras.layers.Dense(2, activation="softmax", name=name)(hidden) for name in ("first", "second")]
    path = tmp_path_factory.mktemp("outputs") / "two.keras"
    keras.Model(image, outputs).save(path)
    return path


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("outputs") / "pictures", np.random.default_rng(0)
    for name in WISHES["classes"]:
        (folder / name).mkdir(parents=True)
        for k in range(12):
            Image.fromarray(rng.integers(0, 256, (28, 28), np.uint8)).save(folder / name / f"{k}.png")
    return folder


@pytest.fixture
def explained(tmp_path, file, pictures):
    """A workspace in which the second output was explained, the run, its maps, and the session's file."""
    with Session(tmp_path / "first") as first:
        models = [first.add_model(file, output=k, **WISHES) for k in (0, 1)]
        runs = [first.explain(model, first.add_dataset(pictures)[:2], "gradient") for model in models]
        maps = [run[model].maps for run, model in zip(runs, models, strict=True)]
        assert abs(maps[0] - maps[1]).max() > 1e-3
        return tmp_path / "first", runs[1].id, maps[1], session_file.read_file(first.save(tmp_path / "session.json"))


def test_an_earlier_run_is_reopened_on_its_output(explained, file, pictures):
    folder, id, maps, _ = explained
    with Session(folder) as second:
        second.add_dataset(pictures)
        other = second.add_model(file, output=0, **WISHES)
        run = second.run(id)
        run.job.wait()
        assert run.models[0].id != other.id and run.models[0].source.output == 1
        np.testing.assert_array_equal(run[run.models[0]].maps, maps)


@pytest.mark.parametrize("door", ["run", "restored"])
def test_what_was_chosen_after_a_run_outlives_its_being_reopened(explained, tmp_path, file, pictures, door):
    folder, id, *_ = explained
    with Session(folder) as second:
        model, dataset = second.add_model(file, output=1), second.add_dataset(pictures)
        second.models.change(model.id, class_names=["west", "east"])
        second.models.map_labels(model.id, dataset, {"left": "east"})
    with Session(folder) as third:
        if door == "run":
            third.run(id).job.wait()
        else:
            assert third.restore(tmp_path / "session.json") == []
        (model,) = [entry.model for entry in third.models.entries() if entry.model.source.output == 1]
        (dataset,) = [entry.dataset for entry in third.datasets.entries()]
        assert model.class_names == ("west", "east") and by_hand(model, dataset) == {"left": 1}
        third.models.map_labels(model.id, dataset, {"right": "west"})
    with Session(folder) as fourth:
        model = fourth.add_model(file, output=1)
        assert by_hand(model, fourth.add_dataset(pictures)) == {"left": 1, "right": 0}


def test_runs_of_a_sent_session_are_taken_over_on_their_output(explained, tmp_path, file, pictures):
    *_, record = explained
    with Session(tmp_path / "second") as second:
        second.add_dataset(pictures)
        second.add_model(file, output=0, **WISHES)
        taken, missing = session_file.take_over(second, record)
        assert taken == 1 and missing == ["model two-2 (two.keras, output 1)"]
        second.add_model(file, output=1, **WISHES)
        assert session_file.take_over(second, record) == (2, [])
        sources = {one["models"][0]["name"]: one["models"][0]["source"]["output"] for one in second.history.all()}
        assert sources == {"two": 0, "two-2": 1}


def test_a_run_of_the_workshop_goes_on_with_its_output(tmp_path, file):
    with Session(tmp_path) as first:
        run = first.workshop.start(
            first.workshop.check(["box", "disk"], model=first.add_model(file, output=1), epochs=90)
        )
        run.job.cancel()
        with pytest.raises(Cancelled):
            run.wait()
    with Session(tmp_path) as second:
        (found,) = second.workshop.runs.all()
        second.add_model(file, output=0)
        with pytest.raises(Conflict, match="which is not open"):
            second.workshop.resume(found.id)
        second.add_model(file, output=1)
        second.workshop.resume(found.id).wait()
        assert found.request.recipe.source.output == 1 and "output=1)" in script_of(found)
        other = second.workshop.check(["box", "disk"], model=second.models.entries()[0].model, epochs=90)
        same = replace(other, file=found.request.file)
        assert same.key != found.request.key, "another output has other numbers, whatever it is called"


def test_a_retraining_is_listed_where_its_output_is_open(tmp_path, file, pictures):
    with Session(tmp_path) as session:
        models = [session.add_model(file, output=k, **WISHES) for k in (0, 1)]
        one = session.retrain(models[1], session.add_dataset(pictures), [CORNER], steps=0)
        old = session.retrainings
        listed = lambda: Retrainings(old._pool, old._jobs, old._models, old._opening, old._kept).newest_first()  # noqa: E731
        assert [found.id for found in listed()] == [one.id] and listed()[0].request.model.id == models[1].id
        session.remove_model(models[1].id)
        assert listed() == []


@pytest.mark.parametrize("change", ["output", "preprocessing"])
def test_evidence_of_another_output_or_rule_is_not_that_of_these_models(change):
    source, rule = ModelSource("keras", "two.keras", sha256="a", output=0), Preprocessing("unit")
    first = SimpleNamespace(source=source, preprocessing=rule)
    second = SimpleNamespace(source=replace(source, output=1), preprocessing=rule)
    changed = {"output": {"source": replace(source, output=2)}, "preprocessing": {"preprocessing": Preprocessing("tf")}}
    other = SimpleNamespace(**vars(second) | changed[change])
    dataset = SimpleNamespace(collection=object())
    ranking = SimpleNamespace(request=SimpleNamespace(models=(first, second), dataset=dataset), n_ranked=1)
    assert ranking_of([ranking], (second, first), dataset) is ranking
    assert ranking_of([ranking], (first, other), dataset) is None


HALF = "import numpy as np\ndef preprocess(images):\n    return np.full((len(images), 28, 28, 1), 0.5)\n"


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (HALF, None, "with custom preprocessing, which this session does not have. .*--hooks"),
        (None, HALF, "without custom preprocessing, which this session has"),
        (HALF, HALF.replace("0.5", "0.7"), "with other custom preprocessing than this session has"),
        (HALF, HALF, None),
        (None, None, None),
    ],
)
def test_a_run_is_not_reopened_under_another_custom_preprocessing(tmp_path, file, pictures, before, now, words):
    def hooks(content):
        """Under one name: the content counts."""
        (tmp_path / "hooks.py").write_text(content or "")
        return str(tmp_path / "hooks.py") if content else None

    with Session(tmp_path / "first", hooks=hooks(before)) as first:
        model = first.add_model(file, output=1)
        id = first.explain(model, first.add_dataset(pictures)[:1], "input").id
        saved = first.save(tmp_path / "session.json")
    with Session(tmp_path / "first", hooks=hooks(now)) as second:
        if words is None:
            assert second.restore(saved) == [] and second.run(id).job.wait() is not None
            return
        second.add_model(file, output=1)
        with pytest.raises(Conflict, match=words):
            second.run(id)
        (why,) = second.restore(saved)
        assert why.startswith("two: two.keras was used with")
        assert len(second.models.entries()) == 1
        old = second.history.get(id)
        second.history.put(old | {"models": [{k: v for k, v in one.items() if k != "hooks"} for one in old["models"]]})
        assert second.run(id).job.wait() is not None, "records of earlier versions say nothing of it"
