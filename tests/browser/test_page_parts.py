"""Parts of pages on their own, without a server: what they say and what room they take."""

from __future__ import annotations

from pathlib import Path

import pytest

from innv_gui.preprocessing import in_words
from innv_gui.records import PREPROCESSING_MODES, RESIZE_RULES, Preprocessing

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
TALL = "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='900'/>"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
CSS = ("tokens", "base", "visualize", "slideshow")


@pytest.fixture(scope="module")
def parts(browser):
    """A page that has the style sheets and may import every module of the product."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})

    def fulfil(route):
        path = route.request.url.removeprefix("http://parts.test/")
        if path == "":
            links = "".join(f'<link rel="stylesheet" href="/static/css/{name}.css">' for name in CSS)
            route.fulfill(content_type="text/html", body=f"<!doctype html>{links}<body></body>")
        elif path == "tall.svg":
            route.fulfill(content_type=TYPES[".svg"], body=TALL)
        elif not (file := ROOT / path).is_file():
            route.fulfill(status=404, content_type="application/json", body="{}")
        else:
            route.fulfill(content_type=TYPES[file.suffix], body=file.read_bytes())

    page.route("http://parts.test/**", fulfil)
    page.goto("http://parts.test/")
    yield page
    page.close()


def test_a_tall_picture_keeps_to_its_square_and_covers_nothing_beneath_it(parts):
    parts.evaluate(
        """async () => {
          document.body.innerHTML = `<article class="big" style="width: 300px"><header>Input</header>
            <div class="map"><img class="tall" src="/tall.svg"></div><dl class="facts-l"><dt>File</dt></dl></article>`;
          await document.querySelector("img").decode();
        }"""
    )
    picture, below = (parts.locator(one).bounding_box() for one in (".map img", "dl"))
    assert picture["y"] + picture["height"] <= below["y"] + 1


def called(page, file, code, *given):
    """What `code` makes of the module `m` and the values given."""
    return page.evaluate(f"async given => {{ const m = await import('/static/js/{file}'); return ({code}); }}", given)


def test_a_preprocessing_has_one_name_on_pages_and_in_files(parts):
    rules = [
        {"mode": mode, "channels": order, "resize": resize}
        for mode in PREPROCESSING_MODES
        for order in ("rgb", "bgr")
        for resize in RESIZE_RULES
    ]
    said = called(parts, "lib/format.js", "given.map(m.preprocessing)", *rules)
    meant = [in_words(Preprocessing(**rule)) + f", {rule['resize']}" for rule in rules]
    assert said == [words.removesuffix(", stretch") for words in meant]


def test_what_has_not_begun_names_the_job_it_may_wait_for(parts):
    code = "(dispatchEvent(new CustomEvent('innv:jobs', { detail: given[0] })), m.beginning(given[1], 'soon'))"
    mine = {"id": "2", "kind": "score", "title": "Scoring", "status": "running"}
    older = {
        "id": "1",
        "kind": "explain",
        "title": "Explaining with smoothgrad",
        "status": "running",
        "seconds_left": 98,
    }

    def said(*jobs):
        return called(parts, "widgets/strip-parts.js", code, list(jobs), mine)

    assert said(mine, older) == "may have to wait for another job: Explaining with smoothgrad, 1 min 38 s left"
    assert said(mine) == said(older, mine) == said(older) == "soon"
    assert said(mine, {**older, "status": "done"}) == said(mine, {**older, "kind": "probe"}) == "soon"


def test_a_list_of_all_images_is_called_an_order_and_not_a_finding(parts):
    code = "given.map(([n, all]) => m.lengthOf(n, all))"
    assert called(parts, "suggest/kinds.js", code, [80, 80], [5, 80], [0, 80], [0, 0]) == [
        "all, in order",
        "5",
        "none",
        "none",
    ]


def test_an_agreement_without_numbers_says_when_they_come(parts):
    code = """new Promise(done => {
      const head = () => document.createElement("span");
      const sides = ["A", "B"].map(name => ({ name, head }));
      const root = m.agreement({ path: () => "/none", sides, image: 0 });
      new MutationObserver(() => done(root.textContent)).observe(root, { childList: true });
    })"""
    assert called(parts, "maps/agreement.js", code) == "The numbers appear once all these maps are ready."


NOTICE = """async unmapped => {
  const { drawNotices } = await import("/static/js/suggest/notices.js");
  const element = id => Object.assign(document.createElement("div"), { id });
  const [accuracies, notices] = ["accuracies", "notices"].map(element);
  document.body.append(accuracies, notices);
  const model = { id: "m1", name: "a", letter: "A", n_without_class: 3, without_class: "3 of 8 images." };
  drawNotices({ suggestion: { models: [{ ...model, n_unmapped: unmapped }] } }, () => {});
  const links = [...notices.querySelectorAll("a")].map(link => link.getAttribute("href"));
  const words = notices.textContent;
  accuracies.remove();
  notices.remove();
  return [words, links];
}"""


def test_only_labels_are_offered_to_be_mapped_not_images_that_have_none(parts):
    words, links = parts.evaluate(NOTICE, 0)
    assert "3 of 8 images." in words and links == []
    words, links = parts.evaluate(NOTICE, 1)
    assert "Map labels" in words and links == ["/models#model=m1&show=labels"]


KINDS = """title => {
  document.body.innerHTML = `<div id="lists"><div id="kinds" class="kinds" style="width: 500px"></div></div>`;
  const suggestion = { lists: ["one", "two"].map(kind => ({ kind, title, reason: title, n: 3, available: true })) };
  const state = { suggestion: { ...suggestion, n_scored: 9, n_problems: 0 }, look: null, models: [] };
  m.createKinds({ on: () => {} }, () => {}, () => {})(state);
  const cards = [...document.querySelectorAll(".kind")];
  const inside = cards.every(card => [...card.children].every(one => one.scrollWidth <= card.clientWidth));
  return [inside, cards[0].querySelector("strong").title, cards[0].querySelector("strong").offsetHeight];
}"""


def test_a_long_name_in_the_title_of_a_list_stays_on_its_card(parts):
    parts.add_style_tag(url="/static/css/suggest.css")
    title = f"Only {'a_name_without_any_break_' * 5} is right"
    inside, tip, height = called(parts, "suggest/kinds.js", f"({KINDS})(given[0])", title)
    assert inside and tip == title and height < 60


TURNED = """tag => {
  const line = document.createElement("p"), name = document.createElement(tag);
  name.textContent = "x\\u202egpj";
  line.append(name, " layer dense_2");
  document.body.append(line);
  const range = document.createRange();
  const left = place => {
    range.setStart(line.lastChild, place);
    range.setEnd(line.lastChild, place + 1);
    return range.getBoundingClientRect().left;
  };
  const found = [left(1) < left(6), name.getBoundingClientRect().right <= left(1)];
  line.remove();
  return found;
}"""


@pytest.mark.parametrize("tag", ["span", "strong", "b", "em", "code", "a", "button", "small"])
def test_a_name_that_turns_its_direction_reverses_nothing_beside_it(parts, tag):
    assert parts.evaluate(TURNED, tag) == [True, True]
