"""The rows of Explore in real Chromium: query and cells, a refused query, the wall of a cell, similar images, keys."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.axe import problems
from tests.browser.pages import WAIT_MS, ask

pytestmark = pytest.mark.browser

SHOWS_PICTURES = """canvas => new Promise(done => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  const look = left => {
    copy.clearRect(0, 0, canvas.width, canvas.height);
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    const black = data.filter((value, k) => k % 4 === 0 && value < 8 && data[k + 3] === 255).length;
    if (black > 10_000 || !left) done(black > 10_000);
    else requestAnimationFrame(() => look(left - 1));
  };
  look(600);
})"""  # digits are white on black, a picture that has not come is light grey
TWO = ("digits_cnn", "digits_mlp")
THIN = "\u202f"


@pytest.fixture
def explored(open_tab, context, ids, demo):
    """Opens digits under two models in a view of the page -> (tab, path of the exploration in REST)."""

    def explored(view, more="", **screen):
        models = [ids[name] for name in TWO]
        body = {"dataset": ids["digits"], "models": models, "layers": None}
        made = context.request.post(f"{demo.base}/api/v1/explorations", data=body).json()
        tab = open_tab(f"/explore#dataset={ids['digits']}&models={','.join(models)}&view={view}{more}", **screen)
        tab.page.locator("#run").click() if not _is_ready(tab.page) else None
        tab.page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
        return tab, f"/explorations/{made['exploration']['id']}"

    return explored


def _is_ready(page):
    """Whether it shows what is kept without a press."""
    page.locator("body[data-state=ready], body[data-state=empty] #run:enabled").first.wait_for(timeout=WAIT_MS)
    return page.locator("body").get_attribute("data-state") == "ready"


def cells(page):
    return page.locator("[data-filter]").evaluate_all(
        "all => Object.fromEntries(all.filter(one => one.value).map(one => [one.dataset.filter, one.value]))"
    )


def test_query_and_filter_cells_are_one_expression(explored, demo):
    tab, at = explored("table")
    page = tab.page
    found = page.locator("#tray .found")
    page.locator("#query").fill("label = 3 and A.loss > 0.1")
    expect(page.locator("[data-filter='A.loss']")).to_have_value("> 0.1")
    assert cells(page) == {"label": "= 3", "A.loss": "> 0.1"}
    page.locator("[data-filter='A.confidence']").fill("> 0.6")
    whole = "label = 3 and A.loss > 0.1 and A.confidence > 0.6"
    expect(page.locator("#query")).to_have_value(whole)
    n = ask(demo, f"{at}/query?query={quote(whole)}")["n"]
    expect(found).to_have_text(f"{n} of 1{THIN}797 images")
    page.locator("[data-filter='label']").fill("")
    expect(page.locator("#query")).to_have_value("A.loss > 0.1 and A.confidence > 0.6")
    page.locator("#query").fill("label 3 or label 5")
    expect(page.locator("[data-filter='A.loss']")).to_have_value("")
    page.locator("[data-filter='A.loss']").fill("> 0.1")
    expect(page.locator("#query")).to_have_value("(label 3 or label 5) and A.loss > 0.1")
    n = ask(demo, f"{at}/query?query={quote('(label 3 or label 5) and A.loss > 0.1')}")["n"]
    expect(found).to_have_text(f"{n} of 1{THIN}797 images")
    assert tab.complaints == []


def test_chosen_columns_are_in_the_address(explored):
    page = explored("table")[0].page
    heads = page.locator(".rows [role=columnheader]")
    expect(heads.filter(has_text="different answers")).to_have_count(0)
    page.locator("#columns-open").click()
    page.get_by_role("checkbox", name="different answers").check()
    expect(heads.filter(has_text="different answers")).to_have_count(1)
    page.wait_for_function("location.hash.includes('columns=')")
    page.reload()
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    expect(heads.filter(has_text="different answers")).to_have_count(1)
    page.locator("#columns-open").click()
    page.get_by_role("button", name="Default columns").click()
    expect(heads.filter(has_text="different answers")).to_have_count(0)
    page.wait_for_function("!location.hash.includes('columns=')")


def test_a_refused_query_keeps_the_rows_and_offers_the_nearest_column(explored):
    page = explored("table")[0].page
    rows = page.locator("#tray .tr.d")
    expect(rows.first).to_contain_text("digit_")
    before = rows.first.inner_text()
    page.locator("#query").fill('label = "3" and A.los > 0.1')
    expect(page.locator("#tray .ink .wrong")).to_have_text("A.los")
    expect(page.locator("#query")).to_have_attribute("aria-invalid", "true")
    assert rows.first.inner_text() == before
    page.locator("#query-say").get_by_role("button", name="A.loss", exact=True).click()
    expect(page.locator("#query")).to_have_value('label = "3" and A.loss > 0.1')
    expect(page.locator("#tray .found")).to_contain_text(f"of 1{THIN}797 images")
    page.locator("#query").fill("label = 3 and A.loss > 1e9")
    expect(page.locator(".nothing")).to_contain_text("without A.loss > 1e9")
    page.locator(".nothing .btn").first.click()
    expect(page.locator("#query")).to_have_value("label = 3")


def test_only_the_rows_in_view_exist_and_keys_walk_through_all_of_them(explored):
    tab, _ = explored("table", "&sort=index&order=asc")
    page = tab.page
    grid = page.get_by_role("grid")
    expect(grid).to_have_attribute("aria-rowcount", "1799")
    expect(page.locator("#tray .tr.d").first).to_contain_text("digit_")
    assert page.locator("#tray .tr.d").count() < 40
    page.locator("#tray .tr.d").first.focus()
    page.keyboard.press("End")
    last = page.locator("#tray .tr.d:focus")
    expect(last).to_have_attribute("aria-rowindex", "1799")
    expect(last).to_contain_text(f"1{THIN}796")
    page.keyboard.press("Space")
    expect(page.locator("#tray-count")).to_have_text("1 image")
    page.keyboard.press("Enter")
    expect(page.locator("#inspector")).to_be_visible()
    assert problems(page) == [] and tab.complaints == []


def test_a_cell_of_the_confusion_opens_its_images_as_a_wall(explored, demo):
    tab, at = explored("confusion")
    page = tab.page
    cell = page.get_by_role("button", name=re.compile("label 2, A says 2"))
    n = int(re.search(r"(\d+) images", cell.get_attribute("aria-label"))[1])
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/wall/" in request.url else None)
    cell.click()
    wall = page.locator("#wall")
    expect(wall.locator("h2")).to_have_text("Label 2, A says 2")
    expect(wall).to_contain_text(f"{n} images")
    assert page.locator("#wall-plane canvas").evaluate(SHOWS_PICTURES)
    assert 0 < len(asked) <= 24
    page.locator("#wall-plane").click(position={"x": 60, "y": 40})
    expect(page.locator("#inspector")).to_be_visible()
    expect(page.locator("#inspector .facts-l")).to_contain_text("2")
    assert problems(page) == []
    page.locator("#wall-select").click()
    expect(page.locator("#tray-count")).to_have_text(f"{n} images")
    page.locator("#wall-close").click()
    expect(page.locator("#confusion .pair-l").first).to_be_visible()
    assert tab.complaints == []


def test_similar_images_come_after_the_query(explored, demo):
    tab, at = explored("table", "&sort=index&order=asc")
    page = tab.page
    page.locator("#tray .tr.d").nth(2).click()
    page.locator("#find-similar").click()
    lines = page.locator("#inspector .near ol > li")
    expect(lines).to_have_count(6, timeout=WAIT_MS)
    expect(lines.first).to_contain_text("Query")
    shown = page.locator("#inspector .near ol button[id^='near-']:not(#near-query)")
    rows = [int(id.removeprefix("near-")) for id in shown.evaluate_all("all => all.map(one => one.id)")]
    model = page.locator("#similar-of").input_value()
    assert rows == [one["row"] for one in ask(demo, f"{at}/neighbours?row=2&k=5&of={model}")["neighbours"]]
    page.locator("#similar-k").select_option("10")
    expect(lines).to_have_count(11)
    assert tab.complaints == []
