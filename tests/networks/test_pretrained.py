"""EfficientNet-Lite from a file of weights: what each layer computes, held against plain NumPy."""

import hashlib

import keras
import numpy as np
import pytest

from innv_gui.errors import ModelRefused, StorageFailed
from innv_gui.runtimes.keras.pretrained import efficientnet_lite as lite
from tests.files import torch_files

SIDE = 12
# Channels of three blocks: without a wider middle; the first of a stage with stride 2; one with a shortcut.
BLOCKS = ((4, None, 3), (6, 8, 5), (6, 12, 3))


@pytest.fixture(scope="module")
def stored():
    """A tiny network's weights under torch's names."""
    rng, width = np.random.default_rng(3), 4
    weights = {"_conv_stem.weight": rng.normal(size=(4, 3, 3, 3)), **norm(rng, "_bn0", 4)}
    for number, (out, middle, kernel) in enumerate(BLOCKS):
        key, inner = f"_blocks.{number}.", middle or width
        if middle:
            weights |= {
                key + "_expand_conv.weight": rng.normal(size=(middle, width, 1, 1)),
                **norm(rng, key + "_bn0", middle),
            }
        weights |= {key + "_depthwise_conv.weight": rng.normal(size=(inner, 1, kernel, kernel))}
        weights |= norm(rng, key + "_bn1", inner) | {key + "_project_conv.weight": rng.normal(size=(out, inner, 1, 1))}
        weights |= norm(rng, key + "_bn2", out)
        width = out
    weights |= {"_conv_head.weight": rng.normal(size=(5, width, 1, 1)), **norm(rng, "_bn1", 5)}
    weights |= {"_fc.weight": rng.normal(size=(1000, 5)), "_fc.bias": rng.normal(size=1000)}
    return {name: one.astype(np.float32) for name, one in weights.items()}


def norm(rng, key, n):
    parts = {"weight": rng.normal(size=n), "bias": rng.normal(size=n), "running_mean": rng.normal(size=n)}
    return {f"{key}.{part}": one for part, one in (parts | {"running_var": rng.uniform(0.5, 2, n)}).items()}


class Plain:
    """The network written out: x is (C, H, W), as torch has it."""

    def __init__(self, stored):
        self.stored = stored

    def conv(self, x, key, stride=1, by_channel=False):
        kernel = self.stored[key]
        size, side = kernel.shape[-1], x.shape[-1]
        out = -(-side // stride)
        total = max((out - 1) * stride + size - side, 0)
        x = np.pad(x, ((0, 0), (total // 2, total - total // 2), (total // 2, total - total // 2)))
        y = 0
        for row in range(size):
            for column in range(size):
                seen = x[:, row : row + out * stride : stride, column : column + out * stride : stride][:, :out, :out]
                weight = kernel[:, :, row, column]
                y = y + (weight * seen.reshape(len(x), -1) if by_channel else weight @ seen.reshape(len(x), -1))
        return y.reshape(-1, out, out)

    def norm(self, x, key):
        scale, shift, mean, var = (self.stored[f"{key}.{part}"][:, None, None] for part in lite.NORM_PARTS)
        return (x - mean) / np.sqrt(var + 1e-3) * scale + shift

    def active(self, x, key):
        return self.norm(x, key).clip(0, 6)

    def __call__(self, x):
        x = self.active(self.conv(x, "_conv_stem.weight", 2), "_bn0")
        for number, (stride, (_, middle, _)) in enumerate(zip((1, 2, 1), BLOCKS, strict=True)):
            key, before = f"_blocks.{number}.", x
            x = self.active(self.conv(x, key + "_expand_conv.weight"), key + "_bn0") if middle else x
            x = self.active(self.conv(x, key + "_depthwise_conv.weight", stride, by_channel=True), key + "_bn1")
            x = self.norm(self.conv(x, key + "_project_conv.weight"), key + "_bn2")
            x = x + before if x.shape == before.shape else x
        x = self.active(self.conv(x, "_conv_head.weight"), "_bn1").mean((1, 2))
        z = self.stored["_fc.weight"] @ x + self.stored["_fc.bias"]
        return np.exp(z - z.max()) / np.exp(z - z.max()).sum()


@pytest.mark.parametrize("side", [SIDE, 13, 14])
def test_a_network_of_published_weights_computes_what_they_say(stored, side, monkeypatch):
    monkeypatch.setitem(lite.SIZES_PX, 0, side)
    x = np.random.default_rng(1).normal(size=(side, side, 3)).astype(np.float32)
    got = np.asarray(lite.network(stored, 0)(x[None]))[0]
    np.testing.assert_allclose(got, Plain(stored)(x.transpose(2, 0, 1)), rtol=1e-4, atol=1e-7)


def test_the_file_that_is_kept_is_the_network(stored, tmp_path, monkeypatch):
    monkeypatch.setitem(lite.SIZES_PX, 0, SIDE)
    content = torch_files.weights(**stored)
    (tmp_path / "w.pth").write_bytes(content)
    lite.made(0, str(tmp_path / "w.pth"), hashlib.sha256(content).hexdigest(), str(tmp_path / "lite.keras"))
    kept, x = keras.models.load_model(tmp_path / "lite.keras", compile=False), np.ones((1, SIDE, SIDE, 3))
    np.testing.assert_array_equal(np.asarray(kept(x)), np.asarray(lite.network(stored, 0)(x)))
    with pytest.raises(ModelRefused, match="not the file that was expected"):
        lite.made(0, str(tmp_path / "w.pth"), "0" * 64, str(tmp_path / "other.keras"))
    with pytest.raises(ModelRefused, match="cannot be read"):
        lite.made(0, str(tmp_path / "none.pth"), "0" * 64, str(tmp_path / "other.keras"))


def test_a_full_disk_is_a_sentence(stored, tmp_path, monkeypatch):
    content = torch_files.weights(**stored)
    (tmp_path / "w.pth").write_bytes(content)
    monkeypatch.setitem(lite.SIZES_PX, 0, SIDE)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras.Model, "save", full)
    with pytest.raises(StorageFailed, match="the disk is full"):
        lite.made(0, str(tmp_path / "w.pth"), hashlib.sha256(content).hexdigest(), "/dev/full/x.keras")
