"""What runs the views, and the built-in ones."""
