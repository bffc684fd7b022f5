"""Views: which exist, and what one of them gave."""
