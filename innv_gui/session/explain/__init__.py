"""Explaining: requests, runs and their maps, agreement, rankings, sheets."""
