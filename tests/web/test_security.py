"""Who may ask: the token on every route, Host and Origin, the policy."""

import pytest

from innv_gui.web.app import create_app
from innv_gui.web.security import PUBLIC
from innv_gui.web.wrong_tokens import MOST, TooMany, WrongTokens

TOKEN = "t" * 32
PLACEHOLDERS = {"id": "x", "index": 0, "model": "x", "image": 0, "name": "x", "filename": "css/app.css"}


@pytest.fixture
def app(session):
    return create_app(session, TOKEN)


@pytest.fixture
def client(app):
    return app.test_client()


def routes(app):
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name, value in PLACEHOLDERS.items():
            for kind in ("", "int:", "path:"):
                path = path.replace(f"<{kind}{name}>", str(value))
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, path


def test_every_route_needs_the_token_but_the_listed_few(app, client):
    assert frozenset({"pages.static_file", "pages.favicon"}) == PUBLIC
    checked = 0
    for endpoint, method, path in routes(app):
        status = client.open(path, method=method).status_code
        assert (status != 401) == (endpoint in PUBLIC), (endpoint, method, path, status)
        checked += 1
    assert checked > 30


def test_an_unknown_address_needs_the_token_too(client):
    assert client.get("/api/v1/nothing").status_code == 401


def test_a_wrong_token_is_refused(client):
    assert client.get("/api/v1/models", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/?token=wrong").status_code == 401


def test_the_token_is_exchanged_for_a_cookie_that_scripts_cannot_read(client):
    answer = client.get(f"/visualize?token={TOKEN}")
    cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 302 and answer.headers["Location"] == "/visualize"
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and TOKEN not in cookie
    assert client.get("/api/v1/models").status_code == 200


def test_without_the_token_a_browser_gets_a_field_for_it_and_a_script_a_sentence(client):
    page = client.get("/suggest")
    assert page.status_code == 401 and '<form class="token"' in page.text and 'action="/suggest"' in page.text
    assert "not the token of this server" in client.get("/suggest?token=old").text
    refused = client.get("/api/v1/models")
    assert refused.status_code == 401 and "terminal" in refused.json["error"]["hint"]


@pytest.mark.parametrize("path", ["/visualize", "/\r\nSet-Cookie: a=b", "//evil.example/x", "/a\nb", "/ä"])
def test_the_token_in_any_address_leads_to_this_server_and_its_own_headers(client, path):
    environment = {"PATH_INFO": path.encode().decode("latin-1")}
    answer = client.get("/", query_string={"token": TOKEN}, environ_overrides=environment)
    assert answer.status_code == (400 if "\n" in path else 302)
    assert answer.status_code == 400 or not answer.headers["Location"].startswith("//")


@pytest.mark.parametrize("line_end", ["%0d", "%0a", "%0d%0a", "%00", "%7f"])
@pytest.mark.parametrize("path", ["/", "/api/v1/models/", "/static/"])
def test_an_address_with_control_characters_is_refused_in_a_sentence(client, path, line_end):
    answer = client.get(f"{path}a{line_end}b", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 400 and "control character" in answer.text


@pytest.mark.parametrize("host", ["localhost:x", "localhost:99999", "[::1", "localhost:-1"])
def test_a_host_that_is_no_address_is_refused(client, host):
    for query in ("", f"?token={TOKEN}"):
        assert client.get(f"/api/v1/models{query}", headers={"Host": host}).status_code in (400, 403)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", "[::2]"])
def test_a_foreign_host_name_is_refused(client, host):
    headers = {"Authorization": f"Bearer {TOKEN}", "Host": host}
    assert client.get("/api/v1/models", headers=headers).status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_write_from_another_page_is_refused(client, headers):
    headers = {"Authorization": f"Bearer {TOKEN}", **headers}
    assert client.put("/api/v1/basket", json={}, headers=headers).status_code == 403


OWN = "http://localhost"
FOREIGN = (
    *(
        "http://[::1",
        "https://localhost",
        "ftp://localhost",
        "//localhost",
        "localhost",
        "null",
        "",
        "http://localhost:x",
    ),
    *("http://localhost:81", "http://localhost/", "http://localhost?a", "http://a@localhost", "http://localhost:99999"),
)


@pytest.mark.parametrize("origin", FOREIGN)
def test_an_origin_that_is_not_exactly_this_servers_is_refused(client, origin):
    headers = {"Authorization": f"Bearer {TOKEN}", "Origin": origin}
    assert client.put("/api/v1/basket", json={}, headers=headers).status_code == 403


def test_a_write_from_an_own_page_is_let_through(client):
    headers = {"Authorization": f"Bearer {TOKEN}", "Origin": OWN}
    assert client.put("/api/v1/basket", json={}, headers=headers).status_code not in (401, 403)


@pytest.mark.parametrize("shown", ["header", "address", "address of a file"])
def test_wrong_tokens_are_slowed_and_the_right_one_always_works(client, shown):
    path = "/static/css/app.css" if shown == "address of a file" else "/api/v1/models"
    ask = {"headers": {"Authorization": "Bearer no"}} if shown == "header" else {"query_string": {"token": "no"}}
    assert 429 not in [client.get(path, **ask).status_code for _ in range(MOST)]
    slowed = client.get(path, **ask)
    assert slowed.status_code == 429 and "Wait" in slowed.text
    assert client.get("/api/v1/models").status_code == 401  # no token is no wrong one
    assert client.get("/api/v1/models", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert client.get(f"/visualize?token={TOKEN}").status_code == 302
    assert client.get("/api/v1/models?token=old").status_code == 200  # the cookie is known


def test_after_a_minute_wrong_tokens_are_only_wrong_again():
    now = [0.0]
    wrong = WrongTokens(lambda: now[0])
    for _ in range(MOST):
        wrong.note()
    with pytest.raises(TooMany, match="Wait 61 s"):
        wrong.note()
    now[0] = 60.0
    wrong.note()


def test_the_policy_forbids_eval_inline_scripts_and_other_hosts(client):
    policy = client.get(f"/visualize?token={TOKEN}").headers["Content-Security-Policy"]
    assert "unsafe-eval" not in policy and "unsafe-inline" not in policy and "http" not in policy
    assert "default-src 'none'" in policy and "script-src 'self'" in policy
