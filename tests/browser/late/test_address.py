"""A page that shows what is still being computed follows its address: it waits for no end."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.late.held import Held

pytestmark = pytest.mark.browser

FIELDS = {  # of a page: what its address says of what it computes, where that is asked for
    "suggest": ("run={id}", r"/api/v1/suggestions/{id}$"),
    "explore": ("run={id}", r"/api/v1/explorations/{id}$"),
    "visualize": ("images=3&method=gradient&view=trust&trust={id}", r"/api/v1/trust/{id}(\?|$)"),
}


@pytest.mark.parametrize("page_name", FIELDS)
def test_another_address_is_followed_while_a_run_goes_on(open_tab, ids, page_name):
    more, asked = (text.format(id="r123") for text in FIELDS[page_name])
    page = open_tab("/help").page
    held = Held(page, asked, first=1000)
    page.goto(re.sub("/help.*", f"/{page_name}#dataset={ids['digits']}&models={ids['digits_cnn']}&{more}", page.url))
    held.wait()
    other = f"dataset={ids['weather']}&models={ids['weather_clean']}&method=gradient"
    page.evaluate("address => { location.hash = address; }", other)
    expect(page.get_by_role("checkbox", name=re.compile("weather_clean"))).to_be_checked()
    expect(page.get_by_role("checkbox", name=re.compile("digits_cnn$"))).not_to_be_checked()
