"""The web server begins and ends: connections that wait, answers that are being made, the numbers of files."""

import http.client
import itertools
import multiprocessing
import os
import socket
import threading
import time
from concurrent.futures import ProcessPoolExecutor

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


def started(application):
    """(server, port) of a server that runs."""
    sock = listening(0)
    server = WebServer(application, sock)
    server.start()
    return server, sock.getsockname()[1]


@pytest.fixture
def serve(slow):
    """serve() -> (server, port) of a server that runs."""
    return lambda: started(application(*slow))


def connected(port):
    """A connection that has had an answer and is kept open."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/now")
    assert connection.getresponse().read() == b"now"
    return connection


def alive():
    """(threads, open files) of this process."""
    return sorted(thread.name for thread in threading.enumerate()), sorted(os.listdir("/proc/self/fd"))


def begin_and_end(n_servers):
    """(alive before, alive after) that many servers, each ended with other connections open."""
    before = alive()
    for n_open in itertools.islice(itertools.cycle((0, 1, 2, 5)), n_servers):
        server, port = started(application(threading.Event(), threading.Event()))
        connections = [connected(port) for _ in range(n_open)]
        server.stop()
        for connection in connections:
            assert connection.sock.recv(1) == b"", "the connection was left open"
            connection.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 10)
    return before, alive()


def test_a_server_ends_with_connections_open_and_leaves_nothing():
    """In a process of its own: the session of other tests opens files and ends threads when it likes."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        before, after = process.submit(begin_and_end, 40).result()
    assert after == before


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
