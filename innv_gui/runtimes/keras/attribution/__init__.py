"""Our own attribution engine: every method of iNNvestigate on any Keras 3 graph, any layer, neuron or class.

`explain.py` is the way in. One walk (`passes.py`) goes forward and back over the flat graph; what it does at a layer
with weights is a rule (`rules.py`), at any other layer a way (`unweighted.py`); a method (`lrp.py`, `deep_taylor.py`)
says which. Each method is a function of a Question, named by its declaration in `innv_gui/analyzers`.
"""
