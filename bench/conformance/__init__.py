"""Does the engine hold on every architecture, and does it have iNNvestigate's numbers? `make conformance` answers.

`applications.py`: every network of keras.applications by every method. `reference.py`: the small networks of the tests
side by side with iNNvestigate. `record.py`: docs/conformance.json, from which docs/methods.md is made.
"""
