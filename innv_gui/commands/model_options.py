"""`--model` and what belongs to it: --classes, --preprocessing and --outputs bind to the --model before them.

Given before any --model they are for all models without such options.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field

from innv_gui.errors import BadInput
from innv_gui.preprocessing import parse
from innv_gui.records import OUTPUT_KINDS
from innv_gui.session.model_sources import parse_model_argument

WISHES = ("classes", "preprocessing", "outputs")
BINDS = "; applies to the --model before it, or to all models if it comes before the first"
MODEL = (
    "a .keras or .h5 file, a SavedModel folder of Keras 2, ARCHITECTURE.json@WEIGHTS, or a network of "
    "keras.applications: VGG16@random, VGG16@WEIGHTS; may be given several times"
)
CLASSES = f"class names: JSON, or a text file with one name per line{BINDS}"
PREPROCESSING = (
    "none, unit, symmetric, caffe, tf, torch or 'mean=..;std=..'; with a resize rule: 'mode=unit;resize=pad' or crop; "
    f"colours as OpenCV reads them: 'mode=unit;channels=bgr' (default: detected){BINDS}"
)


@dataclass
class NamedModel:
    """A model as the command line names it. wishes: classes, preprocessing, outputs, as far as they were given."""

    text: str
    wishes: dict[str, str] = field(default_factory=dict)

    @property
    def start(self) -> tuple[str, dict]:
        """What `Session.start_model` takes: the file, and everything else by name."""
        file, weights = parse_model_argument(self.text)
        return file, {"weights": weights} | self.wishes


class ModelAction(argparse.Action):
    """Begins a model."""

    def __call__(self, parser, namespace, value, option_string=None):
        """Adds it to those that there are."""
        namespace.model = [*namespace.model, NamedModel(value)]


class WishAction(argparse.Action):
    """Sets something for the last model, or for all when there is none yet."""

    def __call__(self, parser, namespace, value, option_string=None):
        """Refuses what was said already."""
        last = namespace.model[-1].wishes if namespace.model else _for_all(namespace)
        if self.dest in last:
            of = namespace.model[-1].text if namespace.model else "all models"
            raise BadInput(
                f"{option_string} was given twice for {of}: {last[self.dest]!r} and {value!r}.",
                "Give it once after each --model.",
                self.dest,
            )
        last[self.dest] = value


def _for_all(namespace: argparse.Namespace) -> dict[str, str]:
    namespace.for_all = dict(namespace.for_all)  # the default is shared by all that is parsed
    return namespace.for_all


def add_model_options(command: argparse.ArgumentParser) -> None:
    """--model, --classes, --preprocessing, --outputs."""
    command.set_defaults(for_all={})
    command.add_argument("--model", action=ModelAction, default=[], metavar="M", help=MODEL)
    for name, metavar, words in (("classes", "F", CLASSES), ("preprocessing", "P", PREPROCESSING)):
        command.add_argument(
            f"--{name}", action=WishAction, default=argparse.SUPPRESS, metavar=metavar, help=words.replace("%", "%%")
        )
    command.add_argument(
        "--outputs",
        action=WishAction,
        default=argparse.SUPPRESS,
        choices=OUTPUT_KINDS,
        metavar="KIND",
        help=f"what the outputs are: {', '.join(OUTPUT_KINDS)} (default: detected){BINDS}",
    )


def named_models(options: argparse.Namespace) -> list[NamedModel]:
    """All models with their options; what can be checked without loading them is checked."""
    models = [NamedModel(model.text, options.for_all | model.wishes) for model in options.model]
    for wishes in (options.for_all, *(model.wishes for model in models)):
        parse(wishes.get("preprocessing"))
    return models


def loose_end(options: argparse.Namespace) -> str:
    """A sentence where --classes names the last of several models only; empty otherwise."""
    named = [model for model in options.model if "classes" in model.wishes]
    if len(options.model) < 2 or named != options.model[-1:] or "classes" in options.for_all:
        return ""
    others = ", ".join(_short(model.text) for model in options.model[:-1])
    return (
        f"--classes names the classes of {_short(options.model[-1].text)} only, the --model before it; "
        f"{others} had none. Put it before the first --model to name the classes of all."
    )


def _short(text: str) -> str:
    return text.rstrip("/").rpartition("/")[2]


def listed(models: Sequence[NamedModel]) -> str:
    """Their names, for a sentence."""
    return ", ".join(_short(model.text) for model in models)
