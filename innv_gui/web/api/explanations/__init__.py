"""Explanations, their maps, agreement and exports."""
