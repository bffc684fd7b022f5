"""Runs of the Workshop in real Chromium: what is painted, stopped and taken up, compared, named, removed, sent on."""

import io
import re
import zipfile

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems
from tests.browser.pages import WAIT_MS, ask

pytestmark = pytest.mark.browser

ROW = "[data-run]"
LEVELS = """canvas => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  return [canvas.width, ...copy.getImageData(0, 0, canvas.width, canvas.height).data];
}"""


def levels(canvas):
    """(height, width, 3) of a canvas."""
    width, *values = canvas.evaluate(LEVELS)
    return np.array(values).reshape(-1, width, 4)[:, :, :3]


def frames(demo, run, k=0):
    """Per class its frames (steps + 1, 28, 28)."""
    raw = demo.get(f"/api/v1/workshop/runs/{run['id']}/trials/{k}/films.bin").read()
    counts = [film["steps"] + 1 for film in run["trials"][k]["films"]]
    return np.split(np.frombuffer(raw, "<f4").reshape(-1, 28, 28), np.cumsum(counts)[:-1])


def grey(film, step):
    """The rule of the page in one line: around the start, 0.9 of the strongest change of the last frame is full."""
    change = film - film[0]
    return 127.5 + 127.5 * np.clip(change[step] / (0.9 * np.abs(change[-1]).max()), -1, 1)


def trained(page, n=1):
    expect(page.locator(f"{ROW} [data-key=steps]")).to_have_count(n, timeout=3 * WAIT_MS)
    expect(page.locator("body")).to_have_attribute("data-state", "ready", timeout=WAIT_MS)


def train(page, n=1):
    page.locator("#run:not([disabled])").click()
    trained(page, n)


def newest(demo):
    return ask(demo, "/workshop/runs")["runs"][0]


def test_what_is_painted_is_what_the_network_made_at_every_step(workshop, demo):
    tab = workshop("classes=box,ring&epochs=50")
    page = tab.page
    train(page)
    run = newest(demo)
    films = frames(demo, run)
    big = page.locator("[data-big='1']")
    np.testing.assert_allclose(levels(big)[:, :, 0], grey(films[1], -1), atol=1)
    page.locator(ROW).focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    step = max(map(len, films)) - 1 - 3
    expect(page.locator("output", has_text=re.compile("step"))).to_have_text(f"step {step}")
    np.testing.assert_allclose(levels(big)[:, :, 0], grey(films[1], min(step, len(films[1]) - 1)), atol=1)
    shown = page.locator(".film-end b")
    expect(shown.nth(1)).to_have_text(f"p {run['trials'][0]['films'][1]['p'][min(step, len(films[1]) - 1)]:.3f}")
    page.locator("[name=show][value=change]").check()
    reds = levels(big).astype(int)
    brighter = (films[1] - films[1][0])[min(step, len(films[1]) - 1)] > 0.5 * np.abs(films[1][-1]).max()
    assert brighter.any() and (reds[brighter][:, 0] > reds[brighter][:, 2]).all()
    assert "show=change" in page.url and tab.complaints == []


def test_a_run_that_is_left_goes_on_is_found_again_stopped_and_taken_up(workshop, open_tab, demo):
    tab = workshop("classes=box,disk,ring&model=cnn")
    page = tab.page
    page.locator("#run:not([disabled])").click()
    live = page.locator(f"{ROW}:has([data-key=cancel])")
    expect(live.locator(".rf-num b")).to_have_text(re.compile("[1-9]"), timeout=WAIT_MS)
    expect(page.locator("#run")).to_be_disabled()
    page.goto(page.url.split("/workshop")[0] + "/models")
    again = open_tab("/workshop").page
    page = again
    page.locator("[data-key=cancel]").click(timeout=WAIT_MS)
    expect(page.locator(".rf-end")).to_contain_text("Cancelled.", timeout=WAIT_MS)
    kept = newest(demo)["trials"][0]
    assert 0 < kept["epoch"] < 100
    page.locator("[data-key=resume]").click()
    trained(page)
    whole = newest(demo)["trials"][0]
    assert whole["epoch"] == 100 and whole["curve"]["loss"][1] == kept["curve"]["loss"][1]
    expect(page.locator(f"{ROW} svg[role=img]").first).to_have_attribute("aria-label", re.compile("^After 100 of 100"))
    assert tab.complaints == []


def test_fifty_more_epochs_are_those_of_one_go(workshop, demo):
    page = workshop("classes=box,disk&epochs=50").page
    train(page)
    page.locator("[data-key=more]").click()
    page.get_by_role("button", name="50 more epochs").click()
    expect(page.locator(".rf-facts")).to_contain_text("100 epochs", timeout=WAIT_MS)
    trained(page)
    longer = newest(demo)["trials"][0]
    page.locator("#epochs").select_option("100")
    train(page, 2)
    assert newest(demo)["trials"][0]["films"] == longer["films"]
    expect(page.locator(f"{ROW} .rf-note").first).to_contain_text("The same numbers as")


def test_rows_are_pinned_named_removed_and_brought_back_by_keys(workshop, demo):
    tab = workshop("classes=box,disk&epochs=50")
    page = tab.page
    train(page)
    page.locator("#seed").fill("1")
    page.locator("#seed").press("Tab")
    train(page, 2)
    rows, older = page.locator(f"{ROW} h2"), newest(demo)
    names = rows.all_inner_texts()
    page.locator(ROW).last.focus()
    page.keyboard.press("p")
    expect(rows).to_have_text(names[::-1])
    page.keyboard.press("F2")
    page.keyboard.type("Reference")
    page.keyboard.press("Enter")
    expect(rows).to_have_text(["Reference", names[0]])
    page.keyboard.press("F2")
    page.keyboard.type("not kept")
    page.keyboard.press("Escape")
    page.reload()
    expect(rows).to_have_text(["Reference", names[0]])
    page.wait_for_load_state("networkidle")  # a film on its way would be asked of a run that is gone
    page.locator(ROW).last.focus()
    page.keyboard.press("Delete")
    expect(rows).to_have_text(["Reference"])
    expect(page.locator(ROW)).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_text(["Reference", names[0]])
    assert older["id"] in {run["id"] for run in ask(demo, "/workshop/runs")["runs"]} and tab.complaints == []


def test_two_ticked_runs_show_what_changed_and_by_how_much(workshop, demo):
    tab = workshop("classes=vertical_line,horizontal_line")
    page = tab.page
    train(page)
    for name in ("disk", "ring"):
        page.get_by_role("button", name=name, exact=True).click()
    train(page, 2)
    for place in range(2):
        page.locator(ROW).nth(place).focus()
        page.keyboard.press("c")
    expect(page.locator("#tray")).to_contain_text("2 runs")
    page.locator("#difference-show").click()
    expect(page.locator("#difference-title")).to_be_focused()
    table = page.locator("#difference")
    expect(table).to_contain_text("Changed: training images, + disk, ring")
    expect(table).to_contain_text("became more like their shapes")
    newer, older = (
        {film["class"]: round(film["r"], 2) for film in run["trials"][0]["films"]}
        for run in ask(demo, "/workshop/runs")["runs"]
    )
    by = newer["vertical_line"] - older["vertical_line"]
    expect(table.locator("tbody tr").first.locator(".r")).to_have_text(f"+{by:.2f}")
    expect(table.locator("tbody tr").nth(2)).to_contain_text("not in it")
    assert problems(page) == []
    page.locator("#difference-swap").click()
    expect(table.locator("tbody tr").first.locator(".r")).to_have_text(f"−{by:.2f}")
    page.reload()
    expect(table).to_contain_text("became less like their shapes")
    page.keyboard.press("Escape")
    expect(table).to_be_empty()
    assert tab.complaints == []


def test_is_it_luck_shows_the_seeds_side_by_side_with_mean_and_deviation(workshop, demo):
    page = workshop("classes=box,disk&epochs=50").page
    page.locator("[name=n-seeds][value='3']").check()
    train(page)
    all_r = [trial["films"][0]["r"] for trial in newest(demo)["trials"]]
    cell = page.locator("[data-run] [data-class=box]")
    expect(cell.locator("figcaption")).to_have_text([f"{r:.2f}" for r in all_r])
    expect(cell.locator(".rc-r")).to_contain_text(f"{np.mean(all_r):.2f} ± {np.std(all_r, ddof=1):.2f}")
    expect(page.locator(".rf-facts")).to_contain_text("seeds 0 to 2")


def test_a_network_goes_to_visualize_and_files_are_saved(workshop, demo):
    tab = workshop("classes=box,disk&epochs=50")
    page = tab.page
    train(page)
    files = {}
    for words in ("Save the network", "Script that reproduces it", "Export pictures and numbers"):
        page.locator("[data-key=more]").click()
        with page.expect_download() as waited:
            page.locator(".acts-menu").get_by_role("link", name=words).click()
        files[waited.value.suggested_filename.split(".")[-1]] = waited.value.path().read_bytes()
    assert files["keras"].startswith(b"PK") and b"innv_gui" in files["py"]
    assert any(name.endswith(".png") for name in zipfile.ZipFile(io.BytesIO(files["zip"])).namelist())
    page.locator("[data-key=visualize]").click()
    page.wait_for_url(re.compile("/visualize#models="))
    expect(page.locator("#model-chips input:checked")).to_have_count(1, timeout=WAIT_MS)


def test_a_file_that_does_not_fit_says_why_and_nothing_can_be_pressed(workshop, ids):
    page = workshop("classes=box,disk").page
    page.locator("[name=network][value=file]").check()
    expect(page.locator("#cost")).to_have_text("Choose the Keras file.")
    page.locator("#file").select_option(ids["weather_clean"])
    expect(page.locator("#file-error")).to_contain_text("expected an input of 28 × 28 × 1, got 64 × 64 × 3")
    expect(page.locator("#run")).to_be_disabled()
    page.locator("[name=network][value=mlp]").check()
    expect(page.locator("#run")).to_be_enabled()


def test_a_server_that_is_silent_is_said_in_the_strip_and_the_choice_stays(workshop):
    page = workshop("classes=box,disk").page
    expect(page.locator("#cost")).to_contain_text("about")
    page.route("**/workshop/runs", lambda route: route.abort())
    page.locator("#run").click()
    expect(page.locator("#strip")).to_contain_text("The server does not answer.")
    page.unroute("**/workshop/runs")
    page.locator("#strip").get_by_role("button", name="Retry").click()
    trained(page)
    expect(page.locator("#strip")).to_be_hidden()


def test_an_address_says_what_of_it_is_not_open_here(workshop, ids):
    gone = "0" * 12
    page = workshop(f"classes=box,three&own=three:birds~{gone}:0-9&model=file&file=swift~{gone}").page
    missing = page.locator("#missing")
    expect(missing).to_contain_text(f"asks for the model swift (content {gone}), which is not open here")
    expect(missing).to_contain_text(f"asks for the dataset birds (content {gone}), which is not open here")
    page.locator("[name=network][value=mlp]").check()
    page.get_by_role("button", name="disk", exact=True).click()
    expect(missing).to_be_empty()


def test_a_server_that_was_away_while_it_trained_is_followed_again(workshop):
    page = workshop("classes=box,disk&epochs=400").page
    page.route("**/workshop/runs/w-*", lambda route: route.abort())
    page.locator("#run:not([disabled])").click()
    expect(page.locator("#strip")).to_contain_text("The server does not answer.")
    page.unroute("**/workshop/runs/w-*")
    page.locator("#strip").get_by_role("button", name="Retry").click()
    trained(page)
    expect(page.locator("#strip")).to_be_hidden()


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "light"), (390, 844, "dark")])
def test_rows_and_films_are_usable_for_all_at_both_sizes(workshop, width, height, scheme):
    tab = workshop("classes=box,disk,ring,noise&epochs=50", width=width, height=height, scheme=scheme)
    page = tab.page
    if width < 700:
        page.locator("#panel > summary").click()
    train(page)
    expect(page.locator(".film .frame").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert problems(page) == [] and tab.complaints == []
    page.locator("[data-key=more]").click()
    menu = page.locator(".acts-menu").bounding_box()
    assert menu["x"] >= 0 and menu["x"] + menu["width"] <= width and problems(page) == []


def altered(page, change):
    """What REST says about the runs from now on, changed: for what a network does too rarely to wait for it."""

    def fulfil(route):
        answer = route.fetch()
        said = answer.json()
        for run in said["runs"]:
            change(run)
        route.fulfill(response=answer, json=said)

    page.route("**/api/v1/workshop/runs", fulfil)
    page.reload()


def test_a_picture_that_never_became_sure_is_amber_and_says_how_sure_it_is(workshop):
    tab = workshop("classes=box,disk&epochs=50")
    page = tab.page
    train(page)
    page.evaluate("localStorage.setItem('innv-workshop-tour', 'done')")

    def stop_early(run):
        film = run["trials"][0]["films"][0]
        film["p"][-1], film["stopped"] = 0.83, "iterations"

    altered(page, stop_early)
    flag = page.locator("[data-run] [data-class=box] .rc-flag")
    expect(flag).to_have_text("only p 0.83")
    expect(page.locator(".film-end.warn")).to_contain_text("not reached in")
    assert page.locator("[data-run] [data-class=disk] .rc-flag").count() == 0
    assert problems(page) == [] and tab.complaints == []


def test_a_network_that_stopped_deciding_is_said_above_its_numbers(workshop):
    page = workshop("classes=box,disk&epochs=50").page
    train(page)

    def undecided(run):
        run["classes"][0]["marked"], run["request"]["way"] = True, "penalty"
        run["trials"][0] |= {"way": "penalty", "replaced_accuracy": 0.5, "inside": 0.1, "undecided": True}
        run["trials"].append(run["trials"][0] | {"way": "none", "replaced_accuracy": 0.4, "undecided": False})

    altered(page, undecided)
    expect(page.locator("[data-run] .behaviour .call")).to_contain_text("stopped deciding")
    assert problems(page) == []
