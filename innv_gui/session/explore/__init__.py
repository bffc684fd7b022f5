"""A dataset as models see it: facts, table, maps, confusion, neighbours, one selection."""
