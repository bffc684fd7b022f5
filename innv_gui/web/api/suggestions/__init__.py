"""Suggestions, their plots and images."""
