"""The documents inside the product: all of them, with links that lead somewhere, the same as the site has."""

import re
import runpy
from urllib.parse import urldefrag, urljoin

import pytest

from innv_gui.web import documents
from tests.conftest import ROOT

FILES = sorted(path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md"))
LINK = re.compile(r'href="([^"]+)"')


@pytest.fixture(scope="module")
def page(client):
    """address -> the page's text; fails where there is none."""

    def page(address):
        answer = client.get(address)
        assert answer.status_code == 200, address
        return answer.text

    return page


def test_every_document_is_one_that_the_first_one_links_to_and_the_site_has():
    assert sorted(documents.names()) == FILES
    nav = re.findall(r"- ([\w/]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    assert sorted(nav) == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_document_is_a_page_whose_links_lead_somewhere(page, name):
    address = documents.ADDRESS + name
    text = page(address)
    inside = text.split('<article class="manual document">')[1].split("</article>")[0]
    assert "style=" not in inside and "<!--" not in inside and "&lt;!--" not in inside
    title = (ROOT / "docs" / name).read_text().split("\n", 1)[0].removeprefix("# ")
    assert f"<title>{title}" in text.replace("&#39;", "'")
    for link in LINK.findall(inside):
        if link.startswith("http"):
            continue
        there, place = urldefrag(urljoin(address, link))
        assert there.startswith(documents.ADDRESS), link
        assert not place or f'id="{place}"' in page(there), link


def test_help_lists_every_guide_and_a_page_names_its_own(page):
    listed = page("/help")
    assert documents.guides() and all(f'href="{one.address}"' in listed for one in documents.guides())
    assert all(f'href="{one.address}"' in listed for one in documents.others())
    for name, guides in documents.OF_PAGES.items():
        shown = page(f"/{name}")
        assert all(f'href="{documents.ADDRESS}how_to/{guide}.md"' in shown for guide in guides)


@pytest.mark.parametrize("name", ["nothing.md", "../setup.py", "how_to", "trust.json", "how_to/../../setup.py"])
def test_nothing_else_is_served(client, name):
    answer = client.get(documents.ADDRESS + name)
    assert answer.status_code == 404 and "Traceback" not in answer.text


def test_an_installed_package_has_the_documents(monkeypatch):
    given = {}
    monkeypatch.setattr("setuptools.setup", given.update)
    runpy.run_path(str(ROOT / "setup.py"))
    assert sorted(given["package_data"]["innv_gui.docs"]) == FILES
