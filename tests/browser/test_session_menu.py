"""The session as a file and earlier runs beside each other, in real Chromium."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import NAMELESS, WAIT_MS, ask, ready

pytestmark = pytest.mark.browser


def run_of(page):
    return re.search(r"run=([\w-]+)", page.url).group(1)


def explained(visualize, *models, **more):
    """A tab on a finished run, and the run's id."""
    page = visualize(*models, **more).page
    ready(page)
    return page, run_of(page)


def saved_session(page):
    """Saved by keyboard alone: the file's content."""
    page.locator("#session-open").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#session-menu a")).to_be_focused()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "session.json"
    return json.loads(download.value.path().read_bytes())


def give(page, file):
    if not page.locator("#session-menu").is_visible():
        page.locator("#session-open").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open session…").press("Enter")
    chooser.value.set_files(str(file))
    return page.locator("#session-told")


def test_a_saved_session_brings_its_runs_back(visualize, demo, tmp_path):
    page, id = explained(visualize, "digits_cnn", method="gradient")
    page.context.request.patch(f"{demo.base}/api/v1/history/{id}", data={"title": "kept"})
    content = saved_session(page)
    assert id in [run["id"] for run in content["runs"]] and "digits_cnn" in [one["name"] for one in content["models"]]
    content["runs"] = [run for run in content["runs"] if run["id"] == id]
    (tmp_path / "session.json").write_text(json.dumps(content))
    page.context.request.delete(f"{demo.base}/api/v1/history/{id}")
    told = give(page, tmp_path / "session.json")
    expect(told).to_contain_text("session.json")
    expect(told).to_contain_text("1 of 1 run opened.")
    expect(told.locator("li")).to_have_count(0)
    assert [run["title"] for run in ask(demo, "/history")["runs"] if run["id"] == id] == ["kept"]
    page.keyboard.press("Escape")
    expect(page.locator("#session-menu")).to_be_hidden()
    page.locator("#history").click()
    expect(page.locator(f"[data-run='{id}']")).to_contain_text("kept")


def test_what_could_not_be_opened_is_named(visualize, demo, tmp_path):
    page, id = explained(visualize, "digits_cnn", method="gradient")
    content = saved_session(page)
    (run,) = (run for run in content["runs"] if run["id"] == id)
    other = json.loads(json.dumps(run)) | {"id": "e-00000000000b"}
    other["models"][0] |= {"name": "not <b>here</b>", "file": "gone.keras", "sha256": "0" * 64}
    (tmp_path / "two.json").write_text(json.dumps(content | {"runs": [run, other]}))
    told = give(page, tmp_path / "two.json")
    expect(told).to_contain_text("1 of 2 runs opened.")
    expect(told.locator("li")).to_have_text(["model not <b>here</b> (gone.keras)"])
    assert "e-00000000000b" not in [run["id"] for run in ask(demo, "/history")["runs"]]


@pytest.mark.parametrize("content", [b"no session", b'{"format": "other"}', b""])
def test_a_file_that_is_no_session_is_refused_in_a_sentence(open_tab, demo, tmp_path, content):
    before = ask(demo, "/history")
    (tmp_path / "notes.json").write_bytes(content)
    page = open_tab("/models").page
    told = give(page, tmp_path / "notes.json")
    expect(told).to_contain_text("This is not a session saved by innv-gui.")
    expect(told).to_have_class(re.compile("bad"))
    assert ask(demo, "/history") == before


@pytest.mark.parametrize("path", ["/models", "/images", "/suggest", "/features", "/workshop", "/visualize"])
def test_the_session_menu_holds_on_a_phone(open_tab, path):
    page = open_tab(path, width=390, height=844, scheme="dark").page
    page.wait_for_load_state("networkidle")
    page.locator("#session-open").click()
    box = page.locator("#session-menu").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(NAMELESS) == []


def compare(page, *runs):
    """Tick the runs in the history by keyboard and press Compare."""
    page.locator("#history").click()
    button = page.locator("#compare-runs")
    for id in runs:
        expect(button).to_be_disabled() if id == runs[0] else None
        page.locator(f"[data-run='{id}'] input[type=checkbox]").press("Space")
    expect(button).to_have_text(f"Compare {len(runs)} runs")
    button.press("Enter")


def numbers_are_the_servers(page, demo, runs, model):
    """The matrix of the first image under a model is what the server says."""
    told = ask(demo, f"/agreement?runs={','.join(runs)}&model={model}&measure=spearman")
    box = page.locator(".of-image").first.locator(".of-model").first
    cells = box.locator(".agree td.num")
    matrix = told["images"][0]["matrix"]
    wanted = [f"{matrix[row][column]:.2f}" for row in range(1, len(runs)) for column in range(row)]
    expect(cells).to_have_text([number.replace("-", "\u2212") for number in wanted], timeout=WAIT_MS)


def test_earlier_runs_stand_beside_each_other_and_agree_by_number(visualize, demo, ids, open_tab):
    first = explained(visualize, "digits_cnn", "digits_mlp", method="gradient")[1]
    second = explained(visualize, "digits_cnn", method="lrp.z")[1]
    tab = visualize("digits_cnn", method="lrp.epsilon", more="p.epsilon=0.5")
    page = tab.page
    ready(page)
    third = run_of(page)
    page.context.request.patch(f"{demo.base}/api/v1/history/{third}", data={"title": "much epsilon"})
    compare(page, first, second, third)
    page.wait_for_url(re.compile(f"compare={first},{second},{third}"))
    ready(page)
    expect(page.locator(".of-image")).to_have_count(2)
    heads = page.locator(".of-image").first.locator(".sheet thead th:not(.of)")
    expect(heads).to_have_count(3)
    expect(heads.nth(1)).to_contain_text("lrp.z")
    expect(heads.nth(2)).to_contain_text("much epsilon")
    expect(heads.nth(2)).to_contain_text("epsilon 0.5")
    canvases = page.locator(".of-image").first.locator("td canvas")
    expect(canvases).to_have_count(4)  # digits_mlp is part of the first run alone
    for canvas, id in zip(canvases.all(), (first, second, third, first), strict=True):
        expect(canvas).to_have_attribute("data-drawn", id, timeout=WAIT_MS)
    expect(page.locator(".of-image").first).to_contain_text("not part of this run")
    numbers_are_the_servers(page, demo, [first, second, third], ids["digits_cnn"])
    again = open_tab(page.url[page.url.index("/visualize") :])
    ready(again.page)
    numbers_are_the_servers(again.page, demo, [first, second, third], ids["digits_cnn"])
    page.keyboard.press("1")
    expect(page.locator(".sheet")).to_have_count(0)
    assert tab.complaints == [] and again.complaints == [] and tab.foreign == []


def test_runs_of_other_images_cannot_be_compared_and_that_is_said(visualize, open_tab, ids):
    page, digits = explained(visualize, "digits_cnn", method="gradient")
    state = f"models={ids['weather_clean']}&dataset={ids['weather']}&images=3,700&method=gradient&go=1"
    other = open_tab(f"/visualize#{state}").page
    ready(other)
    compare(page, digits, run_of(other))
    expect(page.locator("#empty")).to_contain_text("These runs cannot be compared")
    expect(page.locator("#empty")).to_contain_text("no image is part of all of them")
    expect(page.locator(".sheet")).to_have_count(0)


def test_only_images_of_all_runs_are_shown(visualize, open_tab, ids):
    page, both = explained(visualize, "digits_cnn", method="gradient")
    state = f"models={ids['digits_cnn']}&dataset={ids['digits']}&images=700,701&method=lrp.z&go=1"
    other = open_tab(f"/visualize#{state}").page
    ready(other)
    compare(page, both, run_of(other))
    expect(page.locator(".of-image")).to_have_count(1, timeout=WAIT_MS)
    expect(page.locator("#result")).to_contain_text("1 image is part of all these runs.")


def test_compared_runs_hold_on_a_phone(visualize):
    runs = [explained(visualize, "digits_cnn", method=method)[1] for method in ("gradient", "lrp.z")]
    page = visualize(
        "digits_cnn", more=f"view=compare&compare={','.join(runs)}", width=390, height=844, scheme="dark"
    ).page
    ready(page)
    expect(page.locator(".of-image")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(NAMELESS) == []
