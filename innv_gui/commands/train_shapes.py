"""`innv-gui train-shapes`: small networks trained on shapes, their pictures and numbers, without a server."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from innv_gui.commands.steps import check_out, follow, say
from innv_gui.errors import BadInput
from innv_gui.named_path import named_path
from innv_gui.records import ImageRef
from innv_gui.session import Session
from innv_gui.session.workshop.export import parts_of, place_of, table_of
from innv_gui.session.workshop.request import BUILT_IN
from innv_gui.session.workshop.run import ShapesRun
from innv_gui.store.files import told
from innv_gui.store.saving import INSTEAD, check_place, save_bytes

WISHES = ("initial", "step_size", "epochs", "seed", "seeds")
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")


def train_shapes(options: argparse.Namespace) -> int:
    """Check what can be checked first, then train, write and say what came out."""
    out = _out(options.out)
    tls = {name: getattr(options, name) for name in ("tls_ca", "tls_cert", "tls_key")}
    with Session(options.workspace, options.scheduler, **tls) as session:
        classes = [_class(session, text) for text in options.classes]
        model = options.model if options.model in BUILT_IN else _model(session, options.model)
        run = session.workshop(classes, model=model, **{name: getattr(options, name) for name in WISHES})
        for note in run.request.notes:
            say(note)
        if run.job is not None:
            follow(run.job)
        _write(session, run, out)
        _say(run)
        print(f"{options.out}: {len(run.trials)} networks x {len(run.names)} classes")
    return 0


def _out(text: str) -> Path:
    """A table by its suffix, else a folder."""
    out = named_path(text, "out")
    if out.suffix.lower() == ".csv":
        check_out(text, "rows.csv")
    elif out.exists() and not out.is_dir():
        raise BadInput(f"{text!r} is a file; expected a folder, or a .csv file.", "", "out")
    else:
        with told(out, INSTEAD):
            out.mkdir(parents=True, exist_ok=True)
            is_used = next(out.iterdir(), None) is not None
        if is_used:
            raise BadInput(f"{text!r} has files in it; expected a new or empty folder.", INSTEAD, "out")
        check_place(out / "numbers.csv")
    return out


def _class(session: Session, text: str):
    name, equals, place = text.partition("=")
    if not equals:
        return text
    path = named_path(place)
    if path.suffix.lower() in PICTURES and path.is_file():
        return name, ImageRef(path.name, str(path.resolve()))
    return name, session.add_dataset(place)


def _model(session: Session, text: str):
    if not os.path.exists(named_path(text, "model")):
        raise BadInput(f"{text!r} is not mlp, cnn or a file.", "Expected one of them.", "model", BUILT_IN)
    return session.add_model(text)


def _write(session: Session, run: ShapesRun, out: Path) -> None:
    if out.suffix.lower() == ".csv":
        save_bytes(out, table_of([run]).encode())
        return
    for name, content in parts_of(run):
        save_bytes(out / name, content)
    for k in range(len(run.trials)):
        save_bytes(out / place_of(run, k) / "network.keras", session.workshop.file(run, k))


def _say(run: ShapesRun) -> None:
    for trial in run.trials:
        r = ", ".join(f"{film.name} {film.r:.2f}" for film in trial.films)
        print(f"seed {trial.seed}: {100 * (trial.last('held_accuracy') or 0):.0f} % right, |r| {r}")
