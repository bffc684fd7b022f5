"""`make soak`: loads and faults on the whole product, on this machine only; each trial with a figure."""
