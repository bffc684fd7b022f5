"""Would the tests notice? `make mutation` makes the product wrong in one function at a time and runs tests on it.

`catalogue.py` says what is made wrong, `place.py` finds the function; `__main__.py` does it, in copies, and writes
docs/mutations.json, from which docs/methods.md is made.
"""
