"""Whether an analyzer's declaration can be offered: explained in one sentence where it cannot."""

from __future__ import annotations

import importlib.util
import re

from pydantic import ValidationError

from innv_gui.analyzers.computed import Computed, is_cost
from innv_gui.analyzers.declaration import COLORMAPS, DISPLAYS, Analyzer, Display, Targets
from innv_gui.analyzers.form import form_fields
from innv_gui.analyzers.settings import Params
from innv_gui.errors import BadInput
from innv_gui.extensions.opening import guarded, is_ours_to_end, reason_of
from innv_gui.extensions.sources import Origin
from innv_gui.extensions.words import check_name, check_text

ENGINES = ("native", "innvestigate")
ADDRESS = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


def accept(analyzer: Analyzer, origin: Origin) -> None:
    """Raises BadInput naming what of the declaration is wrong, and what was expected."""
    _accept_words(analyzer)
    _accept_kinds(analyzer)
    accept_run(analyzer.name, analyzer.run, ENGINES if origin.kind == "built-in" else ENGINES[:1])
    if origin.kind != "built-in":
        accept_module(analyzer.name, analyzer.run["native"])
    accept_params(analyzer.name, analyzer.params)
    accept_passes(analyzer)


def accept_passes(declared: Computed) -> None:
    """A count, or a function that gives one for the defaults."""
    try:
        cost: object = declared.cost(declared.params().model_dump())
    except BaseException as error:  # a third party's code
        if is_ours_to_end(error):
            raise
        raise BadInput(f"{declared.name}: passes failed for the default settings: {reason_of(error)}.") from None
    if not is_cost(cost):
        raise BadInput(f"{declared.name}: passes must be a whole number of forward passes; got {cost!r:.80}.")


def _accept_words(analyzer: Analyzer) -> None:
    check_name(analyzer.name)
    check_text(analyzer.name, "title", analyzer.title, 60)
    check_text(analyzer.name, "summary", analyzer.summary, 300)
    check_text(analyzer.name, "family", analyzer.family, 40)
    if not isinstance(analyzer.source, str) or not re.fullmatch(r"(https?://[^\s<>\"']+)?", analyzer.source):
        raise BadInput(f"{analyzer.name}: source must be the address of the paper; got {analyzer.source!r:.80}.")
    if not isinstance(analyzer.citation, str) or len(analyzer.citation) > 80:
        raise BadInput(f"{analyzer.name}: citation must be a short text.")


def _accept_kinds(analyzer: Analyzer) -> None:
    display = analyzer.display
    if not isinstance(display, Display) or display.kind not in DISPLAYS or display.colormap not in COLORMAPS:
        kinds, maps = ", ".join(DISPLAYS), ", ".join(COLORMAPS)
        raise BadInput(f"{analyzer.name}: display must be a Display of kind {kinds}, with a colour map of {maps}.")
    if not 0 <= display.opacity <= 1:
        raise BadInput(f"{analyzer.name}: the opacity of display must be from 0 to 1; got {display.opacity!r:.20}.")
    if not isinstance(analyzer.targets, Targets):
        raise BadInput(f"{analyzer.name}: targets must be one of Targets; got {analyzer.targets!r:.80}.")


def accept_run(name: str, run: object, engines: tuple[str, ...]) -> None:
    """Engines that there are, each with the address of a function."""
    if not isinstance(run, dict) or not run or not set(run) <= set(engines):
        raise BadInput(f"{name}: run must be a function, or name one for {' or '.join(engines)}; got {run!r:.80}.")
    for address in run.values():
        if not isinstance(address, str) or not ADDRESS.fullmatch(address):
            raise BadInput(
                f"{name}: run must name a function as module:function; got {address!r:.80}.",
                "A lambda or a function inside another one cannot be found by a worker.",
            )


def accept_module(name: str, address: str) -> None:
    """That there is such a module; it is not imported, as it may want TensorFlow."""
    module = address.partition(":")[0]
    try:
        with guarded():
            found = importlib.util.find_spec(module)
    except (ImportError, ValueError) as error:
        raise BadInput(f"{name}: the module {module} of its run cannot be found: {error}.") from None
    if found is None:
        raise BadInput(f"{name}: there is no module {module}, which its run names.")


def accept_params(name: str, params: object) -> None:
    """Settings with title and description, whose defaults pass their own check."""
    if not isinstance(params, type) or not issubclass(params, Params):
        raise BadInput(f"{name}: params must be a class of innv_gui.plugins.Params; got {params!r:.80}.")
    try:
        fields = form_fields(params)
        params.model_validate(params().model_dump())
    except KeyError as error:
        raise BadInput(f"{name}: a setting must be a number, a switch, or one of several words; got {error}.") from None
    except ValidationError as error:
        setting = ".".join(map(str, error.errors()[0]["loc"])) or "settings"
        raise BadInput(f"{name}: the default of {setting} does not pass its own check.") from None
    for field in fields:
        if not field["title"] or not field["description"]:
            raise BadInput(f"{name}: the setting {field['name']} has no title or no description.")
