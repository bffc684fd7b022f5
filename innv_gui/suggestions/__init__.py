"""Which images are worth a look: numbers from a score table. NumPy and scikit-learn only; nothing here reads files."""
