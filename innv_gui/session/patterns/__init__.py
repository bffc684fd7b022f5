"""Patterns: what some methods learn from images before they can explain."""
