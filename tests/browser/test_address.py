"""Addresses in real Chromium: they name models and datasets by name and content, and say what is not open."""

import re
import urllib.parse

import pytest
from playwright.sync_api import expect

from tests.browser.pages import WAIT_MS, ask

pytestmark = pytest.mark.browser

OTHER = "0123456789ab"  # digits of the hash of a file that nobody has


@pytest.fixture(scope="module")
def records(demo, ids):
    """Name -> record of the demo's models and datasets."""
    held = ask(demo, "/models")["models"] + ask(demo, "/datasets")["datasets"]
    return {record["name"]: record for record in held}


def named(record):
    return f"{record['name']}~{(record.get('sha256') or record['fingerprint'])[:12]}"


def fields(page):
    return dict(urllib.parse.parse_qsl(page.url.split("#")[1], keep_blank_values=True))


@pytest.mark.parametrize(
    ("path", "model", "dataset"),
    [("visualize", "models", "dataset"), ("suggest", "models", "dataset"), ("features", "model", "dataset")],
)
def test_an_address_names_models_and_datasets_by_content_and_takes_older_ids(open_tab, records, path, model, dataset):
    page = open_tab(
        f"/{path}#method=gradient&{model}={records['digits_mlp']['id']}&{dataset}={records['digits']['id']}"
    ).page
    page.wait_for_url(re.compile("~"), timeout=WAIT_MS)
    found = fields(page)
    assert (found[model], found[dataset]) == (named(records["digits_mlp"]), named(records["digits"]))
    expect(page.locator("#missing")).to_be_empty()


def test_the_content_counts_and_not_the_name(open_tab, records):
    text = f"an_older_name~{records['digits_mlp']['sha256'][:12]}"
    page = open_tab(f"/suggest#models={text}&dataset={named(records['digits'])}").page
    page.wait_for_url(re.compile("digits_mlp~"), timeout=WAIT_MS)
    expect(page.locator("#model-chips input:checked")).to_have_count(1)


@pytest.mark.parametrize(
    ("path", "more", "words", "act"),
    [
        (
            "visualize",
            f"models=dogs~{OTHER}&method=gradient",
            f"model dogs (content {OTHER}), which is not open",
            "Models",
        ),
        ("visualize", f"models=digits_cnn~{OTHER}&method=gradient", "the digits_cnn that is open has other", "Models"),
        ("visualize", f"dataset=photos~{OTHER}&images=1&go", f"dataset photos (content {OTHER})", "Images"),
        ("suggest", f"models=dogs~{OTHER}", f"model dogs (content {OTHER}), which is not open", "Models"),
        ("features", f"model=dogs~{OTHER}&kind=class", f"model dogs (content {OTHER}), which is not open", "Models"),
    ],
)
def test_what_is_not_open_is_named_and_nothing_else_is_computed_in_its_place(open_tab, ids, path, more, words, act):
    page = open_tab(f"/{path}#{more}").page
    strip = page.locator("#missing .strip")
    expect(strip).to_contain_text(words, timeout=WAIT_MS)
    expect(strip.get_by_role("link")).to_contain_text(act)
    page.wait_for_timeout(500)
    assert OTHER in page.url, "the address stays, for the day that it can be opened"
    expect(page.locator("#result canvas, .card canvas, .figure")).to_have_count(0)


def test_images_of_a_dataset_that_is_not_open_are_not_those_of_another(open_tab, ids):
    page = open_tab(f"/visualize#dataset=photos~{OTHER}&images=3&method=gradient").page
    expect(page.locator("#missing .strip")).to_have_count(1, timeout=WAIT_MS)
    page.locator("#thumbs button").first.wait_for()
    expect(page.locator("#thumb-3")).to_have_count(0)


def test_a_change_takes_the_page_over_and_the_notice_goes(open_tab, ids):
    page = open_tab(f"/visualize#models=dogs~{OTHER}&method=gradient").page
    expect(page.locator("#missing .strip")).to_have_count(1, timeout=WAIT_MS)
    page.locator("#method").select_option("deconvnet")
    expect(page.locator("#missing")).to_be_empty()
    assert OTHER not in page.url


@pytest.mark.parametrize(("path", "field"), [("models", "model"), ("images", "dataset")])
def test_the_pages_where_things_are_added_say_it_too(open_tab, ids, path, field):
    page = open_tab(f"/{path}#{field}=dogs~{OTHER}").page
    expect(page.locator("#missing .strip")).to_contain_text(f"dogs (content {OTHER})", timeout=WAIT_MS)
    expect(page.locator("#missing a")).to_have_count(0)
