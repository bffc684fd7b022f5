"""The Workshop's training images, recipes and likenesses: NumPy and SciPy alone, nothing of a network."""
