"""What is asked of a map of images."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Placing:
    """method: "pca", "tsne" or "umap"; neighbours: t-SNE's perplexity or UMAP's number; full: all images together,
    however many, instead of landmarks alone."""

    method: str
    neighbours: float = 30
    seed: int = 0
    full: bool = False
