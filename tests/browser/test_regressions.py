"""Defects that earlier programs of this kind had, looked for on the page in real Chromium.

The networks are made by hand, so that what a canvas has to show is known from their weights alone.
"""

import io
import json
import re
import time

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.pages import WAIT_MS, ask
from tests.datasets.picture_files import BLUE, GREEN, RED, WHITE
from tests.networks.hand_models import hand_model

pytestmark = pytest.mark.browser

HEIGHT, WIDTH = 40, 90
SHAPES = {"hand_colour": (HEIGHT, WIDTH, 3), "hand_grey": (HEIGHT, WIDTH, 1), "hand_tall": (36, 15, 3)}
COLOUR, GREY = range(7), range(7, 14)  # indices of images, sorted by name
PIXELS = """(canvas, [height, width]) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const pen = copy.getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  const all = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  const at = (row, column) => 4 * (Math.floor((row + 0.5) * canvas.height / height) * canvas.width
    + Math.floor((column + 0.5) * canvas.width / width));
  return Array.from({ length: height * width }, (_, k) => {
    const place = at(Math.floor(k / width), k % width);
    return Array.from(all.slice(place, place + 3));
  });
}"""


def pictures():
    """File name -> (H, W, 3) or (H, W) uint8; the first tells every rotation and swapped side."""
    generator = np.random.default_rng(5)
    colour = [generator.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8) for _ in COLOUR]
    colour[0][:20, :45], colour[0][:20, 45:], colour[0][20:, :45], colour[0][20:, 45:] = RED, GREEN, BLUE, WHITE
    grey = [generator.integers(0, 256, (HEIGHT, WIDTH), np.uint8) for _ in GREY]
    named = {f"colour_{k}.png": one for k, one in enumerate(colour)}
    return named | {f"grey_{k}.png": one for k, one in enumerate(grey)}


class Hand:
    """The networks and images by name, with what the server calls them."""

    def __init__(self, folder):
        self.models = {name: hand_model(seed, shape) for seed, (name, shape) in enumerate(SHAPES.items(), 9)}
        self.pictures = pictures()
        self.files = [model.file(folder / f"{name}.keras") for name, model in self.models.items()]
        (folder / "classes.json").write_text(json.dumps(["a", "b", "c"]))
        self.files.append(folder / "classes.json")
        self.images = [folder / name for name in self.pictures]
        for path in self.images:
            Image.fromarray(self.pictures[path.name]).save(path)
        self.ids, self.dataset = {}, None

    def pixels(self, index, model):
        """An image as the network reads it."""
        pixels = list(self.pictures.values())[index]
        channels = self.models[model].shape[-1]
        return np.stack([pixels] * channels, -1) if pixels.ndim == 2 else pixels


def until(found, wait_s=60):
    """Poll for something that comes."""
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        if result := found():
            return result
        time.sleep(0.2)
    raise AssertionError("did not come")


def named(demo, kind, names):
    """Name -> id of what is ready."""
    records = {one["name"]: one["id"] for one in ask(demo, f"/{kind}")[kind] if one["status"] == "ready"}
    return {name: records[name] for name in names} if set(names) <= set(records) else None


def upload(page, base, path, files):
    page.goto(base + path)
    page.locator("#files").set_input_files([str(file) for file in files])


@pytest.fixture(scope="module")
def hand(browser, demo, tmp_path_factory):
    """Models and images are given to the server as a person gives them; they read the bytes as they are."""
    hand = Hand(tmp_path_factory.mktemp("hand"))
    context = browser.new_context()
    context.request.get(demo.address)
    page = context.new_page()
    before = {one["id"] for one in ask(demo, "/datasets")["datasets"]}
    upload(page, demo.base, "/models", hand.files)
    hand.ids = until(lambda: named(demo, "models", SHAPES))
    upload(page, demo.base, "/images", hand.images)
    fresh = lambda: [d for d in ask(demo, "/datasets")["datasets"] if d["id"] not in before and d["status"] == "ready"]  # noqa: E731
    hand.dataset = until(lambda: next((d["id"] for d in fresh() if d["n"] == len(hand.images)), None))
    for id in hand.ids.values():
        change = {"preprocessing": {"mode": "none"}}
        assert context.request.patch(f"{demo.base}/api/v1/models/{id}", data=change).ok
    yield hand
    for address in (*(f"models/{id}" for id in hand.ids.values()), f"datasets/{hand.dataset}"):
        context.request.delete(f"{demo.base}/api/v1/{address}")
    context.close()


@pytest.fixture
def look(open_tab, hand):
    """Opens Visualize on some of the networks and images and waits for the maps."""

    def look(models, images=(3,), more="", method="gradient"):
        chosen = ",".join(hand.ids[name] for name in models)
        places = ",".join(map(str, images))
        tab = open_tab(f"/visualize#models={chosen}&dataset={hand.dataset}&images={places}&method={method}&{more}&go=1")
        tab.page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
        return tab

    return look


def run_of(page):
    return re.search(r"run=([\w-]+)", page.url).group(1)


def drawn(canvas, shape):
    """(H, W, 3) of a canvas: the colour in the middle of each pixel of the map."""
    canvas.scroll_into_view_if_needed()
    expect(canvas).to_have_attribute("data-drawn", re.compile("e-"), timeout=WAIT_MS)
    return np.asarray(canvas.evaluate(PIXELS, list(shape[:2]))).reshape(*shape[:2], 3)


def grey(values):
    """(H, W) from 0 to its maximum -> (H, W, 3) as drawn in grey."""
    level = np.floor(255 * values / values.max() + 0.5)
    return np.stack([level] * 3, -1)


def same(shown, expected):
    return shown.shape == expected.shape and np.abs(shown - expected).max() <= 1


def unsigned(gradient):
    """Signs go first, then channels are added."""
    return np.abs(gradient).sum(-1)


def number(text):
    return float(text.replace("\u2212", "-"))


def test_the_neurons_shown_are_the_ones_with_the_largest_activations(hand, look):
    model = hand.models["hand_colour"]
    page = look(["hand_colour"], [3], f"neurons=top4&layer={hand.ids['hand_colour']}:hidden").page
    tiles = page.locator(".neuron")
    expect(tiles).to_have_count(4)
    found = model.activations(hand.pixels(3, "hand_colour"))
    largest = np.argsort(-found)[:4]
    assert [int(text) for text in tiles.locator("strong").all_inner_texts()] == largest.tolist()
    told = [number(text) for text in tiles.locator("figcaption .quiet").all_inner_texts()]
    np.testing.assert_allclose(told, found[largest], atol=0.006)
    page.locator("#view label", has_text="Slideshow").click()
    for place, neuron in enumerate(largest):
        shown = drawn(page.locator(".big .neuron canvas").nth(place), model.shape)
        assert same(shown, grey(unsigned(model.neuron_gradient(neuron))))


def test_the_images_shown_as_most_activating_are_those_with_the_largest_activations(hand, open_tab):
    model = hand.models["hand_colour"]
    which = f"model={hand.ids['hand_colour']}&kind=neuron&layer=hidden&index=2"
    page = open_tab(f"/features#{which}&dataset={hand.dataset}&preset=plain&p.iterations=3").page
    page.locator("#run").click()
    links = page.locator("#detail .acts a")
    expect(links).to_have_count(18, timeout=WAIT_MS)
    expect(page.locator("#detail [role=status]")).to_have_count(0, timeout=WAIT_MS)  # all images were looked at
    told = [link.get_attribute("aria-label").split(": ") for link in links.all()]
    found = {name: model.activations(hand.pixels(k, "hand_colour"))[2] for k, name in enumerate(sorted(hand.pictures))}
    falling = sorted(found, key=found.get, reverse=True)
    assert [name for name, _ in told] == [*falling[:12], *falling[:-7:-1]]
    np.testing.assert_allclose(
        [number(words.split(". Exp")[0]) for _, words in told[:12]], [found[name] for name in falling[:12]], atol=0.006
    )


def columns(page):
    """Letter and name of each column, in the order of the page."""
    heads = page.locator("#result thead th:has(.key)")
    return [(head.locator(".key").inner_text(), head.inner_text()) for head in heads.all()]


def maps_belong_to(page, demo, hand, names):
    """Each column has the letter and name that the server gave the model, and this model's map."""
    letters = {one["name"]: one["letter"] for one in ask(demo, "/models")["models"]}
    shown = columns(page)
    assert [letter for letter, _ in shown] == [letters[name] for name in names]
    assert all(name in head for name, (_, head) in zip(names, shown, strict=True))
    canvases = page.locator("#result tbody canvas")
    expect(canvases).to_have_count(len(names))
    for place, name in enumerate(names):
        model = hand.models[name]
        predicted = int(model.probabilities(hand.pixels(10, name)).argmax()) if name != "hand_tall" else None
        canvas = canvases.nth(place)
        assert f"{letters[name]} {name}" in canvas.get_attribute("aria-label")
        maps = [grey(unsigned(model.class_gradient(c))) for c in ([predicted] if predicted is not None else range(3))]
        assert any(same(drawn(canvas, model.shape), one) for one in maps), name


def test_letters_names_and_maps_belong_to_the_model_and_not_to_its_place(hand, look, demo):
    tab = look(["hand_tall", "hand_colour", "hand_grey"], [10])
    page = tab.page
    maps_belong_to(page, demo, hand, ["hand_tall", "hand_colour", "hand_grey"])
    page.locator("#model-chips label[title='hand_colour'] input").uncheck()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result tbody canvas")).to_have_count(2, timeout=WAIT_MS)
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    left = [name for _, name in columns(page)]
    maps_belong_to(page, demo, hand, sorted(["hand_tall", "hand_grey"], key=lambda name: name not in left[0]))
    assert tab.complaints == []


def test_letters_names_and_maps_stay_when_an_earlier_model_is_removed(hand, look, demo, tmp_path):
    page = look(["hand_grey"]).page
    gone = hand_model(77, (HEIGHT, WIDTH, 3)).file(tmp_path / "hand_gone.keras")
    last = hand.models["hand_tall"].file(tmp_path / "hand_last.keras")
    base = re.match(r"https?://[^/]+", page.url)[0]
    for path in (gone, last):
        upload(page, base, "/models", [path])
        until(lambda: named(demo, "models", [path.stem]))  # noqa: B023 - called at once
    ids = named(demo, "models", ["hand_gone", "hand_last"])
    letters = {one["name"]: one["letter"] for one in ask(demo, "/models")["models"]}
    assert page.context.request.delete(f"{base}/api/v1/models/{ids['hand_gone']}").ok
    page.goto(
        f"{base}/visualize#models={ids['hand_last']},{hand.ids['hand_grey']}&dataset={hand.dataset}"
        "&images=3&method=gradient&class=1&go=1"
    )
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    try:
        assert [letter for letter, _ in columns(page)] == [letters["hand_last"], letters["hand_grey"]]
        canvases = page.locator("#result tbody canvas")
        for place, name in enumerate(("hand_tall", "hand_grey")):
            model = hand.models[name]
            assert same(drawn(canvases.nth(place), model.shape), grey(unsigned(model.class_gradient(1))))
    finally:
        page.context.request.delete(f"{base}/api/v1/models/{ids['hand_last']}")


def at_hidden(hand, class_):
    """What a class looks like from "hidden": the mean over the neurons that stand for it."""
    model = hand.models["hand_colour"]
    return grey(sum(unsigned(model.neuron_gradient(neuron)) for neuron in model.neurons_of_class(class_)))


@pytest.mark.parametrize(("name", "class_"), [("a", 0), ("b", 1), ("c", 2)])
def test_with_a_layer_the_class_that_was_asked_for_is_shown_and_not_the_last(hand, look, demo, name, class_):
    more = f"view=slide&class={name}&layer={hand.ids['hand_colour']}:hidden"
    page = look(["hand_colour"], [3], more).page
    told = ask(demo, f"/explanations/{run_of(page)}")
    assert told["request"]["class"] == class_
    expect(page.locator("#class-name")).to_have_value(name)
    facts = page.locator("article.big .facts-l").last
    expect(facts).to_contain_text("hidden")
    expect(facts).to_contain_text(re.compile(rf"Class\s*{name}\b"))
    shown = drawn(page.locator(".big canvas"), SHAPES["hand_colour"])
    assert [same(shown, at_hidden(hand, other)) for other in range(3)] == [other == class_ for other in range(3)]


@pytest.mark.parametrize("wish", ["class=-1", "neurons=-1", "neurons=last"])
def test_minus_one_in_a_link_is_neither_the_last_class_nor_the_last_neuron(hand, look, demo, wish):
    tab = look(["hand_colour"], [3], f"{wish}&layer={hand.ids['hand_colour']}:hidden")
    told = ask(demo, f"/explanations/{run_of(tab.page)}")["request"]
    assert (told["class"], told["neuron"], told["top_neurons"]) == ("predicted", None, None)
    expect(tab.page.locator("#target-kind input[value=predicted]")).to_be_checked()
    assert tab.complaints == []


def test_signs_are_dropped_before_channels_are_added(hand, look, demo):
    page = look(["hand_colour"], [3], "view=slide&class=b").page
    model, id = hand.models["hand_colour"], hand.ids["hand_colour"]
    shown = drawn(page.locator(".big canvas"), model.shape)
    wish = {"models": [id], "dataset": hand.dataset, "images": [3], "analyzer": "gradient", "class": "b"}
    signed = json.loads(demo.post("/api/v1/explanations", wish | {"params": {"postprocess": "none"}}).read())
    signed = signed["explanation"]["id"]
    until(lambda: ask(demo, f"/explanations/{signed}")["status"] == "done")
    raw = np.load(io.BytesIO(demo.get(f"/api/v1/explanations/{signed}/maps/{id}/3.npy").read()))[0]
    np.testing.assert_allclose(raw, model.class_gradient(1), rtol=1e-3, atol=1e-9)
    assert same(shown, grey(np.abs(raw).sum(-1)))
    assert not same(shown, grey(np.abs(raw.sum(-1)))) and not same(shown, grey(np.abs(raw.max(-1))))


def test_width_and_height_are_not_swapped(hand, look):
    page = look(["hand_colour", "hand_tall"], [0], "view=slide&opacity=0").page
    picture = page.locator("article[aria-label=Input] img")
    ratio = picture.evaluate("image => image.naturalWidth / image.naturalHeight")
    assert abs(ratio - WIDTH / HEIGHT) < 0.02
    wide, tall = page.locator(".big canvas").all()
    under = drawn(wide, (HEIGHT, WIDTH))
    np.testing.assert_array_equal(under, hand.pixels(0, "hand_colour"))
    corners = drawn(tall, SHAPES["hand_tall"])[[2, 2, -3, -3], [2, -3, 2, -3]]
    np.testing.assert_array_equal(corners, [RED, GREEN, BLUE, WHITE])
    for canvas, (height, width, _) in ((wide, SHAPES["hand_colour"]), (tall, SHAPES["hand_tall"])):
        box = canvas.bounding_box()
        assert abs(box["width"] / box["height"] - width / height) < 0.05 * width / height


@pytest.mark.parametrize("name", ["hand_colour", "hand_tall"])
def test_maps_of_models_that_are_not_square_are_not_turned(hand, look, name):
    model = hand.models[name]
    page = look([name], [0], "class=c").page
    assert same(drawn(page.locator("#result tbody canvas"), model.shape), grey(unsigned(model.class_gradient(2))))


def ascend(page, base, hand, name, more):
    page.goto(f"{base}/features#model={hand.ids[name]}&dataset={hand.dataset}&{more}")
    page.locator("#run").click()
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    return run_of(page)


def test_an_ascent_stops_at_its_cap_and_says_so(hand, open_tab, demo):
    page = open_tab("/features").page
    run = ascend(page, demo.base, hand, "hand_colour", "preset=plain&p.iterations=7&p.step=0.0001")
    told = ask(demo, f"/maximizations/{run}")
    assert [(one["steps"], one["stopped"]) for one in told["targets"]] == [(7, "iterations")] * 3
    expect(page.locator("#made .stop")).to_have_text(["stopped at the cap · 7 steps"] * 3)
    expect(page.locator("#detail")).to_contain_text("at the cap of 7 steps")


def test_an_ascent_has_a_cap_also_where_a_person_empties_the_field(hand, open_tab, demo):
    page = open_tab(f"/features#model={hand.ids['hand_colour']}&preset=plain&p.stop_at=1").page
    page.locator("#param-iterations").fill("")
    page.locator("#param-step").fill("0.0001")
    page.locator("#run").click()
    page.locator("body[data-state=ready]").wait_for(timeout=WAIT_MS)
    told = ask(demo, f"/maximizations/{run_of(page)}")
    assert {one["steps"] for one in told["targets"]} == {told["request"]["params"]["iterations"]} == {500}


def test_one_channel_images_and_models_go_with_those_of_three(hand, look, demo):
    tab = look(["hand_colour", "hand_grey"], [3, 10], "class=a")
    page = tab.page
    expect(page.locator("#result .fail")).to_have_count(0)
    canvases = page.locator("#result tbody canvas")
    expect(canvases).to_have_count(4)
    for place, name in enumerate(("hand_colour", "hand_grey") * 2):
        model = hand.models[name]
        assert same(drawn(canvases.nth(place), model.shape), grey(unsigned(model.class_gradient(0))))
    told = page.locator("#result tbody .pred .num").all_inner_texts()
    for place, (index, name) in {0: (3, "hand_colour"), 2: (10, "hand_colour"), 3: (10, "hand_grey")}.items():
        found = hand.models[name].probabilities(hand.pixels(index, name)).max()
        assert abs(float(told[place]) - found) < 0.0011
    assert tab.complaints == []


def test_one_channel_works_for_every_way_of_drawing(hand, look):
    more = "view=methods&methods=gradient,guided_backprop,lrp.epsilon,smoothgrad,deconvnet"
    tab = look(["hand_grey"], [3, 10], more)
    canvases = tab.page.locator(".sheet td canvas")
    expect(canvases).to_have_count(10, timeout=WAIT_MS)
    for canvas in canvases.all():
        assert np.ptp(drawn(canvas, SHAPES["hand_grey"])) > 20
    expect(tab.page.locator(".sheet .fail")).to_have_count(0)
    assert tab.complaints == []


def test_one_channel_works_on_the_page_features(hand, open_tab, demo):
    tab = open_tab("/features")
    ascend(tab.page, demo.base, hand, "hand_grey", "preset=plain&p.iterations=5")
    picture = tab.page.locator("#detail .big2 img")
    assert picture.evaluate("image => image.naturalWidth / image.naturalHeight") == WIDTH / HEIGHT
    shown = np.asarray(Image.open(io.BytesIO(picture.screenshot())).convert("RGB")).astype(int)
    assert np.ptp(shown) > 50
    assert tab.complaints == []
