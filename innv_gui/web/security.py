"""Who may ask: a token in the printed address, exchanged for a cookie; Host and Origin checked; strict CSP.

Every route is refused without the token unless it is listed in PUBLIC.
"""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import quote, urlsplit

from flask import Flask, Response, redirect, request

from innv_gui.errors import BadInput, InnvError
from innv_gui.web.wrong_tokens import WrongTokens

PUBLIC = frozenset({"pages.static_file", "pages.favicon"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PLOT_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")  # Bokeh writes its own styles
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Forbidden(InnvError):
    """A request without the token, or from another site."""

    status = 403


class Unauthorized(InnvError):
    """A request that has not shown the token yet."""

    status = 401


def new_token() -> str:
    """A token nobody guesses."""
    return secrets.token_urlsafe(24)


def guard(app: Flask, token: str, hosts: tuple[str, ...]) -> None:
    """Check every request of `app`; `hosts` are the names (without port) by which it may be called."""
    cookie_value, wrong = secrets.token_urlsafe(24), WrongTokens()

    @app.before_request
    def check():
        check_path(request.path)
        check_host(request.host, hosts)
        if request.method not in SAFE_METHODS:
            site = request.headers.get("Sec-Fetch-Site")
            check_origin(request.headers.get("Origin"), site, request.scheme, request.host)
        if request.method == "GET" and _same(request.args.get("token"), token):
            return _exchange(cookie_value)
        if _known(token, cookie_value):
            return None
        if request.args.get("token") is not None or _bearer():
            wrong.note()
        if request.endpoint not in PUBLIC:
            raise _without_token()
        return None

    @app.after_request
    def headers(answer: Response) -> Response:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer


def _without_token() -> Unauthorized:
    where = "It is in the terminal where innv-gui was started, in the address after token=."
    if "token" in request.args:
        return Unauthorized("This is not the token of this server: each start makes a new one.", where)
    return Unauthorized("This address needs the token of the server.", where)


def cookie_name() -> str:
    """One per port: cookies do not know ports."""
    port = urlsplit(f"//{request.host}").port or 80
    return f"innv_gui_{port}"


def _exchange(cookie_value: str) -> Response:
    keep = [(name, value) for name, value in request.args.items(multi=True) if name != "token"]
    query = "&".join(f"{name}={value}" for name, value in keep if value.isalnum() and name.isalnum())
    path = quote("/" + request.path.lstrip("/"))  # two slashes in front would be the name of another server
    answer = redirect(path + (f"?{query}" if query else ""))
    answer.set_cookie(cookie_name(), cookie_value, httponly=True, samesite="Strict", path="/")
    return answer


def _known(token: str, cookie_value: str) -> bool:
    return _same(request.cookies.get(cookie_name()), cookie_value) or _same(_bearer(), token)


def _bearer() -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _same(given: str | None, expected: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def check_path(path: str) -> None:
    """Refuse addresses with control characters: none of ours has one, and an answer's header must not repeat it."""
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in path):
        raise BadInput("This address holds a control character, such as a line break.", "Remove it from the address.")


def check_host(host: str, hosts: tuple[str, ...]) -> None:
    """Refuse names that are not ours: a foreign page that resolves to this machine (DNS rebinding)."""
    try:
        parts = urlsplit(f"//{host}")
        name = parts.hostname if parts.port != 0 else None
    except ValueError:
        name = None
    if name not in hosts:
        raise Forbidden(f"The host name {host[:80]!r} is not this server's.", f"Use {hosts[0]}.")


def check_origin(origin: str | None, site: str | None, scheme: str, host: str) -> None:
    """Refuse writes that another page asks for. scheme, host: of the address that was called."""
    foreign = origin is not None and not _is_own(origin, scheme, host)
    if foreign or site in ("cross-site", "same-site"):
        raise Forbidden("This request comes from another page.", "Use innv-gui's own pages or the token.")


def _is_own(origin: str, scheme: str, host: str) -> bool:
    """Whether an Origin is exactly scheme, name and port; a browser sends nothing behind them."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return False
    own = urlsplit(f"{scheme}://{host}")
    return (
        port == own.port
        and (parts.scheme, parts.netloc.lower()) == (own.scheme, own.netloc.lower())
        and not (parts.path or parts.query or parts.fragment)
    )
