"""What is made wrong: one text of a file by another. A text that is not there, or there twice, is told, not skipped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

KERAS = "innv_gui/runtimes/keras"
ENGINE = f"{KERAS}/attribution"
RULES = ("attribution/test_rules.py", "attribution/test_methods.py", "attribution/test_layers.py")
FOLD = ("attribution/test_batch_norm.py", "attribution/test_layers.py")
LAYERS = ("attribution/test_rules.py", "attribution/test_layers.py")
TARGETS = ("attribution/test_targets.py",)
METHODS = ("attribution/test_methods.py",)
CAM = ("attribution/test_cam.py",)


@dataclass(frozen=True)
class Mutation:
    """tests: files in tests/, the most likely one to notice first."""

    file: str
    what: str
    old: str
    new: str
    tests: tuple[str, ...]

    def has_its_place(self, root: Path) -> bool:
        """Whether the text is in the file once."""
        return (root / self.file).read_text().count(self.old) == 1

    def apply(self, root: Path) -> None:
        """Makes the mistake in the tree below root."""
        place = root / self.file
        place.write_text(place.read_text().replace(self.old, self.new))


def _of(file: str, tests: tuple[str, ...], *changes: tuple[str, str, str]) -> list[Mutation]:
    return [Mutation(file, what, old, new, tests) for what, old, new in changes]


_RULE_SET = _of(
    f"{ENGINE}/rules.py",
    RULES,
    ("z: bias dropped", 'return Rule((Share((Part("all", "all"),), _counted(bias)),))',
     'return Rule((Share((Part("all", "all"),), "none"),))'),
    ("z: bias always counted", 'return "all" if bias else "none"', 'return "all"'),
    ("z: sign", '(Share((Part("all", "all"),), _counted(bias)),)',
     '(Share((Part("all", "all"),), _counted(bias), -1.0),)'),
    ("ε: not handed on", "return replace(z(bias), epsilon=epsilon)", "return z(bias)"),
    ("ε: sign", "return replace(z(bias), epsilon=epsilon)", "return replace(z(bias), epsilon=-epsilon)"),
    ("αβ: α and β exchanged", "Share(supports, _counted(bias), alpha), Share(opposes, _counted(bias), -beta)",
     "Share(supports, _counted(bias), beta), Share(opposes, _counted(bias), -alpha)"),
    ("αβ: sign of β", "_counted(bias), -beta)", "_counted(bias), beta)"),
    ("αβ: α dropped", "Share(supports, _counted(bias), alpha)", "Share(supports, _counted(bias))"),
    ("αβ: bias dropped for what opposes", "Share(opposes, _counted(bias), -beta)", 'Share(opposes, "none", -beta)'),
    ("αβ: W⁺ and W⁻ exchanged for what supports",
     'supports = (Part("positive", "positive"), Part("negative", "negative"))',
     'supports = (Part("positive", "negative"), Part("negative", "positive"))'),
    ("αβ: W⁺ and W⁻ exchanged for what opposes",
     'opposes = (Part("positive", "negative"), Part("negative", "positive"))',
     'opposes = (Part("positive", "positive"), Part("negative", "negative"))'),
    ("αβ: negative inputs forgotten", 'supports = (Part("positive", "positive"), Part("negative", "negative"))',
     'supports = (Part("positive", "positive"),)'),
    ("αβ: what opposes left out", "return Rule(shares if beta else shares[:1])", "return Rule(shares[:1])"),
    ("z⁺ fast: W⁻ for W⁺", 'Part("all", "positive"),), "none"', 'Part("all", "negative"),), "none"'),
    ("z⁺ fast: x⁺ for x", 'Part("all", "positive"),), "none"', 'Part("positive", "positive"),), "none"'),
    ("z⁺ fast: bias counted", '(Part("all", "positive"),), "none"', '(Part("all", "positive"),), "all"'),
    ("w²: W for W²", 'Rule((Share((Part("ones", "squared")', 'Rule((Share((Part("ones", "all")'),
    ("w²: x for 1", 'Rule((Share((Part("ones", "squared")', 'Rule((Share((Part("all", "squared")'),
    ("flat: W for 1", 'Share((Part("ones", "ones"),), "none")', 'Share((Part("ones", "all"),), "none")'),
    ("flat: bias counted", 'Share((Part("ones", "ones"),), "none")', 'Share((Part("ones", "ones"),), "all")'),
    ("bounded: sign of low", 'Part("low", "positive", -1.0)', 'Part("low", "positive")'),
    ("bounded: sign of high", 'Part("high", "negative", -1.0)', 'Part("high", "negative")'),
    ("bounded: W⁺ and W⁻ exchanged", 'Part("low", "positive", -1.0), Part("high", "negative", -1.0)',
     'Part("low", "negative", -1.0), Part("high", "positive", -1.0)'),
    ("bounded: low and high exchanged", "low=low, high=high)", "low=high, high=low)"),
    ("preset norm: factor 2 dropped", '"positive", 2.0)', '"positive")'),
    ("preset norm: sign of what opposes", '"negative", -1.0)\n    return', '"negative", 1.0)\n    return'),
    ("preset norm: W⁺ and W⁻ exchanged", 'opposes = Share((Part("positive", "negative"),)',
     'opposes = Share((Part("positive", "positive"),)'),
)  # fmt: skip

_METHOD_SET = _of(
    f"{ENGINE}/lrp.py",
    METHODS,
    ("presets: the rules of dense layers and convolutions exchanged",
     "((conv, rules.alpha_beta(1 + beta, beta)), (anywhere, rules.epsilon(params[\"epsilon\"])))",
     "((conv, rules.epsilon(params[\"epsilon\"])), (anywhere, rules.alpha_beta(1 + beta, beta)))"),
    ("presets: α = β", "rules.alpha_beta(1 + beta, beta)", "rules.alpha_beta(beta, beta)"),
    ("preset a: β of preset b", '"lrp.sequential_preset_a": _preset(0)', '"lrp.sequential_preset_a": _preset(1)'),
    ("flat presets: the first layer's rule ignored", 'make({**params, "input_layer_rule": "Flat"})', "make(params)"),
    ("the first layer's rule ignored", "Method((*_input_rule(params), (anywhere, rule)), norm or rule)",
     "Method(((anywhere, rule),), norm or rule)"),
    ("the first layer's rule last", "Method((*_input_rule(params), (anywhere, rule)), norm or rule)",
     "Method(((anywhere, rule), *_input_rule(params)), norm or rule)"),
    ("flat until: one layer less", 'until(params["until_layer_idx"])', 'until(params["until_layer_idx"] - 1)'),
    ("lrp.z: bias ignored", 'rules.z(params["bias"])', "rules.z()"),
    ("lrp.epsilon: ε ignored", 'rules.epsilon(params["epsilon"], params["bias"]), params)',
     'rules.epsilon(bias=params["bias"]), params)'),
    ("lrp.z_plus: bias counted", '"lrp.z_plus": _fixed(rules.alpha_beta(1, 0, bias=False))',
     '"lrp.z_plus": _fixed(rules.alpha_beta(1, 0))'),
)  # fmt: skip
_METHOD_SET += _of(
    f"{ENGINE}/deep_taylor.py",
    METHODS,
    ("deep_taylor: starts from scores below zero, too", "positive_score=True", "positive_score=False"),
    ("deep_taylor: biases counted", "rules.alpha_beta(1, 0, bias=False)", "rules.alpha_beta(1, 0)"),
    ("deep_taylor.bounded: the first layer's rule ignored", "*at_the_input, (anywhere", "(anywhere"),
)
_METHOD_SET += _of(
    f"{ENGINE}/explain.py",
    METHODS,
    ("gradient: abs ignored", '"abs": np.abs', '"abs": lambda values: values'),
    ("gradient: square is abs", '"square": np.square', '"square": np.abs'),
    ("input_t_gradient: input forgotten", "return x * size(found) if analyzer", "return size(found) if analyzer"),
)
_METHOD_SET += _of(
    f"{ENGINE}/passes.py",
    METHODS,
    ("z⁺ fast: never written out", "sum(at_risk) <= SHORT_AT_MOST", "len(at_risk) >= 0"),
    ("z⁺ fast: always written out", "sum(at_risk) <= SHORT_AT_MOST", "sum(at_risk) < 0"),
)  # fmt: skip
_METHOD_SET += _of(
    f"{ENGINE}/vanishing.py",
    LAYERS,
    ("tails stay", "if has_tail else outputs", "if False else outputs"),
    ("tails of all that is small", "SMALLEST = 1e-20", "SMALLEST = 1e-2"),
)
_METHOD_SET += _of(
    f"{ENGINE}/deep_taylor.py",
    LAYERS,
    ("deep_taylor: products by the gradient", "Pooling3D Subtract", "Pooling3D Multiply Subtract"),
)  # fmt: skip
_METHOD_SET += _of(
    f"{ENGINE}/relu_gradients.py",
    METHODS,
    ("guided backprop is deconvnet", 'return positive if way == "deconvnet" else', "return positive if way else"),
    ("deconvnet is guided backprop", 'return positive if way == "deconvnet" else', "return positive if not way else"),
    ("negative signals kept", "positive = tf.nn.relu(gradient)", "positive = gradient"),
)
_METHOD_SET += _of(
    "innv_gui/runtimes/averages.py",
    METHODS,
    ("integrated gradients: right sum for left sum", "np.arange(block.start, block.stop, dtype=np.float32) /",
     "np.arange(block.start + 1, block.stop + 1, dtype=np.float32) /"),
    ("integrated gradients: x for x − r", "return difference * _mean(", "return x * _mean("),
    ("smoothgrad: noise scale ignored", 'np.float32(params["noise_scale"]) * noise', "noise"),
    ("averages: sum for mean", "(total / count).astype", "total.astype"),
)  # fmt: skip

_ARITHMETIC = _of(
    f"{ENGINE}/relevance.py",
    RULES,
    ("ε: towards zero", "tf.where(denominator >= 0, epsilon, -epsilon)",
     "tf.where(denominator >= 0, -epsilon, epsilon)"),
    ("ε: sign of zero is −", "tf.where(denominator >= 0, epsilon", "tf.where(denominator > 0, epsilon"),
    ("ε: always added", "tf.where(denominator >= 0, epsilon, -epsilon)", "epsilon"),
    ("zero is not replaced", "return relevance / (denominator + zero * tf.cast(denominator == 0, tf.float32))",
     "return relevance / denominator"),
    ("denominators of zero take everything away", "zero * tf.cast(denominator == 0, tf.float32)",
     'float("inf") * tf.cast(denominator == 0, tf.float32)'),
    ("behind a ReLU: relevance passes where it is not active",
     "return tf.raw_ops.ReluGrad(gradients=slope, features=value)", "return slope"),
    ("a sum of two ways keeps one", "return made(one) + made(other)", "return made(one)"),
    ("a product forgets its value", "return relevance.value * relevance.slope if", "return relevance.slope if"),
    ("x⁻ takes the way of x⁺", "tf.where(self.value > 0, positive, negative)", "positive"),
    ("x⁺ and x⁻ exchanged", "tf.where(self.value > 0, positive, negative)",
     "tf.where(self.value > 0, negative, positive)"),
    ("of two sums by sign one is kept", "one.slopes + other.slopes", "one.slopes"),
)  # fmt: skip
_ARITHMETIC += _of(
    f"{ENGINE}/propagation.py",
    RULES,
    ("x⁻ is x⁺", '"negative": lambda x: tf.minimum(x, 0.0)}', '"negative": tf.nn.relu}'),
    ("x⁺ is x", '_SIGNS = {"positive": tf.nn.relu', '_SIGNS = {"positive": lambda x: x'),
    ("W² is W", '"squared": tf.square', '"squared": lambda x: x'),
    ("1 is W", '"ones": tf.ones_like}', '"ones": lambda x: x}'),
    ("bias of one sign is all bias", "bias=_WEIGHTS[which](linear.bias)", "bias=linear.bias"),
    ("signs of parts lost on the way back", "one.back(message, factor * part.sign)", "one.back(message, factor)"),
    ("factor of a share dropped", "relevance, rectified), share.factor)", "relevance, rectified), 1.0)"),
    ("factor of a share dropped behind a ReLU", "(against_it, opposes.factor)", "(against_it, 1.0)"),
    ("signs of parts lost in the sum", "[part.sign * one.y for", "[one.y for"),
    ("flat: not divided", "keepdims=True) / count", "keepdims=True)"),
    ("flat: channels not counted", " * float(passed.x.shape[-1])", ""),
    ("known range of the first layer ignored", "if known is None else known", "if True else known"),
    ("evidence against is all of z behind a ReLU", "divided(relevance, passed.linear.plus_bias(against.y)",
     "divided(relevance, passed.z"),
    ("evidence for is all of z behind a ReLU", "divided(relevance, passed.z - against.y",
     "divided(relevance, passed.z"),
)  # fmt: skip
_ARITHMETIC += _of(
    f"{ENGINE}/weighted.py",
    ("attribution/test_rules.py", *FOLD),
    ("BatchNormalization: the variance squared, as in iNNvestigate",
     "tf.math.rsqrt(_tensor(norm.moving_variance) + norm.epsilon)",
     "tf.math.rsqrt(_tensor(norm.moving_variance) ** 2 + norm.epsilon)"),
    ("BatchNormalization: ε forgotten", "rsqrt(_tensor(norm.moving_variance) + norm.epsilon)",
     "rsqrt(_tensor(norm.moving_variance))"),
    ("folded behind: bias not scaled", "linear.bias * scale + shift", "linear.bias + shift"),
    ("folded before: shift forgotten", "bias if linear.bias is None else bias + linear.bias",
     "bias if linear.bias is None else linear.bias"),
    ("BatchNormalization: the mean forgotten", "shift = -_tensor(norm.moving_mean) * scale",
     "shift = tf.zeros_like(scale)"),
    ("LayerNormalization: not centred", "(x - mean(x) if centred else x) * weights[0]", "x * weights[0]"),
)  # fmt: skip

_LAYER_SET = _of(
    f"{ENGINE}/nonnegative.py",
    LAYERS,
    ("everything is taken for never negative", "if _makes(step) or (keeps", "if True or (keeps"),
)
_LAYER_SET += _of(
    f"{ENGINE}/unweighted.py",
    LAYERS,
    ("sums by gradient instead of by share", "if way == GRADIENT:", "if True:"),
    ("shares without their input", "shares = [x * slope if", "shares = [slope if"),
    ("every factor of a product takes all", "return [1.0 / count if carried", "return [1.0 if carried"),
)
_LAYER_SET += _of(
    f"{ENGINE}/weighted.py",
    LAYERS,
    ("depthwise: the kernel is not turned around", "(tf.reverse(weights[0], [0, 1]),)", "(weights[0],)"),
)
_LAYER_SET += _of(
    f"{ENGINE}/compiled.py",
    TARGETS + METHODS,
    ("a channel's weakest position for its strongest", "tf.one_hot(tf.argmax(positions",
     "tf.one_hot(tf.argmin(positions"),
    ("relevance starts from one", "_at_strongest(score) * weights[:, None] * relevance",
     "_at_strongest(score) * weights[:, None]"),
    ("sensitivity: sign kept", "return tf.abs(tf.reduce_sum(", "return (tf.reduce_sum("),
)  # fmt: skip
_LAYER_SET += _of(
    f"{ENGINE}/targets.py",
    TARGETS,
    ("top neurons: the smallest", "np.argsort(-values", "np.argsort(values"),
    ("class at a layer: threshold at the mean of all",
     "(sizes.max(axis=1, keepdims=True) + sizes.min(axis=1, keepdims=True)) / 2", "sizes.mean(axis=1, keepdims=True)"),
    ("class at a layer: all neurons", "inside = sizes > middle", "inside = sizes >= sizes.min()"),
    ("class at a layer: sum for mean", "(inside / inside.sum(axis=1, keepdims=True))", "inside"),
)  # fmt: skip
_LAYER_SET += _of(
    f"{KERAS}/cam/evidence.py",
    CAM,
    ("weights by the largest gradient", "tf.reduce_mean(slope, axis=(1, 2)", "tf.reduce_max(slope, axis=(1, 2)"),
    ("evidence against kept", "tf.nn.relu(tf.reduce_sum(weights", "(tf.reduce_sum(weights"),
)
_LAYER_SET += _of(
    f"{KERAS}/networks/coverage.py",
    CAM,
    ("nearest for bilinear", 'maps, size, method="bilinear"', 'maps, size, method="nearest"'),
)

MUTATIONS = (*_RULE_SET, *_METHOD_SET, *_ARITHMETIC, *_LAYER_SET)
