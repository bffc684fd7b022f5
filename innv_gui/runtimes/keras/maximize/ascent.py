"""The compiled steps of an ascent: some steps of several pictures, each stopping by itself.

Everything that differs between targets and settings is an input: another class, step size or seed needs no new trace.
A step, for a picture u in [0, 1] of the valid range (Simonyan et al. 2013, normalised as in ShapeShop):

    g = d objective / d u, taken at u moved by the jitter;  by frequencies when the basis is fourier
    u <- clip(blur(u + step (g / (sqrt(mean g^2) + 1e-5) - tv dTV(u) - l2 (u - start))))

Before each step u itself is looked at: its value and probability are kept, and it may stop there.
"""

from __future__ import annotations

from dataclasses import dataclass

import tensorflow as tf

from innv_gui.records import STOPS
from innv_gui.runtimes.keras.maximize import direction
from innv_gui.runtimes.keras.maximize.objective import no_gradient, seeing
from innv_gui.runtimes.keras.networks.network import Network

BLUR_EVERY = 4  # steps, as in Yosinski et al. 2015
PROBABILITY, ITERATIONS, FLAT, NOT_FINITE = (
    STOPS.index(name) for name in ("probability", "iterations", "flat", "not finite")
)


@dataclass(frozen=True)
class Form:
    """What a trace is made for: the rest are its inputs."""

    kind: str
    probability: bool = False
    fourier: bool = False
    jitter: bool = False
    tv: bool = False
    l2: bool = False
    blur_px: float = 0.0
    clip: bool = True


def form_of(kind: str, params: dict, bounded: bool) -> Form:
    """The trace that these settings need."""
    return Form(
        kind,
        probability=kind == "class" and params["objective"] == "probability",
        fourier=params.get("basis") == "fourier",
        jitter=params.get("jitter", 0) > 0,
        tv=params.get("tv", 0) > 0,
        l2=params.get("l2", 0) > 0,
        blur_px=float(params.get("blur", 0)),
        clip=params["clip"] and bounded,
    )


def trace(network: Network, layer: str, shape: tuple, form: Form):
    """Compiled `run(u, start, low, span, index, steps, stops, settings)`; see `signature` and records.Ascent."""
    see = seeing(network, layer, form.kind, form.probability)
    look = _looking(network, layer, see, form)

    @tf.function(input_signature=signature(shape), autograph=False)
    def run(u, start, low, span, index, steps, stops, settings):
        network_input = lambda pictures: low + span * pictures  # noqa: E731
        curve = tf.fill([settings["count"], tf.shape(u)[0]], float("nan"))

        def going(i, u, steps, stops, values, probabilities):
            return (i < settings["count"]) & tf.reduce_any(stops == 0)

        def body(i, u, steps, stops, values, probabilities):
            iteration = settings["first"] + i
            value, p, slope = look(u, network_input, index, settings, iteration)
            values = _written(values, i, value, stops)
            probabilities = _written(probabilities, i, p, stops)
            stops = _stopped(stops, steps, value, p, slope, settings, form)
            moved = _moved(u, start, slope, settings, iteration, form)
            u = tf.where((stops == 0)[:, None, None, None], moved, u)
            return i + 1, u, steps + tf.cast(stops == 0, tf.int32), stops, values, probabilities

        state = (tf.constant(0), u, steps, stops, curve, curve)
        done, *state = tf.while_loop(going, body, state, parallel_iterations=1)
        return (*state[:3], state[3][:done], state[4][:done])

    return run


def signature(shape: tuple) -> list:
    """shape (H, W, C). settings: first: the number of the first step; count: how many at most."""
    pictures, channels = tf.TensorSpec([None, *shape], tf.float32), tf.TensorSpec([shape[2]], tf.float32)
    many = tf.TensorSpec([None], tf.int32)
    whole = dict.fromkeys(("first", "count", "seed", "iterations", "jitter"), tf.TensorSpec([], tf.int32))
    real = dict.fromkeys(("step", "stop_at", "tv", "l2"), tf.TensorSpec([], tf.float32))
    return [pictures, tf.TensorSpec(shape, tf.float32), channels, channels, many, many, many, {**whole, **real}]


def _looking(network: Network, layer: str, see, form: Form):
    """u -> value, probability of u itself, and the slope, which is taken at the moved picture when there is jitter."""

    def slope_at(u, network_input, index):
        with tf.GradientTape() as tape:
            tape.watch(u)
            value, p = see(network_input(u), index)
        slope = tape.gradient(value, u)
        if slope is None:
            raise no_gradient(network, layer)
        return value, p, tf.cast(slope, tf.float32)

    def look(u, network_input, index, settings, iteration):
        if not form.jitter:
            return slope_at(u, network_input, index)
        reach = settings["jitter"]
        shift = tf.random.stateless_uniform([2], [settings["seed"], iteration], -reach, reach + 1, tf.int32)
        slope = slope_at(tf.roll(u, shift, (1, 2)), network_input, index)[2]
        return *see(network_input(u), index), tf.roll(slope, -shift, (1, 2))

    return look


def _written(curve, i, row, stops):
    """Row i of the curve, where a picture still goes on."""
    row = tf.where(stops == 0, row, float("nan"))
    return tf.tensor_scatter_nd_update(curve, [[i]], row[None])


def _stopped(stops, steps, value, p, slope, settings, form: Form):
    """Why each picture stops here; 0: it goes on."""
    sizes = tf.reduce_sum(tf.abs(slope), axis=(1, 2, 3))
    found = tf.zeros_like(stops)
    if not form.jitter:  # another place may have a slope again
        found = tf.where(sizes == 0, FLAT, found)
    found = tf.where(steps >= settings["iterations"], ITERATIONS, found)
    found = tf.where(p > settings["stop_at"], PROBABILITY, found)
    found = tf.where(tf.math.is_finite(value) & tf.math.is_finite(sizes), found, NOT_FINITE)
    return tf.where(stops == 0, found, stops)


def _moved(u, start, slope, settings, iteration, form: Form):
    """One step."""
    way = direction.normalised(direction.decorrelated(slope) if form.fourier else slope)
    if form.tv:
        way -= settings["tv"] * direction.variation(u)
    if form.l2:
        way -= settings["l2"] * (u - start)
    moved = u + settings["step"] * way
    if form.blur_px:
        often = (iteration + 1) % BLUR_EVERY == 0
        moved = tf.cond(often, lambda: direction.blurred(moved, form.blur_px), lambda: moved)
    return tf.clip_by_value(moved, 0.0, 1.0) if form.clip else moved
