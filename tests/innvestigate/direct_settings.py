"""Our defaults in iNNvestigate's own words."""

DIRECT_SETTINGS = {  # our defaults in iNNvestigate's own words; its own defaults where nothing is said
    "gradient": {"postprocess": "abs"},
    "gradient.baseline": {"postprocess": "abs"},
    "smoothgrad": {"augment_by_n": 32, "postprocess": "abs"},
    "integrated_gradients": {"steps": 32},
    "lrp": {"rule": "Epsilon"},
    "lrp.alpha_beta": {"alpha": 2, "beta": 1},
    "lrp.sequential_preset_b_flat_until_idx": {"until_layer_idx": 0},
    "deep_taylor.bounded": {"low": -1, "high": 1},
}
