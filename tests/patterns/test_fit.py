"""A fit as a job: one pass, gone on with after a stop, kept by content, and what it says of images it cannot use."""

import threading
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from innv_gui import analyzers
from innv_gui.cluster.jobs import Jobs
from innv_gui.cluster.tasks import TASKS
from innv_gui.datasets import open_dataset
from innv_gui.errors import AnalyzerRefused, BadInput, Cancelled, Conflict, StorageFailed, WorkFailed
from innv_gui.extensions.calling import function
from innv_gui.records import ModelSource, Preprocessing, replace
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.inspect import inspect
from innv_gui.runtimes.keras.patterns import fit as worker
from innv_gui.runtimes.keras.patterns import kept
from innv_gui.session.datasets import Dataset
from innv_gui.session.explain.map_keys import map_key
from innv_gui.session.explain.request import check_request
from innv_gui.session.explain.work import ModelWork
from innv_gui.session.models import ModelEntry, _model
from innv_gui.session.patterns import fitting
from innv_gui.session.patterns.shelf import Patterns
from tests.conftest import SAMPLES

N = 20


class Workers:
    """The pool, in this process. before: called before each task."""

    def __init__(self):
        self.before, self.begins, self.hurried = lambda: None, [], False

    def start(self, kind):
        """There already."""

    def run(self, name, *arguments, cancelled=None, about="", background=False):
        self.before()
        self.begins.append(arguments[3])
        return function(TASKS[name].address)(*arguments, stopped=cancelled.is_set, make_way=lambda: self.hurried)


@pytest.fixture(scope="module")
def model():
    source = ModelSource("keras", str(SAMPLES / "digits_cnn.keras"))
    facts = inspect(source)
    entry = ModelEntry(
        "m1", "digits_cnn", "A", "digits_cnn.keras", facts.source, {"preprocessing": Preprocessing("unit")}
    )
    return _model(entry, facts)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Twenty pictures, of which the last is none."""
    folder, rng = tmp_path_factory.mktemp("pictures"), np.random.default_rng(1)
    for number in range(N - 1):
        Image.fromarray(rng.integers(0, 255, (32, 32), np.uint8)).save(folder / f"{number:02d}.png")
    (folder / f"{N - 1:02d}.png").write_bytes(b"no picture")
    return dataset(folder)


def dataset(path):
    return Dataset("d1", path.name, open_dataset(str(path)))


@pytest.fixture
def fits(tmp_path, monkeypatch):
    """A shelf with workers in this process; each task writes what it has summed."""
    monkeypatch.setattr(worker, "WRITE_S", 0.0)
    monkeypatch.setattr(fitting, "CHUNK", 8)
    worker._known.clear()
    pool, jobs = Workers(), Jobs()
    known = Patterns(lambda: pool, jobs, tmp_path / "patterns", lambda model: True)
    yield SimpleNamespace(shelf=known, pool=pool, folder=tmp_path / "patterns")
    jobs.close()


def result(job):
    job.wait()
    return job.result


def test_a_fit_goes_through_all_images_once_and_counts_those_it_could_not_use(fits, model, pictures):
    job = fits.shelf.start(model, pictures)
    fit = result(job)
    assert (fit.n_images, fit.n_problems, fit.dataset) == (N - 1, 1, pictures.name)
    assert fits.pool.begins == [0, 8, 16] and job.done == N and "1 images could not be used" in job.message
    assert fits.shelf.of(model) == fit and {path.name for path in fits.folder.rglob("*.*")} == {
        "about.json",
        "patterns.npz",
    }


def test_what_is_fitted_already_is_taken(fits, model, pictures):
    first = result(fits.shelf.start(model, pictures))
    assert result(fits.shelf.start(model, pictures)) == first and len(fits.pool.begins) == 3


def test_a_fit_that_was_stopped_goes_on_and_gives_the_same_patterns(fits, model, pictures, tmp_path):
    whole = result(fits.shelf.start(model, pictures))
    other = Patterns(lambda: fits.pool, Jobs(), tmp_path / "again", lambda model: True)
    fits.pool.begins.clear()

    def cancel_at_the_third():
        if len(fits.pool.begins) == 2:
            jobs[0].cancel()

    jobs, started = [], threading.Event()
    fits.pool.before = lambda: (started.wait(), cancel_at_the_third())
    job = other.start(model, pictures)
    jobs.append(job)
    started.set()
    with pytest.raises(Cancelled):
        job.wait()
    assert other.of(model) is None
    fits.pool.before = lambda: None
    worker._known.clear()  # as in a worker that was started again
    fits.pool.begins.clear()
    assert result(other.start(model, pictures)).sha256 == whole.sha256
    assert fits.pool.begins[:2] == [0, 16]


def test_a_fit_makes_way_between_two_batches(fits, model, pictures, monkeypatch):
    monkeypatch.setattr(fitting, "CHUNK", 64)
    whole = result(fits.shelf.start(model, pictures[:]))
    other = Patterns(lambda: fits.pool, Jobs(), fits.folder / "other", lambda model: True)
    fits.pool.hurried = True
    fits.pool.begins.clear()
    assert result(other.start(model, pictures)).sha256 == whole.sha256
    assert fits.pool.begins == [0, 8, 16]


def test_the_newest_fit_of_a_model_is_in_use(fits, model, pictures):
    some = pictures[:10]
    whole, part = result(fits.shelf.start(model, pictures)), result(fits.shelf.start(model, some))
    assert whole.sha256 != part.sha256 and fits.shelf.of(model) == part
    assert result(fits.shelf.start(model, pictures)) == fits.shelf.of(model) == whole


def test_another_preprocessing_has_no_fit(fits, model, pictures):
    result(fits.shelf.start(model, pictures))
    assert fits.shelf.of(replace(model, preprocessing=Preprocessing("symmetric"))) is None


def test_pictures_that_changed_are_fitted_again(fits, model, pictures, tmp_path):
    folder = tmp_path / "changing"
    folder.mkdir()
    for number in range(9):
        Image.fromarray(np.full((32, 32), number * 20, np.uint8)).save(folder / f"{number}.png")
    first = result(fits.shelf.start(model, dataset(folder)))
    Image.fromarray(np.eye(32, dtype=np.uint8) * 255).save(folder / "3.png")
    assert result(fits.shelf.start(model, dataset(folder))).sha256 != first.sha256


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_images_are_refused_before_anything_is_done(fits, model, pictures, count):
    with pytest.raises(BadInput, match=f"at least 2 images; got {count}"):
        fits.shelf.start(model, pictures[:count])
    assert fits.pool.begins == []


def test_images_that_cannot_be_used_are_no_images(fits, model, pictures):
    with pytest.raises(BadInput, match="at least 2 images that can be used; got 1"):
        result(fits.shelf.start(model, pictures[N - 2 :]))


def test_numbers_that_are_not_finite_are_left_out(fits, model, tmp_path):
    rows = np.random.default_rng(2).random((12, 32, 32, 1), np.float32)
    np.save(tmp_path / "good.npy", rows[2:])
    rows[0], rows[1, 3, 4] = np.nan, np.inf
    np.save(tmp_path / "all.npy", rows)
    good, all = (result(fits.shelf.start(model, dataset(tmp_path / f"{name}.npy"))) for name in ("good", "all"))
    assert (good.n_images, all.n_images, all.n_problems) == (10, 10, 2)
    one, other = (kept.patterns(fit.folder, "x") for fit in (good, all))
    assert all_close(one, other)


def all_close(one, other):
    return all(np.allclose(one[key], other[key], rtol=1e-4, atol=1e-6) for key in one)


def test_images_that_are_all_the_same_teach_nothing(fits, model, tmp_path):
    np.save(tmp_path / "same.npy", np.full((9, 32, 32, 1), 0.5, np.float32))
    with pytest.raises(WorkFailed, match="No pattern of .* could be learnt"):
        result(fits.shelf.start(model, dataset(tmp_path / "same.npy")))


def test_a_model_that_is_removed_meanwhile_ends_its_fit_with_a_sentence(fits, model, pictures, tmp_path):
    there = threading.Event()
    shelf = Patterns(lambda: fits.pool, Jobs(), tmp_path / "removed", lambda model: not there.is_set())
    fits.pool.before = lambda: len(fits.pool.begins) == 1 and there.set()
    with pytest.raises(Conflict, match="digits_cnn was removed while"):
        result(shelf.start(model, pictures))


def test_a_damaged_fit_is_made_again(fits, model, pictures):
    fit = result(fits.shelf.start(model, pictures))
    for name, damage in (("about.json", b"{"), ("patterns.npz", b"PK"), ("patterns.npz", None)):
        path = next(fits.folder.rglob(name))
        path.unlink() if damage is None else path.write_bytes(damage)
        if name == "about.json" or damage is None:
            assert fits.shelf.of(model) is None
        assert result(fits.shelf.start(model, pictures)).sha256 == fit.sha256
        assert fits.shelf.of(model) == fit


def test_damaged_sums_are_summed_again(fits, model, pictures):
    fit = result(fits.shelf.start(model, pictures))
    folder = next(fits.folder.rglob("about.json")).parent
    (folder / "about.json").unlink()
    (folder / kept.SUMS).write_bytes(b"PK\x03\x04 damaged")
    assert result(fits.shelf.start(model, pictures)).sha256 == fit.sha256


def test_a_full_disk_is_a_sentence(fits, model, pictures, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept.np, "savez", full)
    with pytest.raises(StorageFailed, match="the disk is full"):
        result(fits.shelf.start(model, pictures))
    assert not list(fits.folder.rglob("*.npz"))


def test_a_network_that_needs_too_much_memory_is_refused(fits, model, pictures, monkeypatch):
    loading.load(model.source).compiled.pop(("patterns",), None)
    monkeypatch.setattr(worker, "MOST_BYTES", 1000)
    with pytest.raises(AnalyzerRefused, match="GB of memory"):
        result(fits.shelf.start(model, pictures))


def request_of(model, name="pattern.net"):
    return SimpleNamespace(analyzer=analyzers.get(name), params={}, engine="native", unchecked=False, models=(model,))


def test_a_method_without_its_fit_says_what_to_do(model):
    work = ModelWork(request_of(model), model, None, None, None)
    with pytest.raises(
        AnalyzerRefused, match="needs patterns fitted on images, and digits_cnn has none.*fit_patterns"
    ) as no:
        work._fit()
    assert "innv-gui fit-patterns" in str(no.value) and "Visualize" in str(no.value)


def test_every_method_that_needs_a_fit_is_given_the_one_in_use(fits, model, pictures):
    asked = check_request(model, np.zeros((1, 32, 32, 1), np.float32), "pattern.net")
    assert fits.shelf.given(asked, [asked.analyzer]).models[0].fit is None
    fit = result(fits.shelf.start(model, pictures))
    assert fits.shelf.given(asked, [asked.analyzer]).models[0].fit == fit
    other = check_request(model, np.zeros((1, 32, 32, 1), np.float32), "gradient")
    assert fits.shelf.given(other, [other.analyzer]) is other


def test_a_fit_is_part_of_a_map_s_key(fits, model, pictures):
    asked, keys = check_request(model, np.zeros((1, 32, 32, 1), np.float32), "pattern.net"), []
    for images in (pictures, pictures[:9], pictures):
        result(fits.shelf.start(model, images))
        given = fits.shelf.given(asked, [asked.analyzer])
        keys.append(map_key(given, given.models[0], given.targets[0], given.items[0]))
    assert keys[0] == keys[2] != keys[1]
