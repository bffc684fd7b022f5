"""Our own attribution engine: every method of iNNvestigate on any Keras 3 graph, any layer, neuron or class.

`explain.py` is the way in. One walk (`walk.py`) goes forward and back over the flat graph; what it does at a layer with
weights is a rule (`rules.py`), at any other layer a way (`ways.py`); a method (`lrp.py`, `deep_taylor.py`) says which.
"""

METHODS = (
    "input",
    "random",
    "gradient",
    "gradient.baseline",
    "input_t_gradient",
    "deconvnet",
    "guided_backprop",
    "integrated_gradients",
    "smoothgrad",
    "lrp",
    "lrp.z",
    "lrp.epsilon",
    "lrp.w_square",
    "lrp.flat",
    "lrp.alpha_beta",
    "lrp.alpha_2_beta_1",
    "lrp.alpha_2_beta_1_IB",
    "lrp.alpha_1_beta_0",
    "lrp.alpha_1_beta_0_IB",
    "lrp.z_plus",
    "lrp.z_plus_fast",
    "lrp.sequential_preset_a",
    "lrp.sequential_preset_b",
    "lrp.sequential_preset_a_flat",
    "lrp.sequential_preset_b_flat",
    "lrp.sequential_preset_b_flat_until_idx",
    "deep_taylor",
    "deep_taylor.bounded",
)
