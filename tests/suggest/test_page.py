"""What the server sends for the page Suggest: its policy, and Bokeh's scripts from this machine."""

import re

import bokeh
import pytest

from innv_gui.plots.bokeh_files import SCRIPTS, scripts_folder
from innv_gui.web.app import create_app
from innv_gui.web.security import POLICY
from tests.conftest import ROOT

TOKEN = "t" * 32


def directives(policy):
    return {parts[0]: parts[1:] for parts in (part.split() for part in policy.split("; "))}


def test_only_the_page_with_plots_allows_inline_styles_and_no_page_allows_eval(client):
    suggest = directives(client.get("/suggest").headers["Content-Security-Policy"])
    others = directives(client.get("/visualize").headers["Content-Security-Policy"])
    assert suggest.pop("style-src") == ["'self'", "'unsafe-inline'"]
    assert others.pop("style-src") == ["'self'"]
    assert suggest == others and suggest["script-src"] == ["'self'"]
    assert "unsafe-eval" not in POLICY


@pytest.mark.parametrize("name", SCRIPTS)
def test_bokehs_scripts_come_from_the_installed_package(client, name):
    answer = client.get(f"/bokeh/{bokeh.__version__}/{name}")
    assert answer.status_code == 200 and answer.mimetype == "text/javascript"
    assert answer.data == (scripts_folder() / name).read_bytes()
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["9.9.9/bokeh.min.js", f"{bokeh.__version__}/bokeh.py", f"{bokeh.__version__}/..%2f..%2fserver.py"]
)
def test_nothing_else_of_the_package_is_served(client, path):
    assert client.get(f"/bokeh/{path}").status_code == 404


def test_scripts_need_the_token_like_everything_else(session):
    stranger = create_app(session, TOKEN).test_client()
    assert stranger.get(f"/bokeh/{bokeh.__version__}/bokeh.min.js").status_code == 401


def test_no_file_of_the_pages_names_another_host():
    files = [*(ROOT / "templates").glob("*.html"), *(ROOT / "static").rglob("*.js"), *(ROOT / "static").rglob("*.css")]
    named = {(path.name, url) for path in files for url in re.findall(r"https?://[^\s\"'`)]+", path.read_text())}
    assert {url for _, url in named} <= {"http://www.w3.org/2000/svg"}, named
