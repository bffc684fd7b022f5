"""Patterns (Kindermans et al. 2018): what a layer's inputs have in common with its outputs, learnt from images.

The weights of a linear layer say what cancels a distractor, not where the signal lies. A pattern does: the direction
in which the input of a neuron changes together with its output.
"""
