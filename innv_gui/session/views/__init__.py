"""Views of a selection: what is asked, and what came of it."""
