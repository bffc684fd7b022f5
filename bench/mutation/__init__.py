"""Would the tests notice? `make mutation` makes the engine wrong in one place at a time and runs tests on it.

`catalogue.py` says what is made wrong, as one text in place of another; `__main__.py` does it, in copies, and writes
docs/mutations.json, from which docs/methods.md is made.
"""
