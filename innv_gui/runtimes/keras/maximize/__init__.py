"""Activation maximization: which input does a class, a neuron or a channel like best?

`starts`: where an ascent begins. `objective`: what grows. `ascent`: the compiled steps. `direction`: what is done to
the gradient. `climb`: the task that does some steps of several pictures at once.
"""
