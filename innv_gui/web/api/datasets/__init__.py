"""Datasets, their images and the basket."""
