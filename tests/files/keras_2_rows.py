"""Every layer, setting and activation of Keras 2 that a file may hold: a row each, made with either library.

A row takes a tensor (N, 8, 6, 4) and gives one; with all rows side by side one model holds everything.
"""

from __future__ import annotations

import numpy as np

from tests.files.short_weights import Weights

SHAPE = (8, 6, 4)
ADAPTED = ("mean:", "variance:")  # weights that a Normalization layer has taken its numbers from already
N_SCORES = 3  # of each row
ACTIVATIONS = (
    "elu exponential gelu hard_sigmoid linear mish relu selu sigmoid softmax softplus softsign swish tanh".split()
)
OTHER_ACTIVATIONS = "relu6 leaky_relu log_softmax silu".split()
OF_TENSORFLOW = (
    "elu gelu leaky_relu log_softmax relu relu6 selu sigmoid silu softmax softplus softsign swish tanh".split()
)
OF_MATHEMATICS = "exp log_sigmoid log_softmax sigmoid softmax softplus softsign tanh".split()


# Rows that are not read, with words of their refusals.
REFUSED = {
    "resizing gaussian": "resizes by 'gaussian'",
    "resizing mitchellcubic": "resizes by 'mitchellcubic'",
    "upsampling gaussian": "resizes by 'gaussian'",
    "sync batch norm": "SyncBatchNormalization",
    "locally connected with a sparse kernel": "implementation=1",
    "locally connected rows": "LocallyConnected1D.*only Keras 2|LocallyConnected1D.*Keras 3 does not have",
}
READ_FROM_HDF5 = ("sync batch norm",)
IN_A_FOLDER = (
    "activation hard_sigmoid",
    "conv hard_sigmoid",
    "tf.nn.log_softmax",
    "thresholded relu",
    "locally connected",
    "layer norm over two axes",
    "unit norm over two axes",
    "normalization adapted over rows",
    "sync batch norm",
    "height",
    "random crop",
    "rows: gru of hard sigmoid",
    "clip: conv lstm",
    "gate",
)


def classifier(keras):
    """Of pictures: a squeeze and excitation as MobileNetV3 has it."""
    L, start = keras.layers, keras.Input((*SHAPE[:2], 3))
    x = L.Conv2D(4, 3, padding="same", activation="relu")(start)
    gate = L.Dense(4, activation="hard_sigmoid")(L.GlobalAveragePooling2D()(x))
    x = L.Multiply()([x, L.Reshape((1, 1, 4))(gate)])
    x = L.Multiply()([x, L.Activation("hard_sigmoid")(x)])
    return keras.Model(start, L.Dense(3, activation="softmax")(L.GlobalAveragePooling2D()(x)))


def target():
    """The first class."""
    from innv_gui.records import Target

    return Target(class_=0)


def activations(L, tf) -> dict:
    """As a layer, inside of one, by name and as TensorFlow's function, which has a name of its own inside."""
    named = {f"activation {name}": L.Activation(name) for name in ACTIVATIONS + OTHER_ACTIVATIONS}
    inside = {f"conv {name}": L.Conv2D(3, 2, activation=name) for name in ACTIVATIONS + OTHER_ACTIVATIONS}
    nn = {f"tf.nn.{name}": L.Conv2D(3, 2, activation=getattr(tf.nn, name)) for name in OF_TENSORFLOW}
    math = {f"tf.math.{name}": L.Dense(3, activation=getattr(tf.math, name)) for name in OF_MATHEMATICS}
    layers = {
        "relu layer as activation": L.Dense(3, activation=L.ReLU(2.0)),
        "leaky relu layer as activation": L.Conv2D(3, 2, activation=L.LeakyReLU(0.1)),
        "elu layer as activation": L.Dense(3, activation=L.ELU(0.5)),
        "softmax layer as activation": L.Dense(3, activation=L.Softmax()),
        "identity": L.Dense(3, activation=tf.identity),
        "hard sigmoid of a dense layer": L.Dense(3, activation="hard_sigmoid"),
    }
    return {**named, **inside, **nn, **math, **layers}


def bends(L) -> dict:
    """Activations that are layers."""
    return {
        "relu": L.ReLU(),
        "relu with all settings": L.ReLU(max_value=2.0, negative_slope=0.1, threshold=0.2),
        "leaky relu": L.LeakyReLU(),
        "leaky relu .2": L.LeakyReLU(0.2),
        "prelu": L.PReLU(),
        "prelu by channel": L.PReLU(shared_axes=[1, 2]),
        "elu": L.ELU(),
        "elu .3": L.ELU(0.3),
        "softmax": L.Softmax(),
        "softmax over rows": L.Softmax(axis=1),
        "thresholded relu": L.ThresholdedReLU(0.3),
        "thresholded relu by default": L.ThresholdedReLU(),
    }


def convolutions(L) -> dict:
    return {
        "conv": L.Conv2D(3, (3, 2), strides=(2, 1), padding="same", use_bias=False),
        "conv dilated": L.Conv2D(3, 2, dilation_rate=(2, 1)),
        "conv grouped": L.Conv2D(4, 3, groups=2),
        "depthwise": L.DepthwiseConv2D(3, depth_multiplier=2, activation="hard_sigmoid"),
        "depthwise strided": L.DepthwiseConv2D(3, strides=2, padding="same"),
        "depthwise dilated": L.DepthwiseConv2D(2, dilation_rate=2),
        "separable": L.SeparableConv2D(3, 3, depth_multiplier=2, padding="same"),
        "separable dilated": L.SeparableConv2D(3, 2, dilation_rate=2),
        "transposed": L.Conv2DTranspose(3, 3),
        "transposed same": L.Conv2DTranspose(3, 3, strides=2, padding="same"),
        "transposed with output padding": L.Conv2DTranspose(3, 3, strides=2, output_padding=1),
        "transposed same with output padding": L.Conv2DTranspose(3, 3, strides=2, padding="same", output_padding=0),
        "locally connected": L.LocallyConnected2D(3, (3, 2), strides=(1, 2), activation="relu"),
        "locally connected without bias": L.LocallyConnected2D(2, 3, use_bias=False),
        "locally connected with a sparse kernel": L.LocallyConnected2D(2, 3, implementation=3),
        "locally connected rows": [L.Reshape((8, 24)), L.LocallyConnected1D(2, 3)],
        "einsum": L.EinsumDense("nhwc,cd->nhwd", (8, 6, 3), bias_axes="d"),
        "dense": L.Dense(3),
        "time distributed": L.TimeDistributed(L.Dense(3, activation="hard_sigmoid")),
        "time distributed conv": L.TimeDistributed(L.Conv1D(3, 2, padding="causal")),
    }


def poolings(L) -> dict:
    return {
        "max pooling": L.MaxPooling2D(),
        "max pooling same": L.MaxPooling2D(3, strides=2, padding="same"),
        "average pooling": L.AveragePooling2D((2, 3), strides=1),
        "average pooling same": L.AveragePooling2D(3, padding="same"),
        "global max": L.GlobalMaxPooling2D(keepdims=True),
        "global average": L.GlobalAveragePooling2D(),
        "padding": L.ZeroPadding2D(((1, 0), (2, 1))),
        "padding by default": L.ZeroPadding2D(),
        "cropping": L.Cropping2D(((1, 0), (0, 1))),
        "upsampling": L.UpSampling2D((2, 3)),
        "upsampling bilinear": L.UpSampling2D(2, interpolation="bilinear"),
        "upsampling bicubic": L.UpSampling2D(2, interpolation="bicubic"),
        "upsampling lanczos": L.UpSampling2D(2, interpolation="lanczos5"),
        "upsampling gaussian": L.UpSampling2D(2, interpolation="gaussian"),
        "permute": L.Permute((3, 1, 2)),
        "reshape": L.Reshape((-1, 8)),
        "flatten": L.Flatten(),
    }


def norms(L) -> dict:
    return {
        "batch norm": L.BatchNormalization(),
        "batch norm bare": L.BatchNormalization(scale=False, center=False, epsilon=0.1),
        "batch norm over rows": L.BatchNormalization(axis=1),
        "batch norm synchronized": L.BatchNormalization(synchronized=True),
        "sync batch norm": L.experimental.SyncBatchNormalization(),
        "layer norm": L.LayerNormalization(),
        "layer norm over two axes": L.LayerNormalization(axis=[2, 3], epsilon=0.01, scale=False),
        "group norm": L.GroupNormalization(2),
        "group norm over rows": L.GroupNormalization(2, axis=1, epsilon=0.1),
        "unit norm": L.UnitNormalization(),
        "unit norm over two axes": L.UnitNormalization(axis=[1, 2]),
        "normalization": L.Normalization(mean=0.3, variance=2.0),
        "normalization by channel": L.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[1.0, 2.0, 3.0, 0.1]),
        "normalization inverted": L.Normalization(mean=0.3, variance=2.0, invert=True),
        "normalization adapted": _adapted(L.Normalization()),
        "normalization adapted as a whole": _adapted(L.Normalization(axis=None)),
        "normalization adapted over rows": _adapted(L.Normalization(axis=(1, 3))),
        "spectral": L.SpectralNormalization(L.Conv2D(3, 2)),
    }


def _adapted(layer):
    layer.adapt(np.random.default_rng(3).normal(1, 2, (20, *SHAPE)))
    return layer


def preparations(L) -> dict:
    """What stands in front, and what does nothing outside training."""
    return {
        "rescaling": L.Rescaling(0.5, -0.1),
        "rescaling by channel": L.Rescaling([1.0, 2.0, 3.0, 4.0], [0.1, 0.2, 0.3, 0.4]),
        **{f"resizing {name}": L.Resizing(5, 9, interpolation=name) for name in RESIZINGS},
        "resizing cropped": L.Resizing(4, 5, crop_to_aspect_ratio=True),
        "resizing cropped, wide": L.Resizing(3, 12, crop_to_aspect_ratio=True),
        "center crop": L.CenterCrop(5, 4),
        "center crop of an odd rest": L.CenterCrop(5, 3),
        "center crop of something larger": L.CenterCrop(10, 7),
        "random crop": L.RandomCrop(5, 4),
        "flip": L.RandomFlip(),
        "rotation": L.RandomRotation(0.1),
        "zoom": L.RandomZoom(0.1),
        "contrast": L.RandomContrast(0.1),
        "brightness": L.RandomBrightness(0.1),
        "translation": L.RandomTranslation(0.1, 0.1),
        "height": [L.RandomHeight(0.1), L.GlobalAveragePooling2D()],
        "width": [L.RandomWidth(0.1), L.GlobalMaxPooling2D()],
        "dropout": L.Dropout(0.5),
        "spatial dropout": L.SpatialDropout2D(0.5),
        "alpha dropout": L.AlphaDropout(0.5),
        "gaussian dropout": L.GaussianDropout(0.5),
        "noise": L.GaussianNoise(0.5),
        "activity": L.ActivityRegularization(0.1),
        "identity layer": L.Identity(),
    }


RESIZINGS = "bilinear nearest bicubic area lanczos3 lanczos5 gaussian mitchellcubic".split()


def sequences(L) -> dict:
    """Of an image read row by row."""
    rows, memory = L.Reshape((8, 24)), L.Reshape((2, 4, 6, 4))
    found = {
        "lstm": L.LSTM(3),
        "lstm of hard sigmoid": L.LSTM(3, recurrent_activation="hard_sigmoid"),
        "lstm of all steps, backwards": L.LSTM(3, return_sequences=True, go_backwards=True),
        "lstm without forget bias": L.LSTM(3, unit_forget_bias=False, implementation=1, unroll=True),
        "gru": L.GRU(3),
        "gru of hard sigmoid": L.GRU(3, recurrent_activation="hard_sigmoid"),
        "gru reset before": L.GRU(3, reset_after=False),
        "simple rnn": L.SimpleRNN(3),
        "rnn of cells": L.RNN([L.LSTMCell(3, recurrent_activation="hard_sigmoid"), L.GRUCell(2)]),
        "both ways": L.Bidirectional(L.LSTM(3, recurrent_activation="hard_sigmoid")),
        **{f"both ways {mode}": L.Bidirectional(L.GRU(3), merge_mode=mode) for mode in ("sum", "mul", "ave")},
        "conv 1d": L.Conv1D(3, 2, padding="causal"),
        "depthwise 1d": L.DepthwiseConv1D(3),
        "separable 1d": L.SeparableConv1D(3, 2),
        "transposed 1d": L.Conv1DTranspose(3, 2),
        "pooling 1d": L.AveragePooling1D(2, padding="same"),
        "global 1d": L.GlobalAveragePooling1D(),
        "masked mean": L.Masking(),
    }
    told = {f"rows: {name}": [rows, layer] for name, layer in found.items()}
    clips = {
        "conv lstm": L.ConvLSTM2D(2, 2),
        "conv lstm of sigmoid": L.ConvLSTM2D(2, 2, recurrent_activation="sigmoid", padding="same"),
        "conv 3d": L.Conv3D(2, 2),
        "pooling 3d": L.MaxPooling3D(2),
    }
    return {**told, **{f"clip: {name}": [memory, layer] for name, layer in clips.items()}}


def merges(L, keras) -> dict:
    """Of several tensors: a function each."""
    flat = L.Reshape((48, 4))

    def two(layer):
        return lambda x: layer([x, L.Conv2D(4, 3, padding="same")(x)])

    def shared(x):
        dense = L.Dense(4, activation="hard_sigmoid")
        return dense(dense(x))

    def attention(layer):
        return lambda x: layer([L.Dense(4)(flat(x)), L.Dense(4)(flat(x))])

    def heads(layer, *more):
        return lambda x: layer(L.Dense(4)(flat(x)), L.Dense(4)(flat(x)), *more)

    def gate(x):
        squeezed = L.Dense(4, activation="hard_sigmoid")(L.GlobalAveragePooling2D()(x))
        return L.Multiply()([x, L.Reshape((1, 1, 4))(squeezed)])

    return {
        **{name: two(getattr(L, name)()) for name in "Add Subtract Multiply Average Maximum Minimum".split()},
        "Concatenate": two(L.Concatenate()),
        "Concatenate over rows": two(L.Concatenate(axis=1)),
        "Dot": lambda x: L.Dot(axes=2)([flat(x), L.Dense(4)(flat(x))]),
        "Dot normalized": lambda x: L.Dot(axes=(1, 1), normalize=True)([flat(x), L.Dense(4)(flat(x))]),
        "attention": attention(L.Attention()),
        "attention scaled": attention(L.Attention(use_scale=True)),
        "attention by sums": attention(L.Attention(score_mode="concat")),
        "additive attention": attention(L.AdditiveAttention()),
        "additive attention without scale": attention(L.AdditiveAttention(use_scale=False)),
        "heads": heads(L.MultiHeadAttention(2, 3)),
        "heads of another value": heads(L.MultiHeadAttention(2, 3, value_dim=2, output_shape=5, use_bias=False)),
        "shared layer": shared,
        "gate": gate,
    }


def rows(keras, tf) -> dict:
    """Name -> function of a tensor."""
    L = keras.layers
    groups = (bends, convolutions, poolings, norms, preparations, sequences)
    found = {**activations(L, tf)}
    for group in groups:
        found |= group(L)
    return {**{name: _in_turn(one) for name, one in found.items()}, **merges(L, keras)}


def _in_turn(layers):
    def call(x):
        for layer in layers if isinstance(layers, list) else [layers]:
            x = layer(x)
        return x

    return call


def model_of(keras, chosen: dict):
    """The rows side by side: N_SCORES outputs each, in order."""
    start = keras.Input(SHAPE, name="image")
    ends = [keras.layers.Dense(N_SCORES)(keras.layers.Flatten()(row(start))) for row in chosen.values()]
    return keras.Model(start, keras.layers.Concatenate()(ends) if len(ends) > 1 else ends[0])


def randomised(model, seed: int = 0):
    drawn = Weights(seed)
    for weight in model.weights:
        if np.dtype(weight.dtype.as_numpy_dtype).kind == "f" and not weight.name.startswith(ADAPTED):
            low = 0.5 if "variance" in weight.name else -0.7
            weight.assign(drawn.uniform(low, low + 1.4, weight.shape))
    return model


def images() -> np.ndarray:
    return np.random.default_rng(1).normal(0, 1.5, (3, *SHAPE)).astype("f4")
