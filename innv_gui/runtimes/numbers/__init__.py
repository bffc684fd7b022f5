"""Coordinates of many images: components, t-SNE and UMAP, in a worker of their own."""
