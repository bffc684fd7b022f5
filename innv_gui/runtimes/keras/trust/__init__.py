"""Metrics of explanations that need the network: what it says of changed pictures, and what maps become."""
