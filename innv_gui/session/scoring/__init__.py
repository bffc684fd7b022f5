"""Scoring: every image under several models, in parts that are kept."""
