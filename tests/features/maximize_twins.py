"""Activation maximization once more, slow and plain: one small network in numpy, gradients by differences."""

import numpy as np

SHAPE = (6, 7, 3)


def conv(x, kernel, bias):
    """(H, W, C) -> (h, w, U): tanh of a valid convolution, each position's window times the kernel."""
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:3])[:, :, 0]
    return np.tanh(np.tensordot(windows, kernel, 3) + bias)


class Twin:
    """A convolution and a classifier, from the weights of the Keras model."""

    def __init__(self, model):
        self.conv = [w.astype(np.float64) for w in model.get_layer("conv").get_weights()]
        self.dense = [w.astype(np.float64) for w in model.get_layer("scores").get_weights()]

    def value(self, x, kind, index, objective="logit"):
        """(objective, probability) of network input x."""
        features = conv(x, *self.conv)
        if kind != "class":
            chosen = features[:, :, index]
            return (chosen.max() if kind == "neuron" else chosen.mean()), np.nan
        logits = features.reshape(-1) @ self.dense[0] + self.dense[1]
        p = np.exp(logits - logits.max())
        p = (p / p.sum())[index]
        return (p if objective == "probability" else logits[index]), p

    def slope(self, of, u):
        """Central differences."""
        found = np.zeros_like(u)
        for place in np.ndindex(u.shape):
            step = np.zeros_like(u)
            step[place] = 1e-6
            found[place] = (of(u + step) - of(u - step)) / 2e-6
        return found


def ascend(twin, start, low, high, kind, index, params, shifts=None):
    """(u, steps, why, values, probabilities) of one picture."""
    u, values, probabilities = start.astype(np.float64), [], []
    span = high - low
    for step in range(params["iterations"] + 1):
        value, p = twin.value(low + span * u, kind, index, params["objective"])
        values.append(value)
        probabilities.append(p)
        if p > params["stop_at"]:
            return u, step, "probability", values, probabilities
        if step == params["iterations"]:
            return u, step, "iterations", values, probabilities
        shift = shifts[step] if shifts is not None else (0, 0)
        looked = np.roll(u, shift, (0, 1))
        slope = twin.slope(lambda at: twin.value(low + span * at, kind, index, params["objective"])[0], looked)
        slope = np.roll(slope, (-shift[0], -shift[1]), (0, 1))
        u = moved(u, start, slope, step, params)
    return None


def moved(u, start, slope, step, params):
    """One step, by the formula."""
    if params.get("basis") == "fourier":
        slope = decorrelated(slope)
    way = slope / (np.sqrt((slope**2).mean()) + 1e-5)
    way = way - params.get("tv", 0) * variation(u) - params.get("l2", 0) * (u - start)
    u = u + params["step"] * way
    if params.get("blur", 0) and (step + 1) % 4 == 0:
        u = blurred(u, params["blur"])
    return np.clip(u, 0, 1) if params["clip"] else u


def decorrelated(slope):
    """Each frequency of the whole, complex spectrum divided by its size; the lowest is one period per picture."""
    h, w, _ = slope.shape
    out = np.zeros_like(slope)
    for c in range(slope.shape[2]):
        spectrum = np.fft.fft2(slope[:, :, c])
        for i in range(h):
            for j in range(w):
                f = np.hypot(min(i, h - i) / h, min(j, w - j) / w)
                spectrum[i, j] *= (1 / max(h, w)) / max(f, 1 / max(h, w))
        out[:, :, c] = np.fft.ifft2(spectrum).real
    return out


def variation(u):
    """Derivative of sum |u[i+1] - u[i]| over rows and columns."""
    out = np.zeros_like(u)
    for i, j, c in np.ndindex(u.shape):
        for di, dj in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            if 0 <= i + di < u.shape[0] and 0 <= j + dj < u.shape[1]:
                out[i, j, c] += np.sign(u[i, j, c] - u[i + di, j + dj, c])
    return out


def blurred(u, sigma):
    """Gaussian weights over what lies inside, to four standard deviations."""
    reach, out = int(4 * sigma + 0.5), np.zeros_like(u)
    for i, j in np.ndindex(u.shape[:2]):
        total = 0.0
        for di in range(-reach, reach + 1):
            for dj in range(-reach, reach + 1):
                if 0 <= i + di < u.shape[0] and 0 <= j + dj < u.shape[1]:
                    weight = np.exp(-(di**2 + dj**2) / (2 * sigma**2))
                    out[i, j] += weight * u[i + di, j + dj]
                    total += weight
        out[i, j] /= total
    return out
