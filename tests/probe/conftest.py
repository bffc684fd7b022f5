"""What tests of the probe share with browser tests."""

from tests.browser.chromium import browser as browser
