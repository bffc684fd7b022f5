"""REST under whatever its own OpenAPI document allows, and what it does not: an answer in time, never a 500."""

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from innv_gui.web.api.route import ROUTES
from innv_gui.web.app import create_app

TOKEN = "t" * 32
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
PLAIN = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}


@pytest.fixture(scope="module")
def operations(session):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", create_app(session, TOKEN), headers=HEADERS)
    found = [result.ok() for result in schema.get_all_operations()]
    return {(operation.method.upper(), operation.path): operation for operation in found}


def test_every_route_is_tried(operations):
    declared = {(method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)) for method, path in ROUTES}
    assert declared == set(operations) | {("GET", "/openapi.json")}  # the document itself is fetched to begin with


@pytest.mark.parametrize("method", sorted({method for method, _ in ROUTES}))
def test_no_request_is_answered_by_a_500(operations, method):
    for (known, _), operation in operations.items():
        if known == method:
            _try(operation)


def _try(operation):
    many = len(list(operation.iter_parameters())) > 1 or len(operation.body) > 0  # else there is little to vary

    @settings(max_examples=10 if many else 5, **PLAIN)
    @given(case=operation.as_strategy())
    def run(case):
        answer = case.call(headers=HEADERS)
        assert answer.status_code < 500, (operation.label, answer.text)
        if answer.status_code >= 400:
            assert answer.json()["error"]["message"]

    run()
