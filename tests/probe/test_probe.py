"""The accuracy probe: its statistics against plain twins, and the right preprocessing for networks trained with it."""

from __future__ import annotations

import math
import shutil
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from rich.console import Console

from innv_gui import Session
from innv_gui.cli import main
from innv_gui.commands.check import _table
from innv_gui.errors import BadInput
from innv_gui.records import UNREAD, ImageRef, ModelSource, Preprocessing
from innv_gui.runtimes.keras.predict.probe import answers
from innv_gui.samples import digits
from innv_gui.session.probe.probe import Probe, percent
from innv_gui.session.probe.sample import arithmetic, candidates, sample
from innv_gui.session.probe.work import ProbeWork
from innv_gui.suggestions.rule_comparison import (
    CLEAR,
    compared,
    interval,
    is_near_chance,
    p_value,
    right_when_assigned,
)
from innv_gui.web.app import create_app
from tests.browser.pages import WAIT_MS
from tests.probe import probed_models

# --- statistics ---------------------------------------------------------------------------------------------------


def coin(k: int, n: int) -> float:
    return sum(math.comb(n, i) for i in range(k + 1)) / 2**n


@pytest.mark.parametrize("only_one, only_other", [(0, 0), (1, 0), (5, 5), (0, 7), (0, 8), (12, 3), (40, 20), (3, 90)])
def test_p_is_that_of_a_coin_thrown_for_every_image_that_tells_two_rules_apart(only_one, only_other):
    one = np.r_[np.ones(only_one, bool), np.zeros(only_other, bool), np.ones(9, bool), np.zeros(4, bool)]
    other = np.r_[np.zeros(only_one, bool), np.ones(only_other, bool), np.ones(9, bool), np.zeros(4, bool)]
    expected = min(1.0, 2 * coin(min(only_one, only_other), only_one + only_other))
    assert p_value(one, other) == pytest.approx(expected)
    assert p_value(one, other) == p_value(other, one)


@pytest.mark.parametrize("seed", range(20))
def test_advice_is_given_only_where_the_best_is_clearly_better_than_the_current_rule(seed):
    random = np.random.default_rng(seed)
    shares = random.uniform(0.1, 0.95, 6)
    right = random.random((6, 60)) < shares[:, None]
    found = compared(right, current=int(random.integers(6)))
    counts = right.sum(axis=1)
    assert counts[found.best] == counts.max()
    clear = p_value(right[found.best], right[found.current]) < CLEAR
    assert (found.advised is not None) == clear and (found.current in found.tied) != clear
    assert all(counts[rule] > counts[found.current] for rule in found.better)


def test_of_equal_rules_the_current_one_stays_and_nothing_is_advised():
    right = np.ones((4, 30), bool)
    found = compared(right, current=2, preferred=1)
    assert (found.best, found.advised, found.tied) == (2, None, (0, 1, 2, 3))
    right[2, :20] = False
    assert compared(right, current=2, preferred=1).advised == 1


def probe_of(*n_right: int) -> Probe:
    """A rule in use and others, right on the first of 80 images."""
    rules = tuple(Preprocessing(mode) for mode in ("torch", "symmetric", "unit")[: len(n_right)])
    model = SimpleNamespace(facts=SimpleNamespace(preprocessing=rules[0]), n_classes=2)
    images = SimpleNamespace(classes=np.ones(80, int), dataset=SimpleNamespace(name="photos"))
    predicted = (np.arange(80) < np.array(n_right)[:, None]).astype(np.int32)
    return Probe(model, images, rules, predicted, rules[0])


@pytest.mark.parametrize(
    "n_right, said",
    [
        ((65, 70), "more right, 88 % instead of 81 %, but that may be luck: 80 images cannot distinguish it"),
        ((54, 71), "89 % right instead of 68 % of 80 images of photos."),
        ((71, 20), "The rule in use gets the most images right."),
        ((71, 70), "gets the most images right. 80 images cannot distinguish it from 1 other."),
    ],
)
def test_the_verdict_never_passes_over_a_rule_that_has_more_right(n_right, said):
    assert said in probe_of(*n_right).verdict


@pytest.mark.parametrize(
    "first, second, verdict",
    [
        (0.9, 0.5, "By the best assignment of classes to labels: the rule in use gets the most images right."),
        (0.8, 0.84, "By the best assignment of classes to labels: Scaled to [0, 1] gets more right, "),
        (0.5, 0.9, "Scaled to [0, 1]: 90 % right instead of 50 % of 100 images of photos by the best assignment of "),
    ],
)
def test_the_verdict_says_what_is_compared_where_class_names_are_assumed(first, second, verdict, capsys):
    """Its figures are those of another order; by the names as they are, the other rule has more right, or none."""
    rules = (Preprocessing("none"), Preprocessing("unit"))
    classes = np.arange(100) % 2
    share = lambda part: np.where(np.arange(100) // 2 < 50 * part, 1 - classes, classes)  # noqa: E731
    facts = SimpleNamespace(preprocessing=rules[0])
    images = SimpleNamespace(classes=classes, dataset=SimpleNamespace(name="photos"))
    predicted = np.stack([share(first), share(second)]).astype(np.int32)
    found = Probe(SimpleNamespace(facts=facts, n_classes=2), images, rules, predicted, rules[0], names_assumed=True)
    assert found.verdict.startswith(verdict)
    Console(width=130).print(_table(found))
    head, *rows = [line for line in capsys.readouterr().out.splitlines() if "%" in line]
    assert "Best order" in head
    most = percent(max(first, second))
    assert most in rows[0] and (("in use" in rows[0]) == (first > second))


@pytest.mark.parametrize("k, n", [(0, 20), (3, 20), (20, 20), (70, 200)])
def test_the_interval_holds_what_would_give_as_much_in_one_of_forty_times(k, n):
    def at_least(p, k):
        return sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))

    low, high = interval(k, n)
    assert low == 0 if k == 0 else at_least(low, k) == pytest.approx(0.025, abs=1e-6)
    assert high == 1 if k == n else 1 - at_least(high, k + 1) == pytest.approx(0.025, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_the_best_assignment_makes_up_for_any_order_of_names(seed):
    random = np.random.default_rng(seed)
    classes = random.integers(0, 5, 100)
    answers = np.where(random.random(100) < 0.8, classes, random.integers(0, 5, 100))
    shuffled = random.permutation(5)[answers]
    assert np.array_equal(right_when_assigned(shuffled, classes, 5), answers == classes)
    lost = np.where(np.arange(100) < 10, -2, shuffled)
    assert not right_when_assigned(lost, classes, 5)[:10].any()


def test_chance_is_the_most_frequent_class():
    classes = np.r_[np.zeros(80, int), np.ones(20, int)]
    assert is_near_chance(classes == 0, classes) and not is_near_chance(np.arange(100) < 95, classes)


@pytest.mark.parametrize("share, words", [(0, "0 %"), (0.001, "1 %"), (0.354, "35 %"), (0.999, "99 %"), (1, "100 %")])
def test_all_and_none_are_said_of_nothing_less(share, words):
    assert percent(share) == words


# --- what is looked at --------------------------------------------------------------------------------------------


def test_a_sample_is_spread_over_the_classes_and_always_the_same(sample_datasets):
    dataset = sample_datasets["digits"]
    class_of = {str(digit): digit for digit in range(10)}
    chosen = sample(dataset, class_of)
    assert len(chosen) == 200 and np.bincount(chosen.classes).tolist() == [20] * 10
    assert np.array_equal(chosen.positions, sample(dataset, class_of).positions)
    assert all(int(ref.label) == place for ref, place in zip(chosen.refs(0, 200), chosen.classes, strict=True))
    few = sample(dataset, {"3": 0, "5": 1}, most=7)
    assert sorted(np.bincount(few.classes).tolist()) == [3, 4]
    assert len(sample(dataset, class_of, most=3)) == 3 and len(sample(dataset, {})) == 0
    part = dataset[5:30]
    assert set(sample(part, class_of).positions) == set(range(5, 30))


def test_every_rule_is_tried_once_and_colour_rules_for_colour_networks_only(sample_models):
    grey, colour = candidates(sample_models["digits_cnn"]), candidates(sample_models["weather_clean"])
    assert [rule.mode for rule in grey] == ["unit", "none", "symmetric"]
    assert len(colour) == len({arithmetic(rule) for rule in colour}) == 10
    assert colour[0] == sample_models["weather_clean"].preprocessing


# --- networks of known preprocessing ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def coloured(tmp_path_factory):
    return probed_models.pictures(), tmp_path_factory.mktemp("networks")


@pytest.fixture(scope="module")
def colour_dataset(session, coloured, tmp_path_factory):
    return session.add_dataset(probed_models.write_folders(tmp_path_factory.mktemp("colours") / "c", *coloured[0]))


@pytest.mark.parametrize("name", probed_models.RULES)
def test_the_product_ends_up_with_the_rule_of_the_training(name, session, coloured, colour_dataset):
    """By what is detected, or by one click on what the probe advises; a wrong rule is never stated as a fact."""
    (pixels, classes, names), root = coloured
    rule = probed_models.rule_of(name, pixels)
    file = probed_models.trained(root, name, rule, pixels, classes)
    model = session.add_model(file, classes=sorted(names))
    order = [sorted(names).index(one) for one in names]
    model = session.models.change(model.id, class_names=names)
    assert order != sorted(order)
    found = session.probe(model, colour_dataset)
    told = model.facts
    if told.preprocessing_basis == "structure":
        assert arithmetic(told.preprocessing) == arithmetic(rule)
    final = found.advised or model.preprocessing
    right = dict(zip(map(arithmetic, found.rules), found.right, strict=True))
    near = next((key for key in right if _computes(key, rule)), None)
    assert right[near].mean() > 0.9
    assert p_value(right[near], right[arithmetic(final)]) >= CLEAR
    session.remove_model(model.id)


def _computes(one: Preprocessing, rule: Preprocessing) -> bool:
    if rule.mode == "standardize" and one.mode == "standardize":
        return np.allclose(one.mean, rule.mean, atol=4) and np.allclose(one.std, rule.std, atol=4)
    return one == arithmetic(rule)


@pytest.fixture(scope="module")
def lenet(tmp_path_factory):
    """A LeNet of digits that was trained on 0 to 255, and says so nowhere."""
    pixels, labels = digits.pictures()
    root = tmp_path_factory.mktemp("lenet")
    return probed_models.trained(root, "lenet", Preprocessing("none"), pixels[..., None], labels)


def test_a_lenet_of_raw_pixels_is_told_apart_from_what_was_assumed(session, lenet, sample_datasets):
    model = session.add_model(lenet, classes=[str(digit) for digit in range(10)])
    assert (model.preprocessing.mode, model.facts.preprocessing_basis) == ("unit", "assumed")
    found = session.probe(model, sample_datasets["digits"])
    assert found.advised == Preprocessing("none") and found.option == "--preprocessing none"
    assert found.advice.startswith("[0, 255] as they are: 9") and "of 200 images of digits" in found.advice
    assert not found.notes and found.table.query("advised").rule.tolist() == ["none"]
    changed = session.models.change(model.id, preprocessing=found.advised)
    assert session.probes.finished(changed).advice == ""
    session.remove_model(model.id)


def test_a_wrong_order_of_assumed_names_does_not_hide_a_wrong_preprocessing(session, lenet, sample_datasets, tmp_path):
    """The folders' names in another order than the network's classes: plain accuracy says nothing."""
    names = np.random.default_rng(2).permutation(10)
    for digit in range(10):
        folder = Path(sample_datasets["digits"].collection.root) / str(digit)
        shutil.copytree(folder, tmp_path / "shuffled" / str(names[digit]))
    model = session.add_model(lenet)
    found = session.probe(model, tmp_path / "shuffled")
    assert found.names_assumed and found.advised == Preprocessing("none")
    assert found.right[found.comparison.best].mean() < 0.4 and found.assigned[found.comparison.best].mean() > 0.9
    assert any("another order" in note for note in found.notes)
    session.remove_model(model.id)


def test_answers_are_kept_and_asked_for_again_when_a_file_changes(session, lenet, sample_datasets, monkeypatch):
    model = session.add_model(lenet, classes=[str(digit) for digit in range(10)])
    first = session.probe(model, sample_datasets["digits"])
    asked = []
    run = session.pool.run
    monkeypatch.setattr(session.pool, "run", lambda name, *args, **more: asked.append(name) or run(name, *args, **more))
    assert np.array_equal(session.probe(model, sample_datasets["digits"]).predicted, first.predicted)
    assert asked == ["images.states"]
    session.remove_model(model.id)


@pytest.mark.parametrize("by_itself, looks", [(True, 3), (False, 0)])
def test_only_what_nobody_asked_for_begins_when_all_is_quiet(by_itself, looks):
    quiet_s, asked = iter([0.0, 0.4, 1.1]), []
    pool = SimpleNamespace(quiet_s=lambda kind: asked.append(kind) or next(quiet_s))
    work = ProbeWork(pool, None, None, False, Path(), by_itself)
    work._wait_for_quiet(SimpleNamespace(check=lambda: None))
    assert asked == ["keras"] * looks


@pytest.mark.usefixtures("lent_workers")
def test_a_probe_begins_by_itself_where_a_model_and_labelled_images_meet(lenet, sample_datasets, tmp_path):
    with Session(tmp_path) as session:
        session.add_dataset(sample_datasets["digits"].collection.root)
        session.probes.start_by_themselves()
        model = session.add_model(lenet, classes=[str(digit) for digit in range(10)])
        _, asked = session.probes.state(model)
        asked.job.wait(60)
        assert session.probes.finished(model).advised.mode == "none"
        renamed = session.models.change(model.id, class_names=[f"{9 - digit}" for digit in range(10)])
        _, again = session.probes.state(renamed)
        assert again.job is not asked.job  # another meaning of the labels
        session.probes.cancel(renamed)
        assert session.probes.state(renamed)[0] in ("cancelled", "done")


@pytest.mark.parametrize("asked, rules", [(0, 0), (2, 0), (3, 1), (7, 2), (100, 3)])
def test_a_chunk_makes_way_between_eight_images_and_keeps_whole_rules(asked, rules, lenet, sample_datasets):
    """24 images are three questions a rule."""
    refs = tuple(sample_datasets["digits"][:24])
    given = tuple(Preprocessing(mode) for mode in ("none", "unit", "symmetric"))
    countdown = iter(range(asked, -1, -1))
    found = answers(ModelSource("keras", str(lenet)), refs, given, make_way=lambda: next(countdown) == 0)
    assert found.predicted.shape == (rules, 24) and found.uniform
    whole = answers(ModelSource("keras", str(lenet)), refs, given)
    assert np.array_equal(found.predicted, whole.predicted[:rules])


@pytest.mark.parametrize("activation", ["sigmoid", "linear"])
def test_both_classes_of_one_unit_are_answers(activation, tmp_path):
    image = keras.Input((8, 8, 1))
    end = keras.layers.Dense(1, activation=activation)
    y = end(keras.layers.GlobalAveragePooling2D()(image))
    end.set_weights([np.array([[0.1]]), np.array([-12.75])])  # class 1 above a grey of 127.5
    keras.Model(image, y).save(tmp_path / "one.keras")
    greys = (0, 100, 130, 255)
    for grey in greys:
        Image.fromarray(np.full((8, 8), grey, np.uint8)).save(tmp_path / f"{grey}.png")
    refs = tuple(ImageRef(f"{grey}.png", str(tmp_path / f"{grey}.png")) for grey in greys)
    outputs = None if activation == "sigmoid" else "binary"
    source = ModelSource("keras", str(tmp_path / "one.keras"), outputs=outputs)
    assert answers(source, refs, (Preprocessing("none"),)).predicted.tolist() == [[0, 0, 1, 1]]


def test_images_that_cannot_be_read_are_left_out_and_counted(session, lenet, tmp_path):
    pixels, labels = digits.pictures()
    root = probed_models.write_folders(tmp_path / "some", pixels[:60, ..., None], labels[:60], list("0123456789"))
    broken = sorted((root / "3").iterdir())[0]
    broken.write_bytes(broken.read_bytes()[:40])
    model = session.add_model(lenet, classes=list("0123456789"), preprocessing="none")
    found = session.probe(model, root)
    assert found.n == 59 and "1 image could not be read." in found.notes
    assert (found.predicted == UNREAD).sum() == len(found.rules)
    session.remove_model(model.id)


def test_labels_that_are_no_classes_are_refused_by_name(session, sample_models, sample_datasets):
    with pytest.raises(BadInput, match="No label of .* is a class"):
        session.probe(sample_models["weather_clean"], sample_datasets["digits"])


# --- REST, command line, page -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(session):
    app = create_app(session, "t" * 32)
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {'t' * 32}"
    return client


def test_rest_gives_the_states_and_the_advice_of_a_probe(client, session, lenet, sample_datasets):
    model = session.add_model(lenet, classes=[str(digit) for digit in range(10)])
    address = f"/api/v1/models/{model.id}/probe"
    assert client.get(address).json["state"] == "not begun"
    begun = client.post(address, json={"dataset": sample_datasets["digits"].id})
    assert begun.status_code == 202 and begun.json["state"] in ("waiting", "running")
    session.jobs.get(begun.json["job"]["id"]).wait(60)
    found = client.get(address).json
    assert found["state"] == "done" and found["n"] == 200
    assert found["advice"]["preprocessing"]["mode"] == "none"
    assert client.get(f"/api/v1/models/{model.id}").json["advice"]["words"] == "[0, 255] as they are"
    assert client.post(address, json={"dataset": sample_datasets["weather"].id}).status_code == 400
    rule = found["advice"]["preprocessing"]
    assert client.patch(f"/api/v1/models/{model.id}", json={"preprocessing": rule}).json["advice"] is None
    swapped = client.patch(f"/api/v1/models/{model.id}", json={"preprocessing": {"mode": "unit", "channels": "bgr"}})
    assert swapped.status_code == 400 and "bgr" in swapped.json["error"]["message"]
    session.remove_model(model.id)


@pytest.mark.usefixtures("lent_workers")
def test_the_command_line_prints_the_table_and_the_option_to_give(lenet, sample_datasets, capfd):
    images = sample_datasets["digits"].collection.root
    status = main(["check", "--model", str(lenet), "--images", images])
    out, _ = capfd.readouterr()
    assert status == 0 and out.rstrip().endswith("--preprocessing none")
    assert all(words in out for words in (" of 200", "in use", "clearly better"))
    assert "assumed" in out and "10 classes" in out


@pytest.mark.browser
def test_one_click_on_the_warning_mends_a_models_preprocessing(browser, serve, lenet, sample_datasets):
    images = sample_datasets["digits"].collection.root
    server = serve("--model", lenet, "--images", images)
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.set_default_timeout(WAIT_MS)
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(server.address)
    page.goto(server.base + "/models")
    warning = page.locator("tr[data-advice]")
    warning.wait_for()
    assert "[0, 255] as they are" in warning.inner_text()
    assert page.locator(".basis").inner_text() == "assumed"
    page.goto(server.base + "/visualize")
    page.locator(".advice").first.wait_for(state="attached")
    page.goto(server.base + "/models")
    button = warning.get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    warning.wait_for(state="detached")
    assert page.get_by_label("Preprocessing of lenet").input_value() == "none"
    in_use = page.locator("#probe tr.chosen")
    page.locator("#probe[data-state=done]").wait_for()
    expect(in_use).to_contain_text("[0, 255] as they are")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390 and not complaints
    page.close()
