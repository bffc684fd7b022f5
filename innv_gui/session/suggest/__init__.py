"""Suggestions: which images are worth a look, from scores."""
