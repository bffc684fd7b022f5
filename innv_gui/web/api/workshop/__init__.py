"""Small networks that are trained on shapes: ask, follow, fetch."""
