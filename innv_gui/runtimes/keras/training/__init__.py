"""Training: the Workshop's small networks, in slices of compiled epochs.

`networks`: the two that are offered. `foreign`: a person's file. `adadelta`: the optimizer, written out. `batches`:
which images come when. `painting`: what marks do. `loop`: the compiled epochs, and `feeding`: what they are given.
`ascending`: the compiled ascent. `shapes`, `measuring`, `files`: the tasks.
"""
