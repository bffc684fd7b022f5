"""The only door to TensorFlow, tf_keras and iNNvestigate here: it makes sure that they fit each other.

iNNvestigate is written for Keras 2 graphs. TensorFlow shows Keras 2 (tf_keras) as `tf.keras` only when
TF_USE_LEGACY_KERAS=1 was set before it was first imported, and graphs only with eager execution off. Both switches are
process-wide, hence the worker of its own.
"""

from __future__ import annotations

import os
import warnings

from innv_gui.errors import WorkFailed

_HINT = "Start this worker with TF_USE_LEGACY_KERAS=1 in its environment; `innv-gui doctor` tells what is missing."

if os.environ.get("TF_USE_LEGACY_KERAS") not in ("1", "true", "True"):
    raise WorkFailed("The iNNvestigate worker was started without TF_USE_LEGACY_KERAS=1.", _HINT)

import tensorflow as tf  # noqa: E402
import tf_keras  # noqa: E402

if tf.keras.layers.Layer is not tf_keras.layers.Layer:
    raise WorkFailed(f"tf.keras is Keras {tf.keras.__version__} here instead of tf_keras.", _HINT)

tf.compat.v1.disable_eager_execution()
tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
warnings.filterwarnings("ignore", ".*set_learning_phase", UserWarning)
warnings.filterwarnings("ignore", "Ignore dtype .* as bias type", UserWarning)

# iNNvestigate mixes bare operations between layers. tf_keras would evaluate every constant that goes into one in the
# session, only to be able to write the model to a file: minutes for a deep network, and nothing is written here.
from tf_keras.src.engine import base_layer_utils  # noqa: E402

base_layer_utils._UNSAFE_GRAPH_OP_LAYER_CREATION = True

import innvestigate  # noqa: E402
import innvestigate.analyzer as methods  # noqa: E402
import innvestigate.backend.graph as reversal  # noqa: E402

__all__ = ["innvestigate", "methods", "reversal", "tf", "tf_keras"]
