"""How a layer with weights propagates relevance: every rule as data.

All are one formula. For a layer y = act(W x + b), a rule has shares (usually one), each a list of parts: which input X,
which weights V, with which sign. With Z = sum of sign (V X) + c over the share's parts, c the biases it counts,

    R_in = sum over shares of factor * sum over parts of sign * X * (V^T (R / stabilized Z)).

What X and V can be is said in `propagation.py`; the slow twins are in `tests/attribution/twins.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from innv_gui.runtimes.keras.attribution.relevance import STABILIZER


@dataclass(frozen=True)
class Part:
    """inputs: all, positive, negative, ones, low, high. weights: all, positive, negative, squared, ones; raised:
    W + gamma max(W, 0); lowered: W + gamma min(W, 0).
    """

    inputs: str
    weights: str
    sign: float = 1.0


@dataclass(frozen=True)
class Share:
    """bias: as a part's weights, or none: what of the biases goes into the denominator.

    outputs: which of them share their relevance so: any, positive (zero among them) or negative, by W x + b.
    """

    parts: tuple[Part, ...]
    bias: str = "all"
    factor: float = 1.0
    outputs: str = "any"


@dataclass(frozen=True)
class Rule:
    """epsilon: added to every denominator, away from zero; None: only denominators of exactly zero become `zero`.

    low, high: the range of the layer's input, for parts that ask for it; gamma: for raised and lowered weights.
    short_for: the rule that this one is where no input is negative.
    """

    shares: tuple[Share, ...]
    epsilon: float | None = None
    zero: float = STABILIZER
    low: Limit = -1.0
    high: Limit = 1.0
    gamma: float = 0.0
    short_for: Rule | None = None


Limit = float | tuple[float, ...] | None  # of all channels, or of each; None: not known yet
STEADY = 1e-6  # the stabilizer of the rules that iNNvestigate does not have
ALL = Part("all", "all")
_FOR = frozenset({Part("positive", "positive"), Part("negative", "negative")})
_AGAINST = frozenset({Part("positive", "negative"), Part("negative", "positive")})
_NEVER_NEGATIVE = frozenset({Part("ones", "squared"), Part("ones", "ones")})


def splits_everything(rule: Rule) -> bool:
    """Whether the parts of all shares are, together, W x: all that speaks for and all that speaks against."""
    return {part for share in rule.shares for part in share.parts} == _FOR | _AGAINST


def goes_by_sign(rule: Rule) -> bool:
    """Whether outputs above zero have one share and those below have another."""
    return [share.outputs for share in rule.shares] == ["positive", "negative"]


def is_for(share: Share) -> bool:
    """Whether a share is all that speaks for the output."""
    return frozenset(share.parts) == _FOR


def is_one_sided(share: Share, has_bias: bool) -> bool:
    """Whether all that is summed has one sign, so that a sum of zero has nothing to hand on."""
    parts = frozenset(share.parts)
    signs = [sign for sign, side in (("positive", _FOR), ("negative", _AGAINST)) if parts <= side]
    return parts <= _NEVER_NEGATIVE or bool(signs) and (not has_bias or share.bias in ("none", *signs))


def z(bias: bool = True) -> Rule:
    """Bach et al. 2015, eq. 56."""
    return Rule((Share((Part("all", "all"),), _counted(bias)),))


def epsilon(epsilon: float = 1e-7, bias: bool = True) -> Rule:
    """Bach et al. 2015, eq. 58; the sign of zero is +."""
    return replace(z(bias), epsilon=epsilon)


def alpha_beta(alpha: float, beta: float, bias: bool = True) -> Rule:
    """Bach et al. 2015, eq. 60, with iNNvestigate's bias: all of it, of both signs, in both denominators."""
    supports = (Part("positive", "positive"), Part("negative", "negative"))
    opposes = (Part("positive", "negative"), Part("negative", "positive"))
    shares = (Share(supports, _counted(bias), alpha), Share(opposes, _counted(bias), -beta))
    return Rule(shares if beta else shares[:1])


def alpha_beta_split(alpha: float, beta: float) -> Rule:
    """Bach et al. 2015, eq. 60 as printed: a bias counts where its own sign does. beta 0 is z+ with positive biases."""
    supports = Share((Part("positive", "positive"), Part("negative", "negative")), "positive", alpha)
    opposes = Share((Part("positive", "negative"), Part("negative", "positive")), "negative", -beta)
    return Rule((supports, opposes) if beta else (supports,), epsilon=STEADY)


def z_plus_fast() -> Rule:
    """Montavon et al. 2017, the z+ rule as it is for inputs that are not negative."""
    return Rule((Share((Part("all", "positive"),), "none"),), short_for=alpha_beta(1, 0, bias=False))


def gamma(gamma: float) -> Rule:
    """Andeol et al. 2022, the gamma rule of Montavon et al. 2019 for inputs of both signs.

    What agrees with the sign of the output counts 1 + gamma times, the bias alike: so the denominator has that sign and
    is at least as large as the output, and STEADY, added away from zero, matters only where all of it vanishes.
    """
    above = (Part("positive", "raised"), Part("negative", "lowered"))
    below = (Part("positive", "lowered"), Part("negative", "raised"))
    shares = (Share(above, "raised", outputs="positive"), Share(below, "lowered", outputs="negative"))
    return Rule(shares, epsilon=STEADY, gamma=gamma)


def w_square() -> Rule:
    """Montavon et al. 2017, eq. 12."""
    return Rule((Share((Part("ones", "squared"),), "none"),))


def flat() -> Rule:
    """Bach et al. 2016: every connection counts the same."""
    return Rule((Share((Part("ones", "ones"),), "none"),))


def bounded(low: Limit, high: Limit) -> Rule:
    """Montavon et al. 2017, z^B: inputs lie in [low, high].

    A denominator of zero has parts of zero, but these are differences of large numbers: dividing by a tiny one instead
    would show their rounding.
    """
    parts = (Part("all", "all"), Part("low", "positive", -1.0), Part("high", "negative", -1.0))
    return Rule((Share(parts, "none"),), zero=float("inf"), low=low, high=high)


def preset_norm() -> Rule:
    """iNNvestigate's rule for BatchNormalization in the presets: only positive inputs, signs of the bias apart."""
    supports = Share((Part("positive", "positive"),), "positive", 2.0)
    opposes = Share((Part("positive", "negative"),), "negative", -1.0)
    return Rule((supports, opposes))


def _counted(bias: bool) -> str:
    return "all" if bias else "none"


BY_NAME = {
    "Z": z(),
    "ZIgnoreBias": z(bias=False),
    "Epsilon": epsilon(),
    "EpsilonIgnoreBias": epsilon(bias=False),
    "WSquare": w_square(),
    "Flat": flat(),
    "AlphaBeta": alpha_beta(2, 1),
    "AlphaBetaIgnoreBias": alpha_beta(2, 1, bias=False),
    "Alpha2Beta1": alpha_beta(2, 1),
    "Alpha2Beta1IgnoreBias": alpha_beta(2, 1, bias=False),
    "Alpha1Beta0": alpha_beta(1, 0),
    "Alpha1Beta0IgnoreBias": alpha_beta(1, 0, bias=False),
    "ZPlus": alpha_beta(1, 0, bias=False),
    "ZPlusFast": z_plus_fast(),
    "Bounded": bounded(-1.0, 1.0),
}
