"""A whole dataset as models see it: queries, orders, confusion, coordinates. NumPy and SciPy alone."""
