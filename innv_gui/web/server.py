"""Serving the application on this machine."""

from __future__ import annotations

import socket

import waitress
from flask import Flask

from innv_gui.errors import Conflict

THREADS = 16


def listening(port: int, host: str = "127.0.0.1") -> socket.socket:
    """A bound socket, or Conflict when the port is taken. Port 0 takes a free one."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise Conflict(
            f"Port {port} cannot be used ({error.strerror}).", "Choose another with --port.", field="port"
        ) from None
    return sock


def make_server(app: Flask, sock: socket.socket):
    """A waitress server on a bound socket; `run()` blocks, `close()` ends it."""
    return waitress.create_server(
        app, sockets=[sock], threads=THREADS, ident="innv-gui", max_request_body_size=app.config["MAX_CONTENT_LENGTH"]
    )
