"""Hostile bytes in, a cleared model out. No network is made here, and no TensorFlow is imported."""
