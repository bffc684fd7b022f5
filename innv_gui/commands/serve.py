"""`innv-gui serve` and `innv-gui demo`: the server on this machine."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path

from innv_gui import samples
from innv_gui.class_names import read_class_names
from innv_gui.commands.model_options import loose_end, named_models
from innv_gui.commands.reports import tell_when_opened, tell_when_restored
from innv_gui.commands.steps import say, say_unusable, session_of, start
from innv_gui.errors import BadInput
from innv_gui.session import Session
from innv_gui.session.datasets import check_there
from innv_gui.session.keep import session_file
from innv_gui.session.model_sources import parse_model_argument, source_of
from innv_gui.web.app import create_app
from innv_gui.web.security import new_token
from innv_gui.web.server import WebServer, listening

STORY_MODELS = ("weather_shortcut", "weather_clean")


def serve(options: argparse.Namespace) -> int:
    """Serve the given models and images until Ctrl-C."""
    _check(options)
    sock = listening(port_of(options))
    with session_of(options) as session:
        session.warm_up("images", "keras")
        say(loose_end(options))
        say_unusable()
        entries = [start(session, model, without_misfits=True) for model in named_models(options)]
        tell_when_opened(entries + [session.datasets.start(text) for text in options.images])
        if options.session:
            tell_when_restored(session.start_restore(options.session))
        return until_stopped(session, sock, dict, options.open)


def _check(options: argparse.Namespace) -> None:
    if options.session:
        session_file.read_file(options.session)
    for model in named_models(options):
        source_of(*parse_model_argument(model.text))
        if "classes" in model.wishes:
            read_class_names(model.wishes["classes"])
    for text in options.images:
        check_there(text)


def port_of(options: argparse.Namespace) -> int:
    if not 0 <= options.port <= 65535:
        raise BadInput(f"Expected a port from 0 to 65535, got {options.port}.", field="port")
    return options.port


def demo(options: argparse.Namespace) -> int:
    """Serve the sample models and images, opened on the story of the two weather models."""
    sock = listening(port_of(options))
    with Session(options.workspace) as session:
        session.warm_up("images", "keras")
        say_unusable()
        entries = {}
        for path in _story_first(session.sample_models()):
            entries[path.stem] = session.start_model(path, classes=samples.class_names(path.name))
        datasets = {name: session.add_samples(name) for name in ("digits", "weather")}
        tell_when_opened([*entries.values(), *datasets.values()])
        story = lambda: _story(entries, datasets["weather"])  # noqa: E731
        return until_stopped(session, sock, story, options.open)


def _story_first(paths: list[Path]) -> list[Path]:
    order = {name: number for number, name in enumerate(STORY_MODELS)}
    return sorted(paths, key=lambda path: (order.get(path.stem, len(order)), path.name))


def _story(entries: dict, weather) -> dict:
    """Both models say "vehicle"; one of them looks at the sky."""
    models = [entries[name] for name in STORY_MODELS if name in entries]
    if weather.status == "loading" or any(entry.status == "loading" for entry in models):
        return {"loading": True}
    if weather.status != "ready" or any(entry.status != "ready" for entry in models):
        return {}
    positions = weather.dataset.collection.positions(samples.story_images())
    return {
        "models": [entry.id for entry in models],
        "dataset": weather.id,
        "images": positions,
        "analyzer": "grad_cam",
        "params": {},
        "view": "grid",
    }


def open_browser(address: str) -> None:
    """Open the address in this machine's browser, without waiting for it; says so where there is none."""

    def attempt() -> None:
        if not webbrowser.open(address):
            say("no browser could be opened on this machine; open the address above yourself.")

    threading.Thread(target=attempt, daemon=True, name="browser").start()


def until_stopped(session: Session, sock, first: Callable[[], dict], opens: bool) -> int:
    """Serve until Ctrl-C. first: what Visualize opens on, asked for when a page is."""
    session.probes.start_by_themselves()
    token = new_token()
    server = WebServer(create_app(session, token, offered=(), start=first), sock)
    port = sock.getsockname()[1]
    address = f"http://127.0.0.1:{port}/?token={token}"
    session.workspace.sign(f"the innv-gui server at http://127.0.0.1:{port} (process {os.getpid()})")
    print(f"innv-gui is at {address}\nPress Ctrl-C to stop.", flush=True)
    if opens:
        open_browser(address)  # the socket listens: a request waits until the server runs
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    server.start()
    stop.wait()
    print("Stopping.", file=sys.stderr)
    server.stop()
    return 0
