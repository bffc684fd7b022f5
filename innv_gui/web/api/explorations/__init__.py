"""Datasets as models see them."""
