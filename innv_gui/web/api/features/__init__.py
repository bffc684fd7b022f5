"""Ascents and extremes."""
