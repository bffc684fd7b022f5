"""Every rule of the attribution engine again: slowly, one number at a time, straight from the formulas.

A layer is a list of connections (input index, output index, weight), whatever its type: dense layers and convolutions
give such lists, and the rules know nothing else of them.
"""

from itertools import product

import numpy as np

TINY = 1e-7


def dense_connections(kernel):
    """kernel (in, out) -> [(input index, output index, weight)]."""
    return [((i,), (j,), kernel[i, j]) for i in range(kernel.shape[0]) for j in range(kernel.shape[1])]


def conv_connections(shape, kernel, stride, padding):
    """shape (H, W, C), kernel (kh, kw, C, U) -> (connections, output shape); "same" puts the odd row at the end."""
    (height, width, channels), (kh, kw, _, units) = shape, kernel.shape
    if padding == "same":
        out = (-(-height // stride), -(-width // stride))
        top = max((out[0] - 1) * stride + kh - height, 0) // 2
        left = max((out[1] - 1) * stride + kw - width, 0) // 2
    else:
        out, top, left = ((height - kh) // stride + 1, (width - kw) // stride + 1), 0, 0
    found = []
    for i, j, a, b, c, u in product(range(out[0]), range(out[1]), range(kh), range(kw), range(channels), range(units)):
        y, x = i * stride + a - top, j * stride + b - left
        if 0 <= y < height and 0 <= x < width:
            found.append(((y, x, c), (i, j, u), kernel[a, b, c, u]))
    return found, (*out, units)


def depthwise_connections(shape, kernel, stride, padding):
    """As conv_connections for kernel (kh, kw, C, M): each channel by itself makes M, which stand side by side."""
    *_, channels, multiplier = kernel.shape
    found, out_shape = [], None
    for c in range(channels):
        alone, (*size, _) = conv_connections((*shape[:2], 1), kernel[:, :, c : c + 1], stride, padding)
        found += [((y, x, c), (i, j, c * multiplier + m), w) for (y, x, _), (i, j, m), w in alone]
        out_shape = (*size, channels * multiplier)
    return found, out_shape


def forward(x, connections, bias, out_shape):
    """W x + b."""
    y = np.zeros(out_shape) + bias
    for i, j, w in connections:
        y[j] += w * x[i]
    return y


def _shares(x, connections, bias, relevance, contribution, counted_bias, stabilize):
    """R_in[i] = sum over j of c_ij / (sum over i of c_ij + b_j) R_j, for a contribution c_ij = f(x_i, w_ij)."""
    total = np.zeros(relevance.shape) + (counted_bias(np.asarray(bias, float)) if counted_bias else 0)
    for i, j, w in connections:
        total[j] += contribution(x[i], w)
    found = np.zeros(x.shape)
    for i, j, w in connections:
        found[i] += contribution(x[i], w) / stabilize(total[j]) * relevance[j]
    return found


def _not_zero(value):
    return TINY if value == 0 else value


def _everything(bias):
    return bias


def z(x, connections, bias, relevance, with_bias=True):
    """Bach et al. 2015, eq. 56."""
    counted = _everything if with_bias else None
    return _shares(x, connections, bias, relevance, lambda a, w: a * w, counted, _not_zero)


def epsilon(x, connections, bias, relevance, epsilon, with_bias=True):
    """Bach et al. 2015, eq. 58."""
    counted = _everything if with_bias else None

    def stabilize(value):
        return value + epsilon if value >= 0 else value - epsilon

    return _shares(x, connections, bias, relevance, lambda a, w: a * w, counted, stabilize)


def _away(value):
    """From zero by the stabilizer of the rules that iNNvestigate does not have."""
    return value + 1e-6 if value >= 0 else value - 1e-6


def alpha_beta_split(x, connections, bias, relevance, alpha, beta):
    """Bach et al. 2015, eq. 60 as it is printed: positive biases speak for, negative ones against."""
    good = _shares(x, connections, bias, relevance, lambda a, w: max(a * w, 0), lambda b: np.maximum(b, 0), _away)
    bad = _shares(x, connections, bias, relevance, lambda a, w: min(a * w, 0), lambda b: np.minimum(b, 0), _away)
    return alpha * good - beta * bad


def alpha_beta(x, connections, bias, relevance, alpha, beta, with_bias=True):
    """Bach et al. 2015, eq. 60, with all of the bias in both sums."""
    counted = _everything if with_bias else None
    good = _shares(x, connections, bias, relevance, lambda a, w: max(a * w, 0), counted, _not_zero)
    bad = _shares(x, connections, bias, relevance, lambda a, w: min(a * w, 0), counted, _not_zero)
    return alpha * good - beta * bad


def gamma(x, connections, bias, relevance, gamma):
    """Andeol et al. 2022: what agrees with the sign of the output counts 1 + gamma times, the bias alike."""
    offset = np.zeros(relevance.shape) + bias
    output = forward(x, connections, offset, relevance.shape)
    total, found = np.zeros(relevance.shape), np.zeros(x.shape)

    def weighed(value, j):
        agrees = value > 0 if output[j] >= 0 else value < 0
        return (1 + gamma) * value if agrees else value

    for j in np.ndindex(*relevance.shape):
        total[j] = weighed(offset[j], j)
    for i, j, w in connections:
        total[j] += weighed(x[i] * w, j)
    for i, j, w in connections:
        found[i] += weighed(x[i] * w, j) / _away(total[j]) * relevance[j]
    return found


def w_square(x, connections, bias, relevance):
    """Montavon et al. 2017, eq. 12."""
    return _shares(x, connections, bias, relevance, lambda a, w: w * w, None, _not_zero)


def flat(x, connections, bias, relevance):
    """Bach et al. 2016."""
    return _shares(x, connections, bias, relevance, lambda a, w: 1.0, None, _not_zero)


def z_plus_fast(x, connections, bias, relevance):
    """Montavon et al. 2017, positive weights alone."""
    return _shares(x, connections, bias, relevance, lambda a, w: a * max(w, 0), None, _not_zero)


def bounded(x, connections, bias, relevance, low, high):
    """Montavon et al. 2017, z^B."""

    def contribution(a, w):
        return a * w - low * max(w, 0) - high * min(w, 0)

    return _shares(x, connections, bias, relevance, contribution, None, lambda total: total or np.inf)


def preset_norm(x, connections, bias, relevance):
    """What iNNvestigate's presets do at BatchNormalization: 2 x+ w+ / (x+ w+ + b+) - x+ w- / (x+ w- + b-)."""

    def positive(a, w):
        return max(a, 0) * max(w, 0)

    def negative(a, w):
        return max(a, 0) * min(w, 0)

    good = _shares(x, connections, bias, relevance, positive, lambda b: np.maximum(b, 0), _not_zero)
    bad = _shares(x, connections, bias, relevance, negative, lambda b: np.minimum(b, 0), _not_zero)
    return 2 * good - bad


def norm_connections(shape, gamma, variance, epsilon):
    """BatchNormalization outside training: each value by itself, times gamma / sqrt(variance + epsilon)."""
    return [(place, place, gamma[place[-1]] / np.sqrt(variance[place[-1]] + epsilon)) for place in np.ndindex(*shape)]


def add(inputs, relevance):
    """Each summand by its share of the sum."""
    found = [np.zeros(relevance.shape) for _ in inputs]
    for place in np.ndindex(*relevance.shape):
        total = _not_zero(sum(one[place] for one in inputs))
        for part, one in zip(found, inputs, strict=True):
            part[place] = one[place] / total * relevance[place]
    return found


def average_pooling(x, relevance, size):
    """Each pixel by its share of the mean; x (H, W, C), windows of `size` side by side, no padding."""
    found = np.zeros(x.shape)
    for i, j, c in np.ndindex(*relevance.shape):
        rows, columns = slice(i * size, i * size + size), slice(j * size, j * size + size)
        window = x[rows, columns, c]
        found[rows, columns, c] += window / window.size / _not_zero(window.mean()) * relevance[i, j, c]
    return found


def max_pooling(x, relevance, size):
    """The winner takes all."""
    found = np.zeros(x.shape)
    for i, j, c in np.ndindex(*relevance.shape):
        window = x[i * size : i * size + size, j * size : j * size + size, c]
        a, b = np.unravel_index(window.argmax(), window.shape)
        found[i * size + a, j * size + b, c] += relevance[i, j, c]
    return found


def neurons_of_class(slopes):
    """slopes d y_c / d A: (U,) or (H, W, U) -> the list of neurons whose relevance is averaged."""
    while slopes.ndim > 1:
        slopes = slopes.sum(axis=0)
    sizes = [abs(float(one)) for one in slopes]
    middle = (max(sizes) + min(sizes)) / 2
    above = [k for k, size in enumerate(sizes) if size > middle]
    return above or [int(np.argmax(sizes))]
