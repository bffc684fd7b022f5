"""A process with tf_keras and iNNvestigate for tests; it switches eager execution off, which no other test may see.

Also the small networks that are built twice, by Keras 3 here and by tf_keras there, from the same lines.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from functools import wraps
from multiprocessing import get_context

import numpy as np

from innv_gui.records import Aim, Blueprint

N_CLASSES = 4


def start():
    """First thing in the process, before anything imports TensorFlow."""
    os.environ.update(TF_USE_LEGACY_KERAS="1", TF_CPP_MIN_LOG_LEVEL="3")


def process():
    """One fresh process, as a pool of one."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=start)


def unconverted(function):
    """In the process: without AutoGraph, which writes files that are removed at a process's own end only."""

    @wraps(function)
    def run(*args):
        import tensorflow as tf

        return tf.autograph.experimental.do_not_convert(function)(*args)

    return run


def mlp(keras, units=9):
    """keras: the library, either one."""
    layers = keras.layers
    start = keras.Input((6, 5, 1), name="image")
    x = layers.Flatten(name="flat")(start)
    x = layers.Dense(units, activation="relu", name="hidden")(x)
    return keras.Model(start, layers.Dense(N_CLASSES, name="scores")(x))


def cnn(keras):
    layers = keras.layers
    start = keras.Input((9, 7, 3), name="image")
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="conv_one")(start)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.Conv2D(5, 2, activation="relu", name="conv_two")(x)
    x = layers.Flatten(name="flat")(x)
    x = layers.Dropout(0.5, name="drop")(x)
    x = layers.Dense(8, activation="relu", name="hidden")(x)
    return keras.Model(start, layers.Dense(N_CLASSES, name="scores")(x))


def resnet(keras):
    layers = keras.layers
    start = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(4, 3, padding="same", name="conv_one")(start)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.Activation("relu", name="relu_one")(x)
    y = layers.Conv2D(4, 3, padding="same", name="conv_two")(x)
    x = layers.Add(name="sum")([x, y])
    x = layers.Activation("relu", name="relu_two")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    return keras.Model(start, layers.Dense(N_CLASSES, name="scores")(x))


NETWORKS = {"mlp": mlp, "cnn": cnn, "resnet": resnet}


def randomized(model, seed=0):
    """The model with weights that leave nothing at zero or one: biases, gammas and statistics, too."""
    generator = np.random.default_rng(seed)
    for layer in model.layers:
        for weight in layer.weights:
            if np.issubdtype(np.dtype(weight.dtype), np.floating):
                positive = "variance" in weight.path or "gamma" in weight.path
                draw = generator.uniform(0.5, 1.5, weight.shape) if positive else generator.normal(0, 0.4, weight.shape)
                weight.assign(draw)
    return model


def images(model, count=3):
    """(count, H, W, C) float32 in [0, 1)."""
    return np.random.default_rng(5).random((count, *model.input_shape[1:]), dtype=np.float32)


def blueprint_of(model, name):
    """A flat Keras 3 model as a blueprint."""
    weights = {layer.name: tuple(layer.get_weights()) for layer in model.layers if layer.weights}
    return Blueprint(name, model.get_config(), weights)


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def aim_at(values, chosen):
    """A class at the output as an Aim: values (N, K) of the output, chosen (N,) the class of each image."""
    weights = np.eye(values.shape[1], dtype=np.float32)[chosen]
    return Aim("scores", True, chosen[:, None], (weights,), values[np.arange(len(values)), chosen][:, None], values)


def explain(blueprint, x, analyzer, params, target, unchecked, probabilities, scores=None):
    """In the process: ours, of a class at the output. scores: what the output gives, where not the probabilities."""
    from innv_gui.runtimes.innvestigate.explain import explain

    predicted = target.class_ == "predicted"
    chosen = probabilities.argmax(axis=1) if predicted else np.full(len(x), target.class_)
    aim = aim_at(np.asarray(probabilities if scores is None else scores), chosen)
    return explain(blueprint, x, analyzer, params, aim, unchecked)


def explain_aim(*args):
    """In the process: ours, of anything."""
    from innv_gui.runtimes.innvestigate.explain import explain

    return explain(*args)


@unconverted
def scores(blueprint, x):
    """In the process: what the rebuilt model gives, and its layer classes by our name."""
    from innv_gui.runtimes.innvestigate.bridge import build
    from innv_gui.runtimes.innvestigate.legacy import tf

    with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph).as_default() as session:
        model = build(blueprint, x.shape[1:])
        kinds = {getattr(layer, "known_as", layer.name): type(layer).__name__ for layer in model.layers}
        return session.run(model.outputs[0], {model.inputs[0]: x}), kinds


@unconverted
def directly(network, weights, name, settings, x, smoothgrad_noise=None):
    """In the process: iNNvestigate as its own documentation has it, on a tf_keras model built by hand.

    Explains the strongest output of each image, one by one: where LRP divides by almost nothing, another batch size is
    enough to move the fifth digit. smoothgrad_noise (n, H, W, C) stands in for its own draw.
    """
    from innv_gui.runtimes.innvestigate.legacy import innvestigate, tf, tf_keras

    with tf.Graph().as_default() as graph, tf.compat.v1.Session(graph=graph).as_default():
        model = NETWORKS[network](tf_keras)
        for layer in model.layers:
            layer.set_weights(weights.get(layer.name, ()))
            if isinstance(layer, tf_keras.layers.BatchNormalization):
                _write_axis_as_number(layer)
        if smoothgrad_noise is not None:
            _add_this_noise(innvestigate, smoothgrad_noise)
        analyzer = innvestigate.create_analyzer(name, model, **settings)
        return np.concatenate([analyzer.analyze(x[i : i + 1]) for i in range(len(x))])


def _write_axis_as_number(layer):
    """`lrp` fails on every BatchNormalization of tf_keras without it."""
    config = {**layer.get_config(), "axis": 3}
    layer.get_config = lambda: dict(config)


def _add_this_noise(innvestigate, noise):
    innvestigate.layers.AddGaussianNoise.call = lambda self, inputs, *args, **kwargs: inputs + noise[None]


def names():
    """In the process: what iNNvestigate registers."""
    from innv_gui.runtimes.innvestigate.legacy import methods

    return set(methods.analyzers)


def defaults(name):
    """In the process: default arguments along the classes of an analyzer, the most special first."""
    import inspect

    from innv_gui.runtimes.innvestigate.legacy import methods

    found = {}
    for one in methods.analyzers[name].__mro__:
        parameters = inspect.signature(one.__init__).parameters.values() if "__init__" in vars(one) else ()
        for parameter in parameters:
            if parameter.default is not inspect.Parameter.empty and not callable(parameter.default):
                found.setdefault(parameter.name, parameter.default)
    return found


def memory_after_rounds(blueprint, x, scores, rounds):
    """In the process, after each round on a model that was not met before: megabytes, and graphs that exist."""
    import gc
    from dataclasses import replace

    import psutil

    from innv_gui.records import Target
    from innv_gui.runtimes.innvestigate import engines
    from innv_gui.runtimes.innvestigate.legacy import tf

    sizes, graphs = [], []
    for number in range(rounds):
        name = ("gradient", "lrp.flat")[number % 2]
        explain(replace(blueprint, sha256=f"round {number}"), x, name, {}, Target(), False, scores)
        gc.collect()
        sizes.append(psutil.Process().memory_info().rss / 2**20)
        graphs.append(sum(type(one) is tf.Graph for one in gc.get_objects()))
    return sizes, graphs, len(engines._engines)


def process_id():
    """In the process."""
    return os.getpid()


def engines_made():
    """In the process: how many graphs were built so far."""
    from innv_gui.runtimes.innvestigate import engines

    return engines.Engine.made
