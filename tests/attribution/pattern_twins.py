"""Patterns the slow way: every patch of every image is stored, then the estimators are written out as in the paper."""

import keras
import numpy as np


def patches(layer, x):
    """(N, H, W, C) -> (N, rows, columns, kernel rows, kernel columns, C): what the layer sees at each position."""
    (height, width), (down, right), (high, wide) = layer.kernel_size, layer.strides, layer.dilation_rate
    sizes = [(height - 1) * high + 1, (width - 1) * wide + 1]
    if layer.padding == "same":
        pads = []
        for side, size, step in zip(x.shape[1:3], sizes, (down, right), strict=True):
            total = max((-(-side // step) - 1) * step + size - side, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, ((0, 0), *pads, (0, 0)))
    rows = range(0, x.shape[1] - sizes[0] + 1, down)
    columns = range(0, x.shape[2] - sizes[1] + 1, right)
    seen = [[x[:, r : r + sizes[0] : high, c : c + sizes[1] : wide] for c in columns] for r in rows]
    return np.moveaxis(np.array(seen), 2, 0)


def of_conv(layer, x, y, kernel, rectified):
    """The pattern of a convolution; y (N, rows, columns, U) before its ReLU, kernel with what is folded in."""
    seen = patches(layer, x.astype(np.float64))
    found = np.zeros(kernel.shape)
    for index in np.ndindex(*kernel.shape[2:]):
        if isinstance(layer, keras.layers.DepthwiseConv2D):
            values, weights = seen[..., index[0]], kernel[:, :, index[0], index[1]]
            out, into = y[..., index[0] * kernel.shape[3] + index[1]], (slice(None), slice(None), *index)
        elif index[0]:
            continue
        else:
            values, weights = seen, kernel[..., index[1]]
            out, into = y[..., index[1]], (..., index[1])
        flat = values.reshape(out.size, -1)
        found[into] = of_neuron(flat, out.reshape(-1).astype(np.float64), weights.reshape(-1), rectified).reshape(
            weights.shape
        )
    return found


def of_dense(x, y, kernel, rectified):
    """The pattern of a dense layer: x (n, I), y (n, U)."""
    columns = [
        of_neuron(x.astype(np.float64), y[:, u].astype(np.float64), kernel[:, u], rectified) for u in range(y.shape[1])
    ]
    return np.stack(columns, axis=1)


def of_neuron(x, y, w, rectified):
    """x (n, I), y (n,), w (I,) -> (I,)."""
    if not rectified:
        return np.array([np.cov(column, y, bias=True)[0, 1] for column in x.T]) / y.var()
    positive = y > 0
    if not positive.any():
        return np.zeros(x.shape[1])
    xy, mean_x = (x * y[:, None])[positive].mean(0), x[positive].mean(0)
    return (xy - mean_x * y.mean()) / (w @ xy - w @ mean_x * y.mean())
