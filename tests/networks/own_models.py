"""Classes as a person writes them into a hooks file. The tests run this file as such, and save models made of them."""

import keras

L = keras.layers


@keras.saving.register_keras_serializable(package="tests")
class Net(keras.Model):
    """A subclassed classifier: a small residual network. ending: how it comes by probabilities, if it does."""

    def __init__(self, ending="argument", **more):
        super().__init__(**more)
        self.ending = ending
        self.conv = L.Conv2D(4, 3, padding="same", activation="relu")
        self.other = L.Conv2D(4, 3, padding="same")
        self.relu = L.ReLU()
        self.pool = L.GlobalAveragePooling2D()
        self.scores = L.Dense(5, activation="softmax" if ending == "argument" else None)
        self.softmax = L.Softmax()

    def call(self, x, training=False):
        x = self.conv(x)
        x = self.scores(self.pool(self.relu(x + self.other(x))))
        return {"layer": self.softmax, "code": keras.ops.softmax}.get(self.ending, lambda x: x)(x)

    def get_config(self):
        return {**super().get_config(), "ending": self.ending}


class Scaled(L.Layer):
    """A layer that was never registered; the file knows its name alone."""

    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), initializer="ones")

    def call(self, x):
        return keras.ops.relu(x * self.factor)


@keras.saving.register_keras_serializable(package="tests")
class Dense(L.Layer):
    """Named like a layer of Keras, and something else: twice its input."""

    def __init__(self, **more):
        super().__init__(**more)
        self.kernel, self.bias, self.activation = keras.ops.eye(5), None, None

    def call(self, x):
        return 2 * x


def bent(x):
    """A custom activation."""
    return keras.ops.minimum(keras.ops.relu(x), 1.0)
