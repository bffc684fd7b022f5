"""Makes zennit_relevances.npz beside this file: four small networks with their weights and what zennit makes of them.

    python -m venv VENV && VENV/bin/pip install zennit numpy
    VENV/bin/python tests/attribution/zennit/make_zennit_relevances.py

The networks are built of the same arrays here, in PyTorch, and in `test_zennit.py`, in Keras; every array has Keras'
layout (images with channels last). zennit computes in float64. Needs neither innv-gui nor TensorFlow.
"""

from pathlib import Path

import numpy as np
import torch
import zennit
from torch import nn
from zennit.canonizers import SequentialMergeBatchNorm
from zennit.composites import EpsilonAlpha2Beta1Flat, EpsilonGammaBox, EpsilonPlusFlat, LayerMapComposite
from zennit.composites import layer_map_base as base
from zennit.layer import Sum
from zennit.rules import Gamma, Norm, ZBox
from zennit.types import AvgPool, Convolution, Linear

SIDE, CLASSES, LOW, HIGH = 8, 4, -2.0, 2.5
TINY = 1e-12  # innv-gui adds nothing to the denominators of sums, averages and z^B; zennit would add 1e-6
EXACT = [(Sum, Norm(TINY)), (AvgPool, Norm(TINY))]
BOX = [(Convolution, ZBox(LOW, HIGH, TINY))]
COMPOSITES = {
    "lrp.gamma gamma=0.1": lambda: everywhere(Gamma(0.1)),
    "lrp.gamma gamma=1": lambda: everywhere(Gamma(1.0)),
    "lrp.epsilon_gamma_box gamma=0.25": lambda: EpsilonGammaBox(LOW, HIGH, gamma=0.25, first_map=BOX, **more()),
    "lrp.epsilon_plus_flat": lambda: EpsilonPlusFlat(**more()),
    "lrp.epsilon_alpha2_beta1_flat": lambda: EpsilonAlpha2Beta1Flat(**more()),
}


def more():
    """BatchNorm is part of the convolution before it."""
    return {"layer_map": EXACT, "canonizers": [SequentialMergeBatchNorm()]}


def everywhere(rule):
    """One rule at every layer with weights."""
    return LayerMapComposite([*EXACT, *base(), (Linear, rule)], canonizers=more()["canonizers"])


class Residual(nn.Module):
    """y + layers(y)."""

    def __init__(self, *layers):
        super().__init__()
        self.inside, self.sum = nn.Sequential(*layers), Sum()

    def forward(self, y):
        """y (N, C, H, W), and so is what comes out."""
        return self.sum(torch.stack([self.inside(y), y], dim=-1))


def conv(channels, units, size, groups=1):
    """Without a bias, which the normalization behind it has."""
    return nn.Conv2d(channels, units, size, padding=size // 2, groups=groups, bias=False)


def norm(channels):
    """Its epsilon is almost nothing: once merged, zennit would divide by sqrt(1 + epsilon) a second time."""
    return nn.BatchNorm2d(channels, eps=TINY)


def networks():
    """Name -> module, input (N, 3, H, W)."""
    end = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, CLASSES)]
    dense = [nn.Flatten(), nn.Linear(6 * SIDE * SIDE // 4, CLASSES)]
    return {
        "conv, batch norm, relu": nn.Sequential(
            *[conv(3, 5, 3), norm(5), nn.ReLU(), nn.MaxPool2d(2)],
            *[conv(5, 6, 3), norm(6), nn.ReLU()],
            *dense,
        ),
        "silu": nn.Sequential(
            *[conv(3, 5, 3), norm(5), nn.SiLU()],
            *[nn.Conv2d(5, 6, 3), nn.SiLU(), nn.AvgPool2d(2)],
            *[nn.Flatten(), nn.Linear(6 * 9, 7), nn.SiLU(), nn.Linear(7, CLASSES)],
        ),
        "inverted bottleneck": nn.Sequential(
            *[conv(3, 6, 3), norm(6), nn.ReLU6()],
            Residual(
                *[conv(6, 12, 1), norm(12), nn.ReLU6()],
                *[conv(12, 12, 3, groups=12), norm(12), nn.ReLU6()],
                *[conv(12, 6, 1), norm(6)],
            ),
            *[conv(6, 6, 1), norm(6), nn.ReLU6()],
            *end,
        ),
        "gelu, residual": nn.Sequential(
            *[conv(3, 6, 3), norm(6), nn.GELU()],
            Residual(conv(6, 6, 3), norm(6), nn.GELU(), conv(6, 6, 3), norm(6)),
            nn.GELU(),
            *end,
        ),
    }


def fill(module, generator):
    """Weights and statistics from a seed; returned in Keras' layout, in the order of computation."""
    found = []
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            spread = layer.weight[0].numel() ** -0.5
            values = [generator.normal(0, spread, tuple(layer.weight.shape))]
            layer.weight.data = torch.tensor(values[0])
            if layer.bias is not None:
                values.append(generator.normal(0, 0.3, tuple(layer.bias.shape)))
                layer.bias.data = torch.tensor(values[1])
            found += [keras_layout(layer, values[0]), *values[1:]]
        elif isinstance(layer, nn.BatchNorm2d):
            count = layer.num_features
            values = [generator.uniform(0.5, 2, count), generator.normal(0, 0.3, count)]
            values += [generator.normal(0, 0.3, count), generator.uniform(0.3, 2, count)]
            names = ("weight", "bias", "running_mean", "running_var")
            for name, value in zip(names, values, strict=True):
                getattr(layer, name).data = torch.tensor(value)
            found += values
    return found


def keras_layout(layer, weight):
    """Kernels as Keras has them. A dense layer behind Flatten keeps its order: channels first, then places."""
    if isinstance(layer, nn.Linear):
        return weight.T
    return weight.transpose(2, 3, 1, 0) if layer.groups == 1 else weight.transpose(2, 3, 0, 1)


def main():
    """Writes the file and prints the versions in it."""
    stored = {"versions": np.array([f"zennit {zennit_version()}", f"torch {torch.__version__}"])}
    for number, (name, module) in enumerate(networks().items()):
        generator = np.random.default_rng(number)
        module.double().eval()
        for place, values in enumerate(fill(module, generator)):
            stored[f"{name}/weight {place:02}"] = values.astype(np.float32)
        rounded(module)
        x = generator.normal(0, 1, (2, SIDE, SIDE, 3)).clip(LOW, HIGH).astype(np.float32)
        stored[f"{name}/x"] = x
        scores = module(torch.tensor(x.transpose(0, 3, 1, 2), dtype=torch.float64))
        stored[f"{name}/scores"] = scores.detach().numpy().astype(np.float32)
        for method, composite in COMPOSITES.items():
            stored[f"{name}/{method}"] = relevance(module, composite(), x).astype(np.float32)
    np.savez_compressed(Path(__file__).with_name("zennit_relevances.npz"), **stored)
    print(*stored["versions"], len(stored), "arrays")


def rounded(module):
    """As float32 has them, so that both sides compute with the same numbers."""
    for tensor in (*module.parameters(), *module.buffers()):
        tensor.data = tensor.data.to(torch.float32).to(tensor.dtype) if tensor.is_floating_point() else tensor.data


def relevance(module, composite, x):
    """Of the first class, from its score; (N, H, W, 3)."""
    given = torch.tensor(x.transpose(0, 3, 1, 2), dtype=torch.float64, requires_grad=True)
    with composite.context(module) as changed:
        scores = changed(given)
        start = torch.zeros_like(scores)
        start[:, 0] = scores[:, 0].detach()
        (found,) = torch.autograd.grad(scores, given, start)
    return found.numpy().transpose(0, 2, 3, 1)


def zennit_version():
    """Of the installed package."""
    from importlib.metadata import version

    return version(zennit.__name__)


if __name__ == "__main__":
    main()
