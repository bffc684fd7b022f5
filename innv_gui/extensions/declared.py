"""What all declarations have in common."""


class Declared:
    """Base of what a module may declare: by it a file is known that declares something, whatever it is."""
