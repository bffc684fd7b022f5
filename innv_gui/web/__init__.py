"""The Flask application: pages, and REST under /api/v1."""
