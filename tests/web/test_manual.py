"""The product explains itself: one text for a word, one for a method, the same in docs/, in tips and in dialogs."""

import re

import pytest

from innv_gui import analyzers
from innv_gui.analyzers import maximize
from innv_gui.analyzers.form import form_fields
from innv_gui.errors import NotFound
from innv_gui.web import manual
from innv_gui.web.app import create_app
from innv_gui.web.security import POLICY
from tests.conftest import ROOT

NAMES = [*(one.name for one in analyzers.all()), *maximize.PRESETS]
LONGEST_TIP = 330  # characters
SOURCES = {
    path: path.read_text()
    for folder, end in (("templates", "html"), ("static/js", "js"))
    for path in sorted((ROOT / folder).rglob(f"*.{end}"))
}
UNUSUAL = {  # as it stands on a page -> its word in the glossary
    "native": "native-engine",
    "iNNvestigate": "innvestigate",
    "Clip": "clip",
    "Sturges": "sturges-rule",
    "distinct classes": "distinct-classes",
    "Distance": "distance-to-a-class",
    "kept from before": "kept-from-before",
    "explain logits": "logit",
    "softmax": "softmax",
    "unchecked": "unchecked",
    "spearman": "spearman",
    "iou": "overlap",
    "agreement": "agreement",
    "as labelled": "as-labelled",
    "Target": "target",
    "Neuron": "neuron",
    "Preprocessing": "preprocessing",
    "Ascent": "activation-maximization",
}
KEYS = ("native", "innvestigate", "spearman", "iou", "agreement", "n_classes", "distance")  # of tables word -> meaning
NEAR = 420  # characters between a word and the name of its meaning


@pytest.fixture(scope="module")
def client():
    return create_app(None, "token").test_client()


def ask(client, path):
    return client.get(path, headers={"Authorization": "Bearer token"})


def test_the_glossary_has_one_short_meaning_for_each_word():
    terms = manual.glossary()
    assert 20 <= len(terms) <= 60
    assert len({term.slug for term in terms}) == len(terms)
    assert [term.word for term in terms if not 20 < len(term.text) <= LONGEST_TIP] == []
    assert [term.word for term in terms] == sorted((term.word for term in terms), key=str.lower)


def test_tips_and_the_page_have_the_words_of_the_glossary(client):
    told = {one["slug"]: one["words"] for one in ask(client, "/api/v1/glossary").json["terms"]}
    page = ask(client, "/help").text
    assert told == {term.slug: term.text for term in manual.glossary()}
    for term in manual.glossary():
        assert f'id="{term.slug}"' in page and term.html in page


@pytest.mark.parametrize("word", UNUSUAL)
def test_every_word_that_is_not_everyday_has_its_tip_where_it_stands(word):
    slug = re.escape(UNUSUAL[word])
    tip = rf'(?:data-term"?[=:] ?|\bterm\(|\b(?:{"|".join(KEYS)}): )"{slug}"'
    either = re.compile(rf"{tip}.{{0,{NEAR}}}?{word}|{word}.{{0,{NEAR}}}?{tip}|{tip}(?<={word}: .{slug}.)", re.S | re.I)
    found = [text for text in SOURCES.values() if either.search(text)]
    assert found, f"{word!r} stands nowhere beside {UNUSUAL[word]!r}"


def test_every_tip_that_a_page_names_is_in_the_glossary():
    known = {term.slug for term in manual.glossary()}
    used = {
        slug for text in SOURCES.values() for slug in re.findall(r"""(?:data-term"?[=:] ?|\bterm\()"([a-z-]+)""", text)
    }
    assert len(used) > 12 and used <= known


def test_what_has_a_tip_takes_the_focus_or_holds_what_does():
    for path, text in SOURCES.items():
        if path.suffix == ".html":
            for tag, rest in re.findall(r"<(\w+)([^>]*) data-t(?:erm|ip)=", text):
                takes = tag in ("button", "summary", "label") or tag == "a" and "href=" in rest
                assert takes or 'class="line"' in rest, f"{path.name}: <{tag}{rest}"
        assert not re.search(r'h\(\s*"span",\s*\{[^}]*"data-t(?:erm|ip)"', text) or path.name == "layers-table.js"


@pytest.mark.parametrize("name", NAMES)
def test_the_entry_of_a_method_is_what_docs_and_declaration_say(name):
    entry = manual.entry(name)
    assert [title for title, _ in entry.facts] == ["Definition", "What it ignores", "When it misleads"]
    assert [one.name for one in entry.settings] == [field["name"] for field in form_fields(entry.method.params)]
    assert {rule.name for rule in entry.rules} == {rule for _, rule in entry.places} - {
        "as elsewhere",
        "gradient",
        "unchanged",
    }


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_stands_alone_without_the_rows_above_it(name):
    for _, words in manual.entry(name).facts:
        assert not re.match(r"(as above|the same|as its rule|the step above)", words)


def test_a_method_has_a_page_under_the_strict_policy_and_others_are_told_so(client):
    answer = ask(client, "/help/methods/lrp.epsilon")
    assert answer.status_code == 200 and answer.headers["Content-Security-Policy"] == POLICY
    assert "LRP-ε" in answer.text and "1 · [W x + b]" in answer.text and "1e-7" in answer.text
    assert not re.search(r"<script>|style=|\son\w+=", answer.text)
    assert ask(client, "/help/methods/nothing").status_code == 404
    with pytest.raises(NotFound):
        manual.entry("nothing")


def test_a_preset_says_what_it_computes_and_nothing_of_targets_and_engines(client):
    answer = ask(client, "/help/methods/modern").text
    assert "Modern ascent" in answer and "tv · ∂TV(u)" in answer and "<dt>Engines" not in answer


def test_every_method_is_listed_with_the_way_to_its_entry(client):
    page = ask(client, "/help").text
    assert [name for name in NAMES if f'href="/help/methods/{name}"' not in page] == []
