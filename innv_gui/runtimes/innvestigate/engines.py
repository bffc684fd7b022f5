"""One method on one model, ready to run: a graph and a session of its own, a few of them kept.

iNNvestigate adds to TensorFlow's default graph forever. Here every pair of model and method has its own graph, which
goes with its session when the pair has not been used for a while, so memory stays flat.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from innv_gui.errors import AnalyzerRefused, InnvError
from innv_gui.records import Blueprint
from innv_gui.runtimes.innvestigate import analysis, bridge
from innv_gui.runtimes.innvestigate.legacy import tf, tf_keras

KEPT = 6  # engines
KEPT_BYTES = 2**30  # of their models' weights


class Engine:
    """Opens on creation; raises AnalyzerRefused or BadInput when method, settings and model do not fit.

    layer: the one whose neurons are explained, None is the output. name: the method that runs; asked: the one that was
    asked for, which messages speak of. made: how many there were in this process.
    """

    made = 0

    def __init__(
        self,
        blueprint: Blueprint,
        shape: tuple[int, ...],
        layer: str | None,
        name: str,
        params: dict,
        unchecked: bool,
        asked: str,
    ):
        self.n_bytes = sum(array.nbytes for arrays in blueprint.weights.values() for array in arrays)
        self.objection: AnalyzerRefused | None = None
        Engine.made += 1
        self._graph = tf.Graph()
        self._session = _session(self._graph)
        try:
            self._see, self._run = self._opened(blueprint, shape, layer, name, params, unchecked, asked)
        except BaseException:
            self.close()
            raise

    @tf.autograph.experimental.do_not_convert  # its files outlive a worker
    def _opened(self, blueprint, shape, layer, name, params, unchecked, asked) -> tuple[Callable, Callable]:
        with self._graph.as_default(), self._session.as_default():
            tf_keras.backend.set_learning_phase(0)
            model = bridge.build(blueprint, shape, layer)
            analyzer = analysis.make(name, params, _in_a_row(model), bridge.n_layers(blueprint) - 1)
            self.objection = analysis.objection(asked, analyzer)
            if self.objection and analysis.checks_itself(name) and not unchecked:
                raise self.objection
            _build(asked, analyzer)
            relevance = analyzer._analyzer_model.outputs[0]
            _initialize(self._session, relevance, model.outputs[0])
            feeds = [*model.inputs, analyzer._analysis_inputs[0]]
            self._has_positions = len(model.outputs[0].shape) > 2
            see = self._session.make_callable(model.outputs[0], model.inputs)
            return see, self._session.make_callable(relevance, feeds)

    def values(self, x: np.ndarray) -> np.ndarray:
        """x (n, H, W, C) -> (n, P, U): the layer's neurons, P positions each (one, where they have no place)."""
        seen = self._see(x.astype(np.float32))
        return seen.reshape(len(x), -1, seen.shape[-1])

    def run(self, x: np.ndarray, neurons: np.ndarray) -> np.ndarray:
        """x (n, H, W, C) and the neuron to explain (n,) -> relevance (n, H, W, C), of its strongest position.

        Positions and neurons form one row, and iNNvestigate takes an index into that.
        """
        images = np.arange(len(x))
        places = neurons
        if self._has_positions:
            values = self.values(x)
            places = values[images, :, neurons].argmax(axis=1) * values.shape[2] + neurons
        return self._run(x.astype(np.float32), np.stack([images, places], axis=1).astype(np.int32))

    def close(self) -> None:
        """Free the session's memory; the engine cannot be used afterwards."""
        self._session.close()
        self._see = self._run = None


def _session(graph: tf.Graph) -> tf.compat.v1.Session:
    """Without TensorFlow's rewriting of graphs: it takes a tenth to a fifth of the first map and speeds up no other."""
    config = tf.compat.v1.ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return tf.compat.v1.Session(graph=graph, config=config)


def _in_a_row(model: tf_keras.Model) -> tf_keras.Model:
    """The model with the positions of its output in a row; iNNvestigate means to do it, and stumbles over a list."""
    if len(model.outputs[0].shape) == 2:
        return model
    return tf_keras.Model(model.inputs, tf_keras.layers.Flatten()(model.outputs[0]))


def _build(name: str, analyzer) -> None:
    """Make iNNvestigate write its backward graph. What fails in there depends on the model, in many ways."""
    try:
        analyzer.create_analyzer_model()
    except InnvError:
        raise
    except (NotImplementedError, TypeError, ValueError, AttributeError, KeyError, IndexError, AssertionError) as error:
        raise analysis.failed(name, error) from error


def _initialize(session, *outputs) -> None:
    """Initialize what `outputs` depend on, nothing else: iNNvestigate's copies of layers bring unused weights along."""
    needed = {name for output in outputs for name in _variable_names(output.op)}
    variables = [one for one in tf.compat.v1.global_variables() if one.op.name in needed]
    flags = session.run([tf.compat.v1.is_variable_initialized(variable) for variable in variables])
    session.run([variable.initializer for variable, done in zip(variables, flags, strict=True) if not done])


def _variable_names(op) -> set[str]:
    """Names of the variables upstream of an operation."""
    seen, open_ops = set(), [op]
    while open_ops:
        one = open_ops.pop()
        if one not in seen:
            seen.add(one)
            open_ops += [tensor.op for tensor in one.inputs] + list(one.control_inputs)
    return {one.name for one in seen if one.type == "VarHandleOp"}


_engines: OrderedDict[Hashable, Engine] = OrderedDict()


def engine(key: Hashable, *arguments: Any) -> Engine:
    """The engine of that key, made of `arguments` when it is not there; the longest unused ones are closed."""
    if key not in _engines:
        _make_room()
        _engines[key] = Engine(*arguments)
    _engines.move_to_end(key)
    return _engines[key]


def _make_room() -> None:
    while _engines and (len(_engines) >= KEPT or sum(one.n_bytes for one in _engines.values()) >= KEPT_BYTES):
        close_oldest()


def close_oldest() -> None:
    """Close the engine that was unused for longest."""
    _, oldest = _engines.popitem(last=False)
    oldest.close()


def close_all() -> None:
    """Close every engine."""
    while _engines:
        close_oldest()
