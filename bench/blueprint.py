"""`python -m bench.blueprint MODEL`: the model as plain values in a temporary file; prints its name."""

from __future__ import annotations

import pickle
import sys
import tempfile

from innv_gui.records import ModelSource
from innv_gui.runtimes.keras.networks.blueprint import blueprint

if __name__ == "__main__":
    with tempfile.NamedTemporaryFile(suffix=".blueprint", delete=False) as file:
        pickle.dump(blueprint(ModelSource("keras", path=sys.argv[1])), file)
    print(file.name)
