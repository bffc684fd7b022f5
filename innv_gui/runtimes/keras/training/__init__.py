"""Training: the Workshop's small networks, in slices of compiled epochs.

`networks`: the two that are offered. `adadelta`: the optimizer, written out. `batches`: which pictures come when.
`painting`: what marks do. `loop`: the compiled epochs. `ascending`: the compiled ascent. `shapes`: the tasks.
"""
