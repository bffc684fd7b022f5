"""A network as a graph of steps, before any rule: what is computed of what, and what can be known of it."""
