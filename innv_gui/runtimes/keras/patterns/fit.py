"""One step of a fit, in a worker: some images more in the sums, and the patterns when all are in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import tensorflow as tf

from innv_gui import datasets
from innv_gui.errors import AnalyzerRefused, BadInput, ImageRefused, WorkFailed
from innv_gui.records import FitStep, ImageRef, ModelSource, Preprocessing, Problem
from innv_gui.runtimes.keras.maximize.starts import as_input
from innv_gui.runtimes.keras.networks import loading
from innv_gui.runtimes.keras.networks.network import Network
from innv_gui.runtimes.keras.patterns import kept, sums
from innv_gui.runtimes.keras.patterns.layers import Layout, layout, n_bytes
from innv_gui.runtimes.keras.patterns.sums import Sums

NAME = "Fitting patterns"
BATCH = 8  # images at once; batches begin at multiples of it, so that sums do not depend on where a fit was stopped
MOST_BYTES = 4 * 2**30
WRITE_S = 20.0  # between two notes on the disk


@dataclass(frozen=True)
class State:
    """How far a fit is: images behind it, those that were used, those that could not be."""

    sums: dict[str, Sums]
    done: int = 0
    used: int = 0
    problems: tuple[tuple[str, str], ...] = ()
    written: float = 0.0  # when, by the clock


_known: dict[str, State] = {}  # of the fit that this worker had last


def step(
    source: ModelSource,
    rule: Preprocessing,
    refs: tuple[ImageRef, ...],
    begin: int,
    folder: str,
    last: bool,
    stopped: Callable[[], bool],
    make_way: Callable[[], bool],
) -> FitStep:
    """Takes in the images from `begin` on, where the fit in `folder` is that far; says how far it is.

    last: with these images all are in, and the patterns are made. Raises AnalyzerRefused for a network with a layer
    that has no pattern, BadInput for too few images.
    """
    network = loading.load(source)
    known = network.function(("patterns",), lambda: _checked(network))
    state = _known.get(folder) or _resumed(folder, known)
    if state.done == begin:
        state = _further(network, known, source, rule, state, refs, folder, stopped, make_way)
    finished = last and state.done == begin + len(refs)
    facts = _finished(known, state, folder) if finished else {}
    problems = tuple(Problem(*one) for one in state.problems)
    return FitStep(done=state.done, used=state.used, problems=problems, **facts)


def _checked(network: Network) -> Layout:
    known = layout(network, network.explained_layer, NAME)
    if not known.learnable:
        raise AnalyzerRefused(f"{network.file} has no layer with a pattern.")
    if n_bytes(known) > MOST_BYTES:
        needed = f"needs {n_bytes(known) / 2**30:.1f} GB of memory; {MOST_BYTES >> 30} GB are allowed."
        raise AnalyzerRefused(f"{NAME} of {network.file} {needed}", "Choose a smaller network.")
    return known


def _resumed(folder: str, known: Layout) -> State:
    """What is kept of a fit, where it is one of this network."""
    found, noted = kept.sums(folder)
    shapes = {one.key: one.shape for one in known.learnable.values()}
    if {key: one.xy.shape for key, one in found.items()} != shapes:
        return State({})
    return State(found, noted["done"], noted["used"], tuple(map(tuple, noted["problems"])), time.monotonic())


def _further(network, known: Layout, source, rule, state: State, refs, folder: str, stopped, make_way) -> State:
    run = network.function(("pattern sums",), lambda: sums.traced(known, network.signature()))
    for begin in range(0, len(refs), BATCH):
        if stopped() or begin and make_way():  # who waits, waits for one batch at most
            break
        batch = refs[begin : begin + BATCH]
        state = _with_batch(network, known, source, rule, state, batch, run)
    if time.monotonic() - state.written > WRITE_S or stopped() or make_way():
        noted = {"done": state.done, "used": state.used, "problems": list(state.problems)}
        kept.write_sums(folder, state.sums, noted)
        state = replace(state, written=time.monotonic())
    _known.clear()
    _known[folder] = state
    return state


def _with_batch(network, known: Layout, source, rule, state: State, refs, run) -> State:
    images, problems = _decoded(refs)
    x = as_input(network, source, rule, images) if images else np.zeros((0, 1, 1, 1))
    finite = np.isfinite(x).all(axis=(1, 2, 3))
    problems += [("an image", "it holds numbers that are not finite")] * int((~finite).sum())
    total, used = state.sums, int(finite.sum())
    if used:
        found = sums.by_key(known, run(tf.constant(x[finite])))
        total = {key: total[key].plus(one) if key in total else one for key, one in found.items()}
    done = state.done + len(refs)
    return replace(state, sums=total, done=done, used=state.used + used, problems=(*state.problems, *problems))


def _decoded(refs: tuple[ImageRef, ...]) -> tuple[list[np.ndarray], list[tuple[str, str]]]:
    images, problems = [], []
    for ref in refs:
        try:
            images.append(datasets.decode(ref))
        except ImageRefused as error:
            problems.append((ref.name, str(error)))
    return images, problems


def _finished(known: Layout, state: State, folder: str) -> dict:
    """Writes the patterns; gives the facts about them."""
    if state.used < 2:
        raise BadInput(f"Patterns need at least 2 images that can be used; got {state.used}.", field="images")
    found, dead, n_neurons = {}, 0, 0
    for one in known.learnable.values():
        found[one.key], has_one = sums.pattern(one, state.sums[one.key])
        if not has_one.any():
            raise WorkFailed(f"No pattern of {one.key} could be learnt: its output is the same for all images.")
        dead, n_neurons = dead + int((~has_one).sum()), n_neurons + len(has_one)
    if not all(np.isfinite(one).all() for one in found.values()):
        raise WorkFailed("The patterns are not finite: the network's values are too large for these images.")
    digest = kept.write_patterns(folder, found)
    _known.pop(folder, None)
    return {"sha256": digest, "n_layers": len(found), "n_neurons": n_neurons, "n_without": dead}
