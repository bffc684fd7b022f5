"""Models, their layers and probes."""
