"""Retraining a person's model with a part of the pictures painted out."""
