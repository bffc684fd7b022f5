"""Suggest by evidence in real Chromium: rank, read, filter, choose, compare, come back; what is missing or fails."""

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pages import NAMELESS, WAIT_MS, ask, is_ready, unused_method, uploaded
from tests.files import model_files

pytestmark = pytest.mark.browser

TWO = ("digits_cnn", "digits_mlp")
SOME = list(range(0, 1200, 30))  # 40 images: two pages
THIN = "\u202f"


@pytest.fixture
def evidence(open_tab, context, ids, demo):
    """Opens the view on digits with a selection: evidence(models, images, more state, screen). None of it is kept."""

    def evidence(models=TWO, images=SOME, more=None, **screen):
        chosen = ",".join(ids[name] for name in models)
        more = f"&images=selection&answers=all{unused_method()}" if more is None else more
        basket = {"dataset": ids["digits"] if images else None, "images": images}
        context.request.put(f"{demo.base}/api/v1/basket", data=basket)
        return open_tab(f"/suggest#dataset={ids['digits']}&models={chosen}&by=evidence{more}", **screen)

    return evidence


def rank(page, wanted=None):
    """Presses the button and waits for all of it -> the ranking's id."""
    page.locator("#run").click()
    is_ready(page)
    if wanted:
        expect(page.locator("#ranking .pages")).to_contain_text(f"of {wanted}")
    return re.search(r"rank=([\w-]+)", page.url)[1]


def cards(page):
    """What a person reads: file, number, what the models say, whether they say the same."""
    page.locator("#ranking .item").first.wait_for(timeout=WAIT_MS)
    return page.locator("#ranking .item").evaluate_all(
        """all => all.map(one => ({
            name: one.querySelector("input").getAttribute("aria-label").replace("Select ", ""),
            agreement: one.querySelector(".val").textContent.replace("\\u2212", "-"),
            answers: [...one.querySelectorAll(".groups li")].map(line =>
                [line.querySelector(".key").textContent, line.querySelector("b").textContent,
                 line.querySelector(".num").textContent]),
            same: one.querySelector(".mark").textContent,
        }))"""
    )


def told(rows, letters):
    """The same, made of what REST answers."""
    return [
        {
            "name": row["name"],
            "agreement": f"{row['agreement']:.3f}",
            "answers": [
                [letter, answer["class"], f"{answer['probability']:.3f}"]
                for letter, answer in zip(letters, row["answers"], strict=True)
            ],
            "same": "same answer" if row["same_answer"] else "different answers",
        }
        for row in rows
    ]


def test_a_person_ranks_a_selection_reads_it_and_compares_the_heatmaps(evidence, demo, ids):
    tab = evidence()
    page = tab.page
    expect(page.locator("#run-label")).to_have_text("Rank 40 × 2")
    expect(page.locator("#cost")).to_contain_text("80 heatmaps")
    expect(page.locator("#empty-title")).to_have_text("Nothing ranked yet")
    id = rank(page, 40)
    found = ask(demo, f"/rankings/{id}?size=24")
    letters = [model["letter"] for model in found["models"]]
    assert cards(page) == told(found["rows"], letters) and len(found["rows"]) == 24
    first = page.locator("#ranking .item").first.locator(".evidence img")
    expect(first).to_have_count(2)
    decoded = "all => Promise.all(all.map(one => one.decode().then(() => one.naturalWidth > 100)))"
    assert first.evaluate_all(decoded) == [True, True]
    page.get_by_role("button", name="Next images").click()
    expect(page.locator("#ranking .pages")).to_contain_text("25–40 of 40")
    assert cards(page) == told(ask(demo, f"/rankings/{id}?size=24&page=1")["rows"], letters)

    for alike, query in (("same", "true"), ("other", "false")):
        rows = ask(demo, f"/rankings/{id}?size=24&same_answer={query}")
        chosen = page.locator(f"#alike-{alike}")
        chosen.check(force=True)
        expect(page.locator(f"label:has(#alike-{alike})")).to_contain_text(str(rows["total"]))
        if rows["total"]:
            expect(page.locator("#ranking .item")).to_have_count(min(24, rows["total"]))
            expect(page.locator("#ranking .mark").first).to_have_text(told(rows["rows"], letters)[0]["same"])
            assert cards(page) == told(rows["rows"], letters)
        else:
            expect(page.locator("#ranking .gallery")).to_contain_text("same answer on every image")
    assert "answers=other" in page.url
    page.locator("#alike-all").check(force=True)
    expect(page.locator("#ranking .item")).to_have_count(24)

    page.locator("#basket-clear").click()
    for place in (0, 2):
        page.locator("#ranking .item input").nth(place).check()
    first = [found["rows"][place]["index"] for place in (0, 2)]
    page.locator("#basket-explain").click()
    page.wait_for_url(re.compile("/visualize"))
    expect(page.locator("#result canvas")).to_have_count(4, timeout=WAIT_MS)
    expect(page.locator("#method")).to_have_value("lrp.epsilon")
    assert f"images={first[0]},{first[1]}" in page.url
    assert page.locator("#model-chips input:checked").evaluate_all("all => all.map(one => one.value)") == [
        model["id"] for model in found["models"]
    ]
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url(re.compile("/suggest"))
    assert cards(page) == told(found["rows"], letters)
    expect(page.locator("#ranking .item input:checked")).to_have_count(2)
    assert tab.complaints == [] and tab.foreign == []


def test_a_link_brings_the_ranking_back_and_one_that_is_gone_says_so(evidence, open_tab):
    tab = evidence(images=[3, 90, 700], more="&images=selection&method=lrp.alpha_beta&answers=all")
    page = tab.page
    page.locator("[data-field=alpha]").fill("3")
    page.locator("[data-field=beta]").fill("2")
    page.locator("#measure label", has_text="overlap").click()
    expect(page.locator("#measure-words")).to_contain_text("pixels two maps share among the tenth")
    rank(page)
    before = cards(page)
    expect(page.locator("#ranking .made")).to_contain_text("alpha 3 · beta 2 · top-tenth overlap · 3 images")
    page.reload()
    is_ready(page)
    assert cards(page) == before
    expect(page.locator("[data-field=alpha]")).to_have_value("3")
    expect(page.locator("#method")).to_have_value("lrp.alpha_beta")
    expect(page.locator("#run-label")).to_have_text("Rank 3 × 2")
    expect(page.locator("#cost")).to_contain_text("about")
    assert tab.complaints == []

    path = re.sub(r"rank=[\w-]+", "rank=r-000000000000", page.url[page.url.index("/suggest") :])
    gone = open_tab(path).page
    expect(gone.locator("#empty-title")).to_have_text("This ranking is gone")
    gone.locator("#empty-acts button").click()
    is_ready(gone)
    assert cards(gone) == before


def test_a_ranking_whose_heatmaps_are_kept_is_shown_without_a_press(evidence, demo):
    page = evidence(images=[3, 90, 700]).page
    rank(page, 3)
    before, unranked = cards(page), re.sub(r"&rank=[\w-]+", "", page.url)
    page.goto(f"{demo.base}/images")
    page.goto(unranked)
    is_ready(page)
    assert cards(page) == before
    page.goto(f"{demo.base}/images")
    page.keyboard.press("g")
    page.keyboard.press("s")
    assert cards(page) == before


def test_a_ranking_of_which_a_heatmap_is_not_kept_waits_for_the_press(evidence, demo):
    page = evidence(images=[3, 90, 700]).page
    rank(page, 3)
    unranked = re.sub(r"&rank=[\w-]+", "", page.url)
    page.context.request.put(
        f"{demo.base}/api/v1/basket", data={"dataset": ask(demo, "/basket")["dataset"], "images": [3, 90, 701]}
    )
    page.goto(f"{demo.base}/images")
    with page.expect_response("**/rankings/kept") as asked:
        page.goto(unranked)
    assert asked.value.json() == {"kept": False}
    expect(page.locator("#empty-title")).to_have_text("Nothing ranked yet")
    expect(page.locator("#run-label")).to_have_text("Rank 3 × 2")
    page.locator("#basket-clear").click()
    expect(page.locator("#cost")).to_contain_text("Nothing is selected in digits")


def test_one_model_is_not_enough_and_the_page_says_what_to_do(evidence):
    page = evidence(models=("digits_cnn",)).page
    expect(page.locator("#cost")).to_have_text("Choose one more model to compare with.")
    expect(page.locator("#run")).to_be_disabled()
    expect(page.locator("#empty-words")).to_contain_text("Choose one more model")
    page.locator("#model-chips label[title='digits_mlp'] input").check()
    expect(page.locator("#run")).to_be_enabled()
    page.locator("#basket-clear").click()
    expect(page.locator("#cost")).to_contain_text("Nothing is selected in digits")
    page.locator("#scope label", has_text="Whole dataset").click()
    expect(page.locator("#run-label")).to_have_text(f"Rank 1{THIN}797 × 2")
    expect(page.locator("#scope-words")).to_have_text(f"All 1{THIN}797 images of digits.")


def test_only_methods_that_all_chosen_models_can_run_are_offered(evidence):
    page = evidence(more="&images=selection&method=grad_cam").page
    option = page.locator("#method option[value=grad_cam]")
    expect(option).to_be_disabled()
    expect(option).to_have_text("grad_cam · digits_mlp has no layer with height and width")
    expect(page.locator("#cost")).to_contain_text("Choose another method: digits_mlp has no layer")
    expect(page.locator("#method option[value=gradient]")).to_be_enabled()
    page.locator("#model-chips label[title='digits_resnet'] input").check()
    page.locator("#model-chips label[title='digits_mlp'] input").uncheck()
    expect(option).to_be_enabled()
    expect(page.locator("#run")).to_be_enabled()


def test_the_list_grows_and_a_cancelled_ranking_keeps_what_is_there(evidence, demo):
    tab = evidence(more="&method=smoothgrad&answers=all", images=[])
    page = tab.page
    page.locator("#run").click()
    page.locator("body[data-state=partial]").wait_for(timeout=WAIT_MS)
    strip = page.locator("#strip")
    expect(strip).to_contain_text(re.compile(rf"of 1{THIN}797 images"))
    counted = page.locator("label:has(#alike-all)")
    first = int(re.sub(r"\D", "", counted.inner_text()))
    assert first > 0 and page.locator("#ranking .item").count() > 0
    expect(strip).to_contain_text("left", timeout=WAIT_MS)
    expect(counted).not_to_have_text(f"All {first}", timeout=WAIT_MS)
    page.locator("#ranking .item").first.hover()
    under_pointer, then = cards(page), counted.inner_text()
    expect(counted).not_to_have_text(then, timeout=WAIT_MS)
    assert cards(page) == under_pointer
    page.locator("#page-title").hover()
    strip.get_by_role("button", name="Cancel").click()
    page.locator("body[data-state=cancelled]").wait_for(timeout=WAIT_MS)
    expect(strip).to_contain_text(re.compile(r"Cancelled after .* images? (is|are) ranked\."))
    id = re.search(r"rank=([\w-]+)", page.url)[1]
    kept = ask(demo, f"/rankings/{id}?size=24")
    assert [card["name"] for card in cards(page)] == [row["name"] for row in kept["rows"]]
    page.reload()
    page.locator("body[data-state=cancelled]").wait_for(timeout=WAIT_MS)
    assert [card["name"] for card in cards(page)] == [row["name"] for row in kept["rows"]]
    expect(strip.get_by_role("button", name="Rank again")).to_be_enabled()
    assert tab.complaints == []


def test_images_that_cannot_be_used_are_listed_with_their_reasons(open_tab, ids, demo, tmp_path):
    for number in range(3):
        Image.fromarray(np.random.default_rng(number).integers(0, 255, (8, 8), np.uint8)).save(
            tmp_path / f"{number}.png"
        )
    (tmp_path / "cut.png").write_bytes((tmp_path / "0.png").read_bytes()[:60])
    page = open_tab("/images").page
    dataset = uploaded(page, sorted(tmp_path.glob("*.png")))
    models = ",".join(ids[name] for name in TWO)
    page.goto(f"{demo.base}/suggest#dataset={dataset}&models={models}&by=evidence&method=gradient&answers=all")
    page.locator("#run").click()
    strip = page.locator("#strip")
    expect(strip).to_contain_text("1 image could not be used. 3 images are ranked.", timeout=WAIT_MS)
    strip.get_by_role("button", name="Show which").click()
    dialog = page.locator("#large")
    expect(dialog).to_contain_text("1 image could not be used")
    expect(dialog).to_contain_text(re.compile(r"cut\.png.+"))
    page.keyboard.press("Escape")
    assert len(cards(page)) == 3


def odd_model(path, seed):
    """A model with tanh: Deep Taylor refuses it, and does it when it is told to."""

    def fill(tree):
        kernel = tree["layers/dense/vars/0"]
        kernel[...] = np.random.default_rng(seed).normal(size=kernel.shape)

    config = model_files.ordinary(model_files.layer("Activation", "bend", activation="tanh"))
    return model_files.archive(path, config, model_files.weights(fill))


def test_a_refused_method_says_why_and_what_can_be_done(open_tab, ids, demo, tmp_path):
    files = [odd_model(tmp_path / f"bent_{name}.keras", seed) for seed, name in enumerate(("one", "two"))]
    page = open_tab("/models").page
    page.locator("input[type=file][multiple]").first.set_input_files([str(file) for file in files])
    for name in ("bent_one", "bent_two"):
        expect(page.get_by_text(name).first).to_be_visible(timeout=WAIT_MS)
    page.wait_for_timeout(300)
    models = {model["name"]: model for model in ask(demo, "/models")["models"]}
    chosen = [models[name]["id"] for name in ("bent_one", "bent_two")]
    page.goto(f"{demo.base}/suggest#dataset={ids['digits']}&models={','.join(chosen)}&by=evidence&method=deep_taylor")
    page.locator("#run").click()
    strip = page.locator("#strip")
    expect(strip).to_contain_text(re.compile("tanh|bend"), timeout=WAIT_MS)
    strip.get_by_role("button", name="Rank unchecked").click()
    expect(page.locator("#ranking .made")).to_contain_text("unchecked", timeout=WAIT_MS)
    for id in chosen:
        page.context.request.delete(f"{demo.base}/api/v1/models/{id}")


def test_the_list_is_walked_by_keyboard_and_the_views_change_by_digits(evidence):
    tab = evidence(images=[3, 90, 700, 1100])
    page = tab.page
    expect(page.locator("#run")).to_be_enabled()
    page.keyboard.press("1")
    expect(page.locator("#run-label")).to_have_text(f"Score 1{THIN}797 × 2")
    expect(page.locator("#empty-title")).to_have_text("No scores yet")
    expect(page.locator("#picks")).to_be_visible()
    expect(page.locator("#method")).to_be_hidden()
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    is_ready(page)
    expect(page.locator("#ranking .item")).to_have_count(4)
    page.locator("#basket-clear").click()
    page.locator("#page-title").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("s")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    expect(page.locator("#basket-count")).to_have_text("2 images")
    page.keyboard.press("Enter")
    dialog = page.locator("#large")
    expect(dialog).to_contain_text("Agreement")
    link = dialog.get_by_role("link", name="Compare the heatmaps").get_attribute("href")
    assert "method=lrp.epsilon" in link and link.endswith("&go")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert tab.complaints == [] and tab.foreign == []


def test_the_view_stands_among_the_suggestions_and_leaves_the_scores_alone(evidence):
    page = evidence(more="").page
    expect(page.locator("#run")).to_be_enabled()
    page.keyboard.press("1")
    page.locator("#run").click()
    is_ready(page)
    card = page.locator("#to-evidence")
    expect(card).to_contain_text("Least agreement of evidence")
    card.click()
    expect(page.locator("#empty-title")).to_have_text("Nothing ranked yet")
    expect(page.locator("#plots")).to_be_hidden()
    assert "by=evidence" in page.url
    page.keyboard.press("1")
    is_ready(page)
    page.locator("[data-plot=scatter] .drawn").wait_for(timeout=WAIT_MS)
    assert "by=" not in page.url and "method=" not in page.url


def test_the_view_holds_at_every_size_and_everything_on_it_has_a_name(evidence):
    """Opened on a phone in the dark, where the panel is folded; then in a window and on a desk."""
    tab = evidence(images=[3, 90, 700], width=390, height=844, scheme="dark")
    page = tab.page
    sideways = "element => element.scrollWidth - element.clientWidth"
    assert page.locator("html").evaluate(sideways) <= 0
    page.locator("#panel > summary").click()
    rank(page)
    assert len(cards(page)) == 3
    for width, height, scheme in ((390, 844, "dark"), (900, 800, "light"), (1440, 900, "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_timeout(100)
        assert page.locator("html").evaluate(sideways) <= 0, width
        assert page.evaluate(NAMELESS) == [], width
    assert tab.complaints == [] and tab.foreign == []
