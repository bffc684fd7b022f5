"""One Chromium for all browser tests of a process of pytest, whichever folder they are in."""

from functools import cache

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.pages import CHROMIUM, FLAGS


@cache
def _started():
    assert CHROMIUM, "Chromium is missing: install the package chromium"
    playwright = sync_playwright().start()
    return playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)


@cache
def _stop():
    playwright, browser = _started()
    browser.close()
    playwright.stop()


@pytest.fixture(scope="session")
def browser():
    yield _started()[1]
    _stop()
