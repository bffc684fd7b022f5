"""The one door for methods, views and reasons: built-in ones, those of installed packages, and files of a folder.

`sources.py` finds declarations, `opening.py` imports them without letting TensorFlow in, `catalog.py` checks them and
keeps them by name. What cannot be used is kept as a sentence and never stops anything.
"""
