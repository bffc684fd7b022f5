"""Layer-wise relevance propagation: the score is propagated back layer by layer, and the rule says in what shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from innv_gui.analyzers.declaration import SIGNED, Analyzer, both, own
from innv_gui.analyzers.methods import params as p
from innv_gui.analyzers.settings import Params

BACH = ("https://doi.org/10.1371/journal.pone.0130140", "Bach et al. 2015")
FLAT_PAPER = ("https://doi.org/10.1109/ICIP.2016.7532763", "Bach et al. 2016")
MONTAVON = ("https://doi.org/10.1016/j.patcog.2016.11.008", "Montavon et al. 2017")
KOHLBRENNER = ("https://doi.org/10.1109/IJCNN48605.2020.9206975", "Kohlbrenner et al. 2020")
ANDEOL = ("https://doi.org/10.48550/arXiv.2106.04923", "Andéol et al. 2022")
ANDERS = ("https://doi.org/10.48550/arXiv.2106.13200", "Anders et al. 2021")
FOR_AND_AGAINST = 5  # passes of a rule that goes back twice, for the evidence of each sign


def _lrp(
    name: str, title: str, summary: str, paper: tuple[str, str], params: type[Params], passes: int = 3
) -> Analyzer:
    """One method of the family; they differ in rule, paper, settings and cost. lrp.z runs as `lrp:z`."""
    return _in_engines(both, name, title, summary, paper, params, passes, conserves=True)


def _ours(
    name: str, title: str, summary: str, paper: tuple[str, str], params: type[Params], passes: int = 3
) -> Analyzer:
    """The same, of a method that iNNvestigate does not have. Biases take their share: the sum of a map says little."""
    return _in_engines(own, name, title, summary, paper, params, passes, conserves=False)


def _in_engines(
    engines: Callable[[str], dict[str, str]],
    name: str,
    title: str,
    summary: str,
    paper: tuple[str, str],
    params: type[Params],
    passes: int,
    conserves: bool,
) -> Analyzer:
    source, citation = paper
    run = engines(f"attribution.lrp:{name.removeprefix('lrp.')}")
    shared: dict[str, Any] = {"display": SIGNED, "family": "lrp", "conserves": conserves, "passes": passes}
    return Analyzer(name, title, summary, run=run, source=source, citation=citation, params=params, **shared)


LRP = _lrp(
    "lrp", "LRP, one rule", "Propagates the score back by one rule of your choice in every layer.", BACH, p.LrpParams
)
Z = _lrp(
    "lrp.z",
    "LRP-z",
    "Each input receives relevance in proportion to its share of the activation; exact, and grainy in deep networks.",
    BACH,
    p.LrpZParams,
)
EPSILON = _lrp(
    "lrp.epsilon",
    "LRP-ε",
    "Passes the score back layer by layer; ε absorbs weak and contradictory evidence.",
    BACH,
    p.LrpEpsilonParams,
)
W_SQUARE = _lrp(
    "lrp.w_square",
    "LRP-w²",
    "Shares relevance by the squared weights alone, whatever the input was.",
    MONTAVON,
    p.InputRuleParams,
)
FLAT = _lrp(
    "lrp.flat",
    "LRP-flat",
    "Shares relevance evenly over everything a unit can see: the region, without detail.",
    FLAT_PAPER,
    p.InputRuleParams,
)
ALPHA_BETA = _lrp(
    "lrp.alpha_beta",
    "LRP-αβ",
    "Treats evidence for and against the score separately, weighted by α and β.",
    BACH,
    p.LrpAlphaBetaParams,
    passes=FOR_AND_AGAINST,
)
ALPHA_2_BETA_1 = _lrp(
    "lrp.alpha_2_beta_1",
    "LRP-α2β1",
    "Evidence for the score counts twice, evidence against it once: contrasted maps.",
    BACH,
    p.InputRuleParams,
    passes=FOR_AND_AGAINST,
)
ALPHA_2_BETA_1_IB = _lrp(
    "lrp.alpha_2_beta_1_IB",
    "LRP-α2β1, no bias",
    "Like α2β1, but biases take no share of the relevance.",
    BACH,
    p.InputRuleParams,
    passes=FOR_AND_AGAINST,
)
ALPHA_1_BETA_0 = _lrp(
    "lrp.alpha_1_beta_0",
    "LRP-α1β0",
    "Follows only evidence for the score: smooth and stable maps, blind to what speaks against it.",
    BACH,
    p.InputRuleParams,
)
ALPHA_1_BETA_0_IB = _lrp(
    "lrp.alpha_1_beta_0_IB",
    "LRP-α1β0, no bias",
    "Like α1β0, but biases take no share of the relevance.",
    BACH,
    p.InputRuleParams,
)
Z_PLUS = _lrp(
    "lrp.z_plus",
    "LRP-z⁺",
    "Shares relevance by the positive contributions alone, biases left out.",
    MONTAVON,
    p.InputRuleParams,
)
Z_PLUS_FAST = _lrp(
    "lrp.z_plus_fast",
    "LRP-z⁺, fast",
    "Like z⁺, but by the positive weights alone, which is the same only where no layer input is negative.",
    MONTAVON,
    p.InputRuleParams,
)
PRESET_A = _lrp(
    "lrp.sequential_preset_a",
    "LRP preset A",
    "Uses ε in dense layers and α1β0 in convolutions: a good first choice for convolutional networks.",
    KOHLBRENNER,
    p.PresetParams,
)
PRESET_B = _lrp(
    "lrp.sequential_preset_b",
    "LRP preset B",
    "Uses ε in dense layers and α2β1 in convolutions: like preset A, but with evidence against the score.",
    KOHLBRENNER,
    p.PresetParams,
    passes=FOR_AND_AGAINST,
)
PRESET_A_FLAT = _lrp(
    "lrp.sequential_preset_a_flat",
    "LRP preset A, flat",
    "Preset A with the flat rule in the first layer, which removes the pixel grain.",
    KOHLBRENNER,
    p.PresetFlatParams,
)
PRESET_B_FLAT = _lrp(
    "lrp.sequential_preset_b_flat",
    "LRP preset B, flat",
    "Preset B with the flat rule in the first layer, which removes the pixel grain.",
    KOHLBRENNER,
    p.PresetFlatParams,
    passes=FOR_AND_AGAINST,
)
PRESET_B_FLAT_UNTIL = _lrp(
    "lrp.sequential_preset_b_flat_until_idx",
    "LRP preset B, flat until",
    "Preset B with the flat rule from the input up to a layer of your choice: the deeper, the coarser.",
    FLAT_PAPER,
    p.PresetUntilParams,
    passes=FOR_AND_AGAINST,
)

GAMMA = _ours(
    "lrp.gamma",
    "LRP-γ",
    "Gives more weight, by γ, to what agrees with each neuron's output; for inputs of both signs: sharp maps.",
    ANDEOL,
    p.LrpGammaParams,
    passes=FOR_AND_AGAINST,
)
EPSILON_GAMMA_BOX = _ours(
    "lrp.epsilon_gamma_box",
    "LRP ε-γ-box",
    "Uses γ in convolutions, ε in dense layers, and in the first layer the range that inputs have.",
    ANDERS,
    p.EpsilonGammaBoxParams,
    passes=FOR_AND_AGAINST,
)
EPSILON_PLUS_FLAT = _ours(
    "lrp.epsilon_plus_flat",
    "LRP ε-z⁺-flat",
    "Uses z⁺ in convolutions, ε in dense layers and flat in the first layer: smooth maps of what speaks for the score.",
    ANDERS,
    p.CompositeParams,
)
EPSILON_ALPHA_2_BETA_1_FLAT = _ours(
    "lrp.epsilon_alpha2_beta1_flat",
    "LRP ε-α2β1-flat",
    "Uses α2β1 in convolutions, ε in dense layers and flat in the first layer: contrasted maps without pixel grain.",
    ANDERS,
    p.CompositeParams,
    passes=FOR_AND_AGAINST,
)

ANALYZERS = (
    LRP,
    Z,
    EPSILON,
    W_SQUARE,
    FLAT,
    ALPHA_BETA,
    ALPHA_2_BETA_1,
    ALPHA_2_BETA_1_IB,
    ALPHA_1_BETA_0,
    ALPHA_1_BETA_0_IB,
    Z_PLUS,
    Z_PLUS_FAST,
    PRESET_A,
    PRESET_B,
    PRESET_A_FLAT,
    PRESET_B_FLAT,
    PRESET_B_FLAT_UNTIL,
    GAMMA,
    EPSILON_GAMMA_BOX,
    EPSILON_PLUS_FLAT,
    EPSILON_ALPHA_2_BETA_1_FLAT,
)
