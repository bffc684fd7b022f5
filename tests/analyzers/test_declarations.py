"""The declarations: complete, in step with iNNvestigate, and the one place that decides which settings are good."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from innv_gui import analyzers
from innv_gui.analyzers import declaration
from innv_gui.errors import BadInput
from innv_gui.plots import colormaps, heatmap
from innv_gui.records import Layer, ModelFacts, ModelSource, Preprocessing
from tests.innvestigate import legacy_process as legacy

ALL = analyzers.all()
NAMES = [one.name for one in ALL]
PLAIN = some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20)
JSON = some.recursive(
    PLAIN, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3)
)


def fields(name):
    return {field["name"]: field for field in analyzers.describe(analyzers.get(name))["fields"]}


def refused(name, params):
    with pytest.raises(BadInput) as caught:
        analyzers.check(name, params)
    return caught.value


def test_exactly_innvestigates_methods_are_declared_for_it(worker):
    ours = {one.name for one in ALL if "innvestigate" in one.runtimes}
    assert ours == worker.submit(legacy.names).result()
    cams = {"grad_cam", "guided_grad_cam", "grad_cam_plus_plus", "score_cam", "layer_cam"}
    composites = {"lrp.epsilon_gamma_box", "lrp.epsilon_plus_flat", "lrp.epsilon_alpha2_beta1_flat"}
    fitted = {"pattern.net", "pattern.attribution"}
    assert set(NAMES) - ours == {*cams, "lrp.gamma", *composites, "occlusion", "rise", "deep_lift", *fitted}


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("random", "stddev"),
        ("smoothgrad", "noise_scale"),
        ("integrated_gradients", "reference_inputs"),
        ("lrp.epsilon", "epsilon"),
        ("lrp.epsilon", "bias"),
        ("lrp.alpha_beta", "bias"),
        ("lrp.sequential_preset_a", "epsilon"),
        ("lrp.sequential_preset_b", "epsilon"),
    ],
)
def test_defaults_are_innvestigates_own(worker, name, setting):
    assert analyzers.check(name, {})[setting] == worker.submit(legacy.defaults, name).result()[setting]


def test_defaults_are_those_of_the_specification_where_it_differs():
    assert analyzers.check("gradient", {}) == {"postprocess": "abs"}
    assert analyzers.check("smoothgrad", {})["augment_by_n"] == 32
    assert analyzers.check("integrated_gradients", {})["steps"] == 32
    assert analyzers.check("lrp.epsilon", {})["epsilon"] == 1e-7
    assert analyzers.check("lrp.sequential_preset_a_flat", {})["epsilon"] == 0.1


@pytest.mark.parametrize("analyzer", ALL, ids=NAMES)
def test_a_declaration_explains_itself(analyzer):
    assert analyzer.title and analyzer.citation
    assert re.fullmatch(r"[A-Z].{20,}\.", analyzer.summary) and ". " not in analyzer.summary
    assert analyzer.source.startswith("https://doi.org/10.")
    assert set(analyzer.runtimes) <= {"native", "innvestigate"} and analyzer.runtimes
    assert analyzer.family in {"function", "gradient", "lrp", "deep_taylor", "patterns", "cam", "perturbation"}
    for field in analyzers.describe(analyzer)["fields"]:
        assert field["title"] and field["description"].endswith(".")
        assert field["kind"] in {"number", "integer", "boolean", "choice"}


@pytest.mark.parametrize("name", NAMES)
def test_the_defaults_pass_their_own_check_and_the_description_is_json(name):
    complete = analyzers.check(name, {})
    assert analyzers.check(name, complete) == complete == analyzers.check(name, None)
    assert complete == {field: described["default"] for field, described in fields(name).items()}
    assert json.loads(json.dumps(analyzers.describe(analyzers.get(name))))["name"] == name


@given(name=some.sampled_from(NAMES), params=JSON)
@settings(max_examples=200, deadline=None)
def test_any_json_is_either_completed_or_refused_by_field(name, params):
    check_completed_or_refused(name, params)


@given(choice=some.data(), name=some.sampled_from([name for name in NAMES if fields(name)]))
@settings(max_examples=300, deadline=None)
def test_any_value_of_a_known_setting_is_either_completed_or_refused_by_field(choice, name):
    known = choice.draw(some.sampled_from(sorted(fields(name))))
    check_completed_or_refused(
        name, {known: choice.draw(JSON | some.sampled_from(["1e-3", "-0", "inf", "true", "Flat"]))}
    )


def check_completed_or_refused(name, params):
    try:
        complete = analyzers.check(name, params)
    except BadInput as error:
        assert error.field.startswith("params") and "\n" not in error.message and len(error.message) < 500
    else:
        assert set(complete) == set(fields(name))
        assert json.loads(json.dumps(complete, allow_nan=False)) == complete


def test_what_a_map_costs_follows_its_settings():
    """In forward passes; where the model decides, nothing is said."""
    for name, params, passes in [
        ("grad_cam", {}, 2),
        ("smoothgrad", {"augment_by_n": 50}, 100),
        ("integrated_gradients", {}, 64),
        ("occlusion", {"positions": 20}, 401),
        ("rise", {"masks": 1000}, 1000),
        ("score_cam", {}, None),
        ("score_cam", {"channels": 30}, 32),
    ]:
        assert analyzers.cost(name, analyzers.check(name, params)) == passes
    for one in ALL:
        usual = analyzers.check(one.name, {})
        assert analyzers.describe(one)["passes"] == analyzers.cost(one.name, usual)


@pytest.mark.parametrize("value", [0, -1, "nan", float("nan"), float("inf"), None, True, "x", [1], 10**400])
def test_epsilon_refuses_what_it_cannot_use(value):
    error = refused("lrp.epsilon", {"epsilon": value})
    assert error.field == "params.epsilon" and error.status == 400
    assert error.message.startswith("epsilon must be a number above 0, at most 1000000; got ")


def test_text_from_a_command_line_becomes_numbers_and_switches():
    complete = analyzers.check("lrp.epsilon", {"epsilon": "1e-3", "bias": "false"})
    assert complete["epsilon"] == 1e-3 and complete["bias"] is False
    assert analyzers.check("smoothgrad", {"augment_by_n": "8"})["augment_by_n"] == 8


def test_a_choice_lists_what_it_allows():
    error = refused("gradient", {"postprocess": "cube"})
    assert error.allowed == ("abs", "none", "square")
    assert error.message == 'postprocess must be one of abs, none, square; got "cube".'


def test_alpha_and_beta_belong_together():
    assert analyzers.check("lrp.alpha_beta", {"alpha": "3"})["beta"] == 2
    assert analyzers.check("lrp.alpha_beta", {"beta": 0})["alpha"] == 1
    assert refused("lrp.alpha_beta", {"alpha": 2, "beta": 2}).field == "params.beta"
    assert refused("lrp.alpha_beta", {"alpha": 0.5}).field == "params.alpha"


@pytest.mark.parametrize("name", ["deep_taylor.bounded", "lrp.z"])
def test_low_is_at_most_high(name):
    assert refused(name, {"low": 2, "high": 1}).field == "params.low"
    assert analyzers.check(name, {"low": 1, "high": 1})["low"] == 1


def test_an_unknown_setting_is_refused_with_the_nearest_known_one():
    error = refused("lrp.epsilon", {"epsilom": 1})
    assert error.field == "params.epsilom" and error.hint == "Did you mean epsilon?" and "bias" in error.allowed
    assert "none" in refused("deep_taylor", {"epsilon": 1}).message


@pytest.mark.parametrize(
    ("asked", "suggested"),
    [("lrp.epsilo", "lrp.epsilon"), ("LRP.Z", "lrp.z"), ("gradcam", "grad_cam"), ("smooth_grad", "smoothgrad")],
)
def test_an_unknown_analyzer_is_refused_with_the_nearest_known_one(asked, suggested):
    with pytest.raises(BadInput) as caught:
        analyzers.get(asked)
    assert caught.value.field == "analyzer" and caught.value.allowed == tuple(NAMES)
    assert caught.value.hint == f"Did you mean {suggested}?"


@pytest.mark.parametrize("asked", [None, 3, [], {}, "", "x" * 10000, "<b>\n"])
def test_what_is_no_name_at_all_is_refused_briefly(asked):
    with pytest.raises(BadInput) as caught:
        analyzers.get(asked)
    assert "\n" not in caught.value.message and len(caught.value.message) < 200


def facts():
    layers = (
        Layer("conv", "Conv2D", (8, 8, 4), 112, True),
        Layer("flat", "Flatten", (256,), 0, False),
        Layer("scores", "Dense", (10,), 2570, False),
    )
    source = ModelSource("keras", "m.keras")
    return ModelFacts(
        source, (8, 8, 3), 10, layers, 2682, Preprocessing(), "", None, "activation", ("scores",), "scores", "conv"
    )


def test_grad_cam_looks_at_spatial_layers_and_says_why_not_at_others():
    answers = {
        layer.name: (usable, why) for layer, usable, why in analyzers.usable_layers(analyzers.get("grad_cam"), facts())
    }
    assert answers["conv"] == (True, "")
    assert answers["flat"] == (False, "Grad-CAM needs height, width and channels; this layer gives 256.")


def usable(name):
    return [layer.name for layer, usable, _ in analyzers.usable_layers(analyzers.get(name), facts()) if usable]


def test_methods_that_explain_an_output_look_at_every_layer_but_the_input():
    assert usable("lrp.z") == [layer.name for layer in facts().layers[1:]]


def test_methods_that_explain_nothing_do_not_pretend_to_depend_on_a_layer():
    assert usable("random") == ["scores"]


@pytest.mark.parametrize("analyzer", analyzers.all(), ids=lambda analyzer: analyzer.name)
def test_a_setting_that_depends_on_another_names_one_that_is_there_and_a_value_it_can_have(analyzer):
    known = fields(analyzer.name)
    for field in known.values():
        for name, value in field.get("when", {}).items():
            assert value in known[name]["choices"]


def test_what_a_declaration_may_say_of_its_display_is_what_is_drawn():
    assert tuple(colormaps.TABLES) == declaration.COLORMAPS and declaration.DISPLAYS == heatmap.KINDS
