"""Every layer that a model file may hold, in the smallest network that has it; and why some have no rule.

A middle takes x (8, 8, 4), which is not negative, and gives a tensor of any shape. No layer has a bias.
"""

import keras

L = keras.layers
FREE = {"use_bias": False}
SAME = {"use_bias": False, "padding": "same"}


def network(middle, shape=(8, 8, 3)):
    """image -> convolution -> middle -> scores, without biases."""
    keras.utils.set_random_seed(7)
    start = keras.Input(shape, name="image")
    x = L.Conv2D(4, 3, activation="relu", **SAME)(start)
    return keras.Model(start, L.Dense(5, name="scores", **FREE)(L.Flatten()(middle(x))))


def line(layer):
    """A layer for (N, steps, channels)."""
    return lambda x: layer(L.Reshape((32, 8))(x))


def steps(layer):
    """A layer for (N, steps, channels) that goes step by step."""
    return lambda x: layer(L.Reshape((4, 64))(x))


def space(layer):
    """A layer for (N, A, B, C, channels)."""
    return lambda x: layer(L.Reshape((4, 4, 4, 4))(x))


def two(layer):
    """A layer that joins two tensors."""
    return lambda x: layer([x, L.Conv2D(4, 3, **SAME)(x)])


def tokens(attend):
    """attend(queries, values), both (N, 32, 8)."""

    def middle(x):
        x = L.Reshape((32, 8))(x)
        return attend(L.Dense(8, activation="relu", **FREE)(x), x)

    return middle


def _gate(x):
    squeezed = L.GlobalAveragePooling2D(keepdims=True)(x)
    return L.Multiply()([x, L.Dense(4, activation="sigmoid", **FREE)(squeezed)])


RULED = {
    "Dense": L.Dense(3, activation="relu", **FREE),
    "Activation": L.Activation("swish"),
    "Identity": L.Identity(),
    "EinsumDense": L.EinsumDense("abcd,de->abce", (8, 8, 3)),
    "Dropout": L.Dropout(0.4),
    "SpatialDropout1D": line(L.SpatialDropout1D(0.4)),
    "SpatialDropout2D": L.SpatialDropout2D(0.4),
    "SpatialDropout3D": space(L.SpatialDropout3D(0.4)),
    "AlphaDropout": L.AlphaDropout(0.4),
    "GaussianDropout": L.GaussianDropout(0.4),
    "GaussianNoise": L.GaussianNoise(0.4),
    "ActivityRegularization": L.ActivityRegularization(0.1),
    "Conv1D": line(L.Conv1D(3, 3, padding="causal", dilation_rate=2, **FREE)),
    "Conv2D": L.Conv2D(4, 3, strides=2, groups=2, **SAME),
    "Conv3D": space(L.Conv3D(3, 2, activation="relu", **FREE)),
    "Conv1DTranspose": line(L.Conv1DTranspose(3, 3, strides=2, **SAME)),
    "Conv2DTranspose": L.Conv2DTranspose(3, 2, strides=2, **FREE),
    "Conv3DTranspose": space(L.Conv3DTranspose(2, 2, strides=2, **FREE)),
    "SeparableConv1D": line(L.SeparableConv1D(5, 3, **SAME)),
    "SeparableConv2D": L.SeparableConv2D(5, 3, depth_multiplier=2, **SAME),
    "DepthwiseConv1D": line(L.DepthwiseConv1D(3, strides=2, **FREE)),
    "DepthwiseConv2D": L.DepthwiseConv2D(3, depth_multiplier=2, **SAME),
    "ReLU": L.ReLU(6.0),
    "LeakyReLU": L.LeakyReLU(0.2),
    "PReLU": L.PReLU(alpha_initializer="random_normal"),
    "ELU": L.ELU(),
    "Softmax": L.Softmax(),
    "MaxPooling1D": line(L.MaxPooling1D(3, 2)),
    "MaxPooling2D": L.MaxPooling2D(3, 2, padding="same"),
    "MaxPooling3D": space(L.MaxPooling3D(2)),
    "AveragePooling1D": line(L.AveragePooling1D(3, 2)),
    "AveragePooling2D": L.AveragePooling2D(3, 2, padding="same"),
    "AveragePooling3D": space(L.AveragePooling3D(2)),
    "GlobalMaxPooling1D": line(L.GlobalMaxPooling1D()),
    "GlobalMaxPooling2D": L.GlobalMaxPooling2D(keepdims=True),
    "GlobalMaxPooling3D": space(L.GlobalMaxPooling3D()),
    "GlobalAveragePooling1D": line(L.GlobalAveragePooling1D()),
    "GlobalAveragePooling2D": L.GlobalAveragePooling2D(),
    "GlobalAveragePooling3D": space(L.GlobalAveragePooling3D()),
    "AdaptiveAveragePooling1D": line(L.AdaptiveAveragePooling1D(5)),
    "AdaptiveAveragePooling2D": L.AdaptiveAveragePooling2D((3, 2)),
    "AdaptiveAveragePooling3D": space(L.AdaptiveAveragePooling3D(2)),
    "AdaptiveMaxPooling1D": line(L.AdaptiveMaxPooling1D(5)),
    "AdaptiveMaxPooling2D": L.AdaptiveMaxPooling2D((3, 2)),
    "AdaptiveMaxPooling3D": space(L.AdaptiveMaxPooling3D(2)),
    "BatchNormalization": L.BatchNormalization(),
    "LayerNormalization": L.LayerNormalization(axis=[2, 3]),
    "GroupNormalization": L.GroupNormalization(2),
    "RMSNormalization": L.RMSNormalization(),
    "UnitNormalization": L.UnitNormalization(),
    "SpectralNormalization": lambda x: L.SpectralNormalization(L.Conv2D(3, 3, activation="relu", **FREE))(x),
    "Pipeline": lambda x: L.Pipeline([L.RandomFlip(), L.Rescaling(0.5), L.Conv2D(3, 3, **FREE)])(x),
    "Add": two(L.Add()),
    "Subtract": two(L.Subtract()),
    "Multiply": _gate,
    "Average": two(L.Average()),
    "Maximum": two(L.Maximum()),
    "Minimum": two(L.Minimum()),
    "Concatenate": two(L.Concatenate(axis=1)),
    "Dot": tokens(lambda query, value: L.Dot(axes=2)([query, value])),
    "Flatten": L.Flatten(),
    "Reshape": L.Reshape((16, 16)),
    "Permute": L.Permute((2, 1, 3)),
    "RepeatVector": lambda x: L.RepeatVector(3)(L.GlobalAveragePooling2D()(x)),
    "Cropping1D": line(L.Cropping1D((1, 2))),
    "Cropping2D": L.Cropping2D(1),
    "Cropping3D": space(L.Cropping3D(1)),
    "ZeroPadding1D": line(L.ZeroPadding1D(2)),
    "ZeroPadding2D": L.ZeroPadding2D(((1, 0), (0, 2))),
    "ZeroPadding3D": space(L.ZeroPadding3D(1)),
    "UpSampling1D": line(L.UpSampling1D(2)),
    "UpSampling2D": L.UpSampling2D(2, interpolation="bilinear"),
    "UpSampling3D": space(L.UpSampling3D(2)),
    "Attention": tokens(lambda query, value: L.Attention(use_scale=True)([query, value])),
    "AdditiveAttention": tokens(lambda query, value: L.AdditiveAttention()([query, value, query])),
    "MultiHeadAttention": tokens(lambda query, value: L.MultiHeadAttention(2, 3, **FREE)(query, value)),
    "GroupQueryAttention": tokens(lambda query, value: L.GroupQueryAttention(3, 4, 2, **FREE)(query, value)),
    "TimeDistributed": lambda x: L.TimeDistributed(L.Conv1D(3, 3, activation="relu", **FREE))(x),
    "Rescaling": L.Rescaling(0.5, offset=0.3),
    "Normalization": L.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[1.0, 2.0, 3.0, 4.0]),
    "Resizing": L.Resizing(5, 11),
    "CenterCrop": L.CenterCrop(5, 6),
    "RandomCrop": lambda x: L.GlobalAveragePooling2D()(L.RandomCrop(5, 6)(x)),
    "AutoContrast": lambda x: L.AutoContrast(value_range=(0, 1))(L.Conv2D(3, 3, **FREE)(x)),
    "Solarization": L.Solarization(value_range=(0, 1)),
}
REFUSED = {
    "Embedding": lambda x: L.Embedding(4, 2)(keras.ops.cast(x > 0.1, "int32")),
    "Masking": steps(L.Masking()),
    "RNN": steps(L.RNN(L.SimpleRNNCell(3))),
    "LSTM": steps(L.LSTM(3)),
    "GRU": steps(L.GRU(3, return_sequences=True)),
    "SimpleRNN": steps(L.SimpleRNN(3)),
    "LSTMCell": steps(L.RNN(L.LSTMCell(3))),
    "GRUCell": steps(L.RNN(L.GRUCell(3))),
    "SimpleRNNCell": steps(L.RNN(L.SimpleRNNCell(3))),
    "StackedRNNCells": steps(L.RNN([L.GRUCell(3), L.LSTMCell(3)])),
    "Bidirectional": steps(L.Bidirectional(L.LSTM(3))),
    "ConvLSTM1D": lambda x: L.ConvLSTM1D(2, 3)(x),
    "ConvLSTM2D": space(L.ConvLSTM2D(2, 2)),
    "ConvLSTM3D": lambda x: L.ConvLSTM3D(2, 2)(L.Reshape((4, 2, 4, 4, 2))(x)),
}
"""Without a rule. The cells are no layers of a graph: they stand here inside of RNN, which is named for them."""
IN_NO_GRAPH = {"Equalization"}  # Keras cannot call it on a symbolic tensor
