"""Views of a selection: what is asked, and the outcome."""
