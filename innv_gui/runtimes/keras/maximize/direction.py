"""How a gradient is changed before it becomes a step, and to a picture after it. All arrays are (N, H, W, C)."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

EPSILON = 1e-5  # ShapeShop's; keeps a step finite where the gradient vanishes
TRUNCATE = 4.0  # Gaussian kernels end after so many standard deviations


def normalised(gradient):
    """g / (sqrt(mean(g^2)) + 1e-5), each picture by itself."""
    size = tf.sqrt(tf.reduce_mean(tf.square(gradient), axis=(1, 2, 3), keepdims=True))
    return gradient / (size + EPSILON)


def decorrelated(gradient):
    """The gradient with each spatial frequency f divided by f, the lowest one counting as one period per picture.

    A Fourier basis in which coefficients of the same size have the amplitudes of photographs (1/f), each moved by its
    own size of step, moves the picture this way (Olah et al. 2017, "Preconditioning and Parameterization").
    """
    height, width = gradient.shape[1:3]
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    lowest = 1 / max(height, width)
    scale = tf.constant(lowest / np.maximum(frequency, lowest), tf.complex64)
    planes = tf.transpose(gradient, (0, 3, 1, 2))
    smooth = tf.signal.irfft2d(tf.signal.rfft2d(planes) * scale, [height, width])
    return tf.transpose(smooth, (0, 2, 3, 1))


def variation(pictures):
    """Derivative of the total variation: the sum over neighbours of |difference|."""
    with tf.GradientTape() as tape:
        tape.watch(pictures)
        total = tf.image.total_variation(pictures)
    return tape.gradient(total, pictures)


def blurred(pictures, sigma_px: float):
    """Gaussian blur of each channel; beyond the border the mean of what is inside."""
    kernel = _kernel(sigma_px)
    planes = tf.transpose(tf.cast(pictures, tf.float32), (0, 3, 1, 2))
    shape = tf.shape(planes)
    planes = tf.reshape(planes, [-1, shape[2], shape[3], 1])
    inside = _convolved(tf.ones_like(planes[:1]), kernel)
    smooth = tf.reshape(_convolved(planes, kernel) / inside, shape)
    return tf.transpose(smooth, (0, 2, 3, 1))


def _kernel(sigma_px: float) -> np.ndarray:
    reach = int(TRUNCATE * sigma_px + 0.5)
    values = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma_px) ** 2)
    return (values / values.sum()).astype(np.float32)


def _convolved(planes, kernel: np.ndarray):
    down = tf.nn.conv2d(planes, kernel[:, None, None, None], 1, "SAME")
    return tf.nn.conv2d(down, kernel[None, :, None, None], 1, "SAME")
