"""What is made wrong: in one function's own lines, one text in place of another. What is not found is told by name."""

from __future__ import annotations

from tests.mutation.place import Mutation

KERAS = "runtimes.keras"
ENGINE = KERAS + ".attribution"
RULES = ("attribution/test_rules.py", "attribution/test_methods.py", "attribution/test_layers.py")
FOLD = ("attribution/test_batch_norm.py", "attribution/test_layers.py")
LAYERS = ("attribution/test_rules.py", "attribution/test_layers.py")
TARGETS = ("attribution/test_targets.py",)
METHODS = ("attribution/test_methods.py",)
CAM = ("attribution/test_cam.py",)
ASKED = ("attribution/test_question.py",)
CATALOG = ("extensions/test_catalog.py",)


def _of(module: str, tests: tuple[str, ...], *changes: tuple[str, str, str, str]) -> list[Mutation]:
    return [Mutation(module, name, what, old, new, tests) for name, what, old, new in changes]


_RULE_SET = _of(
    ENGINE + ".rules",
    RULES,
    ("z", "z: bias dropped", 'return Rule((Share((Part("all", "all"),), _counted(bias)),))',
     'return Rule((Share((Part("all", "all"),), "none"),))'),
    ("_counted", "z: bias always counted", 'return "all" if bias else "none"', 'return "all"'),
    ("z", "z: sign", '(Share((Part("all", "all"),), _counted(bias)),)',
     '(Share((Part("all", "all"),), _counted(bias), -1.0),)'),
    ("epsilon", "ε: not handed on", "return replace(z(bias), epsilon=epsilon)", "return z(bias)"),
    ("epsilon", "ε: sign", "return replace(z(bias), epsilon=epsilon)", "return replace(z(bias), epsilon=-epsilon)"),
    ("alpha_beta", "αβ: α and β exchanged",
     "Share(supports, _counted(bias), alpha), Share(opposes, _counted(bias), -beta)",
     "Share(supports, _counted(bias), beta), Share(opposes, _counted(bias), -alpha)"),
    ("alpha_beta", "αβ: sign of β", "_counted(bias), -beta)", "_counted(bias), beta)"),
    ("alpha_beta", "αβ: α dropped", "Share(supports, _counted(bias), alpha)", "Share(supports, _counted(bias))"),
    ("alpha_beta", "αβ: bias dropped for what opposes",
     "Share(opposes, _counted(bias), -beta)", 'Share(opposes, "none", -beta)'),
    ("alpha_beta", "αβ: W⁺ and W⁻ exchanged for what supports",
     'supports = (Part("positive", "positive"), Part("negative", "negative"))',
     'supports = (Part("positive", "negative"), Part("negative", "positive"))'),
    ("alpha_beta", "αβ: W⁺ and W⁻ exchanged for what opposes",
     'opposes = (Part("positive", "negative"), Part("negative", "positive"))',
     'opposes = (Part("positive", "positive"), Part("negative", "negative"))'),
    ("alpha_beta", "αβ: negative inputs forgotten",
     'supports = (Part("positive", "positive"), Part("negative", "negative"))',
     'supports = (Part("positive", "positive"),)'),
    ("alpha_beta", "αβ: what opposes left out",
     "return Rule(shares if beta else shares[:1])", "return Rule(shares[:1])"),
    ("z_plus_fast", "z⁺ fast: W⁻ for W⁺", 'Part("all", "positive"),), "none"', 'Part("all", "negative"),), "none"'),
    ("z_plus_fast", "z⁺ fast: x⁺ for x", 'Part("all", "positive"),), "none"', 'Part("positive", "positive"),), "none"'),
    ("z_plus_fast", "z⁺ fast: bias counted", '(Part("all", "positive"),), "none"', '(Part("all", "positive"),), "all"'),
    ("w_square", "w²: W for W²", 'Rule((Share((Part("ones", "squared")', 'Rule((Share((Part("ones", "all")'),
    ("w_square", "w²: x for 1", 'Rule((Share((Part("ones", "squared")', 'Rule((Share((Part("all", "squared")'),
    ("flat", "flat: W for 1", 'Share((Part("ones", "ones"),), "none")', 'Share((Part("ones", "all"),), "none")'),
    ("flat", "flat: bias counted", 'Share((Part("ones", "ones"),), "none")', 'Share((Part("ones", "ones"),), "all")'),
    ("bounded", "bounded: sign of low", 'Part("low", "positive", -1.0)', 'Part("low", "positive")'),
    ("bounded", "bounded: sign of high", 'Part("high", "negative", -1.0)', 'Part("high", "negative")'),
    ("bounded", "bounded: W⁺ and W⁻ exchanged", 'Part("low", "positive", -1.0), Part("high", "negative", -1.0)',
     'Part("low", "negative", -1.0), Part("high", "positive", -1.0)'),
    ("bounded", "bounded: low and high exchanged", "low=low, high=high)", "low=high, high=low)"),
    ("preset_norm", "preset norm: factor 2 dropped", '"positive", 2.0)', '"positive")'),
    ("preset_norm", "preset norm: sign of what opposes",
     '"negative", -1.0)\n    return', '"negative", 1.0)\n    return'),
    ("preset_norm", "preset norm: W⁺ and W⁻ exchanged", 'opposes = Share((Part("positive", "negative"),)',
     'opposes = Share((Part("positive", "positive"),)'),
)  # fmt: skip

_METHOD_SET = _of(
    ENGINE + ".lrp",
    METHODS,
    ("_preset.make", "presets: the rules of dense layers and convolutions exchanged",
     "((conv, rules.alpha_beta(1 + beta, beta)), (anywhere, rules.epsilon(params[\"epsilon\"])))",
     "((conv, rules.epsilon(params[\"epsilon\"])), (anywhere, rules.alpha_beta(1 + beta, beta)))"),
    ("_preset.make", "presets: α = β", "rules.alpha_beta(1 + beta, beta)", "rules.alpha_beta(beta, beta)"),
    ("sequential_preset_a", "preset a: β of preset b", "_preset(0)", "_preset(1)"),
    ("_preset_flat", "flat presets: the first layer's rule ignored",
     'make({**params, "input_layer_rule": "Flat"})', "make(params)"),
    ("_everywhere", "the first layer's rule ignored", "Method((*_input_rule(params), (anywhere, rule)), norm or rule)",
     "Method(((anywhere, rule),), norm or rule)"),
    ("_everywhere", "the first layer's rule last", "Method((*_input_rule(params), (anywhere, rule)), norm or rule)",
     "Method(((anywhere, rule), *_input_rule(params)), norm or rule)"),
    ("_preset_b_flat_until", "flat until: one layer less",
     'until(params["until_layer_idx"])', 'until(params["until_layer_idx"] - 1)'),
    ("z", "lrp.z: bias ignored", 'rules.z(params["bias"])', "rules.z()"),
    ("epsilon", "lrp.epsilon: ε ignored", 'rules.epsilon(params["epsilon"], params["bias"]), params)',
     'rules.epsilon(bias=params["bias"]), params)'),
    ("z_plus", "lrp.z_plus: bias counted", "rules.alpha_beta(1, 0, bias=False)", "rules.alpha_beta(1, 0)"),
)  # fmt: skip
_METHOD_SET += _of(
    ENGINE + ".deep_taylor",
    METHODS,
    ("_made", "deep_taylor: starts from scores below zero, too", "positive_score=True", "positive_score=False"),
    ("_made", "deep_taylor: biases counted", "rules.alpha_beta(1, 0, bias=False)", "rules.alpha_beta(1, 0)"),
    ("_made", "deep_taylor.bounded: the first layer's rule ignored", "*at_the_input, (anywhere", "(anywhere"),
)
_METHOD_SET += _of(
    ENGINE + ".gradients",
    METHODS,
    ("SIZES", "gradient: abs ignored", '"abs": np.abs', '"abs": lambda values: values'),
    ("SIZES", "gradient: square is abs", '"square": np.square', '"square": np.abs'),
    ("input_times_gradient", "input_t_gradient: input forgotten", "return x * found, values", "return found, values"),
)
_METHOD_SET += _of(
    ENGINE + ".passes",
    METHODS,
    ("_written_out", "z⁺ fast: never written out", "sum(at_risk) <= SHORT_AT_MOST", "len(at_risk) >= 0"),
    ("_written_out", "z⁺ fast: always written out", "sum(at_risk) <= SHORT_AT_MOST", "sum(at_risk) < 0"),
)  # fmt: skip
_METHOD_SET += _of(
    ENGINE + ".vanishing",
    LAYERS,
    ("cut", "tails stay", "if has_tail else outputs", "if False else outputs"),
    ("SMALLEST", "tails of all that is small", "SMALLEST = 1e-20", "SMALLEST = 1e-2"),
)
_METHOD_SET += _of(
    ENGINE + ".deep_taylor",
    LAYERS,
    ("_PLAIN_GRADIENTS", "deep_taylor: products by the gradient", "Pooling3D Subtract", "Pooling3D Multiply Subtract"),
)  # fmt: skip
_METHOD_SET += _of(
    ENGINE + ".relu_gradients",
    METHODS,
    (
        "_bent.with_gradient.run.back",
        "guided backprop is deconvnet",
        'return positive if way == "deconvnet" else',
        "return positive if way else",
    ),
    (
        "_bent.with_gradient.run.back",
        "deconvnet is guided backprop",
        'return positive if way == "deconvnet" else',
        "return positive if not way else",
    ),
    ("_bent.with_gradient.run.back", "negative signals kept", "positive = tf.nn.relu(gradient)", "positive = gradient"),
)
_METHOD_SET += _of(
    "runtimes.averages",
    METHODS,
    ("integrated_gradients.copies", "integrated gradients: right sum for left sum",
     "np.arange(block.start, block.stop, dtype=np.float32) /",
     "np.arange(block.start + 1, block.stop + 1, dtype=np.float32) /"),
    ("integrated_gradients", "integrated gradients: x for x − r", "return difference * _mean(", "return x * _mean("),
    ("smoothgrad.copies", "smoothgrad: noise scale ignored", 'np.float32(params["noise_scale"]) * noise', "noise"),
    ("_mean", "averages: sum for mean", "(total / count).astype", "total.astype"),
)  # fmt: skip

_ARITHMETIC = _of(
    ENGINE + ".relevance",
    RULES,
    ("_away_from_zero", "ε: towards zero", "tf.where(denominator >= 0, epsilon, -epsilon)",
     "tf.where(denominator >= 0, -epsilon, epsilon)"),
    ("_away_from_zero", "ε: sign of zero is −",
     "tf.where(denominator >= 0, epsilon", "tf.where(denominator > 0, epsilon"),
    ("_away_from_zero", "ε: always added", "tf.where(denominator >= 0, epsilon, -epsilon)", "epsilon"),
    ("divided", "zero is not replaced",
     "return relevance / (denominator + zero * tf.cast(denominator == 0, tf.float32))",
     "return relevance / denominator"),
    ("divided", "denominators of zero take everything away", "zero * tf.cast(denominator == 0, tf.float32)",
     'float("inf") * tf.cast(denominator == 0, tf.float32)'),
    ("divided_by_origin", "behind a ReLU: relevance passes where it is not active",
     "return tf.raw_ops.ReluGrad(gradients=slope, features=value)", "return slope"),
    ("added", "a sum of two ways keeps one", "return made(one) + made(other)", "return made(one)"),
    ("made", "a product forgets its value", "return relevance.value * relevance.slope if", "return relevance.slope if"),
    ("BySign.product", "x⁻ takes the way of x⁺", "tf.where(self.value > 0, positive, negative)", "positive"),
    ("BySign.product", "x⁺ and x⁻ exchanged", "tf.where(self.value > 0, positive, negative)",
     "tf.where(self.value > 0, negative, positive)"),
    ("added", "of two sums by sign one is kept", "one.slopes + other.slopes", "one.slopes"),
)  # fmt: skip
_ARITHMETIC += _of(
    ENGINE + ".propagation",
    RULES,
    ("_SIGNS", "x⁻ is x⁺", '"negative": lambda x: tf.minimum(x, 0.0)}', '"negative": tf.nn.relu}'),
    ("_SIGNS", "x⁺ is x", '_SIGNS = {"positive": tf.nn.relu', '_SIGNS = {"positive": lambda x: x'),
    ("_WEIGHTS", "W² is W", '"squared": tf.square', '"squared": lambda x: x'),
    ("_WEIGHTS", "1 is W", '"ones": tf.ones_like}', '"ones": lambda x: x}'),
    ("_with_bias", "bias of one sign is all bias", "bias=_weighed(which, rule, linear.bias)", "bias=linear.bias"),
    ("_summed.back", "signs of parts lost on the way back",
     "one.back(message, factor * part.sign)", "one.back(message, factor)"),
    ("_share_at_once", "factor of a share dropped",
     "relevance, rectified), share.factor)", "relevance, rectified), 1.0)"),
    ("_for_and_against", "factor of a share dropped behind a ReLU",
     "(against_it, opposes.factor)", "(against_it, 1.0)"),
    ("_summed", "signs of parts lost in the sum", "[part.sign * one.y for", "[one.y for"),
    ("_evenly", "flat: not divided", "keepdims=True) / count", "keepdims=True)"),
    ("_evenly", "flat: channels not counted", " * float(passed.x.shape[-1])", ""),
    ("_bound", "known range of the first layer ignored", "if known is None else known", "if True else known"),
    ("_for_and_against", "evidence against is all of z behind a ReLU",
     "divided(relevance, passed.linear.plus_bias(against.y)",
     "divided(relevance, passed.z"),
    ("_for_and_against", "evidence for is all of z behind a ReLU", "divided(relevance, passed.z - against.y",
     "divided(relevance, passed.z"),
)  # fmt: skip
_ARITHMETIC += _of(
    ENGINE + ".weighted",
    ("attribution/test_rules.py", *FOLD),
    ("_scale_and_shift", "BatchNormalization: the variance squared, as in iNNvestigate",
     "tf.math.rsqrt(_tensor(norm.moving_variance) + norm.epsilon)",
     "tf.math.rsqrt(_tensor(norm.moving_variance) ** 2 + norm.epsilon)"),
    ("_scale_and_shift", "BatchNormalization: ε forgotten", "rsqrt(_tensor(norm.moving_variance) + norm.epsilon)",
     "rsqrt(_tensor(norm.moving_variance))"),
    ("_before_norm", "folded behind: bias not scaled", "linear.bias * scale + shift", "linear.bias + shift"),
    ("_behind_norm", "folded before: shift forgotten", "bias if linear.bias is None else bias + linear.bias",
     "bias if linear.bias is None else linear.bias"),
    ("_scale_and_shift", "BatchNormalization: the mean forgotten", "shift = -_tensor(norm.moving_mean) * scale",
     "shift = tf.zeros_like(scale)"),
    ("_centred", "LayerNormalization: not centred", "(x - mean(x) if centred else x) * weights[0]", "x * weights[0]"),
)  # fmt: skip

_LAYER_SET = _of(
    "runtimes.keras.graphs.nonnegative",
    LAYERS,
    ("never_negative", "everything is taken for never negative", "if _makes(step) or (keeps", "if True or (keeps"),
)
_LAYER_SET += _of(
    ENGINE + ".unweighted",
    LAYERS,
    ("back", "sums by gradient instead of by share", "if way == GRADIENT:", "if True:"),
    ("back", "shares without their input", "shares = [x * slope if", "shares = [slope if"),
    ("_factors", "every factor of a product takes all", "return [1.0 / count if carried", "return [1.0 if carried"),
)
_LAYER_SET += _of(
    ENGINE + ".weighted",
    LAYERS,
    ("_turned", "depthwise: the kernel is not turned around", "(tf.reverse(weights[0], [0, 1]),)", "(weights[0],)"),
)
_LAYER_SET += _of(
    ENGINE + ".compiled",
    TARGETS + METHODS,
    ("at_strongest", "a channel's weakest position for its strongest", "tf.one_hot(tf.argmax(positions",
     "tf.one_hot(tf.argmin(positions"),
    ("_trace_relevance.back", "relevance starts from one", "at_strongest(score) * weights[:, None] * relevance",
     "at_strongest(score) * weights[:, None]"),
    ("sensitivity.trace.sizes", "sensitivity: sign kept", "return tf.abs(tf.reduce_sum(", "return (tf.reduce_sum("),
)  # fmt: skip
_LAYER_SET += _of(
    ENGINE + ".targets",
    TARGETS,
    ("strongest", "top neurons: the smallest", "np.argsort(-values", "np.argsort(values"),
    ("chosen", "class at a layer: threshold at the mean of all",
     "(sizes.max(axis=1, keepdims=True) + sizes.min(axis=1, keepdims=True)) / 2", "sizes.mean(axis=1, keepdims=True)"),
    ("chosen", "class at a layer: all neurons", "inside = sizes > middle", "inside = sizes >= sizes.min()"),
    ("chosen", "class at a layer: sum for mean", "(inside / inside.sum(axis=1, keepdims=True))", "inside"),
)  # fmt: skip
_LAYER_SET += _of(
    KERAS + ".cam.evidence",
    CAM,
    (
        "grad_cam",
        "weights by the largest gradient",
        "tf.reduce_mean(slope, axis=(1, 2)",
        "tf.reduce_max(slope, axis=(1, 2)",
    ),
    ("_weighted", "evidence against kept", "tf.nn.relu(tf.reduce_sum(weights", "(tf.reduce_sum(weights"),
)
_LAYER_SET += _of(
    KERAS + ".networks.coverage",
    CAM,
    ("placed", "nearest for bilinear", 'maps, size, method="bilinear"', 'maps, size, method="nearest"'),
)

_DOOR_SET = _of(
    ENGINE + ".question",
    ASKED,
    ("Question.images", "every image is paired with the first one's weights", "self.weights[row]", "self.weights[0]"),
    ("Question.images", "all images share the last one's weights", "lambda copies, row=row:", "lambda copies:"),
    ("Question._neurons", "values of the first batch alone", "range(0, len(x), BATCH)", "range(0, BATCH, BATCH)"),
    ("Question.gradient", "other inputs are ignored", "self.x if x is None else", "self.x if True else"),
)  # fmt: skip
_DOOR_SET += _of(
    KERAS + ".cam.question",
    ASKED,
    ("Question.score_of", "the score for the probability", "if self.softmax else scores", "if False else scores"),
)
_DOOR_SET += _of(
    ENGINE + ".layerwise",
    TARGETS + METHODS,
    ("Propagation.__call__", "rules take a probability as well", "question.softmax and not", "False and not"),
    ("Propagation._compiled", "compiled once for all settings", "tuple(sorted(params.items()))", "()"),
)
_DOOR_SET += _of(
    ENGINE + ".gradients",
    TARGETS + METHODS + ASKED,
    ("_neuron_by_neuron", "neurons are not weighed", "maps * weights[row, column][:, None, None, None]", "maps"),
    ("_neuron_by_neuron", "neurons of the first row only", "np.add.at(total, row,", "np.add.at(total, row * 0,"),
    ("guided_backprop", "guided backprop by the plain gradient", '_back(question, "guided_backprop")',
     '_back(question, "gradient")'),
    ("_averaged", "copies with another image's weights", "np.tile(weights, (len(copies) // len(weights), 1))",
     "np.repeat(weights, len(copies) // len(weights), axis=0)"),
)  # fmt: skip
_DOOR_SET += _of(
    ENGINE + ".explain",
    TARGETS,
    ("_over", "every batch with the first one's weights", "one[rows]",
     "question.weights[: len(question.x[rows])]"),
    ("_activations", "values of other neurons", "np.take_along_axis(met, aim.targets, axis=1)",
     "met[:, : aim.targets.shape[1]]"),
)  # fmt: skip
_DOOR_SET += _of(
    ENGINE + ".yardsticks",
    ASKED,
    ("random", "noise without the input", "averages.random(question.x,", "averages.random(question.x * 0,"),
    ("input", "nothing for the input", "return question.x", "return question.x * 0"),
)
_DOOR_SET += _of(
    "runtimes.averages",
    ASKED,
    ("random", "stddev ignored", 'np.float32(params["stddev"])', "np.float32(1)"),
)
_DOOR_SET += _of(
    KERAS + ".memory",
    TARGETS,
    ("Memory.call", "rows behind the first part are lost", "start = stop\n", "start = len(rows[0])\n"),
    ("Memory.call", "memory that ran out is not halved", "(stop - start) // 2", "stop - start - 1"),
    ("Memory.notes", "short memory is not told", "if self.at_once is None:", "if True:"),
)
_DOOR_SET += _of(
    KERAS + ".cam.methods",
    CAM,
    ("_divided", "maps are not divided by their maximum", "np.divide(cams, highest,", "np.divide(cams, 1,"),
    ("_divided", "one maximum for all images", "cams.max(axis=(1, 2, 3), keepdims=True)", "cams.max(keepdims=True)"),
    ("guided_grad_cam", "guided Grad-CAM forgets the region", " * grad_cam(question)", ""),
    ("layer_cam", "LayerCAM is Grad-CAM", "evidence.layer_cam", "evidence.grad_cam"),
    ("score_cam", "the score is not handed on", "np.take_along_axis(chosen, question.classes[:, None], axis=1)[:, 0]",
     "chosen[:, 0]"),
)  # fmt: skip
_DOOR_SET += _of(
    KERAS + ".cam.explain",
    CAM,
    ("explain", "every batch with the first one's classes", "classes=classes[rows]",
     "classes=classes[: len(x[rows])]"),
)  # fmt: skip
_DOOR_SET += _of(
    KERAS + ".answers",
    ASKED,
    ("checked_maps", "maps of any shape pass", "if maps.shape not in (shape, (*shape[:3], 1)):", "if False:"),
    ("checked_maps", "maps of any kind pass", 'if maps.dtype.kind not in "fiub":', "if False:"),
    ("checked_maps", "maps without channels do not pass", "if maps.shape == shape[:3]:", "if False:"),
    ("checked_maps", "maps keep their precision", "maps.astype(np.float32, copy=False)", "maps"),
)
_DOOR_SET += _of(
    "session.explain.map_keys",
    ("explain/test_map_keys.py",),
    ("map_key", "a changed plug-in finds its old maps", "*([code] if code else [])", "*[]"),
    ("map_key", "maps of an older engine are found", "engine_code(),", ""),
    ("map_key", "settings forgotten", "request.params,", "{},"),
    ("map_key", "target forgotten", "as_plain(target),", "{},"),
    ("identity", "arrays of one shape are one image",
     "hashlib.sha256(np.ascontiguousarray(item.row)).hexdigest()", '""'),
)  # fmt: skip
_DOOR_SET += _of(
    "runtimes.code",
    ("explain/test_map_keys.py",),
    ("check_version", "code that changed under the server runs", "if own != code:", "if False:"),
)
_DOOR_SET += _of(
    "extensions.opening",
    CATALOG,
    ("_Guard.find_spec", "heavy libraries come in by a function call", "in HEAVY and", "in () and"),
    ("_refuse_heavy", "heavy imports are not read", "in HEAVY:", "in ():"),
    ("guarded", "the guard stays", "sys.meta_path.remove(guard)", "pass"),
    ("_at_the_top", "imports for types are refused", "and _is_type_checking(statement.test)", "and False"),
    ("_at_the_top", "heavy imports in handlers are missed", 'getattr(statement, "handlers", [])', "()"),
)

_TRUST_SET = _of(
    "trust.ordering",
    ("trust/test_ordering.py",),
    ("evidence", "a signed map ranks by all of it", "np.maximum(total, 0) if signed else total", "total"),
    ("places", "the least relevant first", "np.lexsort((chance, -means))", "np.lexsort((chance, means))"),
    ("places", "equal blocks from the top", "np.lexsort((chance, -means))", "np.argsort(-means, kind='stable')"),
    ("area", "areas by steps instead of trapezia", "(values[..., 1:] + values[..., :-1]) / 2", "values[..., :-1]"),
    ("block_side", "blocks of one size whatever the picture", "min(height, width) // FEWEST", "16"),
)
_TRUST_SET += _of(
    "trust.statistics",
    ("trust/test_table.py",),
    ("wins", "not image by image", "values[one] - values[other]", "values[one] - np.sort(values[other])"),
    ("wins", "lower counts as higher", '(low > 0, high < 0) if better == "high" else (high < 0, low > 0)',
     "(low > 0, high < 0)"),
)  # fmt: skip
_TRUST_SET += _of(
    "trust.maps",
    ("trust/test_maps.py",),
    ("gini", "counted from the other end", "2 * np.arange(1, n + 1) - n - 1", "n + 1 - 2 * np.arange(1, n + 1)"),
    ("region_mass", "what speaks against counts", "np.maximum(np.asarray(evidence, np.float64), 0)",
     "np.abs(np.asarray(evidence, np.float64))"),
    ("resemblance", "signs count", "np.abs(np.asarray(each, np.float64).sum(axis=-1))",
     "np.asarray(each, np.float64).sum(axis=-1)"),
)  # fmt: skip
_TRUST_SET += _of(
    "runtimes.keras.trust.replacement",
    ("trust/test_replacement.py",),
    ("_trace", "insertion deletes", "tf.not_equal(first, inserted[:, None, None])", "first"),
    ("_trace", "every class is the first", "tf.gather(p, classes, batch_dims=1)", "p[:, 0]"),
)
_TRUST_SET += _of(
    "runtimes.keras.trust.weights",
    ("trust/test_replacement.py",),
    ("shuffled", "compiled functions keep the old weights", "tf.config.run_functions_eagerly(True)", "pass"),
    ("shuffled", "the lower layers instead of the upper ones",
     "layers[len(layers) - max(1, math.ceil(share * len(layers))) :]",
     "layers[: max(1, math.ceil(share * len(layers)))]"),
)  # fmt: skip

MUTATIONS = (*_RULE_SET, *_METHOD_SET, *_ARITHMETIC, *_LAYER_SET, *_DOOR_SET, *_TRUST_SET)
