"""Answers that are held back, so that the second question is answered first."""

import json
import re
import time

from tests.browser.pages import WAIT_MS

SAYS = """() => [location.href, document.body.dataset.state, document.activeElement?.outerHTML.slice(0, 200),
  document.querySelector("#canvas")?.innerText.slice(0, 2000)]"""

ROUND_TRIP = """() => fetch("/api/v1/start").then(answer => answer.text())
  .then(() => new Promise(done => requestAnimationFrame(() => setTimeout(done))))"""


class Held:
    """Holds the first answers to requests whose address matches; later ones pass."""

    def __init__(self, page, pattern, method="GET", first=1):
        self.page, self.pattern, self.method, self.first = page, re.compile(pattern), method, first
        self.routes = []
        self.requests = []  # all of the page since then, for the words of a failure
        page.on("request", lambda request: self.requests.append(f"{request.method} {request.url}"))
        page.route(self.pattern, self._take)

    def _take(self, route):
        if route.request.method != self.method or len(self.routes) == self.first:
            route.fallback()
        else:
            self.routes.append(route)

    def wait(self, count=1):
        """Until so many are held."""
        until = time.monotonic() + WAIT_MS / 1000
        while len(self.routes) < count:
            assert time.monotonic() < until, self._missing(count)
            self.page.evaluate(ROUND_TRIP)
        return self

    def _missing(self, count):
        asked = [line for line in self.requests if not line.endswith("/start")][-20:]
        says = self.page.evaluate(SAYS)
        return f"{len(self.routes)} of {count} asked for {self.pattern.pattern}; asked were {asked}; the page: {says}"

    def release(self, place=0, body=None, status=200):
        """Lets one go on to the server, or answers it, until the page has taken the answer."""
        self.wait(place + 1)
        route = self.routes[place]
        with self.page.expect_response(lambda answer: answer.request == route.request):
            if body is None and status == 200:
                route.continue_()
            else:
                route.fulfill(status=status, content_type="application/json", body=json.dumps(body))
        self.page.evaluate(ROUND_TRIP)
