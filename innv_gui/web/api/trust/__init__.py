"""How good explanations are: what it costs to measure, the table as it grows, and what is behind a row."""
