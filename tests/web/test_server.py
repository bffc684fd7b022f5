"""The web server begins and ends: connections that wait, answers that are being made, the numbers of files."""

import http.client
import os
import socket
import threading
import time

import flask
import pytest

from innv_gui.web import server as web_server
from innv_gui.web.server import WebServer, listening


def application(answering, let_go):
    """`/now` answers at once, `/slow` sets answering and waits until it is let go."""
    app = flask.Flask("test")
    app.config["MAX_CONTENT_LENGTH"] = 1000

    @app.get("/now")
    def now():
        return "now"

    @app.get("/slow")
    def slow():
        answering.set()
        let_go.wait(10)
        return "slow"

    return app


@pytest.fixture
def slow():
    """(an answer is being made, it may go on)"""
    return threading.Event(), threading.Event()


@pytest.fixture
def serve(slow):
    """serve() -> (server, port) of a server that runs."""

    def serve():
        sock = listening(0)
        server = WebServer(application(*slow), sock)
        server.start()
        return server, sock.getsockname()[1]

    return serve


def connected(port):
    """A connection that has had an answer and is kept open."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/now")
    assert connection.getresponse().read() == b"now"
    return connection


def test_a_server_ends_with_connections_open_and_leaves_nothing(serve):
    before = {thread.name for thread in threading.enumerate()}
    files = len(os.listdir("/proc/self/fd"))
    for n_open in (0, 1, 2, 5) * 10:
        server, port = serve()
        connections = [connected(port) for _ in range(n_open)]
        server.stop()
        for connection in connections:
            assert connection.sock.recv(1) == b"", "the connection was left open"
            connection.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 10)
    assert {thread.name for thread in threading.enumerate()} == before
    assert len(os.listdir("/proc/self/fd")) == files


def test_a_server_that_is_awake_anyway_does_not_close_what_wakes_it_under_the_hand(serve, monkeypatch):
    """Its descriptor may be another file's by then."""
    server, port = serve()
    connected(port).close()
    trigger = server._server.trigger
    pull = trigger._physical_pull

    def slow():
        pull()
        time.sleep(0.2)
        pull()

    monkeypatch.setattr(trigger, "_physical_pull", slow)
    server.stop()
    assert not server._thread.is_alive()


def test_an_answer_that_is_being_made_is_finished_first(serve, slow):
    answering, let_go = slow
    server, port = serve()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/slow")
    answering.wait(10)
    threading.Timer(0.1, let_go.set).start()
    server.stop()
    assert connection.getresponse().read() == b"slow"


def test_an_answer_that_takes_too_long_is_not_waited_for(serve, slow, monkeypatch):
    monkeypatch.setattr(web_server, "STOP_S", 0.05)
    answering, let_go = slow
    server, port = serve()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/slow")
    answering.wait(10)
    server.stop()
    assert connection.sock.recv(1) == b""
    reading, writing = os.pipe()  # take the numbers that the server's own pipe had
    os.set_blocking(reading, False)
    let_go.set()
    while any(thread.name.startswith("waitress") for thread in threading.enumerate()):
        time.sleep(0.005)
    with pytest.raises(BlockingIOError):
        os.read(reading, 1)
    os.close(reading), os.close(writing)
