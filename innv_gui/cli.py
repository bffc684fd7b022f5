"""The command line: `innv-gui demo | serve | explain | suggest | explore | trust | check | fit-patterns | ...`.

Exit status: 0 good, 2 wrong usage, 1 the work failed, 143 and 129 ended by SIGTERM and SIGHUP. Errors are one sentence
and a hint on standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import math
import os
import sys
from collections.abc import Callable, Sequence

from innv_gui.commands.ending import Ended, ended_by_signals
from innv_gui.commands.model_options import ModelAction, add_model_options
from innv_gui.commands.retrain_options import add_retrain_options
from innv_gui.commands.shape_options import add_shape_options
from innv_gui.errors import BadInput, InnvError
from innv_gui.extensions.sources import add_folder
from innv_gui.records import Budget
from innv_gui.version import VERSION

DEFAULT_PORT = 5000
WORKSPACE = "folder that keeps maps, scores, uploads and earlier runs (default: a temporary one)"
PHOTOS = "three pretrained networks and free photographs instead; needs pip install 'innv-gui[photos]'"
HOOKS = "Python file with preprocess, postprocess or decode_prob, or with the classes of trusted models"
IMAGES = "folder, manifest, .npy, .npz or HDF5 file, or the fsspec address of a folder (s3://bucket/photos)"


PLUGINS = "folder with custom methods, views and reasons, one file each; may be given several times"


class PluginsAction(argparse.Action):
    """Adds a folder at once, so that --help behind it lists its methods, too."""

    def __call__(self, parser, namespace, value, option_string=None):
        """For this whole process."""
        add_folder(value)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with exit status 2.

    tail: makes the end of the help, when that is asked for.
    """

    tail: Callable[[], str] | None = None

    def format_help(self) -> str:
        """The help with its tail."""
        return super().format_help() + (self.tail() if self.tail else "")

    def error(self, message: str):
        """One sentence, then where help is."""
        raise BadInput(f"{message[:1].upper()}{message[1:]}.", f"See {self.prog} --help.")


def parser() -> Parser:
    """All commands with their options."""
    top = Parser(prog="innv-gui", description="See what Keras image classifiers look at, and compare them.")
    top.add_argument("--version", action="version", version=f"innv-gui {VERSION}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    _demo(commands.add_parser("demo", help="start on sample models and sample images"))
    _serve(commands.add_parser("serve", help="start on your models and images"))
    _explain(commands.add_parser("explain", help="write explanations to a file, without a server"))
    _suggest(commands.add_parser("suggest", help="write scores of all images to a table, without a server"))
    _explore(
        commands.add_parser("explore", help="write accuracy, rows and map positions of all images, without a server")
    )
    _trust(commands.add_parser("trust", help="measure which explanation to believe, without a server"))
    _check(commands.add_parser("check", help="report accuracy under each preprocessing, without a server"))
    _fit_patterns(
        commands.add_parser("fit-patterns", help="learn from images what pattern.net needs, without a server")
    )
    _train_shapes(commands.add_parser("train-shapes", help="train small networks on shapes and show what they learnt"))
    _retrain(commands.add_parser("retrain", help="train a model again with a part of the images painted out"))
    commands.add_parser("methods", help="list the methods and their settings")
    _worker(commands.add_parser("worker", help="let this machine work for a Dask scheduler"))
    commands.add_parser("doctor", help="check whether everything is installed, and which plug-ins can be used")
    for command in commands.choices.values():
        command.add_argument("--plugins", action=PluginsAction, metavar="DIR", help=PLUGINS)
    return top


def _demo(command: Parser) -> None:
    _address(command)
    command.add_argument("--workspace", metavar="DIR", help=WORKSPACE)
    command.add_argument("--photos", action="store_true", help=PHOTOS)


def _address(command: Parser) -> None:
    command.add_argument("--port", type=int, default=DEFAULT_PORT, help="port on 127.0.0.1 (default 5000)")
    command.add_argument("--open", action="store_true", help="open the address in this machine's browser")


def _shared(command: Parser) -> None:
    add_model_options(command)
    command.add_argument("--workspace", metavar="DIR", help=WORKSPACE)
    command.add_argument("--scheduler", metavar="ADDR", help="Dask scheduler whose innv-gui workers do the work")
    _tls(command)
    command.add_argument(
        "--trust", action="append", default=[], metavar="SHA256", help="run the code in the model file with this hash"
    )
    command.add_argument("--hooks", metavar="FILE", help=HOOKS)
    usual = Budget()
    for name, unit, value, what in (
        ("--most-memory", "GB", usual.memory / 2**30, "memory that opening a model may take"),
        ("--most-seconds", "S", usual.seconds, "processor time that opening a model may take"),
    ):
        command.add_argument(name, type=_above_zero, metavar=unit, default=value, help=f"{what} (default {value:g})")


def _above_zero(text: str) -> float:
    """A number of GB or seconds."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text!r}")
    return value


def _tls(command: Parser) -> None:
    command.add_argument("--tls-ca", metavar="FILE", help="certificate of the authority that signed the others")
    command.add_argument("--tls-cert", metavar="FILE", help="this machine's certificate")
    command.add_argument("--tls-key", metavar="FILE", help="the private key of that certificate")


def _suggest(command: Parser) -> None:
    _shared(command)
    command.add_argument("--images", metavar="DIR", help=IMAGES)
    command.add_argument("--layer", metavar="L", help="a layer by name (default: the last before softmax)")
    command.add_argument("--neuron", type=int, metavar="I", help="a neuron of the layer")
    command.add_argument("--class", dest="class_", metavar="C", help="the class of all images, by name or index")
    command.add_argument("--out", required=True, metavar="scores.parquet", help=".parquet or .csv file to write")


def _explore(command: Parser) -> None:
    _shared(command)
    command.add_argument("--images", metavar="DIR", help=IMAGES)
    command.add_argument("--layer", metavar="L", help="layer to compare by (default: before the classifier)")
    command.add_argument("--query", default="", metavar="Q", help="only these rows, e.g. 'label = 4 and A.right = no'")
    command.add_argument("--sort", metavar="COLUMN", help="index, file, label, A.loss, A.confidence, ...")
    command.add_argument("--falling", action="store_true", help="with --sort: the largest first")
    command.add_argument("--map", choices=("pca", "tsne", "umap"), help="add map positions by pixels and by each model")
    command.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the maps (default 0)")
    command.add_argument("--out", required=True, metavar="images.parquet", help=".parquet or .csv file to write")


def _trust(command: Parser) -> None:
    _shared(command)
    command.add_argument("--images", metavar="DIR", help=IMAGES)
    command.add_argument(
        "--method", action="append", default=[], metavar="M", help="a method, or M:SETTING=VALUE (default: a shortlist)"
    )
    command.add_argument("--metric", action="append", default=[], metavar="Q", help="a metric (default: all)")
    command.add_argument("--fill", action="append", default=[], metavar="F", help="blur, mean or grey; may be repeated")
    command.add_argument("--steps", type=int, default=10, metavar="N", help="10, 20 or 50 steps (default 10)")
    command.add_argument("--masks", metavar="DIR", help="masks named like the images: where the evidence should be")
    command.add_argument("--class", dest="class_", default=None, metavar="C", help="predicted, a name or an index")
    command.add_argument("--most", type=_count, default=16, metavar="N", help="how many images to use (default 16)")
    command.add_argument("--unchecked", action="store_true", help="run a method on layers that it does not know")
    command.add_argument("--numbers", metavar="numbers.csv", help="a second file, with the values of each image")
    command.add_argument("--out", required=True, metavar="trust.csv", help=".csv table or .html page to write")
    command.tail = _methods


def _count(text: str) -> int:
    """A whole number of at least 1."""
    if not text.isdecimal() or not 0 < int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 to 100000, got {text!r}")
    return int(text)


def _check(command: Parser) -> None:
    _shared(command)
    command.add_argument("--images", metavar="DIR", help=f"labelled images: {IMAGES}")


def _fit_patterns(command: Parser) -> None:
    command.add_argument("model", action=ModelAction, default=[], metavar="MODEL", help="a model, as for --model")
    command.add_argument("images", metavar="IMAGES", help=IMAGES)
    _shared(command)


def _train_shapes(command: Parser) -> None:
    add_shape_options(command)
    command.add_argument("--workspace", metavar="DIR", help=WORKSPACE)
    command.add_argument("--scheduler", metavar="ADDR", help="Dask scheduler whose innv-gui workers do the work")
    _tls(command)


def _retrain(command: Parser) -> None:
    _shared(command)
    command.add_argument("--images", metavar="DIR", help=IMAGES)
    add_retrain_options(command)


def _worker(command: Parser) -> None:
    command.add_argument("--scheduler", required=True, metavar="ADDR", help="tls://HOST:PORT, or tcp://127.0.0.1:PORT")
    _tls(command)


def _serve(command: Parser) -> None:
    _shared(command)
    command.add_argument("--session", metavar="FILE", help="a saved session: opens the models and images it names")
    command.add_argument(
        "--images", action="append", default=[], metavar="DIR", help=f"{IMAGES}; may be given several times"
    )
    _address(command)


def _explain(command: Parser) -> None:
    _shared(command)
    command.add_argument("--images", nargs="+", action="extend", default=[], metavar="I", help=f"images, or {IMAGES}")
    command.add_argument("--analyzer", required=True, metavar="A", help="one of the methods below")
    command.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="e.g. epsilon=1e-3")
    command.add_argument("--layer", metavar="L", help="a layer by name")
    target = command.add_mutually_exclusive_group()
    target.add_argument("--neuron", type=int, metavar="I", help="a neuron of the layer")
    target.add_argument("--top-neurons", type=int, metavar="N", help="the 1, 4, 9 or 16 most active neurons")
    target.add_argument("--class", dest="class_", default=None, metavar="C", help="predicted, a name or an index")
    command.add_argument("--engine", default="auto", metavar="E", help="auto, native or innvestigate")
    command.add_argument("--unchecked", action="store_true", help="run a method on layers that it does not know")
    command.add_argument("--out", required=True, metavar="run.h5", help="HDF5 file to write")
    command.tail = _methods


def _methods() -> str:
    from innv_gui.commands.methods import listed

    return listed()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    try:
        options = parser().parse_args(arguments)
        with contextlib.nullcontext() if options.command in LASTING else ended_by_signals():
            status = _run(options)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # somebody read the beginning only, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except InnvError as error:
        print(f"innv-gui: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt as stop:
        with contextlib.suppress(OSError):  # the terminal may be gone
            print("innv-gui: stopped.", file=sys.stderr)
        return stop.exit_code if isinstance(stop, Ended) else 1


COMMANDS = {  # command -> module of `innv_gui.commands`; its function has the command's name
    **{name: name for name in ("explain", "suggest", "explore", "trust", "check", "fit_patterns", "train_shapes")},
    **{name: name for name in ("worker", "photos", "retrain")},
    **{"demo": "serve", "serve": "serve"},
}
LASTING = ("demo", "serve", "worker")  # end by signals in ways of their own


def _run(options: argparse.Namespace) -> int:
    if options.command in (None, "methods", "doctor"):
        return _tell(options.command)
    is_photos = options.command == "demo" and options.photos
    name = "photos" if is_photos else options.command.replace("-", "_")
    return getattr(importlib.import_module(f"innv_gui.commands.{COMMANDS[name]}"), name)(options)


def _tell(command: str | None) -> int:
    """What takes no options: no command at all gets the help."""
    if command is None:
        parser().print_help()
        return 0
    if command == "methods":
        from innv_gui.commands.methods import methods

        return methods()
    from innv_gui.commands.doctor import doctor

    return doctor()


if __name__ == "__main__":
    sys.exit(main())
