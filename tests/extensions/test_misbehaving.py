"""Code of third parties that raises anything, or changes what it is given: a sentence, and nobody else is affected."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from innv_gui import analyzers
from innv_gui.cluster import tasks
from innv_gui.cluster.jobs import Job
from innv_gui.errors import WorkFailed
from innv_gui.testing import check_analyzer
from tests.extensions.test_catalog import HEAD

ACTS = """
import asyncio
import sys


class Panic(BaseException):
    pass


class Silent(Exception):
    def __str__(self):
        raise RuntimeError("no text")


def down(n):
    return down(n + 1) + 1


ACTS = {
    "panic": lambda: exec("raise Panic('boom')", globals()),
    "exit": lambda: sys.exit(3),
    "keyboard": lambda: exec("raise KeyboardInterrupt", globals()),
    "cancelled": lambda: exec("raise asyncio.CancelledError", globals()),
    "silent": lambda: exec("raise Silent", globals()),
    "memory": lambda: exec("raise MemoryError('Unable to allocate 9 TiB')", globals()),
    "deep": lambda: down(0),
    "ragged": lambda: [[1, 2], [3]],
    "many": lambda: [],
}


def act(question):
    return ACTS[question.params["what"]]()


WHAT = {"what": Choice("deep", "What", "What it does.", choices=tuple(ACTS))}
passes = lambda params: "many" if params["what"] == "many" else 1
ACT = Analyzer("act", "Act", "Acts.", display=SIGNED, run=act, settings=WHAT, passes=passes)


def one_of_two(question):
    return [[1, 2], [3]] if any("conv" in layer.name for layer in question.model.layers) else question.x


ONE = Analyzer("one_of_two", "One", "Fails for convolutions.", display=SIGNED, run=one_of_two)


def shaken(question):
    weights = question.model.get_weights()
    question.model.set_weights([one * 0 + 5 for one in weights])
    return np.full(question.x.shape[:3], sum(float(abs(one).sum()) for one in weights))


def emptied(question):
    kept = question.x.sum(axis=-1).copy()
    question.x[:] = 0
    question.weights[:] = 0
    question.params.clear()
    return kept


def by_tape(question):
    import tensorflow as tf

    x = tf.constant(question.x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = tf.reduce_sum(question.model(x) * question.weights)
    found = abs(tape.gradient(score, x).numpy())
    question.model.set_weights([one * 0 for one in question.model.get_weights()])
    return found


BY_TAPE = Analyzer("by_tape", "By tape", "The gradient by the network itself.", display=SIGNED, run=by_tape)
SHAKEN = Analyzer("shaken", "Shaken", "Changes the network.", display=SIGNED, run=shaken)
EMPTIED = Analyzer("emptied", "Emptied", "Changes its input.", display=SIGNED, run=emptied)


def seen(selection):
    if selection.params["what"] == "many":
        return Table("t", None, None)
    yield Image("first", selection.pictures()[0])
    ACTS[selection.params["what"]]()


def shaken_view(selection):
    weights = selection.model.get_weights()
    selection.model.set_weights([one * 0 + 5 for one in weights])
    return Table("t", ("sum",), ((sum(float(abs(one).sum()) for one in weights),),))


def ones(selection):
    import time

    model, means = selection.model, []
    model.set_weights([one * 0 + 1 for one in model.get_weights()])
    for _ in range(6):
        time.sleep(0.1)
        means.append((float(model.get_weights()[0].mean()),))
        yield Table("t", ("mean",), tuple(means))


def linear(question):
    question.model.layers[-1].activation = lambda x: x * 0
    return question.x


def outputs(question):
    return np.ones(question.x.shape[:3]) * question.model(question.x).numpy().max(axis=1)[:, None, None]


def bent(selection):
    selection.model.layers[-1].activation = lambda x: x * 0
    return Table("t", ("n",), ((1.0,),))


BENT = View("outputs", "Outputs", "Changes a layer, under the name of a method.", bent)
ONES = View("ones", "Ones", "Changes the network step by step.", ones)
LINEAR = Analyzer("linear", "Linear", "Changes a layer.", display=SIGNED, run=linear)
OUTPUTS = Analyzer("outputs", "Outputs", "Asks the network.", display=SIGNED, run=outputs)
SEEN = View("seen", "Seen", "Acts.", seen, settings=WHAT)
SHAKEN_VIEW = View("shaken_view", "Shaken", "Changes the network.", shaken_view)

LEAVES = Reason("leaves", "Leaves", "Leaves.", lambda ground: sys.exit(4))
SILENT = Reason("silent", "Silent", "Says nothing.", lambda ground: np.arange(ground.n), lambda *given: None)
ENDLESS = Reason("endless", "Endless", "Is infinite.", lambda ground: np.full(ground.n, np.inf))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "acts.py").write_text(HEAD + "import numpy as np\n" + ACTS)
    return folder


@pytest.fixture(scope="module")
def session(plugged):
    return plugged


@pytest.fixture(scope="module")
def models(session):
    files = {path.name: path for path in session.sample_models()}
    return [session.add_model(files[f"digits_{name}.keras"], preprocessing="unit") for name in ("mlp", "cnn")]


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(0).uniform(0, 1, (3, 32, 32, 1)).astype(np.float32)


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("panic", "act failed: Panic: boom"),
        ("exit", "act failed: SystemExit: 3"),
        ("keyboard", "act failed: KeyboardInterrupt"),
        ("cancelled", "act failed: CancelledError"),
        ("silent", "act failed: Silent"),
        ("memory", "act failed: MemoryError: Unable to allocate 9 TiB"),
        ("deep", "act failed: RecursionError: maximum recursion depth exceeded"),
        ("ragged", "act failed: ValueError: setting an array element with a sequence"),
        ("many", "passes of act gave the text 'many', expected a whole number of forward passes"),
    ],
)
def test_whatever_a_method_raises_names_it_and_its_file(session, models, x, what, words):
    with pytest.raises(WorkFailed) as caught:
        session.explain(models[0], x, "act", {"what": what})
    assert caught.value.message.startswith(words) and caught.value.hint == "It comes from acts.py."
    assert session.explain(models[0], x, "gradient")[models[0]].maps.any(), "the worker goes on"


def test_a_model_that_a_method_fails_for_does_not_stop_the_others(session, models, x):
    run = session.explain(models, x, "one_of_two")
    mlp, cnn = models
    np.testing.assert_array_equal(run[mlp].maps[:, 0], x)
    assert set(run.failures) == {cnn.id} and "one_of_two failed: ValueError" in str(run.failures[cnn.id])
    assert run.job.status == "done"


def test_weights_that_a_method_changes_are_its_own(session, models, x):
    model = models[0]
    before = session.predict(model, x)
    products = session.explain(model, x[1:2], "input_t_gradient", class_=0)[model].maps[:, 0]
    sums = [session.explain(model, x[k : k + 1], "shaken")[model].maps[0, 0, 0, 0, 0] for k in range(2)]
    sums += [session.view(model, x[k : k + 1], "shaken_view")[model][0].rows[0][0] for k in range(2)]
    np.testing.assert_allclose(sums, sums[0], rtol=1e-6)
    np.testing.assert_array_equal(session.predict(model, x), before)
    gradients = session.explain(model, x[1:2], "gradient", class_=0)[model].maps[:, 0]
    np.testing.assert_allclose(gradients * x[1:2], abs(products), rtol=1e-5, atol=1e-7)


def test_views_that_take_turns_have_a_copy_each(session, models, x):
    with ThreadPoolExecutor(2) as threads:
        views = list(threads.map(lambda k: session.view(models[0], x[k : k + 1], "ones")[models[0]], range(2)))
    assert [view[0].rows for view in views] == [((1.0,),) * 6] * 2


def test_a_layer_that_a_method_changes_is_no_other_methods(session, models, x):
    answers = [session.explain(models[1], x[:1], "outputs")[models[1]].maps.max()]
    session.explain(models[1], x, "linear")
    session.view(models[1], x[:1], "outputs")
    answers.append(session.explain(models[1], x[:2], "outputs")[models[1]].maps[0].max())
    answers.append(session.explain(models[1], x[:1] * 0.5, "outputs")[models[1]].maps.max())
    assert answers[0] == answers[1] != 0 and answers[2] not in (0, answers[0])


def test_a_method_that_changes_weights_keeps_the_contract(session):
    check_analyzer(analyzers.get("shaken"))


def test_the_sanity_check_shuffles_a_methods_own_network_as_well(session, models, x):
    trust = session.trust(models[0], x, ["gradient", "by_tape"], ["sanity", "stability"])
    for metric in ("sanity", "stability"):
        rows = trust.frame[trust.frame["metric"] == metric]
        own, ours = (rows[rows["method"] == name].sort_values("image")["value"] for name in ("by_tape", "gradient"))
        np.testing.assert_allclose(own, ours, rtol=1e-3, atol=1e-3)
    assert len(own) == 3 and own.notna().all()


def test_arrays_and_settings_that_a_method_changes_are_its_own(session, models, x):
    run = session.explain(models[0], x, "emptied", layer=models[0].layers[-2].name, top_neurons=4)
    maps = run[models[0]].maps
    assert maps.shape[1] == 4
    for place in range(4):
        np.testing.assert_allclose(maps[:, place], x, rtol=1e-6)
    plain = session.explain(models[0], x, "gradient", layer=models[0].layers[-2].name, top_neurons=4)
    np.testing.assert_array_equal(run.cell(models[0], 0).activations, plain.cell(models[0], 0).activations)


@pytest.mark.parametrize(
    ("what", "words"),
    [("cancelled", "seen failed: CancelledError"), ("exit", "seen failed: SystemExit: 3"), ("deep", "RecursionError")],
)
def test_whatever_a_view_raises_names_it_and_its_file(session, models, x, what, words):
    with pytest.raises(WorkFailed) as caught:
        session.view(models[0], x, "seen", {"what": what})
    assert words in str(caught.value) and "It comes from acts.py." in str(caught.value)


def test_a_reason_that_ends_the_program_does_not(session, models, tmp_path):
    np.save(tmp_path / "images.npy", np.random.default_rng(1).integers(0, 255, (20, 32, 32, 1), np.uint8))
    lists = session.suggest(models[0], tmp_path / "images.npy").lists
    offers = {offer.name: offer for offer in lists.offers()}
    assert not offers["leaves"].available and "leaves failed: SystemExit: 4" in offers["leaves"].reason
    assert offers["entropy"].available and offers["endless"].n == len(lists.get("endless").rows) > 0
    with pytest.raises(WorkFailed, match="The sentence of silent gave None, expected text"):
        lists.get("silent").reason(0)


def test_a_task_that_ends_the_program_is_a_sentence():
    with pytest.raises(WorkFailed, match="The work ended with SystemExit: 3"):
        tasks.call("sys:exit", 3)


def test_a_job_that_is_ended_has_failed():
    def leave(job):
        raise SystemExit(3)

    job = Job("explain", "Explaining", 1, "maps")
    job.run(leave)
    assert job.status == "failed" and "SystemExit: 3" in str(job.error)
