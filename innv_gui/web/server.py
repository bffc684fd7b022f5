"""Serving the application on this machine."""

from __future__ import annotations

import logging
import socket
import threading

import waitress
from flask import Flask

from innv_gui.errors import Conflict

THREADS = 16
STOP_S = 2.0


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


class WebServer:
    """A waitress server on a bound socket, in a thread of its own, from `start` to `stop`."""

    def __init__(self, app: Flask, sock: socket.socket) -> None:
        logging.getLogger("waitress").setLevel(logging.ERROR)  # its warnings are no use to who reads the terminal
        self._server = waitress.create_server(
            app,
            sockets=[sock],
            threads=THREADS,
            ident="innv-gui",
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"],
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True, name="web")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the answers being made (STOP_S seconds at most), then close every connection.

        The connections are closed by the server's own thread: closed from another one, a descriptor may go while that
        thread waits on it, and its number may by then belong to another file.
        """
        self._server.task_dispatcher.shutdown(timeout=STOP_S)
        pulled = threading.Event()
        self._server.trigger.pull_trigger(lambda: self._close(pulled))
        pulled.set()
        self._thread.join(STOP_S)

    def _close(self, pulled: threading.Event) -> None:
        """By the server's thread. It may be awake for another reason: the trigger is closed once it has been pulled."""
        pulled.wait(STOP_S)
        self._server.pull_trigger = _nothing  # an answer that is still being made says in vain that it is there
        for connection in list(self._server.active_channels.values()):
            connection.handle_close()
        self._server.close()


def _nothing() -> None:
    """What is left of waking a server that has closed."""
