"""`innv-gui demo --photos`: three pretrained networks on photographs, to find out which method to believe."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from innv_gui import imagenet
from innv_gui.commands.reports import tell_when_opened
from innv_gui.commands.serve import port_of, until_stopped
from innv_gui.commands.steps import say, say_unusable
from innv_gui.samples import photographs
from innv_gui.session import Session
from innv_gui.session.datasets import DatasetEntry
from innv_gui.session.models import ModelEntry
from innv_gui.session.pretrained import PREPROCESSING, networks
from innv_gui.web.server import listening


def photos(options: argparse.Namespace) -> int:
    """Serve the networks, made first where they are not kept, and the photographs of installed packages."""
    sock = listening(port_of(options))
    _, left_out = photographs.usable()
    with Session(options.workspace) as session:
        session.warm_up("images", "keras")
        say_unusable()
        for sentence in left_out:
            say(sentence)
        entries = [
            session.start_model(
                place, name=place.stem.partition("-")[0], preprocessing=PREPROCESSING, classes=imagenet.names()
            )
            for place in networks(session.pool, say)
        ]
        dataset = session.add_samples("photos")
        tell_when_opened([*entries, dataset])
        return until_stopped(session, sock, lambda: _story(entries, dataset), options.open)


def _story(entries: Sequence[ModelEntry], dataset: DatasetEntry) -> dict:
    """Every photograph under the three networks, by Grad-CAM."""
    if dataset.status == "loading" or any(entry.status == "loading" for entry in entries):
        return {"loading": True}
    ready = [entry.id for entry in entries if entry.status == "ready"]
    if dataset.status != "ready" or dataset.dataset is None or not ready:
        return {}
    images = list(range(len(dataset.dataset)))
    return {
        "models": ready,
        "dataset": dataset.id,
        "images": images,
        "analyzer": "grad_cam",
        "params": {},
        "view": "grid",
    }
