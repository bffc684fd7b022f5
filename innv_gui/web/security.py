"""Who may ask: a token in the printed address, exchanged for a cookie; Host and Origin checked; strict CSP.

Every route is refused without the token unless it is listed in PUBLIC.
"""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, redirect, request

from innv_gui.errors import InnvError

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
    cookie_value = secrets.token_urlsafe(24)

    @app.before_request
    def check():
        check_host(request.host, hosts)
        if request.method not in SAFE_METHODS:
            check_origin(request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site"), request.host)
        if request.method == "GET" and _same(request.args.get("token"), token):
            return _exchange(cookie_value)
        if request.endpoint not in PUBLIC and not _known(token, cookie_value):
            raise _without_token()
        return None

    @app.after_request
    def headers(answer: Response) -> Response:
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        return answer


def _without_token() -> Unauthorized:
    where = "It stands in the terminal where innv-gui was started, in the address behind token=."
    if "token" in request.args:
        return Unauthorized("This is not the token of this server: each start makes a new one.", where)
    return Unauthorized("This address needs the token of the server.", where)


def cookie_name() -> str:
    """One a port: cookies do not know ports."""
    port = urlsplit(f"//{request.host}").port or 80
    return f"innv_gui_{port}"


def _exchange(cookie_value: str) -> Response:
    keep = [(name, value) for name, value in request.args.items(multi=True) if name != "token"]
    query = "&".join(f"{name}={value}" for name, value in keep if value.isalnum() and name.isalnum())
    answer = redirect(request.path + (f"?{query}" if query else ""))
    answer.set_cookie(cookie_name(), cookie_value, httponly=True, samesite="Strict", path="/")
    return answer


def _known(token: str, cookie_value: str) -> bool:
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return _same(request.cookies.get(cookie_name()), cookie_value) or _same(bearer, token)


def _same(given: str | None, expected: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), expected.encode())


def check_host(host: str, hosts: tuple[str, ...]) -> None:
    """Refuse names that are not ours: a foreign page that resolves to this machine (DNS rebinding)."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        name = None
    if name not in hosts:
        raise Forbidden(f"The host name {host[:80]!r} is not this server's.", f"Use {hosts[0]}.")


def check_origin(origin: str | None, site: str | None, host: str) -> None:
    """Refuse writes that another page asks for."""
    foreign = origin is not None and urlsplit(origin).netloc != host
    if foreign or site in ("cross-site", "same-site"):
        raise Forbidden("This request comes from another page.", "Use innv-gui's own pages or the token.")
